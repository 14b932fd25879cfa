"""On which days reminders go out by themselves: a year of days, in two federal states."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hoffice import workdays
from hoffice.agreements import chasing
from hoffice.agreements.service import reminders

YEAR = 2027
DAYS = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(365)]

HOLIDAYS_ON_WORKDAYS = {
    date(2027, 1, 1): "New Year",
    date(2027, 3, 8): "Women's day, in Berlin only",
    date(2027, 3, 26): "Good Friday",
    date(2027, 3, 29): "Easter Monday",
    date(2027, 5, 6): "Ascension",
    date(2027, 5, 17): "Whit Monday",
}


def test_a_year_has_the_quiet_days_of_both_states() -> None:
    quiet_workdays = {day for day in DAYS if day.weekday() < 5 and workdays.is_quiet(day)}

    assert quiet_workdays == set(HOLIDAYS_ON_WORKDAYS)


def test_every_weekend_is_quiet() -> None:
    assert all(workdays.is_quiet(day) for day in DAYS if day.weekday() >= 5)


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_reformation_day_is_quiet_although_only_brandenburg_has_it(year: int) -> None:
    assert date(year, 10, 31) in workdays.holidays_of(year)
    assert workdays.is_quiet(date(year, 10, 31))


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_womens_day_is_quiet_although_only_berlin_has_it(year: int) -> None:
    assert workdays.is_quiet(date(year, 3, 8))


@pytest.mark.parametrize(
    ("year", "good_friday"),
    [(2024, date(2024, 3, 29)), (2025, date(2025, 4, 18)), (2026, date(2026, 4, 3))],
)
def test_easter_moves_and_the_calendar_with_it(year: int, good_friday: date) -> None:
    monday = good_friday + timedelta(days=3)

    assert {good_friday, monday} <= workdays.holidays_of(year)
    assert workdays.next_working_day(good_friday) == monday + timedelta(days=1)


def test_in_no_week_is_it_quiet_for_longer_than_easter() -> None:
    longest = max((workdays.next_working_day(day) - day).days for day in DAYS)

    assert longest == 4


def _ladder(sent_on: date) -> list[date]:
    """The days on which all three reminders go out, when nobody signs."""
    days: list[date] = []
    while True:
        due = chasing.reminder_due_on(
            sent_on, reminders=len(days), last_on=days[-1] if days else None
        )
        if due is None:
            return days
        days.append(due)


def test_from_a_monday_reminders_go_out_on_days_2_and_4_and_after_the_weekend() -> None:
    assert _ladder(date(2027, 2, 1)) == [date(2027, 2, 3), date(2027, 2, 5), date(2027, 2, 8)]


def test_two_that_a_weekend_delays_go_out_on_two_days() -> None:
    thursday = date(2027, 2, 4)

    assert _ladder(thursday) == [date(2027, 2, 8), date(2027, 2, 9), date(2027, 2, 10)]


@pytest.mark.parametrize("sent_on", DAYS, ids=date.isoformat)
def test_whatever_the_day_of_sending_three_reminders_go_out_on_working_days(sent_on: date) -> None:
    days = _ladder(sent_on)

    assert len(days) == 3
    assert not any(map(workdays.is_quiet, days))
    assert days == sorted(set(days)), "never two on one day"
    for wanted, day in zip(chasing.REMINDER_DAYS, days, strict=True):
        assert day >= sent_on + timedelta(days=wanted), "never early"
    assert days[-1] - sent_on <= timedelta(days=6 + 4), "and not much later than day 6"


def test_a_reminder_by_hand_counts_and_takes_the_place_of_the_next() -> None:
    monday = date(2027, 2, 1)

    assert chasing.reminder_due_on(monday, reminders=1, last_on=monday) == date(2027, 2, 5)
    assert chasing.reminder_due_on(monday, reminders=3, last_on=monday) is None


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (datetime(2027, 2, 1, 6, 59, tzinfo=UTC), False),
        (datetime(2027, 2, 1, 7, 0, tzinfo=UTC), True),
        (datetime(2027, 2, 1, 16, 59, tzinfo=UTC), True),
        (datetime(2027, 2, 1, 17, 0, tzinfo=UTC), False),
        (datetime(2027, 7, 1, 6, 0, tzinfo=UTC), True),
        (datetime(2027, 2, 6, 10, 0, tzinfo=UTC), False),
        (datetime(2027, 3, 8, 10, 0, tzinfo=UTC), False),
    ],
    ids=str,
)
def test_mails_go_out_by_day_on_working_days_only(moment: datetime, *, may: bool) -> None:
    assert reminders.may_write(moment) is may


@pytest.mark.parametrize(
    ("left", "warning"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 7)]
)
def test_an_end_is_announced_thirty_and_seven_days_before(left: int, warning: int | None) -> None:
    today = date(2027, 2, 1)

    assert chasing.warning_of(today + timedelta(days=left), today) == warning


def test_every_group_has_a_word_and_a_next_step() -> None:
    assert set(chasing.GROUP_LABELS) == set(chasing.GROUP_STEPS) == set(chasing.Group)
    assert set(chasing.ANEW_LABELS) == set(chasing.Anew)
