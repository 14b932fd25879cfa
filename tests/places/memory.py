"""An address register in memory, which keeps the promises of the one in the database.

Both pass the same list of behaviours, see ``tests/contracts/test_registers.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hoffice.places.addresses.renamed import RENAMED, other_names
from hoffice.places.addresses.spelling import number_key, street_key, town_key
from hoffice.places.rules import House, Street
from hoffice.places.sources.entries import Entry

SOURCE: Final = "probe"


class MemoryRegister:
    """Addresses of one source; where a house is named twice, its first point counts."""

    def __init__(self, *entries: Entry, renamed: Sequence[tuple[str, str]] = ()) -> None:
        self._streets: dict[tuple[str, str, str, str], Street] = {}
        self._houses: dict[int, dict[str, House]] = {}
        self._renamed = other_names([*RENAMED, *renamed])
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        key = (street_key(entry.street), entry.postcode, town_key(entry.city), entry.district)
        number = number_key(entry.housenumber)
        street = self._streets.setdefault(
            key,
            Street(
                len(self._streets) + 1,
                key[0],
                entry.street,
                entry.postcode,
                entry.city,
                entry.district,
            ),
        )
        houses = self._houses.setdefault(street.id, {})
        if number not in houses or houses[number].lat is None:
            houses[number] = House(number, entry.lat, entry.lon, SOURCE)

    def streets(self, key: str) -> Sequence[Street]:
        """Every street with this normalised name."""
        return [street for street in self._streets.values() if street.key == key]

    def streets_of_postcode(self, postcode: str) -> Sequence[Street]:
        """Every street of a postcode."""
        return [street for street in self._streets.values() if street.postcode == postcode]

    def keys(self) -> Sequence[str]:
        """Every normalised street name, each once."""
        return list(dict.fromkeys(street.key for street in self._streets.values()))

    def house(self, street_id: int, number: str) -> House | None:
        """The house with this normalised number."""
        return self._houses.get(street_id, {}).get(number)

    def houses(self, street_id: int) -> Sequence[House]:
        """Every house of a street."""
        return list(self._houses.get(street_id, {}).values())

    def anchors(self, street_id: int) -> Sequence[House]:
        """The houses of a street that have a point."""
        return [house for house in self.houses(street_id) if house.lat is not None]

    def towns(self, key: str) -> Sequence[str]:
        """The towns, as the register writes them, that a normalised town or district means."""
        found = []
        for street in self._streets.values():
            own, district = town_key(street.city), town_key(street.district)
            if own and (key == own or (district and key in (district, own + district))):
                found.append(street.city)
        return list(dict.fromkeys(found))

    def postcodes(self, key: str) -> Sequence[str]:
        """The postcodes of a normalised town."""
        streets = self._streets.values()
        own = [one.postcode for one in streets if one.city and town_key(one.city) == key]
        return list(dict.fromkeys(own))

    def renamed(self, key: str) -> Sequence[str]:
        """The normalised names that a street of this name has, or had, besides."""
        return self._renamed.get(key, ())
