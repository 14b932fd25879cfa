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
from hoffice.kits.queries import ledger
from hoffice.kits.queries import transfers as transfer_queries
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemState, LocationKind
from hoffice.kits.service.following import lock_kits_of, move_along
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

ALREADY = N_("This line has been corrected already. Correct the line that took its place.")

TICK = timedelta(microseconds=1)
"""So much later at least is the next line of an item."""


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
    an item the moments rise strictly, so that they alone tell the order.
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
            recorded_at=now,
            by=str(by),
            because=because,
        )
        db.session.add(entry)
        entries.append((item, entry))
    db.session.flush()
    for item, entry in entries:
        if item.holding is None:
            item.holding = Holding(item_id=item.id)
        item.holding.holder_kind, item.holding.holder_id = to.kind, to.id
        item.holding.since, item.holding.entry_id = entry.at, entry.id
        item.state = state_of(item)
    db.session.flush()


def state_of(item: Item) -> ItemState:
    """What the holder and the kit say about an item's state."""
    in_house = ItemState.IN_KIT if item.kit_item is not None else ItemState.IN_STOCK
    if item.is_to_check:
        in_house = ItemState.TO_CHECK
    return STATE_WITH.get(item.holding.holder_kind, in_house) if item.holding else in_house


def correct(entry_id: int, to: Holder, *, note: str, by: Actor) -> CustodyEntry:
    """Write a line in place of a wrong one: from the same moment on, ``to`` had the item.

    The wrong line stays where it is. When it was the last one of its item, the present holder and
    the state follow, and the item leaves the kit of a person who never had it.

    Refused without a note, for a line that was corrected before, when nothing would be changed,
    and while a deed of its own stands in the way: a van to unload, a box in the store, a transfer.
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
        _follow(item, made, kits.get(to.id) if to.kind is HolderKind.EMPLOYEE else None)
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


def _follow(item: Item, line: CustodyEntry, kit: Kit | None) -> None:
    """Let holder, kit and state say what the new line says; ``kit`` is that of its person.

    What is lost stays in its kit, so that the kit says what it lacks.
    """
    holding = item.holding
    if holding is None:
        return
    holding.holder_kind, holding.holder_id = line.to_kind, line.to_id
    holding.since, holding.entry_id = line.at, line.id
    if line.to_kind is not HolderKind.STOCK:
        item.is_to_check = False
    place = item.kit_item
    was_out = place is not None and (place.box is None or place.box.state is BoxState.HANDED_OVER)
    is_hers = kit is not None and place is not None and place.kit_id == kit.id
    if was_out and line.to_kind is not HolderKind.LOST and not is_hers:
        move_along(item, kit)
    item.state = state_of(item)
    db.session.flush()
