"""Replacements: kept for one person at once, so that nobody else gets them from stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Counted, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Item, Reservation
from hoffice.kits.queries import due_lines, replacements
from hoffice.kits.rules import KIND_LABELS, HolderKind, ItemState
from hoffice.kits.service import scanning
from hoffice.kits.service.choosing import take_like
from hoffice.kits.service.meaning import item_meant
from hoffice.tasks import service as tasks
from hoffice.tasks.rules import FROM, may_own
from hoffice.units import Actor, ActorKind

TAKEN = N_("This device has just been taken by somebody else. Choose another one.")
REPLACEMENT_GONE: Final = "kits.replacement_gone"
"""The kind of the task to find another replacement; it is about the old device."""


def reserve_replacement(old_item_id: int, *, by: Actor, tag: str = "") -> Reservation:
    """Keep a replacement for what a person has: the device with this tag, or the first free one.

    The same model comes first, then any of the kind. Refused when nobody has the old one, when a
    replacement is kept already, and when nothing is free. Both are locked at once.
    """
    named = item_meant(scanning.read(tag)).id if tag.strip() else None
    first = take_like(old_item_id) if named is None else ()
    all_queries.locked_items({old_item_id} if named is None else {old_item_id, named})
    old = all_queries.item(old_item_id)
    held = old.holding
    if held is None or held.holder_kind is not HolderKind.EMPLOYEE:
        raise Refused(N_("Nobody has %(tag)s: there is nothing to replace."), tag=old.asset_tag)
    known = replacements.replacement_for(old.id)
    if known is not None:
        raise Refused(
            N_("%(new)s is kept already to replace %(old)s."),
            new=known.item.asset_tag,
            old=old.asset_tag,
        )
    new = _first_free(first, old) if named is None else _free(named, old)
    made = Reservation(
        item_id=new.id,
        employee_id=held.holder_id,
        replaces_id=old.id,
        at=clock.now(),
        by=str(by),
    )
    db.session.add(made)
    flush_or(TAKEN)
    db.session.expire(new, ["reservation"])
    tasks.finish_about(
        REPLACEMENT_GONE, f"item:{old.id}", N_("Another replacement is kept."), by=by
    )
    record(
        by,
        "kits.reserved",
        f"item:{new.id}",
        employee_id=held.holder_id,
        item=new.id,
        replaces=old.id,
    )
    return made


def cancel(item_id: int, *, by: Actor) -> None:
    """Give a kept device back to everybody."""
    found = replacements.reservation_of(item_id)
    if found is None:
        raise Refused(N_("This device is kept for nobody."))
    release(found, by=by)


def release(found: Reservation, *, by: Actor) -> None:
    """End a reservation: it was used, given up, or the device is no longer fit."""
    item = found.item
    record(
        by, "kits.unreserved", f"item:{found.item_id}", employee_id=found.employee_id, item=item.id
    )
    db.session.delete(found)
    db.session.flush()
    db.session.expire(item, ["reservation"])


def let_go(item: Item, *, anyway: bool, by: Actor) -> None:
    """Nobody is kept waiting for a device that is lost, retired or in repair.

    Refused with the name of who waits for it, unless it goes ``anyway``; then somebody has to find
    another one, and a task says so.
    """
    found = replacements.reservation_of(item.id)
    if found is None:
        return
    if not anyway:
        raise Refused(
            N_("%(tag)s is kept for %(name)s. Say that it goes all the same."),
            tag=item.asset_tag,
            name=found.employee.name,
        )
    release(found, by=by)
    _ask_for_another(found, item, by=by)


def _ask_for_another(gone: Reservation, item: Item, *, by: Actor) -> None:
    """A task for who had kept the device, or else for who took it away."""
    if gone.replaces_id is None:
        return
    old = all_queries.item(gone.replaces_id)
    facts: dict[str, str | int] = {
        "name": gone.employee.name,
        "new": item.asset_tag,
        "old": old.asset_tag,
    }
    line = due_lines.newest_line(old.id, gone.employee_id)
    if line is not None:
        facts[FROM] = f"kit_return:{line.return_id}"
    owner_id = next(filter(None, map(_may_own, (Actor.read(gone.by), by))), None)
    if owner_id is not None:
        tasks.create(
            REPLACEMENT_GONE,
            f"item:{old.id}",
            N_("%(name)s waits for another replacement of %(old)s: %(new)s is gone"),
            facts,
            owner_id=owner_id,
            due_on=clock.today(),
            by=by,
        )


def _may_own(who: Actor) -> int | None:
    account = accounts.account_or_none(who.id) if who.kind is ActorKind.STAFF else None
    return account.id if account is not None and may_own(account.roles) else None


def none_kept_for_others(items: Iterable[Item], employee_id: int, *, by: Actor) -> None:
    """Items that go into somebody's kit are kept for nobody else; kept for her, they have arrived.

    Asked once the items are written, and so locked: what somebody reserved meanwhile is seen.
    """
    for kept in replacements.reserved(item.id for item in items).values():
        if kept.employee_id != employee_id:
            raise Refused(
                N_("%(tag)s is kept for %(name)s."),
                tag=kept.item.asset_tag,
                name=kept.employee.name,
            )
        release(kept, by=by)


KEPT: Final = ("employee_id", "replaces_id", "at", "by")


def remembered(item: Item) -> dict[str, Any]:
    """For whom a device is kept, as an answer to a scan can hold it; empty where for nobody."""
    found = replacements.reservation_of(item.id)
    if found is None:
        return {}
    return {"kept": {name: getattr(found, name) for name in KEPT} | {"at": found.at.isoformat()}}


def keep_as_before(item_id: int, answer: Mapping[str, Any], *, by: Actor) -> None:
    """Keep a device once more for whom it was kept until a scan that is taken back.

    Not when she has the old one no longer, or when another one or somebody else was faster.
    """
    kept = answer.get("kept")
    if kept is None or replacements.reservation_of(item_id) is not None:
        return
    old_id = kept["replaces_id"]
    if old_id is not None:
        [old] = all_queries.locked_items([old_id])
        held = old.holding
        is_hers = held is not None and (held.holder_kind, held.holder_id) == (
            HolderKind.EMPLOYEE,
            kept["employee_id"],
        )
        if not is_hers or replacements.replacement_for(old_id) is not None:
            return
    db.session.add(
        Reservation(item_id=item_id, **{**kept, "at": datetime.fromisoformat(kept["at"])})
    )
    flush_or(TAKEN)
    db.session.expire(all_queries.item(item_id), ["reservation"])
    record(
        by,
        "kits.reserved",
        f"item:{item_id}",
        employee_id=kept["employee_id"],
        item=item_id,
        replaces=old_id,
    )


def _first_free(found: Sequence[Item], old: Item) -> Item:
    if not found:
        raise Refused(
            N_("None of these is free in stock: %(kind)s."),
            kind=Counted(((1, KIND_LABELS[old.kind]),)),
        )
    return found[0]


def _free(item_id: int, old: Item) -> Item:
    """The device that was named, when it may take the old one's place; both are locked."""
    new = all_queries.item(item_id)
    if new.kind is not old.kind:
        raise Refused(
            N_("%(new)s is of another kind than %(old)s."),
            new=new.asset_tag,
            old=old.asset_tag,
        )
    if new.kit_item is not None:
        raise Refused(
            N_("%(tag)s already belongs to the kit of %(name)s."),
            tag=new.asset_tag,
            name=new.kit_item.kit.employee.name,
        )
    if new.state is not ItemState.IN_STOCK:
        raise Refused(N_("%(tag)s is not in stock."), tag=new.asset_tag)
    kept = replacements.reserved([new.id]).get(new.id)
    if kept is not None:
        raise Refused(
            N_("%(tag)s is kept for %(name)s."), tag=new.asset_tag, name=kept.employee.name
        )
    return new
