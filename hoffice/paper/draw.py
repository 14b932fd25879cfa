"""Things on paper that are no words: QR codes, signatures, boxes to tick, coloured bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

import segno
from reportlab.lib.colors import Color

from hoffice.paper import look
from hoffice.paper.tags import TaggedCanvas

Stroke = Sequence[tuple[float, float]]
"""One line of the pen: points from (0, 0) at the upper left to (1, 1) at the lower right."""

QR_MASK = 2
"""A fixed mask spares the search for the prettiest one; every reader reads all eight."""

QR_CHARS = 300
STROKES = 400
POINTS = 20_000
"""More is not a signature; beyond this nothing is drawn."""


def qr(  # noqa: PLR0913  # a place, a size and its edge
    canvas: TaggedCanvas, content: str, x: float, y: float, size: float, *, quiet: int = 2
) -> None:
    """A QR code as black rectangles, ``size`` points wide with its quiet edge."""
    code = segno.make_qr(content[:QR_CHARS] or " ", error="m", mask=QR_MASK)
    step = size / (len(code.matrix) + 2 * quiet)
    path = canvas.beginPath()
    for number, row in enumerate(code.matrix):
        column = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                left = x + (column + quiet) * step
                path.rect(left, y + size - (number + quiet + 1) * step, length * step, step)
            column += length
    canvas.setFillColor(look.BLACK)
    canvas.drawPath(path, stroke=0, fill=1)


def signature(canvas: TaggedCanvas, strokes: Sequence[Stroke], width: float, height: float) -> None:
    """A drawn signature as a line of the pen, kept inside its box; a single point is a dot."""
    canvas.saveState()
    canvas.setStrokeColor(look.PEN)
    canvas.setLineWidth(1.3)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    left = POINTS
    for stroke in strokes[:STROKES]:
        points = [_inside(point, width, height) for point in stroke[:left] if _is_real(point)]
        left -= len(points)
        if not points:
            continue
        path.moveTo(*points[0])
        for place in points[1:] or [(points[0][0] + 0.1, points[0][1])]:
            path.lineTo(*place)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()


def _is_real(point: tuple[float, float]) -> bool:
    return math.isfinite(point[0]) and math.isfinite(point[1])


def _inside(point: tuple[float, float], width: float, height: float) -> tuple[float, float]:
    across, down = (min(max(value, 0.0), 1.0) for value in point)
    return across * width, (1.0 - down) * height


def tick_box(canvas: TaggedCanvas, x: float, y: float, size: float) -> None:
    """An empty box to tick with a pen."""
    canvas.setStrokeColor(look.INK)
    canvas.setLineWidth(0.9)
    canvas.rect(x, y, size, size, stroke=1, fill=0)


def line_to_sign(canvas: TaggedCanvas, x: float, y: float, width: float) -> None:
    """A line to sign on."""
    canvas.setStrokeColor(look.LINE_STRONG)
    canvas.setLineWidth(0.6)
    canvas.line(x, y, x + width, y)


def marker(  # noqa: PLR0913  # a place, a look and a meaning
    canvas: TaggedCanvas,
    x: float,
    y: float,
    size: float,
    number: int,
    *,
    colour: Color | None = None,
) -> None:
    """The shape of run ``number`` (1 is the first) around a centre: never colour alone."""
    canvas.setFillColor(colour or look.run_colour(number))
    half = size / 2
    match (number - 1) % 4:
        case 0:
            canvas.circle(x, y, half, stroke=0, fill=1)
        case 1:
            canvas.rect(x - half * 0.9, y - half * 0.9, size * 0.9, size * 0.9, stroke=0, fill=1)
        case 2:
            _polygon(canvas, x, y, half * 1.2, corners=4)
        case _:
            _polygon(canvas, x, y, half * 1.1, corners=6)


def _polygon(canvas: TaggedCanvas, x: float, y: float, radius: float, *, corners: int) -> None:
    path = canvas.beginPath()
    for corner in range(corners):
        angle = math.tau * corner / corners
        place = (x + radius * math.cos(angle), y + radius * math.sin(angle))
        if corner:
            path.lineTo(*place)
        else:
            path.moveTo(*place)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def glass(canvas: TaggedCanvas, x: float, y: float, height: float) -> None:
    """A wine glass, the sign for what breaks."""
    width = height * 0.5
    canvas.setFillColor(look.BLACK)
    bowl = canvas.beginPath()
    bowl.moveTo(x, y + height)
    bowl.lineTo(x + width, y + height)
    bowl.curveTo(
        x + width,
        y + height * 0.55,
        x + width * 0.7,
        y + height * 0.45,
        x + width / 2,
        y + height * 0.45,
    )
    bowl.curveTo(x + width * 0.3, y + height * 0.45, x, y + height * 0.55, x, y + height)
    bowl.close()
    canvas.drawPath(bowl, stroke=0, fill=1)
    canvas.rect(x + width / 2 - 0.8, y, 1.6, height * 0.5, stroke=0, fill=1)
    canvas.rect(x + width * 0.15, y, width * 0.7, 1.6, stroke=0, fill=1)


def house(canvas: TaggedCanvas, x: float, y: float, size: float) -> None:
    """The depot: a dark square with a white house in it, around a centre."""
    half = size / 2
    canvas.setFillColor(look.INK)
    canvas.setStrokeColor(look.WHITE)
    canvas.setLineWidth(1.2)
    canvas.rect(x - half, y - half, size, size, stroke=1, fill=1)
    path = canvas.beginPath()
    path.moveTo(x - half * 0.7, y)
    path.lineTo(x, y + half * 0.7)
    path.lineTo(x + half * 0.7, y)
    path.lineTo(x + half * 0.45, y)
    path.lineTo(x + half * 0.45, y - half * 0.65)
    path.lineTo(x - half * 0.45, y - half * 0.65)
    path.lineTo(x - half * 0.45, y)
    path.close()
    canvas.setFillColor(look.WHITE)
    canvas.drawPath(path, stroke=0, fill=1)


def arrow_up(canvas: TaggedCanvas, x: float, y: float, height: float) -> None:
    """A slim arrow head that points north."""
    path = canvas.beginPath()
    path.moveTo(x - height * 0.3, y)
    path.lineTo(x, y + height)
    path.lineTo(x + height * 0.3, y)
    path.lineTo(x, y + height * 0.25)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)
