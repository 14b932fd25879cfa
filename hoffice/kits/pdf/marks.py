"""What a label is made of: words, codes and frames, each with its place; drawn by whoever can.

A label is laid out once and then drawn on paper or written for a label printer, so both say the
same. Places are points from the lower left corner of the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from hoffice.paper import fonts, scripts

MM: Final = 72 / 25.4
"""Points in a millimetre."""

ASCENT: Final = 0.80
DESCENT: Final = 0.24
LEADING: Final = 1.15
"""Of the size of the type."""

LEAST_MODULE_MM: Final = 0.33
"""The smallest square of a QR code that phones and hand scanners read from arm's length."""
QUIET: Final = 2
"""Empty squares around a QR code that belong to its size; the label around it is empty too."""
_CAPACITY: Final = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331)
"""Bytes in QR codes of versions 1 to 13 with error correction M (ISO/IEC 18004, table 7)."""

LEAST_BAR_MM: Final = 0.19
MOST_BAR_MM: Final = 0.33
BAR_QUIET: Final = 20
"""Empty modules on both sides of a bar code, together."""
_BARS: Final = re.compile(r"[0-9A-Z./ -]{1,24}")
"""What is printed as Code 128 (subset B): what a hand scanner types the same on every keyboard."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


class Ink(Enum):
    """How words stand on the ground."""

    BLACK = "black"
    WHITE = "white"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words; ``x`` is where it begins, ends or has its middle."""

    x: float
    y: float
    text: str
    size: float
    is_bold: bool = False
    align: Literal["left", "right", "center"] = "left"
    ink: Ink = Ink.BLACK

    @property
    def font(self) -> str:
        """The cut of the house's typeface."""
        return fonts.BOLD if self.is_bold else fonts.REGULAR

    @property
    def box(self) -> Box:
        """What the line covers."""
        wide = width(self.text, self.font, self.size)
        left = self.x - {"left": 0.0, "right": wide, "center": wide / 2}[self.align]
        return (left, self.y - DESCENT * self.size, left + wide, self.y + ASCENT * self.size)


@dataclass(frozen=True, slots=True)
class Square:
    """A QR code with its quiet edge."""

    x: float
    y: float
    size: float
    content: str
    code: str
    """What stands beside it for people."""

    @property
    def box(self) -> Box:
        """What the code covers."""
        return (self.x, self.y, self.x + self.size, self.y + self.size)


@dataclass(frozen=True, slots=True)
class Bars:
    """A Code 128; ``module`` is its thinnest line."""

    x: float
    y: float
    height: float
    module: float
    content: str

    @property
    def box(self) -> Box:
        """What the bars cover, without the quiet room beside them."""
        wide = self.module * bar_modules(self.content)
        return (self.x, self.y, self.x + wide, self.y + self.height)


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground under the run's name; ``run`` picks the colour, 0 is an empty frame."""

    x: float
    y: float
    width: float
    height: float
    run: int = 0

    @property
    def box(self) -> Box:
        """What it covers."""
        return (self.x, self.y, self.x + self.width, self.y + self.height)


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a run in white, around a centre."""

    x: float
    y: float
    size: float
    run: int

    @property
    def box(self) -> Box:
        """What it covers."""
        half = self.size * 0.6
        return (self.x - half, self.y - half, self.x + half, self.y + half)


@dataclass(frozen=True, slots=True)
class Glass:
    """The sign for what breaks: a frame with a glass in it, and room for the word."""

    x: float
    y: float
    width: float
    height: float
    glass_x: float
    glass_y: float
    glass_height: float

    @property
    def box(self) -> Box:
        """What the frame covers."""
        return (self.x, self.y, self.x + self.width, self.y + self.height)


Mark = Words | Square | Bars | Ground | Shape | Glass


@dataclass(frozen=True, slots=True)
class Laid:
    """A label laid out for a size, to be drawn ``scale`` times as large."""

    marks: tuple[Mark, ...]
    scale: float = 1.0


def width(text: str, font: str, size: float) -> float:
    """Points that a text takes as it is drawn, other scripts and unknown signs included."""
    if scripts.is_plain(text):
        return fonts.width(text, font, size)
    return fonts.width(scripts.drawn(text), fonts.OTHER, size)


def qr_modules(content: str) -> int | None:
    """Squares on one side of the QR code, without its edge; None when it would be huge."""
    length = len(content.encode())
    version = next((n for n, most in enumerate(_CAPACITY, start=1) if length <= most), None)
    return 17 + 4 * version if version else None


def qr_content(url: str, code: str, size_mm: float) -> str:
    """The address, or the code alone where the squares of the address would be too small."""
    modules = qr_modules(url)
    if modules and size_mm / (modules + 2 * QUIET) >= LEAST_MODULE_MM:
        return url
    return code


def bar_modules(content: str) -> int:
    """Thin lines that a Code 128 takes at most: start, one sign each, check, stop."""
    return 11 * (len(content) + 2) + 13


def bar_module_mm(content: str, room_mm: float) -> float | None:
    """The thinnest line in ``room_mm``; None when that is too fine, or the code not for bars."""
    if not _BARS.fullmatch(content):
        return None
    module = room_mm / (bar_modules(content) + BAR_QUIET)
    return min(module, MOST_BAR_MM) if module >= LEAST_BAR_MM else None


def fitted(  # noqa: PLR0913  # a text, and the room it has
    text: str, font: str, room: float, *, sizes: Sequence[float], lines: int, height: float
) -> tuple[tuple[str, ...], float]:
    """The text in at most so many lines, in the largest size that holds it whole.

    A word is only cut in two, and the end only left out, when the smallest size does not hold it.
    """
    for size in sizes:
        most = min(lines, int(height / (size * LEADING)))
        told = _wrapped(text, font, size, room)
        if told is not None and len(told) <= most:
            return told, size
    size = sizes[-1]
    most = max(1, min(lines, int(height / (size * LEADING))))
    whole = _wrapped(text, font, size, room, cut=True) or ()
    if len(whole) <= most:
        return whole, size
    return (*whole[: most - 1], _ended(" ".join(whole[most - 1 :]), font, size, room)), size


def _ended(text: str, font: str, size: float, room: float) -> str:
    kept = len(text)
    while kept and width(text[:kept].rstrip() + "…", font, size) > room:
        kept -= 1
    return text[:kept].rstrip() + "…"


_PARTS: Final = re.compile(r"[^ -]*-+|[^ -]+")
"""Lines break at spaces, though not at those that forbid it, and after hyphens."""


def _parts(text: str) -> Iterable[tuple[str, str]]:
    """What may not be broken, and what joins it to the part before: a space, or nothing."""
    end = 0
    for part in _PARTS.finditer(text):
        yield (" " if end < part.start() else ""), part.group()
        end = part.end()


def _wrapped(
    text: str, font: str, size: float, room: float, *, cut: bool = False
) -> tuple[str, ...] | None:
    """The lines of a text; None when a word is too long for one and may not be ``cut``."""
    lines: list[str] = []
    for joint, part in _parts(text):
        if lines and width(lines[-1] + joint + part, font, size) <= room:
            lines[-1] += joint + part
            continue
        rest = part
        while width(rest, font, size) > room:
            if not cut:
                return None
            kept = len(rest) - 1
            while kept > 1 and width(rest[:kept], font, size) > room:
                kept -= 1
            if kept < 1:
                break
            lines.append(rest[:kept])
            rest = rest[kept:]
        lines.append(rest)
    return tuple(lines)
