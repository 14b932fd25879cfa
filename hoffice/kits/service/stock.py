"""Items that come into the house."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import Item, ItemModel
from hoffice.kits.rules import ItemKind, ItemState, patterns
from hoffice.kits.service.ledger import hand_to
from hoffice.units import Actor

MOST_AT_ONCE = 500
"""So many items are taken in with one deed at most."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What is known of an item beside its tag."""

    kind: ItemKind
    model: str = ""
    serial: str = ""
    condition: str = ""
    litres: int = 0
    weight_g: int = 0
    is_fragile: bool = False
    value_cents: int = 0
    bought_on: date | None = None
    warranty_until: date | None = None
    model_id: int | None = None


def facts_from(
    model: ItemModel, *, serial: str = "", condition: str = "", bought_on: date | None = None
) -> ItemFacts:
    """What an item takes over from its model at this time; refused for another's serial number."""
    check_serial(model, serial)
    return ItemFacts(
        kind=model.kind,
        model=model.name,
        serial=serial.strip(),
        condition=condition,
        litres=model.litres,
        weight_g=model.weight_g,
        is_fragile=model.is_fragile,
        value_cents=model.value_cents,
        bought_on=bought_on,
        warranty_until=rules.warranty_end(bought_on, model.warranty_months),
        model_id=model.id,
    )


def check_serial(model: ItemModel, serial: str) -> None:
    """Refuse a serial number that does not look like those of its model; none at all is fine."""
    text = serial.strip()
    if text and model.serial_pattern and not patterns.fits(model.serial_pattern, text):
        raise Refused(
            N_(
                "%(serial)s does not look like a serial number of %(model)s: those look like "
                "%(pattern)s. Was another number of the device scanned?"
            ),
            serial=text[:80],
            model=model.name,
            pattern=model.serial_pattern,
        )


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
    facts = ItemFacts(
        kind=kind,
        model=model,
        serial=serial,
        condition=condition,
        litres=litres,
        weight_g=weight_g,
        is_fragile=is_fragile,
        value_cents=value_cents,
    )
    return take_in(asset_tag, facts, by=by, at=at)


def take_in(asset_tag: str, facts: ItemFacts, *, by: Actor, at: datetime | None = None) -> Item:
    """Take a new item with these facts into stock, with the first line of its ledger."""
    tag = rules.tag_of(asset_tag)
    if not tag:
        raise Refused(N_("An item needs an asset tag."))
    if rules.is_box_code(tag):
        raise Refused(N_("%(tag)s is the number of a box. Take the tag of the device."), tag=tag)
    if queries.item_by_tag(tag) is not None:
        raise Refused(N_("There is already an item with the tag %(tag)s."), tag=tag)
    location = queries.location_by_code(tag)
    if location is not None:
        raise Refused(
            N_("%(tag)s is the label of %(name)s. Take the tag of the device."),
            tag=tag,
            name=location.name,
        )
    at = at or clock.now()
    made = Item(
        asset_tag=tag,
        kind=facts.kind,
        model=facts.model,
        serial=facts.serial,
        condition=facts.condition,
        state=ItemState.IN_STOCK,
        litres=facts.litres,
        weight_g=facts.weight_g,
        is_fragile=facts.is_fragile,
        value_cents=facts.value_cents,
        bought_on=facts.bought_on,
        warranty_until=facts.warranty_until,
        model_id=facts.model_id,
        created_at=at,
    )
    db.session.add(made)
    flush_or(N_("There is already an item with the tag %(tag)s."), tag=tag)
    hand_to([made.id], rules.STOCK, by=by, because=f"item:{made.id}", at=at)
    record(by, "kits.item_added", made, at=at)
    return made


def take_in_several(
    first_tag: str, count: int, facts: ItemFacts, *, by: Actor, at: datetime | None = None
) -> list[Item]:
    """Take several items with the same facts into stock, their tags counted up from the first.

    Each has a serial number of its own, which is not known yet.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused(N_("Take in between 1 and %(most)s items at once."), most=MOST_AT_ONCE)
    tags = rules.tags_from(rules.tag_of(first_tag), count)
    if not tags:
        raise Refused(
            N_("The tag %(tag)s does not end in a number that could be counted up."),
            tag=first_tag.strip()[:40],
        )
    if count > 1:
        facts = replace(facts, serial="")
    return [take_in(tag, facts, by=by, at=at) for tag in tags]
