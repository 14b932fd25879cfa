"""Stock-takes in the house: begun, scanned by several people at once, closed.

What is expected is frozen when a count begins. Nothing here writes the ledger: what becomes of a
difference is decided afterwards, see :mod:`hoffice.kits.service.differences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries as kits
from hoffice.kits import rules
from hoffice.kits.models import Item, StockTake, StockTakeLine, StockTakeStranger
from hoffice.kits.queries import alone
from hoffice.kits.queries import counting as queries
from hoffice.kits.rules import Holder, ItemKind
from hoffice.kits.rules.counting import FEW, MISSING, UNEXPECTED, Settled, has_moved, holder_at
from hoffice.kits.rules.reading import Reading, What
from hoffice.kits.service import differences, scanning, stock
from hoffice.kits.service.ledger import hand_to
from hoffice.kits.service.scanning import Accepted
from hoffice.units import Actor

CLOSED = N_("This stock-take is closed. What is scanned now counts no more.")
NAME_CHARS = 80
CODE_CHARS = 200


def subject_of(count_id: int) -> str:
    """How scans, tasks and lines of the ledger name a stock-take."""
    return f"stock_take:{count_id}"


def begin(name: str, *, location_id: int | None, by: Actor) -> StockTake:
    """Begin to count a location, or the whole house; what the ledger has there now is expected."""
    title = " ".join(name.split())[:NAME_CHARS]
    if not title:
        raise Refused(N_("Give the stock-take a name."))
    if location_id is not None:
        queries.location(location_id)
    alone.hold_count_of(location_id)
    other = queries.open_count_of(location_id)
    if other is not None:
        raise Refused(N_("“%(name)s” counts the same already. Close it first."), name=other.name)
    made = StockTake(
        name=title, location_id=location_id, opened_at=clock.now(), opened_by=str(by), closed_by=""
    )
    db.session.add(made)
    db.session.flush()
    expected = queries.expected_at(location_id)
    if expected:
        db.session.execute(
            insert(StockTakeLine),
            [
                {
                    "stock_take_id": made.id,
                    "item_id": item_id,
                    "is_expected": True,
                    "seen_by": "",
                    "note": "",
                }
                for item_id in expected
            ],
        )
    record(by, "kits.count_opened", made, location=location_id, expected=len(expected))
    return made


def scan(
    count_id: int, scan_id: str, code: str, *, by: Actor, swapped: bool = False
) -> dict[str, Any]:
    """Count what this code names; sent twice, it is answered as the first time.

    The answer says what it was (``result``), which items count now that did not before
    (``counted``, for the way back), and which had been seen already (``again``).
    """
    return scanning.once(
        scan_id,
        subject_of(count_id),
        code,
        by=by,
        do=lambda: _read_and_count(count_id, scanning.read(code, swapped=swapped), by=by),
    )


def _read_and_count(count_id: int, reading: Reading, *, by: Actor) -> Accepted:
    accepted = _count(_open(count_id), reading, by=by)
    accepted.answer["put_right"] = reading.is_put_right
    return accepted


def _count(count: StockTake, reading: Reading, *, by: Actor) -> Accepted:
    match reading.what:
        case What.NOTHING:
            raise Refused(N_("Scan or type the tag of a device."))
        case What.ITEM | What.SERIAL:
            return _count_item(count, reading, by=by)
        case What.BOX:
            return _count_box(count, reading, by=by)
        case What.PLACE:
            raise Refused(
                N_("%(code)s is the label of a place. Scan the devices there."), code=reading.text
            )
        case What.MODEL | What.GOOD | What.ARTICLE | What.ADDRESS:
            raise Refused(
                N_("%(code)s is no tag: it stands on every device of its kind. Scan the tag."),
                code=reading.text[:60],
            )
        case What.UNKNOWN | What.NEW_SERIAL:
            made, is_new = _strange(count, reading.text[:CODE_CHARS], by=by)
            result = "stranger" if is_new else "stranger_again"
            return Accepted({"result": result, "code": made.code, "stranger": made.id})


def _count_item(count: StockTake, reading: Reading, *, by: Actor) -> Accepted:
    if reading.id is None:
        raise Refused(
            N_("Several devices have the serial number %(serial)s. Scan the tag instead."),
            serial=reading.text,
        )
    item = kits.item(reading.id)
    answer = {"result": "item", "code": reading.text, **_seen(count, [item], by=by)}
    return Accepted(answer, item.id)


def _count_box(count: StockTake, reading: Reading, *, by: Actor) -> Accepted:
    """All that lies in a box by its kit counts as seen; who looked inside may take one back."""
    if reading.id is None:
        raise Refused(N_("There is no box “%(code)s”."), code=reading.text)
    items = queries.items_in_box(reading.id)
    if not items:
        raise Refused(N_("Box %(code)s is empty."), code=reading.text)
    return Accepted({"result": "box", "code": reading.text, **_seen(count, items, by=by)})


def _seen(count: StockTake, items: Sequence[Item], *, by: Actor) -> dict[str, list[int]]:
    counted: list[int] = []
    again: list[int] = []
    for item in items:
        (counted if _see(count.id, item.id, by=by) else again).append(item.id)
    return {"counted": counted, "again": again}


def _see(count_id: int, item_id: int, *, by: Actor) -> bool:
    """Note that an item was seen; False when somebody has seen it before."""
    line = queries.line(count_id, item_id)
    if line is None:
        try:
            with db.session.begin_nested():
                db.session.add(
                    StockTakeLine(
                        stock_take_id=count_id,
                        item_id=item_id,
                        is_expected=False,
                        seen_at=clock.now(),
                        seen_by=str(by),
                        note="",
                    )
                )
                db.session.flush()
        except IntegrityError:  # somebody else has just seen it
            return False
        return True
    if line.seen_at is not None:
        return False
    line.seen_at, line.seen_by = clock.now(), str(by)
    db.session.flush()
    return True


def _strange(count: StockTake, code: str, *, by: Actor) -> tuple[StockTakeStranger, bool]:
    known = queries.stranger_of(count.id, code)
    if known is not None:
        return known, False
    made = StockTakeStranger(stock_take_id=count.id, code=code, at=clock.now(), by=str(by))
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:  # somebody else has just scanned it
        known = queries.stranger_of(count.id, code)
        if known is None:
            raise
        return known, False
    return made, True


def tick(count_id: int, item_id: int, *, by: Actor) -> bool:
    """Note by hand that an item was seen; False when it was seen before."""
    _open(count_id)
    return _see(count_id, kits.item(item_id).id, by=by)


def undo(count_id: int, item_ids: Iterable[int], *, by: Actor) -> int:
    """Take back that these items were seen; gives back how many it were."""
    _open(count_id)
    taken: list[int] = []
    for item_id in sorted(set(item_ids)):
        line = queries.line(count_id, item_id)
        if line is None or line.seen_at is None:
            continue
        if line.is_expected:
            line.seen_at, line.seen_by = None, ""
        else:
            db.session.delete(line)
        taken.append(item_id)
    db.session.flush()
    if taken:
        record(by, "kits.count_taken_back", subject_of(count_id), items=taken)
    return len(taken)


def drop_stranger(count_id: int, stranger_id: int, *, by: Actor) -> str:
    """Forget a tag that nobody knows: it was no tag, or none of ours."""
    _open(count_id)
    found = queries.stranger(count_id, stranger_id)
    code = found.code
    db.session.delete(found)
    db.session.flush()
    record(by, "kits.count_stranger_dropped", subject_of(count_id))
    return code


def take_in(  # noqa: PLR0913  # an item has these facts
    count_id: int,
    stranger_id: int,
    tag: str,
    kind: ItemKind,
    *,
    by: Actor,
    model: str = "",
    serial: str = "",
) -> Item:
    """Make an item of a tag that nobody knew, there where it was found; it is seen."""
    count = _open(count_id)
    found = queries.stranger(count_id, stranger_id)
    made = stock.add_item(tag, kind, by=by, model=model, serial=serial)
    hand_to([made.id], place_of(count), by=by, because=subject_of(count_id))
    db.session.delete(found)
    db.session.add(
        StockTakeLine(
            stock_take_id=count_id,
            item_id=made.id,
            is_expected=False,
            seen_at=clock.now(),
            seen_by=str(by),
            note=Settled.HERE,
        )
    )
    db.session.flush()
    return made


def place_of(count: StockTake) -> Holder:
    """Who has what was seen in this count."""
    location = count.location
    return rules.STOCK if location is None else holder_at((location.id, location.kind))


@dataclass(frozen=True, slots=True)
class Differences:
    """What a count would say if it ended now."""

    missing: tuple[StockTakeLine, ...] = ()
    unexpected: tuple[StockTakeLine, ...] = ()
    moved: tuple[StockTakeLine, ...] = ()
    """What left lawfully, or came, while it was counted."""

    def __len__(self) -> int:
        return len(self.missing) + len(self.unexpected)


def differences_of(count: StockTake) -> Differences:
    """Every difference that is still one, by what the ledger says now."""
    missing = queries.missing_lines(count.id)
    unexpected = [line for line in queries.unexpected_lines(count.id) if not line.note]
    left = {line.item_id for line in missing if _has_left(count, line.item)}
    came = {line.item_id for line in unexpected if differences.is_here(count, line.item)}
    return Differences(
        tuple(line for line in missing if line.item_id not in left),
        tuple(line for line in unexpected if line.item_id not in came),
        tuple(line for line in [*missing, *unexpected] if line.item_id in left | came),
    )


def _has_left(count: StockTake, item: Item) -> bool:
    return item.holding is not None and has_moved(
        Holder(item.holding.holder_kind, item.holding.holder_id),
        item.holding.since,
        location_id=count.location_id,
        opened=count.opened_at,
    )


def close(
    count_id: int, *, owner_id: int, due_on: date, by: Actor, agreed: int | None = None
) -> StockTake:
    """End a stock-take; its differences become tasks of this owner.

    A few are a task each; many are one task, with the lines of the count. ``agreed`` is how many
    somebody saw and agreed to: another number is refused, for she has not seen it.
    """
    count = queries.count_to_close(count_id)
    if count.closed_at is not None:
        raise Refused(N_("This stock-take was closed already."))
    if due_on < clock.today():
        raise Refused(N_("This day has passed. Choose today or a later one."))
    found = differences_of(count)
    if agreed is not None and agreed != len(found):
        raise Refused(
            N_("Meanwhile there are %(count)s differences. Look once more, then close it."),
            count=len(found),
        )
    count.closed_at, count.closed_by = clock.now(), str(by)
    for line in found.moved:
        line.note = Settled.MOVED
    if len(found) > FEW:
        differences.write_one_task(count, len(found), owner_id=owner_id, due_on=due_on, by=by)
    else:
        for kind, lines in ((MISSING, found.missing), (UNEXPECTED, found.unexpected)):
            for line in lines:
                differences.write_task(
                    kind, line.item, subject_of(count_id), owner_id=owner_id, due_on=due_on, by=by
                )
    db.session.flush()
    record(by, "kits.count_closed", count, differences=len(found), owner=owner_id)
    return count


def discard(count_id: int, *, by: Actor) -> StockTake:
    """End a stock-take that was begun by mistake: nothing of it is a difference.

    What was taken in during it stays in the books. The count stays in the list and says so. Refused
    once a decision of it stands in the ledger: that it was a difference is on paper then.
    """
    count = queries.count_to_close(count_id)
    if count.closed_at is not None:
        raise Refused(N_("This stock-take was closed already."))
    if queries.has_changed_ledger(count):
        raise Refused(
            N_(
                "By this stock-take something was put right in the ledger: it cannot be discarded "
                "any more. Close it; what was decided stays."
            )
        )
    counters = queries.counters([count_id])[count_id]
    count.closed_at = count.discarded_at = clock.now()
    count.closed_by = str(by)
    db.session.flush()
    record(
        by,
        "kits.count_discarded",
        count,
        expected=counters.expected,
        seen=counters.found + counters.unexpected,
    )
    return count


def resume(count_id: int, *, by: Actor) -> StockTake:
    """Go on with a count that was closed or discarded too early: its tasks end, scans count again.

    Refused once somebody has given something up or found it, and while another count counts the
    same.
    """
    count = queries.count_to_close(count_id)
    if count.closed_at is None:
        raise Refused(N_("This stock-take is open."))
    alone.hold_count_of(count.location_id)
    other = queries.open_count_of(count.location_id)
    if other is not None:
        raise Refused(N_("“%(name)s” counts the same already. Close it first."), name=other.name)
    if {Settled.LATER, Settled.LOST} & queries.settled(count_id).keys():
        raise Refused(
            N_("Somebody has decided about what is missing already. Begin a new stock-take.")
        )
    if differences.deciding(count_id) is not None:
        raise Refused(N_("A job is deciding about this stock-take. Wait until it is done."))
    differences.end_tasks(count, by=by)
    queries.forget_moved(count_id)
    count.closed_at = count.discarded_at = None
    count.closed_by = ""
    db.session.flush()
    record(by, "kits.count_resumed", count)
    return count


def _open(count_id: int) -> StockTake:
    """A count that is not closed, and cannot be before this deed is done."""
    count = queries.count_to_scan(count_id)
    if count.closed_at is not None:
        raise Refused(CLOSED)
    return count
