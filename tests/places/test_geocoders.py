"""The embedded geocoder: postcodes become points that say how rough they are."""

from __future__ import annotations

import pytest
from geopy.location import Location
from geopy.point import Point

from hoffice.places.geocoders.offline import NoNetwork
from hoffice.places.geocoders.postcodes import (
    BERLIN_RADIUS_M,
    ELSEWHERE_RADIUS_M,
    POTSDAM_RADIUS_M,
    PostcodeGeocoder,
    embedded,
    radius_m,
)
from hoffice.places.rules import Geocoder


@pytest.fixture
def geocoder() -> Geocoder:
    return embedded()


def test_an_address_in_neukoelln_is_known_approximately(geocoder: Geocoder) -> None:
    located = geocoder.locate("Sonnenallee", "112", "12045", "Berlin")

    assert (located.precision, located.radius_m) == ("postcode", BERLIN_RADIUS_M)
    assert located.matched == "12045"
    assert located.lat == pytest.approx(52.485, abs=0.02)
    assert located.lon == pytest.approx(13.437, abs=0.02)


@pytest.mark.parametrize(
    ("postcode", "metres"),
    [
        ("10115", BERLIN_RADIUS_M),
        ("12529", ELSEWHERE_RADIUS_M),
        ("13591", BERLIN_RADIUS_M),
        ("14050", BERLIN_RADIUS_M),
        ("14199", BERLIN_RADIUS_M),
        ("14467", POTSDAM_RADIUS_M),
        ("14482", POTSDAM_RADIUS_M),
        ("14513", ELSEWHERE_RADIUS_M),
        ("80331", ELSEWHERE_RADIUS_M),
    ],
)
def test_the_radius_grows_towards_the_country(postcode: str, metres: int) -> None:
    assert radius_m(postcode) == metres


@pytest.mark.parametrize("postcode", ["", "00000", "1204", "keine"])
def test_what_is_no_known_postcode_yields_no_point(geocoder: Geocoder, postcode: str) -> None:
    located = geocoder.locate("Sonnenallee", "112", postcode, "Berlin")

    assert located.precision == "none"
    assert (located.lat, located.lon, located.radius_m) == (None, None, None)
    assert located.remarks


def test_it_speaks_geopy_too() -> None:
    geocoder = PostcodeGeocoder()

    one = geocoder.geocode("Sonnenallee 112, 12045 Berlin")
    many = geocoder.geocode({"postalcode": "14467"}, exactly_one=False)

    assert isinstance(one, Location)
    assert isinstance(one.point, Point)
    assert one.raw == {"postcode": "12045", "radius_m": BERLIN_RADIUS_M}
    assert isinstance(many, list)
    assert len(many) == 1
    assert geocoder.geocode("Sonnenallee 112, Berlin") is None


def test_no_address_can_leave_the_house() -> None:
    assert isinstance(PostcodeGeocoder().adapter, NoNetwork)


def test_one_geocoder_serves_the_whole_process() -> None:
    assert embedded() is embedded()
