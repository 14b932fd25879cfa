"""Small parts that a person gets beside her kit, and that she brings back."""

from __future__ import annotations

from collections.abc import Mapping

from hoffice.audit.service import record
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits.queries import bulk as queries
from hoffice.kits.queries.due_lines import goods_asked
from hoffice.kits.rules import STOCK, Holder, HolderKind
from hoffice.kits.service import bulk
from hoffice.kits.service.following import lock_kits_of
from hoffice.units import Actor


def hand_goods(
    employee_id: int,
    given: Mapping[int, int],
    back: Mapping[int, int],
    *,
    note: str = "",
    by: Actor,
) -> int:
    """Give a person so many small parts from the store, and take others back; how many in all.

    Both name numbers by good. All of it is done, or nothing. What is given belongs to no kit, and
    must lie free. What a return expects is taken back by that return, so that it can be closed.
    """
    if employee_id not in all_queries.names_of([employee_id]):
        raise NotFound(N_("There is no such person."))
    given = {good_id: count for good_id, count in given.items() if count}
    back = {good_id: count for good_id, count in back.items() if count}
    if not given and not back:
        raise Refused(N_("Say of at least one small part how many are given or come back."))
    lock_kits_of([employee_id])  # kits before goods, as everywhere
    queries.lock_goods({*given, *back})
    person = Holder(HolderKind.EMPLOYEE, employee_id)
    for good_id, count in sorted(back.items()):
        _require_has(good_id, person, count)
        _require_not_asked(good_id, person, count)
        bulk.move(good_id, person, STOCK, count, by=by, because=f"good_back:{good_id}", note=note)
        _log(good_id, employee_id, count, is_given=False, note=note, by=by)
    for good_id, count in sorted(given.items()):
        bulk.move(good_id, STOCK, person, count, by=by, because=f"good_given:{good_id}", note=note)
        _log(good_id, employee_id, count, is_given=True, note=note, by=by)
    return sum(given.values()) + sum(back.values())


def _require_has(good_id: int, person: Holder, count: int) -> None:
    held = queries.holding(good_id, person)
    has = held.count if held is not None else 0
    if has < count:
        raise Refused(
            N_("%(who)s has only %(count)s × %(name)s."),
            who=all_queries.names_of([person.id])[person.id],
            count=has,
            name=queries.good(good_id).name,
        )


def _require_not_asked(good_id: int, person: Holder, count: int) -> None:
    held = queries.holding(good_id, person)
    asked = goods_asked(person.id).get(good_id, 0)
    if asked and held is not None and held.count - asked < count <= held.count:
        raise Refused(
            N_("A return expects “%(name)s” from this person. Take it back there."),
            name=queries.good(good_id).name,
        )


def _log(  # noqa: PLR0913  # a line of the log has these facts
    good_id: int, employee_id: int, count: int, *, is_given: bool, note: str, by: Actor
) -> None:
    record(
        by,
        "kits.goods_given" if is_given else "kits.goods_taken_back",
        queries.good(good_id),
        employee_id=employee_id,
        personal={"note": note} if note else None,
        count=count,
    )
