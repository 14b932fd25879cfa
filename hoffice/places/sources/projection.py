"""From the metres of the land surveyors to degrees: transverse Mercator on the GRS80 ellipsoid.

The series in the third flattening by Krüger (1912), in the form and to the order that Karney
("Transverse Mercator with an accuracy of a few nanometers", 2011) gives; four terms leave less
than a tenth of a millimetre anywhere in Germany. ETRS89 is taken for WGS84: they differ by less
than a metre, and no door is that narrow.
"""

from __future__ import annotations

from math import (
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    degrees,
    exp,
    hypot,
    pi,
    radians,
    sin,
    sinh,
    sqrt,
    tan,
)
from typing import Final

EQUATOR_M: Final = 6_378_137.0
"""Half the equatorial axis of GRS80 (and of WGS84)."""
FLATTENING: Final = 1 / 298.257222101
"""Of GRS80."""
SCALE: Final = 0.9996
"""On the central meridian of a UTM zone."""
FALSE_EASTING_M: Final = 500_000.0

ZONE_32_MERIDIAN: Final = 9.0
ZONE_33_MERIDIAN: Final = 15.0
"""Berlin and Brandenburg."""

_N: Final = FLATTENING / (2 - FLATTENING)
_RADIUS: Final = EQUATOR_M / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64) * SCALE
_ECCENTRICITY: Final = sqrt(FLATTENING * (2 - FLATTENING))

_A1: Final = _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16 + 41 * _N**4 / 180
_A2: Final = 13 * _N**2 / 48 - 3 * _N**3 / 5 + 557 * _N**4 / 1440
_A3: Final = 61 * _N**3 / 240 - 103 * _N**4 / 140
_A4: Final = 49561 * _N**4 / 161280

_B1: Final = _N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96 - _N**4 / 360
_B2: Final = _N**2 / 48 + _N**3 / 15 - 437 * _N**4 / 1440
_B3: Final = 17 * _N**3 / 480 - 37 * _N**4 / 840
_B4: Final = 4397 * _N**4 / 161280

_D1: Final = 2 * _N - 2 * _N**2 / 3 - 2 * _N**3 + 116 * _N**4 / 45
_D2: Final = 7 * _N**2 / 3 - 8 * _N**3 / 5 - 227 * _N**4 / 45
_D3: Final = 56 * _N**3 / 15 - 136 * _N**4 / 35
_D4: Final = 4279 * _N**4 / 630


def degrees_of_utm(
    easting_m: float, northing_m: float, meridian: float = ZONE_33_MERIDIAN
) -> tuple[float, float]:
    """Latitude and longitude of a point given in metres of a UTM zone, north of the equator."""
    north = northing_m / _RADIUS
    east = (easting_m - FALSE_EASTING_M) / _RADIUS
    # sin and cos of the multiples follow from those of the double angle: four calls, not sixteen
    sin2, cos2 = sin(2 * north), cos(2 * north)
    sin4, cos4 = 2 * sin2 * cos2, 1 - 2 * sin2 * sin2
    sin6, cos6 = sin4 * cos2 + cos4 * sin2, cos4 * cos2 - sin4 * sin2
    sin8, cos8 = 2 * sin4 * cos4, 1 - 2 * sin4 * sin4
    sinh2, cosh2 = sinh(2 * east), cosh(2 * east)
    sinh4, cosh4 = 2 * sinh2 * cosh2, 1 + 2 * sinh2 * sinh2
    sinh6, cosh6 = sinh4 * cosh2 + cosh4 * sinh2, cosh4 * cosh2 + sinh4 * sinh2
    sinh8, cosh8 = 2 * sinh4 * cosh4, 1 + 2 * sinh4 * sinh4
    xi = north - _B1 * sin2 * cosh2 - _B2 * sin4 * cosh4 - _B3 * sin6 * cosh6 - _B4 * sin8 * cosh8
    eta = east - _B1 * cos2 * sinh2 - _B2 * cos4 * sinh4 - _B3 * cos6 * sinh6 - _B4 * cos8 * sinh8
    flat = sinh(eta)
    upright = cos(xi)
    chi = atan2(sin(xi), hypot(flat, upright))  # the conformal latitude
    sin2, cos2 = sin(2 * chi), cos(2 * chi)
    sin4, cos4 = 2 * sin2 * cos2, 1 - 2 * sin2 * sin2
    lat = chi + _D1 * sin2 + _D2 * sin4
    lat += _D3 * (sin4 * cos2 + cos4 * sin2) + _D4 * 2 * sin4 * cos4
    return degrees(lat), meridian + degrees(atan2(flat, upright))


def utm_of_degrees(
    lat: float, lon: float, meridian: float = ZONE_33_MERIDIAN
) -> tuple[float, float]:
    """Easting and northing in metres: the way back, by a series of its own."""
    phi, away = radians(lat), radians(lon - meridian)
    conformal = sinh(atanh(sin(phi)) - _ECCENTRICITY * atanh(_ECCENTRICITY * sin(phi)))
    xi = atan2(conformal, cos(away))
    eta = asinh(sin(away) / hypot(conformal, cos(away)))
    terms = tuple(enumerate((_A1, _A2, _A3, _A4), start=1))
    north = xi + sum(term * sin(2 * k * xi) * cosh(2 * k * eta) for k, term in terms)
    east = eta + sum(term * cos(2 * k * xi) * sinh(2 * k * eta) for k, term in terms)
    return FALSE_EASTING_M + _RADIUS * east, _RADIUS * north


def degrees_of_web_mercator(x_m: float, y_m: float) -> tuple[float, float]:
    """Latitude and longitude of a point in the metres of web maps (EPSG:3857)."""
    return degrees(2 * atan(exp(y_m / EQUATOR_M)) - pi / 2), degrees(x_m / EQUATOR_M)


def web_mercator_of_degrees(lat: float, lon: float) -> tuple[float, float]:
    """The way back."""
    return EQUATOR_M * radians(lon), EQUATOR_M * asinh(tan(radians(lat)))
