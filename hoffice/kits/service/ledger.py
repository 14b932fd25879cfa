"""The custody ledger: who has an item, since when, by which paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries
from hoffice.kits.models import CustodyEntry, Holding, Item, Kit
from hoffice.kits.queries import due_lines, ledger
from hoffice.kits.queries import transfers as transfer_queries
from hoffice.kits.rules import (
    BoxState,
    DamageKind,
    Holder,
    HolderKind,
    ItemState,
    LocationKind,
)
from hoffice.kits.service import damages
from hoffice.kits.service.following import (
    ASKED_WITH,
    HERE_AGAIN,
    let_asked_follow,
    let_returned_follow,
    lock_kits_of,
    move_along,
)
from hoffice.kits.service.missing_boxes import let_goods_follow
from hoffice.units import Actor

STATE_WITH: dict[HolderKind, ItemState] = {
    HolderKind.DESK: ItemState.AT_DESK,
    HolderKind.REPAIR: ItemState.REPAIR,
    HolderKind.EMPLOYEE: ItemState.OUT,
    HolderKind.LOST: ItemState.LOST,
    HolderKind.RETIRED: ItemState.RETIRED,
}
"""What an item's state becomes with its holder; with stock and van it depends on the kit."""

PLACES_OF: dict[HolderKind, frozenset[LocationKind]] = {
    HolderKind.STOCK: frozenset({LocationKind.SHELF, LocationKind.ROOM}),
    HolderKind.DESK: frozenset({LocationKind.DESK, LocationKind.ROOM}),
    HolderKind.REPAIR: frozenset({LocationKind.REPAIR}),
}
"""Which places of the house can be named for which holder."""

CORRECTED_TO: frozenset[HolderKind] = frozenset({HolderKind.EMPLOYEE, HolderKind.LOST, *PLACES_OF})
"""Where a correction may lead; the others have deeds of their own."""

NEVER_AWAY: frozenset[HolderKind] = frozenset({HolderKind.STOCK, HolderKind.DESK})
"""Who has what was never out of the house, and so needs no check when it is found there."""

ALREADY = N_("This line has been corrected already. Correct the line that took its place.")

TICK = timedelta(microseconds=1)
"""So much later at least is the next line of an item; nothing is written before it happened."""


def hand_to(
    item_ids: Iterable[int],
    to: Holder,
    *,
    by: Actor,
    because: str,
    at: datetime | None = None,
) -> None:
    """Write into the ledger that these items have a new holder, and let the holding say so.

    ``because`` names the paper or deed, such as ``handover:12``. An item that is there already
    gets no line. The items are locked, so that each line begins where the last one ended; within
    an item the moments rise strictly, so that they alone tell the order. Returns that ask for them
    and transfers that pass them on follow (:func:`~.following.let_asked_follow`).
    """
    now = clock.now()
    entries: list[tuple[Item, CustodyEntry]] = []
    for item in queries.locked_items(item_ids):
        present = item.holding
        if present is not None and (present.holder_kind, present.holder_id) == (to.kind, to.id):
            continue
        moment = at or now
        if present is not None and moment <= present.since:
            moment = present.since + TICK
        entry = CustodyEntry(
            item_id=item.id,
            from_kind=present.holder_kind if present else None,
            from_id=present.holder_id if present else None,
            to_kind=to.kind,
            to_id=to.id,
            at=moment,
            recorded_at=max(now, moment),
            by=str(by),
            because=because,
        )
        db.session.add(entry)
        entries.append((item, entry))
    db.session.flush()
    asked = [entry.item_id for _item, entry in entries if entry.from_kind in ASKED_WITH]
    for item, entry in entries:
        if item.holding is None:
            item.holding = Holding(item_id=item.id)
        item.holding.holder_kind, item.holding.holder_id = to.kind, to.id
        item.holding.since, item.holding.entry_id = entry.at, entry.id
        item.state = state_of(item)
    db.session.flush()
    if asked:
        let_asked_follow(asked, to, by=by, because=because)


def state_of(item: Item) -> ItemState:
    """What the holder and the kit say about an item's state."""
    return state_with(
        item.holding.holder_kind if item.holding is not None else HolderKind.STOCK,
        is_in_kit=item.kit_item is not None,
        is_to_check=item.is_to_check,
    )


def state_with(holder: HolderKind, *, is_in_kit: bool, is_to_check: bool) -> ItemState:
    """The state of an item, by who has it; what lies in the house may wait for a check first."""
    if is_to_check and (holder is HolderKind.DESK or holder not in STATE_WITH):
        return ItemState.TO_CHECK
    return STATE_WITH.get(holder, ItemState.IN_KIT if is_in_kit else ItemState.IN_STOCK)


def correct(entry_id: int, to: Holder, *, note: str, by: Actor) -> CustodyEntry:
    """Write a line in place of a wrong one: from the same moment on, ``to`` had the item.

    The wrong line stays where it is. When it was the last one of its item, the present holder and
    the state follow, and the item leaves the kit of a person who never had it. What comes into the
    house by it from outside waits for a check, as after a return: data may be on it. A loss is a
    case from then on, and the undecided case of what was never lost is closed. An open return says
    of the device what the ledger says.

    Refused without a note, for a line that was corrected before, when nothing would be changed,
    and while a deed of its own stands in the way: a van to unload, a box in the store, a transfer,
    an open return in which a slip is taken back.
    """
    line = ledger.entry(entry_id)
    note = note.strip()
    if not note:
        raise Refused(N_("Say in a few words what was wrong; it stands in the ledger."))
    _require_holder(to)
    kits = _kits_concerned(line, to)
    item = queries.locked_items([line.item_id])[0]
    if item.kit_item is not None and item.kit_item.kit.employee_id not in kits:
        raise Refused(N_("This item has just been changed by somebody else. Try once more."))
    if ledger.is_corrected(line.id):
        raise Refused(ALREADY)
    if (line.to_kind, line.to_id) == (to.kind, to.id):
        raise Refused(N_("That is what this line says; nothing would be changed."))
    is_last = item.holding is not None and item.holding.entry_id == line.id
    if is_last:
        _require_free_to_follow(item, to)
        _require_no_slip(item, line, to)
    made = CustodyEntry(
        item_id=item.id,
        from_kind=line.from_kind,
        from_id=line.from_id,
        to_kind=to.kind,
        to_id=to.id,
        at=line.at,
        recorded_at=clock.now(),
        by=str(by),
        because=f"correction:{line.id}",
        note=note,
        corrects_id=line.id,
    )
    db.session.add(made)
    flush_or(ALREADY)
    if is_last:
        box = item.kit_item.box if item.kit_item is not None else None
        _follow(item, line, made, kits.get(to.id) if to.kind is HolderKind.EMPLOYEE else None)
        let_goods_follow(box, to, by=by)
        if line.to_kind in ASKED_WITH:
            let_asked_follow([item.id], to, by=by)
        elif line.from_kind in ASKED_WITH:  # the line by which it came into the house
            let_returned_follow(item, to, by=by)
        _settle_loss(item, line, to, note=note, by=by)
    concerned = {one.to_id for one in (line, made) if one.to_kind is HolderKind.EMPLOYEE}
    people: list[int | None] = [*sorted(concerned)]
    for employee_id in people or [None]:
        record(
            by,
            "kits.corrected",
            item,
            employee_id=employee_id,
            personal={"note": note},
            line=line.id,
            by_line=made.id,
        )
    return made


def _settle_loss(item: Item, wrong: CustodyEntry, to: Holder, *, note: str, by: Actor) -> None:
    """What was never lost needs no decision any more; what is lost after all needs one."""
    if to.kind is HolderKind.LOST and wrong.from_kind is HolderKind.LOST:
        damages.lost_after_all(item, by=by, note=note)
    elif to.kind is HolderKind.LOST:
        had = wrong.to_id if wrong.to_kind is HolderKind.EMPLOYEE else None
        damages.open_case(item, DamageKind.LOSS, by=by, employee_id=had, note=note)
    elif wrong.to_kind is HolderKind.LOST:
        damages.close_found(item, by=by)


def _require_holder(to: Holder) -> None:
    """A correction leads to somebody or somewhere that is there."""
    if to.kind not in CORRECTED_TO:
        raise Refused(
            N_(
                "A van or a parcel gets a device by loading or posting it, and a device is retired "
                "on its own page. A correction cannot do that."
            )
        )
    if to.kind is HolderKind.EMPLOYEE and not queries.names_of([to.id]):
        raise NotFound(N_("There is no such person."))
    if to.kind in PLACES_OF and to.id and ledger.location(to.id).kind not in PLACES_OF[to.kind]:
        raise Refused(N_("This place is of another kind."))


def _kits_concerned(line: CustodyEntry, to: Holder) -> dict[int, Kit]:
    """The kit that the item is in, and that of the person it goes to, locked."""
    people = {to.id} if to.kind is HolderKind.EMPLOYEE else set()
    place = queries.item(line.item_id).kit_item
    if place is not None:
        people.add(place.kit.employee_id)
    return lock_kits_of(people)


def _require_free_to_follow(item: Item, to: Holder) -> None:
    """Nothing else is under way with an item whose present holder is corrected."""
    transfer = transfer_queries.open_with(item.id)
    if transfer is not None:
        raise Refused(
            N_("%(tag)s is about to pass from %(giver)s to %(receiver)s; withdraw that first."),
            tag=item.asset_tag,
            giver=transfer.giver.name,
            receiver=transfer.receiver.name,
        )
    if item.reservation is not None and to.kind is not HolderKind.STOCK:
        raise Refused(
            N_("%(tag)s is kept for %(name)s; set it free first."),
            tag=item.asset_tag,
            name=item.reservation.employee.name,
        )
    box = item.kit_item.box if item.kit_item is not None else None
    if box is None:
        return
    if box.state is BoxState.LOADED:
        raise Refused(
            N_("Box %(code)s with %(tag)s is on a van. Unload it or hand it over first."),
            code=box.code,
            tag=item.asset_tag,
        )
    if box.state is not BoxState.HANDED_OVER and to.kind is not HolderKind.STOCK:
        raise Refused(
            N_("%(tag)s lies in box %(code)s in the store. Take it out of its kit first."),
            code=box.code,
            tag=item.asset_tag,
        )


def _require_no_slip(item: Item, wrong: CustodyEntry, to: Holder) -> None:
    """What was taken back by a slip is put right where it was done: kit, box and list follow."""
    back = due_lines.returned_line(item.id)
    if back is None or wrong.because != f"return:{back.return_id}" or to.kind in HERE_AGAIN:
        return
    if wrong.to_kind in HERE_AGAIN and item.state is ItemState.TO_CHECK and back.wiped_at is None:
        raise Refused(
            N_("%(tag)s came by a return that is still open: say there that it is not back."),
            tag=item.asset_tag,
        )


def _follow(item: Item, wrong: CustodyEntry, line: CustodyEntry, kit: Kit | None) -> None:
    """Let holder, kit and state say what the new line says; ``kit`` is that of its person.

    What is lost stays in its kit, so that the kit says what it lacks.
    """
    holding = item.holding
    if holding is None:
        return
    holding.holder_kind, holding.holder_id = line.to_kind, line.to_id
    holding.since, holding.entry_id = line.at, line.id
    is_here = line.to_kind in NEVER_AWAY
    was_away = is_here and wrong.to_kind not in NEVER_AWAY
    item.is_to_check = is_here and (item.is_to_check or was_away)
    place = item.kit_item
    was_out = place is not None and (place.box is None or place.box.state is BoxState.HANDED_OVER)
    is_hers = kit is not None and place is not None and place.kit_id == kit.id
    if was_away or (was_out and line.to_kind is not HolderKind.LOST and not is_hers):
        move_along(item, kit)
    item.state = state_of(item)
    db.session.flush()
