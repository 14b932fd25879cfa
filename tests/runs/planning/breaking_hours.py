"""Ways to break the hours and the figures of a plan: breaks, work, kilometres, cost."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from hoffice.runs.planning.findings import Code
from hoffice.runs.planning.problem import Span
from tests.runs.planning.breaking import (
    BEYOND,
    Broken,
    Case,
    Way,
    broken,
    legs_of,
    rested,
    stricter,
    visits_of,
    way,
    with_breaks,
    with_route,
    worked,
)
from tests.runs.planning.breaking_loads import WITH_LOADS

SIX = 360
NINE = 540


def _need(work: float) -> int:
    """§ 4 ArbZG, with the minute that is forgiven."""
    if work > NINE + 1:
        return 45
    return 30 if work > SIX + 1 else 0


def _with_rest(case: Case) -> list[int]:
    """The routes with breaks, where the law of breaks holds."""
    if case.problem.rules.breaks is None:
        return []
    return [r for r, route in enumerate(case.plan.routes) if route.breaks]


def _too_little(case: Case, r: int, *breaks: Span) -> Broken | None:
    """The plan with these breaks, if they are too little by more than what is forgiven."""
    route = case.plan.routes[r]
    counted = tuple(one for one in breaks if one.end - one.start >= 15)
    rest = rested(case, route) + sum(one.end - one.start for one in counted)
    if rest > _need(worked(case, route, counted)) - BEYOND:
        return None
    return broken(case, with_breaks(case.plan, r, *breaks), Code.BREAK_MISSING)


@way
def no_break(rng: Random, case: Case) -> Broken | None:
    """A long day without the break that it needs."""
    routes = _with_rest(case)
    return _too_little(case, rng.choice(routes)) if routes else None


@way
def a_break_cut_short(rng: Random, case: Case) -> Broken | None:
    """Two minutes less than the law wants."""
    routes = _with_rest(case)
    if not routes:
        return None
    r = rng.choice(routes)
    first, *others = case.plan.routes[r].breaks
    by = BEYOND + rng.randint(0, 5)
    return _too_little(case, r, Span(first.start, first.end - by), *others)


@way
def a_break_too_short_to_count(rng: Random, case: Case) -> Broken | None:
    """Breaks of less than a quarter of an hour, as long in sum as ever."""
    routes = _with_rest(case)
    if not routes:
        return None
    r = rng.choice(routes)
    crumbs = []
    for one in case.plan.routes[r].breaks:
        crumbs += [Span(start, min(start + 10, one.end)) for start in range(one.start, one.end, 10)]
    return _too_little(case, r, *crumbs)


@way
def a_break_too_late(rng: Random, case: Case) -> Broken | None:
    """More than six hours in a row, then the break."""
    if case.problem.rules.breaks is None:
        return None
    options = []
    for r, route in enumerate(case.plan.routes):
        start = route.start + SIX + BEYOND + rng.randint(0, 20)
        if case.shift(route).begun is None and start + 45 <= route.end:
            options.append((r, start))
    if not options:
        return None
    r, start = rng.choice(options)
    return broken(case, with_breaks(case.plan, r, Span(start, start + 45)), Code.LONG_STRETCH)


@way
def a_break_while_driving(rng: Random, case: Case) -> Broken | None:
    """The van rolls while the crew is said to rest."""
    options = [
        leg
        for leg in legs_of(case)
        if leg.drive >= 12 and leg.arrive - leg.free - leg.drive < leg.drive / 2 - BEYOND
    ]
    if not options:
        return None
    leg = rng.choice(options)
    middle = int(leg.free + leg.arrive) // 2
    return broken(
        case,
        with_breaks(case.plan, leg.route, Span(middle - 1, middle + rng.choice([2, 15, 30]))),
        Code.BREAK_AT_WORK,
    )


@way
def a_break_while_serving(rng: Random, case: Case) -> Broken | None:
    """At the door, while the screens are carried up."""
    r, _, _, visit = rng.choice(visits_of(case.plan))
    start = visit.start + rng.choice([-30, 0, BEYOND])
    length = visit.start - start + rng.randint(BEYOND + 1, 30)
    if start < case.plan.routes[r].start:
        return None
    return broken(case, with_breaks(case.plan, r, Span(start, start + length)), Code.BREAK_AT_WORK)


@way
def a_break_while_loading(rng: Random, case: Case) -> Broken | None:
    """At the depot, while boxes are carried."""
    options = [
        (r, trip.start)
        for r, route in enumerate(case.plan.routes)
        for t, trip in enumerate(route.trips)
        if case.load(route, t) > 2 * BEYOND
    ]
    if not options:
        return None
    r, start = rng.choice(options)
    span = Span(start + rng.choice([0, BEYOND]), start + rng.choice([4, 30]))
    return broken(case, with_breaks(case.plan, r, span), Code.BREAK_AT_WORK)


@way
def a_break_before_or_after_work(rng: Random, case: Case) -> Broken | None:
    """Rest at home is no break."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    by = rng.randint(1, 40)
    span = rng.choice(
        [Span(route.start - by, route.start - by + 30), Span(route.end, route.end + by)]
    )
    return broken(case, with_breaks(case.plan, r, *route.breaks, span), Code.BREAK_OUTSIDE)


@way
def a_rest_at_home_sold_as_work(rng: Random, case: Case) -> Broken | None:
    """The day is said to begin earlier or to end later, with a break that fills the difference."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    if rng.random() < 0.5:
        span = Span(route.end, route.end + 30)
        changed = replace(route, end=route.end + 30, breaks=(*route.breaks, span))
    else:
        span = Span(route.start - 30, route.start)
        changed = replace(route, start=route.start - 30, breaks=(span, *route.breaks))
    plan = with_route(case.plan, r, changed)
    return broken(case, plan, Code.BREAK_AT_WORK, Code.WRONG_FIGURE)


@way
def a_break_in_another_break(rng: Random, case: Case) -> Broken | None:
    """The same minutes counted twice, or backwards."""
    options = [r for r, route in enumerate(case.plan.routes) if route.breaks]
    if not options:
        return None
    r = rng.choice(options)
    breaks = case.plan.routes[r].breaks
    one = rng.choice(breaks)
    by = rng.randint(0, one.end - one.start - 1)
    double = rng.choice([one, Span(one.start + by, one.end + 15), Span(one.end, one.start)])
    return broken(case, with_breaks(case.plan, r, *breaks, double), Code.BREAK_OUTSIDE)


@way
def more_work_than_allowed(rng: Random, case: Case) -> Broken | None:
    """Two minutes more than shift and overtime allow."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    by = rng.randint(BEYOND, 30)
    most = int(worked(case, route, route.breaks)) - by - case.problem.rules.max_overtime_min
    shifts = tuple(
        replace(shift, max_work_min=most) if shift.key == (route.van, route.day) else shift
        for shift in case.problem.shifts
    )
    return stricter(case, replace(case.problem, shifts=shifts), Code.TOO_MUCH_WORK)


@way
def waiting_that_is_not_counted(rng: Random, case: Case) -> Broken | None:
    """The van comes home so late that the crew has worked too long, within the shift."""
    options = []
    for r, route in enumerate(case.plan.routes):
        shift = case.shift(route)
        most = shift.max_work_min + case.problem.rules.max_overtime_min
        more = most - int(worked(case, route, route.breaks)) + BEYOND
        if route.end + more <= shift.end:
            options.append((r, more))
    if not options:
        return None
    r, more = rng.choice(options)
    route = case.plan.routes[r]
    late = replace(route, end=route.end + more)
    return broken(case, with_route(case.plan, r, late), Code.TOO_MUCH_WORK)


# --- what the plan says of itself -----------------------------------------------------------------


def _off(rng: Random, value: float) -> float:
    """A figure that is wrong by three per cent and three at least, as figures are rounded."""
    more = value + 3 + value * 0.03
    return rng.choice([0.0 if value > BEYOND else more, more, 2 * value + 60])


@way
def an_embellished_route(rng: Random, case: Case) -> Broken | None:
    """Kilometres or work of a route that are not its own."""
    r = rng.randrange(len(case.plan.routes))
    route = case.plan.routes[r]
    if rng.random() < 0.5:
        changed = replace(route, km=_off(rng, route.km))
    else:
        changed = replace(route, work_min=round(_off(rng, route.work_min) + 0.5))
    return broken(case, with_route(case.plan, r, changed), Code.WRONG_FIGURE)


@way
def embellished_totals(rng: Random, case: Case) -> Broken | None:
    """One of the five figures is not what the routes say."""
    name = rng.choice(["van_days", "served", "km", "work_min", "cost_cents"])
    value = getattr(case.plan.totals, name)
    is_count = name in ("van_days", "served")
    said = value + rng.choice([-1, 1]) if is_count else round(_off(rng, value) + 0.5)
    totals = replace(case.plan.totals, **{name: said})
    return broken(case, replace(case.plan, totals=totals), Code.WRONG_FIGURE)


ALL_WAYS: Final[dict[str, Way]] = WITH_LOADS
"""Every way to break a plan, those of the other two modules first."""
