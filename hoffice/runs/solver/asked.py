"""What a planner is asked for: how long to search, with which seeds, whom to tell."""

from __future__ import annotations

import time
from dataclasses import dataclass

from hoffice.runs.planning.engine import Cancel, OnProgress, Progress

Figures = tuple[int, int, float]
"""People served, van-days, kilometres."""


@dataclass(frozen=True)
class Asked:
    """How long to search and with which seeds, and whom to tell."""

    begin: float
    seconds: float | None
    iterations: int | None
    seed: int
    processes: int
    on_progress: OnProgress | None
    cancel: Cancel | None

    @property
    def until(self) -> float | None:
        """When the search must be over, as ``time.perf_counter`` counts."""
        return None if self.seconds is None else self.begin + self.seconds

    @property
    def rest(self) -> float | None:
        """The seconds that are left."""
        return None if self.until is None else max(0.0, self.until - time.perf_counter())

    def tell(self, *, iterations: int, best: Figures, seed: int, done: float = 0.0) -> None:
        """Say how far the search is; ``done`` is the share of the iterations, or 0."""
        if self.on_progress is None:
            return
        served, van_days, km = best
        spent = time.perf_counter() - self.begin
        by_time = spent / self.seconds if self.seconds else 0.0
        self.on_progress(
            Progress(
                seconds=round(spent, 3),
                iterations=iterations,
                served=served,
                van_days=van_days,
                km=km,
                seed=seed,
                share=round(min(1.0, max(by_time, done)), 3),
            )
        )
