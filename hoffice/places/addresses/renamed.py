"""Streets that have, or had, another name; people write both for years.

Public decisions of the districts, from the official gazette of Berlin and the districts' press
releases; see docs/places.md#renamed. Read in both directions: a register may be older or newer
than what somebody writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from hoffice.places.addresses.spelling import street_key

RENAMED: Final = (
    ("Lüderitzstraße", "Cornelius-Fredericks-Straße"),
    ("Nachtigalplatz", "Manga-Bell-Platz"),
    ("Petersallee", "Anna-Mungunda-Allee"),
    ("Petersallee", "Maji-Maji-Allee"),
    ("Wissmannstraße", "Lucy-Lameck-Straße"),
    ("Gröbenufer", "May-Ayim-Ufer"),
    ("Mohrenstraße", "Anton-Wilhelm-Amo-Straße"),
    ("Treitschkestraße", "Betty-Katz-Straße"),
    ("Manteuffelstraße", "Audre-Lorde-Straße"),
    ("Einemstraße", "Karl-Heinrich-Ulrichs-Straße"),
    ("Kochstraße", "Rudi-Dutschke-Straße"),
)


def other_names(pairs: Iterable[tuple[str, str]] = RENAMED) -> Mapping[str, tuple[str, ...]]:
    """From each key to the keys of the other names that the street has or had."""
    names: dict[str, list[str]] = {}
    for old, new in pairs:
        one, other = street_key(old), street_key(new)
        if one != other:
            names.setdefault(one, []).append(other)
            names.setdefault(other, []).append(one)
    return {key: tuple(dict.fromkeys(others)) for key, others in names.items()}
