"""The working days of the story."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hoffice.demo.days import Days, later_today

A_WEEK = [date(2026, 11, 16) + timedelta(days=number) for number in range(7)]


@pytest.mark.parametrize("day", A_WEEK, ids=lambda day: day.strftime("%A"))
def test_the_demo_may_be_made_on_any_day_of_the_week(day: date) -> None:
    days = Days(day)

    assert days.on(0) == day
    others = [days.on(number) for number in (-4, -3, -2, -1, 1, 2, 3)]
    assert all(other.weekday() < 5 for other in others)
    assert len(set(others)) == len(others)
    assert others == sorted(others)
    assert days.on(-1) < day < days.on(1)


def test_on_a_sunday_the_day_before_was_friday() -> None:
    assert Days(date(2026, 11, 22)).on(-1) == date(2026, 11, 20)
    assert Days(date(2026, 11, 22)).on(1) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("minute", "put_off"),
    [(0, 0), (8 * 60, 0), (9 * 60 + 29, 0), (10 * 60 + 5, 60), (13 * 60, 240), (23 * 60, 240)],
)
def test_todays_run_is_put_off_so_that_its_windows_lie_ahead(minute: int, put_off: int) -> None:
    assert later_today(minute) == put_off
