"""Letting the engine plan, with progress, while people do something else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from hoffice.db import db
from hoffice.errors import N_
from hoffice.jobs.service import Cancelled, Handler, Ticket
from hoffice.places.service.legs import travel_times
from hoffice.runs import queries, service
from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.advice import MOST_STOPS, Advice, advice
from hoffice.runs.planning.engine import Progress, Solver
from hoffice.runs.planning.frame import Roads, legs_of
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Problem
from hoffice.runs.service import tidying

TELL_EVERY_S = 1.0
ADVICE_SHARE = 0.25
"""What would help is looked for in so much of the time of the search, a second at least."""
BEST_SO_FAR = N_(
    "Best plan so far: stops served %(served)s, van-days %(van_days)s, distance %(km)s km"
)


def handlers(
    solver: Callable[[], Solver], roads: Callable[[], Roads] = lambda: travel_times(None)
) -> dict[str, Handler]:
    """The kinds of work this domain knows; the engine is made when it is first needed.

    ``roads`` say how long it takes from door to door while promised plans are tidied up, and while
    the planner tries out what would help.
    """

    def plan(ticket: Ticket) -> Mapping[str, Any]:
        return _plan(ticket, solver, roads)

    def tidy(ticket: Ticket) -> Mapping[str, Any]:
        return _tidy(ticket, roads())

    return {service.PLAN: plan, tidying.TIDY: tidy}


def _tidy(ticket: Ticket, roads: Roads) -> Mapping[str, Any]:
    """Better runs for who was promised nothing yet; dropped when anything changed meanwhile."""
    with ticket.step(total=1):
        pass
    ahead = tidying.look(roads)
    db.session.rollback()  # the search takes its time, and reads nothing
    routes = None if ahead is None else tidying.better(ahead)
    with ticket.step(done=1):
        is_adopted = (
            ahead is not None and routes is not None and tidying.adopt(ahead, routes, roads=roads)
        )
    return {"adopted": is_adopted}


class _Teller:
    """Carries the search's progress to the job table once a second, and the wish to stop back.

    The searches tell of better plans only, which may take long to come; but the solver asks again
    and again whether to stop, and that question keeps the progress moving.
    """

    def __init__(self, ticket: Ticket, seconds: float) -> None:
        self.ticket, self.seconds = ticket, seconds
        self.is_cancelled = False
        self._began = self._last = time.monotonic()
        self._best: Progress | None = None

    def hear(self, progress: Progress) -> None:
        """The best plan so far."""
        self._best = progress

    def wants_to_stop(self) -> bool:
        """Asked by the solver again and again: says how far the time has run, once a second."""
        now = time.monotonic()
        if self.is_cancelled or now - self._last < TELL_EVERY_S:
            return self.is_cancelled
        self._last = now
        done = min(99, int(100 * (now - self._began) / self.seconds))
        try:
            with self.ticket.step(done=done, words=self._words()):
                pass  # only the progress and the lease
        except Cancelled:
            self.is_cancelled = True
        return self.is_cancelled

    def _words(self) -> tuple[str, Mapping[str, Any]] | None:
        best = self._best
        if best is None:
            return None
        return BEST_SO_FAR, {
            "served": best.served,
            "van_days": best.van_days,
            "km": round(best.km),
        }


def _plan(
    ticket: Ticket, solver: Callable[[], Solver], roads: Callable[[], Roads]
) -> Mapping[str, Any]:
    """Who stops the search gets the best plan so far, and the job ends well."""
    plan_id, seconds = int(ticket.args["plan"]), float(ticket.args["seconds"])
    with ticket.step(total=100):
        row = queries.plan(plan_id)
        question, is_answered = row.problem, row.answer is not None
        asked = problems.read(question)
        start = {} if is_answered else service.present_of(asked)
    if not is_answered:
        teller = _Teller(ticket, seconds)
        answer = solver().solve(
            asked,
            seconds=seconds,
            start=start,
            on_progress=teller.hear,
            cancel=teller.wants_to_stop,
        )
        helps = () if teller.is_cancelled else _advice(asked, answer, roads(), seconds)
        with ticket.step(done=99, is_last=True):
            service.keep_answer(plan_id, answer, is_cut_short=teller.is_cancelled, advice=helps)
    with ticket.step(done=100, is_last=True):
        pass
    return {"url": f"/fahrten/plan/{plan_id}"}


def _advice(asked: Problem, answer: Plan, roads: Roads, seconds: float) -> tuple[Advice, ...]:
    """What would help, tried out for a fraction of the time that the search has had."""
    if len(asked.stops) > MOST_STOPS:
        return ()
    legs = legs_of(asked, roads, {str(asked.travel): roads})
    db.session.rollback()  # the legs may have been read; trying out reads nothing
    return advice(asked, legs, answer, deadline_s=max(1.0, ADVICE_SHARE * seconds))
