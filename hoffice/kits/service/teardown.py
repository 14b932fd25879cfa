"""Tearing down desks: one person's desk becomes one kit, scan by scan.

A tear-down begins with an empty kit of the person's kit type; what is scanned
(:mod:`hoffice.kits.service.desk_scans`) fills its places one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import Item, ItemModel, Kit, Scan, Teardown
from hoffice.kits.queries import teardown as reading
from hoffice.kits.rules import BoxState, desk
from hoffice.kits.rules.desk import Facts, Place
from hoffice.kits.service import bulk
from hoffice.kits.service.boxes import pack_box
from hoffice.kits.service.guards import CHANGEABLE, open_kit
from hoffice.kits.service.kits import dissolve_kit, lacking_of, make_boxes, missing_of
from hoffice.units import Actor

PUT_IN: Final = frozenset({"in", "new"})
"""What a scan did that laid a device into the kit."""


def subject_of(teardown_id: int) -> str:
    """As what scans and lines of the ledger name a tear-down."""
    return f"teardown:{teardown_id}"


# Beginning and ending


def begin(
    employee_id: int, kit_type_id: int, *, by: Actor, location_id: int | None = None
) -> Teardown:
    """Begin with a person's desk: an empty kit with its boxes, which scans will fill.

    Somebody's desk that was begun already is gone on with. Refused when the person has a kit.
    """
    if employee_id not in queries.names_of([employee_id]):
        raise NotFound(N_("There is no such person."))
    present = queries.kit_of(employee_id)
    if present is not None:
        before = reading.teardown_of_kit(present.id)
        if before is not None and before.done_at is None:
            return before
        raise Refused(N_("This person already has a kit."))
    kit_type = queries.kit_type(kit_type_id)
    if kit_type.retired_at is not None or kit_type.superseded_at is not None:
        raise Refused(N_("This kit type is no longer in use."))
    kit = Kit(employee_id=employee_id, kit_type_id=kit_type_id, created_at=clock.now())
    kit.kit_type = kit_type
    db.session.add(kit)
    flush_or(N_("This person already has a kit."))
    make_boxes(kit)
    made = Teardown(kit_id=kit.id, location_id=location_id, begun_at=clock.now(), begun_by=str(by))
    made.kit = kit
    db.session.add(made)
    db.session.flush()
    record(by, "kits.teardown_begun", made, employee_id=employee_id, kit=kit.id)
    return made


def finish(teardown_id: int, *, by: Actor, as_it_is: bool = False) -> Teardown:
    """Say that the desk is done: bulk goods go in from stock, complete boxes are packed.

    Refused while a device is missing, unless ``as_it_is``. What is short in the store hinders
    nobody at the desk: a box that lacks something stays open.
    """
    found, kit = begun(teardown_id)
    if not kit.kit_items:
        raise Refused(N_("Nothing was scanned at this desk yet."))
    bulk.fill_kit(kit)
    devices = missing_of(kit)
    if devices and not as_it_is:
        raise Refused(
            N_("Still missing at this desk: %(missing)s."), missing=rules.counted(devices)
        )
    for box in kit.boxes:
        waits = box.state in {BoxState.OPEN, BoxState.RETURNED}
        if waits and not lacking_of(kit, box_no=box.number).parts:
            pack_box(box.id, by=by)
    found.done_at = clock.now()
    record(
        by,
        "kits.teardown_done",
        found,
        employee_id=kit.employee_id,
        kit=kit.id,
        missing=sum(devices.values()),
    )
    return found


def go_on(teardown_id: int, *, by: Actor) -> Teardown:
    """Open a finished desk again; refused once a box has left the house."""
    found = reading.teardown(teardown_id, lock=True)
    kit = open_kit(found.kit_id)
    if found.done_at is None:
        raise Refused(N_("This desk is not finished yet."))
    if any(box.state not in CHANGEABLE for box in kit.boxes):
        raise Refused(N_("A box of this kit has left the house; it has to come back first."))
    found.done_at = None
    record(by, "kits.teardown_reopened", found, employee_id=kit.employee_id, kit=kit.id)
    return found


def drop(teardown_id: int, *, by: Actor) -> None:
    """End a desk that was begun by mistake; refused while a device lies in its kit."""
    found, kit = begun(teardown_id)
    if kit.kit_items:
        raise Refused(N_("Take back what was scanned first; then the desk can be dropped."))
    dissolve_kit(kit.id, by=by)
    found.done_at = clock.now()


def begun(teardown_id: int) -> tuple[Teardown, Kit]:
    """The tear-down and its kit, locked; refused when it is finished."""
    found = reading.teardown(teardown_id, lock=True)
    kit = open_kit(found.kit_id)
    if found.done_at is not None:
        raise Refused(N_("This desk is finished. Go on with it if something is to be changed."))
    return found, kit


# The places of a desk


def scans(found: Teardown) -> list[Scan]:
    """The scans of this desk that count, in their order; those taken back are left out."""
    return [one for one in reading.scans_of(subject_of(found.id)) if not one.answer.get("undone")]


def places_of(found: Teardown, *, by: Actor) -> tuple[Place, ...]:
    """What this desk should have and what fills it, with the models of the last desk."""
    kit = found.kit
    order = {one.item_id: index for index, one in enumerate(scans(found)) if one.item_id}
    inside = sorted(kit.kit_items, key=lambda row: (order.get(row.item_id, -1), row.item_id))
    return desk.places(
        [
            (line.count, of_model(line.model) if line.model is not None else Facts(line.kind))
            for line in kit.kit_type.lines
        ],
        like_last(found, by=by),
        [(row.item_id, row.item.kind) for row in inside],
    )


def like_last(found: Teardown, *, by: Actor) -> Sequence[Facts]:
    """The devices of the desk that this account finished last with this kit type.

    In the order of the scans; a kit that was filled otherwise is just as good an example.
    """
    last = reading.last_done(str(by), found.kit.kit_type.series, but=found.id)
    if last is None:
        return ()
    numbers = [one.item_id for one in scans(last) if one.item_id and one.answer["did"] in PUT_IN]
    numbers = numbers or [row.item_id for row in last.kit.kit_items]
    items = reading.items_with(numbers)
    return [of_item(items[number]) for number in numbers]


def of_model(model: ItemModel) -> Facts:
    """What every device of this model has in common."""
    return Facts(
        model.kind,
        model.name,
        model.id,
        model.litres,
        model.weight_g,
        model.is_fragile,
        model.value_cents,
    )


def of_item(item: Item) -> Facts:
    """What a device has in common with its like."""
    return Facts(
        item.kind,
        item.model,
        item.model_id,
        item.litres,
        item.weight_g,
        item.is_fragile,
        item.value_cents,
    )


def write(item: Item, facts: Facts) -> None:
    """An item takes over what it has in common with its like."""
    item.kind, item.model, item.model_id = facts.kind, facts.model, facts.model_id
    item.litres, item.weight_g = facts.litres, facts.weight_g
    item.is_fragile, item.value_cents = facts.is_fragile, facts.value_cents


def is_made_here(item: Item, found: Teardown) -> bool:
    """Whether the device came into the books by this tear-down."""
    return queries.ledger_of_item(item.id)[-1].because == subject_of(found.id)
