"""Reading jobs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState

KEYS = 0x6A6F6273
"""The first number of the locks; any other would do that nobody else has."""


def job(job_id: int, *, lock: bool = False) -> Job:
    """The job with this number, or :class:`~hoffice.errors.NotFound`.

    With ``lock`` no worker takes or ends it before this transaction ends.
    """
    found = db.session.get(Job, job_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There is no such job."))
    return found


def open_with_key(key: str) -> Job | None:
    """The job with this key that waits or runs, if there is one."""
    return db.session.scalars(
        select(Job).where(Job.key == key, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
    ).one_or_none()


def hold_key(key: str) -> None:
    """Until the transaction ends nobody else asks for a job with this key.

    Otherwise two could both find that there is none. SQLite has one writer at a time and needs no
    lock.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(KEYS, func.hashtext(key))))


def was_asked(key: str) -> bool:
    """Whether there is, or was, a job with this key, whatever became of it."""
    found = db.session.scalar(select(Job.id).where(Job.key == key).limit(1))
    return found is not None


def newest(*, limit: int = 50, without: Collection[str] = ()) -> Sequence[Job]:
    """The last jobs, newest first; of the kinds ``without`` only those that failed."""
    wanted = or_(Job.kind.not_in(list(without)), Job.state == JobState.FAILED)
    return db.session.scalars(select(Job).where(wanted).order_by(Job.id.desc()).limit(limit)).all()


def newest_of(kind: str) -> Job | None:
    """The last job of a kind, whatever became of it."""
    return db.session.scalars(
        select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(1)
    ).one_or_none()


def count_by_state() -> dict[JobState, int]:
    """How many jobs are in each state."""
    rows = db.session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {state: count for state, count in rows}  # noqa: C416  # rows are not pairs to mypy


def oldest_waiting(now: datetime) -> datetime | None:
    """Since when the oldest due job has been waiting, or None."""
    return db.session.scalar(
        select(func.min(Job.run_at)).where(Job.state == JobState.QUEUED, Job.run_at <= now)
    )
