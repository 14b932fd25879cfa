"""Slips in a return: what was taken back by mistake is out again, as if nobody had said so.

The ledger forgets nothing: the way back is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries
from hoffice.kits.models import CustodyEntry, Item, Kit, Return, ReturnLine
from hoffice.kits.queries import damage_cases, transfers
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemState, ReturnOutcome
from hoffice.kits.service import damages, returning
from hoffice.kits.service.following import WENT_ELSEWHERE, log_transfer, move_along
from hoffice.kits.service.ledger import hand_to, state_of
from hoffice.units import Actor


def not_back(return_id: int, line_id: int, *, by: Actor) -> None:
    """Say that a device which was taken back is not here: who had it has it, in kit and box.

    It is due again; what nobody had expected leaves the list. Refused once the return is closed,
    once somebody has checked the device, and for what came another way than by this return. Was it
    lost until then, it is lost again, and its case waits for a decision as before; was it about to
    be passed on, it is so again, where the other devices of that transfer are still with her.
    """
    made = returning.open_return(return_id)
    line = returning.line_in(made, line_id)
    if line.item_id is None or not line.came:
        raise Refused(N_("Only a device that is back can be out again."))
    kit = queries.kit(line.kit_id, lock=True) if line.kit_id is not None else None
    passing = transfers.newest_with(line.item_id)
    passed = [one.item_id for one in passing.lines] if passing is not None else []
    items = queries.locked_items({line.item_id, *passed})
    item = next(one for one in items if one.id == line.item_id)
    before, since = _before(made, line, item)
    item.is_to_check, item.condition = False, line.looked
    if kit is not None and kit.dissolved_at is None and before == _owner(kit):
        move_along(item, kit)
        into_box(item, line.box_id)
    hand_to([item.id], before, by=by, because=f"slip:{made.id}")
    item.state = state_of(item)
    if before.kind is HolderKind.LOST and damage_cases.cases_of(item.id):
        damages.lost_after_all(item, by=by, note="")
    _is_due_again(made, line, before)
    db.session.flush()
    if passing is not None:
        _pass_on_again(passing.id, items, since=since, by=by)
    record(by, "kits.return_undone", made, employee_id=made.employee_id, item=item.id)


def _owner(kit: Kit) -> Holder:
    return Holder(HolderKind.EMPLOYEE, kit.employee_id)


def _before(made: Return, line: ReturnLine, item: Item) -> tuple[Holder, datetime]:
    """Who had the device until this return took it back, and when that was written."""
    if line.wiped_at is not None or item.state is not ItemState.TO_CHECK:
        raise Refused(
            N_("%(tag)s was looked at since: it is here. Put the ledger right on its page."),
            tag=item.asset_tag,
        )
    last: CustodyEntry = queries.ledger_of_item(item.id)[0]
    if last.because != f"return:{made.id}" or last.from_kind is None:
        raise Refused(
            N_("%(tag)s did not come by this return. Put the ledger right on its page."),
            tag=item.asset_tag,
        )
    return Holder(last.from_kind, last.from_id or 0), last.recorded_at


def _pass_on_again(transfer_id: int, items: Iterable[Item], *, since: datetime, by: Actor) -> None:
    """Let a transfer that ended by the slip wait again, with what both have said until then.

    The items are locked, and only then the transfer, as whoever confirms it does.
    """
    passing = transfers.transfer(transfer_id, lock=True)
    if passing.ended_at is None or passing.ended_at < since or passing.reason != WENT_ELSEWHERE:
        return
    giver, concerned = (HolderKind.EMPLOYEE, passing.from_id), [i.item_id for i in passing.lines]
    held = [item.holding for item in items if item.id in concerned]
    if any(one is None or (one.holder_kind, one.holder_id) != giver for one in held):
        return
    if transfers.items_in_transfers(concerned):
        return
    passing.ended_at, passing.reason = None, ""
    for line in passing.lines:
        line.is_open = True
    db.session.flush()
    log_transfer(passing, "proposed", by=by)


def into_box(item: Item, box_id: int | None) -> None:
    """Into the box in which it was handed over; one that came back empty is out with it."""
    box = queries.box(box_id) if box_id is not None else None
    if box is None or item.kit_item is None:
        return
    if box.state is BoxState.RETURNED and box.release_id is not None:
        box.state = BoxState.HANDED_OVER
    if box.state is BoxState.HANDED_OVER:
        item.kit_item.box = box
        db.session.flush()
        db.session.expire(box, ["kit_items"])


def _is_due_again(made: Return, line: ReturnLine, holder: Holder) -> None:
    """What she has is asked for once more; what somebody else has is none of this return."""
    line.came, line.came_at, line.outcome = 0, None, None
    line.condition, line.kit_id, line.box_id = "", None, None
    if not line.expected:
        made.lines.remove(line)
        db.session.delete(line)
    elif holder.kind is HolderKind.EMPLOYEE and holder.id != made.employee_id:
        line.outcome, line.is_open = ReturnOutcome.NOT_DUE, False
