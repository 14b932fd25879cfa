"""Strokes, names, reminders and the state of a pack, without any database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from hoffice.agreements import rules
from hoffice.agreements.rules import PaperKind, SignerRole
from hoffice.errors import Refused

GOOD = [[[0.1, 0.5], [0.2, 0.2], [0.3, 0.8], [0.4, 0.3], [0.5, 0.6]]]
NOW = datetime(2020, 3, 23, 9, 0, tzinfo=UTC)


def test_a_drawing_is_kept_point_by_point() -> None:
    assert rules.strokes_in(json.dumps(GOOD)) == tuple(
        tuple(tuple(point) for point in line) for line in GOOD
    )


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "null",
        "{}",
        '"line"',
        "[1, 2]",
        "[[[0.1]]]",
        "[[[0.1, 0.2, 0.3]]]",
        "[[[0.1, true], [0.5, 0.5]]]",
        "[[[0.1, -0.2]]]",
        "[[[0.1, NaN]]]",
        "[[[0.1, 1e999]]]",
        "[" * 100_000,
        json.dumps([[[0.1, 0.1]]] * 201),
        json.dumps([[[0.5, 0.5]] * 20_001]),
        " " * 1_000_001,
    ],
    ids=range(15),
)
def test_what_is_no_drawing_is_refused(sent: str) -> None:
    with pytest.raises(Refused, match="could not be read"):
        rules.strokes_in(sent)


@pytest.mark.parametrize(
    "sent", [[], [[]], [[[0.5, 0.5]]], [[[0.5, 0.5]] * 100], [[[0.1, 0.5], [0.9, 0.5]]]]
)
def test_a_dot_or_a_single_line_is_too_little(sent: list[list[list[float]]]) -> None:
    with pytest.raises(Refused, match="too little"):
        rules.checked_strokes(sent)


def test_a_name_is_put_on_one_line() -> None:
    assert rules.checked_name("  Aylin \n Yıldız ") == "Aylin Yıldız"


@pytest.mark.parametrize("name", ["", " ", "x", "…", "x" * 201])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        rules.checked_name(name)


def test_reminders_have_an_end_and_a_pause() -> None:
    rules.check_reminder(count=0, last_at=None, now=NOW)
    rules.check_reminder(count=2, last_at=NOW - timedelta(days=1), now=NOW)
    with pytest.raises(Refused, match="call"):
        rules.check_reminder(count=3, last_at=NOW - timedelta(days=9), now=NOW)
    with pytest.raises(Refused, match="already today"):
        rules.check_reminder(count=1, last_at=NOW - timedelta(hours=1), now=NOW)


def test_an_addendum_needs_both_signatures() -> None:
    assert not rules.is_complete(PaperKind.ADDENDUM, [SignerRole.EMPLOYEE])
    assert rules.is_complete(PaperKind.ADDENDUM, list(SignerRole))
    assert rules.is_complete(PaperKind.DATA_PROTECTION, [SignerRole.EMPLOYEE])
