"""What belongs to a kit, and what is still missing.

Pure: standard library only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hoffice.errors import Counted
from hoffice.kits.rules.kinds import KIND_LABELS, ItemKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a kit type: so many of this kind, packed in box ``box_no``."""

    kind: ItemKind
    count: int
    box_no: int
    model_id: int | None = None
    """The usual model; any other of the kind will do."""


def missing(wanted: Iterable[Wanted], present: Iterable[ItemKind]) -> Mapping[ItemKind, int]:
    """How many items of each kind a kit still lacks."""
    need: Counter[ItemKind] = Counter()
    for line in wanted:
        need[line.kind] += line.count
    need.subtract(Counter(present))
    return {kind: count for kind, count in need.items() if count > 0}


def enough_for(wanted: Iterable[Wanted], stock: Mapping[ItemKind, int]) -> int:
    """How many kits the free items would make."""
    need: Counter[ItemKind] = Counter()
    for line in wanted:
        need[line.kind] += line.count
    return min((stock.get(kind, 0) // count for kind, count in need.items()), default=0)


def counted(kinds: Mapping[ItemKind, int]) -> Counted:
    """Kinds with their numbers, to be said in the reader's language."""
    return Counted(tuple((count, KIND_LABELS[kind]) for kind, count in kinds.items()))
