"""The custody ledger: who has an item, since when, by which paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hoffice import clock
from hoffice.db import db
from hoffice.kits import queries
from hoffice.kits.models import CustodyEntry, Holding, Item
from hoffice.kits.rules import Holder, HolderKind, ItemState
from hoffice.units import Actor

STATE_WITH: dict[HolderKind, ItemState] = {
    HolderKind.DESK: ItemState.AT_DESK,
    HolderKind.REPAIR: ItemState.REPAIR,
    HolderKind.EMPLOYEE: ItemState.OUT,
    HolderKind.LOST: ItemState.LOST,
    HolderKind.RETIRED: ItemState.RETIRED,
}
"""What an item's state becomes with its holder; with stock and van it depends on the kit."""

TICK = timedelta(microseconds=1)
"""So much later at least is the next line of an item."""


def hand_to(
    item_ids: Iterable[int],
    to: Holder,
    *,
    by: Actor,
    because: str,
    at: datetime | None = None,
) -> None:
    """Write into the ledger that these items have a new holder, and let the holding say so.

    ``because`` names the paper or deed, such as ``handover:12``. An item that is there already
    gets no line. The items are locked, so that each line begins where the last one ended; within
    an item the moments rise strictly, so that they alone tell the order.
    """
    now = clock.now()
    entries: list[tuple[Item, CustodyEntry]] = []
    for item in queries.locked_items(item_ids):
        present = item.holding
        if present is not None and (present.holder_kind, present.holder_id) == (to.kind, to.id):
            continue
        moment = at or now
        if present is not None and moment <= present.since:
            moment = present.since + TICK
        entry = CustodyEntry(
            item_id=item.id,
            from_kind=present.holder_kind if present else None,
            from_id=present.holder_id if present else None,
            to_kind=to.kind,
            to_id=to.id,
            at=moment,
            recorded_at=now,
            by=str(by),
            because=because,
        )
        db.session.add(entry)
        entries.append((item, entry))
    db.session.flush()
    for item, entry in entries:
        if item.holding is None:
            item.holding = Holding(item_id=item.id)
        item.holding.holder_kind, item.holding.holder_id = to.kind, to.id
        item.holding.since, item.holding.entry_id = entry.at, entry.id
        item.state = state_of(item)
    db.session.flush()


def state_of(item: Item) -> ItemState:
    """What the holder and the kit say about an item's state."""
    in_house = ItemState.IN_KIT if item.kit_item is not None else ItemState.IN_STOCK
    if item.is_to_check:
        in_house = ItemState.TO_CHECK
    return STATE_WITH.get(item.holding.holder_kind, in_house) if item.holding else in_house
