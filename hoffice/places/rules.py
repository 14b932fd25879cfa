"""What an address is, how exactly it is known, and what must be asked before it is believed.

Pure: standard library only. The doors to the outside (geocoders, the register, road engines) are
described here by Protocols and picked in the factory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from hoffice.errors import N_
from hoffice.units import Point


class Precision(StrEnum):
    """How exactly an address is known, the best first."""

    PINNED = "pinned"
    HOUSE = "house"
    STREET = "street"
    POSTCODE = "postcode"
    NONE = "none"


PRECISION_LABELS: dict[Precision, str] = {
    Precision.PINNED: N_("set by hand"),
    Precision.HOUSE: N_("to the house"),
    Precision.STREET: N_("to the street"),
    Precision.POSTCODE: N_("approximately"),
    Precision.NONE: N_("not found"),
}

EXACT = frozenset({Precision.PINNED, Precision.HOUSE})
"""Good enough to send somebody to the door."""

PIN_FAR_M: Final = 300
"""A pin moved farther than this is asked about once more: it may be another street."""

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the earth (IUGG)."""

DIRECTIONS: Final = (
    N_("north"),
    N_("north-east"),
    N_("east"),
    N_("south-east"),
    N_("south"),
    N_("south-west"),
    N_("west"),
    N_("north-west"),
)
"""Eight winds, clockwise from the north."""


def metres_between(start: Point, end: Point) -> float:
    """How far it is as the crow flies."""
    phi, psi = math.radians(start.lat), math.radians(end.lat)
    half = (
        math.sin((psi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(psi) * math.sin(math.radians(end.lon - start.lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def direction(start: Point, end: Point) -> str:
    """Which of the ``DIRECTIONS`` one takes from a point to another one not far away."""
    north = end.lat - start.lat
    east = (end.lon - start.lon) * math.cos(math.radians(start.lat))
    turn = math.degrees(math.atan2(east, north)) / (360 / len(DIRECTIONS))
    return DIRECTIONS[round(turn) % len(DIRECTIONS)]


@dataclass(frozen=True, slots=True)
class Address:
    """An address as somebody wrote it; any part may be empty."""

    street: str
    housenumber: str = ""
    postcode: str = ""
    city: str = ""

    @property
    def line(self) -> str:
        """The address in one line: “Sonnenallee 112, 12045 Berlin”."""
        street = f"{self.street} {self.housenumber}".strip()
        return ", ".join(filter(None, (street, f"{self.postcode} {self.city}".strip())))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One address that could have been meant."""

    street: str
    housenumber: str
    postcode: str
    city: str
    district: str = ""
    lat: float | None = None
    lon: float | None = None
    precision: Precision = Precision.NONE

    @property
    def line(self) -> str:
        """The address in one line, with its district where the town has some."""
        line = Address(self.street, self.housenumber, self.postcode, self.city).line
        return f"{line} ({self.district})" if self.district and self.district != self.city else line

    def to_json(self) -> dict[str, Any]:
        """As a home keeps it."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Candidate:
        """As a home kept it."""
        return cls(**{**kept, "precision": Precision(kept["precision"])})


class Finding(StrEnum):
    """What there is to say about an answer; the first two are questions to a human."""

    AMBIGUOUS = "ambiguous"
    MISSPELT = "misspelt"
    POSTCODE_REPAIRED = "postcode_repaired"
    POSTCODE_DIFFERS = "postcode_differs"
    TOWN_REPAIRED = "town_repaired"
    RENAMED = "renamed"
    NUMBER_UNKNOWN = "number_unknown"
    NUMBER_MISSING = "number_missing"
    SUFFIX_UNKNOWN = "suffix_unknown"
    FIRST_OF_RANGE = "first_of_range"
    STREET_UNKNOWN = "street_unknown"
    STREET_MISSING = "street_missing"
    POSTCODE_UNKNOWN = "postcode_unknown"
    POSTCODE_MISSING = "postcode_missing"
    TOWN_UNKNOWN = "town_unknown"
    PO_BOX = "po_box"
    ABROAD = "abroad"
    TOO_LONG = "too_long"
    PROVIDER_FAILED = "provider_failed"
    AS_WRITTEN = "as_written"


QUESTIONS: Final = frozenset({Finding.AMBIGUOUS, Finding.MISSPELT})
"""Findings that only a human can settle, by choosing one of the candidates."""

HOPELESS: Final = frozenset(
    {Finding.PO_BOX, Finding.ABROAD, Finding.TOO_LONG, Finding.STREET_MISSING}
)
"""Findings that say: nobody can be sent there. Such an address has to be written anew."""
DOUBTS: Final = frozenset(
    {
        Finding.NUMBER_UNKNOWN,
        Finding.STREET_UNKNOWN,
        Finding.POSTCODE_DIFFERS,
        Finding.POSTCODE_UNKNOWN,
        Finding.TOWN_UNKNOWN,
    }
)
"""Findings that may be a slip of the pen or a gap of the register: whoever lives there knows."""

FINDING_TEXTS: Final[Mapping[Finding, str]] = {
    Finding.AMBIGUOUS: N_("There are several such addresses. Which one is it?"),
    Finding.MISSPELT: N_("We do not know this street there. Did you mean one of these?"),
    Finding.POSTCODE_REPAIRED: N_("The postcode was %(typed)s; this address has %(found)s."),
    Finding.POSTCODE_DIFFERS: N_("The postcode %(postcode)s does not belong to %(city)s."),
    Finding.TOWN_REPAIRED: N_("The town was “%(typed)s”; this address lies in %(found)s."),
    Finding.RENAMED: N_("“%(typed)s” is now called “%(found)s”."),
    Finding.NUMBER_UNKNOWN: N_("We know the street, but not this house number."),
    Finding.NUMBER_MISSING: N_("The house number is missing."),
    Finding.SUFFIX_UNKNOWN: N_("We know house %(found)s, but not %(typed)s."),
    Finding.FIRST_OF_RANGE: N_("Of %(typed)s the point is that of house %(found)s."),
    Finding.STREET_UNKNOWN: N_("We do not know this street there."),
    Finding.STREET_MISSING: N_("The street is missing."),
    Finding.POSTCODE_UNKNOWN: N_("This postcode is not known."),
    Finding.POSTCODE_MISSING: N_("The address has no postcode."),
    Finding.TOWN_UNKNOWN: N_("We do not know this town."),
    Finding.PO_BOX: N_("A post office box has no door. Give the street."),
    Finding.ABROAD: N_("This address lies outside Germany. hoffice drives within Germany only."),
    Finding.TOO_LONG: N_("This is too long for an address."),
    Finding.AS_WRITTEN: N_("Somebody has said that this address is right as it is written."),
    Finding.PROVIDER_FAILED: N_("%(provider)s did not answer: %(reason)s."),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding with its facts; to be shown, never to be swallowed."""

    finding: Finding
    facts: Mapping[str, str] = field(default_factory=dict)

    def said(self, speak: Callable[[str], str]) -> str:
        """The remark in one sentence, in the language that ``speak`` speaks.

        The reason of a failed provider is a message id itself, with places of its own.
        """
        facts = dict(self.facts)
        if "reason" in facts:
            facts["reason"] = speak(facts["reason"]) % facts
        return speak(FINDING_TEXTS[self.finding]) % facts

    def to_json(self) -> dict[str, Any]:
        """As a home keeps it."""
        return {"finding": self.finding.value, "facts": dict(self.facts)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Remark:
        """As a home kept it."""
        return cls(Finding(kept["finding"]), dict(kept["facts"]))


@dataclass(frozen=True, slots=True)
class Located:
    """Where an address is; without a point its precision is ``none``.

    ``radius_m`` is the distance within which about half of such answers lie. ``matched`` is the
    address in the register's own spelling, also when the point is only its street's or postcode's.
    ``door_note`` is what was written with the address but belongs to the door.
    """

    lat: float | None
    lon: float | None
    precision: Precision
    radius_m: int | None
    provider: str
    matched: str = ""
    remarks: tuple[Remark, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    door_note: str = ""

    @property
    def is_question(self) -> bool:
        """Whether a human has to choose before this answer may be believed."""
        return any(remark.finding in QUESTIONS for remark in self.remarks)


_NOTES: Final[Mapping[Finding, str]] = {
    Finding.AMBIGUOUS: "ambiguous: {candidates}",
    Finding.MISSPELT: "did you mean {candidates}",
    Finding.POSTCODE_REPAIRED: "postcode repaired: {typed} -> {found}",
    Finding.TOWN_REPAIRED: "town repaired: {typed} -> {found}",
    Finding.POSTCODE_DIFFERS: "postcode {postcode} is not in {city}",
    Finding.RENAMED: "renamed: {typed} -> {found}",
    Finding.SUFFIX_UNKNOWN: "house {typed} unknown, point of {found}",
    Finding.FIRST_OF_RANGE: "first of range: {typed} -> {found}",
    Finding.PROVIDER_FAILED: "{provider} failed: {reason}",
}


def note_of(located: Located) -> str:
    """All findings of an answer in one line of plain English, for lists and programs."""
    candidates = " | ".join(candidate.line for candidate in located.candidates)
    notes = [
        _NOTES.get(remark.finding, remark.finding.value.replace("_", " ")).format(
            **{"candidates": candidates, **remark.facts}
        )
        for remark in located.remarks
    ]
    if located.door_note:
        notes.append(f"door: {located.door_note}")
    return "; ".join(notes)


class Geocoder(Protocol):
    """Finds where an address is."""

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The point of an address, or an answer with precision ``none``; it never guesses."""
        ...


@dataclass(frozen=True, slots=True)
class Street:
    """A street of the register within one postcode, town and district."""

    id: int
    key: str
    """The normalised name, see ``addresses.spelling.street_key``."""
    name: str
    postcode: str
    city: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """A house number of a street; without a point the register only knows that it is there."""

    number: str
    """Normalised: ``12a``, ``21/22``, ``14-38``."""
    lat: float | None
    lon: float | None
    source: str = ""
    """Where the point comes from, or the house where there is no point."""


class Register(Protocol):
    """All the addresses that this house knows, whatever stands behind it."""

    def streets(self, key: str) -> Sequence[Street]:
        """Every street with this normalised name."""
        ...

    def streets_of_postcode(self, postcode: str) -> Sequence[Street]:
        """Every street of a postcode."""
        ...

    def keys(self) -> Sequence[str]:
        """Every normalised street name, each once."""
        ...

    def house(self, street_id: int, number: str) -> House | None:
        """The house with this normalised number, with the best point that any source gives."""
        ...

    def houses(self, street_id: int) -> Sequence[House]:
        """Every house of a street, each with its best point."""
        ...

    def anchors(self, street_id: int) -> Sequence[House]:
        """The houses of a street that have a point."""
        ...

    def towns(self, key: str) -> Sequence[str]:
        """The towns, as the register writes them, that a normalised town or district means."""
        ...

    def postcodes(self, key: str) -> Sequence[str]:
        """The postcodes of a normalised town."""
        ...

    def renamed(self, key: str) -> Sequence[str]:
        """The normalised names that a street of this name has, or had, besides."""
        ...
