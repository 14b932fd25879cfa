"""Stops of bus and tram: landmarks where the ground of a map shows nothing else.

The file is made by ``tools/ground.py`` from the timetable data of the VBB; docs/sources.md#ground.
"""

from __future__ import annotations

import gzip
import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from hoffice.places.rules import metres_between
from hoffice.units import Point

FILE: Final = Path(__file__).with_name("landmarks.csv.gz")
METRES_PER_DEGREE: Final = 111_195.0

Stop = tuple[float, float, str]
"""Latitude, longitude and name."""


@cache
def every_stop() -> Sequence[Stop]:
    """All stops, from south to north; read once a process."""
    lines = gzip.decompress(FILE.read_bytes()).decode("utf-8").splitlines()
    cells = (line.split(";") for line in lines)
    return [(float(lat), float(lon), name) for lat, lon, name in cells]


def stops_near(point: Point, radius_m: int) -> Sequence[Stop]:
    """The stops within so many metres, from south to north."""
    north = radius_m / METRES_PER_DEGREE
    east = north / max(0.1, math.cos(math.radians(point.lat)))
    stops = every_stop()
    start = bisect_left(stops, (point.lat - north,))
    end = bisect_left(stops, (point.lat + north,))
    return [
        (lat, lon, name)
        for lat, lon, name in stops[start:end]
        if abs(lon - point.lon) <= east and metres_between(point, Point(lat, lon)) <= radius_m
    ]
