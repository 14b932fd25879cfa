"""Of more than a thousand plans broken on purpose, the checker finds every one and says why."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.plan import Engine
from hoffice.runs.solver import PyvrpSolver
from tests.runs.planning.breaking import Broken, Case
from tests.runs.planning.breaking_hours import ALL_WAYS
from tests.runs.planning.problems import frame, problem, stop
from tests.runs.planning.test_builder import built
from tests.runs.planning.varied import varied

BY_HAND = Engine("hand", "1", 0, 0, 0)
PLANS = 50
BY_THE_ENGINE = 6
"""Every so many plans one is the engine's."""


@cache
def cases() -> tuple[Case, ...]:
    """Good plans of very different problems; the seed makes them the same every time."""
    rng = Random(2020)  # noqa: S311  # chance for tests, no secret
    made = [_in_quarters()]
    while len(made) < PLANS:
        asked = varied(rng)
        if len(made) % BY_THE_ENGINE:
            plan = built(asked)
        else:
            plan = PyvrpSolver(StraightLine()).solve(asked, iterations=20)
        if plan.routes:
            made.append(Case(asked, plan, frame(asked).legs))
    return tuple(made)


def _in_quarters() -> Case:
    """A day whose windows leave a quarter of an hour after each door, and no half an hour."""
    asked = problem(
        stop("a", "08:35-08:35", minutes=105),
        stop("b", "10:55-10:55", minutes=105),
        stop("c", "13:15-13:15", minutes=70),
        minutes=20,
    )
    framed = frame(asked)
    return Case(asked, assemble(framed, {0: [[1, 2, 3]]}, BY_HAND, {}), framed.legs)


@cache
def broken_plans(name: str) -> tuple[tuple[Case, Broken], ...]:
    """Each good plan broken in this way, where that is possible."""
    rng = Random(name)  # noqa: S311  # chance for tests, no secret
    found = ((case, ALL_WAYS[name](rng, case)) for case in cases())
    return tuple((case, broken) for case, broken in found if broken)


def test_the_plans_that_are_broken_below_are_good_and_of_every_sort() -> None:
    assert [check(case.problem, case.plan, case.legs).violations for case in cases()] == [
        ()
    ] * PLANS
    routes = [route for case in cases() for route in case.plan.routes]
    shifts = [shift for case in cases() for shift in case.problem.shifts]
    stops = [stop for case in cases() for stop in case.problem.stops]
    kinds = Counter(
        {
            "with a break": sum(bool(route.breaks) for route in routes),
            "with two breaks": sum(len(route.breaks) > 1 for route in routes),
            "with reloads": sum(len(route.trips) > 1 for route in routes),
            "over nine hours": sum(route.work_min > 540 for route in routes),
            "under way": sum(shift.begun is not None for shift in shifts),
            "locked": sum(stop.lock is not None for stop in stops),
            "swapped": sum(stop.back.boxes > 0 < stop.out.boxes for stop in stops),
        }
    )
    assert kinds.pop("with two breaks") >= 1
    assert min(kinds.values()) >= 10, kinds


@pytest.mark.parametrize("name", sorted(ALL_WAYS))
def test_every_plan_broken_in_this_way_is_found_and_named(name: str) -> None:
    tried = broken_plans(name)

    assert len(tried) >= 5, "this way must be possible often enough to mean something"
    for case, broken in tried:
        assert (broken.plan, broken.problem) != (case.plan, case.problem)
        violations = check(broken.problem, broken.plan, case.legs).violations
        assert {found.code for found in violations} & broken.codes, (
            [found.sentence for found in violations],
            broken.codes,
        )
        assert all(found.sentence for found in violations)


def test_more_than_a_thousand_plans_are_broken() -> None:
    assert sum(len(broken_plans(name)) for name in ALL_WAYS) >= 1000
