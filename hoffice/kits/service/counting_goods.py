"""What a count of small parts finds was lost before, and somebody may be asked to pay for it."""

from __future__ import annotations

from hoffice.kits.models import DamageCase
from hoffice.kits.queries import bulk as queries
from hoffice.kits.queries import damage_cases
from hoffice.kits.rules import Holder, HolderKind
from hoffice.kits.service import bulk, damages
from hoffice.units import Actor


def count_goods(good_id: int, counted: int, *, expected: int, reason: str, by: Actor) -> int:
    """Correct a count as :func:`~.bulk.correct` does; open cases shrink by what is lost no more.

    Nobody knows whose parts turned up: they come from what was lost without a case first. Only
    when fewer are lost than the cases say, the cases are about fewer, undecided ones first.
    """
    cases = damage_cases.losses_of_good(good_id, lock=True)
    queries.lock_goods([good_id])
    found = _found_of(good_id, cases, counted - queries.free_goods([good_id]).get(good_id, 0))
    more = bulk.correct(
        good_id,
        counted,
        expected=expected,
        reason=reason,
        by=by,
        of_papers={damages.paper_of(case): count for case, count in found},
    )
    for case, count in found:
        damages.turned_up(case, count, by=by)
    return more


def _found_of(good_id: int, cases: list[DamageCase], more: int) -> list[tuple[DamageCase, int]]:
    """So many of what turns up belong to these cases."""
    waiting = {case.id: case.count - damage_cases.found_since(case) for case in cases}
    lost = queries.holding(good_id, Holder(HolderKind.LOST))
    there = lost.count if lost is not None else 0
    turned_up = max(0, min(more, there))
    too_many = min(turned_up, sum(waiting.values()) - (there - turned_up))
    found: list[tuple[DamageCase, int]] = []
    for case in sorted(cases, key=lambda one: (one.decided_at is not None, one.id)):
        some = min(waiting[case.id], too_many)
        if some > 0:
            found.append((case, some))
            too_many -= some
    return found
