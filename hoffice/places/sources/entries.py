"""What every register yields, whatever file it comes in: addresses, and why a line is none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from hoffice.errors import N_, Counted, Refused
from hoffice.places.sources.points import Crs, is_swapped, point

OFFICIAL: Final = 10
OPENSTREETMAP: Final = 20
TABLE: Final = 30
WITHOUT_POINTS: Final = 90

MOST_ENTRIES: Final = 5_000_000
"""More than three states together; what has more is no register, or one made to harm."""
STREET_CHARS: Final = 120
NUMBER_CHARS: Final = 30
TOWN_CHARS: Final = 80

FEW: Final = 3
"""So many spoilt lines are skipped in any file."""
SHARE: Final = 0.01
"""A file with a greater share of spoilt lines than this is refused."""
EARLY: Final = 100
"""Spoilt lines after which it is asked before the end whether most of the file is spoilt."""
EXAMPLES: Final = 5


class Entry(NamedTuple):
    """One address of a register. Without a point it is only known to be there.

    A tuple, because a city has half a million of them.
    """

    street: str
    housenumber: str
    postcode: str
    city: str
    district: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose addresses these are."""

    kind: str
    """Which reader understood it: ``geojson``, ``gml``, ``geopackage``, ``osm`` or ``table``."""
    name: str
    """``berlin``, ``berlin-register``, ``brandenburg``, ``osm``, or a table's own name."""
    credit: str
    """The words that the licence asks for; empty where a file does not say."""
    rank: int
    """Whose point is believed when several know a house: the smallest wins."""
    city: str = ""
    """The town of every entry that names none."""


class Flaw(StrEnum):
    """Why a line of a register is no usable address."""

    NO_STREET = "no_street"
    NO_NUMBER = "no_number"
    ABROAD = "abroad"
    TOO_LONG = "too_long"
    GARBLED = "garbled"
    ODD_POSTCODE = "odd_postcode"
    FAR_AWAY = "far_away"
    SWAPPED = "swapped"
    MISFIT = "misfit"


FLAW_TEXTS: Final = {
    Flaw.NO_STREET: N_("no street"),
    Flaw.NO_NUMBER: N_("no house number"),
    Flaw.ABROAD: N_("not in Germany"),
    Flaw.TOO_LONG: N_("too long for an address"),
    Flaw.GARBLED: N_("garbled characters"),
    Flaw.ODD_POSTCODE: N_("no German postcode"),
    Flaw.FAR_AWAY: N_("a point outside Germany"),
    Flaw.SWAPPED: N_("a point outside Germany; latitude and longitude are swapped"),
    Flaw.MISFIT: N_("not as many columns as the header"),
}

_SPOILT: Final = {
    Flaw.GARBLED: N_(
        "%(count)s lines have garbled characters, such as line %(line)s: the file was saved in "
        "another encoding than it was read in. Export it again as UTF-8."
    ),
    Flaw.ODD_POSTCODE: N_(
        "%(count)s lines have a postcode that is none, such as line %(line)s. Check which column "
        "holds the postcodes, and that they have five digits."
    ),
    Flaw.FAR_AWAY: N_(
        "%(count)s points lie outside Germany, such as that of line %(line)s. Export the "
        "addresses again in EPSG:25833 or EPSG:4326."
    ),
    Flaw.SWAPPED: N_(
        "%(count)s points lie outside Germany, such as that of line %(line)s; with latitude and "
        "longitude changed over they would lie in it. Swap the two columns."
    ),
    Flaw.MISFIT: N_(
        "%(count)s lines have not as many columns as the header, such as line %(line)s. Put "
        "cells that contain the separator into quotation marks."
    ),
}
"""Flaws that say something about the whole file when they are many; the others are usual."""


@dataclass(slots=True)
class Skipped:
    """The lines of a file that are no usable address, counted, the first few with their number."""

    counts: Counter[Flaw] = field(default_factory=Counter)
    first: dict[Flaw, list[int]] = field(default_factory=dict)
    """Where the first of each kind stand: the line of a text, else the place in the sequence."""

    def note(self, flaw: Flaw, line: int) -> None:
        """One more."""
        self.counts[flaw] += 1
        examples = self.first.setdefault(flaw, [])
        if len(examples) < EXAMPLES:
            examples.append(line)

    @property
    def total(self) -> int:
        """All of them together."""
        return self.counts.total()

    def require_few(self, seen: int, *, at_end: bool) -> None:
        """Refuse a file of which too much is spoilt.

        :raises Refused: about the most frequent flaw that should not be.
        """
        spoilt = {flaw: count for flaw, count in self.counts.items() if flaw in _SPOILT}
        count = sum(spoilt.values())
        limit = max(FEW, seen * SHARE) if at_end else max(EARLY, seen / 2)
        if count > limit:
            flaw = max(spoilt, key=lambda each: spoilt[each])
            raise Refused(_SPOILT[flaw], count=spoilt[flaw], line=self.first[flaw][0])


class Reading(Protocol):
    """A register that is being read.

    Iterating reads the file from its beginning, lazily; ``skipped`` then starts anew.
    """

    origin: Origin
    skipped: Skipped
    total: int | None
    """How many lines or features there are, where that is cheap to know."""
    announced: int | None
    """How many addresses the source says that it has in all; a page of them has fewer.

    Known at the end of the reading only.
    """

    def __iter__(self) -> Iterator[Entry]:
        """Every usable address.

        :raises Refused: also in the middle, with a sentence that says what is wrong.
        """
        ...

    @property
    def progress(self) -> float | None:
        """The part that has been read, from 0 to 1, or nothing where that is not known."""
        ...


_DIGIT = re.compile(r"[0-9]")
_FIVE_DIGITS = re.compile(r"(?:D\s*-?\s*)?([0-9]{4,5})(?:\.0+)?", re.IGNORECASE)
_FLAT = re.compile(r"p\d+", re.IGNORECASE)
_NOTHING: Final = frozenset({"none", "null", "nan", "<null>", "n/a", "-"})
_POSTCODE_DIGITS: Final = 5


@lru_cache(maxsize=4096)
def postcode_of(raw: str) -> str:
    """Five digits, with the zero that spreadsheets eat; empty where there are none at all."""
    if len(raw) == _POSTCODE_DIGITS and raw.isascii() and raw.isdigit():
        return raw
    found = _FIVE_DIGITS.fullmatch(raw.strip())
    return found.group(1).zfill(_POSTCODE_DIGITS) if found else ""


def housenumber_of(number: str, suffix: str = "") -> str:
    """Number and suffix as people write them together: ``12A``, ``129/1``, ``40/p11``.

    The surveyors of Brandenburg keep flats and the second number of a door in the suffix.
    """
    if not number.isdigit():
        number = number.strip().removesuffix(".0")
        number = "" if number.casefold() in _NOTHING else number
    number = number.lstrip("0")
    suffix = suffix.strip()
    if not suffix or not number or suffix.casefold() in _NOTHING:
        return number
    if suffix[0].isdigit() or _FLAT.fullmatch(suffix):
        return f"{number}/{suffix}"
    return number + suffix


@lru_cache(maxsize=4096)  # streets and towns come in runs
def tidy(raw: str) -> str:
    """One line without surplus blanks; placeholders for nothing are nothing."""
    text = raw.strip()
    if not text.isprintable() or "  " in text:
        text = " ".join(text.replace("\xad", "").split())
    return "" if text.casefold() in _NOTHING else text


def number_of(raw: str) -> float | None:
    """A coordinate, also with a decimal comma; nothing for an empty cell.

    :raises ValueError: when it is no number.
    """
    try:
        return float(raw)
    except ValueError:
        text = raw.strip()
        if not text or text.casefold() in _NOTHING:
            return None
        return float(text.replace(",", ".") if text.count(",") == 1 else text)


Words = Sequence[str]
"""An address as a file has it: street, number, suffix, postcode, city, district."""


@dataclass(slots=True)
class Making:
    """Turns what a file says into entries, and notes what is none."""

    origin: Origin
    skipped: Skipped
    system: Crs | None = None
    seen: int = 0

    def entry(self, words: Words, x: float | None, y: float | None, line: int) -> Entry | None:
        """The address, or nothing: then the reason is noted."""
        self.seen += 1
        made = self._made(words, x, y)
        if isinstance(made, Flaw):
            self.flawed(made, line)
            return None
        return made

    def unreadable_point(self, line: int) -> None:
        """Note an address whose coordinates are no numbers, or no point."""
        self.seen += 1
        self.flawed(Flaw.FAR_AWAY, line)

    def flawed(self, flaw: Flaw, line: int) -> None:
        """Note a flaw of the line that was seen last.

        :raises Refused: when most of what was seen is spoilt.
        """
        self.skipped.note(flaw, line)
        if self.skipped.counts[flaw] % EARLY == 0:
            self.skipped.require_few(self.seen, at_end=False)

    def _made(self, words: Words, x: float | None, y: float | None) -> Entry | Flaw:
        street, number, suffix, postcode, city, district = words
        street, city, district = tidy(street), tidy(city), tidy(district)
        number = housenumber_of(number, suffix)
        is_square = not number and bool(self.origin.city)  # an official register knows squares
        flaw = _flaw(street, "0" if is_square else number, city, district)
        if flaw is not None:
            return flaw
        digits = postcode_of(postcode)
        if not digits and tidy(postcode):
            return Flaw.ODD_POSTCODE
        lat = lon = None
        if x is not None and y is not None:
            place = point(x, y, self.system)
            if place is None:
                return Flaw.SWAPPED if is_swapped(x, y) else Flaw.FAR_AWAY
            lat, lon = place
        return Entry(street, number, digits, city or self.origin.city, district, lat, lon)


def _flaw(street: str, number: str, city: str, district: str) -> Flaw | None:
    """What is wrong with the words of an address."""
    if not street:
        return Flaw.NO_STREET
    if not number or not _DIGIT.search(number):
        return Flaw.NO_NUMBER
    if len(street) > STREET_CHARS or len(number) > NUMBER_CHARS:
        return Flaw.TOO_LONG
    if len(city) > TOWN_CHARS or len(district) > TOWN_CHARS:
        return Flaw.TOO_LONG
    words = street + city + district + number
    if "Ã" in words or "\ufffd" in words or not words.isprintable():
        return Flaw.GARBLED
    return None


class RegisterFile:
    """What all readings have in common; each kind says how its entries are made."""

    origin: Origin

    def __init__(self, path: Path) -> None:
        self.path = path
        self.total: int | None = None
        self.announced: int | None = None
        self.skipped = Skipped()
        self.system: Crs | None = None
        self._progress: Callable[[], float] | None = None
        self._read = 0

    def __iter__(self) -> Iterator[Entry]:
        """Every usable address; at the end it is asked whether too many were none."""
        self.skipped = Skipped()
        self._read = 0
        making = Making(self.origin, self.skipped, self.system)
        for entry in self.entries(making):
            self._read += 1
            if self._read > MOST_ENTRIES:
                raise Refused(
                    N_("The file has more than %(limit)s addresses. Import one state at a time."),
                    limit=MOST_ENTRIES,
                )
            yield entry
        self.skipped.require_few(making.seen, at_end=True)
        if self._read == 0:
            raise self._useless()

    def _useless(self) -> Refused:
        """The sentence about a file without any address, with what is most often the reason."""
        if not self.skipped.total:
            return Refused(
                N_(
                    "%(name)s has no usable address: nothing in it is one. Choose the file that "
                    "holds the addresses."
                ),
                name=self.path.name,
            )
        ((flaw, count),) = self.skipped.counts.most_common(1)
        return Refused(
            N_(
                "%(name)s has no usable address. The most frequent reason: %(flaw)s (line "
                "%(line)s). Correct that, or choose the file that holds the addresses."
            ),
            name=self.path.name,
            flaw=Counted(((count, FLAW_TEXTS[flaw]),)),
            line=self.skipped.first[flaw][0],
        )

    def entries(self, making: Making) -> Iterator[Entry]:
        """Read the file from its beginning, with ``making``."""
        raise NotImplementedError

    @property
    def progress(self) -> float | None:
        """The part that has been read."""
        if self._progress is not None:
            return min(1.0, self._progress())
        return min(1.0, self._read / self.total) if self.total else None
