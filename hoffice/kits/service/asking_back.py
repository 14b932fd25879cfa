"""Asking people for what they have: for all of it, or for some devices.

What is expected is what the ledger says that the person has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Return, ReturnLine
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import due_lines, things_due
from hoffice.kits.rules import Holder, HolderKind, ReturnReason
from hoffice.kits.service.return_lines import NO_LONGER_THERE, NOTE_CHARS
from hoffice.units import Actor


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of beginning a return for several people."""

    returns: tuple[Return, ...]
    refused: tuple[tuple[int, Refused], ...]
    """Of whom nothing is asked (the employee's id), and why."""


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


def not_over(due_on: date | None) -> None:
    """Nobody is asked to have brought something back by a day that is over."""
    if due_on is not None and due_on < clock.today():
        raise Refused(N_("%(day)s is over: choose today or a later day."), day=due_on)
