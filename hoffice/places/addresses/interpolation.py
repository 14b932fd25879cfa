"""Where a house number lies along its street, judged by the houses whose points are known.

House numbers in Berlin run along one side and back on the other as often as odd and even face each
other: a fifth of the streets show no relation between number and distance. So the two nearest
known numbers are used, whichever side they are on, and the answer is called approximate. Judging
by the same side only was tried and is no better (medians 84 and 90 m): docs/places.md#accuracy.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from hoffice.places.rules import House

FARTHEST_NUMBER: Final = 40
"""Known houses that many numbers away say too little; the postcode is then the better answer."""
LARGEST_ERROR_M: Final = 600
"""So is it when the point could be off by more than a postcode's own radius."""
METRES_PER_NUMBER: Final = 14.0
"""Where a street has only one known house: the median of Berlin's streets."""
MOST_METRES_PER_NUMBER: Final = 60.0
SMALLEST_RADIUS_M: Final = 60
RADIUS_PER_ERROR: Final = 0.6
"""Half of the points lie nearer than this times the bound of their error; measured by
``bench/places.py`` on Berlin's official points."""
_METRES_PER_DEGREE: Final = 111_195.0
_LETTERS: Final = 30
_NUMBER: Final = re.compile(r"(\d{1,5})([a-z]?)")


@dataclass(frozen=True, slots=True)
class Interpolated:
    """A point on a street, and the distance within which about half of such points lie."""

    lat: float
    lon: float
    radius_m: int


@dataclass(frozen=True, slots=True, order=True)
class _Anchor:
    position: float
    lat: float
    lon: float


def interpolated(houses: Iterable[House], number: str) -> Interpolated | None:
    """The point of a house number between its nearest known neighbours; None if too uncertain."""
    position = _position(number)
    if position is None:
        return None
    anchors = _anchors(houses)
    if not anchors or min(abs(one.position - position) for one in anchors) > FARTHEST_NUMBER:
        return None
    below = [one for one in anchors if one.position <= position]
    above = [one for one in anchors if one.position >= position]
    if below and above:
        return _between(below[-1], above[0], position)
    nearest = below[-1] if below else above[0]
    error = abs(nearest.position - position) * _metres_per_number(anchors)
    return _at(nearest.lat, nearest.lon, error)


def _between(low: _Anchor, high: _Anchor, position: float) -> Interpolated | None:
    span = high.position - low.position
    share = (position - low.position) / span if span else 0.5
    error = min(share, 1 - share) * _metres(low, high)
    lat = low.lat + share * (high.lat - low.lat)
    lon = low.lon + share * (high.lon - low.lon)
    return _at(lat, lon, error)


def _at(lat: float, lon: float, error_m: float) -> Interpolated | None:
    if error_m > LARGEST_ERROR_M:
        return None
    radius = max(SMALLEST_RADIUS_M, round(RADIUS_PER_ERROR * error_m, -1))
    return Interpolated(round(lat, 6), round(lon, 6), int(radius))


def _anchors(houses: Iterable[House]) -> list[_Anchor]:
    found = []
    for house in houses:
        position = _position(house.number)
        if position is not None and house.lat is not None and house.lon is not None:
            found.append(_Anchor(position, house.lat, house.lon))
    return sorted(found)


def _metres_per_number(anchors: list[_Anchor]) -> float:
    """How far apart neighbouring numbers of this street lie, where it is known."""
    steps = [
        _metres(one, other) / (other.position - one.position)
        for one, other in pairwise(anchors)
        if other.position - one.position >= 2  # noqa: PLR2004  # neighbours on one side
    ]
    return min(median(steps), MOST_METRES_PER_NUMBER) if steps else METRES_PER_NUMBER


def _metres(one: _Anchor, other: _Anchor) -> float:
    north = (one.lat - other.lat) * _METRES_PER_DEGREE
    east = (one.lon - other.lon) * _METRES_PER_DEGREE * math.cos(math.radians(one.lat))
    return math.hypot(north, east)


def _position(number: str) -> float | None:
    """A house number on the line of numbers: 12a a little behind 12; None without a number."""
    found = _NUMBER.match(number)
    if found is None:
        return None
    letter = (ord(found[2]) - 96) / _LETTERS if found[2] else 0.0
    return int(found[1]) + letter
