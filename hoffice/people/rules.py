"""Where a home is known to lie, and how a person is named.

Pure: standard library only.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date


def initials(first_name: str, last_name: str) -> str:
    """Two letters for the round mark beside a name."""
    return f"{first_name[:1]}{last_name[:1]}".upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFields:
    """An address as somebody types it, and the way to the door."""

    street: str
    housenumber: str = ""
    postcode: str = ""
    city: str = ""
    floor: str = ""
    lift: bool | None = None
    bell: str = ""
    parking: str = ""
    access_note: str = ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What makes it another address; the rest only tells the way to the door."""
        return self.street, self.housenumber, self.postcode, self.city


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFields:
    """What is known of a person besides where she lives."""

    personnel_number: str
    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    team_id: int | None = None
    project_ids: tuple[int, ...] = ()
    language: str = "de"
    starts_on: date | None = None
    ends_on: date | None = None
    weekly_hours: float | None = None


LISTED = "list"
"""The provider of a point that the staff list itself gives."""
LISTED_RADIUS_M = 20
"""A point that the staff list gives is taken for the house's own."""


def holder_of(employee_id: int) -> str:
    """How a personal link names the person it was made for."""
    return f"employee:{employee_id}"


_LAST = str.maketrans({"ß": "ss", "ı": "i", "ł": "l", "đ": "d", "ø": "o"})
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def searchable(*parts: str) -> str:
    """The text one search field looks through: as written, with umlauts spelled out, and without.

    ``Öztürk`` is found by ``öztürk``, ``oeztuerk`` and ``ozturk``.
    """
    written = " ".join(filter(None, parts)).lower()
    if written.isascii():
        return written
    words = [written]
    for word in written.split():
        words += sorted({_bare(word.translate(_SPELLED_OUT)), _bare(word)} - {word})
    return " ".join(words)


def _bare(word: str) -> str:
    """A word without accents: ``kayabaşı`` is ``kayabasi``."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).translate(_LAST)
