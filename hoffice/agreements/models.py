"""Texts and their versions, packs, papers, signatures, seals, clients' approvals and scans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.agreements.rules import (
    ApprovalState,
    CertificateUse,
    CodeChannel,
    Form,
    PaperKind,
    PaperState,
    ScanState,
    SealState,
    SignatureMethod,
    SignerRole,
)
from hoffice.db import Model, Word
from hoffice.files.models import StoredFile
from hoffice.people.models import Employee, Project


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
    form: Mapped[Form] = mapped_column(Word(Form), default=Form.TEXTFORM, server_default="textform")
    """What closes a paper of this text: a signature given here, or only an upload."""
    valid_months: Mapped[int | None]
    """After so many months a signed paper has to be signed anew; None: as long as it is true."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    """What was changed, and why, in the author's words."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    reads_id: Mapped[int | None] = mapped_column(ForeignKey("text_version.id"), index=True)
    """The binding version that a version in another language puts into words for reading."""


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
    called_at: Mapped[datetime | None]
    """When somebody of HR has called after the last reminder."""
    receipt_asked_at: Mapped[datetime | None]
    receipt_confirmed_at: Mapped[datetime | None]
    """§ 2 (1) NachwG: the employer asks for a receipt of the text, the employee gives it."""
    needs_code: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """A one-time code is asked for before it is signed here."""
    ended_at: Mapped[datetime | None]

    employee: Mapped[Employee] = relationship()
    papers: Mapped[list[Paper]] = relationship(back_populates="pack", order_by="Paper.id")


class Paper(Model):
    """One frozen PDF for one person, made from one text version and one set of facts."""

    __tablename__ = "paper"
    __table_args__ = (
        Index(
            "uq_paper_pack_id_kind",
            "pack_id",
            "kind",
            unique=True,
            sqlite_where=text("kind NOT IN ('haushalt_zutritt', 'rueckkehr')"),
            postgresql_where=text("kind NOT IN ('haushalt_zutritt', 'rueckkehr')"),
        ),
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
    read_at: Mapped[datetime | None]
    """When the employee said to have read it to the end; on whatever device, it stays."""
    signed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Why it was declined or made void, in the person's own words."""
    expires_on: Mapped[date | None]
    """The first day on which it is no longer in force; set when it is signed."""
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    """The paper in force that this one replaces as soon as it is signed."""
    pages: Mapped[int | None]
    """Sheets of the frozen file, so that a scan can be told to be whole."""
    paper_wanted_at: Mapped[datetime | None]
    """When the employee asked for ink on paper."""
    uploaded_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    """Signed outside this house: a scan with ink, or a file with a qualified signature."""
    uploaded_form: Mapped[Form | None] = mapped_column(Word(Form))
    seal_state: Mapped[SealState] = mapped_column(
        Word(SealState), default=SealState.NONE, server_default="none"
    )
    seal_note: Mapped[str] = mapped_column(default="", server_default="")
    """Why the seal is pending, as a message id."""
    sealed_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    sealed_at: Mapped[datetime | None]

    pack: Mapped[Pack] = relationship(back_populates="papers")
    employee: Mapped[Employee] = relationship()
    text_version: Mapped[TextVersion] = relationship()
    frozen_file: Mapped[StoredFile | None] = relationship(foreign_keys=frozen_file_id)
    signed_file: Mapped[StoredFile | None] = relationship(foreign_keys=signed_file_id)
    uploaded_file: Mapped[StoredFile | None] = relationship(foreign_keys=uploaded_file_id)
    sealed_file: Mapped[StoredFile | None] = relationship(foreign_keys=sealed_file_id)
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
    code_channel: Mapped[CodeChannel | None] = mapped_column(Word(CodeChannel))
    """On which second way a one-time code was asked for; None: none was."""
    by: Mapped[str]
    signed_at: Mapped[datetime]

    paper: Mapped[Paper] = relationship(back_populates="signatures")


class SignatureCode(Model):
    """A one-time code of six digits for one pack; it is derived with the house's key, not kept."""

    __tablename__ = "signature_code"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        Index(None, "pack_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("pack.id"))
    channel: Mapped[CodeChannel] = mapped_column(Word(CodeChannel))
    sent_to: Mapped[str] = mapped_column(default="")
    """Where it went, all but a little made unreadable, such as ``…42 17``."""
    nonce: Mapped[str]
    """What the code is derived from, together with a key that is not in the database."""
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime]
    failed_at: Mapped[datetime | None]
    """When the message that carries it could not be sent."""
    used_at: Mapped[datetime | None]

    pack: Mapped[Pack] = relationship()


class Question(Model):
    """What an employee asks about her papers, and the answer of a named person."""

    __tablename__ = "paper_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    text: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]

    employee: Mapped[Employee] = relationship()
    paper: Mapped[Paper | None] = relationship()


class SealCertificate(Model):
    """A certificate the house goes by when it checks a file; public.

    Those it has sealed with, whose keys lie encrypted in the instance folder, and those of the
    time-stamp services that have answered it.
    """

    __tablename__ = "seal_certificate"
    __table_args__ = (
        Index(
            "uq_seal_certificate_current",
            "is_current",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    use: Mapped[CertificateUse] = mapped_column(
        Word(CertificateUse), default=CertificateUse.SEAL, server_default="seal"
    )
    fingerprint: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the certificate (DER), hexadecimal."""
    pem: Mapped[str]
    """The certificate and those above it."""
    check_url: Mapped[str] = mapped_column(default="", server_default="")
    """Where a sealed file can be checked; it stands on the certificate of each paper."""
    is_current: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Letterhead(Model):
    """How the firm's papers look; the newest counts, frozen papers keep what they were."""

    __tablename__ = "letterhead"

    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[Any]]
    """Up to three lines of address and contact."""
    logo_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    logo_file: Mapped[StoredFile | None] = relationship()


class Approval(Model):
    """What a client was asked about the people of one project, and what was answered."""

    __tablename__ = "client_approval"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('given', 'partly', 'refused') OR answered_at IS NOT NULL",
            name="answered_has_moment",
        ),
        Index(
            "uq_client_approval_waiting",
            "project_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL AND ended_at IS NULL"),
            postgresql_where=text("answered_at IS NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("personal_link.id"), index=True)
    """The one link that opens it; it opens no other approval."""
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("client_approval.id"))
    """The answer that this one takes the place of as soon as it is given."""
    state: Mapped[ApprovalState] = mapped_column(Word(ApprovalState), default=ApprovalState.DRAFT)
    text_version_id: Mapped[int] = mapped_column(ForeignKey("text_version.id"))
    facts: Mapped[dict[str, Any]]
    """The values of the named fields (roles, measures), as they were when it was asked."""
    shows_names: Mapped[bool] = mapped_column(default=False)
    """The client sees names; else number and role."""
    needs_file: Mapped[bool] = mapped_column(default=False)
    """The contract wants the written form: only a signed PDF closes it."""
    frozen_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    answer_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    answered_by_name: Mapped[str] = mapped_column(default="")
    conditions: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was refused by the client, or taken back by the house."""
    valid_to: Mapped[date | None]
    """The last day on which it counts."""
    warned_days: Mapped[int | None]
    """The last warning that went out: 60, 30 or 7 days before the end."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    asked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0, server_default="0")
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship()
    supersedes: Mapped[Approval | None] = relationship(remote_side="Approval.id")
    text_version: Mapped[TextVersion] = relationship()
    frozen_file: Mapped[StoredFile | None] = relationship(foreign_keys=frozen_file_id)
    answer_file: Mapped[StoredFile | None] = relationship(foreign_keys=answer_file_id)
    people: Mapped[list[ApprovedPerson]] = relationship(
        back_populates="approval", order_by="ApprovedPerson.id"
    )


class ApprovedPerson(Model):
    """One person a client was asked about; ``is_approved`` None: not answered."""

    __tablename__ = "approved_person"
    __table_args__ = (UniqueConstraint("approval_id", "employee_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("client_approval.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    is_approved: Mapped[bool | None]

    approval: Mapped[Approval] = relationship(back_populates="people")
    employee: Mapped[Employee] = relationship()


class ScanBatch(Model):
    """One stack of printed papers that came back, as one PDF or as photos."""

    __tablename__ = "scan_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    job_id: Mapped[int | None]

    file: Mapped[StoredFile] = relationship()
    pages: Mapped[list[ScanPage]] = relationship(back_populates="batch", order_by="ScanPage.number")


class ScanPage(Model):
    """One page of a stack: whose paper it is, and which sheet of it."""

    __tablename__ = "scan_page"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("scan_batch.id"))
    number: Mapped[int]
    """Its place in the stack, from 1."""
    state: Mapped[ScanState] = mapped_column(Word(ScanState))
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"), index=True)
    sheet: Mapped[int | None]
    """Which page of that paper, from 1."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    """Its picture, upright; None when it could not be shown."""
    why: Mapped[str] = mapped_column(default="", server_default="")
    """Why it is open or was dropped, as a message id."""
    why_facts: Mapped[dict[str, Any] | None]

    batch: Mapped[ScanBatch] = relationship(back_populates="pages")
    paper: Mapped[Paper | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()
