"""The log as it is stored: lines, their erasable side rows, and the remembered head.

UPDATE and DELETE on lines are refused by triggers (see the first migration).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hoffice.db import Model


class AuditLine(Model):
    """One deed: who, what, on which thing, about whom; ids and codes, no personal values."""

    __tablename__ = "audit_line"
    __table_args__ = (Index(None, "employee_id", "seq"), Index(None, "subject", "seq"))

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    employee_id: Mapped[int | None]
    """Whose timeline the line belongs to; no foreign key, for the line outlives the person."""
    details: Mapped[dict[str, Any]]
    personal_hash: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class AuditPersonal(Model):
    """Personal values of one line; may be erased (Art. 17 GDPR), never changed."""

    __tablename__ = "audit_personal"

    seq: Mapped[int] = mapped_column(ForeignKey("audit_line.seq"), primary_key=True)
    salt: Mapped[str]
    values: Mapped[str]
    """Canonical JSON."""


class AuditHead(Model):
    """Number and hash of the last line; its row lock keeps writers in single file."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]
