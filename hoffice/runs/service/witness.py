"""Plans found before anything is held: what is searched for outside is only proved again inside.

Whoever changes runs holds the timetable, and on SQLite everybody else who writes waits meanwhile.
So the change is worked out first, and written if nothing has happened since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from hoffice.runs import queries
from hoffice.runs.models import Run, Shift, Stop
from hoffice.runs.planning.assembly import route_of
from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.frame import Frame, Roads
from hoffice.runs.planning.problem import Window
from hoffice.runs.planning.schedule import Trips
from hoffice.runs.planning.slots.further import Search
from hoffice.runs.planning.slots.keeping import keep, price
from hoffice.runs.planning.slots.offers import Offer
from hoffice.runs.service import timetable
from hoffice.runs.service.outlook import Outlook, asked_about, outlook
from hoffice.runs.service.question import is_open, key_of

ITERATIONS = 60
"""How long an engine looks for one more window; longer did not find more. See bench/story.py."""

_NEVER = Window(date.min, 0, 0)


@dataclass(frozen=True)
class Witness:
    """A plan that keeps one more window and everything that was promised before."""

    ahead: Outlook
    node: int
    window: Window
    offer: Offer

    @property
    def frame(self) -> Frame:
        """The question with the window promised."""
        return self.ahead.frame.with_windows(self.node, (self.window,))

    @property
    def changed(self) -> Routes:
        """The routes to write; an own visit is timed anew, so that it begins in the window."""
        return self.offer.routes or {self.day: self.ahead.routes[self.day]}

    @property
    def day(self) -> int:
        """The shift on which the person is visited."""
        key = self.offer.van, self.window.day
        return next(day.index for day in self.ahead.frame.days if day.shift.key == key)

    def still_holds(self, stop: Stop, window: Window) -> bool:
        """Whether nothing has changed that this plan depends on. The timetable must be held."""
        if window != self.window or queries.timetable().version != self.ahead.version:
            return False
        shifts = queries.shifts_by_id(self.ahead.shifts[index].id for index in self.changed)
        if not all(is_open(shift) for shift in shifts):
            return False
        then = self.ahead.frame.problem
        driven = (node for day in self.changed for trip in self.ahead.routes[day] for node in trip)
        ids = {stop.id, *(queries.stop_number(then.stops[node - 1].id) for node in driven)}
        now = asked_about(shifts, queries.stops_by_id(ids))
        return (
            now.depot == then.depot
            and {*now.vans} <= {*then.vans}
            and {*now.shifts} <= {*then.shifts}
            and all(one == then.stops[self.ahead.frame.node[one.id] - 1] for one in now.stops)
        )


def witness(
    stop: Stop,
    window: Window,
    *,
    roads: Roads,
    may_open: bool = False,
    search: Search | None = None,
) -> Witness | None:
    """The cheapest plan that keeps the window; None if none was found. Reads only.

    ``may_open`` lets a shift leave the yard for it. ``search`` is asked where there is no other
    way, and takes its time: not while anything is held.
    """
    ahead = outlook(roads)
    node = None if ahead is None else ahead.node(stop)
    if ahead is None or node is None:
        return None
    alone = None if search is None else only_for(node, search)
    frame = ahead.for_person(stop, node)
    if may_open:
        offer = price(frame, ahead.routes, node, window)
    else:
        offer = keep(frame, ahead.routes, node, window, search=alone)
    return None if offer is None else Witness(ahead, node, window, offer)


def engine() -> Search:
    """A short search of the engine, each time with another seed."""
    seeds = count(1)

    def search(frame: Frame, routes: Routes) -> Mapping[int, list[list[int]]]:
        from hoffice.runs.solver import improve  # noqa: PLC0415  # PyVRP is heavy to load

        return improve(frame, routes, iterations=ITERATIONS, seed=next(seeds))

    return search


def only_for(node: int, search: Search) -> Search:
    """The same search, in which nobody else who waits for a plan comes in by the way."""

    def narrowed(frame: Frame, routes: Routes) -> Mapping[int, list[list[int]]]:
        served = {stop for trips in routes.values() for trip in trips for stop in trip}
        for other in {*range(1, frame.size)} - served - {node}:
            frame = frame.with_windows(other, (_NEVER,))
        return search(frame, routes)

    return narrowed


def write(frame: Frame, changed: Mapping[int, Trips], shifts: Sequence[Shift]) -> list[Run]:
    """Make these routes the runs of their shifts; nothing else is touched."""
    routes = [
        route_of(frame, frame.days[day], trips) for day, trips in changed.items() if any(trips)
    ]
    emptied = [
        key_of(shifts[day])
        for day, trips in changed.items()
        if not any(trips) and shifts[day].run is not None
    ]
    return timetable.write(
        routes, {key_of(shifts[day]): shifts[day] for day in changed}, emptied=emptied
    )
