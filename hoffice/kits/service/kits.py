"""Giving kits, and changing what is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Counted, NotFound, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import Box, Item, Kit, KitItem, KitType
from hoffice.kits.rules import BoxState, ItemKind, ItemState, Wanted
from hoffice.kits.service import bulk, reserving
from hoffice.kits.service.choosing import take_free
from hoffice.kits.service.guards import CHANGEABLE, is_out, open_kit, reopen, tagged
from hoffice.kits.service.ledger import hand_to, state_of
from hoffice.units import Actor

TAKEN = N_("One of these items has just been given to somebody else.")
STAYS = frozenset({ItemState.LOST, ItemState.RETIRED, ItemState.OUT})
"""Devices in these states do not come into the store because their kit ends."""


def give_kit(employee_id: int, kit_type_id: int, *, by: Actor, tags: Sequence[str] = ()) -> Kit:
    """Make a kit for a person, with these items, or with free ones from stock for what is lacking.

    Refused when the person has one, when an item is taken, and when stock cannot fill the kit.
    Bulk goods are laid in as many as there are; what lacks can be filled up later.
    """
    if employee_id not in queries.names_of([employee_id]):
        raise NotFound(N_("There is no such person."))
    if queries.kit_of(employee_id) is not None:
        raise Refused(N_("This person already has a kit."))
    kit_type = queries.kit_type(kit_type_id)
    if kit_type.retired_at is not None or kit_type.superseded_at is not None:
        raise Refused(N_("This kit type is no longer in use."))
    named = [tagged(tag) for tag in dict.fromkeys(map(rules.tag_of, tags))]
    lacking = _missing_beside(kit_type, named)
    found = take_free(lacking, beside=[item.id for item in named])
    for item in named:
        require_free(item)
    if _missing_beside(kit_type, named) != lacking:
        raise Refused(TAKEN)  # somebody has put right meanwhile what it is
    short = {
        kind: count - len(found[kind])
        for kind, count in lacking.items()
        if count > len(found[kind])
    }
    if short:
        raise Refused(N_("Not enough in stock: %(short)s."), short=rules.counted(short))
    items = [*named, *(item for kind in sorted(found) for item in found[kind])]
    kit = Kit(employee_id=employee_id, kit_type_id=kit_type_id, created_at=clock.now())
    kit.kit_type = kit_type
    db.session.add(kit)
    flush_or(N_("This person already has a kit."))
    make_boxes(kit)
    for item in items:
        put(item, kit)
    flush_or(TAKEN)
    reserving.none_kept_for_others(items, employee_id, by=by)
    bulk.fill_kit(kit)
    record(by, "kits.given", kit, employee_id=employee_id, items=[item.id for item in items])
    return kit


@dataclass(frozen=True, slots=True)
class GivenKits:
    """What became of giving kits to several people."""

    kits: tuple[Kit, ...]
    refused: tuple[tuple[int, Refused], ...]
    """Who got none (the employee's id), and why."""


def give_kits(employee_ids: Iterable[int], kit_type_id: int, *, by: Actor) -> GivenKits:
    """Give each of these people a kit of this type; one who gets none does not hinder the others.

    People are served in the order of their ids, and the devices for all of them are locked first:
    so two such deeds never block each other.
    """
    kits: list[Kit] = []
    refused: list[tuple[int, Refused]] = []
    people = sorted(set(employee_ids))
    each = _missing_beside(queries.kit_type(kit_type_id), ())
    take_free({kind: count * len(people) for kind, count in each.items()})
    for employee_id in people:
        try:
            with db.session.begin_nested():
                kits.append(give_kit(employee_id, kit_type_id, by=by))
        except Refused as refusal:
            refused.append((employee_id, refusal))
    return GivenKits(tuple(kits), tuple(refused))


def wanted_of(kit_type: KitType) -> tuple[Wanted, ...]:
    """What a kit type asks for, as facts."""
    return tuple(
        Wanted(line.kind, line.count, line.box_no, line.model_id) for line in kit_type.lines
    )


def missing_of(kit: Kit, *, box_no: int | None = None) -> dict[ItemKind, int]:
    """What the kit still lacks, or one box of it."""
    wanted = [line for line in wanted_of(kit.kit_type) if box_no is None or line.box_no == box_no]
    present = [
        row.item.kind
        for row in kit.kit_items
        if row.item.state not in rules.GONE
        and (box_no is None or (row.box is not None and row.box.number == box_no))
    ]
    return dict(rules.missing(wanted, present))


def lacking_of(kit: Kit, *, box_no: int | None = None) -> Counted:
    """What the kit, or one box of it, still lacks: devices and bulk goods, ready to be said."""
    devices = rules.counted(missing_of(kit, box_no=box_no))
    goods = bulk.missing_goods(kit, box_no=box_no)
    return Counted(devices.parts + tuple((count, name) for name, count in goods.items()))


def add_to_kit(kit_id: int, tag: str, *, by: Actor) -> Item:
    """Put one more item, named by its tag, into a kit; its box is open again then."""
    kit = open_kit(kit_id)
    [item] = _free_items([tag])
    row = put(item, kit)
    flush_or(TAKEN)
    reserving.none_kept_for_others([item], kit.employee_id, by=by)
    record(
        by,
        "kits.item_put_in",
        kit,
        employee_id=kit.employee_id,
        item=item.id,
        box=row.box.number if row.box is not None else None,
    )
    return item


def fill_with_devices(kit_id: int, *, by: Actor) -> list[Item]:
    """Put free devices from stock into the boxes in the house that lack them, as many as there are.

    Refused when none of what the kit lacks is free.
    """
    kit = open_kit(kit_id)
    lacking = missing_of(kit)
    boxes = {
        kind: [
            box
            for box in kit.boxes
            if box.state in CHANGEABLE
            for _place in range(missing_of(kit, box_no=box.number).get(kind, 0))
        ][:count]
        for kind, count in lacking.items()
    }
    found = take_free({kind: len(places) for kind, places in boxes.items()})
    put_in = [
        (item, box)
        for kind in sorted(found)
        for item, box in zip(found[kind], boxes[kind], strict=False)
    ]
    if not put_in:
        raise Refused(N_("No device that this kit lacks lies free in stock."))
    for item, box in put_in:
        put(item, kit, into=box)
    flush_or(TAKEN)
    for item, box in put_in:
        record(
            by,
            "kits.item_put_in",
            kit,
            employee_id=kit.employee_id,
            item=item.id,
            box=box.number,
        )
    return [item for item, _box in put_in]


def take_out(kit_id: int, item_id: int, *, by: Actor) -> Item:
    """Take an item out of a kit and back into stock; its box is open again then."""
    kit = open_kit(kit_id)
    row = _row_of(kit, item_id)
    item, box = row.item, row.box
    if box is not None:
        reopen(box)
    kit.kit_items.remove(row)
    db.session.flush()
    db.session.expire(item, ["kit_item"])
    if box is not None:
        db.session.expire(box, ["kit_items"])
    item.state = state_of(item)
    record(by, "kits.item_taken_out", kit, employee_id=kit.employee_id, item=item_id)
    return item


def _row_of(kit: Kit, item_id: int) -> KitItem:
    """The item's place in the kit, while its box is in the house."""
    row = next((row for row in kit.kit_items if row.item_id == item_id), None)
    if row is None:
        raise Refused(N_("This item is not in the kit."))
    if row.box is not None and row.box.state not in CHANGEABLE:
        raise Refused(N_("This box has already left the house."))
    return row


def swap_item(kit_id: int, old_item_id: int, new_tag: str, *, by: Actor) -> Item:
    """Take one item out and put another one in its place, into the same box."""
    kit = open_kit(kit_id)
    box = _row_of(kit, old_item_id).box
    [new] = _free_items([new_tag])
    take_out(kit_id, old_item_id, by=by)
    put(new, kit, into=box)
    flush_or(TAKEN)
    reserving.none_kept_for_others([new], kit.employee_id, by=by)
    record(
        by,
        "kits.item_put_in",
        kit,
        employee_id=kit.employee_id,
        item=new.id,
        box=box.number if box is not None else None,
    )
    return new


def dissolve_kit(kit_id: int, *, by: Actor) -> None:
    """End a kit: its items and goods go back to stock; refused while something of a box is out.

    What is lost or retired stays so, and what somebody has in no box of the kit stays with her.
    """
    kit = open_kit(kit_id)
    if any(is_out(box) for box in kit.boxes):
        raise Refused(N_("A box of this kit has left the house; it has to come back first."))
    items = [row.item for row in kit.kit_items]
    kit.kit_items.clear()
    bulk.let_go_of_kit(kit)
    for box in kit.boxes:
        reopen(box)
    kit.dissolved_at = clock.now()
    db.session.flush()
    for box in kit.boxes:
        db.session.expire(box, ["kit_items"])
    for item in items:
        db.session.expire(item, ["kit_item"])
        item.state = state_of(item)
    back = [item.id for item in items if item.state not in STAYS]
    hand_to(back, rules.STOCK, by=by, because=f"kit:{kit.id}")
    record(by, "kits.dissolved", kit, employee_id=kit.employee_id)


def _free_items(tags: Iterable[str]) -> list[Item]:
    """The items with these tags, locked, when they may go into a kit; else a sentence that helps.

    What somebody has just sent to repair, or laid into another kit, is seen.
    """
    found = [tagged(tag) for tag in tags]
    queries.locked_items(item.id for item in found)
    for item in found:
        require_free(item)
    return found


def require_free(item: Item) -> None:
    """The locked item may go into a kit."""
    if item.kit_item is not None:
        raise Refused(
            N_("%(tag)s already belongs to the kit of %(name)s."),
            tag=item.asset_tag,
            name=item.kit_item.kit.employee.name,
        )
    if item.state is not ItemState.IN_STOCK:
        raise Refused(N_("%(tag)s is not in stock."), tag=item.asset_tag)


def _missing_beside(kit_type: KitType, items: Iterable[Item]) -> dict[ItemKind, int]:
    """What a kit of this type lacks beside these items."""
    return dict(rules.missing(wanted_of(kit_type), [item.kind for item in items]))


def make_boxes(kit: Kit) -> None:
    """Give a kit the boxes that its type asks for and that it does not have yet."""
    asked = {line.box_no for line in kit.kit_type.lines}
    asked |= {row.box_no for row in kit.kit_type.goods}
    for number in sorted(asked - {box.number for box in kit.boxes}):
        kit.boxes.append(
            Box(number=number, code=rules.box_code(kit.id, number), state=BoxState.OPEN)
        )
    db.session.flush()


def put(item: Item, kit: Kit, *, into: Box | None = None) -> KitItem:
    """Give an item its place and open its box again.

    The place is the box asked for, else the first one in the house that lacks this kind by the
    type, else the first one in the house.
    """
    present = Counter(
        (row.box.number, row.item.kind) for row in kit.kit_items if row.box is not None
    )
    in_house = [box for box in kit.boxes if box.state in CHANGEABLE]
    if not in_house:
        raise Refused(N_("All boxes of this kit have left the house."))
    box = into or next(
        (
            box
            for box in in_house
            for line in kit.kit_type.lines
            if line.box_no == box.number
            and line.kind is item.kind
            and present[box.number, item.kind] < line.count
        ),
        in_house[0],
    )
    if box.state is not BoxState.OPEN:
        reopen(box)
    row = KitItem(item=item, box=box)
    kit.kit_items.append(row)
    item.state = ItemState.IN_KIT
    return row
