"""Reading certificates, papers that wait for their seal, and what happened to a paper."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hoffice.agreements.models import Paper, SealCertificate, SignatureCode
from hoffice.agreements.rules import IN_FORCE, CertificateUse, PaperState, SealState
from hoffice.audit.models import AuditLine
from hoffice.audit.rules import Line
from hoffice.db import db
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState


def current_certificate() -> SealCertificate | None:
    """What the house seals with now; None when it has no key."""
    return db.session.scalars(
        select(SealCertificate).where(SealCertificate.is_current)
    ).one_or_none()


def certificates(use: CertificateUse) -> Sequence[SealCertificate]:
    """Every certificate the house knows for this use, the newest first."""
    return db.session.scalars(
        select(SealCertificate)
        .where(SealCertificate.use == use)
        .order_by(SealCertificate.id.desc())
    ).all()


def certificate(fingerprint: str) -> SealCertificate | None:
    """The certificate with this fingerprint, if the house knows it."""
    return db.session.scalars(
        select(SealCertificate).where(SealCertificate.fingerprint == fingerprint)
    ).one_or_none()


def paper_to_seal(paper_id: int, *, lock: bool = False) -> Paper | None:
    """A paper with everything its seal is made from; None when there is none.

    With ``lock`` it is kept from other writers until the transaction ends.
    """
    wanted = (
        select(Paper)
        .where(Paper.id == paper_id)
        .options(
            joinedload(Paper.pack),
            joinedload(Paper.employee),
            joinedload(Paper.text_version),
            joinedload(Paper.frozen_file),
            joinedload(Paper.signed_file),
            joinedload(Paper.sealed_file),
            selectinload(Paper.signatures),
        )
    )
    if lock:
        wanted = wanted.with_for_update(of=Paper).execution_options(populate_existing=True)
    return db.session.scalars(wanted).one_or_none()


def waiting_for_seal() -> Sequence[int]:
    """The papers that wait for their seal, the oldest first."""
    return db.session.scalars(
        select(Paper.id).where(Paper.seal_state == SealState.PENDING).order_by(Paper.id)
    ).all()


def without_seal() -> Sequence[Paper]:
    """Papers that everybody signed here while the house had no key, the oldest first; locked."""
    return db.session.scalars(
        select(Paper)
        .where(
            Paper.seal_state == SealState.NONE,
            Paper.signed_file_id.is_not(None),
            Paper.state.in_(sorted(IN_FORCE)),
        )
        .order_by(Paper.id)
        .with_for_update()
    ).all()


def count_without_seal() -> int:
    """How many papers in force were signed here and carry no seal."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Paper)
            .where(
                Paper.state == PaperState.SIGNED,
                Paper.signed_file_id.is_not(None),
                Paper.seal_state == SealState.NONE,
            )
        )
        or 0
    )


def pending_since() -> tuple[int, datetime | None, str]:
    """How many papers wait for their seal, since when, and why the oldest of them does."""
    count, since = db.session.execute(
        select(func.count(), func.min(Paper.signed_at)).where(Paper.seal_state == SealState.PENDING)
    ).one()
    note = db.session.scalar(
        select(Paper.seal_note)
        .where(Paper.seal_state == SealState.PENDING)
        .order_by(Paper.id)
        .limit(1)
    )
    return count, since, note or ""


def next_round(kind: str, now: datetime) -> Job | None:
    """The round that will try again later, if one waits.

    Only a round has a key; a job of single papers that broke and comes back later is none, and
    knows no reason why the others should wait.
    """
    return db.session.scalars(
        select(Job)
        .where(
            Job.kind == kind,
            Job.key.is_not(None),
            Job.state == JobState.QUEUED,
            Job.run_at > now,
        )
        .order_by(Job.run_at)
        .limit(1)
    ).one_or_none()


def is_planned(kind: str) -> bool:
    """Whether a job of this kind waits or runs."""
    wanted = Job.kind == kind, Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    return db.session.scalar(select(Job.id).where(*wanted).limit(1)) is not None


def codes_entered(pack_id: int, until: datetime) -> Sequence[SignatureCode]:
    """The one-time codes of a pack that were entered before this moment."""
    return db.session.scalars(
        select(SignatureCode)
        .where(SignatureCode.pack_id == pack_id, SignatureCode.used_at <= until)
        .order_by(SignatureCode.id)
    ).all()


def house_log(subjects: Collection[str]) -> tuple[tuple[Line, str], ...]:
    """The lines of the house's log about these things, each with its hash; ids and codes only."""
    rows = db.session.scalars(
        select(AuditLine).where(AuditLine.subject.in_(sorted(subjects))).order_by(AuditLine.seq)
    )
    return tuple(
        (
            Line(
                seq=row.seq,
                at=row.at.isoformat(timespec="microseconds"),
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                employee_id=row.employee_id,
                details=row.details,
                personal_hash=row.personal_hash,
                previous_hash=row.previous_hash,
            ),
            row.hash,
        )
        for row in rows
    )


def is_in_house_log(lines: Collection[tuple[int, str]]) -> bool:
    """Whether the house's log has all these lines, with these hashes."""
    found = db.session.execute(
        select(AuditLine.seq, AuditLine.hash).where(AuditLine.seq.in_([seq for seq, _ in lines]))
    )
    return set(lines) <= {(row.seq, row.hash) for row in found}


def printed_head(paper_id: int) -> str:
    """The head of the log as it stands on the paper's certificate; empty where none stands."""
    details = db.session.scalar(
        select(AuditLine.details)
        .where(AuditLine.subject == f"paper:{paper_id}", AuditLine.action == "agreements.completed")
        .order_by(AuditLine.seq.desc())
        .limit(1)
    )
    return str((details or {}).get("log_head", ""))
