"""Asking for work, taking it, and doing it step by step so that nothing is lost.

A worker takes a job for a lease. Every step writes its effect, its progress and the new lease in
one transaction, and only while the job still carries the worker's attempt number: a worker that
was silent too long and lost its job cannot write any more (fencing).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true, update

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import BEGIN_IMMEDIATE, db, unit_of_work
from hoffice.errors import N_, Refused
from hoffice.jobs import queries, rules
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.units import Actor

Words = tuple[str, Mapping[str, Any]]
"""A message id for people, and what its places are filled with after it was translated."""


class LostJob(Exception):
    """Another worker has taken this job over; whatever was not committed is void."""


class Cancelled(Exception):
    """Somebody asked to stop; the steps done so far stay."""


def enqueue(  # noqa: PLR0913  # what a job needs to be told
    kind: str,
    args: Mapping[str, Any],
    *,
    by: Actor,
    key: str | None = None,
    total: int = 0,
    run_at: datetime | None = None,
) -> Job:
    """Ask for work, in the transaction of the deed that needs it.

    With a ``key`` that is already waiting or running, that job is given back instead of a second.
    """
    if key is not None:
        queries.hold_key(key)
        present = queries.open_with_key(key)
        if present is not None:
            return present
    now = clock.now()
    job = Job(
        kind=kind,
        args=dict(args),
        key=key,
        owner=str(by),
        state=JobState.QUEUED,
        total=total,
        done=0,
        attempts=0,
        tries=0,
        cancel_asked=False,
        run_at=run_at or now,
        created_at=now,
    )
    db.session.add(job)
    db.session.flush()
    return job


def cancel(job_id: int, *, by: Actor) -> Job:
    """Stop a job: at once while it waits, after its present step while it runs."""
    job = queries.job(job_id, lock=True)
    if job.state in rules.FINISHED:
        raise Refused(N_("This job has already ended."))
    if job.state is JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, clock.now()
    else:
        job.cancel_asked = True
    record(by, "jobs.cancelled", job)
    return job


def retry(job_id: int, *, by: Actor) -> Job:
    """Put a failed or cancelled job back into the queue; done steps stay done."""
    job = queries.job(job_id, lock=True)
    if job.state not in {JobState.FAILED, JobState.CANCELLED}:
        raise Refused(N_("Only a job that failed or was cancelled can be repeated."))
    if job.key is not None:
        queries.hold_key(job.key)
        if queries.open_with_key(job.key) is not None:
            raise Refused(N_("The same was asked for again meanwhile: that job waits or runs."))
    job.state, job.run_at, job.finished_at = JobState.QUEUED, clock.now(), None
    job.error = job.error_facts = None
    job.cancel_asked, job.tries = False, 0
    record(by, "jobs.repeated", job)
    return job


def worker_name() -> str:
    """Who I am; asked at run time, for after a fork the process number is another one."""
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a worker holds of the job it has taken."""

    job_id: int
    kind: str
    args: Mapping[str, Any]
    attempt: int
    done: int
    owner: str
    lease: timedelta = rules.LEASE
    tries: int = 1

    def beat(self) -> bool:
        """Say that the work goes on; False when another worker has the job by now.

        Runs on a connection of its own, so that a thread beside the work can call it.
        """
        with db.engine.connect().execution_options(**BEGIN_IMMEDIATE) as own, own.begin():
            held = own.execute(
                update(Job)
                .where(
                    Job.id == self.job_id,
                    Job.attempts == self.attempt,
                    Job.state == JobState.RUNNING,
                )
                .values(lease_until=clock.now() + self.lease)
            )
            return held.rowcount == 1

    @contextmanager
    def step(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        words: Words | None = None,
        is_last: bool = False,
    ) -> Iterator[None]:
        """One transaction: the effect inside, the progress and the lease with it, or nothing.

        ``words`` are shown beside the progress. Raises :class:`LostJob` when another worker has
        the job by now, and :class:`Cancelled` when somebody asked to stop, but not in the last
        step: a job that keeps what it has so far ends well.
        """
        with unit_of_work():
            now = clock.now()
            values: dict[str, Any] = {"lease_until": now + self.lease}
            if done is not None:
                values["done"] = done
            if total is not None:
                values["total"] = total
            if words is not None:
                text, facts = words
                values["result"] = {"words": text, "facts": dict(facts)}
            # taken before the effect: on PostgreSQL the row lock keeps a second worker out
            row = db.session.execute(
                update(Job)
                .where(
                    Job.id == self.job_id,
                    Job.attempts == self.attempt,
                    Job.state == JobState.RUNNING,
                )
                .values(**values)
                .returning(Job.cancel_asked)
            ).one_or_none()
            if row is None:
                raise LostJob
            if row.cancel_asked and not is_last:
                raise Cancelled
            yield


Handler = Callable[[Ticket], Mapping[str, Any] | None]
"""Does the work of one kind; gives back what the page shows as the result (ids and codes)."""


def claim(
    kinds: frozenset[str], *, lease: timedelta = rules.LEASE, job_id: int | None = None
) -> Ticket | None:
    """Take the oldest due job, or one whose worker has fallen silent; None when there is none.

    With ``job_id`` only that one: so an engine that spans many nodes delivers a job, while the
    table stays the truth. A delivery that comes twice or too late takes nothing.

    A job whose worker died on every try rests as failed instead of killing the next worker too.
    """
    if not _anything_due(kinds):  # a look that takes no write lock
        return None
    with unit_of_work():
        now = clock.now()
        db.session.execute(
            update(Job)
            .where(
                Job.state == JobState.RUNNING,
                Job.lease_until < now,
                Job.tries >= rules.MAX_TRIES,
            )
            .values(state=JobState.FAILED, error="WorkerDied", finished_at=now)
            .execution_options(synchronize_session=False)
        )
        oldest = (
            select(Job.id)
            .where(_due(now), Job.kind.in_(sorted(kinds)), _is(job_id))
            .order_by(Job.run_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = db.session.execute(
            update(Job)
            .where(Job.id == oldest.scalar_subquery())
            .values(
                state=JobState.RUNNING,
                worker=worker_name(),
                lease_until=now + lease,
                attempts=Job.attempts + 1,
                tries=Job.tries + 1,
            )
            .returning(Job.id, Job.kind, Job.args, Job.attempts, Job.done, Job.owner, Job.tries)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        return None
    return Ticket(row.id, row.kind, row.args, row.attempts, row.done, row.owner, lease, row.tries)


def _is(job_id: int | None) -> ColumnElement[bool]:
    return true() if job_id is None else Job.id == job_id


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Job.state == JobState.QUEUED, Job.run_at <= now),
        and_(Job.state == JobState.RUNNING, Job.lease_until < now),
    )


def _anything_due(kinds: frozenset[str]) -> bool:
    found = db.session.scalar(
        select(Job.id).where(_due(clock.now()), Job.kind.in_(sorted(kinds))).limit(1)
    )
    db.session.rollback()
    return found is not None


def finish(ticket: Ticket, result: Mapping[str, Any] | None) -> None:
    """Write that the job is done, unless another worker has it by now."""
    _end(ticket, state=JobState.DONE, result=dict(result or {}), error=None)


def give_up(ticket: Ticket) -> None:
    """Write that the job was cancelled."""
    _end(ticket, state=JobState.CANCELLED, result=None, error=None)


def refuse(ticket: Ticket, refusal: Refused) -> None:
    """A rule of the house said no: trying again would not help."""
    facts = {name: str(fact) for name, fact in refusal.facts.items()}
    _end(ticket, state=JobState.FAILED, result=None, error=refusal.reason, facts=facts)


def fail(ticket: Ticket, error: BaseException) -> None:
    """The job raised: try it again later, or let it rest after the last try.

    Only the exception's name is stored; its text may hold values that somebody typed.
    """
    if ticket.tries >= rules.MAX_TRIES:
        _end(ticket, state=JobState.FAILED, result=None, error=type(error).__name__)
        return
    with unit_of_work():
        db.session.execute(
            update(Job)
            .where(
                Job.id == ticket.job_id,
                Job.attempts == ticket.attempt,
                Job.state == JobState.RUNNING,
            )
            .values(
                state=JobState.QUEUED,
                run_at=clock.now() + rules.pause_before(ticket.tries + 1),
                error=type(error).__name__,
            )
        )


def _end(
    ticket: Ticket,
    *,
    state: JobState,
    result: dict[str, Any] | None,
    error: str | None,
    facts: dict[str, str] | None = None,
) -> None:
    with unit_of_work():
        db.session.execute(
            update(Job)
            .where(
                Job.id == ticket.job_id,
                Job.attempts == ticket.attempt,
                Job.state == JobState.RUNNING,
            )
            .values(
                state=state,
                result=result,
                error=error,
                error_facts=facts,
                finished_at=clock.now(),
            )
        )
