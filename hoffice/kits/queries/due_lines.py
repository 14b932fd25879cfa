"""Reading the lines of returns: by which one a thing is due back, came, and waits for a check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from hoffice.db import db
from hoffice.kits.models import CustodyEntry, Return, ReturnLine
from hoffice.kits.rules import HolderKind


def open_lines_of(item_ids: Iterable[int]) -> dict[int, ReturnLine]:
    """The line by which each of these items is due back, where there is one."""
    found = db.session.scalars(
        select(ReturnLine)
        .where(ReturnLine.item_id.in_(set(item_ids)), ReturnLine.is_open)
        .options(joinedload(ReturnLine.kit_return).joinedload(Return.employee))
    )
    return {line.item_id: line for line in found if line.item_id is not None}


def lines_asked_for(item_ids: Iterable[int]) -> Sequence[ReturnLine]:
    """The lines that still wait for these items, locked; not those that somebody changes now."""
    return db.session.scalars(
        select(ReturnLine)
        .where(
            ReturnLine.item_id.in_(set(item_ids)),
            ReturnLine.is_open,
            ReturnLine.came == 0,
        )
        .options(selectinload(ReturnLine.kit_return), selectinload(ReturnLine.item))
        .order_by(ReturnLine.id)
        .with_for_update(of=ReturnLine, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def read_lines_anew(made: Return) -> None:
    """Read the lines of this return as they are by now."""
    db.session.scalars(
        select(ReturnLine)
        .where(ReturnLine.return_id == made.id)
        .order_by(ReturnLine.id)
        .execution_options(populate_existing=True)
    ).all()


def came_back_by(item_id: int) -> ReturnLine | None:
    """The line by which this item came back last, where the ledger knows of nothing since."""
    last = db.session.scalars(
        select(CustodyEntry.because)
        .where(CustodyEntry.item_id == item_id)
        .order_by(CustodyEntry.at.desc(), CustodyEntry.id.desc())
        .limit(1)
    ).one_or_none()
    word, _colon, number = (last or "").partition(":")
    if word != "return" or not number.isdecimal():
        return None
    return db.session.scalars(
        select(ReturnLine)
        .where(
            ReturnLine.item_id == item_id,
            ReturnLine.return_id == int(number),
            ReturnLine.came > 0,
        )
        .options(joinedload(ReturnLine.kit_return).joinedload(Return.employee))
        .order_by(ReturnLine.id.desc())
        .limit(1)
    ).one_or_none()


def returned_line(item_id: int) -> ReturnLine | None:
    """The line of an open return that says that this item is back, where there is one."""
    return db.session.scalars(
        select(ReturnLine)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(ReturnLine.item_id == item_id, ReturnLine.came > 0, Return.closed_at.is_(None))
        .options(joinedload(ReturnLine.kit_return))
        .order_by(ReturnLine.id.desc())
        .limit(1)
    ).one_or_none()


def newest_line(item_id: int, employee_id: int) -> ReturnLine | None:
    """The line by which this item was last asked of this person, whether or not it is open."""
    return db.session.scalars(
        select(ReturnLine)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(ReturnLine.item_id == item_id, Return.employee_id == employee_id)
        .order_by(ReturnLine.id.desc())
        .limit(1)
    ).one_or_none()


def goods_asked(employee_id: int) -> dict[int, int]:
    """How many of which bulk goods open returns still expect from this person."""
    rows = db.session.execute(
        select(ReturnLine.good_id, func.sum(ReturnLine.expected - ReturnLine.came))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(
            Return.employee_id == employee_id,
            Return.closed_at.is_(None),
            ReturnLine.good_id.is_not(None),
        )
        .group_by(ReturnLine.good_id)
    ).all()
    return {row[0]: row[1] for row in rows if row[0] is not None}


def unchecked_lines(item_ids: Iterable[int]) -> dict[int, ReturnLine]:
    """The newest line by which each of these items came back and that nobody has decided.

    None when somebody had it since, by the ledger: what was wiped then says nothing of her data.
    """
    found = db.session.scalars(
        select(ReturnLine)
        .where(
            ReturnLine.item_id.in_(set(item_ids)),
            ReturnLine.came_at.is_not(None),
            ReturnLine.decided_at.is_(None),
            ~_was_away_since(),
        )
        .options(joinedload(ReturnLine.kit_return).joinedload(Return.employee))
        .order_by(ReturnLine.id)
    )
    return {line.item_id: line for line in found if line.item_id is not None}


def _was_away_since() -> ColumnElement[bool]:
    """Whether somebody had the item, or nobody knew who, after it came back by a line.

    A correction of what was before it came back is written later, but tells of earlier.
    """
    away, known = aliased(CustodyEntry), aliased(CustodyEntry)
    return exists().where(
        away.item_id == ReturnLine.item_id,
        away.recorded_at > ReturnLine.came_at,
        away.to_kind.in_((HolderKind.EMPLOYEE, HolderKind.LOST)),
        ~exists().where(
            known.item_id == away.item_id,
            known.at > away.at,
            known.recorded_at <= ReturnLine.came_at,
        ),
    )


def return_of_line(line_id: int) -> int | None:
    """The return to which a line belongs."""
    return db.session.scalar(select(ReturnLine.return_id).where(ReturnLine.id == line_id))
