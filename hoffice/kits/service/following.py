"""How kits follow the ledger: what passes to somebody else leaves one kit and joins another."""

from __future__ import annotations

from collections.abc import Iterable

from hoffice.db import db
from hoffice.kits import queries
from hoffice.kits.models import Item, Kit, KitItem
from hoffice.kits.service.guards import CHANGEABLE, reopen


def lock_kits_of(employee_ids: Iterable[int]) -> dict[int, Kit]:
    """The present kits of these people, by person; nobody else changes them meanwhile.

    Kits are locked before items, in the order of their numbers: nobody waits crosswise.
    """
    found = sorted(kit.id for kit in queries.kits_of(employee_ids).values())
    kits = [queries.kit(kit_id, lock=True) for kit_id in found]
    return {kit.employee_id: kit for kit in kits if kit.dissolved_at is None}


def move_along(item: Item, to: Kit | None) -> None:
    """Take the item out of its kit and put it into another one, in no box; None: into none.

    Both kits are locked by the caller. A box in the house that loses an item is open again.
    """
    place = item.kit_item
    before = place.kit if place is not None else None
    if place is not None:
        if to is not None and place.kit_id == to.id:
            return
        if place.box is not None and place.box.state in CHANGEABLE:
            reopen(place.box)
        box = place.box
        db.session.delete(place)
        db.session.flush()
        if box is not None:
            db.session.expire(box, ["kit_items"])
    if to is not None:
        db.session.add(KitItem(item_id=item.id, kit_id=to.id, box_id=None))
        db.session.flush()
    for kit in (before, to):
        if kit is not None:
            db.session.expire(kit, ["kit_items"])
    db.session.expire(item, ["kit_item"])
