"""Reading what must agree: items, their holders, the ledger, kits, boxes and counted goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from hoffice.db import db
from hoffice.kits.models import (
    Box,
    BulkEntry,
    BulkHolding,
    CustodyEntry,
    Holding,
    Item,
    Kit,
    KitItem,
    Scan,
)
from hoffice.kits.rules import BoxState, HolderKind, ItemState

IN_THE_HOUSE = (BoxState.OPEN, BoxState.PACKED, BoxState.RELEASED, BoxState.RETURNED)
"""Boxes of which the devices lie in the store."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What the tables say of one item, side by side."""

    tag: str
    state: ItemState
    is_to_check: bool
    is_in_kit: bool
    holder: tuple[HolderKind, int, datetime, int] | None
    """Kind, number, since when, and by which line."""
    last: tuple[HolderKind, int, datetime, int] | None
    """The same by the last line of the ledger."""


def sides() -> Sequence[Sides]:
    """Every item with its holder, its last line and its kit; one statement."""
    place = func.row_number().over(
        partition_by=CustodyEntry.item_id,
        order_by=(CustodyEntry.at.desc(), CustodyEntry.id.desc()),
    )
    ranked = select(CustodyEntry, place.label("place")).subquery()
    last = select(ranked).where(ranked.c.place == 1).subquery()
    rows = db.session.execute(
        select(
            Item.asset_tag,
            Item.state,
            Item.is_to_check,
            KitItem.item_id,
            Holding.holder_kind,
            Holding.holder_id,
            Holding.since,
            Holding.entry_id,
            last.c.to_kind,
            last.c.to_id,
            last.c.at,
            last.c.id,
        )
        .outerjoin(KitItem, KitItem.item_id == Item.id)
        .outerjoin(Holding, Holding.item_id == Item.id)
        .outerjoin(last, last.c.item_id == Item.id)
        .order_by(Item.asset_tag)
    )
    return [
        Sides(
            tag=row[0],
            state=row[1],
            is_to_check=row[2],
            is_in_kit=row[3] is not None,
            holder=None if row[4] is None else (row[4], row[5], row[6], row[7]),
            last=None if row[8] is None else (row[8], row[9], row[10], row[11]),
        )
        for row in rows
    ]


def misplaced() -> Sequence[str]:
    """The tags of items that lie in a box of another kit, or in a kit that was dissolved."""
    return db.session.scalars(
        select(Item.asset_tag)
        .join(KitItem, KitItem.item_id == Item.id)
        .join(Kit, Kit.id == KitItem.kit_id)
        .outerjoin(Box, Box.id == KitItem.box_id)
        .where(or_(Kit.dissolved_at.is_not(None), Box.kit_id != KitItem.kit_id))
        .order_by(Item.asset_tag)
    ).all()


def packed_but_elsewhere() -> Sequence[tuple[str, str, str]]:
    """Tag, box and holder of items that a kit has in a box of the house and the ledger elsewhere.

    A box that is packed may go out as it is: it must have what its kit says. One that is open
    says itself that something lacks, and only what somebody else has cannot lie in it.
    """
    may_lack = and_(
        Box.state.in_([BoxState.OPEN, BoxState.RETURNED]),
        Holding.holder_kind.in_([HolderKind.LOST, HolderKind.RETIRED]),
    )
    rows = db.session.execute(
        select(Item.asset_tag, Box.code, Holding.holder_kind)
        .join(KitItem, KitItem.item_id == Item.id)
        .join(Box, Box.id == KitItem.box_id)
        .join(Holding, Holding.item_id == Item.id)
        .where(
            Box.state.in_(IN_THE_HOUSE),
            Holding.holder_kind != HolderKind.STOCK,
            ~may_lack,
        )
        .order_by(Item.asset_tag)
    )
    return [(row[0], row[1], row[2].value) for row in rows]


Where = tuple[int, HolderKind, int]


def goods_held() -> dict[Where, int]:
    """How many of each good each holder has by the table of holders."""
    rows = db.session.execute(
        select(
            BulkHolding.good_id, BulkHolding.holder_kind, BulkHolding.holder_id, BulkHolding.count
        ).where(BulkHolding.count != 0)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def goods_moved() -> dict[Where, int]:
    """How many of each good each holder has by all that was brought and taken."""
    found: dict[Where, int] = {}
    for kind, number, sign in (
        (BulkEntry.to_kind, BulkEntry.to_id, 1),
        (BulkEntry.from_kind, BulkEntry.from_id, -1),
    ):
        rows = db.session.execute(
            select(BulkEntry.good_id, kind, number, func.sum(BulkEntry.count))
            .where(kind.is_not(None))
            .group_by(BulkEntry.good_id, kind, number)
        )
        for good_id, holder_kind, holder_id, count in rows:
            if holder_kind is not None:
                where = (good_id, holder_kind, holder_id or 0)
                found[where] = found.get(where, 0) + sign * int(count)
    return {where: count for where, count in found.items() if count}


def sizes() -> dict[str, int]:
    """How many items, lines of the ledger and accepted scans there are."""
    return {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in (("items", Item), ("entries", CustodyEntry), ("scans", Scan))
    }
