"""Which devices the house may choose by itself, and what is known of the data on a device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.kits.models import CustodyEntry, DamageCase, Item, ReturnLine
from hoffice.kits.rules import DamageKind, HolderKind, WipeMethod
from hoffice.kits.rules.returning import DAMAGED

WIPED = "kits.wiped"


def is_fit() -> ColumnElement[bool]:
    """Items that are not damaged, and of which no damage waits for a decision.

    A damage from before a repair is mended, whoever bears it. By hand any other may be given, too.
    """
    came_at = (
        select(ReturnLine.came_at)
        .where(ReturnLine.id == DamageCase.return_line_id)
        .correlate(DamageCase)
        .scalar_subquery()
    )
    undecided = select(DamageCase.item_id).where(  # asked once, not once for each item
        DamageCase.item_id.is_not(None),
        DamageCase.kind == DamageKind.DAMAGE,
        DamageCase.decided_at.is_(None),
        ~_went_to_repair(DamageCase.item_id, func.coalesce(came_at, DamageCase.found_at)),
    )
    return and_(Item.condition != DAMAGED, Item.id.not_in(undecided))


def _went_to_repair(item_id: Any, since: Any) -> ColumnElement[bool]:
    """Whether an item was in repair from then on, by a line that nobody has corrected."""
    right = aliased(CustodyEntry)
    return exists().where(
        CustodyEntry.item_id == item_id,
        CustodyEntry.at >= since,
        CustodyEntry.to_kind == HolderKind.REPAIR,
        ~exists().where(right.corrects_id == CustodyEntry.id),
    )


def damaged_among(item_ids: Iterable[int]) -> dict[int, str]:
    """Those of these items that the house does not choose by itself, by number: their tags."""
    rows = db.session.execute(
        select(Item.id, Item.asset_tag)
        .where(Item.id.in_(set(item_ids)), ~is_fit())
        .order_by(Item.asset_tag)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Wipe:
    """How, when and by whom the data of a device were last erased, and in which return."""

    method: WipeMethod
    at: datetime
    by: str
    line: ReturnLine | None = None
    """None for a device that came without a return."""


def last_wipe(item_id: int) -> Wipe | None:
    """The newest wipe of a device; None when nobody has confirmed one."""
    line = db.session.scalars(
        select(ReturnLine)
        .where(ReturnLine.item_id == item_id, ReturnLine.wiped_at.is_not(None))
        .options(joinedload(ReturnLine.kit_return))
        .order_by(ReturnLine.wiped_at.desc(), ReturnLine.id.desc())
        .limit(1)
    ).first()
    found = None
    if line is not None and line.wipe_method is not None and line.wiped_at is not None:
        found = Wipe(line.wipe_method, line.wiped_at, line.wiped_by, line)
    logged = db.session.scalars(_logged(item_id).order_by(AuditLine.seq.desc()).limit(1)).first()
    if logged is not None and (found is None or logged.at > found.at):
        found = Wipe(WipeMethod(logged.details["how"]), logged.at, logged.actor)
    return found


def is_destroyed(item_id: int) -> bool:
    """Whether the storage of a device was destroyed; a repair since may have put in a new one."""
    moments = [
        *db.session.scalars(
            select(ReturnLine.wiped_at).where(
                ReturnLine.item_id == item_id, ReturnLine.wipe_method == WipeMethod.DESTROY
            )
        ),
        *(
            line.at
            for line in db.session.scalars(_logged(item_id))
            if line.details["how"] == WipeMethod.DESTROY
        ),
    ]
    newest = max((one for one in moments if one is not None), default=None)
    return newest is not None and not db.session.scalar(select(_went_to_repair(item_id, newest)))


def _logged(item_id: int) -> Any:
    """The lines of the log by which this device was wiped."""
    return select(AuditLine).where(
        AuditLine.subject == f"item:{item_id}", AuditLine.action == WIPED
    )
