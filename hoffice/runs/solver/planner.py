"""From a problem to a checked plan: our own first plan, several searches, the best of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from hoffice.errors import N_
from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.board import Board, Routes, score
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.engine import Cancel, OnProgress, Start
from hoffice.runs.planning.frame import NO_ENGINES, Frame, Legs, Roads, ask, roads_of
from hoffice.runs.planning.plan import Engine, Plan
from hoffice.runs.planning.problem import Problem
from hoffice.runs.planning.splitting import LARGE
from hoffice.runs.planning.validation import left_out

from .asked import Asked
from .child import Task, Told, figures
from .large import LargePlanner
from .parallel import Team, processes_here
from .search import DEFAULT_SECONDS, Limit, mend, search

if TYPE_CHECKING:
    import pyvrp

    from .model import Made, Model

ENGINE: Final = "pyvrp"

SOME_BROKE_OFF: Final = N_(
    "%(lost)s of %(all)s searches broke off; this is the best plan of the others."
)
ALL_BROKE_OFF: Final = N_("The search broke off; this is the best plan until then.")

Note = tuple[str, Mapping[str, Any]]


class PyvrpSolver:
    """PyVRP behind ``planning.engine.Solver``; made with whoever knows the roads.

    ``engines`` are the road engines that a problem may name instead of the default model.
    """

    def __init__(self, roads: Roads, engines: Mapping[str, Roads] = NO_ENGINES) -> None:
        self._roads = roads
        self._engines = engines

    def solve(  # noqa: PLR0913  # the Protocol's, and how many processes
        self,
        problem: Problem,
        *,
        seconds: float | None = None,
        iterations: int | None = None,
        seed: int = 1,
        processes: int | None = None,
        start: Start | None = None,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Plan:
        """The best plan of ``processes`` searches with seeds from ``seed`` on.

        Without ``seconds`` and ``iterations``, ten seconds are taken; seconds are wall time and
        include building the first plan. With ``iterations`` there is one search unless
        ``processes`` says otherwise, and the same seed, iterations and processes make the same
        plan; else there are as many searches as processors. ``start`` is what is planned now: the
        answer serves no fewer, except for plans of more than 700 stops, which begin anew. The plan
        is checked before it is returned; a violation is a bug and raises ``AssertionError``.
        """
        if seconds is None and iterations is None:
            seconds = DEFAULT_SECONDS
        if processes is None:
            processes = processes_here() if iterations is None else 1
        asked = Asked(
            time.perf_counter(), seconds, iterations, seed, processes, on_progress, cancel
        )
        if len(problem.stops) > LARGE:
            return self._large(problem, asked)
        if seconds is None and processes == 1:
            legs, travel = ask(problem, self._roads, self._engines)
            made = _alone(Frame(problem, legs), asked, start or {})
        else:
            with Team(processes) as team:
                legs, travel = ask(problem, self._roads, self._engines)
                made = _together(Frame(problem, legs), asked, team, start or {})
        return replace(_checked(problem, legs, made, asked), travel=travel)

    def _large(self, problem: Problem, asked: Asked) -> Plan:
        roads = self._roads
        if isinstance(problem.travel, str):
            roads = roads_of(problem.travel, self._roads, self._engines)
        engine = Engine(ENGINE, _version(), asked.seed, 0, 0.0)
        with Team(asked.processes) as team:
            made = LargePlanner(problem, roads, asked, team).plan(engine)
        refuse_violations(problem, made.plan, made.legs)
        seconds = round(time.perf_counter() - asked.begin, 3)
        engine = replace(engine, iterations=made.iterations, seconds=seconds)
        return replace(made.plan, engine=engine, notes=broken(made.lost, made.searches))


@dataclass(frozen=True)
class _Made:
    """Routes that can be driven, the iterations it took, and what must be said."""

    frame: Frame
    routes: Made
    iterations: int
    notes: tuple[Note, ...] = ()


def _first(frame: Frame, start: Start, until: float | None = None) -> Made:
    """The better of our own first plan and what is planned now, with everybody put in who fits."""
    index = {day.shift.key: day.index for day in frame.days}
    now = {
        index[key]: [[frame.node[stop] for stop in trip if stop in frame.node] for trip in trips]
        for key, trips in start.items()
        if key in index
    }
    plans = [build(frame, until=until)]
    if any(any(trips) for trips in now.values()):
        plans.append(mend(frame, {day: [t for t in trips if t] for day, trips in now.items()}))
    return max(plans, key=lambda routes: score(frame, routes))


def _alone(frame: Frame, asked: Asked, start: Start) -> _Made:
    """One search in this process."""
    first = _first(frame, start)
    limit = Limit(asked.seconds, asked.iterations, asked.cancel, begin=asked.begin)

    def tell(routes: Routes) -> None:
        share = limit.done / asked.iterations if asked.iterations else 0.0
        now = figures(frame, routes)
        asked.tell(iterations=max(0, limit.done), best=now, seed=asked.seed, done=max(0.0, share))

    def found(model: Model, best: pyvrp.Solution) -> None:
        kept = {i: t for i, t in first.items() if i not in {day.index for day in model.days}}
        tell({**kept, **model.routes(best)})

    routes, done = search(frame, first, limit, seed=asked.seed, on_best=found, on_routes=tell)
    return _Made(frame, routes, done)


def _together(frame: Frame, asked: Asked, team: Team, start: Start) -> _Made:
    """Several searches from the same first plan; of equals the one with the lowest seed."""
    until = None if asked.rest is None else time.perf_counter() + asked.rest / 2
    first = _first(frame, start, until)
    tasks = [
        Task(
            number,
            frame.problem,
            frame.legs,
            first,
            asked.seed + number,
            asked.rest,
            asked.iterations,
        )
        for number in range(asked.processes)
    ]
    news = News(frame, first, asked)
    outcomes = team.run(tasks, until=asked.until, cancel=asked.cancel, on_news=news.hear)
    plans: list[Routes] = [first]
    raw: list[Told] = []
    for number in sorted(outcomes):
        outcome = outcomes[number]
        if outcome.told is not None and outcome.told.routes is not None:
            if outcome.is_over:
                plans.append(outcome.told.routes)
            else:
                raw.append(outcome.told)
    last = max(raw, key=_rank, default=None)
    if last is not None and last.routes is not None:
        plans.append(mend(frame, last.routes))
    best = max(plans, key=lambda routes: score(frame, routes))
    lost = asked.processes - sum(outcome.error is None for outcome in outcomes.values())
    return _Made(frame, _copied(best), news.iterations, broken(lost, asked.processes))


def _copied(routes: Routes) -> Made:
    return {index: [list(trip) for trip in trips] for index, trips in routes.items()}


def broken(lost: int, searches: int) -> tuple[Note, ...]:
    """What is said of searches that broke off."""
    if not lost:
        return ()
    if lost == searches:
        return ((ALL_BROKE_OFF, {}),)
    return ((SOME_BROKE_OFF, {"lost": lost, "all": searches}),)


class News:
    """The best of what all searches have told, passed on in the words of the house."""

    def __init__(self, frame: Frame, first: Routes, asked: Asked) -> None:
        self._asked = asked
        self._done: dict[int, int] = {}
        self._best = figures(frame, first)
        self._seed = asked.seed

    @property
    def iterations(self) -> int:
        """The iterations of all searches."""
        return sum(self._done.values())

    def hear(self, told: Told) -> None:
        """One search has told."""
        self._done[told.number] = max(told.iterations, self._done.get(told.number, 0))
        if told.routes is not None and _rank(told) >= _rank_of(self._best):
            self._best, self._seed = (told.served, told.van_days, told.km), told.seed
        most, wanted = max(self._done.values()), self._asked.iterations
        self._asked.tell(
            iterations=self.iterations,
            best=self._best,
            seed=self._seed,
            done=most / wanted if wanted else 0.0,
        )


def _rank(told: Told) -> tuple[int, int, float]:
    return _rank_of((told.served, told.van_days, told.km))


def _rank_of(figures: tuple[int, int, float]) -> tuple[int, int, float]:
    served, van_days, km = figures
    return served, -van_days, -km


def _checked(problem: Problem, legs: Legs, made: _Made, asked: Asked) -> Plan:
    seconds = round(time.perf_counter() - asked.begin, 3)
    engine = Engine(ENGINE, _version(), asked.seed, made.iterations, seconds)
    reasons = left_out(Board(made.frame, made.routes))
    plan = assemble(made.frame, made.routes, engine, reasons)
    refuse_violations(problem, plan, legs)
    return replace(plan, notes=made.notes)


def refuse_violations(problem: Problem, plan: Plan, legs: Legs) -> None:
    """``AssertionError`` if the plan breaks a rule."""
    verdict = check(problem, plan, legs)
    if verdict.violations:
        raise AssertionError("; ".join(found.sentence for found in verdict.violations))


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  # only needed with the engine

    return version("pyvrp")
