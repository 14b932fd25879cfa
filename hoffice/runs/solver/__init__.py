"""The only door to PyVRP: a problem goes in, a checked plan comes out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.board import Board
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.engine import Cancel, OnProgress, Progress
from hoffice.runs.planning.frame import NO_ENGINES, Frame, Roads, ask
from hoffice.runs.planning.plan import Engine, Plan
from hoffice.runs.planning.problem import Problem
from hoffice.runs.planning.validation import left_out

from .benchmark import Benchmark, benchmark
from .model import Model, OnBest
from .search import DEFAULT_SECONDS, Limit, improve, search

if TYPE_CHECKING:
    import pyvrp

__all__ = ["DEFAULT_SECONDS", "ENGINE", "Benchmark", "PyvrpSolver", "benchmark", "improve"]

ENGINE: Final = "pyvrp"


class PyvrpSolver:
    """PyVRP behind ``planning.engine.Solver``; made with whoever knows the roads.

    ``engines`` are the road engines that a problem may name instead of the default model.
    """

    def __init__(self, roads: Roads, engines: Mapping[str, Roads] = NO_ENGINES) -> None:
        self._roads = roads
        self._engines = engines

    def solve(  # noqa: PLR0913  # the Protocol's
        self,
        problem: Problem,
        *,
        seconds: float | None = None,
        iterations: int | None = None,
        seed: int = 1,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Plan:
        """The best plan found; without ``seconds`` and ``iterations``, ten seconds are taken.

        Seconds are wall time and include building the first plan. The plan is checked before it
        is returned; a violation is a bug here and raises ``AssertionError``.
        """
        begin = time.perf_counter()
        if seconds is None and iterations is None:
            seconds = DEFAULT_SECONDS
        legs, travel = ask(problem, self._roads, self._engines)
        frame = Frame(problem, legs)
        first = build(frame)
        limit = Limit(seconds, iterations, cancel, begin=begin)
        best, done = search(frame, first, limit, seed=seed, on_best=_telling(on_progress, limit))
        engine = Engine(ENGINE, _version(), seed, done, round(time.perf_counter() - begin, 3))
        plan = assemble(frame, best, engine, left_out(Board(frame, best)))
        verdict = check(problem, plan, frame.legs)
        if verdict.violations:
            raise AssertionError("; ".join(found.sentence for found in verdict.violations))
        return replace(plan, travel=travel)


def _telling(tell: OnProgress | None, limit: Limit) -> OnBest | None:
    """The engine's news of better plans, passed on in our words."""
    if tell is None:
        return None

    def on_best(_model: Model, best: pyvrp.Solution) -> None:
        tell(
            Progress(
                seconds=round(limit.spent, 3),
                iterations=limit.done,
                served=best.num_clients(),
                van_days=best.num_routes(),
                km=round(best.distance() / 1000, 1),
            )
        )

    return on_best


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  # only needed with the engine

    return version("pyvrp")
