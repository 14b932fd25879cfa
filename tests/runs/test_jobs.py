"""The planning job: it moves, it can be stopped, it answers once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db, unit_of_work
from hoffice.jobs import queries as jobs_queries
from hoffice.jobs import service as job_deeds
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.places.travel.straight import StraightLine
from hoffice.runs import jobs, queries, service
from hoffice.runs.planning.engine import Cancel, OnProgress, Progress, Start
from hoffice.runs.planning.plan import Plan, read
from hoffice.runs.planning.problem import Problem
from hoffice.runs.planning.problem import read as read_problem
from hoffice.runs.solver import PyvrpSolver, planner
from hoffice.runs.solver.child import Task
from hoffice.runs.solver.parallel import Outcome, Team
from tests.conftest import Given
from tests.runs import scene
from tests.runs.scene import IT


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def job_id(given: Given) -> int:
    """A plan for six people, asked for."""
    with given():
        scene.people()
        shifts = scene.shifts()
        service.propose_missing(by=IT)
        return service.ask_for_plan([s.id for s in shifts], seconds=1, by=IT).id


class Watched(scene.QuickSolver):
    """The engine, asked to stop before every iteration as always; says what the page would show."""

    def __init__(self, job_id: int, *, stop_at: int = 0) -> None:
        super().__init__(iterations=400)
        self.job_id, self.stop_at = job_id, stop_at
        self.seen: list[int] = []

    def solve(
        self,
        problem: Problem,
        *,
        seconds: float | None = None,
        iterations: int | None = None,
        seed: int = 1,
        start: Start | None = None,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Plan:
        """Look at the job table each time the engine asks whether to go on."""
        del iterations
        assert cancel is not None

        def asked() -> bool:
            answer = cancel()
            with db.engine.connect() as own:
                self.seen.append(
                    own.execute(db.select(Job.done).where(Job.id == self.job_id)).scalar_one()
                )
            if self.stop_at and len(self.seen) == self.stop_at:
                with unit_of_work():
                    job_deeds.cancel(self.job_id, by=IT)
            return answer

        return super().solve(
            problem,
            seconds=seconds,
            seed=seed,
            start=start,
            on_progress=on_progress,
            cancel=asked,
        )


def test_the_progress_moves_also_when_no_better_plan_is_found(
    app: Flask, job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundredth of the second that was granted goes by between two looks at the watch."""
    moments = count()
    watch = SimpleNamespace(monotonic=lambda: next(moments) / 100)
    monkeypatch.setattr(jobs, "time", watch)
    monkeypatch.setattr(jobs, "TELL_EVERY_S", 0.005)
    with app.app_context():
        solver = Watched(job_id)
        assert scene.work(solver) == 1
        steps = sorted(set(solver.seen))
        assert len(steps) > 3, "the page would stand still"
        assert solver.seen == sorted(solver.seen)
        job = jobs_queries.job(job_id)
        assert (job.state, job.done, job.total) == (JobState.DONE, 100, 100)


def test_the_result_leads_to_the_plan(app: Flask, job_id: int) -> None:
    with app.app_context():
        scene.work()
        job = jobs_queries.job(job_id)
        assert job.result == {"url": f"/fahrten/plan/{job.args['plan']}"}
        answer = read(queries.plan(job.args["plan"]).answer)
        assert answer.totals.served == 6


def test_a_search_that_is_stopped_keeps_the_best_plan_so_far(
    app: Flask, job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TELL_EVERY_S", 0.0)
    with app.app_context():
        solver = Watched(job_id, stop_at=5)
        scene.work(solver)
        job = jobs_queries.job(job_id)
        assert len(solver.seen) < 50, "the engine went on after it was told to stop"
        assert (job.state, job.cancel_asked) == (JobState.DONE, True)
        plan = queries.plan(job.args["plan"])
        assert job.result == {"url": f"/fahrten/plan/{plan.id}"}
        assert plan.is_cut_short
        assert read(plan.answer).totals.served == 6


def test_the_real_searches_are_stopped_by_a_click_on_the_page(
    app: Flask, job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker's own solver, children and all: stopped long before its time, nobody left."""
    monkeypatch.setattr(jobs, "TELL_EVERY_S", 0.05)
    teams: list[Team] = []

    class Seen(Team):
        def run(self, tasks: Iterable[Task], **how: Any) -> dict[int, Outcome]:
            teams.append(self)
            with unit_of_work():
                job_deeds.cancel(job_id, by=IT)
            return super().run(tasks, **how)

    monkeypatch.setattr(planner, "Team", Seen)
    with app.app_context():
        with unit_of_work():
            job = jobs_queries.job(job_id)
            job.args = {**job.args, "seconds": 3600}
        scene.work(PyvrpSolver(StraightLine()))
        job = jobs_queries.job(job_id)
        assert job.state is JobState.DONE
        assert read(queries.plan(job.args["plan"]).answer).totals.served == 6
    assert teams
    assert not any(Path(f"/proc/{pid}").exists() for pid in teams[0].pids)


def test_the_best_plan_so_far_is_said_while_the_search_goes_on(
    app: Flask, job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TELL_EVERY_S", 0.0)
    said: list[Any] = []

    class Telling(scene.QuickSolver):
        def solve(self, problem: Problem, **how: Any) -> Plan:
            how["on_progress"](Progress(0.1, 7, served=5, van_days=2, km=61.6))
            assert how["cancel"]() is False
            with db.engine.connect() as own:
                said.append(own.execute(db.select(Job.result).where(Job.id == job_id)).scalar_one())
            return super().solve(problem, **how)

    with app.app_context():
        scene.work(Telling())

    assert said == [
        {"words": jobs.BEST_SO_FAR, "facts": {"served": 5, "van_days": 2, "km": 62}},
    ]


def test_a_plan_that_is_answered_is_not_computed_again(app: Flask, job_id: int) -> None:
    class NeverAsked(scene.QuickSolver):
        def solve(self, *_args: object, **_more: object) -> Plan:
            raise AssertionError("the plan has its answer already")

    with app.app_context():
        plan_id = jobs_queries.job(job_id).args["plan"]
        answer = scene.QuickSolver().solve(_question(plan_id), iterations=5)
        with unit_of_work():
            service.keep_answer(plan_id, answer)
        scene.work(NeverAsked())
        assert jobs_queries.job(job_id).state is JobState.DONE


def _question(plan_id: int) -> Problem:
    return read_problem(queries.plan(plan_id).problem)


def test_the_engine_gets_the_time_that_was_asked_for(app: Flask, job_id: int) -> None:
    granted: list[float | None] = []

    class Noting(PyvrpSolver):
        def solve(self, problem: Problem, *, seconds: float | None = None, **how: Any) -> Plan:
            granted.append(seconds)
            return super().solve(problem, seconds=seconds, **how)

    with app.app_context():
        scene.work(Noting(StraightLine()))
        assert jobs_queries.job(job_id).state is JobState.DONE
    assert granted == [1.0]


def test_what_would_help_stands_beside_the_plan(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "ADVICE_SHARE", 1_000)  # on a slow machine, too
    with given():
        scene.people(4)
        shifts = scene.shifts(1)
        shifts[0].start_min, shifts[0].end_min = 8 * 60, 9 * 60 + 50
        service.propose_missing(by=IT)
        job = service.ask_for_plan([shift.id for shift in shifts], seconds=1, by=IT)
        plan_id = int(job.args["plan"])
    with app.app_context():
        assert scene.work() == 1
        plan = queries.plan(plan_id)
        assert plan.answer is not None
        assert plan.answer["unplanned"]
        assert plan.advice, "somebody is left out of a short day: a longer one would help"
        for one in plan.advice:
            assert one["text"] % one["facts"]
