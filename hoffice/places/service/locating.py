"""The geocoder of this house: the register first, an online provider only where it is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from hoffice.places.geocoders.register import RegisterGeocoder
from hoffice.places.queries import DatabaseRegister
from hoffice.places.rules import EXACT, HOPELESS, Finding, Geocoder, Located, Precision, Remark
from hoffice.places.service.online import CachedOnline

_BETTER: Final[Mapping[Precision, int]] = {one: place for place, one in enumerate(Precision)}


class HouseGeocoder:
    """Answers from the register; asks the provider what the register does not know to the house.

    Made for one request, one step of a job or one list: it reads the register of that moment.
    """

    def __init__(self, online: Geocoder | None = None) -> None:
        self._register: RegisterGeocoder | None = None
        self._online = online

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The point of an address with everything there is to say about it."""
        if self._register is None:  # the first question opens the register, not the request
            self._register = RegisterGeocoder(DatabaseRegister())
        known = self._register.locate(street, housenumber, postcode, city)
        if self._online is None or known.precision in EXACT or _is_hopeless(known):
            return known
        return better(known, self._online.locate(street, housenumber, postcode, city))

    @property
    def asks_online(self) -> bool:
        """Whether there is a provider behind the register."""
        return self._online is not None

    def for_lists(self) -> HouseGeocoder:
        """The same for a whole list, which a public server must not be asked for."""
        online = self._online
        return HouseGeocoder(online.for_lists() if isinstance(online, CachedOnline) else online)


Place = tuple[str, str, str, str]
"""Street, house number, postcode and town, as somebody wrote them."""


class AskedAhead:
    """Answers that were got before a writing transaction began, for the deed inside it.

    While a network is asked nobody may hold the database; what was not asked about ahead is found
    in the register alone.
    """

    def __init__(self, answers: Mapping[Place, Located]) -> None:
        self._answers = answers
        self._register = HouseGeocoder()

    def __contains__(self, place: object) -> bool:
        return place in self._answers

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The answer that is there already, or the register's."""
        place = street, housenumber, postcode, city
        return self._answers.get(place) or self._register.locate(*place)


def ask_ahead(geocoder: Geocoder, places: Iterable[Place]) -> AskedAhead:
    """Ask about these places now, outside of any writing transaction."""
    return AskedAhead({place: geocoder.locate(*place) for place in dict.fromkeys(places)})


def for_lists(geocoder: Geocoder) -> Geocoder:
    """The geocoder as a whole list may use it."""
    return geocoder.for_lists() if isinstance(geocoder, HouseGeocoder) else geocoder


def asks_online(geocoder: Geocoder) -> bool:
    """Whether an answer may come over the network, so that no request should wait for it."""
    return isinstance(geocoder, HouseGeocoder) and geocoder.asks_online


def better(known: Located, online: Located) -> Located:
    """The more exact of two answers, with what the register had to say.

    A question of the register stays one: that a provider picks one of eight Waldstraßen does not
    make it the right one. A failure of the provider is said, never swallowed.
    """
    failures = tuple(one for one in online.remarks if one.finding is Finding.PROVIDER_FAILED)
    if known.is_question or online.is_question:
        candidates = dict.fromkeys((*known.candidates, *online.candidates))
        remarks = _each_once((*known.remarks, *online.remarks))
        return replace(known, candidates=tuple(candidates), remarks=remarks)
    if online.lat is None or _BETTER[online.precision] >= _BETTER[known.precision]:
        return replace(known, remarks=known.remarks + failures)
    said = tuple(one for one in known.remarks if one.finding not in _SETTLED)
    return replace(
        online,
        matched=online.matched or known.matched,
        remarks=said + online.remarks,
        door_note=known.door_note,
    )


_SETTLED: Final = frozenset({Finding.NUMBER_UNKNOWN, Finding.STREET_UNKNOWN})
"""What the register did not know and a provider did."""


def _is_hopeless(known: Located) -> bool:
    """Whether no provider needs to hear of it."""
    return any(remark.finding in HOPELESS for remark in known.remarks)


def _each_once(remarks: tuple[Remark, ...]) -> tuple[Remark, ...]:
    """Each remark once; their facts are dictionaries, which cannot be set members."""
    kept: list[Remark] = []
    for remark in remarks:
        if remark not in kept:
            kept.append(remark)
    return tuple(kept)
