"""Room for who is left out: nobody is lost on the way, and a search by chance can be repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings

from hoffice.runs.planning.board import score
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.problem import Matrices, Problem, Stop
from hoffice.runs.planning.recreating import recreate
from hoffice.runs.planning.schedule import Miss, Timed, timed
from tests.runs.planning.problems import MONDAY, frame, problem, problems, shift, stop, van


def served(routes: dict[int, list[list[int]]]) -> set[int]:
    return {node for trips in routes.values() for trip in trips for node in trip}


def full_first_days() -> Problem:
    """Six people at home on Monday only, where three fit, and three who may come on any day."""
    bound = [stop(f"m{n}", "08:00-16:00", lat=52.50 + n / 500) for n in range(3)]
    free = [stop(f"f{n}", lat=52.51 + n / 500) for n in range(3)]
    days = tuple(shift(MONDAY + timedelta(days=n), start="08:00", end="10:30") for n in range(3))
    return problem(*free, *bound, shifts=days, vans=(van(boxes=3),))


def test_who_may_come_on_other_days_gives_way_to_who_may_not() -> None:
    asked = full_first_days()
    framed = frame(asked)
    crowded = {0: [[1, 2, 3]]}
    assert isinstance(timed(framed, framed.days[0], crowded[0]), Timed)

    made = recreate(framed, crowded, seed=1, rounds=60, is_over=lambda: False)

    assert served(made) == set(range(1, framed.size))


def test_the_first_plan_already_lets_them_give_way() -> None:
    framed = frame(full_first_days())
    assert served(build(framed)) == set(range(1, framed.size))


@given(problems())
@settings(max_examples=40, deadline=None)
def test_a_plan_is_never_worse_afterwards_and_can_be_driven(asked: Problem) -> None:
    framed = frame(asked)
    first = build(framed)
    made = recreate(framed, first, seed=3, rounds=8, is_over=lambda: False)
    assert score(framed, made) >= score(framed, first)
    for index, trips in made.items():
        assert isinstance(timed(framed, framed.days[index], trips), Timed)
    nodes = [node for trips in made.values() for trip in trips for node in trip]
    assert len(nodes) == len(set(nodes))


def test_the_same_seed_takes_the_same_steps() -> None:
    crowded = replace(full_first_days(), stops=(*full_first_days().stops, *more()))
    framed = frame(crowded)
    first = build(framed)
    one, two = (recreate(framed, first, seed=5, rounds=20, is_over=lambda: False) for _ in range(2))
    assert one == two


def more() -> list[Stop]:
    """People who do not fit into Monday any more."""
    return [stop(f"x{n}", "08:00-10:00", lat=52.48 + n / 500) for n in range(6)]


def test_nothing_is_begun_when_the_time_is_over() -> None:
    framed = frame(full_first_days())
    crowded = {0: [[1, 2, 3]]}
    made = recreate(framed, crowded, seed=1, rounds=60, is_over=lambda: True)
    assert made == crowded


def detour_that_saves_time() -> Problem:
    """From the first door to the last one two stops help on the way; the long visit never fits."""
    far, near = 40, 4
    minutes = [[far] * 6 for _ in range(6)]
    for start, end in ((1, 2), (2, 3), (3, 4), (5, 2), (5, 3)):
        minutes[start][end] = near
    for node in range(6):
        minutes[node][node] = 0
    table = tuple(tuple(row) for row in minutes)
    stops = (
        stop("first", "09:00-09:00", minutes=10),
        stop("one", minutes=5),
        stop("two", minutes=5),
        stop("last", "09:32-09:34", minutes=10),
        stop("long", "08:00-09:00", minutes=340),
    )
    return replace(problem(*stops), travel=Matrices(table, table))


def test_a_step_after_which_a_route_cannot_be_driven_is_taken_back() -> None:
    framed = frame(detour_that_saves_time())
    day = framed.days[0]
    assert isinstance(timed(framed, day, [[1, 2, 3, 4]]), Timed)
    for broken in ([1, 4], [1, 2, 4], [1, 3, 4]):  # without one of them, and without both
        assert isinstance(timed(framed, day, [broken]), Miss)

    made = recreate(framed, {0: [[1, 2, 3, 4]]}, seed=1, rounds=60, is_over=lambda: False)

    assert made == {0: [[1, 2, 3, 4]]}
