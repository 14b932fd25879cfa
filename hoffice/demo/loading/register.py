"""A very small address register: two streets of Berlin, so that two people of the story are asked.

One lives in a Kantstraße, of which there is more than one; one wrote a wrong postcode. House
numbers are invented like those of the story, points are rough, and none is taken from a register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hoffice.places.service import register
from hoffice.places.sources.entries import WITHOUT_POINTS, Entry, Origin
from hoffice.units import Actor, Point

ORIGIN: Final = Origin("table", "demo", "Demo (hoffice)", WITHOUT_POINTS)
EVERY: Final = 8
"""So many numbers lie between two houses that are entered; the demo shall stay small."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a street within one postcode, with its house numbers."""

    street: str
    postcode: str
    district: str
    first: int
    last: int
    begins: Point | None = None
    ends: Point | None = None


STRETCHES: Final = (
    Stretch(
        *("Kantstraße", "10623", "Charlottenburg", 147, 171),
        *(Point(52.5059, 13.3290), Point(52.5062, 13.3205)),
    ),
    Stretch(
        *("Kantstraße", "10625", "Charlottenburg", 35, 67),
        *(Point(52.5063, 13.3170), Point(52.5066, 13.3095)),
    ),
    Stretch(
        *("Kantstraße", "12169", "Steglitz", 163, 171),
        *(Point(52.4548, 13.3420), Point(52.4537, 13.3446)),
    ),
    Stretch("Sonnenallee", "12045", "Neukölln", 4, 132),
    Stretch("Sonnenallee", "12057", "Neukölln", 403, 435),
)


def entries() -> Iterator[Entry]:
    """Every house, evenly along its street; stretches without points are only known to be there."""
    for one in STRETCHES:
        for number in range(one.first, one.last + 1, EVERY):
            lat = lon = None
            if one.begins is not None and one.ends is not None:
                share = (number - one.first) / (one.last - one.first)
                lat = one.begins.lat + share * (one.ends.lat - one.begins.lat)
                lon = one.begins.lon + share * (one.ends.lon - one.begins.lon)
            yield Entry(one.street, str(number), one.postcode, "Berlin", one.district, lat, lon)


def fill(*, by: Actor) -> None:
    """Put the two streets into the register, as an import does it."""
    edition = register.begin(ORIGIN, ["demo"], by=by)
    register.add(edition, list(entries()))
    register.finish(edition, by=by)
