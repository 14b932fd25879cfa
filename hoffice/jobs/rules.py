"""What a job is, and the door through which an engine delivers it.

Pure: standard library only.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Protocol


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINISHED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})

LEASE = timedelta(seconds=30)
"""How long a worker may be silent before another one takes its job over."""

MAX_ATTEMPTS = 5
"""How often a job that raises is tried before it rests as failed."""


def pause_before(attempt: int) -> timedelta:
    """How long to wait before this try: 5 s before the second, 20 s before the third, and so on."""
    return timedelta(seconds=5 * 4 ** max(0, attempt - 2))


class Engine(Protocol):
    """Who brings a job to a worker. The table is the truth; an engine may only say "look here".

    The embedded engine says nothing: its workers look by themselves. One that spans many nodes
    would send the id; a delivery that gets lost is made good by the workers' own looking.
    """

    def deliver(self, job_id: int) -> None:
        """Tell some worker, once the transaction is committed, that this job is due."""


class EmbeddedEngine:
    """The workers of this house poll the table themselves."""

    def deliver(self, job_id: int) -> None:
        """Nothing to do: the next look finds it."""
