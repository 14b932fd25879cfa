"""Letting the engine plan, with progress, while people do something else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from hoffice.jobs.service import Cancelled, Handler, Ticket
from hoffice.runs import queries, service
from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.engine import Progress, Solver

TELL_EVERY_S = 1.0


def handlers(solver: Callable[[], Solver]) -> dict[str, Handler]:
    """The kinds of work this domain knows; the engine is made when it is first needed."""

    def plan(ticket: Ticket) -> Mapping[str, Any]:
        return _plan(ticket, solver())

    return {service.PLAN: plan}


class _Teller:
    """Carries the search's progress to the job table once a second, and the wish to stop back."""

    def __init__(self, ticket: Ticket, seconds: float) -> None:
        self.ticket, self.seconds = ticket, seconds
        self.is_cancelled = False
        self._last = 0.0

    def tell(self, progress: Progress) -> None:
        """Called by the engine for every better plan, and now and then."""
        if time.monotonic() - self._last < TELL_EVERY_S or self.is_cancelled:
            return
        self._last = time.monotonic()
        try:
            with self.ticket.step(done=min(99, int(100 * progress.seconds / self.seconds))):
                pass  # only the progress and the lease
        except Cancelled:
            self.is_cancelled = True


def _plan(ticket: Ticket, solver: Solver) -> Mapping[str, Any]:
    plan_id, seconds = int(ticket.args["plan"]), float(ticket.args["seconds"])
    with ticket.step(total=100):
        row = queries.plan(plan_id)
        question, is_answered = row.problem, row.answer is not None
    if not is_answered:
        teller = _Teller(ticket, seconds)
        answer = solver.solve(
            problems.read(question),
            seconds=seconds,
            on_progress=teller.tell,
            cancel=lambda: teller.is_cancelled,
        )
        if teller.is_cancelled:
            raise Cancelled
        with ticket.step(done=99):
            service.keep_answer(plan_id, answer)
    with ticket.step(done=100):
        pass
    return {"url": f"/fahrten/plan/{plan_id}"}
