"""Returns: what a person has to give back, thing by thing, until all of it has an end.

What is expected is what the ledger says that the person has. What comes back waits for a check
(:mod:`hoffice.kits.service.fate`); what did not come is a loss and asks who bears it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Return, ReturnLine
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import due_lines, things_due
from hoffice.kits.queries import returning as queries
from hoffice.kits.queries.item_imports import owners_of
from hoffice.kits.rules import (
    STOCK,
    BoxState,
    DamageKind,
    Holder,
    HolderKind,
    ReturnOutcome,
    ReturnReason,
)
from hoffice.kits.rules import returning as rules
from hoffice.kits.rules.reading import Reading
from hoffice.kits.service import bulk, damages, fate, return_lines, return_records, scanning
from hoffice.kits.service.boxes import set_box_state
from hoffice.kits.service.following import ASKED_WITH, follow, lock_kits_of
from hoffice.kits.service.guards import CHANGEABLE
from hoffice.kits.service.kits import dissolve_kit
from hoffice.kits.service.ledger import hand_to, state_of
from hoffice.kits.service.meaning import item_meant
from hoffice.units import Actor

NOTE_CHARS = 500
NO_LONGER_THERE = N_("%(tag)s is no longer with %(name)s: take it off the list.")


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of beginning a return for several people."""

    returns: tuple[Return, ...]
    refused: tuple[tuple[int, Refused], ...]
    """Of whom nothing is asked (the employee's id), and why."""


# --- beginning ------------------------------------------------------------------------------------


def begin(  # noqa: PLR0913  # a return has these facts
    employee_id: int,
    reason: ReturnReason,
    *,
    by: Actor,
    due_on: date | None = None,
    note: str = "",
    item_ids: Iterable[int] | None = None,
) -> Return:
    """Ask a person for what she has: for all of it, or for these items only.

    What an open return asks for already is left out. Refused when nothing is left to ask for, and
    for a day that is over. What she has is locked before it is read: what comes in meanwhile is
    either asked for and back, or not asked for.
    """
    wanted = set(item_ids) if item_ids is not None else None
    _lock_what_they_have([employee_id], only=wanted)
    return _begin(employee_id, reason, wanted, by=by, due_on=due_on, note=note)


def _lock_what_they_have(employee_ids: Iterable[int], *, only: Collection[int] | None) -> None:
    """Nobody else moves what these people have, or these devices of it.

    Kits, devices, goods, as everywhere: a return names the kit, and PostgreSQL locks it for that.
    """
    people = list(employee_ids)
    all_queries.hold_kits_of(people)
    held = all_queries.item_ids_with(people)
    all_queries.locked_items(held if only is None else held & set(only))
    if only is None:
        counted.lock_goods(good.good_id for one in people for good in counted.goods_with(one))


def _begin(  # noqa: PLR0913  # a return has these facts
    employee_id: int,
    reason: ReturnReason,
    wanted: Collection[int] | None,
    *,
    by: Actor,
    due_on: date | None,
    note: str = "",
) -> Return:
    """Ask for what is locked already; see :func:`begin`."""
    not_over(due_on)
    name = all_queries.names_of([employee_id]).get(employee_id)
    if name is None:
        raise NotFound(N_("There is no such person."))
    held = all_queries.held_by(Holder(HolderKind.EMPLOYEE, employee_id))
    if wanted is not None and not wanted:
        raise Refused(N_("Choose at least one device."))
    strange = set(wanted or ()) - {item.id for item in held}
    if strange:
        raise Refused(NO_LONGER_THERE, tag=all_queries.item(min(strange)).asset_tag, name=name)
    asked = due_lines.open_lines_of(item.id for item in held)
    mine = [item for item in held if wanted is None or item.id in wanted]
    free = [item for item in mine if item.id not in asked]
    goods = _goods_to_ask(employee_id) if wanted is None else {}
    if not free and not goods:
        if mine:
            raise Refused(N_("What %(name)s has is asked for already."), name=name)
        raise Refused(N_("%(name)s has nothing of the house."), name=name)
    kit = all_queries.kit_of(employee_id)
    made = Return(
        employee_id=employee_id,
        kit_id=kit.id if kit is not None else None,
        reason=reason,
        due_on=due_on,
        note=note.strip()[:NOTE_CHARS],
        opened_at=clock.now(),
        opened_by=str(by),
    )
    for item in free:
        made.lines.append(ReturnLine(item_id=item.id, expected=1, is_open=True))
    for good_id, count in goods.items():
        made.lines.append(ReturnLine(good_id=good_id, expected=count, is_open=True))
    db.session.add(made)
    flush_or(N_("Somebody has just asked %(name)s for the same things."), name=name)
    record(
        by,
        "kits.return_begun",
        made,
        employee_id=employee_id,
        why=reason.value,
        items=[item.id for item in free],
        personal={"note": made.note} if made.note else None,
    )
    return made


def _goods_to_ask(employee_id: int) -> dict[int, int]:
    """How many of which bulk goods a person has that no open return expects."""
    asked = due_lines.goods_asked(employee_id)
    held = {
        one.good_id: one.count - asked.get(one.good_id, 0)
        for one in counted.goods_with(employee_id)
    }
    return {good_id: count for good_id, count in held.items() if count > 0}


def begin_many(
    employee_ids: Iterable[int],
    reason: ReturnReason,
    *,
    by: Actor,
    due_on: date | None = None,
) -> Begun:
    """Ask each of these people for all she has; one who has nothing does not hinder the others.

    For a defect only what is said to be broken is asked for.
    """
    not_over(due_on)
    made: list[Return] = []
    refused: list[tuple[int, Refused]] = []
    people = sorted(set(employee_ids))
    _lock_what_they_have(people, only=None)
    for employee_id in people:
        try:
            with db.session.begin_nested():
                made.append(_begin_one(employee_id, reason, by=by, due_on=due_on))
        except Refused as refusal:
            refused.append((employee_id, refusal))
    return Begun(tuple(made), tuple(refused))


def _begin_one(employee_id: int, reason: ReturnReason, *, by: Actor, due_on: date | None) -> Return:
    broken = things_due.broken_with(employee_id) if reason is ReturnReason.DEFECT else None
    if broken is not None and not broken:
        name = all_queries.names_of([employee_id]).get(employee_id, "?")
        raise Refused(N_("Nothing that %(name)s has is said to be broken."), name=name)
    return _begin(employee_id, reason, broken, by=by, due_on=due_on)


def set_due(return_id: int, due_on: date | None, *, by: Actor) -> Return:
    """Say by which day everything should be back."""
    made = open_return(return_id)
    if due_on != made.due_on:
        not_over(due_on)
    made.due_on = due_on
    record(
        by,
        "kits.return_due",
        made,
        employee_id=made.employee_id,
        due=due_on.isoformat() if due_on is not None else None,
    )
    return made


def not_over(due_on: date | None) -> None:
    """Nobody is asked to have brought something back by a day that is over."""
    if due_on is not None and due_on < clock.today():
        raise Refused(N_("%(day)s is over: choose today or a later day."), day=due_on)


# --- coming back ----------------------------------------------------------------------------------


def take_back(  # noqa: PLR0913  # a scan has these facts
    return_id: int,
    code: str,
    *,
    by: Actor,
    condition: str = "used",
    anyway: bool = False,
    swapped: bool = False,
) -> ReturnLine:
    """Take the scanned device back into the house; from now on it waits for a check.

    One that is not on the list is refused with a sentence that says where it should be; what
    somebody else has comes in ``anyway`` when that is said. ``swapped``: this scanner was seen to
    believe in an American keyboard.
    """
    read = scanning.read(code, swapped=swapped)
    return take_back_read(return_id, read, condition=condition, anyway=anyway, by=by)


def take_back_read(
    return_id: int, read: Reading, *, by: Actor, condition: str = "used", anyway: bool = False
) -> ReturnLine:
    """The same with a code that was read already; see :func:`take_back`."""
    made = open_return(return_id)
    return _take(made, item_meant(read).id, condition=condition, anyway=anyway, by=by)


def tick(return_id: int, line_id: int, *, by: Actor, condition: str = "used") -> ReturnLine:
    """Take back a device whose tag cannot be scanned; its line was ticked."""
    made = open_return(return_id)
    line = line_in(made, line_id)
    if line.item_id is None:
        raise Refused(N_("Type how many came back."))
    return _take(made, line.item_id, condition=condition, anyway=False, by=by)


def _take(made: Return, item_id: int, *, condition: str, anyway: bool, by: Actor) -> ReturnLine:
    if not rules.is_condition(condition):
        raise Refused(N_("Say how it looks: good, used or damaged."))
    line = next((line for line in made.lines if line.item_id == item_id), None)
    if line is not None and line.came:
        raise Refused(
            N_("%(tag)s is back already; scanned twice, it counts once."),
            tag=all_queries.item(item_id).asset_tag,
        )
    item = fate.locked_with_kit(item_id)
    line = return_lines.line_for(made, line, item, anyway=anyway)
    was_lost = item.holding is not None and item.holding.holder_kind is HolderKind.LOST
    if item.kit_item is not None:
        line.kit_id, line.box_id = item.kit_item.kit_id, item.kit_item.box_id
    line.looked = item.condition
    fate.take_out_of_kit(item_id, by=by)
    item.is_to_check, item.condition = True, condition
    hand_to([item.id], STOCK, by=by, because=f"return:{made.id}")
    item.state = state_of(item)
    line.came, line.came_at = 1, clock.now()
    line.condition, line.outcome = condition, rules.outcome_of(condition)
    if was_lost:
        damages.close_found(item, by=by)
    db.session.flush()
    record(by, "kits.item_returned", made, employee_id=made.employee_id, item=item.id)
    return line


def looks(
    return_id: int, line_id: int, condition: str, *, by: Actor, note: str | None = None
) -> ReturnLine:
    """Say how a thing looks that came back."""
    made = open_return(return_id)
    line = line_in(made, line_id)
    if line.item is None or not line.came or line.decided_at is not None:
        raise Refused(N_("How it looks is said of what came back and is not checked yet."))
    if not rules.is_condition(condition):
        raise Refused(N_("Say how it looks: good, used or damaged."))
    line.condition, line.outcome = condition, rules.outcome_of(condition)
    line.item.condition = condition
    if note is not None:
        line.note = note.strip()[:NOTE_CHARS]
    record(by, "kits.return_looked_at", made, item=line.item_id, condition=condition)
    return line


def count_back(return_id: int, line_id: int, came: int, *, by: Actor) -> ReturnLine:
    """Say how many of a counted good are back; a slip is put right by another number."""
    made = open_return(return_id)
    line = line_in(made, line_id)
    if line.good_id is None:
        raise Refused(N_("This is a single device: scan it, or tick it."))
    if not 0 <= came <= line.expected:
        raise Refused(N_("Between 0 and %(most)s of these can come back."), most=line.expected)
    more = came - line.came
    if more > 0:
        _move(made, line.good_id, STOCK, more, by=by)
    elif more < 0:
        home = Holder(HolderKind.EMPLOYEE, made.employee_id)
        bulk.move(line.good_id, STOCK, home, -more, by=by, because=f"return:{made.id}")
    line.came = came
    line.came_at = clock.now() if came else None
    line.outcome = ReturnOutcome.BACK if came == line.expected else None
    db.session.flush()
    record(
        by,
        "kits.goods_returned",
        made,
        employee_id=made.employee_id,
        good=line.good_id,
        count=came,
    )
    return line


def _move(made: Return, good_id: int, to: Holder, count: int, *, by: Actor) -> None:
    """So many of a counted good leave the person; a box that is empty by it came back too."""
    home = Holder(HolderKind.EMPLOYEE, made.employee_id)
    kit = lock_kits_of([made.employee_id]).get(made.employee_id)
    bulk.move(good_id, home, to, count, by=by, because=f"return:{made.id}")
    for box in kit.boxes if kit is not None else ():
        fate.empty_is_back(box, by=by)


def take_off(return_id: int, line_id: int, *, by: Actor) -> None:
    """Take a line off the list that is no longer due: the thing stays where it is."""
    made = open_return(return_id)
    hold_still(made)
    line = line_in(made, line_id)
    if line.came:
        raise Refused(N_("It came back already, and stays on the list."))
    if len(made.lines) == 1:
        raise Refused(N_("This is the last line: call the whole return off."))
    made.lines.remove(line)
    db.session.delete(line)
    record(
        by,
        "kits.return_line_off",
        made,
        employee_id=made.employee_id,
        item=line.item_id,
        good=line.good_id,
    )


def call_off(return_id: int, *, by: Actor) -> Return:
    """End a return of which nothing came: none of it is due any more, and all stays where it is."""
    made = open_return(return_id)
    hold_still(made)
    if any(line.came for line in made.lines):
        raise Refused(
            N_("Something of it is back. Take off what is no longer due, then close the return.")
        )
    for line in made.lines:
        line.outcome, line.is_open = ReturnOutcome.NOT_DUE, False
    made.closed_at, made.closed_by = clock.now(), str(by)
    db.session.flush()
    record(by, "kits.return_called_off", made, employee_id=made.employee_id)
    return made


def let_rest_stay(return_id: int, *, by: Actor) -> Return:
    """What has not come yet is no longer due; what came stays on the list, and is closed with it.

    A return of which nothing came is called off.
    """
    made = open_return(return_id)
    hold_still(made)
    if not any(line.came for line in made.lines):
        return call_off(return_id, by=by)
    for line in made.lines:
        if not rules.waits(line.expected, line.came, line.outcome):
            continue
        if line.came:  # some of a small part
            line.expected, line.outcome = line.came, ReturnOutcome.BACK
        else:
            line.outcome, line.is_open = ReturnOutcome.NOT_DUE, False
        record(
            by,
            "kits.return_line_off",
            made,
            employee_id=made.employee_id,
            item=line.item_id,
            good=line.good_id,
        )
    db.session.flush()
    return made


# --- closing --------------------------------------------------------------------------------------


def close(  # noqa: PLR0913  # what is closed, and what was said about the rest
    return_id: int,
    *,
    by: Actor,
    store: Store | None = None,
    company: str = "",
    rest_is_missing: bool = False,
    missing: int | None = None,
) -> Return:
    """Finish a return: what did not come is missing, and asks who bears the loss.

    Refused while something is neither back nor said to be missing (``rest_is_missing``), or when
    more of it is not here than the page said (``missing``). When nothing of the kit is out any
    more, the kit is dissolved. With a ``store`` the record is made in this transaction; a page
    makes it afterwards (:mod:`~.return_records`).
    """
    made = open_return(return_id)
    hold_still(made)
    waiting = [line for line in made.lines if rules.waits(line.expected, line.came, line.outcome)]
    if waiting and not rest_is_missing:
        raise Refused(N_("Not everything is back. Say that the rest is missing, or wait for it."))
    not_here = sum(line.expected - line.came for line in waiting)
    if missing is not None and not_here > missing:
        raise Refused(
            N_("Meanwhile more of it is not here: %(count)s. Look again."), count=not_here
        )
    for line in waiting:
        _is_missing(made, line, by=by)
    for line in made.lines:
        line.is_open = False
        if line.outcome is None:
            line.outcome = ReturnOutcome.BACK
        if line.outcome is ReturnOutcome.DAMAGED and line.item is not None:
            damages.open_case(
                line.item,
                DamageKind.DAMAGE,
                by=by,
                employee_id=made.employee_id if line.expected else None,
                line_id=line.id,
                note=line.note,
            )
    made.closed_at, made.closed_by = clock.now(), str(by)
    db.session.flush()
    record(
        by,
        "kits.return_closed",
        made,
        employee_id=made.employee_id,
        back=sum(line.came for line in made.lines),
        missing=not_here,
    )
    _end_kit(made, by=by)
    if store is not None:
        return_records.write(made.id, store=store, company=company, by=by)
    return made


def _is_missing(made: Return, line: ReturnLine, *, by: Actor) -> None:
    if line.item is None:
        _goods_are_missing(made, line, by=by)
        return
    if return_lines.is_with_another(made, line.item):
        raise Refused(NO_LONGER_THERE, tag=line.item.asset_tag, name=made.employee.name)
    held = line.item.holding
    if held is not None and held.holder_kind not in ASKED_WITH:
        follow(line, Holder(held.holder_kind, held.holder_id), by=by)
        if rules.waits(line.expected, line.came, line.outcome):  # it is on its way
            raise return_lines.NotReturned(return_lines.AWAY[held.holder_kind], line.item)
        return
    line.outcome = ReturnOutcome.MISSING
    fate.lose(
        line.item.id,
        by=by,
        because=f"return:{made.id}",
        note=line.note,
        line_id=line.id,
        employee_id=made.employee_id,
    )


def _goods_are_missing(made: Return, line: ReturnLine, *, by: Actor) -> None:
    """So many small parts did not come: they are lost, and a case asks who bears it."""
    line.outcome = ReturnOutcome.MISSING
    if line.good_id is None:
        return
    count = line.expected - line.came
    _move(made, line.good_id, Holder(HolderKind.LOST), count, by=by)
    damages.open_goods_case(line, count, employee_id=made.employee_id, by=by)


def _end_kit(made: Return, *, by: Actor) -> None:
    """Dissolve the kit of which nothing is out any more; a swap leaves it as it is."""
    if made.reason in {ReturnReason.SWAP, ReturnReason.DEFECT}:
        return
    present = all_queries.kit_of(made.employee_id)
    if present is None:
        return
    kit = all_queries.kit(present.id, lock=True)
    away = [
        row
        for row in kit.kit_items
        if row.item.holding is not None and row.item.holding.holder_kind in fate.OUTSIDE
    ]
    if away or any(good.holder_kind in fate.OUTSIDE for good in kit.goods):
        return
    was_out = any(box.state in {BoxState.HANDED_OVER, BoxState.RETURNED} for box in kit.boxes)
    if made.reason is ReturnReason.OTHER and not was_out:
        return  # it waits in the store, and something else came back
    for box in kit.boxes:
        if box.state is BoxState.HANDED_OVER:
            set_box_state(box, BoxState.RETURNED, by=by)
    if all(box.state in CHANGEABLE for box in kit.boxes):
        dissolve_kit(kit.id, by=by)


# --- helpers --------------------------------------------------------------------------------------


def open_return(return_id: int) -> Return:
    """The return, locked; refused when it is closed."""
    made = queries.kit_return(return_id, lock=True)
    if made.closed_at is not None:
        raise Refused(N_("This return is closed."))
    return made


def hold_still(made: Return) -> None:
    """Nobody else moves what a locked return asks for; its lines are read as they are by now.

    The ledger lets lines follow whoever has the device, without the return: under its lock alone.
    """
    item_ids = {line.item_id for line in made.lines if line.item_id is not None}
    lock_kits_of({made.employee_id, *owners_of(item_ids)})
    all_queries.locked_items(item_ids)
    due_lines.read_lines_anew(made)


def line_in(made: Return, line_id: int) -> ReturnLine:
    """A line of this return."""
    found = next((line for line in made.lines if line.id == line_id), None)
    if found is None:
        raise NotFound(N_("There is no such line in this return."))
    return found
