"""The places of a desk that is torn down: what its kit type expects, and what fills it.

Pure: standard library and the house's own words only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hoffice.kits.rules.kinds import ItemKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a device of a model has in common with its like; an item takes them over."""

    kind: ItemKind
    model: str = ""
    model_id: int | None = None
    litres: int = 0
    weight_g: int = 0
    is_fragile: bool = False
    value_cents: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One device that a desk should have, and the one that fills it."""

    facts: Facts
    """What is expected here: the kind at least, the model where one is usual."""
    number: int
    """Which one of its kind, from 1."""
    of: int
    """How many of the kind there are."""
    item_id: int | None = None
    is_extra: bool = False
    """More than the kit type asks for."""


def places(
    wanted: Iterable[tuple[int, Facts]],
    last: Sequence[Facts],
    present: Sequence[tuple[int, ItemKind]],
) -> tuple[Place, ...]:
    """Every place of a desk in the order of its kit type, then what is more than it asks for.

    ``wanted``: how many, and of what; ``last``: what the last desk had, which says the model where
    it had the kind; ``present``: the devices scanned so far, in this order.
    """
    lines = list(wanted)
    counts: Counter[ItemKind] = Counter()
    for count, facts in lines:
        counts[facts.kind] += count
    waiting = _by_kind((kind, item_id) for item_id, kind in present)
    before = _by_kind((facts.kind, facts) for facts in last)
    numbers: Counter[ItemKind] = Counter()
    found: list[Place] = []
    for count, facts in lines:
        kind = facts.kind
        for _ in range(count):
            item_id = waiting[kind].pop(0) if waiting.get(kind) else None
            usual = before[kind].pop(0) if before.get(kind) else facts
            numbers[kind] += 1
            found.append(Place(usual, numbers[kind], counts[kind], item_id))
    for item_id, kind in present:
        if item_id in waiting.get(kind, ()):
            numbers[kind] += 1
            found.append(Place(Facts(kind), numbers[kind], counts[kind], item_id, is_extra=True))
    return tuple(found)


def _by_kind(pairs: Iterable[tuple[ItemKind, T]]) -> dict[ItemKind, list[T]]:
    found: dict[ItemKind, list[T]] = {}
    for kind, one in pairs:
        found.setdefault(kind, []).append(one)
    return found


def next_empty(places: Iterable[Place], kind: ItemKind | None = None) -> Place | None:
    """The first place that nothing fills, of this kind or of any."""
    return next(
        (one for one in places if one.item_id is None and (kind is None or one.facts.kind is kind)),
        None,
    )


def short_of(places: Iterable[Place]) -> Mapping[ItemKind, int]:
    """How many of each kind are still to come."""
    return Counter(one.facts.kind for one in places if one.item_id is None)
