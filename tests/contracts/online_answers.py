"""What each online provider answers about places that it knows.

The formats are those of the providers' documentation; the real ones cannot be asked in tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Something that a provider knows; without a number it is a street, without one a postcode."""

    street: str = "Sonnenallee"
    number: str = "112"
    postcode: str = "12045"
    city: str = "Berlin"
    district: str = "Neukölln"
    lat: float = 52.4812
    lon: float = 13.4356
    country: str = "de"
    is_guessed: bool = False
    """The provider knows the street and has guessed where on it the number is."""

    @property
    def line(self) -> str:
        """As a label."""
        return f"{self.street} {self.number}, {self.postcode} {self.city}".strip(" ,")

    @property
    def kind(self) -> str:
        """What it is: a house, a guessed house, a street or a postcode."""
        if self.street:
            return ("guess" if self.is_guessed else "house") if self.number else "street"
        return "postcode"


def nominatim(places: list[Place]) -> Any:
    """Nominatim and PickPoint: ``/search?format=json&addressdetails=1``."""
    ranks = {"house": 30, "guess": 26, "street": 26, "postcode": 21}
    kinds = {
        "house": ("place", "house"),
        "guess": ("highway", "residential"),
        "street": ("highway", "residential"),
        "postcode": ("place", "postcode"),
    }
    return [
        {
            "place_id": 1234,
            "licence": "Data © OpenStreetMap contributors, ODbL 1.0.",
            "osm_type": "node",
            "osm_id": 4321,
            "lat": str(place.lat),
            "lon": str(place.lon),
            "class": kinds[place.kind][0],
            "type": kinds[place.kind][1],
            "place_rank": ranks[place.kind],
            "importance": 0.1,
            "addresstype": kinds[place.kind][1],
            "name": "",
            "display_name": place.line,
            "address": _without_blanks(
                house_number=place.number,
                road=place.street,
                suburb=place.district,
                city=place.city,
                postcode=place.postcode,
                country="Deutschland",
                country_code=place.country,
            ),
            "boundingbox": ["52.4", "52.5", "13.4", "13.5"],
        }
        for place in places
    ]


def photon(places: list[Place]) -> Any:
    """Photon: ``/api?q=…``."""
    types = {"house": "house", "guess": "street", "street": "street", "postcode": "other"}
    return _features(
        (
            place,
            _without_blanks(
                osm_type="N",
                osm_id=4321,
                osm_key="place" if place.kind in {"house", "postcode"} else "highway",
                osm_value="postcode" if place.kind == "postcode" else "house",
                type=types[place.kind],
                name=place.street if place.kind == "street" else "",
                street="" if place.kind == "street" else place.street,
                housenumber=place.number,
                postcode=place.postcode,
                city=place.city,
                district=place.district,
                country="Deutschland",
                countrycode=place.country.upper(),
            ),
        )
        for place in places
    )


def pelias(places: list[Place]) -> Any:
    """Pelias and Geocode Earth: ``/v1/search?text=…``."""
    layers = {"house": "address", "guess": "address", "street": "street", "postcode": "postalcode"}
    countries = {"de": "DEU", "us": "USA"}
    return _features(
        (
            place,
            _without_blanks(
                id="way:1",
                gid="openstreetmap:address:way:1",
                layer=layers[place.kind],
                source="openstreetmap",
                name=f"{place.street} {place.number}".strip() or place.postcode,
                street=place.street,
                housenumber=place.number,
                postalcode=place.postcode,
                confidence=1,
                match_type="interpolated" if place.is_guessed else "exact",
                accuracy="point" if place.kind == "house" else "centroid",
                country_a=countries[place.country],
                locality=place.city,
                neighbourhood=place.district,
                label=place.line,
            ),
        )
        for place in places
    )


def here(places: list[Place]) -> Any:
    """HERE Geocoding & Search v7: ``/v1/geocode?qq=…``."""
    types = {"house": "houseNumber", "guess": "houseNumber", "street": "street"}
    countries = {"de": "DEU", "us": "USA"}
    items = []
    for place in places:
        item: Json = {
            "title": place.line,
            "id": "here:af:streetsection:1",
            "resultType": types.get(place.kind, "locality"),
            "address": _without_blanks(
                label=place.line,
                countryCode=countries[place.country],
                city=place.city,
                district=place.district,
                street=place.street,
                postalCode=place.postcode,
                houseNumber=place.number,
            ),
            "position": {"lat": place.lat, "lng": place.lon},
            "scoring": {"queryScore": 1.0},
        }
        if place.number:
            item["houseNumberType"] = "interpolated" if place.is_guessed else "PA"
        if place.kind == "postcode":
            item["localityType"] = "postalCode"
        items.append(item)
    return {"items": items}


def tomtom(places: list[Place]) -> Any:
    """TomTom: ``/search/2/geocode/….json``; Azure Maps: ``/search/address/json``."""
    types = {"house": "Point Address", "guess": "Address Range", "street": "Street"}
    results = []
    for place in places:
        result: Json = {
            "type": types.get(place.kind, "Geography"),
            "id": "DE/PAD/p0/1",
            "score": 9.9,
            "address": _without_blanks(
                streetNumber=place.number,
                streetName=place.street,
                municipality=place.city,
                municipalitySubdivision=place.district,
                postalCode=place.postcode,
                countryCode=place.country.upper(),
                country="Deutschland",
                freeformAddress=place.line,
                localName=place.city,
            ),
            "position": {"lat": place.lat, "lon": place.lon},
        }
        if place.kind == "postcode":
            result["entityType"] = "PostalCodeArea"
        results.append(result)
    return {"summary": {"queryType": "NON_NEAR", "numResults": len(results)}, "results": results}


def google(places: list[Place]) -> Any:
    """Google v3 and Woosmap: ``…/geocode/json?address=…``."""
    exactness = {
        "house": "ROOFTOP",
        "guess": "RANGE_INTERPOLATED",
        "street": "GEOMETRIC_CENTER",
        "postcode": "APPROXIMATE",
    }
    types = {"house": "street_address", "guess": "street_address", "street": "route"}
    results = []
    for place in places:
        parts = {
            "street_number": place.number,
            "route": place.street,
            "sublocality_level_1": place.district,
            "locality": place.city,
            "postal_code": place.postcode,
            "country": place.country.upper(),
        }
        results.append(
            {
                "address_components": [
                    {"long_name": text, "short_name": text, "types": [kind, "political"]}
                    for kind, text in parts.items()
                    if text
                ],
                "formatted_address": place.line,
                "geometry": {
                    "location": {"lat": place.lat, "lng": place.lon},
                    "location_type": exactness[place.kind],
                },
                "place_id": "ChIJ1",
                "types": [types.get(place.kind, "postal_code")],
            }
        )
    return {"results": results, "status": "OK" if results else "ZERO_RESULTS"}


def opencage(places: list[Place]) -> Any:
    """OpenCage: ``/geocode/v1/json?q=…``."""
    types = {"house": "building", "guess": "road", "street": "road", "postcode": "postcode"}
    return {
        "results": [
            {
                "components": _without_blanks(
                    _category="building",
                    _type=types[place.kind],
                    house_number=place.number,
                    road=place.street,
                    suburb=place.district,
                    city=place.city,
                    postcode=place.postcode,
                    country_code=place.country,
                ),
                "confidence": 10,
                "formatted": place.line,
                "geometry": {"lat": place.lat, "lng": place.lon},
            }
            for place in places
        ],
        "status": {"code": 200, "message": "OK"},
        "total_results": len(places),
    }


def mapbox(places: list[Place]) -> Any:
    """Mapbox v5: ``/geocoding/v5/mapbox.places-permanent/….json``."""
    exactness = {"house": "rooftop", "guess": "interpolated", "street": "street"}
    return _carmen(
        places,
        types={"house": "address", "guess": "address", "street": "address"},
        postcode="postcode",
        town="place",
        exactness=exactness,
    )


def maptiler(places: list[Place]) -> Any:
    """MapTiler: ``/geocoding/….json``; it does not guess house numbers."""
    return _carmen(
        places,
        types={"house": "address", "guess": "road", "street": "road"},
        postcode="postal_code",
        town="municipality",
        exactness={},
    )


def _carmen(
    places: list[Place],
    *,
    types: Mapping[str, str],
    postcode: str,
    town: str,
    exactness: Mapping[str, str],
) -> Json:
    features = []
    for place in places:
        is_road = place.kind != "postcode"
        feature: Json = {
            "id": f"{types.get(place.kind, postcode)}.1",
            "type": "Feature",
            "place_type": [types.get(place.kind, postcode)],
            "relevance": 1,
            "properties": {"accuracy": exactness[place.kind]} if place.kind in exactness else {},
            "text": place.street if is_road else place.postcode,
            "place_name": place.line,
            "center": [place.lon, place.lat],
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "context": [
                {"id": "locality.3", "text": place.district},
                {"id": f"{town}.4", "text": place.city},
                {"id": "country.5", "text": "Deutschland", "short_code": place.country},
            ],
        }
        if place.number:
            feature["address"] = place.number
        if is_road:
            feature["context"].insert(0, {"id": f"{postcode}.2", "text": place.postcode})
        features.append(feature)
    return {"type": "FeatureCollection", "features": features, "attribution": "…"}


def mapquest(places: list[Place]) -> Any:
    """MapQuest: ``/geocoding/v1/address?location=…``."""
    codes = {"house": "P1AAA", "guess": "L1AAA", "street": "B1AAA", "postcode": "Z1XAA"}
    locations = [
        {
            "street": f"{place.street} {place.number}".strip(),
            "adminArea6": place.district,
            "adminArea5": place.city,
            "adminArea1": place.country.upper(),
            "postalCode": place.postcode,
            "geocodeQualityCode": codes[place.kind],
            "latLng": {"lat": place.lat, "lng": place.lon},
        }
        for place in places
    ]
    return {"info": {"statuscode": 0}, "results": [{"locations": locations}]}


def _features(features: Iterator[tuple[Place, Json]]) -> Json:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
                "properties": said,
            }
            for place, said in features
        ],
    }


def _without_blanks(**said: Any) -> Json:
    return {name: value for name, value in said.items() if value != ""}
