"""A small campaign: people over two weeks, some of them promised something already."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.findings import Finding
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.plan import Engine, Plan
from hoffice.runs.planning.problem import Lock, Point
from hoffice.runs.planning.slots.offers import Offer, offers
from hoffice.runs.planning.slots.room import make_room
from tests.runs.planning.problems import MONDAY, frame, problem, shift, stop, van

DATES = tuple(MONDAY + timedelta(days=n) for n in range(5))


def asked(seed: int, people: int = 22, *, vans: int = 1, locked: int = 0) -> Frame:
    """People all over the city; the first ``locked`` of them belong to Tuesday's shift."""
    dice = random.Random(seed)  # noqa: S311  # a scenario, no secret
    fleet = tuple(van(f"bus-{n}") for n in range(1, vans + 1))
    stops = []
    for number in range(people):
        one = stop(f"e{number:02d}")
        at = Point(dice.uniform(52.43, 52.58), dice.uniform(13.25, 13.55))
        lock = Lock("bus-1", DATES[1], number) if number < locked else None
        stops.append(replace(one, at=at, lock=lock))
    shifts = tuple(shift(day, bus=bus.id) for day in DATES for bus in fleet)
    return frame(problem(*stops, shifts=shifts, vans=fleet))


def under_way(seed: int, answered: int, **given: int) -> tuple[Frame, Routes]:
    """A campaign in which so many have taken one of their windows, none of the first eleven."""
    first = asked(seed, **given)
    known, spread = make_room(first, build(first))
    routes: Routes = spread
    dice = random.Random(seed)  # noqa: S311  # a scenario, no secret
    for node in dice.sample(range(12, known.size), min(answered, known.size - 12)):
        shown = offers(known, routes, node)
        if shown:
            known, routes = taken(known, routes, node, dice.choice(shown))
    return known, routes


def taken(known: Frame, routes: Routes, node: int, offer: Offer) -> tuple[Frame, Routes]:
    """The campaign after an answer: the window is a promise, the witness is the plan."""
    return known.with_windows(node, (offer.window,)), {**routes, **offer.routes}


def plan_of(known: Frame, routes: Routes) -> Plan:
    """The plan of these routes; who is on none of them is unplanned."""
    served = {node for trips in routes.values() for trip in trips for node in trip}
    reasons: dict[int, tuple[Finding, ...]] = {
        node: () for node in range(1, known.size) if node not in served
    }
    return assemble(known, routes, Engine("test", "1", 1, 0, 0), reasons)


def complaints(known: Frame, routes: Routes) -> list[str]:
    """What the independent checker has against these routes."""
    verdict = check(known.problem, plan_of(known, routes), known.legs)
    return [found.sentence for found in verdict.violations]


def served(routes: Routes) -> list[int]:
    """Everybody on these routes, each as often as she stands there."""
    return sorted(node for trips in routes.values() for trip in trips for node in trip)


seeds = st.integers(1, 400)
