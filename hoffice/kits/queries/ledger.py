"""Reading the ledger: who has what now, and who had it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hoffice.db import db
from hoffice.kits.models import (
    CustodyEntry,
    Holding,
    Item,
)
from hoffice.kits.rules import Holder


def holding_of(item_id: int) -> Holding | None:
    """Who has the item now."""
    return db.session.get(Holding, item_id)


def held_by(holder: Holder) -> Sequence[Item]:
    """What this holder has now, by tag."""
    return db.session.scalars(
        select(Item)
        .join(Holding, Holding.item_id == Item.id)
        .where(Holding.holder_kind == holder.kind, Holding.holder_id == holder.id)
        .order_by(Item.asset_tag)
    ).all()


def ledger_of_item(item_id: int) -> Sequence[CustodyEntry]:
    """Every line about this item, newest first."""
    return db.session.scalars(
        select(CustodyEntry).where(CustodyEntry.item_id == item_id).order_by(CustodyEntry.id.desc())
    ).all()
