"""Pairs of numbers as points: which system they are in, and whether they lie in Germany."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from hoffice.errors import N_, Refused
from hoffice.places.sources.projection import (
    ZONE_32_MERIDIAN,
    ZONE_33_MERIDIAN,
    degrees_of_utm,
    degrees_of_web_mercator,
)

SOUTH: Final = 47.0
NORTH: Final = 55.5
WEST: Final = 5.5
EAST: Final = 15.5
"""A box around Germany. No latitude in it is a longitude in it: swapped numbers show."""

_FAR_SOUTH_M: Final = 5_200_000.0
_FAR_NORTH_M: Final = 6_200_000.0
_FARTHEST_WEST_M: Final = -400_000.0
"""Where the west of Germany lies in the zone of Berlin."""
_ZONE_PREFIX_M: Final = 1_000_000.0
_PREFIXED: Final = (
    (32 * _ZONE_PREFIX_M, ZONE_32_MERIDIAN),
    (33 * _ZONE_PREFIX_M, ZONE_33_MERIDIAN),
)
"""Some registers write the zone before the easting: 33 390 000 is 390 000 in zone 33."""
_MERCATOR_WEST_M: Final = 600_000.0
_MERCATOR_EAST_M: Final = 1_750_000.0
_MERCATOR_SOUTH_M: Final = 5_900_000.0
_MERCATOR_NORTH_M: Final = 7_500_000.0


class Crs(Enum):
    """The coordinate systems that registers are delivered in."""

    DEGREES = "degrees"
    UTM_32 = "utm 32"
    UTM_33 = "utm 33"
    WEB_MERCATOR = "web mercator"


_SYSTEMS: Final[dict[int, Crs]] = {
    **dict.fromkeys((4326, 4258, 84), Crs.DEGREES),
    **dict.fromkeys((25833, 32633, 3045, 5650, 33), Crs.UTM_33),
    **dict.fromkeys((25832, 32632, 3044, 4647, 32), Crs.UTM_32),
    **dict.fromkeys((3857, 900913), Crs.WEB_MERCATOR),
}
_NUMBER = re.compile(r"(?<!\d)(\d{2,6})\s*$")
"""What every spelling ends with; surveyors also write ``ETRS89_UTM33``, the web ``CRS84``."""


def system_of(name: str) -> Crs:
    """The system that a file names: ``EPSG:25833``, ``urn:ogc:def:crs:EPSG::25833``, ``25833``.

    :raises Refused: when it is one that we cannot turn into degrees.
    """
    number = _NUMBER.search(name)
    system = _SYSTEMS.get(int(number.group(1))) if number else None
    if system is None:
        raise Refused(
            N_(
                "The coordinates are in a system that cannot be read (%(name)s). Order or export "
                "the addresses in EPSG:25833 or EPSG:4326."
            ),
            name=name.strip()[:60] or "?",
        )
    return system


def point(x: float, y: float, system: Crs | None = None) -> tuple[float, float] | None:
    """Latitude and longitude, or nothing when the point lies outside Germany.

    Degrees are recognised by their size, whatever the file says; ``system`` decides between those
    in metres, and without it they are those of Berlin and Brandenburg, or of web maps.
    """
    if WEST <= x <= EAST and SOUTH <= y <= NORTH:
        return y, x
    if system is Crs.DEGREES:
        return None
    found: tuple[float, float] | None = None
    if _FAR_SOUTH_M <= y <= _FAR_NORTH_M and system is not Crs.WEB_MERCATOR:
        found = _of_utm(x, y, system)
    if found is None and (system is None or system is Crs.WEB_MERCATOR):
        found = _of_web(x, y)
    return found


def _of_utm(x: float, y: float, system: Crs | None) -> tuple[float, float] | None:
    meridian = ZONE_32_MERIDIAN if system is Crs.UTM_32 else ZONE_33_MERIDIAN
    for zone_m, its_meridian in _PREFIXED:
        if 0 < x - zone_m < _ZONE_PREFIX_M:
            x, meridian = x - zone_m, its_meridian
    if not _FARTHEST_WEST_M <= x <= _ZONE_PREFIX_M:
        return None
    lat, lon = degrees_of_utm(x, y, meridian)
    return (lat, lon) if _is_inside(lat, lon) else None


def _of_web(x: float, y: float) -> tuple[float, float] | None:
    if not (
        _MERCATOR_WEST_M <= x <= _MERCATOR_EAST_M and _MERCATOR_SOUTH_M <= y <= _MERCATOR_NORTH_M
    ):
        return None
    lat, lon = degrees_of_web_mercator(x, y)
    return (lat, lon) if _is_inside(lat, lon) else None


def _is_inside(lat: float, lon: float) -> bool:
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def is_swapped(x: float, y: float) -> bool:
    """Whether the two numbers would be a point in Germany if they changed places."""
    return _is_inside(x, y) or (_FAR_SOUTH_M <= x <= _FAR_NORTH_M and 0 < y < _ZONE_PREFIX_M)
