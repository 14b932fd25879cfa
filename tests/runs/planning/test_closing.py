"""Fewer van-days: nobody is lost, what may not be emptied stays, and it is really found."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import given, settings

from hoffice.runs.planning.board import score
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.closing import close_days
from hoffice.runs.planning.problem import Problem
from hoffice.runs.planning.schedule import Timed, timed
from tests.runs.planning.problems import MONDAY, frame, problem, problems, shift, stop, van


def served(routes: dict[int, list[list[int]]]) -> set[int]:
    return {node for trips in routes.values() for trip in trips for node in trip}


def three_days(*windows: str) -> Problem:
    """Six people, three days of four boxes each."""
    dice = Random(5)  # noqa: S311  # chance for tests, no secret
    people = [stop(f"p{n}", *windows, lat=52.5 + dice.random() / 50) for n in range(6)]
    days = tuple(shift(MONDAY + timedelta(days=n)) for n in range(3))
    return problem(*people, shifts=days, vans=(van(boxes=4),))


def test_people_on_three_days_are_put_on_one() -> None:
    framed = frame(three_days())
    apart = {0: [[1, 2]], 1: [[3, 4]], 2: [[5, 6]]}

    made = close_days(framed, apart, seed=1, is_over=lambda: False)

    assert served(made) == served(apart)
    assert len(made) == 1


def test_a_shift_whose_people_can_come_on_no_other_day_stays() -> None:
    framed = frame(three_days("08:00-16:00"))  # all at home on Monday only
    alone = {0: [[1, 2, 3, 4]]}

    assert close_days(framed, alone, seed=1, is_over=lambda: False) == alone


def test_booked_shifts_are_not_emptied() -> None:
    framed = frame(three_days()).with_booked({0, 1, 2})
    apart = {0: [[1, 2]], 1: [[3, 4]], 2: [[5, 6]]}

    assert close_days(framed, apart, seed=1, is_over=lambda: False) == apart


def test_nothing_is_begun_when_the_time_is_over() -> None:
    framed = frame(three_days())
    apart = {0: [[1, 2]], 1: [[3, 4]], 2: [[5, 6]]}

    assert close_days(framed, apart, seed=1, is_over=lambda: True) == apart


@given(problems())
@settings(max_examples=40, deadline=None)
def test_a_plan_is_never_worse_afterwards_and_can_be_driven(asked: Problem) -> None:
    framed = frame(asked)
    first = build(framed)

    made = close_days(framed, first, seed=3, is_over=lambda: False, efforts=(20,))

    assert score(framed, made) >= score(framed, first)
    for index, trips in made.items():
        assert isinstance(timed(framed, framed.days[index], trips), Timed)
    nodes = [node for trips in made.values() for trip in trips for node in trip]
    assert len(nodes) == len(set(nodes))
