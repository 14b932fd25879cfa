"""How labels look: where words and codes stand, for each shape of label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hoffice.errors import N_
from hoffice.kits.pdf.facts import BoxLabel, ItemLabel, Label, LocationLabel, RunMark
from hoffice.kits.pdf.marks import (
    ASCENT,
    LEADING,
    MM,
    Bars,
    Glass,
    Ground,
    Ink,
    Laid,
    Mark,
    Shape,
    Square,
    Words,
    bar_module_mm,
    bar_modules,
    fitted,
    qr_content,
    width,
)
from hoffice.paper import fonts
from hoffice.paper.words import Speak
from hoffice.wording.plain import one_line

FLAT_BELOW_MM: Final = 50.0
TALL_WIDTH_MM: Final = 70.0
WIDE_WIDTH_MM: Final = 99.0
SMALL_MM: Final = (63.0, 38.0)
"""Sizes for which the shapes were drawn; larger labels are the same, drawn larger."""

BARS_FROM_MM: Final = (60.0, 28.0)
"""Width and height from which a label of a device has room for bars."""


class _Desk:
    """A label on which marks are laid; lengths in millimetres come in, points stay."""

    def __init__(self, width_mm: float, height_mm: float, scale: float) -> None:
        self.width = width_mm * MM / scale
        self.height = height_mm * MM / scale
        self.scale = scale
        self.marks: list[Mark] = []

    def line(  # noqa: PLR0913  # a place, a size and a look
        self,
        x: float,
        y: float,
        text: str,
        sizes: Sequence[float],
        room: float,
        *,
        is_bold: bool = False,
        is_centred: bool = False,
        ink: Ink = Ink.BLACK,
    ) -> Words | None:
        """One line, as large as the room allows; where it stands, or None for no words."""
        lines = self.lines(
            x, y + ASCENT * sizes[0], text, sizes, room, lines=1, is_bold=is_bold, ink=ink
        )
        if not lines:
            return None
        said = Words(
            x, y, lines[0].text, lines[0].size, is_bold, "center" if is_centred else "left", ink
        )
        self.marks[-1] = said
        return said

    def lines(  # noqa: PLR0913  # a place, a size and a look
        self,
        x: float,
        top: float,
        text: str,
        sizes: Sequence[float],
        room: float,
        *,
        lines: int,
        height: float = 1e9,
        is_bold: bool = False,
        ink: Ink = Ink.BLACK,
    ) -> list[Words]:
        """The text from ``top`` downwards in at most ``height``."""
        told = one_line(text)
        if not told:
            return []
        font = fonts.BOLD if is_bold else fonts.REGULAR
        found, size = fitted(told, font, room, sizes=sizes, lines=lines, height=height)
        laid = [
            Words(x, top - ASCENT * size - number * LEADING * size, line, size, is_bold, ink=ink)
            for number, line in enumerate(found)
        ]
        self.marks += laid
        return laid

    def column(
        self,
        x: float,
        top: float,
        bottom: float,
        room: float,
        texts: Sequence[tuple[str, Sequence[float], int, bool]],
    ) -> None:
        """Texts below each other: words, sizes, most lines, bold.

        Each leaves the room that the others need at their smallest.
        """
        told = [text for text in texts if one_line(text[0])]
        for number, (text, sizes, lines, is_bold) in enumerate(told):
            kept = sum(least[-1] * LEADING for _text, least, _lines, _bold in told[number + 1 :])
            height = top - bottom - kept
            if height < sizes[-1] * LEADING:
                continue
            laid = self.lines(
                x, top, text, sizes, room, lines=lines, height=height, is_bold=is_bold
            )
            if laid:
                top = laid[-1].y - (LEADING - ASCENT) * laid[-1].size

    def square(self, x: float, y: float, size: float, url: str, code: str) -> None:
        """A QR code with the address, or with the code alone where that is too much."""
        content = qr_content(url, code, size * self.scale / MM)
        self.marks.append(Square(x, y, size, content, one_line(code)))

    def run(self, x: float, y: float, height: float, run: RunMark | None, _: Speak) -> None:
        """The run's colour with its shape and name: readable in black and white too."""
        wide = self.width - 2 * x
        self.marks.append(Ground(x, y, wide, height, run.number if run is not None else 0))
        sizes = [height * 0.5, height * 0.42, height * 0.35, height * 0.28]
        base = y + height * 0.34
        if run is None:
            self.line(x + height * 0.3, base, _(N_("no run yet")), sizes[1:], wide, ink=Ink.QUIET)
            return
        self.marks.append(Shape(x + height / 2, y + height / 2, height * 0.5, run.number))
        stop = _(N_("Stop %(stop)s")) % {"stop": run.stop} if run.stop else ""
        size = height * 0.5
        taken = width(stop, fonts.BOLD, size) + height * 0.6 if stop else 0.0
        if stop:
            right = x + wide - height * 0.25
            self.marks.append(Words(right, base, stop, size, True, "right", Ink.WHITE))
        room = wide - height * 1.3 - taken
        self.line(x + height * 1.1, base, run.name, sizes, room, is_bold=True, ink=Ink.WHITE)

    def glass(self, x: float, y: float, wide: float, height: float, _: Speak) -> None:
        """A frame with a glass and the word beside it."""
        pad = height * 0.16
        size = min(11.0, height * 0.42)
        tall = height - 2 * pad
        self.marks.append(Glass(x, y, wide, height, x + pad * 1.4, y + pad, tall))
        left = x + pad * 2.4 + tall * 0.5
        sizes = [size, size * 0.9, size * 0.8, size * 0.7, size * 0.6, size * 0.5]
        base = y + height / 2 - size * 0.33
        self.line(left, base, _(N_("Fragile")), sizes, x + wide - left - pad, is_bold=True)


def laid(label: Label, width_mm: float, height_mm: float, _: Speak) -> Laid:
    """The label for this size of paper, in the language of ``_``."""
    if not isinstance(label, BoxLabel):
        scale = max(1.0, min(width_mm / SMALL_MM[0], height_mm / SMALL_MM[1]))
        desk = _Desk(width_mm, height_mm, scale)
        _small(desk, label, _)
    elif height_mm > width_mm:
        desk = _Desk(width_mm, height_mm, max(1.0, width_mm / TALL_WIDTH_MM))
        _tall(desk, label, _)
    elif height_mm < FLAT_BELOW_MM:
        desk = _Desk(width_mm, height_mm, 1.0)
        _flat(desk, label, _)
    else:
        desk = _Desk(width_mm, height_mm, max(1.0, width_mm / WIDE_WIDTH_MM))
        _wide(desk, label, _)
    return Laid(tuple(desk.marks), desk.scale)


def _count(label: BoxLabel, _: Speak) -> str:
    return _(N_("%(number)s of %(of)s")) % {"number": label.number, "of": label.of}


def _inside(label: BoxLabel, _: Speak) -> str:
    """How heavy the box is and what lies in it."""
    weight = label.weight_kg
    heavy = [] if weight is None else [_(N_("%(weight)s kg")) % {"weight": f"{weight:.0f}"}]
    return " · ".join([*heavy, *(one_line(part) for part in label.contents[:12])])


def _whose(
    label: BoxLabel, large: Sequence[float], small: Sequence[float], lines: int
) -> list[tuple[str, Sequence[float], int, bool]]:
    """Whose box it is and where it goes."""
    told = [(label.name or label.personnel_number, large, lines, True)]
    if label.name:
        told.append((label.personnel_number, small, 1, False))
    return [*told, (label.place, small, 1, False)]


def _wide(desk: _Desk, label: BoxLabel, _: Speak) -> None:
    """About 99 x 68 mm: the usual one."""
    edge, bar, qr = 5 * MM, 10 * MM, 30 * MM
    top = desk.height - bar - 4 * MM
    room = desk.width - 2 * edge - qr - 2 * MM
    desk.run(edge, desk.height - bar - 2 * MM, bar, label.run, _)
    desk.column(
        edge, top, 27 * MM, room, _whose(label, (18, 16, 14, 12, 10, 9), (11, 10, 9, 8, 7), 3)
    )
    desk.line(edge, 16.5 * MM, _count(label, _), (30, 26, 22, 18, 14), room, is_bold=True)
    left = desk.width - edge - qr
    desk.square(left, top - qr, qr, label.url, label.tag)
    desk.line(left + qr / 2, top - qr - 9, label.tag, (11, 9, 7), qr, is_bold=True, is_centred=True)
    fragile = 35 * MM if label.is_fragile else 0.0
    desk.lines(
        edge,
        14 * MM,
        _inside(label, _),
        (9, 8, 7),
        desk.width - 2 * edge - (fragile + 2 * MM if fragile else 0.0),
        lines=4,
        height=11.5 * MM,
    )
    if fragile:
        desk.glass(desk.width - edge - fragile, 2.5 * MM, fragile, 12 * MM, _)


def _flat(desk: _Desk, label: BoxLabel, _: Speak) -> None:
    """Up to 50 mm high: whose box, which of how many, and the code."""
    edge, bar, qr = 3 * MM, 6 * MM, 21 * MM
    top = desk.height - bar - 3 * MM
    room = desk.width - 2 * edge - qr - 1.5 * MM
    desk.run(edge, desk.height - bar - 2 * MM, bar, label.run, _)
    desk.column(
        edge,
        top,
        13 * MM,
        room,
        _whose(label, (14, 12, 11, 10, 9, 8, 7), (8.5, 8, 7, 6), 3),
    )
    desk.line(edge, 8 * MM, _count(label, _), (17, 15, 13, 11, 9), room, is_bold=True)
    left = desk.width - edge - qr
    desk.square(left, top - qr, qr, label.url, label.tag)
    base = top - qr - 8
    desk.line(left + qr / 2, base, label.tag, (8.5, 7, 6), qr, is_bold=True, is_centred=True)
    fragile = 24 * MM if label.is_fragile else 0.0
    rest = room - fragile - (2 * MM if fragile else 0.0)
    if rest > 20 * MM:
        desk.lines(edge, 6.6 * MM, _inside(label, _), (7, 6), rest, lines=2, height=5 * MM)
    if fragile:
        desk.glass(edge + room - fragile, 1.8 * MM, fragile, 5 * MM, _)


def _tall(desk: _Desk, label: BoxLabel, _: Speak) -> None:
    """About 62 x 100 mm: from the roll."""
    edge, bar, qr = 3.5 * MM, 10 * MM, 34 * MM
    room = desk.width - 2 * edge
    top = desk.height - bar - 4.5 * MM
    desk.run(edge, desk.height - bar - 2.5 * MM, bar, label.run, _)
    desk.column(
        edge,
        top,
        57 * MM,
        room,
        _whose(label, (20, 18, 16, 14, 12, 10), (12, 11, 10, 9, 8), 3),
    )
    desk.line(edge, 47.5 * MM, _count(label, _), (30, 26, 22, 18), room, is_bold=True)
    desk.square(edge, 10 * MM, qr, label.url, label.tag)
    desk.line(edge + qr / 2, 5.5 * MM, label.tag, (11, 9, 7), qr, is_bold=True, is_centred=True)
    left = edge + qr + 2 * MM
    beside = desk.width - edge - left
    above = 43.5 * MM
    if label.is_fragile:
        desk.glass(left, above - 8 * MM, beside, 7.5 * MM, _)
        above -= 9.5 * MM
    desk.lines(left, above, _inside(label, _), (9, 8, 7), beside, lines=9, height=above - 4 * MM)


def _small(desk: _Desk, label: ItemLabel | LocationLabel, _: Speak) -> None:
    """For a device or a location: the code, its words, and bars where there is room."""
    edge = 1.8 * MM if desk.height < 25 * MM else 2.5 * MM
    floor = edge
    bars = desk.width - 2 * edge
    module = None
    if isinstance(label, ItemLabel) and _has_room_for_bars(desk):
        module = bar_module_mm(label.tag, bars * desk.scale / MM)
    if module is not None:
        thin = module * MM / desk.scale
        tall = max(6 * MM, desk.height * 0.2)
        left = (desk.width - thin * bar_modules(label.tag)) / 2
        desk.marks.append(Bars(left, edge, tall, thin, label.tag))
        floor = edge + tall + 1.2 * MM
    qr = min(desk.height - edge - floor, desk.width * 0.46, 26 * MM)
    top = desk.height - edge
    desk.square(edge, top - qr, qr, label.url, label.tag)
    left = edge + qr + 1.2 * MM
    is_tiny = desk.width < 50 * MM
    desk.column(left, top, floor, desk.width - edge - left, _said(label, is_tiny=is_tiny, _=_))


def _has_room_for_bars(desk: _Desk) -> bool:
    wide, high = BARS_FROM_MM
    return desk.width >= wide * MM and desk.height >= high * MM


def _said(
    label: ItemLabel | LocationLabel, *, is_tiny: bool, _: Speak
) -> list[tuple[str, Sequence[float], int, bool]]:
    large = (11, 10, 9, 8, 7, 6) if is_tiny else (16, 14, 12, 11, 10, 9, 8, 7)
    plain = (7, 6.5, 6) if is_tiny else (9, 8, 7, 6.5)
    if isinstance(label, LocationLabel):
        return [
            (label.name, large, 4, True),
            (label.tag, plain, 1, True),
            (label.what, plain, 1, False),
        ]
    serial = _(N_("Serial number %(serial)s")) % {"serial": label.serial} if label.serial else ""
    firm = _(N_("Property of %(firm)s")) % {"firm": label.firm} if label.firm else ""
    return [
        (label.tag, large, 3, True),
        (label.what, plain, 2, False),
        (serial, plain, 2, False),
        (firm, plain, 2, False),
    ]
