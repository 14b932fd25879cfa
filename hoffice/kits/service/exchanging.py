"""Swaps for what a person has: a replacement at once, and the old thing back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.files.service import Store
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Item, KitItem, Reservation, Return
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import Holder, HolderKind, ItemState, ReturnReason
from hoffice.kits.service import reserving, returning
from hoffice.kits.service.guards import open_kit
from hoffice.kits.service.ledger import hand_to
from hoffice.units import Actor

NAME_CHARS = 80


@dataclass(frozen=True, slots=True)
class Swap:
    """What was set in motion: the device that is kept, and the return of the old one."""

    reservation: Reservation
    kit_return: Return


def begin_swap(  # noqa: PLR0913  # a swap has these facts
    old_item_id: int,
    reason: ReturnReason,
    *,
    by: Actor,
    tag: str = "",
    due_on: date | None = None,
    note: str = "",
) -> Swap:
    """Keep a replacement for a device that a person has, and ask for the old one.

    An open return that asks for the old one already is the one.
    """
    kept = reserving.reserve_replacement(old_item_id, tag=tag, by=by)
    line = queries.open_lines_of([old_item_id]).get(old_item_id)
    made = (
        line.kit_return
        if line is not None
        else returning.begin(
            kept.employee_id, reason, due_on=due_on, note=note, item_ids=[old_item_id], by=by
        )
    )
    return Swap(kept, made)


def exchange(  # noqa: PLR0913  # a swap at the counter has these facts
    old_item_id: int,
    *,
    received_by: str,
    by: Actor,
    store: Store,
    company: str,
    condition: str = "used",
) -> Return:
    """At the counter: hand over the replacement and take back the old device, in one step.

    The new one is in the person's kit from now on, in the old one's place; the old one waits for a
    check. A return that asked for nothing else is closed, with its record.
    """
    kept = queries.replacement_for(old_item_id)
    if kept is None:
        raise Refused(N_("Choose a replacement first; then it can be handed over."))
    name = received_by.strip()[:NAME_CHARS]
    if not name:
        raise Refused(N_("Write down who took the replacement."))
    line = queries.open_lines_of([old_item_id]).get(old_item_id)
    made = (
        returning.begin(kept.employee_id, ReturnReason.SWAP, item_ids=[old_item_id], by=by)
        if line is None
        else line.kit_return
    )
    made = queries.kit_return(made.id, lock=True)
    new = _into_the_place(kept, old_item_id, by=by)
    hand_to(
        [new.id],
        Holder(HolderKind.EMPLOYEE, made.employee_id),
        by=by,
        because=f"return:{made.id}",
    )
    back = next(line for line in made.lines if line.item_id == old_item_id)
    returning.tick(made.id, back.id, condition=condition, by=by)
    made.note = " · ".join(part for part in (made.note, f"{new.asset_tag} → {name}") if part)
    record(
        by,
        "kits.exchanged",
        made,
        employee_id=made.employee_id,
        item=new.id,
        replaces=old_item_id,
        personal={"received_by": name},
    )
    if all(line.came >= line.expected for line in made.lines):
        returning.close(made.id, by=by, store=store, company=company)
    return made


def _into_the_place(kept: Reservation, old_item_id: int, *, by: Actor) -> Item:
    """The replacement, locked, in the kit and box of the old one; it is kept no longer."""
    place = all_queries.item(old_item_id).kit_item
    kit = open_kit(place.kit_id) if place is not None else None
    all_queries.locked_items([old_item_id, kept.item_id])
    new = all_queries.item(kept.item_id)
    if new.state is not ItemState.IN_STOCK or new.kit_item is not None:
        raise Refused(N_("%(tag)s is no longer free: choose another one."), tag=new.asset_tag)
    reserving.release(kept, by=by)
    place = all_queries.item(old_item_id).kit_item
    if kit is not None and place is not None:
        box = place.box
        kit.kit_items.append(KitItem(item=new, box=box))
        flush_or(reserving.TAKEN)
        db.session.expire(new, ["kit_item"])
        if box is not None:
            db.session.expire(box, ["kit_items"])
    return new
