"""Putting right what was scanned at a desk: taking back, another kind, a serial number by hand."""

from __future__ import annotations

from typing import Any

from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries
from hoffice.kits.models import Item, Kit, Scan, Teardown
from hoffice.kits.queries import alone
from hoffice.kits.queries import teardown as reading
from hoffice.kits.rules import Holder, HolderKind, ItemKind, desk
from hoffice.kits.rules.desk import Facts
from hoffice.kits.rules.reading import cleaned
from hoffice.kits.service import reserving
from hoffice.kits.service.kits import TAKEN, put, take_out
from hoffice.kits.service.ledger import hand_to
from hoffice.kits.service.teardown import (
    PUT_IN,
    begun,
    is_made_here,
    of_model,
    places_of,
    scans,
    subject_of,
    write,
)
from hoffice.units import Actor

KEPT = (
    *("serial", "kind", "model", "model_id", "litres", "weight_g", "is_fragile", "value_cents"),
)
"""What of an item a scan may change, and taking it back restores."""


def remembered(item: Item) -> dict[str, Any]:
    """What an item is before a scan changes it."""
    return {name: getattr(item, name) for name in KEPT}


def take_back(teardown_id: int, scan_id: str, *, by: Actor) -> Scan:
    """Undo a scan and what later ones said about the same device.

    A device goes back to where it was: to its desk, into the store; one that was made by this
    desk was a mistake and is retired, for its line in the ledger stays. What was kept for the
    person of this desk is kept again, while the old one is still with her.
    """
    found, kit = begun(teardown_id)
    row = reading.scan(scan_id)
    if row is None or row.subject != subject_of(found.id):
        raise Refused(N_("There is no such scan at this desk."))
    if row.answer.get("undone"):
        raise Refused(N_("This scan was taken back already."))
    later = scans(found)
    later = later[later.index(row) :]
    whole = row.answer["did"] in PUT_IN
    for one in reversed(later):
        if one is row or (whole and one.item_id == row.item_id):
            _revert(found, kit, one, by=by)
    record(by, "kits.scan_undone", found, did=row.answer["did"], item=row.item_id)
    return row


def _revert(found: Teardown, kit: Kit, row: Scan, *, by: Actor) -> None:
    did = row.answer["did"]
    if did in PUT_IN and row.item_id is not None:
        if any(place.item_id == row.item_id for place in kit.kit_items):
            take_out(kit.id, row.item_id, by=by)
            _hand_back(row.item_id, subject_of(found.id), by=by)
            reserving.keep_as_before(row.item_id, row.answer, by=by)
    elif did in {"serial", "model_of"} and row.item_id is not None:
        item = queries.item(row.item_id)
        for name, fact in row.answer["was"].items():
            setattr(item, name, ItemKind(fact) if name == "kind" else fact)
        lay_anew(item, kit)
    elif did == "desk":
        found.location_id = row.answer["was"]
        db.session.flush()
        db.session.expire(found, ["location"])
    row.answer = {**row.answer, "undone": True}
    db.session.flush()


def _hand_back(item_id: int, because: str, *, by: Actor) -> None:
    """Where the device was before this desk's line in the ledger."""
    last = queries.ledger_of_item(item_id)[0]
    if last.because != because:
        return
    before = Holder(HolderKind.RETIRED)
    if last.from_kind is not None:
        before = Holder(last.from_kind, last.from_id or 0)
    hand_to([item_id], before, by=by, because=because)


def lay_anew(item: Item, kit: Kit) -> None:
    """Into the box where it belongs now that it is of another kind."""
    row = item.kit_item
    if row is None or row.kit_id != kit.id:
        return
    box = row.box
    kit.kit_items.remove(row)
    db.session.flush()
    db.session.expire(item, ["kit_item"])
    if box is not None:
        db.session.expire(box, ["kit_items"])
    put(item, kit)
    flush_or(TAKEN)


def change(
    teardown_id: int,
    item_id: int,
    *,
    by: Actor,
    kind: ItemKind | None = None,
    model_id: int | None = None,
) -> Item:
    """Say that a device which this desk has made is of another kind or model."""
    found, kit = begun(teardown_id)
    item = _inside(kit, item_id)
    if not is_made_here(item, found):
        raise Refused(
            N_("%(tag)s was known before. Its page is the place to change what it is."),
            tag=item.asset_tag,
        )
    if model_id is not None:
        facts = of_model(queries.model(model_id))
    else:
        wanted = kind or item.kind
        empty = desk.next_empty(places_of(found, by=by), wanted)
        facts = empty.facts if empty is not None else Facts(wanted)
    write(item, facts)
    lay_anew(item, kit)
    record(by, "kits.item_corrected", item, kind=item.kind.value, because=subject_of(found.id))
    return item


def note_serial(teardown_id: int, item_id: int, serial: str, *, by: Actor) -> Item:
    """Write down a serial number that was typed for one device; an empty one erases it."""
    found, kit = begun(teardown_id)
    item = _inside(kit, item_id)
    serial = cleaned(serial)
    require_free(item, serial)
    item.serial = serial
    record(by, "kits.serial_noted", item, because=subject_of(found.id))
    return item


def require_free(item: Item, serial: str) -> None:
    """No other device has this serial number, nor gets it before this transaction ends."""
    alone.hold_serial(serial)
    owners = [tag for tag in queries.tags_with_serial(serial) if tag != item.asset_tag]
    if owners:
        raise Refused(
            N_("%(serial)s is the serial number of %(owner)s."), serial=serial, owner=owners[0]
        )


def _inside(kit: Kit, item_id: int) -> Item:
    found = next((row.item for row in kit.kit_items if row.item_id == item_id), None)
    if found is None:
        raise Refused(N_("This item is not in the kit."))
    return found
