"""The outbox: every mail the house ever wanted to send, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hoffice.db import Model, Word
from hoffice.notices.rules import LinkKind, NoticeState


class Notice(Model):
    """One mail; holds a placeholder where the secret link goes."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_due", "state", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str]
    """Name of the pair ``templates/mail/<template>.txt`` and ``.html``."""
    to: Mapped[str]
    language: Mapped[str]
    facts: Mapped[dict[str, Any]]
    """What the template needs to know."""
    employee_id: Mapped[int | None] = mapped_column(index=True)
    link_kind: Mapped[LinkKind | None] = mapped_column(Word(LinkKind))
    link_id: Mapped[int | None]
    state: Mapped[NoticeState] = mapped_column(Word(NoticeState))
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(unique=True)
    """Known before the first try, so that a mail sent twice is recognisable."""
    note: Mapped[str | None]
    """Why it failed or bounced: the server's code, never the address."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
