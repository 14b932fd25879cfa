"""What people do with items, kits and boxes: one function per deed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import (
    Box,
    CustodyEntry,
    Holding,
    Item,
    Kit,
    KitItem,
    KitType,
    KitTypeLine,
    Release,
)
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind, ItemState, Wanted
from hoffice.units import Actor

CHANGEABLE = frozenset({BoxState.OPEN, BoxState.PACKED, BoxState.RELEASED, BoxState.RETURNED})
"""Boxes that are in the house, so that their content may still be changed."""

STATE_WITH: dict[HolderKind, ItemState] = {
    HolderKind.EMPLOYEE: ItemState.OUT,
    HolderKind.LOST: ItemState.LOST,
    HolderKind.RETIRED: ItemState.RETIRED,
}
"""What an item's state becomes with its holder; with stock and van it depends on the kit."""


def add_kit_type(name: str, lines: Sequence[Wanted], *, by: Actor) -> KitType:
    """Write a catalogue entry."""
    if not lines:
        raise Refused(N_("A kit type needs at least one line."))
    made = KitType(
        name=name,
        lines=[KitTypeLine(kind=line.kind, count=line.count, box_no=line.box_no) for line in lines],
    )
    db.session.add(made)
    _flush_or(N_("There is already a kit type of this name."))
    record(by, "kits.type_added", made)
    return made


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
    tag = asset_tag.strip()
    if not tag:
        raise Refused(N_("An item needs an asset tag."))
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
    _flush_or(N_("There is already an item with the tag %(tag)s."), tag=tag)
    hand_to([made.id], rules.STOCK, by=by, because=f"item:{made.id}", at=at)
    record(by, "kits.item_added", made, at=at)
    return made


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
    gets no line.
    """
    at = at or clock.now()
    for item_id in item_ids:
        item = queries.item(item_id)
        present = queries.holding_of(item_id)
        if present is not None and (present.holder_kind, present.holder_id) == (to.kind, to.id):
            continue
        entry = CustodyEntry(
            item_id=item_id,
            from_kind=present.holder_kind if present else None,
            from_id=present.holder_id if present else None,
            to_kind=to.kind,
            to_id=to.id,
            at=at,
            by=str(by),
            because=because,
        )
        db.session.add(entry)
        db.session.flush()
        if present is None:
            present = Holding(item_id=item_id)
            db.session.add(present)
        present.holder_kind, present.holder_id = to.kind, to.id
        present.since, present.entry_id = at, entry.id
        in_house = ItemState.IN_KIT if item.kit_item is not None else ItemState.IN_STOCK
        item.state = STATE_WITH.get(to.kind, in_house)
    db.session.flush()


def give_kit(employee_id: int, kit_type_id: int, *, by: Actor, tags: Sequence[str] = ()) -> Kit:
    """Make a kit for a person, with these items, or with free ones from stock for what is lacking.

    Refused when the person has one, when an item is taken, and when stock cannot fill the kit.
    """
    if queries.kit_of(employee_id) is not None:
        raise Refused(N_("This person already has a kit."))
    kit_type = queries.kit_type(kit_type_id)
    items = [_free_item(tag) for tag in tags]
    lacking = rules.missing(wanted_of(kit_type), [item.kind for item in items])
    short: list[str] = []
    for kind, count in lacking.items():
        found = queries.free_items(kind, limit=count)
        items.extend(found)
        if len(found) < count:
            short.append(f"{count - len(found)} × {rules.KIND_LABELS[kind]}")
    if short:
        raise Refused(N_("Not enough in stock: %(short)s."), short=", ".join(short))
    kit = Kit(employee_id=employee_id, kit_type_id=kit_type_id, created_at=clock.now())
    kit.kit_type = kit_type
    db.session.add(kit)
    _flush_or(N_("This person already has a kit."))
    _make_boxes(kit)
    for item in items:
        _put(item, kit)
    _flush_or(N_("One of these items has just been given to somebody else."))
    record(by, "kits.given", kit, employee_id=employee_id, items=[item.id for item in items])
    return kit


def wanted_of(kit_type: KitType) -> tuple[Wanted, ...]:
    """What a kit type asks for, as facts."""
    return tuple(Wanted(line.kind, line.count, line.box_no) for line in kit_type.lines)


def missing_of(kit: Kit, *, box_no: int | None = None) -> dict[ItemKind, int]:
    """What the kit still lacks, or one box of it."""
    wanted = [line for line in wanted_of(kit.kit_type) if box_no is None or line.box_no == box_no]
    present = [
        row.item.kind
        for row in kit.kit_items
        if box_no is None or (row.box is not None and row.box.number == box_no)
    ]
    return dict(rules.missing(wanted, present))


def add_to_kit(kit_id: int, tag: str, *, by: Actor) -> Item:
    """Put one more item, named by its tag, into a kit."""
    kit = queries.kit(kit_id)
    item = _free_item(tag)
    row = _put(item, kit)
    if row.box is not None and row.box.state not in CHANGEABLE:
        raise Refused(N_("This box has already left the house."))
    _flush_or(N_("One of these items has just been given to somebody else."))
    record(by, "kits.item_put_in", kit, employee_id=kit.employee_id, item=item.id)
    return item


def take_out(kit_id: int, item_id: int, *, by: Actor) -> None:
    """Take an item out of a kit and back into stock."""
    kit = queries.kit(kit_id)
    row = next((row for row in kit.kit_items if row.item_id == item_id), None)
    if row is None:
        raise Refused(N_("This item is not in the kit."))
    if row.box is not None:
        if row.box.state not in CHANGEABLE:
            raise Refused(N_("This box has already left the house."))
        _reopen(row.box)
    item = row.item
    kit.kit_items.remove(row)
    db.session.flush()
    db.session.expire(item, ["kit_item"])
    item.state = ItemState.IN_STOCK
    record(by, "kits.item_taken_out", kit, employee_id=kit.employee_id, item=item_id)


def swap_item(kit_id: int, old_item_id: int, new_tag: str, *, by: Actor) -> Item:
    """Take one item out and put another one in its place."""
    take_out(kit_id, old_item_id, by=by)
    return add_to_kit(kit_id, new_tag, by=by)


def pack_box(box_id: int, *, by: Actor) -> Box:
    """Say that a box is packed; refused while something of it is missing."""
    box = queries.box(box_id)
    if box.state not in {BoxState.OPEN, BoxState.RETURNED}:
        raise Refused(N_("Box %(code)s is already packed."), code=box.code)
    lacking = missing_of(box.kit, box_no=box.number)
    if lacking:
        raise Refused(
            N_("Box %(code)s is not complete: %(missing)s missing."),
            code=box.code,
            missing=", ".join(
                f"{count} × {rules.KIND_LABELS[kind]}" for kind, count in lacking.items()
            ),
        )
    box.state, box.packed_at, box.release_id = BoxState.PACKED, clock.now(), None
    record(by, "kits.packed", box, employee_id=box.kit.employee_id, box=box.number)
    return box


def pack_kit(kit_id: int, *, by: Actor) -> Kit:
    """Pack every box of a kit that is still open."""
    kit = queries.kit(kit_id)
    for box in kit.boxes:
        if box.state in {BoxState.OPEN, BoxState.RETURNED}:
            pack_box(box.id, by=by)
    return kit


def unpack_box(box_id: int, *, by: Actor) -> Box:
    """Open a box again; a release it had is void for it."""
    box = queries.box(box_id)
    if box.state not in {BoxState.PACKED, BoxState.RELEASED}:
        raise Refused(N_("Box %(code)s is not a packed box in the house."), code=box.code)
    _reopen(box)
    record(by, "kits.unpacked", box, employee_id=box.kit.employee_id, box=box.number)
    return box


def dissolve_kit(kit_id: int, *, by: Actor) -> None:
    """End a kit: its items go back to stock; refused while a box is out of the house."""
    kit = queries.kit(kit_id)
    if any(box.state not in CHANGEABLE for box in kit.boxes):
        raise Refused(N_("A box of this kit has left the house; it has to come back first."))
    items = [row.item for row in kit.kit_items]
    kit.kit_items.clear()
    for box in kit.boxes:
        _reopen(box)
    kit.dissolved_at = clock.now()
    db.session.flush()
    for item in items:
        db.session.expire(item, ["kit_item"])
        item.state = ItemState.IN_STOCK
    hand_to([item.id for item in items], rules.STOCK, by=by, because=f"kit:{kit.id}")
    record(by, "kits.dissolved", kit, employee_id=kit.employee_id)


def release_boxes(kit_id: int, gates: str, *, by: Actor) -> Release:
    """Write that the boxes of a kit may go; only ``gates`` calls this, after asking.

    ``gates`` is canonical JSON with what was asked and answered.
    """
    kit = queries.kit(kit_id)
    release = Release(kit_id=kit_id, released_at=clock.now(), released_by=str(by), gates=gates)
    db.session.add(release)
    db.session.flush()
    for box in kit.boxes:
        if box.state is BoxState.PACKED:
            box.release_id, box.state = release.id, BoxState.RELEASED
    record(by, "kits.released", kit, employee_id=kit.employee_id, release=release.id)
    return release


def set_box_state(box: Box, state: BoxState, *, by: Actor, at: datetime | None = None) -> None:
    """Move a box on its way; only ``handover`` calls this, and a release is needed."""
    at = at or clock.now()
    leaves = state not in {BoxState.OPEN, BoxState.PACKED, BoxState.RETURNED}
    if leaves and box.release_id is None:
        raise Refused(N_("Box %(code)s is not released."), code=box.code)
    box.state = state
    if state is BoxState.LOADED:
        box.loaded_at = at
    if state is BoxState.HANDED_OVER:
        box.handed_over_at = at
    record(by, f"kits.box_{state}", box, employee_id=box.kit.employee_id, box=box.number, at=at)


def _free_item(tag: str) -> Item:
    item = queries.item_by_tag(tag)
    if item is None:
        raise Refused(N_("There is no item with the tag %(tag)s."), tag=tag.strip()[:40])
    if item.kit_item is not None:
        raise Refused(
            N_("%(tag)s already belongs to the kit of %(name)s."),
            tag=item.asset_tag,
            name=item.kit_item.kit.employee.name,
        )
    if item.state is not ItemState.IN_STOCK:
        raise Refused(
            N_("%(tag)s is not in stock."),
            tag=item.asset_tag,
        )
    return item


def _make_boxes(kit: Kit) -> None:
    for number in sorted({line.box_no for line in kit.kit_type.lines}):
        kit.boxes.append(
            Box(number=number, code=rules.box_code(kit.id, number), state=BoxState.OPEN)
        )
    db.session.flush()


def _put(item: Item, kit: Kit) -> KitItem:
    """Give an item its place: the first box of the type that still lacks its kind."""
    present = Counter(
        (row.box.number, row.item.kind) for row in kit.kit_items if row.box is not None
    )
    box = next(
        (
            box
            for box in kit.boxes
            for line in kit.kit_type.lines
            if line.box_no == box.number
            and line.kind is item.kind
            and present[box.number, item.kind] < line.count
        ),
        kit.boxes[0],
    )
    row = KitItem(item=item, box=box)
    kit.kit_items.append(row)
    item.state = ItemState.IN_KIT
    return row


def _reopen(box: Box) -> None:
    box.state, box.packed_at, box.release_id = BoxState.OPEN, None, None


def _flush_or(reason: str, **facts: object) -> None:
    """Ask the database's constraints now; they are the last word when two people are at it."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Refused(reason, **facts) from None


def pack_again(box: Box, *, by: Actor) -> None:
    """A box that came back unopened is packed again; it needs a fresh release to leave."""
    box.state, box.release_id, box.loaded_at = BoxState.PACKED, None, None
    record(by, "kits.packed_again", box, employee_id=box.kit.employee_id, box=box.number)
