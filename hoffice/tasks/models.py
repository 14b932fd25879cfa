"""Tasks: what is to be done, about what, by whom, until when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.accounts.models import Account
from hoffice.db import Model


class Task(Model):
    """One thing to do; it always has an owner."""

    __tablename__ = "task"
    __table_args__ = (
        Index(
            "uq_task_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index(None, "owner_id", "done_at"),
        CheckConstraint("(done_at IS NULL) = (done_by = '')", name="done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """Whose it is and what, such as ``kits.missing``."""
    subject: Mapped[str]
    """About what, such as ``item:12``; one open task of a kind about a subject at most."""
    title: Mapped[str]
    """A sentence of the catalogue, with ``facts`` for its fields."""
    facts: Mapped[dict[str, Any]]
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    """What came of it, in somebody's words."""

    owner: Mapped[Account] = relationship()
