"""Improving a plan that is there: better or the same, nobody lost, every break kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from hoffice.runs.planning.board import Board, score
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.problem import Problem
from hoffice.runs.planning.schedule import Timed, timed
from hoffice.runs.solver import improve
from tests.runs.planning import problems as make
from tests.runs.planning.problems import MONDAY, frame, problem, shift, stop

Routes = dict[int, list[list[int]]]


def one_by_one(framed: Frame) -> Routes:
    """A poor plan: everybody where there is room first, in the order of the list."""
    board = Board(framed)
    for node in range(1, framed.size):
        for day in range(len(framed.days)):
            if board.put_cheapest(node, [day]):
                break
    return board.routes


def nodes(routes: Routes) -> list[int]:
    return sorted(node for trips in routes.values() for trip in trips for node in trip)


def town(people: int = 24, days: int = 5) -> Problem:
    stops = [
        stop(f"e{n:02d}", lat=52.42 + (n * 37 % 20) / 100, lon=13.2 + (n * 53 % 40) / 100)
        for n in range(people)
    ]
    return problem(*stops, shifts=tuple(shift(MONDAY + timedelta(days=n)) for n in range(days)))


def test_a_poor_plan_gets_better_and_keeps_everybody() -> None:
    framed = frame(town())
    poor = one_by_one(framed)

    better = improve(framed, poor, iterations=150)

    assert score(framed, better) > score(framed, poor)
    assert nodes(better) == nodes(poor)
    assert all(
        isinstance(timed(framed, framed.days[index], trips), Timed)
        for index, trips in better.items()
    )


def test_the_same_seed_and_iterations_improve_in_the_same_way() -> None:
    framed = frame(town())
    poor = one_by_one(framed)

    assert improve(framed, poor, iterations=60, seed=4) == improve(
        framed, poor, iterations=60, seed=4
    )


def test_shifts_in_the_yard_stay_there_but_one() -> None:
    framed = frame(town(people=6, days=9))
    used = {0: [[1, 2, 3]], 4: [[4, 5, 6]]}

    better = improve(framed, used, iterations=80)

    assert len(set(better) - {0, 4}) <= 1


def test_who_is_optional_may_make_room_and_nobody_else() -> None:
    early = [stop(f"e{n}", "08:45-08:50", lat=52.45 + n / 100) for n in range(3)]
    asked = problem(*early, minutes=20)
    framed = frame(asked)

    kept = improve(framed, {0: [[2]]}, iterations=40)
    freed = improve(framed, {0: [[2]]}, iterations=40, optional=frozenset({2}))

    assert nodes(kept) == [2]
    assert len(nodes(freed)) == 1


def test_who_was_not_served_comes_in_where_there_is_room() -> None:
    framed = frame(town(people=6, days=2))

    assert nodes(improve(framed, {0: [[1, 2, 3]]}, iterations=60)) == [1, 2, 3, 4, 5, 6]


def test_a_plan_that_cannot_be_driven_is_mended_first() -> None:
    framed = frame(town(people=14, days=3))
    overfull: Routes = {0: [list(range(1, 15))]}

    better = improve(framed, overfull, iterations=1)

    assert nodes(better) == list(range(1, 15))


def test_nobody_has_time_and_the_plan_comes_back() -> None:
    framed = frame(town())
    first = build(framed)

    assert improve(framed, first, iterations=10_000, cancel=lambda: True) == first
    assert improve(framed, first, seconds=1e-9) == first


@pytest.mark.parametrize("all_days", [False, True])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=make.problems())
def test_whatever_is_improved_nobody_is_lost_and_it_is_never_worse(
    all_days: bool,  # noqa: FBT001  # a parameter of the test
    asked: Problem,
) -> None:
    framed = frame(asked)
    first = build(framed)

    better = improve(framed, first, iterations=15, all_days=all_days)

    assert set(nodes(first)) <= set(nodes(better))
    assert score(framed, better) >= score(framed, first)
