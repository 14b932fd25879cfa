"""Names that could have been meant: never accepted by themselves, only offered to a human."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

MOST_LETTERS: Final = 3
"""More wrong letters make another name."""
LETTERS_PER_MISTAKE: Final = 5
"""One wrong letter is believed in a short name, three only in a long one."""
SHORTEST_BEGINNING: Final = 5
"""From so many letters on the beginning of a name is enough to offer it."""


def similar(key: str, keys: Sequence[str], *, limit: int = 5) -> list[str]:
    """The keys that differ from this one by a few letters, the nearest first.

    Distance is optimal string alignment: a letter too many, missing, wrong, or two swapped.
    """
    if not key:
        return []
    cutoff = max(1, min(MOST_LETTERS, len(key) // LETTERS_PER_MISTAKE))
    near = process.extract(
        key, keys, scorer=OSA.distance, processor=None, score_cutoff=cutoff, limit=4 * limit
    )
    ranked = sorted(near, key=lambda one: (one[1], -_shared_beginning(key, one[0]), one[0]))
    found = [name for name, _distance, _place in ranked if name != key]
    if len(found) < limit and len(key) >= SHORTEST_BEGINNING:
        longer = sorted((name for name in keys if name.startswith(key)), key=len)
        found += [name for name in longer if name not in found and name != key]
    return found[:limit]


def _shared_beginning(one: str, other: str) -> int:
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))
