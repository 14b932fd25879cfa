"""Reading what could take the place of a device, and what is kept for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import case, exists, select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.kits.models import Item, KitItem, Reservation
from hoffice.kits.queries.fitness import is_fit
from hoffice.kits.queries.items import search_item_texts
from hoffice.kits.queries.kits import several
from hoffice.kits.rules import ItemState


def free_like(old: Item, *, words: Sequence[str] | str = "", limit: int = 1) -> Sequence[Item]:
    """Free items that could take the place of this one: the same model first, then by tag.

    What is damaged stands there only, and last, when it is searched by ``words``: then all and only
    those that carry each of them. Somebody may take them meanwhile.
    """
    like = Item.model_id == old.model_id if old.model_id is not None else Item.model == old.model
    wanted = (
        select(Item)
        .outerjoin(KitItem, KitItem.item_id == Item.id)
        .where(Item.kind == old.kind, Item.state == ItemState.IN_STOCK, KitItem.item_id.is_(None))
        .where(Item.id != old.id, ~exists().where(Reservation.item_id == Item.id))
        .where(search_item_texts(words) if several(words) else is_fit())
        .order_by(case((is_fit(), 0), else_=1), case((like, 0), else_=1), Item.asset_tag)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


def reserved(item_ids: Iterable[int]) -> dict[int, Reservation]:
    """For whom these items are kept, where they are."""
    found = db.session.scalars(
        select(Reservation)
        .where(Reservation.item_id.in_(set(item_ids)))
        .options(joinedload(Reservation.employee))
    )
    return {one.item_id: one for one in found}


def reservation_of(item_id: int) -> Reservation | None:
    """For whom this item is kept."""
    return db.session.get(Reservation, item_id)


def replacement_for(item_id: int) -> Reservation | None:
    """What is kept to take the place of this item."""
    return db.session.scalars(
        select(Reservation)
        .where(Reservation.replaces_id == item_id)
        .options(joinedload(Reservation.item), joinedload(Reservation.employee))
    ).one_or_none()


def replacements_for(item_ids: Iterable[int]) -> dict[int, Reservation]:
    """What is kept to take the place of each of these items."""
    found = db.session.scalars(
        select(Reservation)
        .where(Reservation.replaces_id.in_(set(item_ids)))
        .options(joinedload(Reservation.item))
    )
    return {one.replaces_id: one for one in found if one.replaces_id is not None}
