"""The register speaks geopy: whatever knows geopy can use it, and never gets a guess."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders.base import Geocoder as GeopyGeocoder
from geopy.location import Location

from hoffice.places.geocoders.offline import NoNetwork
from hoffice.places.geocoders.register import RegisterGeocoder
from hoffice.places.sources.entries import Entry
from tests.places.memory import SOURCE, MemoryRegister

ENTRIES = (
    Entry("Sonnenallee", "112", "12045", "Berlin", "Neukölln", 52.4812, 13.4356),
    Entry("Waldstraße", "10", "12487", "Berlin", "Johannisthal", 52.4412, 13.5056),
    Entry("Waldstraße", "10", "10551", "Berlin", "Moabit", 52.5280, 13.3360),
    Entry("Waldstraße", "10", "13403", "Berlin", "Reinickendorf", None, None),
)


@pytest.fixture
def geocoder() -> RegisterGeocoder:
    return RegisterGeocoder(MemoryRegister(*ENTRIES))


def lines(found: object) -> list[str]:
    assert isinstance(found, list)
    assert all(isinstance(one, Location) for one in found)
    return [one.address for one in found]


@pytest.mark.parametrize(
    "query",
    [
        "Sonnenallee 112, 12045 Berlin",
        "Sonnenallee 112, HH, 12045 Berlin, Deutschland",
        "Sonnenallee 112, Berlin",
        "Sonnenallee 112",
        {"street": "Sonnenallee 112", "postalcode": "12045", "city": "Berlin"},
        {"street": "Sonnenallee", "housenumber": "112", "postalcode": "12045"},
        {"street": "Sonnenallee 112", "postalcode": None, "city": "Berlin", "state": "Berlin"},
    ],
)
def test_an_address_has_one_location(
    geocoder: RegisterGeocoder, query: str | Mapping[str, str]
) -> None:
    found = geocoder.geocode(query)

    assert isinstance(found, Location)
    assert (found.latitude, found.longitude) == (52.4812, 13.4356)
    assert found.address == "Sonnenallee 112, 12045 Berlin"


def test_a_location_says_how_exact_it_is(geocoder: RegisterGeocoder) -> None:
    found = geocoder.geocode("Sonnenallee 112b, HH, 12045 Berlin")

    assert isinstance(found, Location)
    assert found.raw == {
        "precision": "house",
        "radius_m": 40,
        "provider": SOURCE,
        "matched": "Sonnenallee 112, 12045 Berlin",
        "note": "house 112b unknown, point of 112; door: HH",
    }


@pytest.mark.parametrize(
    "query",
    [
        "Waldstraße 10, Berlin",
        "Sonnenalle 112, 12045 Berlin",
        "Sonnenallee 112, Potsdam",
        "Sonnenallee 112, Berlin, Connecticut",
        "Postfach 12, 12045 Berlin",
        "x" * 400,
        "",
        "😀",
        {},
    ],
)
def test_a_program_is_never_given_a_guess(
    geocoder: RegisterGeocoder, query: str | Mapping[str, str]
) -> None:
    assert geocoder.geocode(query) is None


def test_without_exactly_one_all_candidates_with_a_point_are_given(
    geocoder: RegisterGeocoder,
) -> None:
    one = geocoder.geocode("Sonnenallee 112, 12045 Berlin", exactly_one=False)
    ambiguous = geocoder.geocode("Waldstraße 10, Berlin", exactly_one=False)
    misspelt = geocoder.geocode("Sonnenalle 112, 12045 Berlin", exactly_one=False)

    assert lines(one) == ["Sonnenallee 112, 12045 Berlin"]
    assert lines(ambiguous) == [
        "Waldstraße 10, 12487 Berlin (Johannisthal)",
        "Waldstraße 10, 10551 Berlin (Moabit)",
    ]
    assert lines(misspelt) == ["Sonnenallee 112, 12045 Berlin (Neukölln)"]
    assert isinstance(ambiguous, list)
    assert ambiguous[0].raw["precision"] == "house"
    assert ambiguous[0].raw["note"].startswith("ambiguous: Waldstraße 10, 12487 Berlin")


@pytest.mark.parametrize("query", ["Quittenpfad 1, 99999 Nirgendwo", "", "Waldstraße 11, Berlin"])
def test_nothing_is_none_and_not_an_empty_list(geocoder: RegisterGeocoder, query: str) -> None:
    assert geocoder.geocode(query, exactly_one=False) is None


def test_geopys_rate_limiter_works_with_it(geocoder: RegisterGeocoder) -> None:
    limited = RateLimiter(geocoder.geocode, min_delay_seconds=0.001, swallow_exceptions=False)

    found = [limited(query) for query in ("Sonnenallee 112, 12045 Berlin", "Waldstraße 10")]

    assert [one and one.address for one in found] == ["Sonnenallee 112, 12045 Berlin", None]


def test_it_is_a_geocoder_of_geopy_that_asks_nobody(geocoder: RegisterGeocoder) -> None:
    assert isinstance(geocoder, GeopyGeocoder)
    assert isinstance(geocoder.adapter, NoNetwork)
    with pytest.raises(NotImplementedError):
        geocoder.adapter.get_json("https://example.org", timeout=1, headers={})
    assert geocoder.geocode("Sonnenallee 112, 12045 Berlin", timeout=0.0001) is not None


def test_geocode_and_locate_say_the_same(geocoder: RegisterGeocoder) -> None:
    located = geocoder.locate("Sonnenallee", "112", "12435", "Berlin")
    found = geocoder.geocode("Sonnenallee 112, 12435 Berlin")

    assert isinstance(found, Location)
    assert (located.lat, located.lon) == (found.latitude, found.longitude)
    assert found.raw["note"] == "postcode repaired: 12435 -> 12045"
