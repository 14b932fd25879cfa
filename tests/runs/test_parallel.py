"""Several searches at once: repeatable, stoppable, and nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.engine import Progress
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Problem
from hoffice.runs.solver import PyvrpSolver, planner
from hoffice.runs.solver.parallel import Team
from tests.runs.planning.problems import frame
from tests.runs.test_solver import campaign

ENDLESS = 10_000_000


def violations(asked: Problem, made: Plan) -> list[str]:
    return [found.sentence for found in check(asked, made, frame(asked).legs).violations]


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def teams(monkeypatch: pytest.MonkeyPatch) -> list[Team]:
    """The teams that the solver has made, for a look at their processes."""
    made: list[Team] = []

    class Seen(Team):
        def __init__(self, size: int) -> None:
            super().__init__(size)
            made.append(self)

    monkeypatch.setattr(planner, "Team", Seen)
    return made


def test_several_searches_make_the_same_plan_every_time() -> None:
    asked = campaign(windows=True)
    solver = PyvrpSolver(StraightLine())

    one, other = (solver.solve(asked, iterations=60, seed=3, processes=2) for _ in range(2))

    assert replace(one, engine=other.engine) == other
    assert one.engine.iterations == other.engine.iterations == 120


def test_the_best_of_several_searches_wins() -> None:
    asked = campaign(windows=True)
    solver = PyvrpSolver(StraightLine())

    alone = [solver.solve(asked, iterations=60, seed=seed) for seed in (3, 4)]
    both = solver.solve(asked, iterations=60, seed=3, processes=2)

    def rank(plan: Plan) -> tuple[int, int]:
        return plan.totals.served, -plan.totals.van_days

    assert rank(both) == max(rank(plan) for plan in alone)
    assert both.routes in [plan.routes for plan in alone]


def test_a_search_stopped_by_hand_keeps_the_best_plan_so_far(teams: list[Team]) -> None:
    asked = campaign(windows=True)
    news: list[Progress] = []

    made = PyvrpSolver(StraightLine()).solve(
        asked, iterations=ENDLESS, processes=2, on_progress=news.append, cancel=lambda: bool(news)
    )

    assert made.totals.served >= news[-1].served > 0
    assert made.engine.iterations < ENDLESS
    assert violations(asked, made) == []
    assert made.notes == ()
    assert not any(is_running(pid) for pid in teams[0].pids)


def test_a_killed_search_does_not_cost_the_plan(teams: list[Team]) -> None:
    asked = campaign(windows=True)
    victims: list[int] = []

    def kill_the_first(_progress: Progress) -> None:
        if not victims:
            victims.append(teams[0].pids[0])
            os.kill(victims[0], signal.SIGKILL)

    made = PyvrpSolver(StraightLine()).solve(
        asked,
        iterations=ENDLESS,
        processes=2,
        on_progress=kill_the_first,
        cancel=lambda: not teams[0]._children[0].is_alive,  # noqa: SLF001  # the team has noticed
    )

    assert victims
    assert made.totals.served == 40
    assert violations(asked, made) == []
    assert [facts for _, facts in made.notes] == [{"lost": 1, "all": 2}]


def test_when_all_searches_are_killed_the_best_until_then_is_used(teams: list[Team]) -> None:
    asked = campaign(windows=True)

    def kill_all(_progress: Progress) -> None:
        for pid in teams[0].pids:
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)

    made = PyvrpSolver(StraightLine()).solve(
        asked, iterations=ENDLESS, processes=2, on_progress=kill_all
    )

    assert made.totals.served == 40
    assert violations(asked, made) == []
    assert [text for text, _ in made.notes] == [planner.ALL_BROKE_OFF]


def test_a_search_that_runs_out_of_memory_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "hoffice.runs.solver.parallel.PROGRAM",
        "from hoffice.runs.solver import child\n"
        "def do(*_): raise MemoryError\n"
        "child.do = do\n"
        "child.main()",
    )

    made = PyvrpSolver(StraightLine()).solve(campaign(12), seconds=20.0, processes=2)

    assert made.totals.served == 12
    assert [text for text, _ in made.notes] == [planner.ALL_BROKE_OFF]


def test_the_searches_die_with_whoever_started_them() -> None:
    program = (
        "import sys, time\n"
        "from hoffice.runs.solver.parallel import Team\n"
        "team = Team(2)\n"
        "print(*team.pids, flush=True)\n"
        "time.sleep(600)\n"
    )
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2
        assert all(is_running(pid) for pid in pids)
        parent.kill()

    for _ in range(2_400):
        if not any(is_running(pid) for pid in pids):
            return
        time.sleep(0.05)
    raise AssertionError("a search goes on though nobody waits for it")


def test_progress_names_the_seed_and_the_share_of_the_time() -> None:
    news: list[Progress] = []

    PyvrpSolver(StraightLine()).solve(
        campaign(windows=True), iterations=1_500, seed=5, processes=2, on_progress=news.append
    )

    assert {step.seed for step in news} <= {5, 6}
    assert [step.share for step in news] == sorted(step.share for step in news)
    assert news[-1].share == 1.0
    served = [(step.served, -step.van_days, -step.km) for step in news]
    assert served == sorted(served), "the running best got worse"
