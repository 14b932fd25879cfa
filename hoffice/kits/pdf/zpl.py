"""Labels for printers that speak ZPL II (Zebra and those that follow it), as a file to send there.

The printer's own scalable typeface is used; its words run narrower than those for which the label
was laid out. ``^CI28`` says that the words are UTF-8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from hoffice.kits.pdf.design import laid
from hoffice.kits.pdf.facts import Label
from hoffice.kits.pdf.labels import check
from hoffice.kits.pdf.marks import (
    ASCENT,
    LEAST_BAR_MM,
    LEAST_MODULE_MM,
    MM,
    QUIET,
    Bars,
    Glass,
    Ground,
    Ink,
    Mark,
    Shape,
    Square,
    Words,
    bar_modules,
    qr_modules,
)
from hoffice.kits.rules.labels import MM_PER_INCH, LabelFormat
from hoffice.paper.words import speaks

NARROWER: Final = 0.92
NARROWER_PLAIN: Final = 0.86
"""Of the height of a letter: keeps each line within the room that it was measured for. Printers
have but one cut, which is bold."""
MOST_MAGNIFIED: Final = 10
QR_DROP: Final = 10
"""Printers draw a QR code so many dots below where they are told."""
FRAME_DOTS: Final = 3

Inside = Callable[[float, float], bool]
"""Whether a place in a square from (-1, -1) to (1, 1), upwards, belongs to a picture."""


def label_commands(labels: Sequence[Label], paper: LabelFormat, *, language: str = "de") -> bytes:
    """One label after the other, each as a format of its own (``^XA … ^XZ``).

    Refused when there is none.
    """
    check(labels, paper)
    return "".join(_one(label, paper, language) for label in labels).encode()


def escaped(text: str) -> str:
    """Words that no printer takes for a command; to stand behind ``^FH_^FD``."""
    return text.replace("_", "_5F").replace("^", "_5E").replace("~", "_7E").replace("\\", "_5C")


def _one(label: Label, paper: LabelFormat, language: str) -> str:
    wide, high = paper.size(label.kind)
    plan = laid(label, wide, high, speaks(language))
    page = _Page(high, paper.dpi, plan.scale)
    dots = paper.dpi / MM_PER_INCH
    lines = [f"^XA^CI28^PW{round(wide * dots)}^LL{round(high * dots)}^LH0,0^FWN"]
    lines += [command for mark in plan.marks for command in page.commands(mark)]
    return "\n".join([*lines, "^PQ1^XZ", ""])


class _Page:
    """Turns marks, in points from the lower left, into commands in dots from the upper left."""

    def __init__(self, height_mm: float, dpi: int, scale: float) -> None:
        self.dots = scale * dpi / 72
        self.dpi = dpi
        self.top = height_mm * MM / scale

    def commands(self, mark: Mark) -> list[str]:
        match mark:
            case Words():
                return [self._words(mark)]
            case Square():
                return [self._square(mark)]
            case Bars():
                return self._bars(mark)
            case Ground():
                return [self._box(mark, thick=0 if mark.run else FRAME_DOTS)]
            case Shape():
                return [self._shape(mark)]
            case Glass():
                return [self._box(mark, thick=FRAME_DOTS), self._glass(mark)]

    def _at(self, x: float, y: float) -> str:
        """The field's place: its upper left corner."""
        return f"^FO{max(0, round(x * self.dots))},{max(0, round((self.top - y) * self.dots))}"

    def _words(self, mark: Words) -> str:
        left = mark.box[0]
        high = round(mark.size * self.dots)
        reverse = "^FR" if mark.ink is Ink.WHITE else ""
        place = self._at(left, mark.y + ASCENT * mark.size)
        told = escaped(mark.text.replace("\N{NO-BREAK SPACE}", " "))
        wide = round(high * (NARROWER if mark.is_bold else NARROWER_PLAIN))
        return f"{place}^A0N,{high},{wide}{reverse}^FH_^FD{told}^FS"

    def _square(self, mark: Square) -> str:
        content, module = self._readable(mark)
        wide = (qr_modules(content) or 0) * module
        spare = (round(mark.size * self.dots) - wide) // 2
        x = round(mark.x * self.dots) + spare
        y = round((self.top - mark.y - mark.size) * self.dots) + spare - QR_DROP
        place = f"^FO{max(0, x)},{max(0, y)}"
        return f"{place}^BQN,2,{module}^FH_^FDMA,{escaped(content)}^FS"

    def _readable(self, mark: Square) -> tuple[str, int]:
        """What the code says, and the dots of its squares: whole ones, and enough of them."""
        for content in (mark.content, mark.code):
            modules = qr_modules(content)
            if modules is None:
                continue
            module = int(mark.size * self.dots / (modules + 2 * QUIET))
            if module * MM_PER_INCH / self.dpi >= LEAST_MODULE_MM:
                return content, min(module, MOST_MAGNIFIED)
        return mark.code, max(1, int(mark.size * self.dots / (qr_modules(mark.code) or 69)))

    def _bars(self, mark: Bars) -> list[str]:
        module = int(mark.module * self.dots)
        if module * MM_PER_INCH / self.dpi < LEAST_BAR_MM:
            return []
        left, _bottom, right, top = mark.box
        x = (left + right) / 2 - bar_modules(mark.content) * module / self.dots / 2
        high = round(mark.height * self.dots)
        told = escaped(mark.content)
        return [f"{self._at(x, top)}^BY{module}^BCN,{high},N,N,N,N^FH_^FD>:{told}^FS"]

    def _box(self, mark: Ground | Glass, *, thick: int) -> str:
        wide, high = round(mark.width * self.dots), round(mark.height * self.dots)
        return f"{self._at(mark.x, mark.y + mark.height)}^GB{wide},{high},{thick or high}^FS"

    def _shape(self, mark: Shape) -> str:
        half = mark.size * 0.6
        picture = _picture(round(2 * half * self.dots), SHAPES[(mark.run - 1) % len(SHAPES)])
        return f"{self._at(mark.x - half, mark.y + half)}^FR{picture}^FS"

    def _glass(self, mark: Glass) -> str:
        high = mark.glass_height
        picture = _picture(round(high * self.dots), _in_glass)
        return f"{self._at(mark.glass_x - high / 4, mark.glass_y + high)}{picture}^FS"


def _picture(size: int, inside: Inside) -> str:
    """A black and white picture of ``size`` x ``size`` dots."""
    bytes_in_row = -(-size // 8)
    rows = []
    for row in range(size):
        bits = 0
        y = 1 - (2 * row + 1) / size
        for column in range(size):
            bits |= inside((2 * column + 1) / size - 1, y) << (bytes_in_row * 8 - 1 - column)
        rows.append(f"{bits:0{bytes_in_row * 2}X}")
    total = bytes_in_row * size
    return f"^GFA,{total},{total},{bytes_in_row},{''.join(rows)}"


def _in_circle(x: float, y: float) -> bool:
    return x * x + y * y <= 0.7  # noqa: PLR2004  # as large as the others look


def _in_square(x: float, y: float) -> bool:
    return max(abs(x), abs(y)) <= 0.75  # noqa: PLR2004


def _in_diamond(x: float, y: float) -> bool:
    return abs(x) + abs(y) <= 1


def _in_hexagon(x: float, y: float) -> bool:
    return abs(y) <= 0.79 and abs(x) + abs(y) * 0.577 <= 0.91  # noqa: PLR2004  # 60 degrees


SHAPES: Final[tuple[Inside, ...]] = (_in_circle, _in_square, _in_diamond, _in_hexagon)
"""The shapes of runs as on the map."""


def _in_glass(x: float, y: float) -> bool:
    """A wine glass, half as wide as high: bowl, stem and foot."""
    if y > -0.1:  # noqa: PLR2004
        bulge = math.pow((y + 0.1) / 0.9, 0.45)
        return abs(x) <= 0.5 * min(1.0, bulge)
    return abs(x) <= (0.36 if y < -0.85 else 0.07)  # noqa: PLR2004
