"""Asking for work and doing it, on a real database."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice import clock
from hoffice.audit.models import AuditLine
from hoffice.audit.service import record
from hoffice.db import db, unit_of_work
from hoffice.errors import Refused
from hoffice.jobs import queries, service, worker
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.jobs.service import LostJob, Ticket
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import dying
from tests.conftest import Given
from tests.races import WAIT_S, Meeting, at_once, meet_after

IT = Actor.staff(1)
STEPS = 12


def count_to(ticket: Ticket) -> Mapping[str, Any]:
    """Write one line into the log per step; a step that is done is not done again."""
    for number in range(ticket.done, STEPS):
        with ticket.step(done=number + 1, total=STEPS):
            record(IT, "test.step", f"job:{ticket.job_id}", number=number)
    return {"counted": STEPS}


def asked(given: Given, kind: str = "count", **kwargs: Any) -> int:
    with given():
        return service.enqueue(kind, {}, by=IT, **kwargs).id


def test_a_job_is_done_once_and_says_its_result(app: Flask, given: Given) -> None:
    job_id = asked(given)

    with app.app_context():
        assert worker.work_off({"count": count_to}) == 1
        job = queries.job(job_id)
        assert (job.state, job.done, job.total) == (JobState.DONE, STEPS, STEPS)
        assert job.result == {"counted": STEPS}
        assert worker.work_off({"count": count_to}) == 0


def test_a_job_asked_for_twice_with_one_key_is_one_job(given: Given) -> None:
    assert asked(given, key="plan:1") == asked(given, key="plan:1")


def test_two_who_ask_with_one_key_in_the_same_moment_get_one_job(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers: list[int] = []

    def ask() -> None:
        numbers.append(service.enqueue("count", {}, by=IT, key="plan:1").id)

    meet_after(monkeypatch, queries, "open_with_key", Meeting())

    assert at_once(app, ask, ask) == ["done", "done"]
    assert len(numbers) == 2
    assert len(set(numbers)) == 1


def test_a_job_that_was_asked_for_anew_is_not_repeated_beside_it(app: Flask, given: Given) -> None:
    first = asked(given, key="relocate")
    with given():
        service.cancel(first, by=IT)
    second = asked(given, key="relocate")

    with given(), pytest.raises(Refused, match="asked for again meanwhile"):
        service.retry(first, by=IT)
    with given():
        service.cancel(second, by=IT)
    with given():
        service.retry(first, by=IT)
    with app.app_context():
        assert queries.job(first).state is JobState.QUEUED


def test_a_job_whose_deed_is_undone_never_runs(app: Flask) -> None:
    def undone() -> None:
        with unit_of_work():
            service.enqueue("count", {}, by=IT)
            raise Refused("no")

    with app.app_context():
        with pytest.raises(Refused):
            undone()
        assert worker.work_off({"count": count_to}) == 0


def test_a_job_that_raises_is_tried_again_later(app: Flask, given: Given) -> None:
    job_id = asked(given)
    tries: list[int] = []

    def stumble(ticket: Ticket) -> None:
        tries.append(ticket.attempt)
        if len(tries) == 1:
            msg = "secret words"
            raise ValueError(msg)

    with app.app_context():
        worker.work_off({"count": stumble})
        job = queries.job(job_id)
        assert (job.state, job.error) == (JobState.QUEUED, "ValueError")
        db.session.rollback()
        with clock.frozen(clock.now() + timedelta(minutes=10)):
            worker.work_off({"count": stumble})
        assert queries.job(job_id).state is JobState.DONE
    assert tries == [1, 2]


def test_a_refusal_is_final(app: Flask, given: Given) -> None:
    job_id = asked(given)

    def refuse(_ticket: Ticket) -> None:
        raise Refused("There is nothing to plan.")

    with app.app_context():
        worker.work_off({"count": refuse})
        job = queries.job(job_id)
        assert (job.state, job.error) == (JobState.FAILED, "There is nothing to plan.")


def test_a_cancelled_job_keeps_the_steps_it_has_done(app: Flask, given: Given) -> None:
    job_id = asked(given)

    def count_and_be_stopped(ticket: Ticket) -> None:
        with ticket.step(done=1, total=STEPS):
            record(IT, "test.step", "job:1")
        with unit_of_work():
            service.cancel(job_id, by=IT)
        with ticket.step(done=2):
            record(IT, "test.step", "job:1")

    with app.app_context():
        worker.work_off({"count": count_and_be_stopped})
        job = queries.job(job_id)
        assert (job.state, job.done) == (JobState.CANCELLED, 1)
        deeds = db.session.scalars(sa.select(AuditLine.action).order_by(AuditLine.seq)).all()
        assert deeds == ["test.step", "jobs.cancelled"]


def test_an_engine_may_deliver_one_job_by_its_number(app: Flask, given: Given) -> None:
    first, second = asked(given), asked(given)

    with app.app_context():
        assert worker.deliver({"count": count_to}, second)
        assert not worker.deliver({"count": count_to}, second)  # a second delivery does nothing
        assert queries.job(second).state is JobState.DONE
        assert queries.job(first).state is JobState.QUEUED


def test_repeating_a_job_never_wakes_a_worker_that_had_lost_it(app: Flask, given: Given) -> None:
    job_id = asked(given)

    with app.app_context():
        stale = service.claim(frozenset({"count"}), lease=timedelta(seconds=-1))
        assert stale is not None
        for _ in range(4):
            assert service.claim(frozenset({"count"}), lease=timedelta(seconds=-1)) is not None
        assert service.claim(frozenset({"count"})) is None  # it rests as failed
        with unit_of_work():
            service.retry(job_id, by=IT)
        fresh = service.claim(frozenset({"count"}))
        assert fresh is not None

        def write(ticket: Ticket) -> None:
            with ticket.step(done=7):
                record(IT, "test.step", "job:1")

        with pytest.raises(LostJob):
            write(stale)
        write(fresh)


def test_a_worker_that_lost_its_job_can_no_longer_write(app: Flask, given: Given) -> None:
    asked(given)

    with app.app_context():
        slow = service.claim(frozenset({"count"}), lease=timedelta(seconds=-1))
        quick = service.claim(frozenset({"count"}))
        assert slow is not None
        assert quick is not None

        def write(ticket: Ticket) -> None:
            with ticket.step(done=1):
                record(IT, "test.step", "job:1")

        with pytest.raises(LostJob):
            write(slow)
        write(quick)
        assert slow.beat() is False
        assert quick.beat() is True
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditLine)) == 1


def test_a_busy_database_does_not_end_the_heartbeat(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(given)
    beat, beats, is_renewed = Ticket.beat, [0], Event()

    def busy_once(ticket: Ticket) -> bool:
        beats[0] += 1
        if beats[0] == 1:
            raise sa.exc.OperationalError("UPDATE job", {}, Exception("database is locked"))
        is_held = beat(ticket)
        is_renewed.set()
        return is_held

    monkeypatch.setattr(Ticket, "beat", busy_once)

    def wait_for_it(_ticket: Ticket) -> Mapping[str, Any]:
        return {"renewed": is_renewed.wait(60)}

    with app.app_context():
        worker.work_off({"count": wait_for_it}, lease=timedelta(milliseconds=60))
        job = db.session.scalars(sa.select(Job)).one()
        assert (job.state, job.result) == (JobState.DONE, {"renewed": True})


def test_a_job_that_kills_every_worker_rests_in_the_end(app: Flask, given: Given) -> None:
    job_id = asked(given)

    with app.app_context():
        for _ in range(5):
            assert service.claim(frozenset({"count"}), lease=timedelta(seconds=-1)) is not None
        assert service.claim(frozenset({"count"})) is None
        assert queries.job(job_id).state is JobState.FAILED


WORKER = """
import sys, time
sys.path.insert(0, {root!r})
from datetime import timedelta
from pathlib import Path
from hoffice.factory import create_app
from hoffice.jobs import worker
from tests import dying, houses
from tests.jobs.test_service import IT, STEPS
from hoffice.audit.service import record

def slow(ticket):
    for number in range(ticket.done, STEPS):
        with ticket.step(done=number + 1, total=STEPS):
            record(IT, "test.step", f"job:{{ticket.job_id}}", number=number)
        time.sleep(0.05)

app = create_app(houses.settings({url!r}, Path({instance!r})))
if sys.argv[1:]:
    dying.die(step=int(sys.argv[1]), is_stored=sys.argv[2] == "stored")
with app.app_context():
    worker.work({{"count": slow}}, lease=timedelta(seconds=1))
"""


@pytest.mark.usefixtures("app")
def test_no_step_is_lost_or_doubled_when_workers_are_killed(
    app: Flask, given: Given, settings: Settings
) -> None:
    jobs = [asked(given) for _ in range(2)]
    program = WORKER.format(
        root=str(Path(__file__).parents[2]),
        url=settings.database_url,
        instance=str(settings.instance),
    )

    dying.killed(program, "3", "stored")
    dying.killed(program, "4", "not stored")
    with app.app_context():
        assert sum(queries.job(job_id).done for job_id in jobs) == 6

    last = subprocess.Popen([sys.executable, "-c", program])
    try:
        _wait_until_done(app, jobs)
    finally:
        last.terminate()
        last.wait(timeout=60)

    with app.app_context():
        for job_id in jobs:
            lines = db.session.scalars(
                sa.select(AuditLine).where(AuditLine.subject == f"job:{job_id}")
            ).all()
            assert sorted(line.details["number"] for line in lines) == list(range(STEPS))
    assert last.returncode == 0


def _wait_until_done(app: Flask, jobs: list[int]) -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        with app.app_context():
            states = {queries.job(job_id).state for job_id in jobs}
        if states == {JobState.DONE}:
            return
        time.sleep(0.1)
    pytest.fail("the jobs were not done in time")


def test_a_job_is_cancelled_or_taken_never_both(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        job_id = service.enqueue("x", {}, by=IT).id
    has_looked, look = Event(), queries.job
    taken: list[Ticket | None] = []

    def take() -> None:
        has_looked.wait(timeout=10)
        with app.app_context():
            taken.append(service.claim(frozenset({"x"})))
            db.session.remove()

    worker_thread = Thread(target=take)

    def look_and_let_the_worker_try(number: int, **lock: bool) -> Job:
        found = look(number, **lock)
        has_looked.set()
        worker_thread.join(timeout=WAIT_S)
        return found

    monkeypatch.setattr(queries, "job", look_and_let_the_worker_try)
    worker_thread.start()

    with app.app_context(), unit_of_work():
        service.cancel(job_id, by=IT)
    worker_thread.join(timeout=60)

    with app.app_context():
        job = db.session.get(Job, job_id)
        assert job is not None
        assert (taken == [None]) == (job.state is JobState.CANCELLED)
