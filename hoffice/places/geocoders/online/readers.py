"""Each provider's own format, read into our words. Pure: a dict in, a ``Found`` out.

A house is claimed only where the provider says so itself (a building, an address point, a rooftop)
and names the house number; whatever it has interpolated, widened or guessed counts as the street.
Formats: each provider's documentation, linked in docs/places-online.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from hoffice.places.addresses.lines import split_street
from hoffice.places.geocoders.online.words import Found
from hoffice.places.rules import Address, Precision

Raw = Mapping[str, Any]

_ISO3: Final = {"deu": "de"}
_AREAS: Final = (
    *("borough", "city_district", "suburb", "quarter", "neighbourhood", "village", "hamlet"),
    *("town", "municipality", "district", "locality", "localadmin"),
)
_ROADS: Final = ("road", "pedestrian", "footway", "path", "residential", "square", "place")
_TOWNS: Final = ("city", "town", "village", "municipality", "hamlet")
NOMINATIM_HOUSE_RANK: Final = 30
"""Places of this rank have a house number of their own; streets have 26 and 27."""
NOMINATIM_STREET_RANK: Final = 26


def nominatim(raw: Raw) -> Found:
    """Nominatim with ``addressdetails``, and PickPoint, which is one."""
    address = raw["address"]
    number, rank = _text(address, "house_number"), int(raw.get("place_rank", 0))
    named_house = not rank and (raw.get("class"), raw.get("type")) in _OLD_HOUSES
    if number and (rank >= NOMINATIM_HOUSE_RANK or named_house):
        precision = Precision.HOUSE
    elif number or raw.get("class") == "highway" or rank == NOMINATIM_STREET_RANK:
        precision = Precision.STREET
    elif "postcode" in {raw.get("addresstype"), raw.get("type")}:
        precision = Precision.POSTCODE
    else:
        precision = Precision.NONE
    return Found(
        lat=float(raw["lat"]),
        lon=float(raw["lon"]),
        precision=precision,
        street=_text(address, *_ROADS),
        housenumber=number,
        postcode=_text(address, "postcode"),
        city=_text(address, *_TOWNS),
        areas=_texts(address, _AREAS),
        country=_country(_text(address, "country_code")),
    )


_OLD_HOUSES: Final = frozenset({("building", "yes"), ("building", "house"), ("place", "house")})
"""What servers without ``place_rank`` in their answers call a house."""


def photon(raw: Raw) -> Found:
    """Photon: GeoJSON, one feature."""
    said = raw["properties"]
    kind, number = _text(said, "type"), _text(said, "housenumber")
    if kind == "house" and number:
        precision = Precision.HOUSE
    elif kind == "street" or number:
        precision = Precision.STREET
    elif "postcode" in {kind, _text(said, "osm_value")}:
        precision = Precision.POSTCODE
    else:
        precision = Precision.NONE
    street = _text(said, "street") or (_text(said, "name") if kind == "street" else "")
    postcode = _text(said, "postcode")
    if precision is Precision.POSTCODE:
        postcode = postcode or _text(said, "name")
    return _of_geojson(raw, precision, Address(street, number, postcode, _text(said, "city")))


def pelias(raw: Raw) -> Found:
    """Pelias and Geocode Earth: GeoJSON, one feature."""
    said = raw["properties"]
    layer, number = _text(said, "layer"), _text(said, "housenumber")
    exact = said.get("accuracy") == "point" and said.get("match_type") not in {
        "interpolated",
        "fallback",
    }
    precision = {
        "address": Precision.HOUSE if exact and number else Precision.STREET,
        "street": Precision.STREET,
        "postalcode": Precision.POSTCODE,
    }.get(layer, Precision.NONE)
    street = _text(said, "street") or (_text(said, "name") if layer == "street" else "")
    address = (street, number, _text(said, "postalcode"), _text(said, "locality", "localadmin"))
    return _of_geojson(raw, precision, Address(*address))


def _of_geojson(raw: Raw, precision: Precision, address: Address) -> Found:
    lon, lat = raw["geometry"]["coordinates"][:2]
    said = raw["properties"]
    return Found(
        lat=float(lat),
        lon=float(lon),
        precision=precision,
        street=address.street,
        housenumber=address.housenumber,
        postcode=address.postcode,
        city=address.city,
        areas=_texts(said, _AREAS),
        country=_country(_text(said, "countrycode", "country_code", "country_a")),
    )


def here(raw: Raw) -> Found:
    """HERE Geocoding & Search v7: ``PA`` is a point address, the other kind is interpolated."""
    address, kind = raw["address"], raw.get("resultType")
    if kind == "houseNumber":
        exact = raw.get("houseNumberType") == "PA"
        precision = Precision.HOUSE if exact else Precision.STREET
    elif kind == "street":
        precision = Precision.STREET
    elif raw.get("localityType") == "postalCode":
        precision = Precision.POSTCODE
    else:
        precision = Precision.NONE
    return Found(
        lat=float(raw["position"]["lat"]),
        lon=float(raw["position"]["lng"]),
        precision=precision,
        street=_text(address, "street"),
        housenumber=_text(address, "houseNumber"),
        postcode=_text(address, "postalCode"),
        city=_text(address, "city"),
        areas=_texts(address, ("district", "subdistrict")),
        country=_country(_text(address, "countryCode")),
    )


def tomtom(raw: Raw) -> Found:
    """TomTom, and Azure Maps, whose search speaks the same words."""
    address = raw["address"]
    precision = {
        "Point Address": Precision.HOUSE,
        "Address Range": Precision.STREET,
        "Street": Precision.STREET,
    }.get(_text(raw, "type"), Precision.NONE)
    if raw.get("entityType") == "PostalCodeArea":
        precision = Precision.POSTCODE
    return Found(
        lat=float(raw["position"]["lat"]),
        lon=float(raw["position"]["lon"]),
        precision=precision,
        street=_text(address, "streetName"),
        housenumber=_text(address, "streetNumber"),
        postcode=_text(address, "postalCode"),
        city=_text(address, "municipality", "localName"),
        areas=_texts(
            address,
            ("municipalitySubdivision", "municipalitySecondarySubdivision", "localName"),
        ),
        country=_country(_text(address, "countryCode")),
    )


def google(raw: Raw) -> Found:
    """Google v3, and Woosmap, which answers in the same shape."""
    said: dict[str, str] = {}
    for part in raw["address_components"]:
        name = "short_name" if "country" in part["types"] else "long_name"
        for kind in part["types"]:
            said.setdefault(kind, part[name])
    number, kinds = said.get("street_number", ""), raw.get("types", ())
    if raw["geometry"].get("location_type") == "ROOFTOP" and number:
        precision = Precision.STREET if raw.get("partial_match") else Precision.HOUSE
    elif said.get("route"):
        precision = Precision.STREET
    else:
        precision = Precision.POSTCODE if "postal_code" in kinds else Precision.NONE
    return Found(
        lat=float(raw["geometry"]["location"]["lat"]),
        lon=float(raw["geometry"]["location"]["lng"]),
        precision=precision,
        street=said.get("route", ""),
        housenumber=number,
        postcode=said.get("postal_code", ""),
        city=said.get("locality") or said.get("postal_town", ""),
        areas=_texts(said, ("sublocality_level_1", "sublocality_level_2", "sublocality")),
        country=_country(said.get("country", "")),
    )


def opencage(raw: Raw) -> Found:
    """OpenCage: ``components``, in the words of OpenStreetMap."""
    said = raw["components"]
    kind, number = _text(said, "_type"), _text(said, "house_number")
    if kind in {"building", "house"} and number:
        precision = Precision.HOUSE
    elif kind == "road" or number:
        precision = Precision.STREET
    else:
        precision = Precision.POSTCODE if kind == "postcode" else Precision.NONE
    return Found(
        lat=float(raw["geometry"]["lat"]),
        lon=float(raw["geometry"]["lng"]),
        precision=precision,
        street=_text(said, *_ROADS),
        housenumber=number,
        postcode=_text(said, "postcode"),
        city=_text(said, *_TOWNS),
        areas=_texts(said, _AREAS),
        country=_country(_text(said, "country_code")),
    )


def mapbox(raw: Raw) -> Found:
    """Mapbox v5: the accuracy says what the point is."""
    number = _text(raw, "address")
    exact = raw.get("properties", {}).get("accuracy") in {"rooftop", "parcel", "point"}
    precision = {
        "address": Precision.HOUSE if exact and number else Precision.STREET,
        "postcode": Precision.POSTCODE,
    }.get(raw["place_type"][0], Precision.NONE)
    return _of_carmen(raw, precision, postcode="postcode", towns=("place", "locality"))


def maptiler(raw: Raw) -> Found:
    """MapTiler: an ``address`` is an address point of its own, a ``road`` is not."""
    precision = {
        "address": Precision.HOUSE if _text(raw, "address") else Precision.STREET,
        "road": Precision.STREET,
        "postal_code": Precision.POSTCODE,
    }.get(raw["place_type"][0], Precision.NONE)
    return _of_carmen(raw, precision, postcode="postal_code", towns=("municipality", "place"))


def _of_carmen(raw: Raw, precision: Precision, *, postcode: str, towns: tuple[str, ...]) -> Found:
    """The shape that Mapbox and MapTiler share: what a point lies in stands in ``context``."""
    said, country = {}, ""
    for part in raw.get("context", ()):
        said[str(part["id"]).partition(".")[0]] = str(part["text"])
        country = country or str(part.get("short_code") or part.get("country_code") or "")
    lon, lat = raw["center"][:2]
    is_road = precision in {Precision.HOUSE, Precision.STREET}
    return Found(
        lat=float(lat),
        lon=float(lon),
        precision=precision,
        street=_text(raw, "text") if is_road else "",
        housenumber=_text(raw, "address") if is_road else "",
        postcode=said.get(postcode) or ("" if is_road else _text(raw, "text")),
        city=_text(said, *towns),
        areas=_texts(said, ("locality", "municipal_district", "neighborhood", "neighbourhood")),
        country=_country(_text(raw.get("properties", {}), "country_code") or country),
    )


def mapquest(raw: Raw) -> Found:
    """MapQuest: ``P1`` is a point of its own, ``L1`` an address on a line, ``B…`` a street."""
    code = _text(raw, "geocodeQualityCode")[:2]
    home = split_street(_text(raw, "street"))
    if code == "P1" and home.housenumber:
        precision = Precision.HOUSE
    elif code[:1] in {"P", "L", "I", "B"} and home.street:
        precision = Precision.STREET
    else:
        precision = Precision.POSTCODE if code[:1] == "Z" else Precision.NONE
    return Found(
        lat=float(raw["latLng"]["lat"]),
        lon=float(raw["latLng"]["lng"]),
        precision=precision,
        street=home.street,
        housenumber=home.housenumber,
        postcode=_text(raw, "postalCode"),
        city=_text(raw, "adminArea5"),
        areas=_texts(raw, ("adminArea6",)),
        country=_country(_text(raw, "adminArea1")),
    )


def _text(said: Raw, *names: str) -> str:
    """The first of these that is there."""
    return next((str(said[name]).strip() for name in names if said.get(name)), "")


def _texts(said: Raw, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(said[name]).strip() for name in names if said.get(name)))


def _country(code: str) -> str:
    low = code.lower()
    return _ISO3.get(low, low)
