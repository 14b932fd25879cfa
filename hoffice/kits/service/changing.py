"""Putting right what is known of a device: its serial number, kind, value, warranty and note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries
from hoffice.kits.models import Item
from hoffice.kits.queries import alone, replacements
from hoffice.kits.rules import BoxState
from hoffice.kits.service.damages import holder_of
from hoffice.kits.service.following import lock_kits_of
from hoffice.kits.service.guards import CHANGEABLE, reopen
from hoffice.kits.service.stock import ItemFacts, check_serial
from hoffice.units import Actor

FACTS = (
    *("kind", "model", "serial", "condition", "litres", "weight_g", "is_fragile", "value_cents"),
    *("bought_on", "warranty_until", "model_id"),
)
"""What can be changed beside the note: attributes of the facts and of the item alike."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs: which facts, and how they were, as the log keeps them."""

    names: tuple[str, ...]
    before: tuple[str, ...]
    opened: str = ""
    """The box that was packed and is open again."""
    at_home: bool = False
    """It became another kind while somebody has it at home: signed records say what it was."""


def change_item(item_id: int, facts: ItemFacts, *, note: str = "", by: Actor) -> Changes:
    """Write anew what is known of a device; its tag, its holder and its ledger stay.

    Of a model the kind and the name are always those of the model; whoever asks for others beside
    it is refused, and so are a serial number that another device has and another kind while its
    box is on its way; in the house the box is open again, for what it must hold has changed. At
    somebody's home the box stays handed over, the kit says what it lacks, and what was signed
    stays as it was. Without any change nothing is logged.
    """
    place = queries.item(item_id).kit_item
    owner = place.kit.employee_id if place is not None else None
    kits = lock_kits_of(set() if owner is None else {owner})
    [item] = queries.locked_items([item_id])
    if item.kit_item is not None and item.kit_item.kit.employee_id not in kits:
        raise Refused(N_("This item has just been changed by somebody else. Try once more."))
    wanted = _wanted(item, facts)
    changes = _changes(item, wanted, note.strip())
    if "serial" in changes.names:
        _require_free_serial(item, wanted["serial"])
    if {"serial", "model_id"} & set(changes.names) and wanted["model_id"] is not None:
        check_serial(queries.model(wanted["model_id"]), wanted["serial"])
    if (
        facts.bought_on is not None
        and facts.warranty_until is not None
        and facts.warranty_until < facts.bought_on
    ):
        raise Refused(N_("The warranty cannot end before the day of purchase."))
    if "kind" in changes.names:
        if is_at_home(item):
            _require_no_replacement(item)
            changes = replace(changes, at_home=True)
        else:
            changes = replace(changes, opened=open_its_box(item))
    if not changes.names:
        return changes
    for name, value in wanted.items():
        setattr(item, name, value)
    item.note = note.strip()
    db.session.flush()
    record(
        by,
        "kits.item_changed",
        item,
        employee_id=holder_of(item) if changes.at_home else None,
        changed=list(changes.names),
        before=list(changes.before),
    )
    return changes


def _wanted(item: Item, facts: ItemFacts) -> dict[str, Any]:
    """The facts by their names, trimmed; a model says its kind and name itself."""
    wanted: dict[str, Any] = {name: getattr(facts, name) for name in FACTS}
    wanted["serial"] = facts.serial.strip()
    wanted["model"] = facts.model.strip()
    if facts.model_id is None:
        return wanted
    if facts.model_id == item.model_id:
        says = item.kind, item.model
    else:
        model = queries.model(facts.model_id)
        says = model.kind, model.name
    if facts.kind not in {item.kind, says[0]} or wanted["model"] not in {"", item.model, says[1]}:
        raise Refused(
            N_(
                "A device of the model %(model)s is of its kind and has its name. To change them, "
                "choose another model or none."
            ),
            model=says[1],
        )
    wanted["kind"], wanted["model"] = says
    return wanted


def _changes(item: Item, wanted: dict[str, Any], note: str) -> Changes:
    names = [name for name in FACTS if getattr(item, name) != wanted[name]]
    before = [f"{name}={getattr(item, name)}" for name in names]
    if note != item.note:
        names.append("note")  # free text may name somebody: the log does not keep it
    return Changes(tuple(names), tuple(before))


def _require_free_serial(item: Item, serial: str) -> None:
    alone.hold_serial(serial)
    others = [tag for tag in queries.tags_with_serial(serial) if tag != item.asset_tag]
    if others:
        raise Refused(
            N_("%(serial)s is the serial number of %(tag)s. Two devices cannot have the same one."),
            serial=serial[:80],
            tag=others[0],
        )


def is_at_home(item: Item) -> bool:
    """Whether somebody has the device at home: in a box that was handed over, or in none."""
    box = item.kit_item.box if item.kit_item is not None else None
    is_over = box is None or box.state is BoxState.HANDED_OVER
    return is_over and holder_of(item) is not None


def _require_no_replacement(item: Item) -> None:
    """What is kept to take its place is of the kind that it was."""
    kept = replacements.replacement_for(item.id)
    if kept is not None:
        raise Refused(
            N_("%(new)s is kept to take the place of %(tag)s as what it was. Set it free first."),
            new=kept.item.asset_tag,
            tag=item.asset_tag,
        )


def is_away(item: Item) -> bool:
    """Whether the box that the device lies in has left the house."""
    box = item.kit_item.box if item.kit_item is not None else None
    return box is not None and box.state not in CHANGEABLE


def open_its_box(item: Item) -> str:
    """The box that the device lies in holds something else now; it must be in the house.

    Gives the code of the box when it was packed and is open again.
    """
    box = item.kit_item.box if item.kit_item is not None else None
    if box is None or box.state is BoxState.OPEN:
        return ""
    if is_away(item):
        raise Refused(
            N_(
                "%(tag)s has left the house in box %(code)s as what it is. Its kind can be changed "
                "when it is back."
            ),
            tag=item.asset_tag,
            code=box.code,
        )
    reopen(box)
    return box.code
