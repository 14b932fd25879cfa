"""Source Sans 3, the house's typeface, embedded in every paper (licence: fonts/OFL.txt).

It has the letters of all languages written in Latin, also "Şahin", "Łukasz" and "Nguyễn".
"""

from __future__ import annotations

from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"

REGULAR = "SourceSans3-Regular"
BOLD = "SourceSans3-Bold"
ITALIC = "SourceSans3-Italic"
BOLD_ITALIC = "SourceSans3-BoldItalic"

width = pdfmetrics.stringWidth
"""Points that a text takes: text, font name, size."""


def _register() -> None:
    for name in (REGULAR, BOLD, ITALIC, BOLD_ITALIC):
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD_ITALIC
    )


_register()  # ReportLab finds fonts by name in one table of its own, so once at import is right


def fitted(text: str, font: str, size: float, room: float) -> str:
    """As much of the text as fits into ``room`` points, with an ellipsis where it was cut."""
    if width(text, font, size) <= room:
        return text
    kept = len(text)
    while kept and width(text[:kept].rstrip() + "…", font, size) > room:
        kept -= 1
    return text[:kept].rstrip() + "…"


def wrapped(text: str, font: str, size: float, room: float, *, lines: int) -> tuple[str, ...]:
    """The text in at most ``lines`` lines of ``room`` points; what is left over is cut."""
    done: list[str] = []
    words = text.split()
    while words and len(done) < lines - 1:
        taken = 1
        while taken < len(words) and width(" ".join(words[: taken + 1]), font, size) <= room:
            taken += 1
        done.append(fitted(" ".join(words[:taken]), font, size, room))
        words = words[taken:]
    if words:
        done.append(fitted(" ".join(words), font, size, room))
    return tuple(done)
