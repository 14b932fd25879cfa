"""Two plans side by side, and what they cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.comparing import Place, compare
from hoffice.runs.planning.costs import Costs, co2_g, costs
from hoffice.runs.planning.plan import Engine, Plan
from hoffice.runs.planning.problem import Problem
from tests.runs.planning.problems import MONDAY, frame, hm, problem, shift, stop, van


def planned(asked: Problem) -> Plan:
    framed = frame(asked)
    return assemble(framed, build(framed), Engine("builder", "1", 0, 0, 0), {})


def test_a_plan_beside_itself_moves_nobody() -> None:
    plan = planned(problem(stop("a"), stop("b", lat=52.49)))
    found = compare(plan, plan)
    assert (found.moved, found.same) == ((), 2)


def test_a_later_visit_is_a_move_within_the_shift() -> None:
    early = planned(problem(stop("a", "09:00-10:00")))
    late = planned(problem(stop("a", "13:00-14:00")))
    (moved,) = compare(early, late).moved
    assert moved.first == Place("bus-1", MONDAY, hm("09:00"))
    assert moved.second == Place("bus-1", MONDAY, hm("13:00"))
    assert not moved.is_other_shift


def test_who_is_left_out_by_one_of_them_is_named() -> None:
    both = planned(problem(stop("a"), stop("b", lat=52.49)))
    one = planned(problem(stop("a")))
    gone = {moved.id: moved for moved in compare(both, one).moved}["b"]
    assert (gone.second, gone.is_other_shift) == (None, True)
    back = {moved.id: moved for moved in compare(one, both).moved}["b"]
    assert (back.first, back.is_other_shift) == (None, True)


def test_costs_are_the_van_its_kilometres_and_the_hours() -> None:
    paid = costs(van(), 40.0, 90)
    assert paid == Costs(9000, 1200, 3750)
    assert paid.cents == 13950
    assert (paid + paid).cents == 27900


def test_a_plan_costs_what_its_van_days_cost() -> None:
    asked = problem(stop("a"), stop("b", lat=52.49))
    plan = planned(asked)
    (route,) = plan.routes
    assert plan.totals.cost_cents == costs(asked.vans[0], route.km, route.work_min).cents
    free = replace(asked, vans=(replace(asked.vans[0], cost_cents_per_hour=0),))
    assert planned(free).totals.cost_cents < plan.totals.cost_cents


@pytest.mark.parametrize(
    ("drives", "grams"),
    [((), 0), (((200, 10.0), (100, 1.5)), 2150), (((200, 10.0), (None, 1.0)), None)],
)
def test_exhaust_is_known_only_when_it_is_known_of_every_van(
    drives: tuple[tuple[int | None, float], ...], grams: int | None
) -> None:
    assert co2_g(drives) == grams


def test_the_shift_of_another_van_is_another_shift() -> None:
    here = planned(problem(stop("a")))
    there = planned(problem(stop("a"), shifts=(shift(bus="bus-2"),), vans=(van("bus-2"),)))
    assert compare(here, there).moved[0].is_other_shift
