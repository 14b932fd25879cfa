"""What follows the ledger: kits, returns that ask for a device, and transfers that pass it on."""

from __future__ import annotations

from collections.abc import Iterable

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_
from hoffice.kits import queries
from hoffice.kits.models import Item, Kit, KitItem, ReturnLine, Transfer
from hoffice.kits.queries import due_lines, transfers
from hoffice.kits.rules import Holder, HolderKind, ReturnOutcome
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.service.guards import CHANGEABLE, reopen
from hoffice.units import Actor

WENT_ELSEWHERE = N_("One of the devices has gone another way.")
"""Why a transfer ended that nobody ended."""
ASKED_WITH = frozenset({HolderKind.EMPLOYEE, HolderKind.LOST})
"""Who had what a return still asks for."""
NOT_YET_BACK = frozenset({HolderKind.LOST, HolderKind.VAN, HolderKind.PARCEL})
"""Where a device is still asked for: its return says what becomes of it."""
HERE_AGAIN = frozenset({HolderKind.STOCK, HolderKind.DESK, HolderKind.REPAIR})
"""Where a device is that came back."""


def lock_kits_of(employee_ids: Iterable[int]) -> dict[int, Kit]:
    """The present kits of these people, by person; nobody else changes them meanwhile.

    Kits are locked before items, in the order of their numbers: nobody waits crosswise.
    """
    found = sorted(kit.id for kit in queries.kits_of(employee_ids).values())
    kits = [queries.kit(kit_id, lock=True) for kit_id in found]
    return {kit.employee_id: kit for kit in kits if kit.dissolved_at is None}


def move_along(item: Item, to: Kit | None) -> None:
    """Take the item out of its kit and put it into another one, in no box; None: into none.

    Both kits are locked by the caller. A box in the house that loses an item is open again.
    """
    place = item.kit_item
    before = place.kit if place is not None else None
    if place is not None:
        if to is not None and place.kit_id == to.id:
            return
        if place.box is not None and place.box.state in CHANGEABLE:
            reopen(place.box)
        box = place.box
        db.session.delete(place)
        db.session.flush()
        if box is not None:
            db.session.expire(box, ["kit_items"])
    if to is not None:
        db.session.add(KitItem(item_id=item.id, kit_id=to.id, box_id=None))
        db.session.flush()
    for kit in (before, to):
        if kit is not None:
            db.session.expire(kit, ["kit_items"])
    db.session.expire(item, ["kit_item"])


def let_asked_follow(item_ids: Iterable[int], to: Holder, *, by: Actor, because: str = "") -> None:
    """Open lines of returns and transfers say what the ledger says since these items moved.

    What is in the house again came back. What somebody else has, or nobody ever, is no longer due
    from the one who was asked. A transfer ends when its giver has a device of it no longer. The
    items are locked; a line that somebody is working on right now is left to her, so that nobody
    waits crosswise.
    """
    moved = list(item_ids)
    for line in due_lines.lines_asked_for(moved):
        if because != f"return:{line.return_id}":
            follow(line, to, by=by)
    for passing in transfers.open_with_any(moved):
        if (to.kind, to.id) == (HolderKind.EMPLOYEE, passing.from_id):
            continue
        passing.reason = WENT_ELSEWHERE
        end_transfer(passing)
        log_transfer(passing, "withdrawn", by=by)
    db.session.flush()


def follow(line: ReturnLine, to: Holder, *, by: Actor) -> None:
    """Let a line that still waits say what the ledger says of its device, which is locked.

    What needs no check now that it is back is asked for by nobody any more.
    """
    made = line.kit_return
    if line.item is None or to.kind in NOT_YET_BACK:
        return
    if to.kind in HERE_AGAIN:
        line.came, line.came_at = 1, clock.now()
        looks = line.item.condition
        line.condition = looks if returning_rules.is_condition(looks) else "used"
        line.outcome = returning_rules.outcome_of(line.condition)
        line.is_open = line.item.is_to_check
        record(by, "kits.item_returned", made, employee_id=made.employee_id, item=line.item_id)
    elif (to.kind, to.id) != (HolderKind.EMPLOYEE, made.employee_id):
        line.outcome, line.is_open = ReturnOutcome.NOT_DUE, False
        record(by, "kits.return_line_off", made, employee_id=made.employee_id, item=line.item_id)


def let_returned_follow(item: Item, to: Holder, *, by: Actor) -> None:
    """A correction says where a device was that its open return has as back: so does the return.

    What never came is due again, or no longer when somebody else has it. The item is locked.
    """
    line = due_lines.returned_line(item.id)
    if line is None or to.kind in HERE_AGAIN:
        return
    made = line.kit_return
    is_due = to.kind is not HolderKind.EMPLOYEE or to.id == made.employee_id
    line.came, line.came_at, line.condition = 0, None, ""
    line.wipe_method, line.wiped_at, line.wiped_by = None, None, ""
    line.after, line.decided_at, line.decided_by = None, None, ""
    line.is_open = is_due and line.expected > 0
    line.outcome = None if line.is_open else ReturnOutcome.NOT_DUE
    db.session.flush()
    record(by, "kits.return_undone", made, employee_id=made.employee_id, item=item.id)


def end_transfer(made: Transfer) -> None:
    """A transfer is over; its items may pass to somebody else."""
    made.ended_at = clock.now()
    for line in made.lines:
        line.is_open = False
    db.session.flush()


def log_transfer(made: Transfer, verb: str, *, by: Actor, reason: str = "") -> None:
    """One line for each of the two: it stands in the history of both."""
    deed = {
        "proposed": "kits.transfer_proposed",
        "done": "kits.transfer_done",
        "declined": "kits.transfer_declined",
        "withdrawn": "kits.transfer_withdrawn",
    }[verb]
    for employee_id in (made.from_id, made.to_id):
        record(
            by,
            deed,
            made,
            employee_id=employee_id,
            personal={"reason": reason} if reason else None,
            items=[line.item_id for line in made.lines],
        )
