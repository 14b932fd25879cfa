"""A run that is under way and late: the rest of its stops in a better order, from where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.runs import queries, rules
from hoffice.runs.models import Run, Stop
from hoffice.runs.planning.effects import Breach, Kind
from hoffice.runs.planning.frame import Roads, legs_of
from hoffice.runs.planning.problem import Begun, Point, Problem, Span
from hoffice.runs.planning.resting import Rest, as_it_stands, made_anew
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.service import timetable
from hoffice.runs.service.question import depot_or_refuse, problem_of
from hoffice.units import Actor

Order = Sequence[Sequence[int]]
"""The stops that are left, trip by trip; the first trip is what is in the van."""

CHANGED = N_("This run has changed in the meantime. Look at it again.")


@dataclass(frozen=True)
class UnderWay:
    """Where a run stands at this minute: what is left, and the question it puts to the planner."""

    run: Run
    at: int
    left: tuple[Stop, ...]
    trips: tuple[tuple[int, ...], ...]
    problem: Problem

    @cached_property
    def stops(self) -> dict[int, Stop]:
        """The stops that are left, by number."""
        return {stop.id: stop for stop in self.left}


@dataclass(frozen=True)
class Choice:
    """One order of what is left, with the minutes, and who would not be reached in time."""

    trips: tuple[tuple[int, ...], ...]
    rest: Rest

    @property
    def starts(self) -> dict[int, int]:
        """When the van is expected at each door."""
        return {
            queries.stop_number(visit.id): visit.start for visit in self.rest.driven.route.visits
        }

    @property
    def broken(self) -> dict[int, Breach]:
        """The stops whose promised window is missed, and how."""
        return {
            queries.stop_number(breach.stop): breach
            for breach in self.rest.driven.breaches
            if breach.kind is Kind.PROMISE and breach.stop is not None
        }

    @property
    def others(self) -> tuple[Breach, ...]:
        """What else breaks."""
        return tuple(one for one in self.rest.driven.breaches if one.kind is not Kind.PROMISE)


@dataclass(frozen=True)
class Options:
    """The rest of the day as it is planned, and in the best order found."""

    now: UnderWay
    before: Choice
    after: Choice

    @property
    def is_better(self) -> bool:
        """Whether another order helps at all."""
        return self.after.trips != self.before.trips


def options(run_id: int, roads: Roads, *, position: Point | None = None) -> Options:
    """What is left of a run under way, in its order and in the best one; nothing is written.

    ``position`` is where the van is; else it is taken to be at the last door, or at the depot.
    """
    now = under_way(queries.run(run_id), position=position)
    legs = legs_of(now.problem, roads)
    present = _keys(now.trips)
    before = as_it_stands(now.problem, legs, present)
    after = made_anew(now.problem, legs, present)
    return Options(now, _choice(before), _choice(after if after.helps(before) else before))


def points_of(run_id: int, *, position: Point | None = None) -> tuple[Point, ...]:
    """The places whose travel times are needed, so that they can be asked for ahead."""
    found = under_way(queries.run(run_id), position=position).problem.points()
    return tuple(dict.fromkeys(found))


def take_order(
    run_id: int, order: Order, roads: Roads, *, by: Actor, position: Point | None = None
) -> Run:
    """Drive the rest of a run in this order: writes order and times of what is left, no more.

    Promised windows stay as they were promised, even those that will be missed. Refused when
    somebody was visited, loaded or called off since the order was shown.
    """
    timetable.changed()
    run = queries.run(run_id, lock=True)
    now = under_way(run, position=position)
    trips = tuple(tuple(trip) for trip in order)
    aboard, present = set(now.trips[0]), {stop for trip in now.trips for stop in trip}
    wanted = [stop for trip in trips for stop in trip]
    if sorted(wanted) != sorted(present) or set(trips[0] if trips else ()) != aboard:
        raise Refused(CHANGED)
    legs = legs_of(now.problem, roads)
    before = as_it_stands(now.problem, legs, _keys(now.trips))
    after = _choice(as_it_stands(now.problem, legs, _keys(trips)))
    _write(now, after, before)
    record(by, "runs.reordered", run, stops=wanted, minute=now.at)
    return run


def under_way(run: Run, *, position: Point | None = None) -> UnderWay:
    """The run as a question that begins now; refused unless it drives today with stops left."""
    shift = run.shift
    if run.state is not RunState.UNDER_WAY or shift.on_date != clock.today():
        raise Refused(N_("Only a run that is under way today can be put into another order."))
    left = [stop for stop in run.stops if stop.state not in rules.STOP_ENDED]
    if not left:
        raise Refused(N_("Every stop of this run has ended."))
    aboard = [stop for stop in left if stop.state is StopState.UNDER_WAY]
    if not aboard:
        aboard = [stop for stop in left if stop.state is StopState.LOADED]
    later: dict[int, list[int]] = {}
    for stop in left:
        if stop not in aboard:
            later.setdefault(stop.trip, []).append(stop.id)
    trips = (
        tuple(stop.id for stop in aboard),
        *(tuple(later[number]) for number in sorted(later)),
    )
    at = minute_now()
    asked = problem_of([shift], left)
    begun = _begun(run, at, aboard, position)
    (planned,) = asked.shifts
    asked = replace(
        asked,
        shifts=(replace(planned, begun=begun),),
        stops=tuple(replace(stop, lock=None) for stop in asked.stops),
    )
    return UnderWay(run, at, tuple(left), trips, asked)


def minute_now() -> int:
    """The minute of the day in Berlin; one that has begun counts as a whole one."""
    wall = clock.now().astimezone(clock.BERLIN)
    return min(24 * 60 - 1, wall.hour * 60 + wall.minute + (wall.second > 0))


def _begun(run: Run, at: int, aboard: Sequence[Stop], position: Point | None) -> Begun:
    """How the day has gone so far; breaks that were planned until now count as taken."""
    rested = [Span(start, end) for start, end in run.breaks if end <= at]
    worked = max(0, at - run.start_min - sum(span.end - span.start for span in rested))
    return Begun(
        at=at,
        position=position or _last_known(run, aboard),
        worked_min=worked,
        breaks=tuple(sorted(rested, key=lambda span: span.start)),
        on_board=tuple(queries.stop_key(stop.id) for stop in aboard),
    )


def _last_known(run: Run, aboard: Sequence[Stop]) -> Point:
    """The last door, or the depot when the van has not left it, or is back to load again."""
    depot = depot_or_refuse()
    ended = [
        (stop.ended_at, stop) for stop in run.stops if stop.ended_at and stop.home.lat is not None
    ]
    is_out = any(stop.state is StopState.UNDER_WAY for stop in aboard)
    if ended and is_out:
        home = max(ended, key=lambda pair: pair[0])[1].home
        if min(stop.trip for stop in aboard) <= max(stop.trip for _, stop in ended):
            return Point(home.lat or 0.0, home.lon or 0.0)
    return Point(depot.lat, depot.lon)


def _keys(trips: Order) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(queries.stop_key(stop) for stop in trip) for trip in trips)


def _choice(rest: Rest) -> Choice:
    trips = tuple(tuple(queries.stop_number(stop) for stop in trip) for trip in rest.trips)
    return Choice(trips, rest)


def _write(now: UnderWay, after: Choice, before: Rest) -> None:
    """Positions are dealt out anew: first those that ended, as they did, then what is left."""
    run, route = now.run, after.rest.driven.route
    over = sorted(
        (stop for stop in run.stops if stop.state in rules.STOP_ENDED),
        key=lambda stop: (stop.ended_at or clock.now(), stop.position or 0),
    )
    most = max(stop.position or 0 for stop in run.stops)
    for stop in run.stops:
        stop.position = (stop.position or 0) + most
    db.session.flush()
    for place, stop in enumerate(over, start=1):
        stop.position = place
    ended = [stop.trip for stop in over]
    aboard = [now.stops[stop].trip for stop in after.trips[0]]
    number = max(aboard or ended, default=1)
    free = count(len(over) + 1)
    for offset, trip in enumerate(route.trips):
        for visit in trip.stops:
            stop = now.stops[queries.stop_number(visit.id)]
            stop.position, stop.trip = next(free), number + offset
            stop.arrive_min, stop.start_min = visit.arrive, visit.start
            stop.leave_min = visit.leave
    taken = [[start, end] for start, end in run.breaks if end <= now.at]
    run.breaks = [*taken, *([span.start, span.end] for span in route.breaks)]
    run.start_min = min(run.start_min, now.at)  # a van that left before its time has worked since
    run.end_min, run.work_min = route.end, route.work_min
    run.distance_m = max(0, run.distance_m + round((route.km - before.driven.route.km) * 1000))
    db.session.flush()
    db.session.expire(run, ["stops"])
