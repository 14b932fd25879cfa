"""Source Sans 3, the house's typeface, embedded in every paper (licence: fonts/OFL.txt).

It has the letters of all languages written in Latin, Greek or Cyrillic, also "Şahin", "Łukasz" and
"Nguyễn". For other letters there is DejaVu Sans (licence: fonts/DejaVu-licence.txt), loaded when
the first of them comes; see ``scripts``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"

REGULAR = "SourceSans3-Regular"
BOLD = "SourceSans3-Bold"
ITALIC = "SourceSans3-Italic"
BOLD_ITALIC = "SourceSans3-BoldItalic"
OTHER = "DejaVuSans"
"""For letters that Source Sans lacks."""


def _register() -> None:
    for name in (REGULAR, BOLD, ITALIC, BOLD_ITALIC):
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD_ITALIC
    )
    rl_config.canvas_basefontname = REGULAR  # else each file names Helvetica, which none embeds


_register()  # ReportLab finds fonts by name in one table of its own, so once at import is right


LAST_OF_FIRST_PLANE = 0xFFFF


def _letters_of(name: str) -> frozenset[str]:
    """Those of the first plane: ReportLab cannot say in the file what the others are."""
    font: Any = pdfmetrics.getFont(name)  # the stubs know no face
    return frozenset(chr(code) for code in font.face.charToGlyph if code <= LAST_OF_FIRST_PLANE)


KNOWN = _letters_of(REGULAR)
"""The letters of Source Sans; all four cuts have the same."""


@lru_cache(maxsize=1)
def other_known() -> frozenset[str]:
    """The letters of DejaVu Sans, which is ready for use from then on."""
    pdfmetrics.registerFont(TTFont(OTHER, str(FOLDER / f"{OTHER}.ttf")))
    pdfmetrics.registerFontFamily(OTHER, normal=OTHER, bold=OTHER, italic=OTHER, boldItalic=OTHER)
    return _letters_of(OTHER)


def width(text: str, font: str, size: float) -> float:
    """Points that a text takes on one line; with letters we lack, all of it is in DejaVu Sans."""
    if not text.isascii() and not KNOWN.issuperset(text):
        other_known()
        font = OTHER
    return float(pdfmetrics.stringWidth(text, font, size))


def fitted(text: str, font: str, size: float, room: float) -> str:
    """As much of the text as fits into ``room`` points, with an ellipsis where it was cut."""
    if width(text, font, size) <= room:
        return text
    kept = len(text)
    while kept and width(text[:kept].rstrip() + "…", font, size) > room:
        kept -= 1
    return text[:kept].rstrip() + "…"
