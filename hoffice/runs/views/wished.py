"""Naming a time of one's own: the days and hours to choose from, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hoffice import clock
from hoffice.runs import queries
from hoffice.runs.service.outlook import first_day
from hoffice.runs.service.wishes import AHEAD, EARLIEST_MIN, LATEST_MIN, SPAN_MIN

STEP_MIN = 60
DAYS = 30
"""So many days stand in the list; later ones are agreed by phone."""
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Wished:
    """What somebody has chosen: the day and from when on; None where it is no choice."""

    on_date: date | None
    start_min: int | None
    text: str

    @property
    def is_whole(self) -> bool:
        """Whether a day and a time were chosen."""
        return self.on_date is not None and self.start_min is not None

    @property
    def end_min(self) -> int:
        """Until when."""
        return (self.start_min or 0) + SPAN_MIN


def wish_days() -> list[date]:
    """The days to choose from, Sundays left out."""
    first = first_day()
    days = (first + timedelta(days=ahead) for ahead in range(DAYS))
    return [day for day in days if day.weekday() != SUNDAY]


def driven_days() -> list[date]:
    """The days to choose from on which a van drives anyway."""
    driven = {shift.on_date for shift in queries.shifts(first_day()) if shift.off_at is None}
    return [day for day in wish_days() if day in driven]


def wish_hours() -> list[tuple[int, int]]:
    """The spans of three hours to choose from."""
    return [
        (start, start + SPAN_MIN)
        for start in range(EARLIEST_MIN, LATEST_MIN - SPAN_MIN + 1, STEP_MIN)
    ]


def wished(form: Mapping[str, str]) -> Wished:
    """What was sent; nonsense is no choice."""
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        day = None
    if day is not None and not first_day() <= day <= clock.today() + AHEAD:
        day = None
    start = form.get("start", "")
    known = {str(first): first for first, _last in wish_hours()}
    return Wished(day, known.get(start), form.get("note", ""))
