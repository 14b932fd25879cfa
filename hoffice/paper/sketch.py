"""A sketch of a run: where the stops lie to each other, on the drawn ground where there is one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hoffice.paper import draw, fonts, look
from hoffice.paper.ground import draw_ground
from hoffice.paper.tags import TaggedCanvas
from hoffice.units import Point

KM_PER_DEGREE = 111.32
"""Kilometres of one degree of latitude; enough for a sketch of a town."""

PADDING = 16.0
FOOT = 10.0
"""Room below the lowest place for the scale."""
MARKER = 16.5
NEAR = 14.0
"""Markers nearer than this (points) are fanned out, with a thin line to their true place."""

ARROW = 7.0
ARROW_FROM = 30.0
"""A leg shorter than this (points) has no room for an arrow between its two markers."""

SCALES_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 500, 1000, 5000)


@dataclass(frozen=True, slots=True)
class Spot:
    """A numbered place."""

    label: str
    point: Point


@dataclass(frozen=True, slots=True)
class Sketch:
    """One run: its number gives colour and shape; ``route`` are the roads, if they are known."""

    number: int
    depot: Point
    spots: tuple[Spot, ...]
    route: tuple[Point, ...] = ()

    def line(self) -> tuple[Point, ...]:
        """The roads, or straight lines from stop to stop."""
        return self.route or (self.depot, *(spot.point for spot in self.spots), self.depot)


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to points, with the same scale in both directions."""

    west_km: float
    south_km: float
    shrink: float
    points_per_km: float
    left: float
    bottom: float

    def place(self, point: Point) -> tuple[float, float]:
        east, north = _kilometres(point, self.shrink)
        return (
            self.left + (east - self.west_km) * self.points_per_km,
            self.bottom + (north - self.south_km) * self.points_per_km,
        )


def sketch(canvas: TaggedCanvas, run: Sketch, width: float, height: float) -> None:
    """Draw the run into a box at the origin."""
    frame = _frame([*run.line(), run.depot, *(spot.point for spot in run.spots)], width, height)
    canvas.saveState()
    canvas.setFillColor(look.GROUND)
    canvas.setStrokeColor(look.LINE)
    canvas.setLineWidth(0.5)
    box = canvas.beginPath()
    box.roundRect(0, 0, width, height, 4)
    canvas.saveState()
    canvas.clipPath(box, stroke=0, fill=1)
    draw_ground(canvas, frame.place, width, height)
    canvas.restoreState()
    canvas.drawPath(box, stroke=1, fill=0)
    _route(canvas, run, frame)
    _spots(canvas, run, frame, width, height)
    _scale(canvas, frame, width)
    canvas.restoreState()


def _kilometres(point: Point, shrink: float) -> tuple[float, float]:
    return point.lon * KM_PER_DEGREE * shrink, point.lat * KM_PER_DEGREE


def _frame(points: Sequence[Point], width: float, height: float) -> _Frame:
    middle = sum(point.lat for point in points) / len(points)
    shrink = max(math.cos(math.radians(middle)), 0.01)
    places = [_kilometres(point, shrink) for point in points]
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    room = (width - 2 * PADDING, height - 2 * PADDING - FOOT)
    scale = min(room[0] / max(east - west, 0.2), room[1] / max(north - south, 0.2))
    return _Frame(
        west_km=west,
        south_km=south,
        shrink=shrink,
        points_per_km=scale,
        left=(width - (east - west) * scale) / 2,
        bottom=(height + FOOT - (north - south) * scale) / 2,
    )


def _route(canvas: TaggedCanvas, run: Sketch, frame: _Frame) -> None:
    path = canvas.beginPath()
    first, *rest = (frame.place(point) for point in run.line())
    path.moveTo(*first)
    for place in rest:
        path.lineTo(*place)
    canvas.setLineJoin(1)
    for colour, thickness in ((look.WHITE, 4.5), (look.run_colour(run.number), 2.2)):
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(thickness)
        canvas.drawPath(path, stroke=1, fill=0)
    if not run.route:
        places = [frame.place(point) for point in run.line()]
        for start, end in pairwise(places):
            if math.dist(start, end) >= ARROW_FROM:
                _arrow(canvas, start, end)


def _arrow(canvas: TaggedCanvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A head halfway, so that the order is seen where lines cross."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    path = canvas.beginPath()
    path.moveTo(x + ARROW * 0.7 * math.cos(angle), y + ARROW * 0.7 * math.sin(angle))
    for turn in (2.5, -2.5):
        path.lineTo(x + ARROW * math.cos(angle + turn), y + ARROW * math.sin(angle + turn))
    path.close()
    canvas.setFillColor(look.INK)
    canvas.drawPath(path, stroke=0, fill=1)


def _spots(canvas: TaggedCanvas, run: Sketch, frame: _Frame, width: float, height: float) -> None:
    depot = frame.place(run.depot)
    taken = [depot]
    for spot in run.spots:
        true = frame.place(spot.point)
        shown = _free_place(true, taken, width, height)
        taken.append(shown)
        if shown != true:
            canvas.setStrokeColor(look.INK)
            canvas.setLineWidth(0.6)
            canvas.line(*true, *shown)
        draw.marker(canvas, *shown, MARKER + 3, run.number, colour=look.WHITE)
        draw.marker(canvas, *shown, MARKER, run.number)
        canvas.setFillColor(look.WHITE)
        canvas.setFont(fonts.BOLD, 10)
        canvas.drawCentredString(shown[0], shown[1] - 3.6, spot.label[:3])
    draw.house(canvas, *depot, MARKER)


def _free_place(
    true: tuple[float, float], taken: Sequence[tuple[float, float]], width: float, height: float
) -> tuple[float, float]:
    """The place itself, or the nearest free one on rings around it."""
    candidates = [true]
    for ring in range(1, 6):
        for step in range(8):
            angle = math.tau * step / 8
            x = true[0] + NEAR * 1.1 * ring * math.cos(angle)
            y = true[1] + NEAR * 1.1 * ring * math.sin(angle)
            if MARKER / 2 < x < width - MARKER / 2 and MARKER / 2 < y < height - MARKER / 2:
                candidates.append((x, y))
    for place in candidates:
        if all(math.dist(place, other) >= NEAR for other in taken):
            return place
    return true


def _scale(canvas: TaggedCanvas, frame: _Frame, width: float) -> None:
    """How long a kilometre is here, and where north is."""
    fitting = [km for km in SCALES_KM if km * frame.points_per_km <= width / 4]
    if fitting:
        length = fitting[-1] * frame.points_per_km
        canvas.setStrokeColor(look.INK_2)
        canvas.setLineWidth(1)
        canvas.line(8, 8, 8 + length, 8)
        canvas.setFillColor(look.INK_2)
        canvas.setFont(fonts.REGULAR, 10)
        canvas.drawString(8, 11, f"{fitting[-1]:g} km")
    canvas.setFillColor(look.INK_2)
    canvas.setFont(fonts.BOLD, 10)
    canvas.drawCentredString(width - 10, 6, "N")
    draw.arrow_up(canvas, width - 10, 15, 10)
