"""Workers that are killed at exactly the step a test names, on a slow or a quick machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from hoffice.db import unit_of_work
from hoffice.jobs import queries
from hoffice.jobs.service import Ticket

ROOT = Path(__file__).parents[1]
ENDS_WITHIN_S = 300
"""Patience with a program that should have ended long ago."""


def die(*, step: int, is_stored: bool = False) -> None:
    """Let SIGKILL end this process in its so-maniest step, of whatever job.

    In the middle of it: its effect is written and not stored; or just after it was stored.
    """
    steps, real = count(1), Ticket.step

    @contextmanager
    def deadly(ticket: Ticket, **told: Any) -> Iterator[None]:
        is_last = next(steps) == step
        with real(ticket, **told):
            yield
            if is_last and not is_stored:
                os.kill(os.getpid(), signal.SIGKILL)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)

    Ticket.step = deadly  # type: ignore[method-assign,assignment]


def killed(program: str, *arguments: str) -> None:
    """Run a program that dies so, until it is dead."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=ENDS_WITHIN_S,
    )
    assert done.returncode == -signal.SIGKILL, "it was not killed, but ended by itself"


def let_go(job_id: int) -> None:
    """Wait until the database has noticed, and nobody holds this job any more.

    PostgreSQL passes over a job whose row is locked, and the dead one's lock lasts a moment longer
    than the dead one.
    """
    with unit_of_work():
        queries.job(job_id, lock=True)
