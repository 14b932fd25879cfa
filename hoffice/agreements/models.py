"""Texts and their versions, packs, papers and signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.agreements.rules import PaperKind, PaperState, SignatureMethod, SignerRole
from hoffice.db import Model, Word
from hoffice.files.models import StoredFile
from hoffice.people.models import Employee


class TextVersion(Model):
    """One immutable version of one document type in one language."""

    __tablename__ = "text_version"
    __table_args__ = (
        UniqueConstraint("kind", "language", "number"),
        CheckConstraint(
            "approved_by IS NULL OR approved_by != created_by", name="approved_by_another"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PaperKind] = mapped_column(Word(PaperKind))
    language: Mapped[str]
    number: Mapped[int]
    source: Mapped[str]
    """Markdown with named fields."""
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]


class Pack(Model):
    """All papers that one person signs in one go."""

    __tablename__ = "pack"
    __table_args__ = (
        Index(
            "uq_pack_current",
            "employee_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    sent_at: Mapped[datetime | None]
    """When its mail went into the outbox; the papers are frozen before that."""
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]

    employee: Mapped[Employee] = relationship()
    papers: Mapped[list[Paper]] = relationship(back_populates="pack", order_by="Paper.id")


class Paper(Model):
    """One frozen PDF for one person, made from one text version and one set of facts."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("pack_id", "kind"),
        CheckConstraint(
            "state IN ('draft', 'void') OR frozen_file_id IS NOT NULL", name="frozen_before_sent"
        ),
        CheckConstraint(
            "state NOT IN ('signed', 'sealed') OR signed_at IS NOT NULL", name="signed_has_moment"
        ),
        Index(None, "employee_id", "kind", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("pack.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    kind: Mapped[PaperKind] = mapped_column(Word(PaperKind))
    text_version_id: Mapped[int] = mapped_column(ForeignKey("text_version.id"))
    facts: Mapped[dict[str, Any]]
    """The values of the named fields, as they were when the paper was frozen."""
    state: Mapped[PaperState] = mapped_column(Word(PaperState), default=PaperState.DRAFT)
    frozen_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    """What the signer reads; its hash is known before anybody signs."""
    signed_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    opened_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Why it was declined or made void, in the person's own words."""

    pack: Mapped[Pack] = relationship(back_populates="papers")
    employee: Mapped[Employee] = relationship()
    text_version: Mapped[TextVersion] = relationship()
    frozen_file: Mapped[StoredFile | None] = relationship(foreign_keys=frozen_file_id)
    signed_file: Mapped[StoredFile | None] = relationship(foreign_keys=signed_file_id)
    signatures: Mapped[list[Signature]] = relationship(
        back_populates="paper", order_by="Signature.id"
    )


class Signature(Model):
    """One signature; a role signs a paper once."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("paper_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    role: Mapped[SignerRole] = mapped_column(Word(SignerRole))
    name: Mapped[str]
    method: Mapped[SignatureMethod] = mapped_column(Word(SignatureMethod))
    strokes: Mapped[list[Any]]
    """Lines of points between 0 and 1, relative to the box; empty when typed."""
    frozen_sha256: Mapped[str]
    """What was signed: the hash of the frozen file that was shown."""
    by: Mapped[str]
    signed_at: Mapped[datetime]

    paper: Mapped[Paper] = relationship(back_populates="signatures")
