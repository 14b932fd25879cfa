"""Names that could have been meant: never accepted by themselves, only offered to a human."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

ONE_LETTER: Final = 1
SHORT_NAME, LONG_NAME = 5, 15
"""Up to five letters one mistake is believed, in long names three, in others two: an ß or an umlaut
that is wrong counts twice, for it is two letters in a key."""
SHORTEST_BEGINNING: Final = 5
"""From so many letters on the beginning of a name is enough to offer it."""


def similar(
    key: str, keys: Sequence[str], *, limit: int = 5, mistakes: int | None = None
) -> list[str]:
    """The keys that differ from this one by a few letters, the nearest first.

    Distance is optimal string alignment: a letter too many, missing, wrong, or two swapped.
    """
    if not key:
        return []
    cutoff = mistakes or 1 + (len(key) > SHORT_NAME) + (len(key) >= LONG_NAME)
    near = process.extract(
        key, keys, scorer=OSA.distance, processor=None, score_cutoff=cutoff, limit=4 * limit
    )
    ranked = sorted(near, key=lambda one: (one[1], -_shared_beginning(key, one[0]), one[0]))
    found = [name for name, _distance, _place in ranked if name != key]
    if mistakes is None and len(found) < limit and len(key) >= SHORTEST_BEGINNING:
        longer = sorted((name for name in keys if name.startswith(key)), key=len)
        found += [name for name in longer if name not in found and name != key]
    return found[:limit]


def _shared_beginning(one: str, other: str) -> int:
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))
