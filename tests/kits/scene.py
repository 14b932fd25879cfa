"""People, catalogue and stock for the stories about kits."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from sqlalchemy import select

from hoffice.db import db
from hoffice.kits import service
from hoffice.kits.models import Box, CustodyEntry, Holding, Item, Kit, KitItem, KitType
from hoffice.kits.rules import BoxState, HolderKind, ItemKind, ItemState, missing
from tests import makers

KINDS = (ItemKind.PC, ItemKind.KEYBOARD, ItemKind.MOUSE, ItemKind.MONITOR, ItemKind.HEADSET)
"""What the kit type of the makers asks for: three in the first box, two in the second."""


def in_stock(*kinds: ItemKind) -> list[Item]:
    """New items of these kinds, with the first line of their ledger."""
    return [
        service.add_item(f"HW-{makers.number():05d}", kind, by=makers.IT, weight_g=1500)
        for kind in kinds
    ]


def stocked(sets: int = 1, kinds: Iterable[ItemKind] = KINDS) -> KitType:
    """A kit type, and so many sets of free items for it."""
    made = makers.kit_type()
    wanted = tuple(kinds)
    for _ in range(sets):
        in_stock(*wanted)
    return made


def kit(name: str = "Ayşe Kaya", *, packed: bool = False) -> Kit:
    """Somebody with a whole kit, its boxes packed on request."""
    made = service.give_kit(makers.employee(name).id, stocked().id, by=makers.IT)
    if packed:
        service.pack_kit(made.id, by=makers.IT)
    return made


def item_in(kit: Kit, kind: ItemKind) -> Item:
    """The first item of a kind in a kit."""
    return next(item for item in kit.items if item.kind is kind)


def box_number(item: Item) -> int | None:
    """The number of the box an item lies in."""
    place = item.kit_item
    return place.box.number if place is not None and place.box is not None else None


def assert_order() -> None:
    """Every item has one holder, the one its ledger says; kits and boxes say what is true."""
    db.session.flush()
    db.session.expire_all()
    entries: dict[int, list[CustodyEntry]] = {}
    for entry in db.session.scalars(select(CustodyEntry).order_by(CustodyEntry.id)):
        entries.setdefault(entry.item_id, []).append(entry)
    holdings = {one.item_id: one for one in db.session.scalars(select(Holding))}
    places: dict[int, list[KitItem]] = {}
    for place in db.session.scalars(select(KitItem)):
        places.setdefault(place.item_id, []).append(place)
    for item in db.session.scalars(select(Item)):
        lines, holding = entries[item.id], holdings[item.id]
        assert holding.entry_id == lines[-1].id
        assert (holding.holder_kind, holding.holder_id) == (lines[-1].to_kind, lines[-1].to_id)
        assert lines[0].from_kind is None
        for before, after in itertools.pairwise(lines):
            assert (after.from_kind, after.from_id) == (before.to_kind, before.to_id)
            assert (after.to_kind, after.to_id) != (before.to_kind, before.to_id)
        mine = places.get(item.id, [])
        assert len(mine) <= 1
        if holding.holder_kind is HolderKind.STOCK:
            assert item.state is (ItemState.IN_KIT if mine else ItemState.IN_STOCK)
    for made in db.session.scalars(select(Kit).where(Kit.dissolved_at.is_not(None))):
        assert not made.kit_items
    for box in db.session.scalars(select(Box).where(Box.state != BoxState.OPEN)):
        wanted = [w for w in service.wanted_of(box.kit.kit_type) if w.box_no == box.number]
        assert not missing(wanted, [row.item.kind for row in box.kit_items])
