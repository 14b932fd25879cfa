"""Labels for boxes: eight on a sheet of A4, made for a phone's camera and for tired eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from hoffice.errors import N_, Refused
from hoffice.paper import draw, fonts, look
from hoffice.paper.tags import About, Element, TaggedCanvas
from hoffice.paper.words import Speak, speaks
from hoffice.wording.plain import one_line

COLUMNS = 2
ROWS = 4
PER_SHEET = COLUMNS * ROWS
WIDTH = 99.1 * mm
HEIGHT = 67.7 * mm
LEFT = 4.65 * mm
TOP = 13.1 * mm
GAP = 2.5 * mm
"""The common sheet of 2 x 4 labels, 99.1 x 67.7 mm."""

BAR = 10 * mm
EDGE = 5 * mm
QR = 30 * mm


@dataclass(frozen=True, slots=True)
class RunMark:
    """Which run takes the box: ``number`` picks colour and shape as on the map, from 1."""

    number: int
    name: str
    stop: int = 0


@dataclass(frozen=True, slots=True)
class BoxLabel:
    """What stands on a box; without ``name`` only the personnel number tells whose it is."""

    number: int
    of: int
    personnel_number: str
    tag: str
    url: str
    name: str = ""
    place: str = ""
    contents: tuple[str, ...] = ()
    weight_kg: float | None = None
    is_fragile: bool = False
    run: RunMark | None = None


def box_labels(
    labels: Sequence[BoxLabel],
    *,
    made_at: datetime,
    language: str = "de",
    firm: str = "",
    first_place: int = 1,
) -> bytes:
    """The labels in the given order; ``first_place`` (1 to 8) skips places used up before."""
    if not labels:
        raise Refused(N_("There is no label to print."))
    _ = speaks(language)
    target = BytesIO()
    about = About(
        title=_(N_("Box labels")), author=one_line(firm), language=language, made_at=made_at
    )
    canvas = TaggedCanvas(target, about)
    place = min(max(first_place, 1), PER_SHEET) - 1
    for label in labels:
        if place == PER_SHEET:
            canvas.showPage()
            place = 0
        _label(canvas, label, place, _)
        place += 1
    canvas.save()
    return target.getvalue()


def _label(canvas: TaggedCanvas, label: BoxLabel, place: int, _: Speak) -> None:
    row, column = divmod(place, COLUMNS)
    canvas.saveState()
    canvas.translate(LEFT + column * (WIDTH + GAP), A4[1] - TOP - (row + 1) * HEIGHT)
    _bar(canvas, label.run, _)
    _whose(canvas, label, _)
    _code(canvas, label, _)
    _below(canvas, label, _)
    canvas.restoreState()


def _bar(canvas: TaggedCanvas, run: RunMark | None, _: Speak) -> None:
    """The run's colour with its shape and name: readable in black and white too."""
    bottom = HEIGHT - BAR - 2 * mm
    inner = WIDTH - 2 * EDGE
    with canvas.artifact():
        if run is None:
            canvas.setStrokeColor(look.LINE_STRONG)
            canvas.setLineWidth(0.8)
            canvas.rect(EDGE, bottom, inner, BAR, stroke=1, fill=0)
        else:
            canvas.setFillColor(look.run_colour(run.number))
            canvas.rect(EDGE, bottom, inner, BAR, stroke=0, fill=1)
            draw.marker(canvas, EDGE + BAR / 2, bottom + BAR / 2, 15, run.number, colour=look.WHITE)
    if run is None:
        canvas.setFillColor(look.INK_2)
        canvas.say(EDGE + 8, bottom + 10, _(N_("no run yet")), size=11)
        return
    canvas.setFillColor(look.WHITE)
    stop = _(N_("Stop %(stop)s")) % {"stop": run.stop} if run.stop else ""
    room = inner - BAR - fonts.width(stop, fonts.BOLD, 14) - 20
    name = fonts.fitted(one_line(run.name), fonts.BOLD, 14, room)
    canvas.say(EDGE + BAR + 2, bottom + 9.5, name, font=fonts.BOLD, size=14)
    if stop:
        canvas.say(EDGE + inner - 8, bottom + 9.5, stop, font=fonts.BOLD, size=14, align="right")


def _whose(canvas: TaggedCanvas, label: BoxLabel, _: Speak) -> None:
    """Whose box it is, where it goes, and which of how many."""
    room = WIDTH - 2 * EDGE - QR - 4
    top = HEIGHT - BAR - 9 * mm
    canvas.setFillColor(look.BLACK)
    number = one_line(label.personnel_number)
    for line, size in _large(one_line(label.name) or number, room):
        canvas.say(EDGE, top, line, font=fonts.BOLD, size=size)
        top -= size + 2
    if label.name:
        canvas.say(EDGE, top, fonts.fitted(number, fonts.REGULAR, 11, room), size=11)
        top -= 13.5
    if label.place:
        place = fonts.fitted(one_line(label.place), fonts.REGULAR, 11, room)
        canvas.say(EDGE, top, place, size=11)
    count = _(N_("%(number)s of %(of)s")) % {"number": label.number, "of": label.of}
    canvas.say(EDGE, 17 * mm, count, font=fonts.BOLD, size=30)


def _large(text: str, room: float) -> list[tuple[str, int]]:
    """The words in two large lines, or, if they are too long for that, in three smaller ones."""
    large = fonts.wrapped(text, fonts.BOLD, 17, room, lines=2)
    if not any(line.endswith("…") for line in large):
        return [(line, 17) for line in large]
    return [(line, 13) for line in fonts.wrapped(text, fonts.BOLD, 13, room, lines=3)]


def _code(canvas: TaggedCanvas, label: BoxLabel, _: Speak) -> None:
    left = WIDTH - EDGE - QR
    bottom = HEIGHT - BAR - 4 * mm - QR
    tag = one_line(label.tag)
    alt = _(N_("QR code of box %(tag)s")) % {"tag": tag}
    with canvas.marked(Element("Figure", alt=alt)):
        draw.qr(canvas, label.url, left, bottom, QR)
    canvas.setFillColor(look.BLACK)
    text = fonts.fitted(tag, fonts.BOLD, 11, QR + 6 * mm)
    canvas.say(left + QR / 2, bottom - 9, text, font=fonts.BOLD, size=11, align="center")


def _below(canvas: TaggedCanvas, label: BoxLabel, _: Speak) -> None:
    """What is inside, how heavy, and whether it breaks."""
    room = WIDTH - 2 * EDGE
    parts = [one_line(part) for part in label.contents[:12]]
    if label.weight_kg is not None:
        parts.append(_kilograms(label.weight_kg, _))
    canvas.setFillColor(look.BLACK)
    height = 11.5 * mm
    for line in fonts.wrapped(" · ".join(parts), fonts.REGULAR, 9, room - 36 * mm, lines=3):
        canvas.say(EDGE, height, line, size=9)
        height -= 11
    if label.is_fragile:
        _fragile(canvas, _)


def _kilograms(weight_kg: float, _: Speak) -> str:
    return _(N_("%(weight)s kg")) % {"weight": f"{weight_kg:.0f}"}


def _fragile(canvas: TaggedCanvas, _: Speak) -> None:
    """A frame with a glass and the word."""
    width, height = 35 * mm, 12 * mm
    left, bottom = WIDTH - EDGE - width, 3.5 * mm
    with canvas.artifact():
        canvas.setStrokeColor(look.BLACK)
        canvas.setLineWidth(1.4)
        canvas.roundRect(left, bottom, width, height, 3, stroke=1, fill=0)
        draw.glass(canvas, left + 7, bottom + 5, height - 10)
    canvas.setFillColor(look.BLACK)
    word = fonts.fitted(_(N_("Fragile")), fonts.BOLD, 11, width - 26)
    canvas.say(left + 22, bottom + height / 2 - 4, word, font=fonts.BOLD, size=11)
