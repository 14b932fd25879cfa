"""The house of a street that was asked for, or the nearest thing to it that is certain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from hoffice.places.addresses.interpolation import Interpolated, interpolated
from hoffice.places.addresses.reading import Asked
from hoffice.places.addresses.spelling import bare_number, is_range
from hoffice.places.cascade.towns import km_between
from hoffice.places.rules import (
    Address,
    Candidate,
    Finding,
    House,
    Precision,
    Register,
    Remark,
    Street,
)

VILLAGES_KM: Final = 1.5
"""Two parts of one street do not put the same house number so far apart."""


@dataclass(frozen=True, slots=True)
class Match:
    """A street of the register, and its house where the number is known."""

    street: Street
    number: str
    house: House | None
    remark: Remark | None = None

    @property
    def line(self) -> str:
        """The address in the register's spelling."""
        street = self.street
        number = self.house.number if self.house else ""
        return Address(street.name, number, street.postcode, street.city).line


@dataclass(frozen=True, slots=True)
class Houses:
    """The houses of a register, as one address asks for them."""

    register: Register
    asked: Asked

    def of(self, street: Street) -> Match:
        """The house of a street that was asked for, or the nearest thing to it that is certain."""
        number = self.asked.number
        house = self.register.house(street.id, number)
        if house:  # squares are known without a number
            return Match(street, house.number, house)
        if not number:  # some squares are an address without one
            square = self.register.house(street.id, "")
            return Match(street, "", square, None if square else Remark(Finding.NUMBER_MISSING))
        for simpler in self.asked.alternatives:
            house = self.register.house(street.id, simpler)
            if house:
                finding = Finding.FIRST_OF_RANGE if is_range(number) else Finding.SUFFIX_UNKNOWN
                remark = Remark(finding, {"typed": number, "found": house.number})
                return Match(street, house.number, house, remark)
        neighbour = self.neighbour_of(street, number)
        if neighbour:
            remark = Remark(Finding.SUFFIX_UNKNOWN, {"typed": number, "found": neighbour.number})
            return Match(street, neighbour.number, neighbour, remark)
        return Match(street, "", None, Remark(Finding.NUMBER_UNKNOWN))

    def neighbour_of(self, street: Street, number: str) -> House | None:
        """A house with the same number but another letter, or a range that begins with it."""
        bare = bare_number(number)
        if bare is None:
            return None
        same = [one for one in self.register.houses(street.id) if bare_number(one.number) == bare]
        return min(same, key=lambda one: (one.lat is None, one.number), default=None)

    def exact(self, streets: Iterable[Street]) -> list[Match]:
        """The streets that have exactly the house that was asked for."""
        matches = (self.of(street) for street in streets)
        return merged(match for match in matches if match.house and match.remark is None)

    def candidate(self, match: Match) -> Candidate:
        """An address to choose."""
        street, house = match.street, match.house
        number = house.number if house else self.asked.number
        place = (house.lat, house.lon) if house else (None, None)
        precision = Precision.NONE if place[0] is None else Precision.HOUSE
        return Candidate(
            street.name, number, street.postcode, street.city, street.district, *place, precision
        )

    def along(self, match: Match, siblings: Iterable[Street]) -> Interpolated | None:
        """The point on the street, interpolated from its known houses.

        One postcode of Brandenburg can have two villages with a Dorfstraße each; then only the
        own village's houses count, and none if the house is in neither.
        """
        number = match.number or self.asked.number
        anchors = {
            street: [
                house
                for twin in (street, *self.twins(street))
                for house in self.register.anchors(twin.id)
            ]
            for street in siblings
        }
        point = interpolated(dict.fromkeys(chain(*anchors.values())), number)
        if point is None or len(anchors) == 1:
            return point
        alone = [one for one in (interpolated(each, number) for each in anchors.values()) if one]
        if all(
            km_between((one.lat, one.lon), (point.lat, point.lon)) < VILLAGES_KM for one in alone
        ):
            return point
        return interpolated(anchors.get(match.street, ()), number) if match.house else None

    def with_point(self, match: Match) -> House | None:
        """The house, with a point that another source gives which knows no towns."""
        house = match.house
        if house is None or house.lat is not None:
            return house
        others = (self.register.house(one.id, house.number) for one in self.twins(match.street))
        return next((one for one in others if one and one.lat is not None), house)

    def twins(self, street: Street) -> list[Street]:
        """The same street as a source has it that knows neither towns nor districts."""
        if not street.city or not street.postcode:
            return []
        return [
            one
            for one in self.register.streets(street.key)
            if not one.city and not one.district and one.postcode == street.postcode
        ]


def merged(matches: Iterable[Match]) -> list[Match]:
    """One match for each address, though one source may tell less of it than another.

    A list of points without towns and districts speaks of the same house as the official register.
    """
    kept: list[Match] = []
    for match in sorted(matches, key=lambda one: (not one.street.city, not one.street.district)):
        same = next((one for one in kept if _is_same(one, match)), None)
        if same is None:
            kept.append(match)
        elif same.house and match.house and same.house.lat is None:
            kept[kept.index(same)] = replace(same, house=replace(match.house))
    return kept


def _is_same(full: Match, other: Match) -> bool:
    """Whether the other, which says no more, is the same address as the one that is kept."""
    one, two = full.street, other.street
    return (
        one.postcode == two.postcode
        and (not two.city or one.city == two.city)
        and (not two.district or one.district == two.district)
        and (one.district, one.city) != (two.district, two.city)
        and (full.house is None) == (other.house is None)
        and full.number == other.number
    )
