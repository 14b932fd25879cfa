"""Ways to break what rides in which van, who brings it, and in which order."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from hoffice.runs.planning.findings import Code
from hoffice.runs.planning.plan import Plan, Trip
from hoffice.runs.planning.problem import Amount, Lock
from tests.runs.planning.breaking import (
    WAYS,
    Broken,
    Case,
    Way,
    broken,
    stricter,
    visits_of,
    way,
    with_route,
    with_stop,
    with_trip,
    with_visit,
)

# --- the load -------------------------------------------------------------------------------------


@way
def a_wrong_load(rng: Random, case: Case) -> Broken | None:
    """One box, one litre or one kilogram more or less than the stops need."""
    r = rng.randrange(len(case.plan.routes))
    t = rng.randrange(len(case.plan.routes[r].trips))
    trip = case.plan.routes[r].trips[t]
    name = rng.choice(["boxes", "litres", "kg"])
    said = replace(trip.load, **{name: getattr(trip.load, name) + rng.choice([-1, 1])})
    return broken(case, with_trip(case.plan, r, t, replace(trip, load=said)), Code.WRONG_LOAD)


@way
def two_loads_exchanged(rng: Random, case: Case) -> Broken | None:
    """Each trip says what the other carries."""
    trips = [(r, t) for r, route in enumerate(case.plan.routes) for t in range(len(route.trips))]
    pairs = [
        (a, b)
        for a in trips
        for b in trips
        if case.plan.routes[a[0]].trips[a[1]].load != case.plan.routes[b[0]].trips[b[1]].load
    ]
    if not pairs:
        return None
    (r1, t1), (r2, t2) = rng.choice(pairs)
    one, two = case.plan.routes[r1].trips[t1], case.plan.routes[r2].trips[t2]
    plan = with_trip(case.plan, r1, t1, replace(one, load=two.load))
    return broken(case, with_trip(plan, r2, t2, replace(two, load=one.load)), Code.WRONG_LOAD)


def _peaks(case: Case, r: int) -> Amount:
    """The most that is in the van at any moment of a day, worked out stop by stop."""
    begun = case.shift(case.plan.routes[r]).begun
    seen = [Amount()]
    for t, trip in enumerate(case.plan.routes[r].trips):
        load = sum((case.stop(visit).out for visit in trip.stops), Amount())
        if t == 0 and begun:
            load = sum((case.problem.stop[name].out for name in begun.on_board), Amount())
        seen.append(load)
        for visit in trip.stops:
            load = load - case.stop(visit).out + case.stop(visit).back
            seen.append(load)
    return Amount(*(max(getattr(one, name) for one in seen) for name in ("boxes", "litres", "kg")))


@way
def a_smaller_van(rng: Random, case: Case) -> Broken | None:
    """The fullest moment is one box, litre or kilogram too much; with swaps it comes on the way."""
    r = rng.randrange(len(case.plan.routes))
    van = case.problem.van[case.plan.routes[r].van]
    name = rng.choice(["boxes", "litres", "kg"])
    peak = getattr(_peaks(case, r), name)
    if not peak:
        return None
    smaller = replace(van, capacity=replace(van.capacity, **{name: peak - 1}))
    vans = tuple(smaller if other.id == van.id else other for other in case.problem.vans)
    return stricter(case, replace(case.problem, vans=vans), Code.OVERLOAD)


@way
def a_van_that_never_reloads(rng: Random, case: Case) -> Broken | None:
    """Two trips in one, more than the van holds."""
    options = [r for r, route in enumerate(case.plan.routes) if len(route.trips) > 1]
    if not options:
        return None
    r = rng.choice(options)
    route = case.plan.routes[r]
    t = rng.randrange(int(case.shift(route).begun is not None), len(route.trips))
    if t + 1 >= len(route.trips):
        return None
    one, two = route.trips[t : t + 2]
    load = one.load + two.load
    if not load.over(case.problem.van[route.van].capacity):
        return None
    joined = Trip(one.start, load, (*one.stops, *two.stops))
    trips = (*route.trips[:t], joined, *route.trips[t + 2 :])
    return broken(case, with_route(case.plan, r, replace(route, trips=trips)), Code.OVERLOAD)


@way
def boxes_that_are_not_on_board(rng: Random, case: Case) -> Broken | None:
    """A van under way delivers what it never loaded."""
    for r, route in enumerate(case.plan.routes):
        begun = case.shift(route).begun
        others = [
            found
            for found in visits_of(case.plan)
            if begun and found[3].id not in begun.on_board and case.stop(found[3]).out != Amount()
        ]
        if not others:
            continue
        r2, t2, v2, visit = rng.choice(others)
        plan = with_visit(case.plan, r2, t2, v2)
        first = plan.routes[r].trips[0]
        return broken(
            case,
            with_trip(plan, r, 0, replace(first, stops=(*first.stops, visit))),
            Code.NOT_ON_BOARD,
        )
    return None


@way
def boxes_that_ride_in_another_van(rng: Random, case: Case) -> Broken | None:
    """What a van under way has on board is delivered by another one on the same day or before."""
    for r, route in enumerate(case.plan.routes):
        begun = case.shift(route).begun
        others = [
            (r2, t2)
            for r2, other in enumerate(case.plan.routes)
            for t2 in range(len(other.trips))
            if other.day <= route.day and r2 != r
        ]
        aboard = [
            (t, v, visit)
            for found, t, v, visit in visits_of(case.plan)
            if found == r and begun and visit.id in begun.on_board
        ]
        if not others or not aboard:
            continue
        t, v, visit = rng.choice(aboard)
        r2, t2 = rng.choice(others)
        plan = with_visit(case.plan, r, t, v)
        trip = plan.routes[r2].trips[t2]
        return broken(
            case,
            with_trip(plan, r2, t2, replace(trip, stops=(*trip.stops, visit))),
            Code.NOT_ON_BOARD,
        )
    return None


# --- who goes, and in which order -----------------------------------------------------------------


@way
def a_crew_too_small(rng: Random, case: Case) -> Broken | None:
    """One person fewer than the door needs."""
    r, _, _, visit = rng.choice(visits_of(case.plan))
    van = case.problem.van[case.plan.routes[r].van]
    asked = with_stop(case.problem, replace(case.stop(visit), crew=van.crew + 1))
    return stricter(case, asked, Code.SMALL_CREW)


@way
def another_van_than_the_locked_one(rng: Random, case: Case) -> Broken | None:
    """The stop is bound to another shift than the one that serves it."""
    r, _, _, visit = rng.choice(visits_of(case.plan))
    key = case.plan.routes[r].van, case.plan.routes[r].day
    others = [shift for shift in case.problem.shifts if shift.key != key]
    if not others:
        return None
    other = rng.choice(others)
    lock = Lock(other.van, other.day, rng.choice([None, 1]))
    asked = with_stop(case.problem, replace(case.stop(visit), lock=lock))
    return stricter(case, asked, Code.WRONG_SHIFT)


def _exchanged(case: Case, r: int, one: str, two: str) -> Plan:
    """The plan with two names of a route exchanged."""
    names = {one: two, two: one}
    route = case.plan.routes[r]
    trips = tuple(
        replace(
            trip,
            stops=tuple(replace(visit, id=names.get(visit.id, visit.id)) for visit in trip.stops),
        )
        for trip in route.trips
    )
    return with_route(case.plan, r, replace(route, trips=trips))


@way
def a_frozen_order_broken(rng: Random, case: Case) -> Broken | None:
    """Two stops with positions come the other way round."""
    options = []
    for r, route in enumerate(case.plan.routes):
        places = [
            (lock.position, visit.id)
            for visit in route.visits
            if (lock := case.stop(visit).lock) and lock.position is not None
        ]
        options += [(r, a, b) for (p, a) in places for (q, b) in places if p < q]
    if not options:
        return None
    r, first, second = rng.choice(options)
    return broken(case, _exchanged(case, r, first, second), Code.WRONG_ORDER)


@way
def the_order_of_loading_broken(rng: Random, case: Case) -> Broken | None:
    """A van under way with a fixed order delivers in another one."""
    for r, route in enumerate(case.plan.routes):
        begun = case.shift(route).begun
        names = [v.id for v in route.visits if begun and v.id in begun.on_board]
        if begun and begun.is_order_fixed and len(names) > 1:
            first, second = sorted(rng.sample(range(len(names)), 2))
            plan = _exchanged(case, r, names[first], names[second])
            return broken(case, plan, Code.WRONG_ORDER)
    return None


WITH_LOADS: Final[dict[str, Way]] = WAYS
"""The ways of ``breaking``, then those of here."""
