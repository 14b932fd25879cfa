"""Two workers at a time, killed again and again: every step of every job is written once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice.audit import queries as audit
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.jobs import queries
from hoffice.jobs.rules import JobState
from hoffice.settings import Settings
from tests.conftest import Given
from tests.jobs.test_service import STEPS, WORKER, asked

JOBS = 20
KILLS = 25


def test_twenty_jobs_survive_twenty_five_kills(
    app: Flask, given: Given, settings: Settings
) -> None:
    jobs = [asked(given) for _ in range(JOBS)]
    program = WORKER.format(
        root=str(Path(__file__).parents[2]),
        url=settings.database_url,
        instance=str(settings.instance),
    )
    chance = random.Random(1)  # noqa: S311  # a story to be told again, no secret

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", program])

    workers = [start(), start()]
    try:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.8, 2.5))
            spot = chance.randrange(2)
            workers[spot].send_signal(signal.SIGKILL)
            workers[spot].wait()
            workers[spot] = start()
        _wait_until_done(app, jobs)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait(timeout=30)

    with app.app_context():
        for job_id in jobs:
            lines = db.session.scalars(
                sa.select(AuditLine).where(AuditLine.subject == f"job:{job_id}")
            ).all()
            assert sorted(line.details["number"] for line in lines) == list(range(STEPS))
        assert audit.first_break() is None


def _wait_until_done(app: Flask, jobs: list[int]) -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        with app.app_context():
            states = {queries.job(job_id).state for job_id in jobs}
        if states == {JobState.DONE}:
            return
        time.sleep(0.5)
    pytest.fail(f"the jobs were not done in time: {states}")
