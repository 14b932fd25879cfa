"""What several deeds on kits and boxes ask first."""

from __future__ import annotations

from hoffice.errors import N_, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import Box, Item, Kit
from hoffice.kits.rules import BoxState, HolderKind
from hoffice.kits.rules.reading import What
from hoffice.kits.service import scanning

CHANGEABLE = frozenset({BoxState.OPEN, BoxState.PACKED, BoxState.RELEASED, BoxState.RETURNED})
"""Boxes that are in the house, so that their content may still be changed."""
OUTSIDE = frozenset({HolderKind.EMPLOYEE, HolderKind.VAN, HolderKind.PARCEL})
"""Who has what is out of the house, and has to come back."""


def is_out(box: Box) -> bool:
    """Whether something of a box has to come back; one handed over that is empty has not.

    What was missing at the counter never left the store, though its box was handed over.
    """
    if box.state is not BoxState.HANDED_OVER:
        return box.state not in CHANGEABLE
    held = [row.item.holding for row in box.kit_items]
    if any(one.holder_kind in OUTSIDE for one in held if one is not None):
        return True
    return any(row.holder_kind in OUTSIDE for row in box.goods)


def open_kit(kit_id: int) -> Kit:
    """The kit, locked for a change; refused when it has ended."""
    kit = queries.kit(kit_id, lock=True)
    if kit.dissolved_at is not None:
        raise Refused(N_("This kit was dissolved."))
    return kit


def reopen(box: Box) -> None:
    """Say that the content of a box is not settled any more; a release it had is void."""
    box.state, box.packed_at, box.release_id = BoxState.OPEN, None, None


def tagged(tag: str) -> Item:
    """The device with this tag, or a sentence that says what was scanned instead.

    What a scanner typed as if for another keyboard is read as it was meant.
    """
    item = queries.item_by_tag(tag)
    if item is not None:
        return item
    meant = scanning.read(tag)
    if meant.what is not What.ITEM or meant.id is None:
        raise unknown_tag(meant.text if meant.is_put_right else tag)
    return queries.item(meant.id)


def unknown_tag(text: str) -> Refused:
    """Why no device has this tag: a sentence that says what was scanned instead."""
    tag = rules.tag_of(text)[:40]
    if not tag:
        return Refused(N_("Scan or type the tag of a device."))
    if rules.is_box_code(tag):
        return Refused(N_("%(tag)s is the number of a box. Take the tag of the device."), tag=tag)
    owners = queries.tags_with_serial(tag)
    if len(owners) == 1:
        return Refused(
            N_("%(serial)s is the serial number of %(tag)s. Scan the tag instead."),
            serial=tag,
            tag=owners[0],
        )
    location = queries.location_by_code(tag)
    if location is not None:
        return Refused(
            N_("%(tag)s is the label of %(name)s. Take the tag of the device."),
            tag=tag,
            name=location.name,
        )
    return Refused(N_("There is no item with the tag %(tag)s."), tag=tag)
