"""How labels look: where words and codes stand, for each shape of label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from hoffice.errors import N_
from hoffice.kits.pdf.facts import BoxLabel, ItemLabel, Label, LocationLabel
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
)
from hoffice.paper import fonts
from hoffice.paper.text import with_firm_units
from hoffice.paper.words import Speak
from hoffice.wording.plain import one_line

FLAT_BELOW_MM: Final = 50.0
TALL_WIDTH_MM: Final = 70.0
WIDE_WIDTH_MM: Final = 99.0
SMALL_MM: Final = (63.0, 38.0)
"""Sizes for which the shapes were drawn; larger labels are the same, drawn larger."""

BARS_FROM_MM: Final = (60.0, 28.0)
"""Width and height from which a label of a device has room for bars."""


FIRM_LINES: Final = (4, 3, 2)
"""On so many lines the owner of a device may stand, the most that leave room for its tag."""
FIRM_SIZES: Final = (6, 5.5)
"""Points below those of the other words, to which the owner's name shrinks before it is cut."""
LEADS_FROM: Final = 9
"""Points below which a tag does not go so that the owner's name stands there whole."""

FIRM_SPACE: Final = "\N{NO-BREAK SPACE}"
CENTRE: Final = 0.33
"""Of the size of the type: from the base of a line to the middle of its capitals."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words, the sizes they may have, the largest first, and on how many lines."""

    words: str
    sizes: Sequence[float]
    lines: int = 1
    is_bold: bool = False
    is_one_best: bool = False
    kept: int = 1
    """So many lines are kept free for it by what stands above, if it needs them."""

    def least(self, room: float) -> float:
        """The height that it needs at its smallest, as far as that is kept free."""
        font = fonts.BOLD if self.is_bold else fonts.REGULAR
        line = self.sizes[-1] * LEADING
        if self.kept == 1:
            return line
        found, _size = fitted(
            self.words, font, room, sizes=self.sizes[-1:], lines=self.kept, height=line * self.kept
        )
        return line * len(found)


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
    ) -> None:
        """One line on the base ``y``, as large as the room allows."""
        font = fonts.BOLD if is_bold else fonts.REGULAR
        found, size = fitted(text, font, room, sizes=sizes, lines=1, height=LEADING * sizes[0])
        align: Literal["left", "center"] = "center" if is_centred else "left"
        self.marks += [Words(x, y, line, size, is_bold, align) for line in found]

    def lines(  # noqa: PLR0913  # a place, a size and a look
        self,
        x: float,
        top: float,
        text: str,
        sizes: Sequence[float],
        room: float,
        *,
        lines: int,
        height: float,
        is_bold: bool = False,
        is_one_best: bool = False,
    ) -> float:
        """The text from ``top`` downwards in at most ``height``; where what follows may begin.

        With ``is_one_best`` a smaller size on one line is better than a larger one on two.
        """
        font = fonts.BOLD if is_bold else fonts.REGULAR
        found, size = fitted(text, font, room, sizes=sizes, lines=lines, height=height)
        if is_one_best and len(found) > 1:
            alone, smaller = fitted(text, font, room, sizes=sizes, lines=1, height=height)
            if not alone[0].endswith("…"):
                found, size = alone, smaller
        for number, line in enumerate(found):
            base = top - (ASCENT + number * LEADING) * size
            self.marks.append(Words(x, base, line, size, is_bold))
        return top - len(found) * LEADING * size

    def column(
        self, x: float, top: float, bottom: float, room: float, texts: Sequence[Text]
    ) -> None:
        """Texts below each other; each leaves the room that the others need at the least."""
        told = [text for text in texts if text.words]
        for number, text in enumerate(told):
            kept = sum(later.least(room) for later in told[number + 1 :])
            height = top - bottom - kept
            if height >= text.sizes[-1] * LEADING:
                top = self.lines(
                    x,
                    top,
                    text.words,
                    text.sizes,
                    room,
                    lines=text.lines,
                    height=height,
                    is_bold=text.is_bold,
                    is_one_best=text.is_one_best,
                )

    def square(self, x: float, y: float, size: float, url: str, code: str) -> None:
        """A QR code with the address, or with the code alone where that is too much."""
        content = qr_content(url, code, size * self.scale / MM)
        self.marks.append(Square(x, y, size, content, code))

    def run(self, x: float, y: float, height: float, label: BoxLabel, _: Speak) -> None:
        """The run's colour with its shape and name: readable in black and white too."""
        run = label.run
        wide = self.width - 2 * x
        middle = y + height / 2
        self.marks.append(Ground(x, y, wide, height, run.number if run is not None else 0))
        if run is None:
            if label.instead:
                size = height * 0.42
                self._in_bar(
                    x + height * 0.3, middle, label.instead, size, wide - height, Ink.QUIET
                )
            return
        self.marks.append(Shape(x + height / 2, middle, height * 0.5, run.number))
        room = wide - height * 1.3
        if run.stop:
            stop = _(N_("Stop %(stop)s")) % {"stop": run.stop}
            size = height * 0.5
            base = middle - CENTRE * size
            right = x + wide - height * 0.25
            said = Words(right, base, stop, size, is_bold=True, align="right", ink=Ink.WHITE)
            self.marks.append(said)
            room -= right - said.box[0] + height * 0.25
        self._in_bar(x + height * 1.1, middle, run.name, height * 0.5, room, Ink.WHITE)

    def _in_bar(  # noqa: PLR0913, PLR0917  # a place, a size and a look
        self, x: float, middle: float, text: str, size: float, room: float, ink: Ink
    ) -> None:
        """Words in the middle of a bar, on two lines where one would be too small."""
        is_bold = ink is Ink.WHITE
        font = fonts.BOLD if is_bold else fonts.REGULAR
        sizes = [size * share for share in (1, 0.9, 0.8, 0.7, 0.6)]
        found, chosen = fitted(text, font, room, sizes=sizes, lines=2, height=size * 1.85)
        for number, line in enumerate(found):
            above = ((len(found) - 1) / 2 - number) * LEADING * chosen
            base = middle + above - CENTRE * chosen
            self.marks.append(Words(x, base, line, chosen, is_bold, ink=ink))

    def glass(self, x: float, y: float, wide: float, height: float, _: Speak) -> None:
        """A frame with a glass and the word beside it."""
        pad = height * 0.16
        size = min(11.0, height * 0.55)
        tall = height - 2 * pad
        self.marks.append(Glass(x, y, wide, height, x + pad * 1.6, y + pad, tall))
        left = x + pad * 2.8 + tall * 0.5
        sizes = [size * share for share in (1, 0.9, 0.8, 0.7, 0.6, 0.5)]
        word = _(N_("Fragile"))
        self.line(
            left, y + height / 2 - size * 0.3, word, sizes, x + wide - left - pad, is_bold=True
        )


def laid(label: Label, width_mm: float, height_mm: float, _: Speak) -> Laid:
    """The label for this size of paper, in the language of ``_``."""
    label = _in_one_line(label)
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


def _in_one_line(label: Label) -> Label:
    """Every word of it without line breaks, invisible signs and whatever else harms paper."""
    if isinstance(label, ItemLabel):
        return replace(
            label,
            tag=one_line(label.tag),
            what=one_line(label.what),
            serial=one_line(label.serial),
            firm=one_line(label.firm),
        )
    if isinstance(label, LocationLabel):
        return replace(
            label, tag=one_line(label.tag), name=one_line(label.name), what=one_line(label.what)
        )
    run = label.run
    return replace(
        label,
        tag=one_line(label.tag),
        personnel_number=one_line(label.personnel_number),
        name=one_line(label.name),
        place=one_line(label.place),
        contents=tuple(one_line(part) for part in label.contents),
        run=replace(run, name=one_line(run.name)) if run is not None else None,
    )


def _count(label: BoxLabel, _: Speak) -> str:
    return _(N_("%(number)s of %(of)s")) % {"number": label.number, "of": label.of}


def _inside(label: BoxLabel, _: Speak) -> str:
    """How heavy the box is and what lies in it; a number and its thing stay on one line."""
    weight = label.weight_kg
    heavy = [] if weight is None else [_(N_("%(weight)s kg")) % {"weight": f"{weight:.0f}"}]
    parts = [*heavy, *label.contents[:12]]
    told = ", ".join(part.replace(" × ", f"{FIRM_SPACE}×{FIRM_SPACE}") for part in parts)
    return with_firm_units(told)


def _whose(label: BoxLabel, large: Sequence[float], small: Sequence[float]) -> list[Text]:
    """Whose box it is and where it goes."""
    told = [Text(label.name or label.personnel_number, large, lines=3, is_bold=True)]
    if label.name:
        told.append(Text(label.personnel_number, small))
    return [*told, Text(label.place, small)]


def _wide(desk: _Desk, label: BoxLabel, _: Speak) -> None:
    """About 99 x 68 mm: the usual one."""
    edge, bar, qr = 5 * MM, 10 * MM, 30 * MM
    top = desk.height - bar - 4 * MM
    room = desk.width - 2 * edge - qr - 2 * MM
    desk.run(edge, desk.height - bar - 2 * MM, bar, label, _)
    desk.column(edge, top, 27 * MM, room, _whose(label, (18, 16, 14, 12, 10, 9), (11, 10, 9, 8, 7)))
    desk.line(edge, 17.5 * MM, _count(label, _), (30, 26, 22, 18, 14), room, is_bold=True)
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
    desk.run(edge, desk.height - bar - 2 * MM, bar, label, _)
    desk.column(
        edge,
        top,
        13.3 * MM,
        room,
        _whose(label, (14, 12, 11, 10, 9, 8, 7), (8.5, 8, 7, 6)),
    )
    desk.line(edge, 8.4 * MM, _count(label, _), (17, 15, 13, 11, 9), room, is_bold=True)
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
    desk.run(edge, desk.height - bar - 2.5 * MM, bar, label, _)
    desk.column(
        edge,
        top,
        57 * MM,
        room,
        _whose(label, (20, 18, 16, 14, 12, 10), (12, 11, 10, 9, 8)),
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
    desk.lines(left, above, _inside(label, _), (9, 8, 7, 6), beside, lines=9, height=above - 4 * MM)


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
    is_tiny = desk.width < 50 * MM
    qr = min(desk.height - edge - floor, desk.width * (0.4 if is_tiny else 0.46), 26 * MM)
    top = desk.height - edge
    middle = (top + floor) / 2 if is_tiny else top - qr / 2
    desk.square(edge, middle - qr / 2, qr, label.url, label.tag)
    left = edge + qr + (0.6 if is_tiny else 1.2) * MM
    room = desk.width - edge - left
    for lines in FIRM_LINES:  # the name of the firm whole, as long as the tag stays large and whole
        told = _said(label, is_tiny=is_tiny, firm_lines=lines, _=_)
        if lines == FIRM_LINES[-1] or _leads(told, room, top - floor):
            break
    desk.column(left, top, floor, room, told)


def _leads(told: Sequence[Text], room: float, height: float) -> bool:
    """Whether the first text is whole and large beside what is kept free for the others."""
    first, *others = [text for text in told if text.words] or told
    left = height - sum(later.least(room) for later in others)
    font = fonts.BOLD if first.is_bold else fonts.REGULAR
    sizes = [size for size in first.sizes if size >= LEADS_FROM]
    found, size = fitted(first.words, font, room, sizes=sizes, lines=first.lines, height=left)
    is_whole = not "".join(found[-1:]).endswith("…")
    return is_whole and len(found) * size * LEADING <= left


def _has_room_for_bars(desk: _Desk) -> bool:
    wide, high = BARS_FROM_MM
    return desk.width >= wide * MM and desk.height >= high * MM


def _said(
    label: ItemLabel | LocationLabel, *, is_tiny: bool, firm_lines: int, _: Speak
) -> list[Text]:
    large = (11, 10, 9, 8, 7, 6) if is_tiny else (16, 14, 12, 11, 10, 9, 8, 7)
    plain = (7, 6.5, 6, 5.5) if is_tiny else (9, 8, 7, 6.5)
    if isinstance(label, LocationLabel):
        return [
            Text(label.name, large, lines=4, is_bold=True),
            Text(label.tag, plain, is_bold=True),
            Text(label.what, plain),
        ]
    told = [
        Text(label.tag, large, lines=3, is_bold=True, is_one_best=True),
        Text(label.what, plain, lines=3 if is_tiny else 2),
    ]
    if label.serial:
        serial = _(N_("S/N %(serial)s")) % {"serial": label.serial}
        told.append(Text(serial, plain, lines=2, is_one_best=True))
    if label.firm and not is_tiny:
        firm = _(N_("Property of %(firm)s")) % {"firm": label.firm}
        sizes = (*plain, *FIRM_SIZES)
        told.append(Text(firm, sizes, lines=firm_lines, is_one_best=True, kept=firm_lines))
    return told
