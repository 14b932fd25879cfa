"""A geopy geocoder over the house's own address register, with the cascade behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from geopy.geocoders.base import DEFAULT_SENTINEL
from geopy.geocoders.base import Geocoder as GeopyGeocoder
from geopy.location import Location

from hoffice.places.cascade.steps import Cascade
from hoffice.places.geocoders.offline import NoNetwork
from hoffice.places.geocoders.postcodes import centroid, radius_m
from hoffice.places.rules import Candidate, Located, Register, note_of

_PARTS: Final = ("street", "housenumber", "postalcode", "city")


class RegisterGeocoder(GeopyGeocoder):  # type: ignore[misc]  # geopy is untyped
    """Finds addresses in a register, offline; whatever speaks geopy can use it.

    A ``Location`` of it says in ``raw`` how exact it is (``precision``, ``radius_m``), what was
    found (``matched``), who knows it (``provider``) and what there is to say (``note``).
    """

    __aenter__ = None
    """It waits for nobody; with geopy's asynchronous doors svcs would take it for a coroutine's."""
    __aexit__ = None

    def __init__(self, register: Register) -> None:
        super().__init__(adapter_factory=NoNetwork)
        self._cascade = Cascade(register, centroid, radius_m)

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The point of an address with everything there is to say about it."""
        return self._cascade.locate(street, housenumber, postcode, city)

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: object = DEFAULT_SENTINEL,
    ) -> Location | Sequence[Location] | None:
        """The location of an address in one line, or of its parts as geopy's Nominatim names them.

        With ``exactly_one`` an address that leaves a question yields None: a program must not
        choose. Without it, all candidates with a point are given, the best first.
        """
        del timeout  # nothing is asked over a network
        located = self.locate(*_asked(query))
        if exactly_one:
            if located.is_question or located.lat is None or located.lon is None:
                return None
            return _location(located, located.lat, located.lon)
        if located.is_question:
            places = [_candidate(located, one) for one in located.candidates]
            return [place for place in places if place is not None] or None
        if located.lat is None or located.lon is None:
            return None
        return [_location(located, located.lat, located.lon)]


def _asked(query: str | Mapping[str, str]) -> tuple[str, str, str, str]:
    if isinstance(query, str):
        return query, "", "", ""  # the cascade takes a line apart itself
    street, number, postcode, city = (query.get(name) or "" for name in _PARTS)
    return street, number, postcode, city


def _location(located: Located, lat: float, lon: float) -> Location:
    raw = {
        "precision": located.precision.value,
        "radius_m": located.radius_m,
        "provider": located.provider,
        "matched": located.matched,
        "note": note_of(located),
    }
    return Location(located.matched or located.provider, (lat, lon), raw)


def _candidate(located: Located, candidate: Candidate) -> Location | None:
    if candidate.lat is None or candidate.lon is None:
        return None
    raw = {"precision": candidate.precision.value, "note": note_of(located)}
    return Location(candidate.line, (candidate.lat, candidate.lon), raw)
