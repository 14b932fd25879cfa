"""A place to sign: an empty line for ink, or the line with a drawn or typed signature above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from hoffice.errors import N_
from hoffice.paper import draw, flow, fonts, look
from hoffice.paper.tags import TaggedCanvas
from hoffice.paper.text import safe
from hoffice.paper.words import speaks
from hoffice.wording.plain import one_line

WIDTH = 76 * mm
HEIGHT = 26 * mm
TYPED_SIZE = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody left: strokes, or without strokes a typed name.

    The points go from (0, 0) at the upper left to (1, 1), on a pad three times as wide as high.
    """

    name: str
    strokes: tuple[tuple[tuple[float, float], ...], ...] = ()
    typed: str = ""


def field(mark: Mark | None, name: str, title: str, below: str, language: str) -> list[Flowable]:
    """The line with the mark above it, and under it who signs as what, and a sentence."""
    return [
        line(mark, language),
        flow.words(f"<b>{safe(name)}</b> · {safe(title)}" if name else safe(title), look.CELL),
        flow.words(safe(below), look.SMALL),
    ]


def line(mark: Mark | None, language: str) -> flow.Picture:
    """The mark above its line, or only the line."""
    if mark is None:
        return flow.Picture(WIDTH, HEIGHT, lambda canvas: draw.line_to_sign(canvas, 0, 2, WIDTH))
    alt = speaks(language)(N_("Signature of %(name)s")) % {"name": one_line(mark.name)}
    return flow.Picture(WIDTH, HEIGHT, lambda canvas: _write(canvas, mark), alt)


def beside(fields: Sequence[Sequence[Flowable]], width: float) -> list[Flowable]:
    """Two places beside each other, the next two below."""
    return [
        flow.side_by_side((*fields[at : at + 2], ())[:2], (width / 2, width / 2))
        for at in range(0, len(fields), 2)
    ]


def _write(canvas: TaggedCanvas, mark: Mark) -> None:
    draw.line_to_sign(canvas, 0, 2, WIDTH)
    canvas.saveState()
    canvas.translate(2, 4)
    if mark.strokes:
        draw.signature(canvas, mark.strokes, WIDTH - 4, HEIGHT - 6)
    else:
        text = one_line(mark.typed or mark.name)
        canvas.setFillColor(look.PEN)
        canvas.setFont(fonts.ITALIC, TYPED_SIZE)
        canvas.drawString(0, 6, fonts.fitted(text, fonts.ITALIC, TYPED_SIZE, WIDTH - 4))
    canvas.restoreState()
