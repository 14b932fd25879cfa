"""A geocoder for tests that are about something else: the postcode's middle, and no register."""

from __future__ import annotations

from hoffice.places.geocoders.postcodes import centroid, radius_m
from hoffice.places.rules import Finding, Geocoder, Located, Precision, Remark

PROVIDER = "postcode"


class Postcodes:
    """Knows postcodes only, and remembers nothing."""

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The middle of the postcode; street and town do not make it more exact."""
        del street, housenumber, city
        point = centroid(postcode)
        if point is None:
            missing = Finding.POSTCODE_UNKNOWN if postcode else Finding.POSTCODE_MISSING
            return Located(None, None, Precision.NONE, None, PROVIDER, remarks=(Remark(missing),))
        return Located(*point, Precision.POSTCODE, radius_m(postcode), PROVIDER, postcode)


def embedded() -> Geocoder:
    """One for the whole test."""
    return Postcodes()
