"""Room to choose: a few van-days more than the shortest plan needs, before anybody is promised.

A plan that fills its days to the last minute has no second date for those who answer last. So
the vans are booked for some more days than such a plan needs, and whole trips are moved there,
which costs no kilometre. See docs/planning.md#windows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from hoffice.runs.planning.board import Line, Routes
from hoffice.runs.planning.frame import Day, Frame
from hoffice.runs.planning.schedule import Miss, Trips, timed

SPARE: Final = 0.1
"""So much more time than the work of the shortest plan takes: over five campaigns of 140 people
with less, one in ten of the last to answer could not be shown a second date."""


def days_needed(frame: Frame, routes: Routes) -> int:
    """How many van-days to book for these routes, so that people can choose."""
    used = [index for index, trips in routes.items() if any(trips)]
    work = 0.0
    for index in used:
        run = timed(frame, frame.days[index], routes[index])
        day = frame.days[index]
        work += (day.limit if isinstance(run, Miss) else run.work) / max(1, day.limit)
    return max(len(used), int(-(-work * (1 + SPARE) // 1)))


def make_room(
    frame: Frame, routes: Routes, days: int | None = None, *, stay: Collection[int] = ()
) -> tuple[Frame, dict[int, list[list[int]]]]:
    """The frame with so many van-days booked, and the routes with their trips spread over them.

    ``days`` is how many altogether, by default what ``days_needed`` says; there may be fewer
    shifts. Trips are moved whole, and nobody's window or lock is broken; a trip with somebody in
    ``stay`` is left where it is.
    """
    days = days_needed(frame, routes) if days is None else days
    made = {i: [list(trip) for trip in trips] for i, trips in routes.items() if any(trips)}
    booked = {*made, *(day.index for day in frame.days if day.opening == 0)}
    for day in _likely(frame, made):
        if len(booked) < days and day.index not in booked:
            booked.add(day.index)
    spread_over = sorted(index for index in booked if not frame.days[index].is_begun)
    while move := next(_moves(frame, made, spread_over, frozenset(stay)), None):
        place, origin, target = move
        made.setdefault(target, []).append(made[origin].pop(place))
    return frame.with_booked(booked), {i: trips for i, trips in made.items() if trips}


def _likely(frame: Frame, routes: Routes) -> list[Day]:
    """Shifts in the yard, those first on which most people are at home, then the earliest."""
    people = [node for trips in routes.values() for trip in trips for node in trip]
    idle = [day for day in frame.days if not any(routes.get(day.index, ()))]
    return sorted(
        (day for day in idle if not day.is_begun),
        key=lambda day: (-sum(bool(day.open[node]) for node in people), day.index),
    )


def _moves(
    frame: Frame, routes: Routes, days: list[int], stay: frozenset[int]
) -> Iterator[tuple[int, int, int]]:
    """Trips that make a full day shorter than it is and another no longer than that, best first."""
    work = {index: _work(frame, index, routes.get(index, ())) for index in days}
    found = []
    for origin in days:
        for place, trip in enumerate(routes.get(origin, ())):
            if not stay.isdisjoint(trip):
                continue
            for target in days:
                gain = work[origin] - work[target] - _work(frame, target, [trip])
                if target != origin and gain > 0:
                    found.append((-work[origin], -gain, origin, place, target))
    for _, _, origin, place, target in sorted(found):
        trips = routes[origin]
        rest = [*trips[:place], *trips[place + 1 :]]
        changed = {origin: rest, target: [*routes.get(target, ()), trips[place]]}
        if all(
            not any(now) or not isinstance(timed(frame, frame.days[index], now), Miss)
            for index, now in changed.items()
        ):
            yield place, origin, target


def _work(frame: Frame, index: int, trips: Trips) -> int:
    """Seconds of loading, driving and service, without any wait."""
    return Line(frame, frame.days[index], trips).least_work if any(trips) else 0
