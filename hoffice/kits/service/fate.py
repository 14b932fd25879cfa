"""What becomes of a single device: checked, to repair and back, retired, lost and found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Box, DamageCase, Item, ReturnLine
from hoffice.kits.queries import damage_cases, due_lines, fitness
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import (
    STOCK,
    AfterCheck,
    BoxState,
    DamageKind,
    Holder,
    HolderKind,
    ItemState,
    WipeMethod,
)
from hoffice.kits.rules import returning as rules
from hoffice.kits.service import damages, reserving
from hoffice.kits.service.boxes import set_box_state
from hoffice.kits.service.guards import CHANGEABLE, OUTSIDE, open_kit, reopen
from hoffice.kits.service.ledger import hand_to, state_of
from hoffice.kits.service.missing_boxes import let_goods_follow
from hoffice.units import Actor

IN_HOUSE = frozenset({HolderKind.STOCK, HolderKind.DESK})

NO_LONGER_CHECKED = N_("%(tag)s does not wait for a check.")
DESTROYED = N_(
    "The storage of %(tag)s is destroyed: it cannot be erased in another way. Send it to repair, "
    "where it may get a new one, or retire it."
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of checking several devices."""

    items: tuple[Item, ...]
    refused: tuple[Refused, ...]
    """One sentence for each device that still waits."""
    records: tuple[int, ...] = ()
    """The closed returns of which the record says less than is known now."""


def wipe(item_ids: Iterable[int], method: WipeMethod, *, by: Actor) -> Settled:
    """Confirm that the data of devices that came back are erased, and how."""
    return _each(item_ids, lambda item: _wipe(item, method, by=by))


def settle(
    item_ids: Iterable[int],
    after: AfterCheck,
    *,
    by: Actor,
    method: WipeMethod | None = None,
    repair_id: int = 0,
) -> Settled:
    """Say of devices that came back what becomes of them; one that may not does not hinder others.

    With a ``method`` the wiping is confirmed in the same step. ``repair_id`` is the location of
    the repair shop, where it is known.
    """
    return _each(
        item_ids, lambda item: _settle(item, after, by=by, method=method, repair_id=repair_id)
    )


def _each(item_ids: Iterable[int], deed: Callable[[Item], object]) -> Settled:
    done: list[Item] = []
    refused: list[Refused] = []
    for item_id in sorted(set(item_ids)):
        try:
            with db.session.begin_nested():
                [item] = all_queries.locked_items([item_id])
                deed(item)
                done.append(item)
        except Refused as refusal:
            refused.append(refusal)
    return Settled(tuple(done), tuple(refused), outdated_by(done))


def outdated_by(items: Iterable[Item]) -> tuple[int, ...]:
    """The closed returns by which these came, of which the record does not tell of a wipe."""
    return tuple(queries.returns_wiped_since_record(item.id for item in items))


def _wipe(item: Item, method: WipeMethod, *, by: Actor) -> None:
    line = _waiting(item)
    if line is None:
        raise Refused(
            N_("%(tag)s came without a return: decide about it at once, with the wiping."),
            tag=item.asset_tag,
        )
    _note_wipe(item, line, method, by=by)


def _note_wipe(item: Item, line: ReturnLine | None, method: WipeMethod, *, by: Actor) -> None:
    if _is_destroyed(item) and method is not WipeMethod.DESTROY:
        raise Refused(DESTROYED, tag=item.asset_tag)
    now = clock.now()
    if line is not None:
        line.wipe_method, line.wiped_at, line.wiped_by = method, now, str(by)
    record(by, fitness.WIPED, item, at=now, how=method.value)


def _is_destroyed(item: Item) -> bool:
    return rules.needs_wipe(item.kind) and fitness.is_destroyed(item.id)


def _known_wipe(
    item: Item, line: ReturnLine | None, method: WipeMethod | None
) -> WipeMethod | None:
    """How the data were erased: what is said now, what its line says, or destroyed for good."""
    known = method or (line.wipe_method if line is not None else None)
    return WipeMethod.DESTROY if method is None and _is_destroyed(item) else known


def _waiting(item: Item) -> ReturnLine | None:
    """The line by which the item came back; refused when it does not wait for a check."""
    if item.state is not ItemState.TO_CHECK:
        raise Refused(NO_LONGER_CHECKED, tag=item.asset_tag)
    return due_lines.unchecked_lines([item.id]).get(item.id)


def _settle(
    item: Item, after: AfterCheck, *, by: Actor, method: WipeMethod | None, repair_id: int
) -> None:
    line = _waiting(item)
    wrong = rules.why_not(item.kind, after, _known_wipe(item, line, method))
    if wrong:
        raise Refused(wrong, tag=item.asset_tag)
    if method is not None:
        _note_wipe(item, line, method, by=by)
    if line is not None:
        line.after, line.decided_at, line.decided_by = after, clock.now(), str(by)
        line.is_open = False
    because = f"return:{line.return_id}" if line is not None else f"{after.value}:{item.id}"
    item.is_to_check = False
    if after is AfterCheck.STOCK:
        item.state = state_of(item)
    else:
        kind = HolderKind.REPAIR if after is AfterCheck.REPAIR else HolderKind.RETIRED
        place = repair_id if after is AfterCheck.REPAIR else 0
        hand_to([item.id], Holder(kind, place), by=by, because=because)
    record(by, "kits.checked", item, after=after.value)


def to_repair(item_id: int, *, by: Actor, repair_id: int = 0, anyway: bool = False) -> Item:
    """Send a device of the house to repair; what a person has must come back first.

    What is kept for somebody goes only ``anyway``, as everywhere here: see ``reserving.let_go``.
    """
    [item] = all_queries.locked_items([item_id])
    _in_house(item)
    reserving.let_go(item, anyway=anyway, by=by)
    item.is_to_check = False
    hand_to([item.id], Holder(HolderKind.REPAIR, repair_id), by=by, because=f"repair:{item.id}")
    record(by, "kits.sent_to_repair", item)
    return item


def back_from_repair(item_id: int, *, by: Actor, condition: str = "used") -> Item:
    """Take a device back from repair; it waits for a check before anybody gets it."""
    [item] = all_queries.locked_items([item_id])
    if item.holding is None or item.holding.holder_kind is not HolderKind.REPAIR:
        raise Refused(N_("%(tag)s is not in repair."), tag=item.asset_tag)
    item.is_to_check, item.condition = True, _known(condition)
    hand_to([item.id], STOCK, by=by, because=f"repaired:{item.id}")
    record(by, "kits.back_from_repair", item)
    return item


def retire(
    item_id: int, *, by: Actor, method: WipeMethod | None = None, anyway: bool = False
) -> Item:
    """Take a device out of use for good; one with storage only once its data are erased."""
    [item] = all_queries.locked_items([item_id])
    held = item.holding
    if held is None or held.holder_kind is not HolderKind.REPAIR:
        _in_house(item)
    line = due_lines.unchecked_lines([item.id]).get(item.id)
    wrong = rules.why_not(item.kind, AfterCheck.RETIRED, _known_wipe(item, line, method))
    if wrong:
        raise Refused(wrong, tag=item.asset_tag)
    if method is not None:
        _note_wipe(item, line, method, by=by)
    if line is not None:
        line.after, line.decided_at = AfterCheck.RETIRED, clock.now()
        line.decided_by, line.is_open = str(by), False
    reserving.let_go(item, anyway=anyway, by=by)
    item.is_to_check = False
    hand_to([item.id], Holder(HolderKind.RETIRED), by=by, because=f"retired:{item.id}")
    record(by, "kits.retired", item)
    return item


def lose(  # noqa: PLR0913  # a loss has these facts
    item_id: int,
    *,
    by: Actor,
    because: str = "",
    note: str = "",
    line_id: int | None = None,
    employee_id: int | None = None,
    anyway: bool = False,
) -> DamageCase:
    """Say that a device is gone: it leaves its kit, and a case asks who bears the loss.

    Who had it is named in the case; ``employee_id`` where it is known better than the ledger does.
    """
    item = take_out_of_kit(item_id, to=Holder(HolderKind.LOST), by=by)
    if item.state in {ItemState.LOST, ItemState.RETIRED}:
        return _lost_before(item, line_id=line_id, employee_id=employee_id, by=by)
    reserving.let_go(item, anyway=anyway, by=by)
    case = damages.open_case(
        item,
        DamageKind.LOSS,
        by=by,
        employee_id=employee_id or damages.holder_of(item),
        line_id=line_id,
        note=note,
    )
    item.is_to_check = False
    hand_to([item.id], Holder(HolderKind.LOST), by=by, because=because or f"lost:{item.id}")
    return case


def _lost_before(
    item: Item, *, line_id: int | None, employee_id: int | None, by: Actor
) -> DamageCase:
    """The case of a device that was written off earlier; a return closes with it."""
    known = damage_cases.cases_of(item.id)
    if line_id is None or item.state is ItemState.RETIRED:
        raise Refused(N_("%(tag)s is no longer in use."), tag=item.asset_tag)
    if known and known[0].kind is DamageKind.LOSS:
        known[0].return_line_id = known[0].return_line_id or line_id
        return known[0]
    return damages.open_case(item, DamageKind.LOSS, by=by, employee_id=employee_id, line_id=line_id)


def found_again(item_id: int, *, by: Actor, condition: str = "used") -> Item:
    """A lost device is there again: it waits for a check, and its undecided loss is closed.

    The kit of whoever lacks it goes on lacking it: another one can be laid in.
    """
    item = take_out_of_kit(item_id, by=by)
    if item.state is not ItemState.LOST:
        raise Refused(N_("%(tag)s is not lost."), tag=item.asset_tag)
    item.is_to_check, item.condition = True, _known(condition)
    hand_to([item.id], STOCK, by=by, because=f"found:{item.id}")
    damages.close_found(item, by=by)
    record(by, "kits.found_again", item)
    return item


def take_out_of_kit(item_id: int, *, to: Holder = STOCK, by: Actor) -> Item:
    """The item, locked, without a place in a kit; its box is open again, or empty outside.

    It goes ``to`` this holder, and so do small parts that were missing with it. The kit is locked
    before the item, as everywhere.
    """
    item = locked_with_kit(item_id)
    place = item.kit_item
    if place is None:
        return item
    kit, box = place.kit, place.box
    if box is not None and box.state in CHANGEABLE and box.state is not BoxState.RETURNED:
        reopen(box)
    kit.kit_items.remove(place)
    db.session.flush()
    db.session.expire(item, ["kit_item"])
    if box is not None:
        db.session.expire(box, ["kit_items"])
        let_goods_follow(box, to, by=by)
        empty_is_back(box, by=by)
    return item


def empty_is_back(box: Box, *, by: Actor) -> None:
    """A box that was handed over and of which nothing is out any more came back."""
    if box.state is BoxState.HANDED_OVER and not box.kit_items and not box.goods:
        set_box_state(box, BoxState.RETURNED, by=by)


def locked_with_kit(item_id: int) -> Item:
    """The item and the kit in which it is, both locked: the kit first, as everywhere.

    Refused when it was laid into another kit meanwhile: that one is not locked, and its box could
    be packed right now.
    """
    place = all_queries.item(item_id).kit_item
    kit = open_kit(place.kit_id) if place is not None else None
    [item] = all_queries.locked_items([item_id])
    if item.kit_item is not None and (kit is None or item.kit_item.kit_id != kit.id):
        raise Refused(N_("This item has just been changed by somebody else. Try once more."))
    return item


def _in_house(item: Item) -> None:
    """Only what lies free in the house goes to repair or out of use by one word."""
    held = item.holding
    if held is not None and held.holder_kind in OUTSIDE:
        raise Refused(N_("%(tag)s is out of the house: begin a return first."), tag=item.asset_tag)
    if held is None or held.holder_kind not in IN_HOUSE:
        raise Refused(N_("%(tag)s is no longer in use."), tag=item.asset_tag)
    if item.kit_item is not None:
        raise Refused(
            N_("%(tag)s lies in the kit of %(name)s: take it out first."),
            tag=item.asset_tag,
            name=item.kit_item.kit.employee.name,
        )


def _known(condition: str) -> str:
    if not rules.is_condition(condition):
        raise NotFound(N_("There is no such condition."))
    return condition
