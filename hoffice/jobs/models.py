"""The job table: the one truth about work that outlives a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hoffice.db import Model, Word
from hoffice.jobs.rules import JobState


class Job(Model):
    """One piece of work, with its progress and who is at it."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("done >= 0 AND total >= 0", name="counts"),
        Index("ix_job_due", "state", "run_at"),
        Index(
            "uq_job_key",
            "key",
            unique=True,
            sqlite_where=text("key IS NOT NULL AND state IN ('queued', 'running')"),
            postgresql_where=text("key IS NOT NULL AND state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    key: Mapped[str | None]
    """While a job with this key waits or runs, no second one is made."""
    owner: Mapped[str]
    """Who asked for it, as in the log."""
    state: Mapped[JobState] = mapped_column(Word(JobState))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    """A message id for people, or the name of an exception."""
    error_facts: Mapped[dict[str, Any] | None]
    """What the message's places are filled with, after it was translated."""
    attempts: Mapped[int] = mapped_column(default=0)
    """The fencing token, which only ever grows: a step counts while it carries this number."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often it was taken since somebody asked for it, or asked again."""
    worker: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    run_at: Mapped[datetime]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
