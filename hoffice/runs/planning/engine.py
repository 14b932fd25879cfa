"""What the house asks of a planner, whichever engine is behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from .plan import Plan
from .problem import Problem


@dataclass(frozen=True)
class Progress:
    """How far a search has come; the figures of the best plan so far, breaks not yet placed.

    Several searches with seeds of their own tell in turn: ``seed`` says which of them does, and the
    figures are those of the best of all. ``share`` is how much of the time has passed, up to 1.
    """

    seconds: float
    iterations: int
    served: int
    van_days: int
    km: float
    seed: int = 1
    share: float = 0.0


OnProgress = Callable[[Progress], None]
Cancel = Callable[[], bool]
Start = Mapping[tuple[str, date], Sequence[Sequence[str]]]
"""What is planned now: the stops by their ids, trip by trip, for the van and day of a shift."""


class Solver(Protocol):
    """Problem in, plan out; the plan always passes the checker."""

    def solve(  # noqa: PLR0913  # a search has many knobs, all but one with a default
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
        """The best plan found in this time; the same seed and iterations give the same plan.

        ``start`` is what is planned now: the answer serves no fewer, unless it is too large for
        that. ``cancel`` is asked often; once it says yes, the best plan so far is returned.
        """
        ...
