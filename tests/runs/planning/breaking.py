"""Ways to break a good plan, each by more than what the checker forgives.

Every way takes a plan that keeps all rules and gives back one that breaks a rule for certain, the
problem it is to be held against, and the codes of which one must be said. ``None``: this plan has
nothing that could be broken in this way. Times are wall minutes of days on which nobody works
while the clocks change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Final

from hoffice.runs.planning.findings import Code
from hoffice.runs.planning.frame import Legs
from hoffice.runs.planning.plan import Plan, Route, Trip, Unplanned, Visit
from hoffice.runs.planning.problem import Problem, Shift, Span, Stop

BEYOND: Final = 2
"""One minute is forgiven; two are the least that is broken here."""


@dataclass(frozen=True)
class Case:
    """A plan without fault, and its legs."""

    problem: Problem
    plan: Plan
    legs: Legs

    def shift(self, route: Route) -> Shift:
        """The shift of a route."""
        return self.problem.shift[route.van, route.day]

    def stop(self, visit: Visit) -> Stop:
        """The stop of a visit."""
        return self.problem.stop[visit.id]

    def node(self, name: str) -> int:
        """The place of a stop in the matrices."""
        return 1 + [stop.id for stop in self.problem.stops].index(name)

    def origin(self, route: Route, trip: int) -> int:
        """The place in the matrices from which a trip sets off."""
        shift = self.shift(route)
        if trip or shift.begun is None:
            return 0
        under_way = [other.key for other in self.problem.shifts if other.begun]
        return 1 + len(self.problem.stops) + under_way.index(shift.key)

    def load(self, route: Route, trip: int) -> float:
        """How long the loading of a trip takes."""
        is_under_way = trip == 0 and self.shift(route).begun is not None
        return 0 if is_under_way else self.problem.depot.load_min_per_trip


@dataclass(frozen=True)
class Broken:
    """What became of a plan, the problem it must be held against, and what must be said."""

    problem: Problem
    plan: Plan
    codes: frozenset[Code]


Way = Callable[[Random, Case], Broken | None]
WAYS: Final[dict[str, Way]] = {}


def way(does: Way) -> Way:
    """Remember a way to break a plan by its name."""
    WAYS[does.__name__] = does
    return does


def broken(case: Case, plan: Plan, *codes: Code) -> Broken:
    """A broken plan of the same problem."""
    return Broken(case.problem, plan, frozenset(codes))


def stricter(case: Case, problem: Problem, *codes: Code) -> Broken:
    """The same plan held against a problem that it does not keep."""
    return Broken(problem, case.plan, frozenset(codes))


# --- the parts of a plan, picked by chance --------------------------------------------------------


@dataclass(frozen=True)
class Leg:
    """A drive: where it stands in the plan, when it may begin, when it ends, how long it takes."""

    route: int
    trip: int
    position: int
    free: float
    arrive: int
    drive: float

    @property
    def is_home(self) -> bool:
        """Back to the depot."""
        return self.position < 0


def legs_of(case: Case) -> Iterator[Leg]:
    """All drives of a plan, those home with position -1."""
    for r, route in enumerate(case.plan.routes):
        for t, trip in enumerate(route.trips):
            here, free = case.origin(route, t), trip.start + case.load(route, t)
            for v, visit in enumerate(trip.stops):
                node = case.node(visit.id)
                yield Leg(r, t, v, free, visit.arrive, case.legs.minutes[here][node])
                here, free = node, visit.leave
            back = route.trips[t + 1].start if t + 1 < len(route.trips) else route.end
            yield Leg(r, t, -1, free, back, case.legs.minutes[here][0])


def visits_of(plan: Plan) -> list[tuple[int, int, int, Visit]]:
    """All visits with their places."""
    return [
        (r, t, v, visit)
        for r, route in enumerate(plan.routes)
        for t, trip in enumerate(route.trips)
        for v, visit in enumerate(trip.stops)
    ]


def with_route(plan: Plan, index: int, route: Route) -> Plan:
    """The plan with another route in this place."""
    return replace(plan, routes=(*plan.routes[:index], route, *plan.routes[index + 1 :]))


def with_trip(plan: Plan, r: int, t: int, trip: Trip) -> Plan:
    """The plan with another trip in this place."""
    route = plan.routes[r]
    trips = (*route.trips[:t], trip, *route.trips[t + 1 :])
    return with_route(plan, r, replace(route, trips=trips))


def with_visit(plan: Plan, r: int, t: int, v: int, *visits: Visit) -> Plan:
    """The plan with other visits, or none, in the place of one."""
    trip = plan.routes[r].trips[t]
    stops = (*trip.stops[:v], *visits, *trip.stops[v + 1 :])
    return with_trip(plan, r, t, replace(trip, stops=stops))


def with_breaks(plan: Plan, r: int, *breaks: Span) -> Plan:
    """The plan with other breaks on this route."""
    return with_route(plan, r, replace(plan.routes[r], breaks=breaks))


def with_stop(problem: Problem, stop: Stop) -> Problem:
    """The problem with another stop of the same name."""
    stops = tuple(stop if other.id == stop.id else other for other in problem.stops)
    return replace(problem, stops=stops)


def moved(visit: Visit, minutes: int) -> Visit:
    """The whole visit earlier or later."""
    return replace(
        visit,
        arrive=visit.arrive + minutes,
        start=visit.start + minutes,
        leave=visit.leave + minutes,
    )


def moved_route(route: Route, minutes: int) -> Route:
    """The whole day earlier or later."""
    return replace(
        route,
        start=route.start + minutes,
        end=route.end + minutes,
        breaks=tuple(Span(one.start + minutes, one.end + minutes) for one in route.breaks),
        trips=tuple(
            replace(
                trip,
                start=trip.start + minutes,
                stops=tuple(moved(visit, minutes) for visit in trip.stops),
            )
            for trip in route.trips
        ),
    )


def rested(case: Case, route: Route) -> int:
    """Minutes of break that counted before a shift was taken over."""
    begun = case.shift(route).begun
    return sum(one.end - one.start for one in begun.breaks) if begun else 0


def worked(case: Case, route: Route, breaks: tuple[Span, ...]) -> float:
    """The day's work if only these breaks are taken."""
    begun = case.shift(route).begun
    before = begun.worked_min if begun else 0
    return before + route.end - route.start - sum(one.end - one.start for one in breaks)


# --- who is served --------------------------------------------------------------------------------


@way
def a_visit_disappears(rng: Random, case: Case) -> Broken | None:
    """Nobody goes there, and nobody says so."""
    r, t, v, _ = rng.choice(visits_of(case.plan))
    return broken(case, with_visit(case.plan, r, t, v), Code.STOP_LOST)


@way
def a_reason_disappears(rng: Random, case: Case) -> Broken | None:
    """One of those left out is not named any more."""
    left = list(case.plan.unplanned)
    if not left:
        return None
    left.pop(rng.randrange(len(left)))
    return broken(case, replace(case.plan, unplanned=tuple(left)), Code.STOP_LOST)


@way
def a_stop_is_served_twice(rng: Random, case: Case) -> Broken | None:
    """The same name stands on two visits, perhaps of two vans."""
    visits = visits_of(case.plan)
    r, t, v, visit = rng.choice(visits)
    *_, other = rng.choice(visits)
    if other.id == visit.id:
        return None
    plan = with_visit(case.plan, r, t, v, visit, replace(visit, id=other.id))
    return broken(case, plan, Code.STOP_TWICE)


@way
def a_planned_stop_is_left_out_too(rng: Random, case: Case) -> Broken | None:
    """Planned and not planned."""
    *_, visit = rng.choice(visits_of(case.plan))
    left = (*case.plan.unplanned, Unplanned(visit.id, ()))
    return broken(case, replace(case.plan, unplanned=left), Code.STOP_TWICE)


@way
def a_stop_nobody_knows(rng: Random, case: Case) -> Broken | None:
    """A name that the problem does not have, served or left out."""
    plan = case.plan
    if rng.random() < 0.5:
        r, t, v, visit = rng.choice(visits_of(plan))
        plan = with_visit(plan, r, t, v, visit, replace(visit, id=f" {visit.id}"))
    else:
        plan = replace(plan, unplanned=(*plan.unplanned, Unplanned("e999", ())))
    return broken(case, plan, Code.UNKNOWN_STOP)


@way
def a_shift_nobody_works(rng: Random, case: Case) -> Broken | None:
    """A van or a day that the problem does not have."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    other = rng.choice([{"van": "bus-9"}, {"day": route.day + timedelta(days=60)}])
    return broken(case, with_route(case.plan, r, replace(route, **other)), Code.UNKNOWN_SHIFT)  # type: ignore[arg-type]


@way
def a_shift_has_two_routes(rng: Random, case: Case) -> Broken | None:
    """One crew in two places."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    double = replace(route, trips=())
    parts = (route, double) if len(route.trips) == 1 else _halves(route)
    routes = (*case.plan.routes[:r], *parts, *case.plan.routes[r + 1 :])
    return broken(case, replace(case.plan, routes=routes), Code.SHIFT_TWICE)


def _halves(route: Route) -> tuple[Route, Route]:
    *first, last = route.trips
    return (
        replace(route, trips=tuple(first), end=last.start),
        replace(route, trips=(last,), start=last.start),
    )


# --- when -----------------------------------------------------------------------------------------


def _outside(rng: Random, case: Case, *, is_late: bool) -> Broken | None:
    windowed = [found for found in visits_of(case.plan) if case.stop(found[3]).windows]
    if not windowed:
        return None
    r, t, v, visit = rng.choice(windowed)
    windows = [one for one in case.stop(visit).windows if one.day == case.plan.routes[r].day]
    by = BEYOND + rng.choice([0, 0, 1, 30])
    mine = next(one for one in windows if one.start - 1 <= visit.start <= one.end + 1)
    start = mine.end + by if is_late else mine.start - by
    if any(one.start - BEYOND < start < one.end + BEYOND for one in windows):
        return None
    plan = with_visit(case.plan, r, t, v, moved(visit, start - visit.start))
    return broken(case, plan, Code.OUTSIDE_WINDOW)


@way
def after_the_window(rng: Random, case: Case) -> Broken | None:
    """Two minutes late, or more."""
    return _outside(rng, case, is_late=True)


@way
def before_the_window(rng: Random, case: Case) -> Broken | None:
    """Two minutes early, or more."""
    return _outside(rng, case, is_late=False)


@way
def the_window_is_on_another_day(rng: Random, case: Case) -> Broken | None:
    """The right hour of the wrong day."""
    windowed = [visit for *_, visit in visits_of(case.plan) if case.stop(visit).windows]
    if not windowed:
        return None
    stop = case.stop(rng.choice(windowed))
    windows = tuple(replace(one, day=one.day + timedelta(days=60)) for one in stop.windows)
    asked = with_stop(case.problem, replace(stop, windows=windows))
    return stricter(case, asked, Code.OUTSIDE_WINDOW)


@way
def off_before_the_shift(rng: Random, case: Case) -> Broken | None:
    """The whole day too early; a shift under way begins before it is where it is."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    begun = case.shift(route).begun
    bound = begun.at if begun else case.shift(route).start
    by = route.start - bound + BEYOND + rng.randint(0, 20)
    return broken(case, with_route(case.plan, r, moved_route(route, -by)), Code.EARLY_START)


@way
def home_after_the_shift(rng: Random, case: Case) -> Broken | None:
    """The whole day too late."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    by = case.shift(route).end - route.end + BEYOND + rng.randint(0, 20)
    return broken(case, with_route(case.plan, r, moved_route(route, by)), Code.LATE_END)


@way
def a_drive_too_short(rng: Random, case: Case) -> Broken | None:
    """Sooner there than the matrices allow."""
    leg = rng.choice([leg for leg in legs_of(case) if leg.drive >= 2 * BEYOND])
    latest = int(leg.free + leg.drive) - BEYOND
    arrive = rng.randint(max(int(leg.free), latest - 10), latest)
    route = case.plan.routes[leg.route]
    if leg.is_home:
        if leg.trip + 1 < len(route.trips):
            trip = replace(route.trips[leg.trip + 1], start=arrive)
            plan = with_trip(case.plan, leg.route, leg.trip + 1, trip)
        else:
            plan = with_route(case.plan, leg.route, replace(route, end=arrive))
    else:
        visit = replace(route.trips[leg.trip].stops[leg.position], arrive=arrive)
        plan = with_visit(case.plan, leg.route, leg.trip, leg.position, visit)
    return broken(case, plan, Code.SHORT_LEG)


@way
def served_before_being_there(rng: Random, case: Case) -> Broken | None:
    """Service begins before the van has come."""
    r, t, v, visit = rng.choice(visits_of(case.plan))
    early = replace(visit, start=visit.arrive - BEYOND - rng.randint(0, 5))
    return broken(case, with_visit(case.plan, r, t, v, early), Code.SHORT_LEG)


@way
def a_hurried_handover(rng: Random, case: Case) -> Broken | None:
    """Off again before the service can be done."""
    r, t, v, visit = rng.choice(visits_of(case.plan))
    latest = int(visit.start + case.stop(visit).service_min) - BEYOND
    hurried = replace(visit, leave=rng.randint(visit.start, latest))
    return broken(case, with_visit(case.plan, r, t, v, hurried), Code.SHORT_SERVICE)


@way
def a_hurried_loading(rng: Random, case: Case) -> Broken | None:
    """Loading begins so late that it cannot be over when the van must leave."""
    legs = [leg for leg in legs_of(case) if leg.position == 0]
    leg = rng.choice(legs)
    route = case.plan.routes[leg.route]
    load = case.load(route, leg.trip)
    if load < 2 * BEYOND:
        return None
    start = int(leg.arrive - leg.drive - load) + 1 + BEYOND + rng.randint(0, 3)
    plan = with_trip(case.plan, leg.route, leg.trip, replace(route.trips[leg.trip], start=start))
    if leg.trip == 0:
        plan = with_route(plan, leg.route, replace(plan.routes[leg.route], start=start))
    return broken(case, plan, Code.SHORT_LEG)


@way
def a_start_that_hides_the_loading(rng: Random, case: Case) -> Broken | None:
    """The day is said to begin after the loading has."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    late = replace(route, start=route.start + BEYOND + rng.randint(0, 10))
    return broken(case, with_route(case.plan, r, late), Code.SHORT_LOADING)
