"""The catalogue of kit types, and items that come into the house."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import Item, KitType, KitTypeLine
from hoffice.kits.rules import ItemKind, ItemState, Wanted
from hoffice.kits.service.ledger import hand_to
from hoffice.units import Actor

MOST_AT_ONCE = 500
"""So many items are taken in with one deed at most."""


def add_kit_type(name: str, lines: Sequence[Wanted], *, by: Actor) -> KitType:
    """Write a catalogue entry."""
    if not lines:
        raise Refused(N_("A kit type needs at least one line."))
    made = KitType(
        name=name.strip(),
        series=uuid.uuid4().hex,
        lines=[KitTypeLine(kind=line.kind, count=line.count, box_no=line.box_no) for line in lines],
    )
    db.session.add(made)
    flush_or(N_("There is already a kit type of this name."))
    record(by, "kits.type_added", made)
    return made


def retire_kit_type(kit_type_id: int, *, by: Actor) -> KitType:
    """Offer a kit type no more; kits made from it stay what they are."""
    kit_type = queries.kit_type(kit_type_id)
    if kit_type.retired_at is not None:
        raise Refused(N_("This kit type is no longer in use."))
    kit_type.retired_at = clock.now()
    record(by, "kits.type_retired", kit_type)
    return kit_type


def reinstate_kit_type(kit_type_id: int, *, by: Actor) -> KitType:
    """Offer a retired kit type again."""
    kit_type = queries.kit_type(kit_type_id)
    if kit_type.retired_at is None:
        raise Refused(N_("This kit type is in use."))
    kit_type.retired_at = None
    record(by, "kits.type_reinstated", kit_type)
    return kit_type


def add_item(  # noqa: PLR0913  # an item has these facts
    asset_tag: str,
    kind: ItemKind,
    *,
    by: Actor,
    model: str = "",
    serial: str = "",
    condition: str = "",
    litres: int = 0,
    weight_g: int = 0,
    is_fragile: bool = False,
    value_cents: int = 0,
    at: datetime | None = None,
) -> Item:
    """Take a new item into stock, with the first line of its ledger."""
    tag = rules.tag_of(asset_tag)
    if not tag:
        raise Refused(N_("An item needs an asset tag."))
    if rules.is_box_code(tag):
        raise Refused(N_("%(tag)s is the number of a box. Take the tag of the device."), tag=tag)
    if queries.item_by_tag(tag) is not None:
        raise Refused(N_("There is already an item with the tag %(tag)s."), tag=tag)
    at = at or clock.now()
    made = Item(
        asset_tag=tag,
        kind=kind,
        model=model,
        serial=serial,
        condition=condition,
        state=ItemState.IN_STOCK,
        litres=litres,
        weight_g=weight_g,
        is_fragile=is_fragile,
        value_cents=value_cents,
        created_at=at,
    )
    db.session.add(made)
    flush_or(N_("There is already an item with the tag %(tag)s."), tag=tag)
    hand_to([made.id], rules.STOCK, by=by, because=f"item:{made.id}", at=at)
    record(by, "kits.item_added", made, at=at)
    return made


def add_items(  # noqa: PLR0913  # as for one item
    first_tag: str,
    count: int,
    kind: ItemKind,
    *,
    by: Actor,
    model: str = "",
    is_fragile: bool = False,
    litres: int = 0,
    weight_g: int = 0,
    at: datetime | None = None,
) -> list[Item]:
    """Take several like items into stock, their tags counted up from the first one."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused(N_("Take in between 1 and %(most)s items at once."), most=MOST_AT_ONCE)
    tags = rules.tags_from(rules.tag_of(first_tag), count)
    if not tags:
        raise Refused(
            N_("The tag %(tag)s does not end in a number that could be counted up."),
            tag=first_tag.strip()[:40],
        )
    return [
        add_item(
            tag,
            kind,
            by=by,
            model=model,
            is_fragile=is_fragile,
            litres=litres,
            weight_g=weight_g,
            at=at,
        )
        for tag in tags
    ]
