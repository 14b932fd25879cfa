"""Labels as PDF: on sheets of A4 with label rectangles, or each on its own page for a roll."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4

from hoffice.errors import N_, Refused
from hoffice.kits.pdf.design import laid
from hoffice.kits.pdf.facts import Label
from hoffice.kits.pdf.marks import (
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
    bar_modules,
)
from hoffice.kits.rules.labels import LABELLED_WORDS, LabelFormat, Labelled
from hoffice.paper import draw, look
from hoffice.paper.tags import About, Element, TaggedCanvas
from hoffice.paper.words import Speak, speaks
from hoffice.wording.plain import one_line

INKS = {Ink.BLACK: look.BLACK, Ink.WHITE: look.WHITE, Ink.QUIET: look.INK_2}
CODE_WORDS = {
    Labelled.BOX: N_("QR code of box %(tag)s"),
    Labelled.ITEM: N_("QR code of device %(tag)s"),
    Labelled.LOCATION: N_("QR code of location %(tag)s"),
}


def label_pages(  # noqa: PLR0913  # what a sheet of labels depends on
    labels: Sequence[Label],
    paper: LabelFormat,
    *,
    made_at: datetime,
    language: str = "de",
    firm: str = "",
    first_place: int = 1,
) -> bytes:
    """The labels in the given order; ``first_place`` skips places of a sheet used up before.

    Refused when there is none, and when one of them does not fit on this paper.
    """
    check(labels, paper)
    _ = speaks(language)
    target = BytesIO()
    about = About(
        title=_title(labels, _), author=one_line(firm), language=language, made_at=made_at
    )
    canvas = TaggedCanvas(target, about)
    place = min(max(first_place, 1), paper.places) - 1
    for number, label in enumerate(labels):
        wide, high = paper.size(label.kind)
        if paper.is_sheet:
            if place == paper.places:
                canvas.showPage()
                place = 0
            left, top = paper.corner(place)
            corner = (left * MM, A4[1] - (top + high) * MM)
            place += 1
        else:
            if number:
                canvas.showPage()
            canvas.setPageSize((wide * MM, high * MM))
            corner = (0.0, 0.0)
        canvas.saveState()
        canvas.translate(*corner)
        _draw(canvas, laid(label, wide, high, _), _(CODE_WORDS[label.kind]))
        canvas.restoreState()
    canvas.save()
    return target.getvalue()


def check(labels: Sequence[Label], paper: LabelFormat) -> None:
    """Refuse what cannot be printed."""
    if not labels:
        raise Refused(N_("There is no label to print."))
    if any(label.kind not in paper.holds for label in labels):
        raise Refused(N_("These labels are too small for boxes. Choose larger ones."))


def _title(labels: Sequence[Label], _: Speak) -> str:
    kinds = {label.kind for label in labels}
    if kinds == {Labelled.BOX}:
        return _(N_("Box labels"))
    return _(N_("Labels")) + ": " + ", ".join(_(LABELLED_WORDS[kind]) for kind in sorted(kinds))


def _draw(canvas: TaggedCanvas, label: Laid, code_words: str) -> None:
    canvas.scale(label.scale, label.scale)
    for mark in label.marks:
        _draw_mark(canvas, mark, code_words)


def _draw_mark(canvas: TaggedCanvas, mark: Mark, code_words: str) -> None:
    match mark:
        case Words():
            canvas.setFillColor(INKS[mark.ink])
            canvas.say(mark.x, mark.y, mark.text, font=mark.font, size=mark.size, align=mark.align)
        case Square():
            with canvas.marked(Element("Figure", alt=code_words % {"tag": mark.code})):
                draw.qr(canvas, mark.content, mark.x, mark.y, mark.size)
        case Bars():
            _bars(canvas, mark)
        case Ground():
            with canvas.artifact():
                _ground(canvas, mark)
        case Shape():
            with canvas.artifact():
                draw.marker(canvas, mark.x, mark.y, mark.size, mark.run, colour=look.WHITE)
        case Glass():
            with canvas.artifact():
                canvas.setStrokeColor(look.BLACK)
                canvas.setLineWidth(min(1.4, mark.height / 20))
                canvas.roundRect(mark.x, mark.y, mark.width, mark.height, 3, stroke=1, fill=0)
                draw.glass(canvas, mark.glass_x, mark.glass_y, mark.glass_height)


def _ground(canvas: TaggedCanvas, mark: Ground) -> None:
    if mark.run:
        canvas.setFillColor(look.run_colour(mark.run))
        canvas.rect(mark.x, mark.y, mark.width, mark.height, stroke=0, fill=1)
    else:
        canvas.setStrokeColor(look.LINE_STRONG)
        canvas.setLineWidth(0.8)
        canvas.rect(mark.x, mark.y, mark.width, mark.height, stroke=1, fill=0)


def _bars(canvas: TaggedCanvas, mark: Bars) -> None:
    """Said in words beside it, so for those who listen the bars are decoration."""
    code = Code128(
        mark.content, barWidth=mark.module, barHeight=mark.height, quiet=0, humanReadable=0
    )
    spare = mark.module * bar_modules(mark.content) - float(code.width)
    with canvas.artifact():
        code.drawOn(canvas, mark.x + spare / 2, mark.y)
