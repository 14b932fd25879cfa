"""Every online provider: how it answers, where it lives, and all that may be said to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.contracts.online_answers import (
    Place,
    google,
    here,
    mapbox,
    mapquest,
    maptiler,
    nominatim,
    opencage,
    pelias,
    photon,
    tomtom,
)

KEY = "hush-hush-4711"
LINE = "Sonnenallee 112, 12045 Berlin, Deutschland"
REGION = "51.3,11.2|53.6,14.8"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One provider: how it answers, where it lives, and all that may be said to it."""

    answer: Callable[[list[Place]], Any]
    host: str
    """Empty for those that live where the admin says."""
    path: str
    says: Mapping[str, str]
    """Every parameter of the question for Sonnenallee 112, 12045 Berlin."""


_NOMINATIM = {
    "street": "Sonnenallee 112",
    "postalcode": "12045",
    "city": "Berlin",
    "format": "json",
    "limit": "10",
    "viewbox": "11.2,51.3,14.8,53.6",
    "countrycodes": "de",
    "addressdetails": "1",
    "accept-language": "de",
}
_TOMTOM = {"key": KEY, "typeahead": "false", "limit": "10", "language": "de-DE"}
_QUOTED = "Sonnenallee%20112%2C%2012045%20Berlin%2C%20Deutschland"
DIALECTS: dict[str, Dialect] = {
    "nominatim": Dialect(nominatim, "", "/search", _NOMINATIM),
    "photon": Dialect(
        photon,
        "",
        "/api",
        {"q": LINE, "limit": "10", "lang": "de", "lat": "52.5", "lon": "13.4"},
    ),
    "pelias": Dialect(
        pelias, "", "/v1/search", {"text": LINE, "boundary.country": "DEU", "lang": "de"}
    ),
    "geocodeearth": Dialect(
        pelias,
        "https://api.geocode.earth",
        "/v1/search",
        {"text": LINE, "boundary.country": "DEU", "lang": "de", "api_key": KEY},
    ),
    "here": Dialect(
        here,
        "https://geocode.search.hereapi.com",
        "/v1/geocode",
        {
            "apiKey": KEY,
            "qq": "street=Sonnenallee;houseNumber=112;postalCode=12045;city=Berlin;"
            "country=Deutschland",
            "in": "countryCode:DEU",
            "lang": "de-DE",
            "limit": "10",
        },
    ),
    "tomtom": Dialect(
        tomtom, "https://api.tomtom.com", f"/search/2/geocode/{_QUOTED}.json", _TOMTOM
    ),
    "azure": Dialect(
        tomtom,
        "https://atlas.microsoft.com",
        "/search/address/json",
        {
            "api-version": "1.0",
            "subscription-key": KEY,
            "query": LINE,
            "typeahead": "false",
            "limit": "10",
            "language": "de-DE",
        },
    ),
    "google": Dialect(
        google,
        "https://maps.googleapis.com",
        "/maps/api/geocode/json",
        {
            "sensor": "false",
            "address": LINE,
            "key": KEY,
            "bounds": REGION,
            "region": "de",
            "components": "country:DE",
            "language": "de",
        },
    ),
    "opencage": Dialect(
        opencage,
        "https://api.opencagedata.com",
        "/geocode/v1/json",
        {"key": KEY, "q": LINE, "no_annotations": "1", "language": "de", "countrycode": "de"},
    ),
    "mapbox": Dialect(
        mapbox,
        "https://api.mapbox.com",
        f"/geocoding/v5/mapbox.places-permanent/{_QUOTED}.json",
        {"access_token": KEY, "country": "de", "proximity": "13.4,52.5", "language": "de"},
    ),
    "maptiler": Dialect(
        maptiler,
        "https://api.maptiler.com",
        f"/geocoding/{_QUOTED}.json",
        {"key": KEY, "language": "de", "proximity": "13.4,52.5"},
    ),
    "mapquest": Dialect(
        mapquest,
        "https://www.mapquestapi.com",
        "/geocoding/v1/address",
        {
            "key": KEY,
            "location": LINE,
            "maxResults": "10",
            "boundingBox": "53.6,11.2,51.3,14.8",
        },
    ),
    "woosmap": Dialect(
        google,
        "https://api.woosmap.com",
        "/address/geocode/json",
        {
            "address": LINE,
            "private_key": KEY,
            "location": "52.5,13.4",
            "components": "country:DE",
            "language": "de",
            "cc_format": "alpha2",
            "limit": "5",
        },
    ),
    "pickpoint": Dialect(
        nominatim, "https://api.pickpoint.io", "/v1/forward", {**_NOMINATIM, "key": KEY}
    ),
}
