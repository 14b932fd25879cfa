"""Metres become degrees: against constants of the literature and against the way back."""

from __future__ import annotations

from math import cos, hypot, pi, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.errors import Refused
from hoffice.places.sources.points import Crs, is_swapped, point, system_of
from hoffice.places.sources.projection import (
    EQUATOR_M,
    FLATTENING,
    SCALE,
    ZONE_32_MERIDIAN,
    degrees_of_utm,
    degrees_of_web_mercator,
    utm_of_degrees,
    web_mercator_of_degrees,
)

QUADRANT_M = 10_001_965.7292
"""From the equator to the pole on GRS80. Source: Moritz, Geodetic Reference System 1980."""


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    north = (one[0] - other[0]) * 111_200
    return hypot(north, (one[1] - other[1]) * 111_200 * cos(radians(one[0])))


def test_the_central_meridian_of_zone_33_lies_at_15_degrees() -> None:
    lat, lon = degrees_of_utm(500_000, 5_800_000)

    assert lon == 15.0
    assert 52.3 < lat < 52.4


def test_the_pole_is_as_far_as_the_literature_says() -> None:
    lat, _lon = degrees_of_utm(500_000, QUADRANT_M * SCALE)

    assert lat == pytest.approx(90, abs=1e-9)


def test_a_second_of_the_meridian_at_45_degrees_has_the_length_of_its_curvature() -> None:
    south, _ = degrees_of_utm(500_000, utm_of_degrees(45 - 1 / 7200, 15)[1])
    north = utm_of_degrees(45 + 1 / 7200, 15)[1] / SCALE

    eccentricity = FLATTENING * (2 - FLATTENING)
    curvature = EQUATOR_M * (1 - eccentricity) / (1 - eccentricity / 2) ** 1.5
    assert north - utm_of_degrees(45 - 1 / 7200, 15)[1] / SCALE == pytest.approx(
        curvature * pi / 180 / 3600, abs=1e-6
    )
    assert south == pytest.approx(45 - 1 / 7200, abs=1e-10)


def test_a_tower_of_the_literature_stands_where_it_should() -> None:
    """The CN Tower in zone 17: 43°38′33.24″ N, 79°23′13.7″ W; 630084 m east, 4833438 m north."""
    tower = (43 + 38 / 60 + 33.24 / 3600, -(79 + 23 / 60 + 13.7 / 3600))

    assert utm_of_degrees(*tower, -81.0) == pytest.approx((630_084, 4_833_438), abs=1)
    assert metres_between(degrees_of_utm(630_084, 4_833_438, -81.0), tower) < 1.5


def test_a_place_in_both_zones_is_the_same_place() -> None:
    in_zone_32 = utm_of_degrees(52.5, 12.0, ZONE_32_MERIDIAN)
    in_zone_33 = utm_of_degrees(52.5, 12.0)

    assert degrees_of_utm(*in_zone_32, ZONE_32_MERIDIAN) == pytest.approx((52.5, 12.0), abs=1e-9)
    assert degrees_of_utm(*in_zone_33) == pytest.approx((52.5, 12.0), abs=1e-9)
    assert in_zone_32[0] - 500_000 == pytest.approx(500_000 - in_zone_33[0], abs=1e-6)


@given(st.floats(47, 55.5), st.floats(5.5, 15.5))
def test_there_and_back_is_less_than_a_millimetre_away(lat: float, lon: float) -> None:
    assert metres_between(degrees_of_utm(*utm_of_degrees(lat, lon)), (lat, lon)) < 0.001
    web = degrees_of_web_mercator(*web_mercator_of_degrees(lat, lon))
    assert metres_between(web, (lat, lon)) < 0.001


@given(st.floats(51.3, 53.6), st.floats(11.2, 14.8))
def test_the_size_of_the_numbers_tells_the_system(lat: float, lon: float) -> None:
    for pair in ((lon, lat), utm_of_degrees(lat, lon), web_mercator_of_degrees(lat, lon)):
        found = point(*pair)

        assert found is not None
        assert metres_between(found, (lat, lon)) < 0.01
        assert not is_swapped(*pair)


def test_a_zone_before_the_easting_is_understood() -> None:
    easting, northing = utm_of_degrees(52.5, 13.4)

    assert point(33_000_000 + easting, northing) == pytest.approx((52.5, 13.4), abs=1e-8)


def test_a_named_zone_is_believed() -> None:
    pair = utm_of_degrees(50.1, 8.7, ZONE_32_MERIDIAN)

    assert point(*pair, Crs.UTM_32) == pytest.approx((50.1, 8.7), abs=1e-8)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (0.0, 0.0),
        (13.4, 41.9),
        (-72.7, 41.6),
        (390_000.0, 820_000.0),
        (float("nan"), 52.5),
        (float("inf"), float("inf")),
        (1e300, 1e300),
        (390_000.0, 5_820_000.0e3),
    ],
)
def test_what_is_not_in_germany_is_no_point(x: float, y: float) -> None:
    assert point(x, y) is None
    assert point(x, y, Crs.UTM_33) is None
    assert point(x, y, Crs.WEB_MERCATOR) is None


def test_latitude_before_longitude_is_seen() -> None:
    assert is_swapped(52.5, 13.4)
    assert is_swapped(5_820_000, 390_000)


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("EPSG:25833", Crs.UTM_33),
        ("urn:ogc:def:crs:EPSG::25833", Crs.UTM_33),
        ("urn:ogc:def:crs:EPSG:6.9:25833", Crs.UTM_33),
        ("http://www.opengis.net/gml/srs/epsg.xml#25833", Crs.UTM_33),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", Crs.DEGREES),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", Crs.DEGREES),
        ("urn:adv:crs:ETRS89_UTM33", Crs.UTM_33),
        ("EPSG:25832", Crs.UTM_32),
        ("EPSG:3857", Crs.WEB_MERCATOR),
    ],
)
def test_every_spelling_of_a_system_is_read(name: str, system: Crs) -> None:
    assert system_of(name) is system


@pytest.mark.parametrize("name", ["EPSG:3068", "EPSG:2154", "urn:x", "", "EPSG:99999999"])
def test_another_system_is_refused_by_name(name: str) -> None:
    with pytest.raises(Refused, match="EPSG:25833"):
        system_of(name)
