"""What a job is, and how long its worker may be silent.

Pure: standard library only.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


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

MAX_TRIES = 5
"""How often a job that raises is tried before it rests as failed."""


def pause_before(attempt: int) -> timedelta:
    """How long to wait before this try: 5 s before the second, 20 s before the third, and so on."""
    return timedelta(seconds=5 * 4 ** max(0, attempt - 2))
