"""What a stock-take says of a line, whom it expects where, and when a reminder goes out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.kits.rules import Holder, HolderKind, HomeAnswer, LocationKind
from hoffice.kits.rules.counting import (
    REMIND_DAYS,
    Counters,
    Found,
    has_moved,
    holder_at,
    is_counted_at,
    lacks_photo,
    line_says,
    reminds_on,
)

OPENED = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_a_line_says_one_of_three_things() -> None:
    assert line_says(is_expected=True, is_seen=True) is Found.FOUND
    assert line_says(is_expected=True, is_seen=False) is Found.MISSING
    assert line_says(is_expected=False, is_seen=True) is Found.UNEXPECTED
    assert Counters(expected=7, found=4, unexpected=2).missing == 3


@pytest.mark.parametrize("kind", list(LocationKind))
def test_what_is_put_right_at_a_place_is_expected_there_the_next_time(kind: LocationKind) -> None:
    assert is_counted_at(holder_at((5, kind)), 5)
    assert not is_counted_at(holder_at((5, kind)), 6)


@given(kind=st.sampled_from(HolderKind), number=st.integers(0, 9), place=st.integers(1, 9))
def test_whoever_a_place_counts_the_whole_house_counts_too(
    kind: HolderKind, number: int, place: int
) -> None:
    holder = Holder(kind, number)
    assert not is_counted_at(holder, place) or is_counted_at(holder, None)
    assert is_counted_at(holder_at(None), None)


@given(minutes=st.integers(-999, 999), kind=st.sampled_from(HolderKind))
def test_only_what_left_after_the_beginning_has_moved(minutes: int, kind: HolderKind) -> None:
    since = OPENED + timedelta(minutes=minutes)
    moved = has_moved(Holder(kind), since, location_id=None, opened=OPENED)
    assert moved == (minutes >= 0 and not is_counted_at(Holder(kind), None))


@given(due=st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_every_check_has_a_weekday_on_which_it_reminds(due: date) -> None:
    days = [day for back in range(30) if reminds_on(due, day := due - timedelta(days=back))]
    assert days
    assert all(day.weekday() < 5 for day in days)
    assert min(days) >= due - timedelta(days=REMIND_DAYS)


def test_a_photo_is_owed_only_for_what_is_there_without_a_word() -> None:
    assert lacks_photo(HomeAnswer.YES, wants_photo=True, has_photo=False, note="")
    for answer, wants, has, note in (
        (HomeAnswer.YES, False, False, ""),
        (HomeAnswer.YES, True, True, ""),
        (HomeAnswer.YES, True, False, "unlesbar"),
        (HomeAnswer.NO, True, False, ""),
        (None, True, False, ""),
    ):
        assert not lacks_photo(answer, wants_photo=wants, has_photo=has, note=note)
