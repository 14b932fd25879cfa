"""Colours and type of everything printed: black on white, petrol for the house, made for A4."""

from __future__ import annotations

from functools import lru_cache

from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.styles import ParagraphStyle

from hoffice.paper import fonts

INK = HexColor("#16252b")
INK_2 = HexColor("#495a60")
LINE = HexColor("#c9c5b8")
LINE_STRONG = HexColor("#7e8279")
BRAND = HexColor("#0b5563")
GROUND = HexColor("#f2f1ec")
PROBLEM = HexColor("#8f1717")
PEN = HexColor("#0a1e78")
"""The blue of a pen: tells a signature from print."""
BLACK = black
WHITE = white

RUN_COLOURS: tuple[Color, ...] = (
    HexColor("#0b5563"),
    HexColor("#8c2f68"),
    HexColor("#8a4f00"),
    HexColor("#4b48a8"),
)
"""As on the map; from the fifth run on they repeat, and the run's name tells them apart."""


def run_colour(number: int) -> Color:
    """The colour of run ``number``, from 1."""
    return RUN_COLOURS[(number - 1) % len(RUN_COLOURS)]


_BASE = ParagraphStyle(
    "base",
    fontName=fonts.REGULAR,
    fontSize=10.5,
    leading=14.5,
    textColor=INK,
    spaceAfter=6,
    allowWidows=0,
    allowOrphans=0,
)

BODY = _BASE
INTRO = ParagraphStyle("intro", _BASE, keepWithNext=1)
"""A sentence that must not stand alone above the end of a page."""
H1 = ParagraphStyle(
    "h1", _BASE, fontName=fonts.BOLD, fontSize=19, leading=23, textColor=BRAND, spaceAfter=8
)
H2 = ParagraphStyle(
    "h2", _BASE, fontName=fonts.BOLD, fontSize=12.5, leading=16, spaceBefore=10, keepWithNext=1
)
H3 = ParagraphStyle(
    "h3", _BASE, fontName=fonts.BOLD, fontSize=10.5, leading=14.5, spaceBefore=6, keepWithNext=1
)
HEADINGS = {1: H1, 2: H2, 3: H3}
SMALL = ParagraphStyle("small", _BASE, fontSize=8.5, leading=11, textColor=INK_2, spaceAfter=3)
NOTE = ParagraphStyle(
    "note",
    _BASE,
    fontSize=9,
    leading=12,
    textColor=PROBLEM,
    borderColor=PROBLEM,
    borderWidth=0.6,
    borderPadding=6,
    borderRadius=3,
    spaceBefore=4,
    spaceAfter=14,
    leftIndent=7,
    rightIndent=7,
)
CELL = ParagraphStyle("cell", _BASE, fontSize=9, leading=11.5, spaceAfter=0)
CELL_SMALL = ParagraphStyle("cell-small", CELL, fontSize=8, leading=10, textColor=INK_2)
CELL_BOLD = ParagraphStyle("cell-bold", CELL, fontName=fonts.BOLD)


@lru_cache(maxsize=8)
def list_style(depth: int) -> ParagraphStyle:
    """A point of a list, ``depth`` levels in (1 is the first)."""
    left = 18.0 * depth
    return ParagraphStyle(
        f"list-{depth}",
        _BASE,
        leftIndent=left,
        bulletIndent=left - 16,
        bulletFontName=fonts.REGULAR,
        bulletFontSize=10.5,
        spaceAfter=4,
    )
