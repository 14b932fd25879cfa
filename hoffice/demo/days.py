"""The working days of the story, counted from the day on which the demo was made.

Pure: standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5
MINUTES = 60
MORNING_MIN = 9 * MINUTES
LATEST_SHIFT_MIN = 4 * MINUTES
STEP_MIN = 30


@dataclass(frozen=True, slots=True)
class Days:
    """Turns "-2" and "1" of the cast into days of the calendar; 0 is the day itself."""

    day_three: date

    def on(self, day: int) -> date:
        """So many working days before or after; a demo made on a Saturday still is day three."""
        found, step = self.day_three, 1 if day > 0 else -1
        for _ in range(abs(day)):
            found += timedelta(days=step)
            while found.weekday() >= SATURDAY:
                found += timedelta(days=step)
        return found


def later_today(minute: int) -> int:
    """How many minutes today's run is put off, when the demo is made at this minute of the day.

    The run leaves at eight in the story; made at noon, the demo shows it as if noon were nine, so
    that its windows are not all over. By four hours at most: nobody rings at night.
    """
    late = min(max(minute - MORNING_MIN, 0), LATEST_SHIFT_MIN)
    return late // STEP_MIN * STEP_MIN
