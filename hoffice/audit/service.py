"""Writing the log, and erasing personal values lawfully."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from hoffice import clock
from hoffice.audit import rules
from hoffice.audit.models import AuditHead, AuditLine, AuditPersonal
from hoffice.db import Model, db
from hoffice.units import Actor


@dataclass(frozen=True, slots=True)
class _Pending:
    at: datetime
    actor: str
    action: str
    subject: Model | str
    employee_id: int | None
    details: dict[str, Any]
    personal: dict[str, Any] | None


def record(  # noqa: PLR0913  # a log line has these seven facts
    by: Actor,
    action: str,
    subject: Model | str,
    *,
    employee_id: int | None = None,
    at: datetime | None = None,
    personal: dict[str, Any] | None = None,
    **details: str | int | bool | list[int] | list[str] | None,
) -> None:
    """Add one line to the log, in the transaction of the deed itself.

    ``details`` are ids and codes and stay for ever; names, addresses and free text go into
    ``personal``, which can be erased. The line is written when the transaction is about to be
    committed: the chain's lock is then the last one taken, so writers cannot block each other
    crosswise, and it is held for a moment only.
    """
    session = db.session()
    pending = session.info.setdefault("audit", [])
    pending.append(
        _Pending(
            at=at or clock.now(),
            actor=str(by),
            action=action,
            subject=subject,
            employee_id=employee_id,
            details={key: value for key, value in details.items() if value is not None},
            personal=personal or None,
        )
    )


def erase_personal(employee_id: int, *, by: Actor, reason: str) -> int:
    """Erase the personal values of all lines about one employee; the chain stays whole.

    Returns how many lines were emptied. The erasure is itself a line, naming the numbers, so that
    ``verify`` can tell a lawful erasure from a missing row.
    """
    flush(db.session())
    seqs = list(
        db.session.scalars(
            select(AuditPersonal.seq)
            .join(AuditLine, AuditLine.seq == AuditPersonal.seq)
            .where(AuditLine.employee_id == employee_id)
            .order_by(AuditPersonal.seq)
        )
    )
    if seqs:
        db.session.execute(delete(AuditPersonal).where(AuditPersonal.seq.in_(seqs)))
        record(
            by,
            rules.ERASED,
            f"employee:{employee_id}",
            employee_id=employee_id,
            lines=seqs,
            why=reason,
        )
    return len(seqs)


def subject_of(thing: Model | str) -> str:
    """How a thing is named in the log: its table and its id, such as ``paper:17``."""
    if isinstance(thing, str):
        return thing
    return f"{thing.__tablename__}:{cast('Any', thing).id}"


def flush(session: Session) -> None:
    """Write the pending lines now, behind the last line of the chain."""
    pending: list[_Pending] = session.info.pop("audit", [])
    if not pending:
        return
    session.flush()  # things just made get their ids
    head = session.execute(
        select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    ).one()  # the first migration wrote it
    seq, previous = head.seq, head.hash
    lines, personal_rows = [], []
    for entry in pending:
        seq += 1
        personal = _side_row(seq, entry.personal)
        line = rules.Line(
            seq=seq,
            at=entry.at.isoformat(timespec="microseconds"),
            actor=entry.actor,
            action=entry.action,
            subject=subject_of(entry.subject),
            employee_id=entry.employee_id,
            details=entry.details,
            personal_hash=(
                rules.personal_hash(personal["salt"], personal["values"]) if personal else None
            ),
            previous_hash=previous,
        )
        previous = rules.hash_of(line)
        lines.append(
            {
                "seq": seq,
                "at": entry.at,
                "actor": line.actor,
                "action": line.action,
                "subject": line.subject,
                "employee_id": line.employee_id,
                "details": entry.details,
                "personal_hash": line.personal_hash,
                "previous_hash": line.previous_hash,
                "hash": previous,
            }
        )
        if personal:
            personal_rows.append(personal)
    session.execute(insert(AuditLine), lines)
    if personal_rows:
        session.execute(insert(AuditPersonal), personal_rows)
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(seq=seq, hash=previous))


def _side_row(seq: int, values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {"seq": seq, "salt": secrets.token_hex(16), "values": rules.canonical(values)}


def init_session() -> None:
    """Write the lines at the last moment of every transaction; forget them when it is undone."""
    session_factory = db.session.session_factory

    @event.listens_for(session_factory, "before_commit")
    def write(session: Session) -> None:
        if not session.in_nested_transaction():
            flush(session)

    @event.listens_for(session_factory, "after_transaction_create")
    def mark(session: Session, transaction: SessionTransaction) -> None:
        if transaction.nested:
            marks = session.info.setdefault("audit_marks", {})
            marks[transaction] = len(session.info.get("audit", ()))

    @event.listens_for(session_factory, "after_transaction_end")
    def unmark(session: Session, transaction: SessionTransaction) -> None:
        session.info.get("audit_marks", {}).pop(transaction, None)

    @event.listens_for(session_factory, "after_rollback")
    def forget(session: Session) -> None:
        savepoint = session.get_nested_transaction()  # what came before it is not undone
        kept = session.info.get("audit_marks", {}).get(savepoint, 0)
        del session.info.get("audit", [])[kept:]
