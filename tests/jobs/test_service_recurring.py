"""What comes back every day is asked for once a day, by however many workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread, current_thread
from typing import Any

import pytest
from flask import Flask

from hoffice import clock
from hoffice.agreements.jobs import DAILIES as OF_PAPERS
from hoffice.db import db
from hoffice.jobs import queries, worker
from hoffice.jobs.cli import DAILY, dailies
from hoffice.jobs.models import Job
from hoffice.jobs.recurring import Daily, ask_for_todays
from hoffice.jobs.rules import JobState
from hoffice.jobs.service import Ticket
from hoffice.kits.service.daily import DAILIES as OF_KITS
from tests.races import WAIT_S

MORNING = (Daily("morning", minute=8 * 60),)
AT_SEVEN = datetime(2027, 2, 1, 6, 0, tzinfo=UTC)
"""Seven in the morning in Berlin."""
HOUR = timedelta(hours=1)


def nothing(ticket: Ticket) -> Mapping[str, Any]:
    """A morning on which nothing is to be done."""
    return {"day": ticket.args["day"]}


def jobs() -> list[Job]:
    return db.session.query(Job).filter_by(kind="morning").order_by(Job.id).all()


def test_a_day_is_asked_for_once_and_not_before_its_minute(app: Flask) -> None:
    with app.app_context():
        with clock.frozen(AT_SEVEN):
            assert ask_for_todays(MORNING) == 0
        with clock.frozen(AT_SEVEN + HOUR):
            assert ask_for_todays(MORNING) == 1
            assert ask_for_todays(MORNING) == 0
            worker.work_off({"morning": nothing})
            assert ask_for_todays(MORNING) == 0
        with clock.frozen(AT_SEVEN + 24 * HOUR):
            assert ask_for_todays(MORNING) == 0
        with clock.frozen(AT_SEVEN + 25 * HOUR):
            assert ask_for_todays(MORNING) == 1
            worker.work_off({"morning": nothing})

        assert [job.result for job in jobs()] == [{"day": "2027-02-01"}, {"day": "2027-02-02"}]


def test_a_house_that_was_off_in_the_morning_does_it_when_it_comes_back(app: Flask) -> None:
    with app.app_context(), clock.frozen(AT_SEVEN + 9 * HOUR):
        assert ask_for_todays(MORNING) == 1


def test_a_day_whose_job_failed_is_not_asked_for_again(app: Flask) -> None:
    with app.app_context(), clock.frozen(AT_SEVEN + HOUR):
        ask_for_todays(MORNING)
        [job] = jobs()
        job.state = JobState.FAILED
        db.session.commit()

        assert ask_for_todays(MORNING) == 0


def test_two_workers_in_the_same_moment_ask_once(app: Flask) -> None:
    start = Barrier(2)
    asked: list[int] = []

    def look() -> None:
        with app.app_context(), clock.frozen(AT_SEVEN + HOUR):
            start.wait(30)
            asked.append(ask_for_todays(MORNING))
            db.session.remove()

    threads = [Thread(target=look) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(asked) == [0, 1]
    with app.app_context():
        assert len(jobs()) == 1


def test_a_day_that_is_asked_for_and_done_during_the_look_is_not_done_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one looks, finds nothing and stops; the other asks and works it off; the one goes on."""
    has_looked, is_done = Event(), Event()
    asked: list[int] = []
    looks = iter(range(10))
    was_asked = queries.was_asked

    def look_and_stop(key: str) -> bool:
        found = was_asked(key)
        if current_thread().name == "slow" and next(looks) == 1:  # the look that decides
            has_looked.set()
            is_done.wait(timeout=WAIT_S)  # in vain where the other has to wait for this one
        return found

    def slow() -> None:
        asked.append(ask_for_todays(MORNING))

    def quick() -> None:
        has_looked.wait(30)
        asked.append(ask_for_todays(MORNING))
        worker.work_off({"morning": nothing})
        is_done.set()

    def beside_the_other(deed: Callable[[], None]) -> None:
        with app.app_context(), clock.frozen(AT_SEVEN + HOUR):
            deed()
            db.session.remove()

    monkeypatch.setattr(queries, "was_asked", look_and_stop)
    threads = [
        Thread(target=beside_the_other, args=(deed,), name=deed.__name__) for deed in (slow, quick)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(asked) == [0, 1]
    with app.app_context():
        assert len(jobs()) == 1


def test_the_house_asks_for_its_mornings_when_the_worker_looks(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        assert dailies() == (*OF_PAPERS, *OF_KITS)
    monkeypatch.setitem(app.extensions, DAILY, (Daily("morning", minute=0),))

    answer = app.test_cli_runner().invoke(args=["jobs", "work", "--once"])

    assert answer.exit_code == 0, answer.output
    with app.app_context():
        assert [job.state for job in jobs()] == [JobState.QUEUED]
