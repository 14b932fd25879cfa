"""Plans made in parts: complete, checked, the same every time, and not lost with a child."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.engine import Progress
from hoffice.runs.planning.frame import Answer
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Point, Problem
from hoffice.runs.solver import PyvrpSolver, planner
from hoffice.runs.solver.parallel import Team
from tests.runs.planning.problems import frame, stop
from tests.runs.planning.test_splitting import town


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of thirty stops, so that the tests are quick."""
    monkeypatch.setattr(planner, "LARGE", 30)
    monkeypatch.setattr("hoffice.runs.planning.splitting.GROUP_SHIFTS", 4)
    monkeypatch.setattr("hoffice.runs.solver.large.PART_STOPS", 30)


def planned(asked: Problem, seed: int = 1) -> Plan:
    return PyvrpSolver(StraightLine()).solve(asked, iterations=10, seed=seed, processes=2)


def violations(asked: Problem, made: Plan) -> list[str]:
    return [found.sentence for found in check(asked, made, frame(asked).legs).violations]


@pytest.mark.parametrize("windows", [False, True])
def test_a_plan_in_parts_serves_everybody_and_breaks_no_rule(*, windows: bool) -> None:
    people = 45 if windows else 90
    asked = town(people, 12, windows=windows)

    made = planned(asked)

    assert violations(asked, made) == []
    assert made.totals.served == people


def test_a_plan_in_parts_is_the_same_every_time() -> None:
    asked = town(70, 8, windows=True)

    one, other = planned(asked, seed=4), planned(asked, seed=4)

    assert replace(one, engine=other.engine) == other


def test_who_finds_no_place_in_any_part_is_told_why() -> None:
    asked = town(120, 5, windows=True)
    asked = replace(asked, stops=(*asked.stops, stop("never", "03:00-04:00")))

    made = planned(asked)

    assert violations(asked, made) == []
    assert made.unplanned
    assert all(left.reasons for left in made.unplanned)
    said = {left.id: left.reasons[0].sentence for left in made.unplanned}
    assert said["never"] == "no window inside any shift"


def test_no_part_asks_for_all_legs_at_once() -> None:
    sizes: list[int] = []

    class Roads:
        def matrix(self, points: tuple[Point, ...]) -> Answer:
            sizes.append(len(points))
            return StraightLine().matrix(points)

    PyvrpSolver(Roads()).solve(town(200, 20), iterations=2, processes=2)

    assert max(sizes) <= 120


def test_a_search_that_dies_in_the_middle_costs_one_group_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    teams: list[Team] = []

    class Seen(Team):
        def __init__(self, size: int) -> None:
            super().__init__(size)
            teams.append(self)

    monkeypatch.setattr(planner, "Team", Seen)
    asked = town(90, 12)
    victims: list[int] = []

    def kill_one(_news: Progress) -> None:
        if not victims:
            victims.append(teams[0].pids[0])
            os.kill(victims[0], signal.SIGKILL)

    made = PyvrpSolver(StraightLine()).solve(
        asked, iterations=10, processes=2, on_progress=kill_one
    )

    assert violations(asked, made) == []
    assert made.totals.served == 90
    assert len(made.notes) == 1
