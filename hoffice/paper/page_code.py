"""What the code on each page says, so that a scan of a printed stack files itself.

Only which paper it is and which of its pages, such as ``HO1:P000017KRTW:3/5``: no name, no address,
and nothing that opens a door. The letters behind the number tell the papers of two houses apart
that have the same number. All signs are of the small alphabet of QR codes, so the code stays coarse
enough for a bad scan.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

MARK: Final = "HO1"
"""The house, and the first way of writing such codes."""

_REFERENCE: Final = r"[A-Z][0-9]{6,12}"
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""Without vowels, so that no word comes of it."""
_LETTERS_OF_A_HOUSE: Final = 4
_HOUSE: Final = f"[{_LETTERS}]{{{_LETTERS_OF_A_HOUSE}}}"
_WRITTEN: Final = re.compile(rf"{MARK}:({_REFERENCE})({_HOUSE})?:([0-9]{{1,3}})/([0-9]{{1,3}})")


@dataclass(frozen=True, slots=True)
class PageCode:
    """Page ``page`` (from 1) of the ``pages`` of the paper with this reference."""

    reference: str
    page: int
    pages: int
    house: str = ""
    """The letters of :func:`house_letters`; empty on a page that was printed without them."""

    def __str__(self) -> str:
        return f"{MARK}:{self.reference}{self.house}:{self.page}/{self.pages}"


def can_be_coded(reference: str) -> bool:
    """Whether a reference is one that a scan is filed by, such as ``P000017``."""
    return re.fullmatch(_REFERENCE, reference) is not None


def house_letters(content: str) -> str:
    """Four letters made from all that stands in a paper: one of 160,000 for each paper.

    Two houses count their papers from one; the same number there is another paper, of another firm
    and another moment, and so has other letters. No key is in it, so none can be lost or changed.
    """
    number = int.from_bytes(hashlib.sha256(content.encode()).digest()[:8])
    letters = ""
    for _place in range(_LETTERS_OF_A_HOUSE):
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    return letters


def page_code_in(text: str) -> PageCode | None:
    """What a scanned code says; None for a code that is not ours, or not one of a page."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    page, pages = int(found[3]), int(found[4])
    if not 1 <= page <= pages:
        return None
    return PageCode(found[1], page, pages, found[2] or "")
