"""Choosing free devices from stock, so that two people cannot take the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from hoffice.db import db
from hoffice.kits import queries
from hoffice.kits.models import Item
from hoffice.kits.queries import replacements
from hoffice.kits.rules import ItemKind


def take_free(
    wanted: Mapping[ItemKind, int], *, beside: Iterable[int] = ()
) -> dict[ItemKind, Sequence[Item]]:
    """The first free devices of these kinds by tag, locked; fewer where stock has no more.

    They are chosen without a lock, then locked together with those named ``beside`` in the order
    of their numbers, as everybody locks devices: so nobody waits crosswise. What somebody has taken
    while we waited is let go of, and chosen anew.
    """
    others = frozenset(beside)

    def choose() -> dict[ItemKind, Sequence[Item]]:
        return {
            kind: queries.free_items(kind, limit=count, apart_from=others)
            for kind, count in wanted.items()
        }

    return _locked(choose, others)


def take_like(old_id: int) -> Sequence[Item]:
    """The first free device that could take the place of this one, locked with it; or none."""

    def choose() -> dict[ItemKind, Sequence[Item]]:
        old = queries.item(old_id)
        return {old.kind: replacements.free_like(old, limit=1)}

    [found] = _locked(choose, frozenset({old_id})).values()
    return found


def _locked(
    choose: Callable[[], dict[ItemKind, Sequence[Item]]], others: Collection[int]
) -> dict[ItemKind, Sequence[Item]]:
    while True:
        with db.session.begin_nested() as attempt:
            chosen = choose()
            item_ids = {item.id for found in chosen.values() for item in found}
            queries.locked_items({*item_ids, *others})
            is_kind = all(item.kind is kind for kind, found in chosen.items() for item in found)
            if is_kind and queries.are_free(item_ids):
                return chosen
            attempt.rollback()  # with its locks: next time they would be out of order
