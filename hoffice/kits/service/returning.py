"""Returns: what a person has to give back, thing by thing, until all of it has an end.

What is expected is what the ledger says that the person has. What comes back waits for a check
(:mod:`hoffice.kits.service.fate`); what did not come is a loss and asks who bears it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store, keep
from hoffice.kits import queries as all_queries
from hoffice.kits import records
from hoffice.kits.models import Attachment, Item, Return, ReturnLine
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import (
    STOCK,
    AttachmentKind,
    BoxState,
    DamageKind,
    Holder,
    HolderKind,
    ReturnOutcome,
    ReturnReason,
)
from hoffice.kits.rules import returning as rules
from hoffice.kits.service import bulk, damages, fate, scanning
from hoffice.kits.service.boxes import set_box_state
from hoffice.kits.service.guards import CHANGEABLE
from hoffice.kits.service.kits import dissolve_kit
from hoffice.kits.service.ledger import hand_to, state_of
from hoffice.kits.service.meaning import item_meant
from hoffice.units import Actor

NOTE_CHARS = 500
NO_LONGER_THERE = N_("%(tag)s is no longer with %(name)s: take it off the list.")
AWAY: dict[HolderKind, str] = {
    HolderKind.STOCK: N_(
        "%(tag)s is in the store and was with nobody: there is nothing to return."
    ),
    HolderKind.DESK: N_("%(tag)s stands at a desk in the office and was with nobody."),
    HolderKind.REPAIR: N_("%(tag)s is in repair by the ledger. Take it back on its own page."),
    HolderKind.LOST: N_("%(tag)s was lost. Say on its own page that it was found."),
    HolderKind.RETIRED: N_("%(tag)s is retired by the ledger. Put the ledger right first."),
    HolderKind.VAN: N_("%(tag)s is on a van by the ledger. Put the ledger right first."),
    HolderKind.PARCEL: N_("%(tag)s is in a parcel by the ledger. Put the ledger right first."),
}
"""Why a device that is not on the list cannot be returned, by who has it."""


class NotReturned(Refused):
    """A device that cannot be taken in as it is; whoever scans gets a link to it."""

    def __init__(self, reason: str, item: Item, /, **facts: object) -> None:
        super().__init__(reason, tag=item.asset_tag, **facts)
        self.item_id = item.id
        self.return_id: int | None = None
        """Another open return in which it is expected."""
        self.may_come_anyway = False
        """Somebody else has it: it can be taken in all the same."""


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

    What an open return asks for already is left out. Refused when nothing is left to ask for.
    """
    name = all_queries.names_of([employee_id]).get(employee_id)
    if name is None:
        raise NotFound(N_("There is no such person."))
    held = all_queries.held_by(Holder(HolderKind.EMPLOYEE, employee_id))
    wanted = set(item_ids) if item_ids is not None else None
    if wanted is not None and not wanted:
        raise Refused(N_("Choose at least one device."))
    strange = (wanted or set()) - {item.id for item in held}
    if strange:
        raise Refused(NO_LONGER_THERE, tag=all_queries.item(min(strange)).asset_tag, name=name)
    asked = queries.open_lines_of(item.id for item in held)
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
    asked = queries.goods_asked(employee_id)
    held = {
        one.good_id: one.count - asked.get(one.good_id, 0)
        for one in queries.goods_with(employee_id)
    }
    return {good_id: count for good_id, count in held.items() if count > 0}


def begin_many(
    employee_ids: Iterable[int],
    reason: ReturnReason,
    *,
    by: Actor,
    due_on: date | None = None,
) -> Begun:
    """Ask each of these people for all she has; one who has nothing does not hinder the others."""
    made: list[Return] = []
    refused: list[tuple[int, Refused]] = []
    for employee_id in sorted(set(employee_ids)):
        try:
            with db.session.begin_nested():
                made.append(begin(employee_id, reason, by=by, due_on=due_on))
        except Refused as refusal:
            refused.append((employee_id, refusal))
    return Begun(tuple(made), tuple(refused))


def set_due(return_id: int, due_on: date | None, *, by: Actor) -> Return:
    """Say by which day everything should be back."""
    made = _open(return_id)
    made.due_on = due_on
    record(
        by,
        "kits.return_due",
        made,
        employee_id=made.employee_id,
        due=due_on.isoformat() if due_on is not None else None,
    )
    return made


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
    made = _open(return_id)
    item = item_meant(scanning.read(code, swapped=swapped))
    return _take(made, item.id, condition=condition, anyway=anyway, by=by)


def tick(return_id: int, line_id: int, *, by: Actor, condition: str = "used") -> ReturnLine:
    """Take back a device whose tag cannot be scanned; its line was ticked."""
    made = _open(return_id)
    line = _line(made, line_id)
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
    if line is None:
        line = _unexpected(made, item, anyway=anyway)
    elif _is_with_another(made, item) and not anyway:
        raise _with_somebody(item)
    fate.take_out_of_kit(item_id, by=by)
    item.is_to_check, item.condition = True, condition
    hand_to([item.id], STOCK, by=by, because=f"return:{made.id}")
    item.state = state_of(item)
    line.came, line.came_at = 1, clock.now()
    line.condition, line.outcome = condition, rules.outcome_of(condition)
    db.session.flush()
    record(by, "kits.item_returned", made, employee_id=made.employee_id, item=item.id)
    return line


def _unexpected(made: Return, item: Item, *, anyway: bool) -> ReturnLine:
    """A line for what is not on the list, where it may come in at all."""
    other = queries.open_lines_of([item.id]).get(item.id)
    if other is not None:
        refusal = NotReturned(
            N_("%(tag)s is expected in the return of %(name)s. Take it back there."),
            item,
            name=other.kit_return.employee.name,
        )
        refusal.return_id = other.return_id
        raise refusal
    held = item.holding
    if held is not None and held.holder_kind is not HolderKind.EMPLOYEE:
        if held.holder_kind is HolderKind.STOCK and item.kit_item is not None:
            raise NotReturned(
                N_("%(tag)s lies in the house for %(name)s and was never handed out."),
                item,
                name=item.kit_item.kit.employee.name,
            )
        raise NotReturned(AWAY[held.holder_kind], item)
    is_hers = not _is_with_another(made, item)
    if not is_hers and not anyway:
        raise _with_somebody(item)
    line = ReturnLine(item_id=item.id, expected=int(is_hers), is_open=True)
    made.lines.append(line)
    return line


def _is_with_another(made: Return, item: Item) -> bool:
    return damages.holder_of(item) not in {None, made.employee_id}


def _with_somebody(item: Item) -> NotReturned:
    holder = damages.holder_of(item) or 0
    refusal = NotReturned(
        N_("%(tag)s is with %(name)s by the ledger. It can be taken in anyway."),
        item,
        name=all_queries.names_of([holder]).get(holder, "?"),
    )
    refusal.may_come_anyway = True
    return refusal


def looks(
    return_id: int, line_id: int, condition: str, *, by: Actor, note: str | None = None
) -> ReturnLine:
    """Say how a thing looks that came back."""
    made = _open(return_id)
    line = _line(made, line_id)
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
    made = _open(return_id)
    line = _line(made, line_id)
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
    bulk.move(good_id, home, to, count, by=by, because=f"return:{made.id}")
    kit = all_queries.kit_of(made.employee_id)
    for box in kit.boxes if kit is not None else ():
        fate.empty_is_back(box, by=by)


def take_off(return_id: int, line_id: int, *, by: Actor) -> None:
    """Take a line off the list that is no longer due: the thing stays where it is."""
    made = _open(return_id)
    line = _line(made, line_id)
    if line.came:
        raise Refused(N_("It came back already, and stays on the list."))
    if len(made.lines) == 1:
        raise Refused(N_("This is the last line. Close the return, or leave it."))
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


# --- closing --------------------------------------------------------------------------------------


def close(
    return_id: int, *, by: Actor, store: Store, company: str, rest_is_missing: bool = False
) -> Return:
    """Finish a return: what did not come is missing, and asks who bears the loss.

    Refused while something is neither back nor said to be missing (``rest_is_missing``). When
    nothing of the kit is out any more, the kit is dissolved. The record goes into the file.
    """
    made = _open(return_id)
    waiting = [line for line in made.lines if line.came < line.expected]
    if waiting and not rest_is_missing:
        raise Refused(N_("Not everything is back. Say that the rest is missing, or wait for it."))
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
        missing=sum(max(line.expected - line.came, 0) for line in made.lines),
    )
    _end_kit(made, by=by)
    _write_record(made, store=store, company=company, by=by)
    return made


def _is_missing(made: Return, line: ReturnLine, *, by: Actor) -> None:
    line.outcome = ReturnOutcome.MISSING
    if line.item is None:
        if line.good_id is not None:
            _move(made, line.good_id, Holder(HolderKind.LOST), line.expected - line.came, by=by)
        return
    if _is_with_another(made, line.item):
        raise Refused(NO_LONGER_THERE, tag=line.item.asset_tag, name=made.employee.name)
    fate.lose(
        line.item.id,
        by=by,
        because=f"return:{made.id}",
        note=line.note,
        line_id=line.id,
        employee_id=made.employee_id,
    )


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


def _write_record(made: Return, *, store: Store, company: str, by: Actor) -> None:
    """Make the record as a PDF and put it into the file of the return."""
    made = queries.kit_return(made.id)
    content = records.return_record(made, queries.handed_out_by(made.id), company=company)
    file = keep(
        store,
        content,
        name=f"Rueckgabeprotokoll-{made.employee.personnel_number}.pdf",
        media_type="application/pdf",
    )
    db.session.add(
        Attachment(
            subject=f"return:{made.id}",
            kind=AttachmentKind.OTHER,
            file_id=file.id,
            at=clock.now(),
            by=str(by),
        )
    )
    db.session.flush()


# --- helpers --------------------------------------------------------------------------------------


def _open(return_id: int) -> Return:
    made = queries.kit_return(return_id, lock=True)
    if made.closed_at is not None:
        raise Refused(N_("This return is closed."))
    return made


def _line(made: Return, line_id: int) -> ReturnLine:
    found = next((line for line in made.lines if line.id == line_id), None)
    if found is None:
        raise NotFound(N_("There is no such line in this return."))
    return found
