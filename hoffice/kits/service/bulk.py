"""Bulk goods: counted, not named one by one; what they are, where they go, how many there are.

Whatever is moved goes through one door (:func:`_shift`), which locks the good: so a count never
falls below zero, however many people take from the same shelf.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits import rules
from hoffice.kits.models import Box, BulkEntry, BulkGood, BulkHolding, Kit, KitGood, KitType
from hoffice.kits.queries import bulk as queries
from hoffice.kits.rules import STOCK, BoxState, Goods, Holder, HolderKind
from hoffice.kits.service.guards import CHANGEABLE, open_kit, reopen
from hoffice.units import Actor

MOST_AT_ONCE = 100_000
"""So many of a bulk good are taken in with one deed at most."""
NAME_TAKEN = N_("There is already a small part “%(name)s”.")
RETIRED_NAME_TAKEN = N_(
    "There is already a small part “%(name)s”, which is no longer offered. Offer it again instead."
)


@dataclass(frozen=True, slots=True)
class GoodFacts:
    """What is known of a bulk good."""

    name: str
    ean: str = ""
    litres: int = 0
    weight_g: int = 0
    value_cents: int = 0


def add_good(facts: GoodFacts, *, by: Actor) -> BulkGood:
    """Write a bulk good into the catalogue; there is none of it in the store yet."""
    made = BulkGood()
    _write(made, facts)
    db.session.add(made)
    flush_or(NAME_TAKEN, name=made.name)
    record(by, "kits.good_added", made)
    return made


def change_good(good_id: int, facts: GoodFacts, *, by: Actor) -> BulkGood:
    """Write anew what is known of a bulk good."""
    good = queries.good(good_id)
    _write(good, facts)
    flush_or(NAME_TAKEN, name=good.name)
    record(by, "kits.good_changed", good)
    return good


def _write(good: BulkGood, facts: GoodFacts) -> None:
    if not facts.name.strip():
        raise Refused(N_("A small part needs a name."))
    other = queries.good_by_name(facts.name)
    if other is not None and other is not good:
        raise Refused(
            NAME_TAKEN if other.retired_at is None else RETIRED_NAME_TAKEN, name=other.name
        )
    good.name, good.ean = facts.name.strip(), facts.ean.strip()
    good.litres, good.weight_g, good.value_cents = facts.litres, facts.weight_g, facts.value_cents


def retire_good(good_id: int, *, by: Actor) -> BulkGood:
    """Offer a bulk good no more; what there is of it stays where it is."""
    good = queries.good(good_id)
    if good.retired_at is not None:
        raise Refused(N_("This small part is no longer in use."))
    good.retired_at = clock.now()
    record(by, "kits.good_retired", good)
    return good


def reinstate_good(good_id: int, *, by: Actor) -> BulkGood:
    """Offer a retired bulk good again."""
    good = queries.good(good_id)
    if good.retired_at is None:
        raise Refused(N_("This small part is in use."))
    good.retired_at = None
    record(by, "kits.good_reinstated", good)
    return good


def take_in(good_id: int, count: int, *, by: Actor, at: datetime | None = None) -> BulkGood:
    """So many more came into the store."""
    _asked(count)
    [good] = queries.lock_goods([good_id])
    _shift(good, None, STOCK, count, _Line(by, f"good:{good.id}", at))
    record(by, "kits.goods_taken_in", good, count=count, at=at)
    return good


def correct(  # noqa: PLR0913  # a count has these facts
    good_id: int,
    counted: int,
    *,
    expected: int,
    reason: str,
    by: Actor,
    of_papers: Mapping[str, int] = MappingProxyType({}),
) -> int:
    """Somebody has counted what lies free in the store; how many more (or fewer) that were.

    ``expected`` is what the page said when she went to count: when it has changed since, nobody
    knows what the count means, and it is refused. What is not there is lost from now on; what
    turns up is taken from what was lost, and only the rest is new. ``of_papers`` says how many of
    what turns up belong to which paper; the page of a count asks :mod:`~.counting_goods`.
    """
    if not reason.strip():
        raise Refused(N_("Say why the count was not right."))
    if not 0 <= counted <= MOST_AT_ONCE:
        raise Refused(N_("Between 0 and %(most)s can lie in the store."), most=MOST_AT_ONCE)
    [good] = queries.lock_goods([good_id])
    now = queries.free_goods([good_id]).get(good_id, 0)
    if now != expected:
        raise Refused(
            N_("Meanwhile some were taken or brought: now there should be %(count)s. Look again."),
            count=now,
        )
    line = _Line(by, f"good_count:{good.id}", None, reason.strip())
    more = counted - now
    if more < 0:
        _shift(good, STOCK, Holder(HolderKind.LOST), -more, line)
    elif more > 0:
        lost = queries.holding(good_id, Holder(HolderKind.LOST))
        found = min(more, lost.count if lost is not None else 0)
        for paper, some in of_papers.items():
            _shift(good, Holder(HolderKind.LOST), STOCK, some, replace(line, because=paper))
        if rest := found - sum(of_papers.values()):
            _shift(good, Holder(HolderKind.LOST), STOCK, rest, line)
        if more > found:
            _shift(good, None, STOCK, more - found, line)
    else:
        raise Refused(N_("The count is right: nothing was changed."))
    record(by, "kits.goods_counted", good, more=more)
    return more


def move(  # noqa: PLR0913  # a line of the ledger has these facts
    good_id: int,
    from_: Holder,
    to: Holder,
    count: int,
    *,
    by: Actor,
    because: str,
    at: datetime | None = None,
    note: str = "",
) -> None:
    """So many of a good change hands.

    From the store only what belongs to no kit. From anybody else also what came with a kit: it
    then no longer belongs to it. That kit is locked before the good, as everywhere.
    """
    _asked(count)
    kits = set() if from_ == STOCK else {row.kit_id for row in queries.bound(good_id, from_)}
    for kit_id in sorted(kits):
        all_queries.kit(kit_id, lock=True)
    [good] = queries.lock_goods([good_id])
    held = queries.holding(good_id, from_)
    kept = queries.bound(good_id, from_)
    if from_ != STOCK and {row.kit_id for row in kept} - kits:
        raise Refused(N_("Somebody has just moved the same. Try once more."))
    free = (held.count if held is not None else 0) - sum(row.count for row in kept)
    if from_ == STOCK and count > free:
        raise _too_few(good, free)
    _shift(good, from_, to, count, _Line(by, because, at, note))
    _let_go(kept, count - max(0, free))


def _let_go(rows: Iterable[KitGood], count: int) -> None:
    """So many no longer belong to these kits; the newest are let go first."""
    for row in sorted(rows, key=lambda one: -one.id):
        if count <= 0:
            break
        gone = min(count, row.count)
        count -= gone
        if gone == row.count:
            row.kit.goods.remove(row)
            db.session.flush()
            db.session.expire(row.box, ["goods"])
        else:
            row.count -= gone
    db.session.flush()


def wanted_goods(kit_type: KitType) -> tuple[Goods, ...]:
    """What a kit type asks for in bulk, as facts."""
    return tuple(Goods(row.good_id, row.count, row.box_no) for row in kit_type.goods)


def lacking_goods(kit: Kit, *, box_no: int | None = None) -> dict[tuple[int, int], int]:
    """What the kit, or one box of it, still lacks in bulk: numbers by (good, box)."""
    wanted = wanted_goods(kit.kit_type)
    present = [Goods(row.good_id, row.count, row.box.number) for row in kit.goods]
    found = rules.goods_missing(wanted, present)
    return {key: count for key, count in found.items() if box_no is None or key[1] == box_no}


def missing_goods(kit: Kit, *, box_no: int | None = None) -> dict[str, int]:
    """What the kit, or one box of it, still lacks in bulk: numbers by name."""
    names = {row.good_id: row.good.name for row in kit.kit_type.goods}
    found: dict[str, int] = {}
    for (good_id, _box), count in lacking_goods(kit, box_no=box_no).items():
        found[names[good_id]] = found.get(names[good_id], 0) + count
    return found


def fill_kit(kit: Kit) -> int:
    """Lay into a kit what it lacks in bulk, as many as lie free in the store; how many that were.

    Only into boxes in the house; a packed one is open again then. Who has them does not change:
    until the boxes leave they lie in the store, but nobody else gets them.
    """
    lacking = lacking_goods(kit)
    boxes = {box.number: box for box in kit.boxes if box.state in CHANGEABLE}
    wanted = {good_id for good_id, _number in lacking}
    if not wanted:
        return 0
    queries.lock_goods(wanted)
    free = queries.free_goods(wanted)
    taken = 0
    for (good_id, number), count in sorted(lacking.items()):
        box, some = boxes.get(number), min(count, free.get(good_id, 0))
        if box is None or some == 0 or not _lay(kit, box, good_id, some):
            continue
        free[good_id] -= some
        taken += some
    db.session.flush()
    return taken


def fill_up(kit_id: int, *, by: Actor) -> int:
    """Lay into a kit what has come into the store since; refused when nothing has."""
    kit = open_kit(kit_id)
    taken = fill_kit(kit)
    if not taken:
        raise Refused(N_("Nothing that this kit lacks lies free in the store."))
    record(by, "kits.goods_put_in", kit, employee_id=kit.employee_id, count=taken)
    return taken


def _lay(kit: Kit, box: Box, good_id: int, count: int) -> bool:
    """Lay so many into a box; not while somebody else still has what belongs there."""
    row = next((one for one in kit.goods if (one.good_id, one.box) == (good_id, box)), None)
    if row is not None and Holder(row.holder_kind, row.holder_id) != STOCK:
        return False
    if row is not None:
        row.count += count
    else:
        row = KitGood(good=queries.good(good_id), good_id=good_id, box=box, count=count)
        row.holder_kind, row.holder_id = STOCK.kind, STOCK.id
        kit.goods.append(row)
    if box.state is not BoxState.OPEN:
        reopen(box)
    return True


def take_goods_out(kit_id: int, kit_good_id: int, *, by: Actor) -> KitGood:
    """Lay one sort of bulk goods out of its box and back into the store."""
    kit = open_kit(kit_id)
    row = next((one for one in kit.goods if one.id == kit_good_id), None)
    if row is None:
        raise Refused(N_("This is not in the kit."))
    if row.box.state not in CHANGEABLE:
        raise Refused(N_("This box has already left the house."))
    box = row.box
    reopen(box)
    kit.goods.remove(row)
    db.session.flush()
    db.session.expire(box, ["goods"])
    record(by, "kits.goods_taken_out", kit, employee_id=kit.employee_id, count=row.count)
    return row


def let_go_of_kit(kit: Kit) -> None:
    """A kit ends: what lies in the store is free again; what somebody has stays with her."""
    kit.goods.clear()
    db.session.flush()
    for box in kit.boxes:
        db.session.expire(box, ["goods"])


def hand_goods_to(
    boxes: Iterable[Box], to: Holder, *, by: Actor, because: str, at: datetime | None = None
) -> None:
    """The bulk goods in these boxes have a new holder, as :func:`~.ledger.hand_to` says of items.

    Name all boxes at once: their goods are locked in one order, so that nobody waits crosswise.
    """
    db.session.flush()
    handed = list(boxes)
    for box in handed:
        db.session.expire(box, ["goods"])  # as they are now, when the box was locked meanwhile
    rows = [row for box in handed for row in box.goods]
    if not rows:
        return
    goods = {good.id: good for good in queries.lock_goods({row.good_id for row in rows})}
    for row in rows:
        present = Holder(row.holder_kind, row.holder_id)
        if present == to:
            continue
        _shift(goods[row.good_id], present, to, row.count, _Line(by, because, at))
        row.holder_kind, row.holder_id = to.kind, to.id
    db.session.flush()


def _asked(count: int) -> None:
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused(N_("Say how many: between 1 and %(most)s."), most=MOST_AT_ONCE)


def _too_few(good: BulkGood, count: int) -> Refused:
    return Refused(
        N_("There are only %(count)s of “%(name)s” there."), count=max(0, count), name=good.name
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """What one line of the ledger says beside who and how many."""

    by: Actor
    because: str
    at: datetime | None
    note: str = ""


def _shift(good: BulkGood, from_: Holder | None, to: Holder, count: int, line: _Line) -> None:
    """Write the line and both counts; the good is locked. Refused when there are too few."""
    if from_ is not None:
        giver = queries.holding(good.id, from_)
        if giver is None or giver.count < count:
            raise _too_few(good, giver.count if giver is not None else 0)
        giver.count -= count
    taker = queries.holding(good.id, to)
    if taker is None:
        taker = BulkHolding(good_id=good.id, holder_kind=to.kind, holder_id=to.id, count=0)
        db.session.add(taker)
    taker.count += count
    now = clock.now()
    db.session.add(
        BulkEntry(
            good_id=good.id,
            from_kind=from_.kind if from_ is not None else None,
            from_id=from_.id if from_ is not None else None,
            to_kind=to.kind,
            to_id=to.id,
            count=count,
            at=line.at or now,
            recorded_at=now,
            by=str(line.by),
            because=line.because,
            note=line.note,
        )
    )
    db.session.flush()
