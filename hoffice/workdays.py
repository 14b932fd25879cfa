"""Which days nobody works: weekends, and the holidays of the federal states where people live.

Pure: the standard library and a calendar of public holidays.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

STATES = ("BE", "BB")
"""A holiday in one of these federal states is a quiet day for all: people live in both."""
SATURDAY = 5


@lru_cache(maxsize=64)
def holidays_of(year: int) -> frozenset[date]:
    """The public holidays of Berlin and of Brandenburg in one year."""
    return frozenset(
        day for state in STATES for day in holidays.country_holidays("DE", subdiv=state, years=year)
    )


def is_quiet(day: date) -> bool:
    """Whether nobody works: Saturdays, Sundays, holidays in Berlin or Brandenburg."""
    return day.weekday() >= SATURDAY or day in holidays_of(day.year)


def next_working_day(day: date) -> date:
    """The day itself, or the first one after it that is not quiet."""
    while is_quiet(day):
        day += timedelta(days=1)
    return day
