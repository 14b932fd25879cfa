"""Large problems in parts: nobody is lost or doubled, whoever is bound stays bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoffice.runs.planning.builder import build
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.problem import Begun, Lock, Matrices, Problem
from hoffice.runs.planning.splitting import (
    GROUP_SHIFTS,
    GlobalRoutes,
    Part,
    Splitting,
    from_part,
    matrix_places,
    subproblem,
    to_part,
)
from tests.runs.planning import problems as make
from tests.runs.planning.problems import MITTE, MONDAY, frame, problem, shift, stop, van


def town(people: int, days: int, *, vans: int = 1, windows: bool = False) -> Problem:
    """People all over town; with windows, each on two of the days."""
    buses = [van(f"bus-{n}") for n in range(vans)]
    shifts = [shift(MONDAY + timedelta(days=n), bus=bus.id) for n in range(days) for bus in buses]
    stops = []
    for n in range(people):
        one = stop(f"e{n:03d}", lat=52.42 + (n * 37 % 20) / 100, lon=13.2 + (n * 53 % 40) / 100)
        if windows:
            on = (MONDAY + timedelta(days=n % days), MONDAY + timedelta(days=(n + 2) % days))
            one = replace(
                one, windows=tuple(stop("x", "09:00-12:00", day=day).windows[0] for day in on)
            )
        stops.append(one)
    return problem(*stops, vans=tuple(buses), shifts=tuple(shifts))


def built(asked: Problem, parts: list[Part]) -> GlobalRoutes:
    routes: GlobalRoutes = {}
    for part in parts:
        routes.update(from_part(part, build(frame(subproblem(asked, part)))))
    return routes


def counted(parts: list[Part]) -> tuple[list[int], list[int]]:
    return (
        sorted(one for part in parts for one in part.stops),
        sorted(one for part in parts for one in part.shifts),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=make.problems(), each=st.integers(1, 6))
def test_every_stop_and_every_shift_is_in_one_part(asked: Problem, each: int) -> None:
    parts = Splitting(asked).parts(each)

    assert counted(parts) == (
        list(range(len(asked.stops))),
        list(range(len(asked.shifts))),
    )
    for part in parts:
        frame(subproblem(asked, part))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=make.problems(), each=st.integers(1, 4), seed=st.integers(0, 9))
def test_groups_never_share_a_stop_or_a_shift_and_hold_all_they_serve(
    asked: Problem, each: int, seed: int
) -> None:
    splitting = Splitting(asked)
    routes = built(asked, splitting.parts(each))
    dice = Random(seed)  # noqa: S311  # a test, no secret
    groups: list[Part] = []
    while (group := splitting.group(routes, groups, dice)) is not None:
        groups.append(group)

    stops, shifts = counted(groups)
    assert len(set(stops)) == len(stops)
    assert shifts == list(range(len(asked.shifts)))
    for group in groups:
        mine = {one for shift in group.shifts for trip in routes[shift] for one in trip}
        assert mine <= set(group.stops)
        frame(subproblem(asked, group))


def test_parts_are_of_one_size() -> None:
    for windows in (False, True):
        parts = Splitting(town(200, 20, windows=windows)).parts(50)
        assert len(parts) == 4
        assert all(35 <= len(part.stops) <= 65 for part in parts)
        assert {len(part.shifts) for part in parts} == {5}


def test_with_many_vans_a_part_is_a_sector_with_vans_of_its_own() -> None:
    asked = town(200, 5, vans=4)
    parts = Splitting(asked).parts(50)

    vans = [{asked.shifts[shift].van for shift in part.shifts} for part in parts]
    assert vans == [{"bus-0"}, {"bus-1"}, {"bus-2"}, {"bus-3"}]


def test_who_has_windows_goes_where_he_can_be_visited() -> None:
    asked = town(120, 12, windows=True)
    for part in Splitting(asked).parts(30):
        days = {asked.shifts[shift].day for shift in part.shifts}
        for number in part.stops:
            assert days & {window.day for window in asked.stops[number].windows}


def test_locks_and_boxes_on_board_bind_to_their_shift() -> None:
    asked = town(60, 6)
    late = asked.shifts[5]
    begun = Begun(at=600, position=MITTE, worked_min=100, on_board=("e007",))
    stops = list(asked.stops)
    stops[3] = replace(stops[3], lock=Lock(late.van, late.day))
    asked = replace(
        asked,
        stops=tuple(stops),
        shifts=(*asked.shifts[:2], replace(asked.shifts[2], begun=begun), *asked.shifts[3:]),
    )
    splitting = Splitting(asked)

    for part in splitting.parts(10):
        assert (3 in part.stops) == (5 in part.shifts)
        assert (7 in part.stops) == (2 in part.shifts)
        Frame(subproblem(asked, part), frame(subproblem(asked, part)).legs)
    assert splitting.tied == {5: [3], 2: [7]}


def test_a_group_begins_with_somebody_left_over() -> None:
    asked = town(60, 20, windows=True)
    splitting = Splitting(asked)
    routes = built(asked, splitting.parts(20))
    lonely = 17
    routes = {
        index: [[one for one in trip if one != lonely] for trip in trips]
        for index, trips in routes.items()
    }

    group = splitting.group(routes, [], Random(1))  # noqa: S311  # a test, no secret

    assert group is not None
    assert lonely in group.stops
    assert set(splitting.open[lonely]) <= set(group.shifts)
    assert len(group.shifts) == GROUP_SHIFTS


def test_routes_find_their_way_into_a_part_and_back() -> None:
    part = Part(stops=(2, 5, 9), shifts=(1, 4))
    routes: GlobalRoutes = {1: [[9, 2], [5]], 4: []}

    assert to_part(part, routes) == {0: [[3, 1], [2]]}
    assert from_part(part, to_part(part, routes)) == routes


def test_a_part_gets_its_own_piece_of_the_matrices() -> None:
    asked = town(4, 2)
    size = 5
    table = tuple(tuple(float(10 * a + b) for b in range(size)) for a in range(size))
    asked = replace(asked, travel=Matrices(table, table))
    part = Part(stops=(1, 3), shifts=(0,))

    made = subproblem(asked, part)

    assert isinstance(made.travel, Matrices)
    assert matrix_places(asked, part) == [0, 2, 4]
    assert made.travel.km == ((0, 2, 4), (20, 22, 24), (40, 42, 44))
