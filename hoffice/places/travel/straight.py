"""The embedded model: from a distance as the crow flies to minutes and kilometres.

It needs no road data. It was fitted to the free-flow times of a road network of
Berlin and its surroundings (11,889 junctions; some 4,000 random pairs, tested on 2,000 others,
median 14 km apart). They are taken as daytime times and not multiplied for rush hour, which adds
one or two per cent; that is an assumption until legs really driven have taught a factor
(``travel.learning``). Source: docs/plan-format.md#travel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from hoffice.places.travel.answers import SHORTEST_MIN, STRAIGHT_LINE, Matrix, Note, Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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

UNCERTAINTY: Final = 0.272
"""Nine in ten of the 2,000 test pairs lay within ±27.2 %. Source: docs/plan-format.md#travel."""


class StraightLine:
    """The embedded model: deterministic, symmetric, no data, no network.

    ``factor`` multiplies the minutes; it is 1 until enough legs of one's own have taught another
    one, and then ``uncertainty`` is that of these legs.
    """

    def __init__(
        self, factor: float = 1.0, uncertainty: float = UNCERTAINTY, notes: tuple[Note, ...] = ()
    ) -> None:
        self.factor = factor
        self.uncertainty = uncertainty
        self.notes = notes

    def leg(self, start: Spot, end: Spot) -> tuple[float, float]:
        """Minutes and kilometres of one way."""
        straight = straight_km(start, end)
        return minutes_for(straight, self.factor), DETOUR_FACTOR * straight

    def matrix(self, points: Sequence[Spot]) -> Matrix:
        """Minutes and kilometres among the points; two points at the same door take two minutes."""
        minutes, km = self.arrays(points)
        return Matrix(rows(minutes), rows(km), STRAIGHT_LINE, self.uncertainty, self.notes)

    def arrays(self, points: Sequence[Spot]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Minutes and kilometres, n × n each."""
        import numpy as np  # noqa: PLC0415  # takes longer to load than to use: only who plans pays

        straight = _straight_km(points)
        minutes = MINUTES_BASE + MINUTES_FACTOR * straight**MINUTES_EXPONENT
        minutes = np.maximum(SHORTEST_MIN, self.factor * minutes)
        np.fill_diagonal(minutes, 0.0)
        return minutes, DETOUR_FACTOR * straight


def rows(array: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    """An array as the rows of a matrix."""
    return tuple(map(tuple, array.tolist()))


def minutes_for(straight_km: float, factor: float = 1.0) -> float:
    """Minutes by van for a distance as the crow flies."""
    minutes = MINUTES_BASE + MINUTES_FACTOR * math.pow(straight_km, MINUTES_EXPONENT)
    return max(SHORTEST_MIN, factor * minutes)


def straight_km(start: Spot, end: Spot) -> float:
    """The distance as the crow flies between two (latitude, longitude) points."""
    half = math.dist(_unit_vector(*start), _unit_vector(*end)) / 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, half))


def _unit_vector(lat: float, lon: float) -> tuple[float, float, float]:
    phi, theta = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)


def _straight_km(points: Sequence[Spot]) -> NDArray[np.float64]:
    """Every distance as the crow flies; n × n, symmetric to the last bit."""
    import numpy as np  # noqa: PLC0415

    phi, theta = np.radians(np.array(points, dtype=np.float64).reshape(-1, 2)).T
    # Chords of unit vectors: one square root a pair where the haversine needs four sines.
    vectors = (np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi))
    squares = sum((axis[:, None] - axis[None, :]) ** 2 for axis in vectors)
    half = np.minimum(1.0, np.sqrt(squares) / 2)
    straight: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(half)
    return straight
