"""Passing devices from one person to another: it counts when both have said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hoffice import clock
from hoffice.accounts.links import LinkBook, link_for
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries
from hoffice.kits.models import Item, Kit, Transfer, TransferItem
from hoffice.kits.queries import transfers as reading
from hoffice.kits.queries.item_imports import owners_of
from hoffice.kits.rules import KIND_LABELS, Holder, HolderKind
from hoffice.kits.service.following import (
    end_transfer,
    lock_kits_of,
    log_transfer,
    move_along,
)
from hoffice.kits.service.ledger import hand_to, state_of
from hoffice.notices import service as notices
from hoffice.notices.rules import LinkKind
from hoffice.paper.words import speaks
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.people.rules import holder_of
from hoffice.units import Actor

ENDED = N_("This has ended already: it was done, declined or withdrawn.")
TAKEN = N_("One of these devices is about to pass to somebody else already.")


def propose(  # noqa: PLR0913  # what, from whom, to whom, and why
    item_ids: Iterable[int],
    giver_id: int,
    receiver_id: int,
    *,
    note: str,
    by: Actor,
    book: LinkBook,
) -> Transfer:
    """Ask two people to pass these items from one to the other; both get a mail with their link.

    Refused for nothing, for the same person twice, and for what the giver has not.
    """
    wanted = sorted(set(item_ids))
    if not wanted:
        raise Refused(N_("Choose at least one device."))
    if giver_id == receiver_id:
        raise Refused(N_("These are not two people."))
    giver, receiver = people.employee(giver_id), people.employee(receiver_id)
    items = queries.locked_items(wanted)
    _require_held(items, giver)
    if reading.items_in_transfers(wanted):
        raise Refused(TAKEN)
    made = Transfer(
        from_id=giver_id,
        to_id=receiver_id,
        note=note.strip(),
        proposed_at=clock.now(),
        proposed_by=str(by),
        giver=giver,
        receiver=receiver,
        lines=[TransferItem(item_id=item.id, item=item, is_open=True) for item in items],
    )
    db.session.add(made)
    flush_or(TAKEN)
    log_transfer(made, "proposed", by=by)
    for one in (giver, receiver):
        _write_to(one, made, by=by, book=book)
    return made


def confirm(transfer_id: int, *, employee_id: int, by: Actor) -> Transfer:
    """One of the two says that it was handed over; when both have, the items change hands.

    Said twice, it counts once. Refused when it has ended, or when one of the items has gone
    another way meanwhile. The items are locked before the transfer: who moves one right now ends
    the transfer first, and who comes later finds it free to be ended.
    """
    asked = reading.own_transfer(transfer_id, employee_id=employee_id)
    kits, items = _lock_all_of(asked)
    made = _own_open(transfer_id, employee_id, may_be_said=True)
    is_giver = employee_id == made.from_id
    if (made.given_at if is_giver else made.taken_at) is not None:
        return made
    _require_held(items, made.giver)
    now = clock.now()
    if is_giver:
        made.given_at = now
    else:
        made.taken_at = now
    record(
        by,
        "kits.transfer_given" if is_giver else "kits.transfer_taken",
        made,
        employee_id=employee_id,
        count=len(made.lines),
    )
    if made.given_at is not None and made.taken_at is not None:
        _carry_out(made, kits, by=by)
    db.session.flush()
    return made


def _lock_all_of(made: Transfer) -> tuple[dict[int, Kit], Sequence[Item]]:
    """The kits concerned, by person, and the items: nobody else moves them meanwhile."""
    wanted = [line.item_id for line in made.lines]
    kits = lock_kits_of({made.from_id, made.to_id, *owners_of(wanted)})
    return kits, queries.locked_items(wanted)


def _carry_out(made: Transfer, kits: Mapping[int, Kit], *, by: Actor) -> None:
    """Both have said so: the ledger says it too, and the kits, which are locked, follow."""
    wanted = [line.item_id for line in made.lines]
    end_transfer(made)
    hand_to(wanted, Holder(HolderKind.EMPLOYEE, made.to_id), by=by, because=f"transfer:{made.id}")
    for line in made.lines:
        move_along(line.item, kits.get(made.to_id))
        line.item.state = state_of(line.item)
    log_transfer(made, "done", by=by)


def decline(transfer_id: int, why: str, *, employee_id: int, by: Actor) -> Transfer:
    """One of the two says that it did not happen, and why; IT sees it."""
    why = why.strip()
    if not why:
        raise Refused(N_("Say in a few words why, so that IT knows how to go on."))
    made = _own_open(transfer_id, employee_id)
    made.declined_by, made.reason = str(by), why
    end_transfer(made)
    log_transfer(made, "declined", by=by, reason=why)
    return made


def withdraw(transfer_id: int, *, by: Actor) -> Transfer:
    """Take a proposal back; nothing has changed hands."""
    made = reading.transfer(transfer_id, lock=True)
    if made.ended_at is not None:
        raise Refused(ENDED)
    end_transfer(made)
    log_transfer(made, "withdrawn", by=by)
    return made


def _own_open(transfer_id: int, employee_id: int, *, may_be_said: bool = False) -> Transfer:
    """The transfer, locked; another person's does not exist."""
    reading.own_transfer(transfer_id, employee_id=employee_id)
    made = reading.transfer(transfer_id, lock=True)
    is_said = made.given_at is not None and made.taken_at is not None
    if made.ended_at is not None and not (may_be_said and is_said):
        raise Refused(ENDED)
    return made


def _require_held(items: Iterable[Item], giver: Employee) -> None:
    for item in items:
        held = item.holding
        if held is None or (held.holder_kind, held.holder_id) != (HolderKind.EMPLOYEE, giver.id):
            raise Refused(
                N_("%(tag)s is not with %(name)s; IT looks at the ledger and proposes anew."),
                tag=item.asset_tag,
                name=giver.name,
            )


def _write_to(one: Employee, made: Transfer, *, by: Actor, book: LinkBook) -> None:
    """Ask one of the two by mail, with the own link; nothing when there is no address."""
    if not one.email:
        return
    speak = speaks(one.language)
    is_giver = one.id == made.from_id
    link = link_for(holder_of(one.id), book=book, by=by, employee_id=one.id)
    notices.send(
        "transfer",
        to=one.email,
        language=one.language,
        by=by,
        employee_id=one.id,
        facts={
            "first_name": one.first_name,
            "is_giver": is_giver,
            "other": made.receiver.name if is_giver else made.giver.name,
            "devices": [
                " ".join(filter(None, (speak(KIND_LABELS[item.kind]), item.model, item.asset_tag)))
                for item in (line.item for line in made.lines)
            ],
            "note": made.note,
        },
        link=(LinkKind.PERSONAL, link.id),
    )
