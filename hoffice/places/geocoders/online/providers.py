"""Every provider that geopy 2.5 offers and that knows German houses, in one table.

Left out on purpose: ``bing`` (given up for Azure Maps), ``arcgis`` (a stored answer needs a sign-in
that geopy sends as a password in a URL), ``geokeo`` and ``geolake`` (they do not say how exact a
point is), ``geonames`` and ``what3words`` (no houses), ``openmapquest`` (gone), ``yandex`` and
``baidu`` (home addresses would leave the reach of European law), and those of other countries
(``banfrance``, ``databc``, ``geocodio``, ``ignfrance``, ``liveaddress``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from geopy import geocoders

from hoffice.places.geocoders.online import readers
from hoffice.places.geocoders.online.words import Found, Question
from hoffice.settings import OnlineProvider

MOST_ANSWERS: Final = 10
"""So many that a second street of the name is seen."""
REGION: Final = ((51.3, 11.2), (53.6, 14.8))
"""Brandenburg and Berlin; where a provider takes it as a hint, nearer answers come first. Where it
would shut out the rest of Germany (Pelias, Photon, OpenCage, Mapbox) it is not sent."""
MIDDLE: Final = (52.5, 13.4)

PUBLIC_NOMINATIM: Final = "nominatim.openstreetmap.org"
PUBLIC_HOSTS: Final[Mapping[str, float]] = {PUBLIC_NOMINATIM: 1.1, "photon.komoot.io": 1.1}
"""Seconds between two questions to servers that live on donations. Nominatim allows one a second
from all users of an application together, single questions only, no lists
(operations.osmfoundation.org/policies/nominatim); Photon's asks to be fair. The tenth is for the
network, on which two questions may come closer to each other."""

OWN_INTERVAL_S: Final = 0.05
"""A server of one's own; twenty a second leave it room for others."""
PAID_INTERVAL_S: Final = 0.2
"""Five a second: what TomTom allows by default, the least of those that are paid for."""
TRIAL_INTERVAL_S: Final = 1.0
"""OpenCage's free trial allows one question a second."""
KEPT_DAYS: Final = 30
"""How long answers may be kept where the terms do not allow more, or do not say so clearly."""

OSM_CREDIT: Final = "© OpenStreetMap contributors (ODbL), openstreetmap.org/copyright"

Geopy = Any
"""A geocoder of geopy, which is untyped."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How one provider is made, asked and read, and what it wants in return."""

    label: str
    make: Callable[[OnlineProvider, Mapping[str, Any]], Geopy]
    ask: Callable[[Geopy, Question], Any]
    read: Callable[[Mapping[str, Any]], Found]
    credit: str
    """The words that go with its points, wherever one is shown."""
    interval_s: float = PAID_INTERVAL_S
    keep_days: int | None = KEPT_DAYS
    """None keeps an answer for good."""


class PermanentMapBox(geocoders.MapBox):  # type: ignore[misc]  # geopy is untyped
    """Mapbox's answers may be stored only when they are asked for as permanent ones."""

    api_path = "/geocoding/v5/mapbox.places-permanent/%(query)s.json"


def _keyed(kind: Callable[..., Geopy]) -> Callable[[OnlineProvider, Mapping[str, Any]], Geopy]:
    return lambda access, common: kind(access.key, **common)


def _own(kind: Callable[..., Geopy]) -> Callable[[OnlineProvider, Mapping[str, Any]], Geopy]:
    return lambda access, common: kind(**common, **_server(access))


def _server(access: OnlineProvider) -> dict[str, str]:
    """Scheme and host with path, as geopy wants them apart."""
    if not access.url:
        return {}
    parts = urlsplit(access.url)
    return {"scheme": parts.scheme, "domain": f"{parts.netloc}{parts.path}"}


def _pelias(access: OnlineProvider, common: Mapping[str, Any]) -> Geopy:
    return geocoders.Pelias(api_key=access.key or None, **common, **_server(access))


def _ask_nominatim(geocoder: Geopy, question: Question) -> Any:
    parts = {
        "street": question.street_line,
        "postalcode": question.postcode,
        "city": question.city,
    }
    return geocoder.geocode(
        {name: part for name, part in parts.items() if part},
        exactly_one=False,
        limit=MOST_ANSWERS,
        addressdetails=True,
        language="de",
        country_codes="de",
        viewbox=REGION,
    )


def _ask_photon(geocoder: Geopy, question: Question) -> Any:
    return geocoder.geocode(
        question.line, exactly_one=False, limit=MOST_ANSWERS, language="de", location_bias=MIDDLE
    )


def _ask_pelias(geocoder: Geopy, question: Question) -> Any:
    return geocoder.geocode(question.line, exactly_one=False, countries=["DEU"], language="de")


def _ask_here(geocoder: Geopy, question: Question) -> Any:
    parts = {
        "street": question.street,
        "houseNumber": question.housenumber,
        "postalCode": question.postcode,
        "city": question.city,
        "country": "Deutschland",
    }
    return geocoder.geocode(
        components={name: part.replace(";", " ") for name, part in parts.items() if part},
        countries=["DEU"],
        language="de-DE",
        limit=MOST_ANSWERS,
        exactly_one=False,
    )


def _ask_tomtom(geocoder: Geopy, question: Question) -> Any:
    line = question.line.replace("/", " ")  # it is a part of the path
    return geocoder.geocode(line, exactly_one=False, limit=MOST_ANSWERS, language="de-DE")


def _ask_azure(geocoder: Geopy, question: Question) -> Any:
    return geocoder.geocode(question.line, exactly_one=False, limit=MOST_ANSWERS, language="de-DE")


def _ask_google(geocoder: Geopy, question: Question) -> Any:
    return geocoder.geocode(
        question.line,
        exactly_one=False,
        bounds=REGION,
        region="de",
        components={"country": "DE"},
        language="de",
    )


def _ask_woosmap(geocoder: Geopy, question: Question) -> Any:
    return geocoder.geocode(
        question.line,
        exactly_one=False,
        limit=5,
        location=MIDDLE,
        components={"country": "DE"},
        language="de",
        country_code_format="alpha2",
    )


def _ask_opencage(geocoder: Geopy, question: Question) -> Any:
    return geocoder.geocode(
        question.line, exactly_one=False, country="de", language="de", annotations=False
    )


def _ask_mapbox(geocoder: Geopy, question: Question) -> Any:
    line = question.line.replace(";", " ").replace("/", " ")  # parts of the path; ; is a list
    return geocoder.geocode(line, exactly_one=False, country="de", language="de", proximity=MIDDLE)


def _ask_maptiler(geocoder: Geopy, question: Question) -> Any:
    line = question.line.replace(";", " ").replace("/", " ")
    return geocoder.geocode(line, exactly_one=False, language="de", proximity=MIDDLE)


def _ask_mapquest(geocoder: Geopy, question: Question) -> Any:
    return geocoder.geocode(question.line, exactly_one=False, limit=MOST_ANSWERS, bounds=REGION)


PROVIDERS: Final[Mapping[str, Provider]] = {
    "nominatim": Provider(
        "Nominatim",
        _own(geocoders.Nominatim),
        _ask_nominatim,
        readers.nominatim,
        OSM_CREDIT,
        OWN_INTERVAL_S,
        keep_days=None,
    ),
    "photon": Provider(
        "Photon",
        _own(geocoders.Photon),
        _ask_photon,
        readers.photon,
        OSM_CREDIT,
        OWN_INTERVAL_S,
        keep_days=None,
    ),
    "pelias": Provider(
        "Pelias",
        _pelias,
        _ask_pelias,
        readers.pelias,
        f"{OSM_CREDIT}; OpenAddresses and others, as the server's operator has loaded them",
        OWN_INTERVAL_S,
        keep_days=None,
    ),
    "geocodeearth": Provider(
        "Geocode Earth",
        _keyed(geocoders.GeocodeEarth),
        _ask_pelias,
        readers.pelias,
        f"Geocode Earth (geocode.earth/guidelines); {OSM_CREDIT}",
        keep_days=None,
    ),
    "here": Provider("HERE", _keyed(geocoders.HereV7), _ask_here, readers.here, "© HERE"),
    "tomtom": Provider("TomTom", _keyed(geocoders.TomTom), _ask_tomtom, readers.tomtom, "© TomTom"),
    "azure": Provider(
        "Azure Maps",
        _keyed(geocoders.AzureMaps),
        _ask_azure,
        readers.tomtom,
        "© Microsoft, © TomTom",
    ),
    "google": Provider(
        "Google Maps", _keyed(geocoders.GoogleV3), _ask_google, readers.google, "Google Maps"
    ),
    "opencage": Provider(
        "OpenCage",
        _keyed(geocoders.OpenCage),
        _ask_opencage,
        readers.opencage,
        f"OpenCage; {OSM_CREDIT}",
        TRIAL_INTERVAL_S,
        keep_days=None,
    ),
    "mapbox": Provider(
        "Mapbox",
        _keyed(PermanentMapBox),
        _ask_mapbox,
        readers.mapbox,
        "© Mapbox, © OpenStreetMap contributors",
        keep_days=None,
    ),
    "maptiler": Provider(
        "MapTiler",
        _keyed(geocoders.MapTiler),
        _ask_maptiler,
        readers.maptiler,
        f"© MapTiler; {OSM_CREDIT}",
    ),
    "mapquest": Provider(
        "MapQuest", _keyed(geocoders.MapQuest), _ask_mapquest, readers.mapquest, "© MapQuest"
    ),
    "woosmap": Provider(
        "Woosmap", _keyed(geocoders.Woosmap), _ask_woosmap, readers.google, "© Woosmap"
    ),
    "pickpoint": Provider(
        "PickPoint",
        _keyed(geocoders.PickPoint),
        _ask_nominatim,
        readers.nominatim,
        f"PickPoint; {OSM_CREDIT}",
        keep_days=None,
    ),
}


def credit_of(provider: str) -> str:
    """The words that go with a point of this provider; empty for those that are not online."""
    known = PROVIDERS.get(provider)
    return known.credit if known else ""


def public_host(access: OnlineProvider) -> str:
    """The public server that would be asked; empty for one's own and for those with a key."""
    if access.key:
        return ""
    host = (urlsplit(access.url).hostname or "") if access.url else PUBLIC_NOMINATIM
    return host if host in PUBLIC_HOSTS else ""
