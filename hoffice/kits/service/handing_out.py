"""One more device for somebody who has a kit at home: handed over at the counter, from the store.

What was missing at the door, what was lost, or simply one more; a swap is in :mod:`~.exchanging`.
"""

from __future__ import annotations

from collections.abc import Sequence

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Box, CustodyEntry, Item, Kit, KitItem, Return, ReturnLine
from hoffice.kits.queries import due_lines
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import BoxState, Holder, HolderKind
from hoffice.kits.rules import returning as rules
from hoffice.kits.service import reserving, scanning
from hoffice.kits.service.exchanging import ALL_OF_IT, NAME_CHARS
from hoffice.kits.service.following import move_along
from hoffice.kits.service.guards import open_kit
from hoffice.kits.service.kits import TAKEN, missing_of, require_free
from hoffice.kits.service.ledger import hand_to, state_of
from hoffice.kits.service.meaning import item_meant
from hoffice.units import Actor


def paper_of(kit_id: int) -> str:
    """How the ledger names what was handed out for a kit at the counter."""
    return f"counter:{kit_id}"


def is_at_home(kit: Kit) -> bool:
    """Whether a kit is with its person: then devices come to it over the counter."""
    return kit.dissolved_at is None and any(box.state is BoxState.HANDED_OVER for box in kit.boxes)


def hand_out(kit_id: int, code: str, *, received_by: str, by: Actor) -> Item:
    """Give the scanned device to the person whose kit is at home; it belongs to that kit then.

    It takes the place that is empty in a box handed over, else it lies in no box. A return that
    asks for all she has asks for it as well. Refused for what is not free, and for a kit that is
    in the house: there it is put into its box.
    """
    name = received_by.strip()[:NAME_CHARS]
    if not name:
        raise Refused(N_("Write down who took it."))
    kit, returns = _locked(kit_id)
    if not is_at_home(kit):
        raise Refused(
            N_("The kit of %(name)s is in the house: put the device into its box."),
            name=kit.employee.name,
        )
    item = item_meant(scanning.read(code))
    all_queries.locked_items([item.id])
    require_free(item)
    reserving.none_kept_for_others([item], kit.employee_id, by=by)
    box = _box_lacking(kit, item)
    kit.kit_items.append(KitItem(item=item, box=box))
    flush_or(TAKEN)
    db.session.expire(item, ["kit_item"])
    if box is not None:
        db.session.expire(box, ["kit_items"])
    person = Holder(HolderKind.EMPLOYEE, kit.employee_id)
    hand_to([item.id], person, by=by, because=paper_of(kit.id))
    if returns:
        returns[0].lines.append(ReturnLine(item_id=item.id, expected=1, is_open=True))
    db.session.flush()
    record(
        by,
        "kits.handed_out",
        kit,
        employee_id=kit.employee_id,
        item=item.id,
        personal={"received_by": name},
    )
    return item


def not_handed_out(kit_id: int, item_id: int, *, by: Actor) -> Item:
    """Say on the same day that a device was not handed out after all: it is where it had been.

    One with storage waits for a check there: nobody knows whether it was switched on. Refused when
    it has moved since, and while a return asks for this device by itself.
    """
    kit, returns = _locked(kit_id)
    [item] = all_queries.locked_items([item_id])
    last = slip_of(kit, item)
    if last is None:
        raise Refused(
            N_("%(tag)s was not handed out here today. Begin a return for it."), tag=item.asset_tag
        )
    for one in returns:
        for line in [line for line in one.lines if line.item_id == item.id and line.is_open]:
            one.lines.remove(line)
            db.session.delete(line)
    db.session.flush()
    if due_lines.open_lines_of([item.id]):
        raise Refused(N_("A return asks for %(tag)s: take it back there."), tag=item.asset_tag)
    move_along(item, None)
    item.is_to_check = rules.needs_wipe(item.kind)
    before = Holder(last.from_kind or HolderKind.STOCK, last.from_id or 0)
    hand_to([item.id], before, by=by, because=f"counter_slip:{kit.id}")
    item.state = state_of(item)
    record(by, "kits.not_handed_out", kit, employee_id=kit.employee_id, item=item.id)
    return item


def slip_of(kit: Kit, item: Item) -> CustodyEntry | None:
    """The line by which an item was handed out today, when it has not moved since."""
    last: CustodyEntry = all_queries.ledger_of_item(item.id)[0]
    is_today = last.recorded_at.astimezone(clock.BERLIN).date() == clock.today()
    is_here = item.kit_item is not None and item.kit_item.kit_id == kit.id
    return last if last.because == paper_of(kit.id) and is_today and is_here else None


def _locked(kit_id: int) -> tuple[Kit, Sequence[Return]]:
    """The kit and the open returns that ask its person for all she has; returns come first."""
    employee_id = all_queries.kit(kit_id).employee_id
    asking = [
        queries.kit_return(one.id, lock=True)
        for one in queries.open_returns_of(employee_id)
        if one.reason in ALL_OF_IT
    ]
    return open_kit(kit_id), [one for one in asking if one.closed_at is None]


def _box_lacking(kit: Kit, item: Item) -> Box | None:
    return next(
        (
            box
            for box in kit.boxes
            if box.state is BoxState.HANDED_OVER
            and missing_of(kit, box_no=box.number).get(item.kind)
        ),
        None,
    )
