"""What can have a label, on which paper, and what its code says.

Pure: standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from hoffice.errors import N_
from hoffice.kits.rules.codes import tag_of

ITEM_PATH = "/geraete/g/"
LOCATION_PATH = "/geraete/ort/"
"""Where the page of a device lies by its tag, and that of a location; printed labels hold them, so
they never change."""


def item_address(house_url: str, tag: str) -> str:
    """What the QR code of a device says: the address of its page."""
    return _address(house_url, ITEM_PATH, tag)


def location_address(house_url: str, code: str) -> str:
    """What the QR code of a desk, shelf, room or repair shop says."""
    return _address(house_url, LOCATION_PATH, code)


def _address(house_url: str, path: str, code: str) -> str:
    """The address, or the code alone when it would stand there in other signs.

    So the last part of what is scanned is always the code (see :func:`tag_of`).
    """
    if quote(code, safe="") != code or tag_of(code) != code:
        return code
    return f"{house_url.rstrip('/')}{path}{code}"


class Labelled(StrEnum):
    """What can have a label."""

    BOX = "box"
    ITEM = "item"
    LOCATION = "location"


LABELLED_WORDS: Final[Mapping[Labelled, str]] = {
    Labelled.BOX: N_("Boxes"),
    Labelled.ITEM: N_("Devices"),
    Labelled.LOCATION: N_("Locations"),
}

A4_WIDTH_MM = 210.0
A4_HEIGHT_MM = 297.0
MM_PER_INCH = 25.4
SMALL = frozenset({Labelled.ITEM, Labelled.LOCATION})
ALL = frozenset(Labelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFormat:
    """One kind of label paper; sizes in millimetres.

    A sheet of A4 has ``columns`` x ``rows`` labels in its middle, ``gap`` apart from side to side,
    without a gap from top to bottom, as all common sheets do. Of a roll each label is a page.
    """

    key: str
    name: str
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    gap: float = 2.5
    is_sheet: bool = True
    dpi: int = 0
    """Dots an inch of a label printer that reads ZPL; 0: a PDF."""
    small: tuple[float, float] | None = None
    """The size of labels of items and locations, where it differs."""
    holds: frozenset[Labelled] = ALL

    @property
    def places(self) -> int:
        """So many labels on one sheet."""
        return self.columns * self.rows

    @property
    def is_zpl(self) -> bool:
        """Whether it is a file for a label printer."""
        return self.dpi > 0

    def size(self, kind: Labelled) -> tuple[float, float]:
        """Width and height of a label of this kind."""
        return self.small if self.small is not None and kind in SMALL else (self.width, self.height)

    def corner(self, place: int) -> tuple[float, float]:
        """Millimetres from the left and from the top of a sheet to label ``place``, from 0."""
        row, column = divmod(place, self.columns)
        wide = self.columns * self.width + (self.columns - 1) * self.gap
        left = (A4_WIDTH_MM - wide) / 2
        top = (A4_HEIGHT_MM - self.rows * self.height) / 2
        return left + column * (self.width + self.gap), top + row * self.height


_ROLL: Final = (62.0, 100.0)
_ROLL_SMALL: Final = (62.0, 29.0)

FORMATS: Final[tuple[LabelFormat, ...]] = (
    LabelFormat(key="2x4", name=N_("A4, 2 × 4 labels"), width=99.1, height=67.7, columns=2, rows=4),
    LabelFormat(key="2x7", name=N_("A4, 2 × 7 labels"), width=99.1, height=38.1, columns=2, rows=7),
    LabelFormat(key="3x7", name=N_("A4, 3 × 7 labels"), width=63.5, height=38.1, columns=3, rows=7),
    LabelFormat(
        key="5x13",
        name=N_("A4, 5 × 13 small labels"),
        width=38.1,
        height=21.2,
        columns=5,
        rows=13,
        holds=SMALL,
    ),
    LabelFormat(
        key="2x2", name=N_("A4, 2 × 2 labels"), width=99.1, height=139.0, columns=2, rows=2
    ),
    LabelFormat(key="1x2", name=N_("A4, two halves"), width=199.6, height=143.5, columns=1, rows=2),
    LabelFormat(
        key="roll",
        name=N_("Roll, 62 mm wide"),
        width=_ROLL[0],
        height=_ROLL[1],
        small=_ROLL_SMALL,
        is_sheet=False,
    ),
    *(
        LabelFormat(
            key=f"zpl{dpi}",
            name=name,
            width=_ROLL[0],
            height=_ROLL[1],
            small=_ROLL_SMALL,
            is_sheet=False,
            dpi=dpi,
        )
        for dpi, name in (
            (203, N_("Label printer (ZPL), 203 dpi")),
            (300, N_("Label printer (ZPL), 300 dpi")),
        )
    ),
)
"""Every kind of paper, the usual one for boxes first."""

BY_KEY: Final[Mapping[str, LabelFormat]] = {one.key: one for one in FORMATS}
FOR_BOXES: Final = BY_KEY["2x4"]
FOR_SMALL: Final = BY_KEY["3x7"]


def formats_for(kinds: frozenset[Labelled]) -> tuple[LabelFormat, ...]:
    """The papers that hold labels of all these kinds."""
    return tuple(one for one in FORMATS if kinds <= one.holds)


def usual_format(kinds: frozenset[Labelled]) -> LabelFormat:
    """What one takes who has not chosen yet."""
    return FOR_BOXES if Labelled.BOX in kinds or not kinds else FOR_SMALL
