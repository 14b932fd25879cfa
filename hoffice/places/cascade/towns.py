"""Which streets the written town and postcode can mean, and whether the two fit each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from hoffice.places.addresses.spelling import town_key
from hoffice.places.rules import Register, Street

FARTHEST_POSTCODE_KM: Final = 25.0
"""A postcode farther from every known one of its town belongs to another town."""

Centroid = Callable[[str], tuple[float, float] | None]
"""The middle of a postcode's area as (latitude, longitude)."""


@dataclass
class Reach:
    """What a postcode and a town, as somebody wrote them, take in."""

    register: Register
    centroid: Centroid
    postcode: str
    city: str

    def in_reach(self, streets: Iterable[Street]) -> list[Street]:
        """Those in the postcode and in the town that were written.

        A list of points may know no towns; then the postcode decides, unless it lies elsewhere.
        """
        return [
            one
            for one in streets
            if self.has_postcode(one)
            and (self.is_in_town(one) or (not one.city and self.takes_postcode()))
        ]

    def has_postcode(self, street: Street) -> bool:
        """Whether the street lies in the postcode that was written."""
        return bool(self.postcode) and street.postcode == self.postcode

    def is_in_town(self, street: Street) -> bool:
        """Whether the street lies in the town that was written, or in the postcode's own towns."""
        if self.city:
            return self.is_named(street)
        return not self.own_towns or street.city in self.own_towns

    @cached_property
    def own_towns(self) -> frozenset[str]:
        """The towns of the postcode that was written, where the register knows it."""
        if not self.postcode:
            return frozenset()
        here = self.register.streets_of_postcode(self.postcode)
        return frozenset(street.city for street in here if street.city)

    @cached_property
    def town_keys(self) -> list[str]:
        """What the written town could be called: as a whole, and its parts around a comma."""
        city = self.city
        return [key for key in dict.fromkeys(map(town_key, [city, *city.split(",")])) if key]

    def is_named(self, street: Street) -> bool:
        """Whether the written town means this street's: “Berlin”, “Johannisthal”, “Berlin-Mitte”.

        A name that is both a district and a borough, or a borough of old, decides nothing: people
        write “Wedding” for houses in Gesundbrunnen.
        """
        town, district = town_key(street.city), town_key(street.district)
        for key in self.town_keys:
            rest = key.removeprefix(town) if key != town else ""
            if key == town or (rest in _BOROUGHS and town == _BERLIN):
                return True
            if district and key in (district, town + district, district + town):
                return True
        return False

    def is_known(self) -> bool:
        """Whether the register has this town or district at all."""
        keys = self.town_keys
        return any(self.register.towns(key) for key in keys) or (
            any(key.removeprefix(_BERLIN) in _BOROUGHS for key in keys)
            and bool(self.register.towns(_BERLIN))
        )

    def takes_postcode(self) -> bool:
        """Whether the register knows nothing against this postcode in this town."""
        if not self.city:
            return bool(self.own_towns)
        if self.own_towns:
            streets = self.register.streets_of_postcode(self.postcode)
            return not self.is_known() or any(self.is_in_town(street) for street in streets)
        return self.is_near_town()

    def is_near_town(self) -> bool:
        """Whether a postcode the register has not could lie in the town, by the way between."""
        here = self.centroid(self.postcode)
        towns = {town_key(town) for key in self.town_keys for town in self.register.towns(key)}
        if any(key.removeprefix(_BERLIN) in _BOROUGHS for key in self.town_keys):
            towns.add(_BERLIN)
        codes = {code for town in towns for code in self.register.postcodes(town)}
        known = [point for code in codes if (point := self.centroid(code))]
        if here is None or not known:
            return True
        return any(km_between(here, other) <= FARTHEST_POSTCODE_KM for other in known)


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points that lie near each other, (latitude, longitude)."""
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return math.hypot(one[0] - other[0], east) * _KM_PER_DEGREE


_BERLIN: Final = "berlin"
_KM_PER_DEGREE: Final = 111.195
_BOROUGHS: Final = frozenset(
    """
    mitte friedrichshainkreuzberg pankow charlottenburgwilmersdorf spandau
    steglitzzehlendorf tempelhofschoeneberg neukoelln treptowkoepenick marzahnhellersdorf
    lichtenberg reinickendorf wedding tiergarten kreuzberg friedrichshain prenzlauerberg
    weissensee charlottenburg wilmersdorf steglitz zehlendorf tempelhof schoeneberg treptow
    koepenick marzahn hellersdorf hohenschoenhausen
    """.split()  # noqa: SIM905  # as above, a list of words
)
"""The twelve boroughs of Berlin, and those before 2001 that people still write."""
