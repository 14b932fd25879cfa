"""How long a van takes from door to door: the only door to road engines, and a model within.

The embedded model needs no road data. It was fitted to the free-flow times of a road network of
Berlin and its surroundings (11,889 junctions; some 4,000 random pairs, tested on 2,000 others,
median 14 km apart). They are taken as daytime times and not multiplied for rush hour, which adds
one or two per cent; that is an assumption until it is compared with legs really driven.
Source: docs/plan-format.md#travel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the earth (IUGG)."""

DETOUR_FACTOR: Final = 1.294
"""Kilometres on the road for one kilometre as the crow flies.

Median error of the distance 7.5 %, nine in ten pairs within 19 %.
"""

MINUTES_BASE: Final = -1.25
MINUTES_FACTOR: Final = 4.321
MINUTES_EXPONENT: Final = 0.761
"""``minutes = -1.25 + 4.321 · km ** 0.761`` with kilometres as the crow flies.

Median error 11.5 %, nine in ten pairs within 27.2 %, on average 4.3 minutes. One trip below 5 km
may be off by 42 %, but that is one to three minutes; a day of eight legs is off by 4.4 % in the
median. The implied speed is 20 km/h at 2 km, 25 at 10 and 29 at 20.
"""

SHORTEST_MIN: Final = 2.0
"""Nobody gets into a van, drives off and parks again in less, be it next door."""


@dataclass(frozen=True)
class Matrix:
    """Minutes and kilometres from each point (row) to each point (column); zero on the diagonal."""

    minutes: tuple[tuple[float, ...], ...]
    km: tuple[tuple[float, ...], ...]


class TravelTimes(Protocol):
    """What the planner asks of a road engine, or of the model that stands in for one."""

    def matrix(self, points: Sequence[tuple[float, float]]) -> Matrix:
        """Minutes and kilometres among points given as (latitude, longitude) in degrees."""
        ...


class StraightLine:
    """The embedded model: deterministic, symmetric, no data, no network."""

    def matrix(self, points: Sequence[tuple[float, float]]) -> Matrix:
        """Minutes and kilometres among the points; two points at the same door take two minutes."""
        size = len(points)
        minutes = [[0.0] * size for _ in range(size)]
        km = [[0.0] * size for _ in range(size)]
        # Chords of unit vectors: one square root a pair where the haversine needs four sines.
        vectors = [_unit_vector(lat, lon) for lat, lon in points]
        for row, (x, y, z) in enumerate(vectors):
            for column in range(row):
                a, b, c = vectors[column]
                chord = math.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2)
                straight = 2 * EARTH_RADIUS_KM * math.asin(min(1.0, chord / 2))
                minutes[row][column] = minutes[column][row] = minutes_for(straight)
                km[row][column] = km[column][row] = DETOUR_FACTOR * straight
        return Matrix(tuple(map(tuple, minutes)), tuple(map(tuple, km)))


def minutes_for(straight_km: float) -> float:
    """Minutes by van for a distance as the crow flies."""
    return max(
        SHORTEST_MIN, MINUTES_BASE + MINUTES_FACTOR * math.pow(straight_km, MINUTES_EXPONENT)
    )


def straight_km(start: tuple[float, float], end: tuple[float, float]) -> float:
    """The distance as the crow flies between two (latitude, longitude) points."""
    half = math.dist(_unit_vector(*start), _unit_vector(*end)) / 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, half))


def _unit_vector(lat: float, lon: float) -> tuple[float, float, float]:
    phi, theta = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)
