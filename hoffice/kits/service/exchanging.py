"""Swaps for what a person has: a replacement at once, and the old thing back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.files.service import Store
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Item, Kit, KitItem, Reservation, Return, ReturnLine
from hoffice.kits.queries import due_lines, replacements
from hoffice.kits.queries import returning as queries
from hoffice.kits.queries.item_imports import owners_of
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemState, ReturnReason
from hoffice.kits.rules import returning as rules
from hoffice.kits.service import (
    asking_back,
    damages,
    reserving,
    return_closing,
    return_records,
    return_slips,
    returning,
)
from hoffice.kits.service.following import lock_kits_of
from hoffice.kits.service.guards import open_kit
from hoffice.kits.service.ledger import hand_to
from hoffice.units import Actor

NAME_CHARS = 80
ALL_OF_IT = frozenset({ReturnReason.LEAVER, ReturnReason.OFFICE})
"""Returns that ask for all that somebody has."""


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

    An open return that asks for the old one already is the one. Refused for a day that is over.
    """
    asking_back.not_over(due_on)
    holder_id = damages.holder_of(all_queries.item(old_item_id))
    lock_kits_of({holder_id} if holder_id is not None else ())
    kept = reserving.reserve_replacement(old_item_id, tag=tag, by=by)
    line = due_lines.open_lines_of([old_item_id]).get(old_item_id)
    made = (
        line.kit_return
        if line is not None
        else asking_back.begin(
            kept.employee_id, reason, due_on=due_on, note=note, item_ids=[old_item_id], by=by
        )
    )
    return Swap(kept, made)


def exchange(  # noqa: PLR0913  # a swap at the counter has these facts
    old_item_id: int,
    *,
    received_by: str,
    by: Actor,
    store: Store | None = None,
    company: str = "",
    condition: str = "used",
) -> Return:
    """At the counter: hand over the replacement and take back the old device, in one step.

    Where the old one is with the person no longer, as it came back by a scan, the new one alone
    changes hands (:func:`hands_out_only`).

    The new one is in the person's kit from now on, in the old one's place; the old one waits for a
    check. A return that asked for nothing else is closed; its record is made as
    :func:`~.return_closing.close` says. Who leaves or comes back has to give the new one back as
    well.
    """
    kept = replacements.replacement_for(old_item_id)
    if kept is None:
        raise Refused(N_("Choose a replacement first; then it can be handed over."))
    name = received_by.strip()[:NAME_CHARS]
    if not name:
        raise Refused(N_("Write down who took the replacement."))
    if hands_out_only(kept):
        return _hand_out(kept, name, by=by, store=store, company=company)
    line = due_lines.open_lines_of([old_item_id]).get(old_item_id)
    made = queries.kit_return(line.return_id, lock=True) if line is not None else None
    asked = {one.item_id for one in made.lines if one.item_id} if made is not None else set()
    lock_kits_of({kept.employee_id, *owners_of({old_item_id, *asked})})
    all_queries.locked_items({old_item_id, kept.item_id, *asked})
    if made is None:
        made = asking_back.begin(kept.employee_id, ReturnReason.SWAP, item_ids=[old_item_id], by=by)
    new = _into_the_place(kept, old_item_id, by=by)
    back = next(line for line in made.lines if line.item_id == old_item_id)
    _give(made, new, by=by)
    returning.tick(made.id, back.id, condition=condition, by=by)
    _swapped(made, new, old_item_id, name, by=by)
    _close_if_done(made, by=by, store=store, company=company)
    return made


def hands_out_only(kept: Reservation) -> bool:
    """Whether nothing is to be taken back for what is kept: the old device is elsewhere by now."""
    if kept.replaces_id is None:
        return False
    return damages.holder_of(all_queries.item(kept.replaces_id)) != kept.employee_id


def _hand_out(
    kept: Reservation, name: str, *, by: Actor, store: Store | None, company: str
) -> Return:
    """The replacement alone, by the return by which the old device came, closed or not."""
    old_item_id, person_id = kept.replaces_id or 0, kept.employee_id
    line = due_lines.newest_line(old_item_id, person_id)
    if line is None:
        raise Refused(
            N_("No return of %(name)s asks for %(tag)s: keep the replacement no longer."),
            name=kept.employee.name,
            tag=all_queries.item(old_item_id).asset_tag,
        )
    made = queries.kit_return(line.return_id, lock=True)
    kit = lock_kits_of({person_id}).get(person_id)
    all_queries.locked_items({old_item_id, kept.item_id})
    if not hands_out_only(kept):
        raise Refused(N_("This item has just been changed by somebody else. Try once more."))
    new = all_queries.item(kept.item_id)
    _still_free(new)
    reserving.release(kept, by=by)
    if kit is not None and (kit.id == line.kit_id or _is_out(kit)):
        kit.kit_items.append(KitItem(item=new, box=None))
        flush_or(reserving.TAKEN)
        db.session.expire(new, ["kit_item"])
        if kit.id == line.kit_id:
            return_slips.into_box(new, line.box_id)
    _give(made, new, by=by)
    _swapped(made, new, old_item_id, name, by=by)
    if made.closed_at is None:
        _close_if_done(made, by=by, store=store, company=company)
    elif store is not None:
        return_records.write(made.id, store=store, company=company, by=by)
    return made


def _is_out(kit: Kit) -> bool:
    return any(box.state is BoxState.HANDED_OVER for box in kit.boxes)


def _give(made: Return, new: Item, *, by: Actor) -> None:
    person = Holder(HolderKind.EMPLOYEE, made.employee_id)
    hand_to([new.id], person, by=by, because=f"return:{made.id}")


def _swapped(made: Return, new: Item, old_item_id: int, name: str, *, by: Actor) -> None:
    """Note who took it; an open return that asks for all somebody has asks for it as well."""
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
    if made.reason in ALL_OF_IT and made.closed_at is None:
        made.lines.append(ReturnLine(item_id=new.id, expected=1, is_open=True))
        db.session.flush()


def _close_if_done(made: Return, *, by: Actor, store: Store | None, company: str) -> None:
    if not any(rules.waits(line.expected, line.came, line.outcome) for line in made.lines):
        return_closing.close(made.id, by=by, store=store, company=company)


def _into_the_place(kept: Reservation, old_item_id: int, *, by: Actor) -> Item:
    """The replacement in the kit and box of the old one, all locked; it is kept no longer."""
    place = all_queries.item(old_item_id).kit_item
    kit = open_kit(place.kit_id) if place is not None else None
    new = all_queries.item(kept.item_id)
    _still_free(new)
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


def _still_free(new: Item) -> None:
    if new.state is not ItemState.IN_STOCK or new.kit_item is not None:
        raise Refused(N_("%(tag)s is no longer free: choose another one."), tag=new.asset_tag)
