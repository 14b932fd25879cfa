"""Tidying up behind the promises: who was promised nothing yet is planned anew, now and then.

The engine looks for better routes outside of any transaction. What it finds is taken only if it is
better and nobody has changed the timetable meanwhile; promised windows stay to the minute.
"""

from __future__ import annotations

from collections.abc import Callable

from hoffice.audit.service import record
from hoffice.jobs.service import enqueue
from hoffice.runs import queries
from hoffice.runs.planning.board import Routes, score
from hoffice.runs.planning.frame import Roads
from hoffice.runs.planning.schedule import Miss, timed
from hoffice.runs.queries import slots as records
from hoffice.runs.queries.room import undecided
from hoffice.runs.service.outlook import Outlook, held, outlook
from hoffice.runs.service.witness import write
from hoffice.units import Actor

TIDY = "runs.tidy"
"""The kind of job that improves what is not promised yet."""
EVERY = 5
"""So many answers make it worth while; more often gave nothing. Source: docs/sources.md#slots."""
SECONDS = 1.0
"""CPU seconds for one search; five times as much gave nothing either."""

Cancel = Callable[[], bool]


def ask_for_tidying() -> None:
    """Queue the job after every fifth window that was taken, and after the last.

    One that waits already will do.
    """
    if records.taken_count() % EVERY == 0 or not undecided():
        enqueue(TIDY, {}, by=Actor.system(), key=TIDY)


def look(roads: Roads) -> Outlook | None:
    """What there is to tidy: None when nothing is planned, or a run cannot be driven as it is.

    People without a run are left out: nobody is planned by the way. What is booked stands open
    as long as somebody is still to choose, and may stay in the yard afterwards.
    """
    ahead = outlook(roads, with_waiting=False, is_booked=undecided() > 0)
    if ahead is None or not any(any(trips) for trips in ahead.routes.values()):
        return None
    for day, trips in ahead.routes.items():
        if any(trips) and isinstance(timed(ahead.frame, ahead.frame.days[day], trips), Miss):
            return None
    return ahead


def better(ahead: Outlook, *, cancel: Cancel | None = None, seed: int = 1) -> Routes | None:
    """Better routes for the same people, or None. Takes a second; needs no transaction."""
    from hoffice.runs.solver import improve  # noqa: PLC0415  # PyVRP is heavy to load

    made = improve(ahead.frame, ahead.routes, seconds=SECONDS, seed=seed, cancel=cancel)
    if score(ahead.frame, made) <= score(ahead.frame, ahead.routes):
        return None
    return made


def adopt(ahead: Outlook, routes: Routes, *, roads: Roads) -> bool:
    """Take the better routes, unless the timetable or the question has changed since."""
    held()
    if queries.timetable().version != ahead.version:
        return False  # at once: nobody who wants to write shall wait for roads and times
    now = look(roads)
    if now is None or now.frame.problem != ahead.frame.problem:
        return False
    changed = {
        day: routes.get(day, ())
        for day in range(len(now.shifts))
        if [list(trip) for trip in routes.get(day, ())] != now.routes[day]
    }
    runs = write(now.frame, changed, now.shifts)
    record(Actor.system(), "runs.tidied", "timetable:1", runs=[run.id for run in runs])
    return True
