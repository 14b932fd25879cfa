"""Returns: what a person has to give back, thing by thing.

What comes back waits for a check (:mod:`hoffice.kits.service.fate`). A return begins in
:mod:`~.asking_back` and ends in :mod:`~.return_closing`.
"""

from __future__ import annotations

from datetime import date

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Kit, Return, ReturnLine
from hoffice.kits.queries import due_lines
from hoffice.kits.queries import returning as queries
from hoffice.kits.queries.item_imports import owners_of
from hoffice.kits.rules import STOCK, Holder, HolderKind, ReturnOutcome
from hoffice.kits.rules import returning as rules
from hoffice.kits.rules.reading import Reading
from hoffice.kits.service import bulk, damages, fate, return_lines, scanning
from hoffice.kits.service.asking_back import not_over
from hoffice.kits.service.following import lock_kits_of
from hoffice.kits.service.ledger import hand_to, state_of
from hoffice.kits.service.meaning import item_meant
from hoffice.kits.service.return_lines import NOTE_CHARS
from hoffice.units import Actor


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
        kit = lock_kits_of([made.employee_id]).get(made.employee_id)
        move_goods(made, kit, line.good_id, STOCK, more, by=by)
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


def move_goods(  # noqa: PLR0913  # what moves, from whose locked kit, and where to
    made: Return, kit: Kit | None, good_id: int, to: Holder, count: int, *, by: Actor
) -> None:
    """So many of a counted good leave the person; a box that is empty by it came back too."""
    home = Holder(HolderKind.EMPLOYEE, made.employee_id)
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


def open_return(return_id: int) -> Return:
    """The return, locked; refused when it is closed."""
    made = queries.kit_return(return_id, lock=True)
    if made.closed_at is not None:
        raise Refused(N_("This return is closed."))
    return made


def hold_still(*returns: Return) -> dict[int, Kit]:
    """Nobody else moves what locked returns ask for; their lines are read as they are by now.

    The ledger lets lines follow whoever has the device, without the return: under its lock alone.
    Gives the kits that are held with it, by person.
    """
    lines = [line for made in returns for line in made.lines]
    item_ids = {line.item_id for line in lines if line.item_id is not None}
    kits = lock_kits_of({*(made.employee_id for made in returns), *owners_of(item_ids)})
    all_queries.locked_items(item_ids)
    for made in returns:
        due_lines.read_lines_anew(made)
    return kits


def line_in(made: Return, line_id: int) -> ReturnLine:
    """A line of this return."""
    found = next((line for line in made.lines if line.id == line_id), None)
    if found is None:
        raise NotFound(N_("There is no such line in this return."))
    return found
