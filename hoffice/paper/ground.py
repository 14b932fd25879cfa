"""What lies under a sketch: water, woods and main roads, drawn as on the map in the browser.

Only where the house has a drawn ground (``static/map/berlin.geojson``); elsewhere it stays bare.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color, HexColor

from hoffice.paper.tags import TaggedCanvas
from hoffice.units import Point

DRAWN = Path(__file__).parents[1] / "static" / "map" / "berlin.geojson"

WATER = HexColor("#c3d7dc")
GREEN = HexColor("#dfe6d3")
ROAD = HexColor("#ffffff")

FILLS: dict[str, Color] = {"green": GREEN, "water": WATER}
LINES: dict[str, tuple[Color, float]] = {
    "road": (ROAD, 1.6),
    "canal": (WATER, 1.6),
    "river": (WATER, 2.2),
    "river wide": (WATER, 4.0),
}
ORDER = ("green", "water", "road", "canal", "river", "river wide")

Place = Callable[[Point], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Shape:
    """One outline or line of the ground."""

    kind: str
    points: tuple[Point, ...]


@lru_cache(maxsize=1)
def shapes() -> tuple[Shape, ...]:
    """The ground from the lowest to the highest; read once."""
    features = json.loads(DRAWN.read_text("utf-8"))["features"]
    found = [
        Shape(feature["properties"]["kind"], line)
        for feature in features
        for line in _lines(feature["geometry"])
    ]
    known = [shape for shape in found if shape.kind in ORDER]
    return tuple(sorted(known, key=lambda shape: ORDER.index(shape.kind)))


def _lines(geometry: dict[str, Any]) -> Iterator[tuple[Point, ...]]:
    inside = geometry["coordinates"]
    for ring in inside if geometry["type"] == "Polygon" else [inside]:
        yield tuple(Point(lat, lon) for lon, lat in ring)


def draw_ground(canvas: TaggedCanvas, place: Place, width: float, height: float) -> None:
    """What of it lies in a box at the origin; the caller clips."""
    canvas.setLineJoin(1)
    canvas.setLineCap(1)
    for shape in shapes():
        spots = [place(point) for point in shape.points]
        if not _touches(spots, width, height):
            continue
        path = canvas.beginPath()
        path.moveTo(*spots[0])
        for spot in spots[1:]:
            path.lineTo(*spot)
        if shape.kind in FILLS:
            path.close()
            canvas.setFillColor(FILLS[shape.kind])
            canvas.drawPath(path, stroke=0, fill=1)
        else:
            colour, thickness = LINES[shape.kind]
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(thickness)
            canvas.drawPath(path, stroke=1, fill=0)


def _touches(spots: list[tuple[float, float]], width: float, height: float) -> bool:
    """Whether the box around the shape meets the box of the sketch."""
    return (
        max(x for x, _ in spots) >= 0
        and min(x for x, _ in spots) <= width
        and max(y for _, y in spots) >= 0
        and min(y for _, y in spots) <= height
    )
