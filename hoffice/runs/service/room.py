"""Room to choose: van-days that are booked so that people can choose between two dates.

A plan that fills its days to the last minute has no second date for those who answer last. The
dispatcher sees which days would be booked and what they cost; then whole trips that hold nobody
who was promised something are spread over them, which costs no kilometre.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.people import queries as people
from hoffice.runs import queries
from hoffice.runs.models import Shift, Stop
from hoffice.runs.planning.assembly import route_of
from hoffice.runs.planning.costs import Costs, costs
from hoffice.runs.planning.frame import Frame, Roads
from hoffice.runs.planning.schedule import Miss, Trips, timed
from hoffice.runs.planning.slots import room as planner
from hoffice.runs.queries import room as records
from hoffice.runs.service import timetable
from hoffice.runs.service.outlook import Outlook, first_day, held, outlook
from hoffice.runs.service.slots import COUNT
from hoffice.runs.service.witness import write
from hoffice.units import Actor


@dataclass(frozen=True)
class Room:
    """On which van-days windows can be offered, and what would be so after some more are booked.

    ``wanted`` is how many there should be altogether; there may be fewer shifts.
    """

    ahead: Outlook
    frame: Frame
    routes: Mapping[int, Trips]
    wanted: int

    @cached_property
    def now(self) -> tuple[Shift, ...]:
        """The van-days on which somebody is visited, or that are booked already."""
        return tuple(self.ahead.shifts[day] for day in sorted(_standing(self.ahead)))

    @cached_property
    def more(self) -> tuple[Shift, ...]:
        """The van-days that would be booked besides, by date."""
        days = {day.index for day in self.frame.days if day.opening == 0} - _standing(self.ahead)
        return tuple(self.ahead.shifts[day] for day in sorted(days))

    @property
    def missing(self) -> int:
        """So many shifts would have to be added first."""
        return max(0, self.wanted - len(self.now) - len(self.more))

    @cached_property
    def changed(self) -> dict[int, Trips]:
        """The routes that trips leave or come to."""
        before = self.ahead.routes
        return {
            day: self.routes.get(day, ())
            for day in range(len(self.ahead.shifts))
            if [list(trip) for trip in self.routes.get(day, ())] != before.get(day, [])
        }

    @cached_property
    def cents(self) -> int:
        """What the van-days cost more, and what the moved trips cost more in another van."""
        vans = sum(shift.van.cost_cents_per_day for shift in self.more)
        return vans + sum(
            _driving(self.frame, day, trips) - _driving(self.frame, day, self.ahead.routes[day])
            for day, trips in self.changed.items()
        )


def _standing(ahead: Outlook) -> set[int]:
    used = {day for day, trips in ahead.routes.items() if any(trips)}
    return used | {day.index for day in ahead.frame.days if day.opening == 0}


def _driving(frame: Frame, index: int, trips: Trips) -> int:
    """What kilometres and hours of a route cost, without the van's day."""
    day = frame.days[index]
    if not any(trips) or isinstance(timed(frame, day, trips), Miss):
        return 0
    route = route_of(frame, day, trips)
    paid = costs(frame.problem.van[day.shift.van], route.km, route.work_min)
    return Costs(0, paid.km, paid.work).cents


def room_for(roads: Roads, *, days: int | None = None, more: int = 0) -> Room | None:
    """What would be booked so that people can choose; None when nothing is planned ahead.

    ``days`` is how many van-days altogether, by default as many as leave people a second date;
    ``more`` is how many besides those that stand now. Reads only.
    """
    ahead = outlook(roads, with_waiting=False)
    if ahead is None or not any(any(trips) for trips in ahead.routes.values()):
        return None
    standing = len(_standing(ahead))
    wanted = planner.days_needed(ahead.frame, ahead.routes) if days is None else days
    wanted = standing + more if more else max(standing, wanted)
    frame, routes = planner.make_room(ahead.frame, ahead.routes, wanted, stay=_staying(ahead))
    return Room(ahead, frame, routes, wanted)


def _staying(ahead: Outlook) -> set[int]:
    """Who was promised a window or is fixed: her trip is left where it is."""
    return {
        ahead.frame.node[stop.id]
        for stop in ahead.frame.problem.stops
        if stop.required or stop.lock is not None
    }


def make_room(  # noqa: PLR0913  # how many, what was seen, and the doors
    roads: Roads,
    days: int | None = None,
    *,
    by: Actor,
    more: int = 0,
    seen: Collection[int] | None = None,
    found: Room | None = None,
) -> list[Shift]:
    """Book van-days and spread whole trips over all that stand then; gives back the new ones.

    Nobody is moved who was promised a window or is fixed. ``found`` is what :func:`room_for` gave
    back for the same ``days`` and ``more``; it is taken if nothing has changed since. ``seen`` are
    the shifts that somebody agreed to: refused if others would be booked by now.
    """
    held()
    if found is None or not _still_holds(found, roads):
        found = room_for(roads, days=days, more=more)
    if found is None:
        raise Refused(N_("Nothing is planned that windows could be offered for."))
    if seen is not None and {shift.id for shift in found.more} != set(seen):
        raise Refused(N_("By now other van-days would be booked. Look at them once more."))
    if found.changed:
        write(found.frame, found.changed, found.ahead.shifts)
    else:
        timetable.changed()
    for shift in (*found.now, *found.more):
        shift.booked_at = clock.now()
    db.session.flush()
    record(
        by,
        "runs.room_made",
        "timetable:1",
        van_days=len(found.now) + len(found.more),
        shifts=[shift.id for shift in found.more],
    )
    return list(found.more)


def _still_holds(found: Room, roads: Roads) -> bool:
    """Whether the days ahead are still what they were. The timetable must be held."""
    now, then = outlook(roads, with_waiting=False), found.ahead
    return now is not None and (now.version, now.frame.problem) == (
        then.version,
        then.frame.problem,
    )


def shown_too_little() -> list[Stop]:
    """Whose people saw fewer than three windows, or one date only, since a day was last booked.

    Who is at home on one date only is left out: no van-day would help.
    """
    found = queries.stops_by_id(records.shown_too_little(COUNT, records.last_booked()))
    said = people.at_home_of([stop.employee_id for stop in found], first_day())
    return [stop for stop in found if len({s.on_date for s in said.get(stop.employee_id, [])}) != 1]
