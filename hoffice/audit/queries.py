"""Reading the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Select, and_, or_, select

from hoffice.audit import rules
from hoffice.audit.models import AuditHead, AuditLine, AuditPersonal
from hoffice.db import db

BATCH = 2000


def stored_lines() -> Iterator[rules.StoredLine]:
    """Every line from the first to the last, with its side row; read in batches."""
    rows = db.session.execute(
        select(AuditLine, AuditPersonal)
        .outerjoin(AuditPersonal, AuditPersonal.seq == AuditLine.seq)
        .order_by(AuditLine.seq)
        .execution_options(yield_per=BATCH)
    )
    for row in rows:
        line: AuditLine = row[0]
        personal: AuditPersonal | None = row[1]  # the outer join may find none
        yield rules.StoredLine(
            line=rules.Line(
                seq=line.seq,
                at=line.at.isoformat(timespec="microseconds"),
                actor=line.actor,
                action=line.action,
                subject=line.subject,
                employee_id=line.employee_id,
                details=line.details,
                personal_hash=line.personal_hash,
                previous_hash=line.previous_hash,
            ),
            hash=line.hash,
            personal=None if personal is None else (personal.salt, personal.values),
        )


def head() -> tuple[int, str]:
    """Number and hash of the last line, as the house remembers them."""
    found = db.session.execute(select(AuditHead.seq, AuditHead.hash)).one_or_none()
    return (0, "") if found is None else (found.seq, found.hash)


def erased_lines() -> frozenset[int]:
    """The numbers of all lines whose personal values were lawfully erased."""
    entries = db.session.scalars(select(AuditLine.details).where(AuditLine.action == rules.ERASED))
    return frozenset(seq for details in entries for seq in details["lines"])


def first_break() -> rules.Break | None:
    """Walk the whole chain; None when it holds."""
    return rules.first_break(stored_lines(), head=head(), erased=erased_lines())


def about_employee(
    employee_id: int, *, limit: int = 200
) -> Sequence[tuple[AuditLine, AuditPersonal | None]]:
    """What happened with this person, newest first, with the personal values still there."""
    rows = db.session.execute(
        select(AuditLine, AuditPersonal)
        .outerjoin(AuditPersonal, AuditPersonal.seq == AuditLine.seq)
        .where(AuditLine.employee_id == employee_id)
        .order_by(AuditLine.seq.desc())
        .limit(limit)
    )
    return [(line, personal) for line, personal in rows]


def lines() -> Select[AuditLine]:
    """All lines, for the list page."""
    return select(AuditLine)


def search(words: Sequence[str]) -> ColumnElement[bool]:
    """Lines whose action, subject or actor contains each of the words."""
    return and_(
        *(
            or_(
                AuditLine.action.icontains(word, autoescape=True),
                AuditLine.subject.icontains(word, autoescape=True),
                AuditLine.actor.icontains(word, autoescape=True),
            )
            for word in words
        )
    )


def newest(*, limit: int) -> Sequence[AuditLine]:
    """The last lines about anybody, newest first."""
    found = db.session.scalars(
        select(AuditLine)
        .where(AuditLine.employee_id.is_not(None))
        .order_by(AuditLine.seq.desc())
        .limit(limit)
    )
    return found.all()
