"""Text messages leave through a gateway, lie in a file, or are refused by name."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from hoffice.notices.rules import TextRefused, TextUnreachable, mobile_of
from hoffice.notices.texts import HttpGateway, NoGateway, ToFile
from tests.notices.gateway import served

TO, TEXT = "+491713920071", "123456 ist dein Code"


def test_a_message_is_posted_as_json_with_the_token() -> None:
    with served() as gateway:
        HttpGateway(gateway.url, token="geheim").send(TO, TEXT)

    assert gateway.taken == [{"to": TO, "text": TEXT}]
    assert gateway.tokens == ["Bearer geheim"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (400, TextRefused),
        (401, TextRefused),
        (302, TextRefused),
        (429, TextUnreachable),
        (503, TextUnreachable),
    ],
)
def test_a_gateway_that_does_not_take_it_says_whether_later_helps(
    answer: int, error: type[Exception]
) -> None:
    with served() as gateway:
        gateway.answer = answer
        with pytest.raises(error, match=f"http-{answer}"):
            HttpGateway(gateway.url).send(TO, TEXT)


def test_a_gateway_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    with pytest.raises(TextUnreachable):
        HttpGateway(f"http://127.0.0.1:{port}/").send(TO, TEXT)


def test_without_a_gateway_nothing_is_pretended() -> None:
    assert not NoGateway().is_there
    with pytest.raises(TextRefused):
        NoGateway().send(TO, TEXT)


def test_the_demo_writes_into_a_file_and_shows_the_newest_first(tmp_path: Path) -> None:
    door = ToFile(tmp_path / "texts.jsonl", lambda: True)
    assert door.newest() == ()

    door.send(TO, "eins")
    door.send(TO, "zwei")

    assert [one.text for one in door.newest()] == ["zwei", "eins"]


def test_a_house_that_is_no_demo_writes_no_messages_into_files(tmp_path: Path) -> None:
    door = ToFile(tmp_path / "texts.jsonl", lambda: False)

    assert not door.is_there
    with pytest.raises(TextRefused):
        door.send(TO, TEXT)
    assert door.newest() == ()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0171 3920071", "+491713920071"),
        ("+49 (0)151-23456789", "+4915123456789"),
        ("0049 160 98765432", "+4916098765432"),
        ("+43 664 1234567", "+436641234567"),
        ("030 23125 100", None),
        ("+49 30 23125 100", None),
        ("110", None),
        ("", None),
        ("nach 18 Uhr", None),
    ],
)
def test_only_mobile_numbers_take_text_messages(written: str, number: str | None) -> None:
    assert mobile_of(written) == number
