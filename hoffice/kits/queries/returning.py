"""Reading returns: the list of them, one whole, and its record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Attachment, CustodyEntry, Item, Return, ReturnLine
from hoffice.kits.queries.kits import named, several
from hoffice.kits.rules import HolderKind, ReturnReason


def kit_return(return_id: int, *, lock: bool = False) -> Return:
    """The return with this number, whole; with ``lock`` nobody else changes it meanwhile."""
    wanted = (
        select(Return)
        .where(Return.id == return_id)
        .options(
            joinedload(Return.employee),
            selectinload(Return.lines).joinedload(ReturnLine.item).joinedload(Item.holding),
            selectinload(Return.lines).joinedload(ReturnLine.good),
        )
    )
    if lock:
        wanted = wanted.with_for_update(of=Return).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such return."))
    return found


def returns() -> Select[Return]:
    """All returns with their people and lines, for the list page."""
    return (
        select(Return)
        .join(Return.employee)
        .options(joinedload(Return.employee), selectinload(Return.lines))
    )


def search_returns(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Returns of a person, or with an item, that carries each of these words."""
    return and_(
        *(
            or_(
                named(word),
                Return.id.in_(
                    select(ReturnLine.return_id)
                    .join(Item, Item.id == ReturnLine.item_id)
                    .where(Item.search_text.contains(word.lower(), autoescape=True))
                ),
                Return.id.in_(
                    select(ReturnLine.return_id)
                    .join(Item, Item.id == ReturnLine.item_id)
                    .where(Item.asset_tag.icontains(word, autoescape=True))
                ),
            )
            for word in several(words)
        )
    )


def is_open_return() -> ColumnElement[bool]:
    """Returns that are not finished."""
    return Return.closed_at.is_(None)


def is_overdue(today: date) -> ColumnElement[bool]:
    """Open returns whose day is over."""
    return and_(Return.closed_at.is_(None), Return.due_on < today)


def for_reason(reason: ReturnReason) -> ColumnElement[bool]:
    """Returns that were begun for this reason."""
    return Return.reason == reason


def return_counts(today: date) -> tuple[int, int]:
    """How many returns are open, and how many of these are overdue."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(case((Return.due_on < today, 1), else_=0)), 0))
        .select_from(Return)
        .where(Return.closed_at.is_(None))
    ).one()
    return row[0], row[1]


def open_returns_of(employee_id: int) -> Sequence[Return]:
    """What this person has to give back now."""
    return db.session.scalars(
        select(Return)
        .where(Return.employee_id == employee_id, Return.closed_at.is_(None))
        .options(selectinload(Return.lines))
        .order_by(Return.id)
    ).all()


def record_of(return_id: int) -> Attachment | None:
    """The record of a return that is finished."""
    return db.session.scalars(
        select(Attachment)
        .where(Attachment.subject == f"return:{return_id}", Attachment.removed_at.is_(None))
        .options(joinedload(Attachment.file))
        .order_by(Attachment.id.desc())
        .limit(1)
    ).one_or_none()


def returns_wiped_since_record(item_ids: Iterable[int]) -> Sequence[int]:
    """The closed returns of these items in which something was wiped after the newest record."""
    return db.session.scalars(
        select(Return.id)
        .join(ReturnLine)
        .where(ReturnLine.item_id.in_(set(item_ids)), _is_wiped_since_record())
        .distinct()
        .order_by(Return.id)
    ).all()


def is_wiped_since_record(return_id: int) -> bool:
    """Whether something of this closed return was wiped after its newest record was made."""
    found = select(Return.id).join(ReturnLine).where(Return.id == return_id)
    return db.session.scalar(found.where(_is_wiped_since_record()).limit(1)) is not None


def _is_wiped_since_record() -> ColumnElement[bool]:
    newest = (
        select(func.max(Attachment.at))
        .where(
            Attachment.subject == literal("return:") + cast(Return.id, String),
            Attachment.removed_at.is_(None),
        )
        .correlate(Return)
        .scalar_subquery()
    )
    return and_(
        Return.closed_at.is_not(None),
        ReturnLine.wiped_at > func.coalesce(newest, Return.closed_at),
    )


def handed_out_by(return_id: int) -> Sequence[Item]:
    """What a person got in exchange, by this return."""
    return db.session.scalars(
        select(Item)
        .join(CustodyEntry, CustodyEntry.item_id == Item.id)
        .where(
            CustodyEntry.because == f"return:{return_id}",
            CustodyEntry.to_kind == HolderKind.EMPLOYEE,
        )
        .order_by(Item.asset_tag)
    ).all()
