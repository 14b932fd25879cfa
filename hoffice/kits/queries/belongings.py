"""Reading what one person has, and what comes to her: for her own page, so nothing of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.kits.models import (
    BulkEntry,
    BulkGood,
    BulkHolding,
    CustodyEntry,
    Holding,
    Item,
    Kit,
    KitGood,
    KitItem,
    Reservation,
)
from hoffice.kits.rules import HolderKind


@dataclass(frozen=True, slots=True)
class Held:
    """A device that somebody has: since when, and by which paper or deed."""

    item: Item
    since: datetime
    because: str


@dataclass(frozen=True, slots=True)
class HeldGood:
    """So many of a small part that somebody has; ``since`` and ``because`` are of the newest."""

    good: BulkGood
    count: int
    since: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Coming:
    """What belongs to somebody's kit and is not with her yet."""

    what: Item | BulkGood
    count: int
    holder: HolderKind


def devices_with(employee_id: int) -> Sequence[Held]:
    """Every device that this person has, by kind and tag; in one statement."""
    rows = db.session.execute(
        select(Item, Holding.since, CustodyEntry.because)
        .join(Holding, Holding.item_id == Item.id)
        .join(CustodyEntry, CustodyEntry.id == Holding.entry_id)
        .where(Holding.holder_kind == HolderKind.EMPLOYEE, Holding.holder_id == employee_id)
        .order_by(Item.kind, Item.asset_tag)
    )
    return [Held(item, since, because) for item, since, because in rows]


def has_things(employee_id: int) -> bool:
    """Whether this person has anything of the house, or something of her kit is to come."""
    hers = and_(Holding.holder_kind == HolderKind.EMPLOYEE, Holding.holder_id == employee_id)
    parts = and_(
        BulkHolding.holder_kind == HolderKind.EMPLOYEE,
        BulkHolding.holder_id == employee_id,
        BulkHolding.count > 0,
    )
    kit = and_(Kit.employee_id == employee_id, Kit.dissolved_at.is_(None))
    wanted = or_(
        select(Holding.item_id).where(hers).exists(),
        select(BulkHolding.good_id).where(parts).exists(),
        select(Kit.id).where(kit).exists(),
    )
    return bool(db.session.scalar(select(wanted)))


def small_parts_with(employee_id: int) -> Sequence[HeldGood]:
    """How many of which small parts this person has, by name, and how the newest came to her."""
    newest = (
        select(func.max(BulkEntry.id))
        .where(
            BulkEntry.good_id == BulkHolding.good_id,
            BulkEntry.to_kind == HolderKind.EMPLOYEE,
            BulkEntry.to_id == employee_id,
        )
        .correlate(BulkHolding)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(BulkGood, BulkHolding.count, BulkEntry.at, BulkEntry.because)
        .join(BulkHolding, BulkHolding.good_id == BulkGood.id)
        .join(BulkEntry, BulkEntry.id == newest)
        .where(
            BulkHolding.holder_kind == HolderKind.EMPLOYEE,
            BulkHolding.holder_id == employee_id,
            BulkHolding.count > 0,
        )
        .order_by(BulkGood.name)
    )
    return [HeldGood(*row) for row in rows]


TO_COME = frozenset({HolderKind.STOCK, HolderKind.DESK, HolderKind.VAN, HolderKind.PARCEL})
"""Who has what is still to come to somebody."""


def coming_to(employee_id: int) -> Sequence[Coming]:
    """What of this person's kit is not with her yet: devices by kind and tag, then small parts.

    What is lost, in repair or retired does not come to her, though her kit may still lack it.
    """
    current = and_(Kit.employee_id == employee_id, Kit.dissolved_at.is_(None))
    devices = db.session.execute(
        select(Item, Holding.holder_kind)
        .join(KitItem, KitItem.item_id == Item.id)
        .join(Kit, Kit.id == KitItem.kit_id)
        .join(Holding, Holding.item_id == Item.id)
        .where(current, Holding.holder_kind.in_(TO_COME))
        .order_by(Item.kind, Item.asset_tag)
    )
    parts = db.session.execute(
        select(BulkGood, func.sum(KitGood.count), KitGood.holder_kind)
        .join(KitGood, KitGood.good_id == BulkGood.id)
        .join(Kit, Kit.id == KitGood.kit_id)
        .where(current, KitGood.holder_kind.in_(TO_COME))
        .group_by(BulkGood.id, KitGood.holder_kind)
        .order_by(BulkGood.name)
    )
    return [
        *(Coming(item, 1, holder) for item, holder in devices),
        *(Coming(good, count, holder) for good, count, holder in parts),
    ]


def kept_for(employee_id: int) -> Sequence[Reservation]:
    """What is kept for this person, such as a replacement, by tag."""
    return db.session.scalars(
        select(Reservation)
        .join(Item, Item.id == Reservation.item_id)
        .where(Reservation.employee_id == employee_id)
        .options(joinedload(Reservation.item), joinedload(Reservation.replaces))
        .order_by(Item.asset_tag)
    ).all()
