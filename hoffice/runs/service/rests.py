"""Whether who drives can rest: eleven hours between two shifts, and one van at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from hoffice import clock
from hoffice.runs import queries, rules
from hoffice.runs.models import Shift


@dataclass(frozen=True, slots=True)
class ShortRest:
    """Two shifts of one driver that are too close; ``minutes`` are below zero if they overlap."""

    driver: str
    before: Shift
    after: Shift
    minutes: int


def short_rests(shift_ids: Iterable[int]) -> list[ShortRest]:
    """Where one of these shifts leaves its driver too little rest before or after it."""
    asked = {shift.id: shift for shift in queries.shifts_by_id(shift_ids) if shift.driver_id}
    if not asked:
        return []
    days = [shift.on_date for shift in asked.values()]
    near = queries.shifts_of_drivers(
        {shift.driver_id for shift in asked.values() if shift.driver_id},
        min(days) - timedelta(days=1),
        max(days) + timedelta(days=1),
    )
    found = []
    for before, after in pairwise(near):
        is_asked = before.id in asked or after.id in asked
        if not is_asked or before.driver_id != after.driver_id or before.driver is None:
            continue
        ends = clock.at(before.on_date, before.end_min - 1) + timedelta(minutes=1)  # 24:00 too
        minutes = int((clock.at(after.on_date, after.start_min) - ends).total_seconds() // 60)
        if minutes < rules.REST_MIN:
            found.append(ShortRest(before.driver.name, before, after, minutes))
    return found
