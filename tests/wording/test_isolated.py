"""Work on a text that was just typed ends, whatever stands in the text."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from hoffice.errors import Refused
from hoffice.wording import isolated as wording_child
from hoffice.wording.blocks import blocks
from hoffice.wording.fields import filled
from hoffice.wording.isolated import isolated


def doubled(text: str) -> bytes:
    """Say everything twice."""
    return (text * 2).encode()


def fill(source: str, values: dict[str, object]) -> bytes:
    """Fill a text."""
    return filled(source, values).encode()  # type: ignore[arg-type]  # what a test hands over


def read(source: str) -> bytes:
    """Read a text into its parts."""
    return repr(blocks(source, {})).encode()


def endless() -> bytes:
    """Never end."""
    while True:
        pass


def asleep() -> bytes:
    """Never end, without any work."""
    time.sleep(600)
    return b""


def greedy() -> bytes:
    """Ask for more and more room."""
    held = []
    while True:
        held.append(bytearray(50_000_000))


def flood() -> bytes:
    """Give back far too much."""
    return b"x" * 40_000_000


def surroundings() -> bytes:
    """Tell what the environment holds."""
    return repr(sorted(os.environ)).encode()


def lost() -> bytes:
    """End without a word."""
    os._exit(3)


def chatty() -> bytes:
    """Print beside the work."""
    sys.stdout.write("=not the answer")
    sys.stdout.flush()
    return b"the answer"


def mistaken() -> bytes:
    """Have a bug."""
    raise KeyError("bug")


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Whoever was started to do the work."""
    started: list[subprocess.Popen[bytes]] = []

    class Seen(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **more: Any) -> None:
            super().__init__(*words, **more)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Seen)
    return started


def test_what_the_work_gives_back_comes_back() -> None:
    assert isolated(doubled, "Müller, ") == "Müller, Müller, ".encode()


def test_a_refusal_of_the_work_is_told_with_its_facts() -> None:
    with pytest.raises(Refused) as refusal:
        isolated(fill, "Hallo\n{{ name|upper }}", {})

    assert refusal.value.facts == {"line": 2, "name": "filter"}


def test_the_child_has_none_of_the_houses_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOFFICE_SECRET_KEY", "of the house")

    assert b"HOFFICE" not in isolated(surroundings)


@pytest.mark.parametrize("work", [endless, asleep])
def test_work_without_end_is_ended_and_leaves_nobody_behind(
    work: Callable[[], bytes], children: list[subprocess.Popen[bytes]]
) -> None:
    with pytest.raises(Refused, match="takes too long"):
        isolated(work, seconds=3)

    assert [child.returncode is not None for child in children] == [True]


def test_work_that_wants_all_memory_fails_alone() -> None:
    with pytest.raises(Refused, match="more memory"):
        isolated(greedy, memory_bytes=300_000_000)


def test_an_answer_as_big_as_a_house_is_not_taken() -> None:
    with pytest.raises(Refused, match="more memory"):
        isolated(flood)


@pytest.mark.parametrize("work", [lost, mistaken])
def test_a_child_that_dies_is_a_sentence_and_no_error_page(work: object) -> None:
    with pytest.raises(Refused, match="could not be shown"):
        isolated(work)  # type: ignore[arg-type]  # both are such functions


def test_what_the_work_prints_does_not_get_into_the_answer() -> None:
    assert isolated(chatty) == b"the answer"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% for a in x %}{% for b in y %}{{ b }}{% endfor %}{% endfor %}", "loop inside a loop"),
        ("{{ 'x' * 10**10 }}", "not possible"),
        ("{{ '%999999999d'|format(1) }}", "not possible"),
        ("{% for i in range(10**9) %}x{% endfor %}", "write the loop as"),
        ("{{ " + "(" * 20_000 + "name" + ")" * 20_000 + " }}", "nested"),
        ("{% if name %}" * 3_000 + "{% endif %}" * 3_000, "nested"),
        ("x" * 1_000_000, "longer than it may be"),
    ],
    ids=["loops", "product", "format", "range", "brackets", "conditions", "megabyte"],
)
def test_bad_texts_are_refused_with_a_sentence(source: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        isolated(fill, source, {"name": "x"})


def test_a_field_bomb_ends_at_the_length_a_text_may_have() -> None:
    bomb = "{% for entry in list %}" + "{{ entry }}" * 5_000 + "{% endfor %}"

    with pytest.raises(Refused, match="longer than it may be"):
        isolated(fill, bomb, {"list": ["x" * 200] * 300})


@pytest.mark.parametrize(
    "source",
    ["- " * 20_000 + "x", "*" * 90_000, "[" * 90_000, "| a " * 9 + "|\n" + "|---" * 9 + "|"],
    ids=["lists", "stars", "brackets", "wide table"],
)
def test_odd_markdown_is_read_or_refused_but_never_hangs(source: str) -> None:
    try:
        made = isolated(read, source)
    except Refused as refusal:
        made = str(refusal).encode()

    assert made


def test_a_limit_that_the_system_refuses_takes_no_other_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[int] = []

    def setrlimit(limit: int, _pair: tuple[int, int]) -> None:
        if limit == resource.RLIMIT_AS:
            raise ValueError("not here")
        given.append(limit)

    monkeypatch.setattr(resource, "setrlimit", setrlimit)

    wording_child._bound(1, 300_000_000)  # noqa: SLF001  # what the child does first

    assert given == [resource.RLIMIT_CPU, resource.RLIMIT_CORE]
