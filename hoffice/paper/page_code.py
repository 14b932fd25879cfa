"""What the code on each page says, so that a scan of a printed stack files itself.

Only which paper it is and which of its pages, such as ``HO1:P000017:3/5``: no name, no address, and
nothing that opens a door. All signs are of the small alphabet of QR codes, so the code stays coarse
enough for a bad scan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MARK: Final = "HO1"
"""The house, and the first way of writing such codes."""

_REFERENCE: Final = r"[A-Z][0-9]{6,12}"
_WRITTEN: Final = re.compile(rf"{MARK}:({_REFERENCE}):([0-9]{{1,3}})/([0-9]{{1,3}})")


@dataclass(frozen=True, slots=True)
class PageCode:
    """Page ``page`` (from 1) of the ``pages`` of the paper with this reference."""

    reference: str
    page: int
    pages: int

    def __str__(self) -> str:
        return f"{MARK}:{self.reference}:{self.page}/{self.pages}"


def can_be_coded(reference: str) -> bool:
    """Whether a reference is one that a scan is filed by, such as ``P000017``."""
    return re.fullmatch(_REFERENCE, reference) is not None


def page_code_in(text: str) -> PageCode | None:
    """What a scanned code says; None for a code that is not ours, or not one of a page."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    page, pages = int(found[2]), int(found[3])
    if not 1 <= page <= pages:
        return None
    return PageCode(found[1], page, pages)
