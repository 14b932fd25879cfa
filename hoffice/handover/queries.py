"""Reading visits and receipts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.rules import IN_FORCE, PaperKind
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.handover.models import Handover, HandoverLine, Receipt, ReceiptLine
from hoffice.handover.rules import VisitOutcome
from hoffice.people import queries as people


def handover(handover_id: int) -> Handover:
    """The visit with this number, its items and receipt loaded."""
    found = db.session.scalars(
        select(Handover)
        .where(Handover.id == handover_id)
        .options(
            joinedload(Handover.employee),
            selectinload(Handover.lines).joinedload(HandoverLine.item),
            joinedload(Handover.receipt).selectinload(Receipt.lines).joinedload(ReceiptLine.item),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such handover."))
    return found


def of_stop(stop_id: int) -> Handover | None:
    """What came of this stop, if somebody was there already."""
    return db.session.scalars(select(Handover).where(Handover.stop_id == stop_id)).one_or_none()


def handovers_of(employee_id: int) -> Sequence[Handover]:
    """All visits to this person, newest first."""
    return db.session.scalars(
        select(Handover)
        .where(Handover.employee_id == employee_id)
        .options(joinedload(Handover.receipt), joinedload(Handover.record_file))
        .order_by(Handover.id.desc())
    ).all()


def open_receipt_of(employee_id: int) -> Handover | None:
    """The newest visit that brought something and that the person has not confirmed yet."""
    return db.session.scalars(
        select(Handover)
        .outerjoin(Receipt)
        .where(
            Handover.employee_id == employee_id,
            Handover.outcome != VisitOutcome.FAILED,
            Receipt.id.is_(None),
        )
        .options(selectinload(Handover.lines).joinedload(HandoverLine.item))
        .order_by(Handover.id.desc())
        .limit(1)
    ).one_or_none()


def handovers() -> Select[Handover]:
    """All visits with their people, for the list page."""
    return (
        select(Handover)
        .join(Handover.employee)
        .options(joinedload(Handover.employee), joinedload(Handover.receipt))
    )


def search(words: Sequence[str]) -> ColumnElement[bool]:
    """Visits to a person with all of these words in name or number; auditors search here too."""
    return people.search_names(words)


def working_from_home_since(employee_ids: Iterable[int]) -> dict[int, datetime]:
    """Since when people work from home: the later of signature and complete handover.

    A telework place exists in law only when both are there (ArbStättV § 2 Abs. 7).
    """
    ids = list(employee_ids)
    handed = _newest(
        select(Handover.employee_id, func.max(Handover.at))
        .where(Handover.employee_id.in_(ids), Handover.outcome == VisitOutcome.DELIVERED)
        .group_by(Handover.employee_id)
    )
    signed = _newest(
        select(Paper.employee_id, func.max(Paper.signed_at))
        .join(Paper.pack)
        .where(
            Paper.employee_id.in_(ids),
            Paper.kind == PaperKind.ADDENDUM,
            Paper.state.in_(sorted(IN_FORCE)),
            Pack.ended_at.is_(None),
        )
        .group_by(Paper.employee_id)
    )
    return {
        employee_id: max(at, signed[employee_id])
        for employee_id, at in handed.items()
        if employee_id in signed
    }


def _newest(statement: Any) -> dict[int, datetime]:
    """The newest moment per person, from a grouped statement of these two."""
    rows = db.session.execute(statement).all()
    return {row[0]: row[1] for row in rows if row[1] is not None}
