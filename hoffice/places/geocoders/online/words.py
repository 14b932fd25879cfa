"""What leaves the house, what comes back, and how it fails. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hoffice.errors import N_
from hoffice.places.addresses.reading import read
from hoffice.places.addresses.spelling import number_key, street_key, town_key
from hoffice.places.rules import Address, Candidate, Finding, Precision

TIMED_OUT = N_("it took too long")
QUOTA_USED_UP = N_("our quota is used up")
ASKS_TO_WAIT = N_("it asks us to wait")
KEY_REFUSED = N_("it does not accept our key")
REFUSED = N_("it refuses to answer us")
UNREACHABLE = N_("it cannot be reached")
UNREADABLE = N_("its answer cannot be read")
QUESTION_REFUSED = N_("it rejects the question or the key")
SENT_AWAY = N_("it sends us to another address")
BROKEN = N_("it has an error of its own")
QUEUE_TOO_LONG = N_("many are asking at once; try again in %(seconds)s seconds")
NOT_FOR_LISTS = N_("the public server may not be asked for lists")


_PERSON = (
    r"(?<!\w)(?:c\s?/\s?o|z\.\s?h(?:d|\.)|zu\s+händen|(?-i:bei\s+(?=(?:Familie|Fam|Frau|Herr)\b)))"
)
_BEYOND_STREET: Final = re.compile(rf"(?:[,;(\n]|{_PERSON}).*", re.IGNORECASE | re.DOTALL)
_BEYOND_TOWN: Final = re.compile(rf"(?:[,;\n]|{_PERSON}).*", re.IGNORECASE | re.DOTALL)
"""Where an address ends and a person begins, or may begin; the rest stays in the house."""


class ProviderFailed(Exception):
    """A provider gave no answer that counts; never cached, always shown.

    ``reason`` is a message id that ends a sentence, ``retry_after`` seconds, where known. Nothing
    of geopy's own errors is kept in here: they name the whole URL, and the key is in it.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, kind: str = "") -> None:
        super().__init__(f"{reason} ({kind})" if kind else reason)
        self.reason = reason
        self.retry_after = retry_after
        self.kind = kind
        """The name of geopy's error, for the log."""


@dataclass(frozen=True, slots=True)
class Question:
    """The four parts of an address that may leave the house: never a name, never an access note."""

    street: str
    housenumber: str
    postcode: str
    city: str
    obstacles: tuple[Finding, ...] = ()
    """Why nobody is asked at all."""

    @classmethod
    def of(cls, street: str, housenumber: str, postcode: str, city: str) -> Question:
        """What may be asked of an address as somebody wrote it; door notes stay behind."""
        asked = read(Address(street, housenumber, postcode, city))
        road = _BEYOND_STREET.sub("", asked.street).strip()
        town = _BEYOND_TOWN.sub("", asked.city).strip()
        obstacles = list(asked.findings) if asked.stops_here else []
        if not obstacles and not street_key(road):
            obstacles.append(Finding.STREET_MISSING)
        if not obstacles and not asked.postcode and not town:
            obstacles.append(Finding.POSTCODE_MISSING)
        return cls(road, asked.number, asked.postcode, town, tuple(obstacles))

    @property
    def key(self) -> str:
        """One spelling of the question, so that it is asked only once."""
        parts = (street_key(self.street), number_key(self.housenumber))
        return "|".join((*parts, self.postcode, town_key(self.city)))

    @property
    def street_line(self) -> str:
        """Street and house number."""
        return f"{self.street} {self.housenumber}".strip()

    @property
    def line(self) -> str:
        """All in one line, with the country, for providers that take nothing else."""
        address = Address(self.street, self.housenumber, self.postcode, self.city)
        return f"{address.line}, Deutschland"


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of a provider, in our words."""

    lat: float
    lon: float
    precision: Precision
    """What the provider claims; ``house`` only for a building, an entrance or a rooftop."""
    street: str = ""
    housenumber: str = ""
    postcode: str = ""
    city: str = ""
    areas: tuple[str, ...] = ()
    """Further names of the place: districts, villages."""
    country: str = ""
    """Two small letters, empty when the provider does not say."""

    @property
    def line(self) -> str:
        """The address in the provider's own spelling."""
        return Address(self.street, self.housenumber, self.postcode, self.city).line

    @property
    def candidate(self) -> Candidate:
        """As one of several that a human may choose from."""
        district = next((area for area in self.areas if area != self.city), "")
        parts = (self.street, self.housenumber, self.postcode, self.city, district)
        return Candidate(*parts, lat=self.lat, lon=self.lon, precision=self.precision)

    def to_json(self) -> dict[str, Any]:
        """As the cache keeps it."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Found:
        """As the cache kept it."""
        precision, areas = Precision(kept["precision"]), tuple(kept["areas"])
        return cls(**{**kept, "precision": precision, "areas": areas})
