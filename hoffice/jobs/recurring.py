"""Work that comes back every day: the worker asks for it, once a day and never twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from hoffice import clock
from hoffice.db import unit_of_work
from hoffice.jobs import queries
from hoffice.jobs.service import enqueue
from hoffice.units import Actor

LOOK_AGAIN = timedelta(minutes=1)
"""How often a worker looks whether a new day has begun."""


@dataclass(frozen=True, slots=True)
class Daily:
    """One kind of job that is done every day, not before this minute of the day in Berlin."""

    kind: str
    minute: int

    def key_on(self, day: str) -> str:
        """What makes this day's job the only one."""
        return f"{self.kind}:{day}"


def ask_for_todays(dailies: Iterable[Daily]) -> int:
    """Enqueue what is due today and was not asked for yet; gives back how much that was.

    The job of a day is known by its key, whatever became of it: a house that was switched off
    does it when it comes back, and a worker that is started twice a day does not do it twice. A
    day on which no worker ran at all is not made up for; each job has to look at what is due.
    """
    day, now = clock.today(), clock.now()
    asked = 0
    for daily in dailies:
        key = daily.key_on(day.isoformat())
        if clock.at(day, daily.minute) > now or queries.was_asked(key):
            continue
        with unit_of_work():
            queries.hold_key(key)
            if queries.was_asked(key):  # by another worker, a moment ago
                continue
            enqueue(daily.kind, {"day": day.isoformat()}, by=Actor.system(), key=key)
        asked += 1
    return asked
