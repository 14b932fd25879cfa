"""Which column is which, by the names that registers and offices give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from hoffice.errors import N_, Refused
from hoffice.places.sources.entries import OFFICIAL, TABLE, WITHOUT_POINTS, Origin

BERLIN_CREDIT: Final = "Geoportal Berlin / Adressen Berlin (dl-de/by-2-0)"
BRANDENBURG_CREDIT: Final = "GeoBasis-DE/LGB: Georeferenzierte Adresse (dl-de/by-2-0)"

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "street": (
        *("strname", "strassenname", "strasse", "street", "streetname", "addrstreet"),
        *("str", "stn", "strassenbezeichnung", "strnam"),
    ),
    "number": (
        *("hnr", "hausnummer", "hausnr", "housenumber", "addrhousenumber", "hsnr", "hausnum"),
        *("nummer", "number", "nr"),
    ),
    "suffix": (
        *("hnrzusatz", "adz", "adressierungszusatz", "hausnrzus", "hausnrzusatz", "hnrzus"),
        *("hausnummernzusatz", "hausnummerzusatz", "hsnrzusatz", "zusatz", "suffix"),
    ),
    "postcode": (
        *("plz", "postplz", "postleitzahl", "postcode", "zip", "zipcode", "postalcode"),
        "addrpostcode",
    ),
    "city": (
        *("gmd", "gemeindename", "gmdname", "gemname", "city", "town", "addrcity", "stadt", "ort"),
        *("postort", "ortsnamepost", "postonm", "onm", "gemeinde", "ortname"),
    ),
    "district": (
        *("ott", "ortsteilname", "ottname", "suburb", "addrsuburb", "stadtteil", "postott"),
        *("ortsteil", "district"),
    ),
    "x": (
        *("lon", "lng", "long", "longitude", "laenge", "laengengrad", "geolaenge"),
        *("x", "ostwert", "easting", "east", "rechtswert", "xkoordinate", "koordinatex"),
        *("utmx", "xutm", "xcoord", "coordx", "ost", "hkox"),
    ),
    "y": (
        *("lat", "latitude", "breite", "breitengrad", "geobreite"),
        *("y", "nordwert", "northing", "north", "hochwert", "ykoordinate", "koordinatey"),
        *("utmy", "yutm", "ycoord", "coordy", "nord", "hkoy"),
    ),
    "wkt": ("wkt", "geom", "geometry", "thegeom", "shape", "wktgeom", "geometrie"),
}
"""Names in the order of preference when a file has several, without umlauts and marks."""

WORDS: Final = ("street", "number", "suffix", "postcode", "city", "district")
"""The parts of an address that are no coordinates, in the order of `entries.Raw`."""

_LETTERS = re.compile(r"[^a-z0-9]")
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

_BERLIN: Final = frozenset({"strname", "hnr"})
_BERLIN_MARKS: Final = frozenset({"ortname", "bezname"})
_SURVEYORS: Final = (
    frozenset({"str", "hnr", "gmd"}),
    frozenset({"stn", "hnr", "adz"}),
    frozenset({"strassenname", "hausnummer", "ortsnamepost"}),
)
"""What the surveyors of the states call their columns."""

_RESERVED: Final = frozenset({"berlin", "berlin-register", "brandenburg", "osm"})
_NAME_CHARS: Final = 60


def plain(name: str) -> str:
    """A column's name without case, umlauts and marks: ``hnr_zusatz`` is ``hnrzusatz``."""
    return _LETTERS.sub("", name.casefold().translate(_UMLAUTS))


def assigned(names: Iterable[str]) -> dict[str, str]:
    """For each part of an address the name of the column that holds it, as the file writes it."""
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    found = {
        part: next(by_plain[each] for each in synonyms if each in by_plain)
        for part, synonyms in SYNONYMS.items()
        if any(each in by_plain for each in synonyms)
    }
    if is_berlin(by_plain):
        # there the town is always Berlin, and ort_name is a part of it
        found.pop("city", None)
        found["district"] = by_plain.get("ortname") or by_plain.get("bezname") or ""
    return {part: name for part, name in found.items() if name}


@lru_cache(maxsize=256)
def columns_of(names: frozenset[str]) -> dict[str, str]:
    """As `assigned`, for features that name their properties each anew."""
    return assigned(sorted(names))


def has_point(columns: Mapping[str, str]) -> bool:
    """Whether points can be read from these columns."""
    return "wkt" in columns or {"x", "y"} <= columns.keys()


def require_address(columns: Mapping[str, str], names: Iterable[str], path: Path) -> None:
    """Refuse a file in which no address can be found.

    :raises Refused: it names the columns that are there.
    """
    for part, sought in (("street", "street"), ("number", "housenumber")):
        if part not in columns:
            raise Refused(
                N_(
                    "%(name)s has no column “%(sought)s”; it has %(columns)s. Choose the file "
                    "that holds the addresses, or name its columns street, housenumber, "
                    "postcode, city, lat and lon."
                ),
                name=path.name,
                sought=sought,
                columns=", ".join(str(name)[:30] for name in list(names)[:12]) or "–",
            )


def no_features(path: Path) -> Refused:
    """The sentence about a collection in which nothing is."""
    return Refused(
        N_(
            "%(name)s is a FeatureCollection without a single feature: there are no addresses in "
            "it. Choose the file that holds them, or export them again."
        ),
        name=path.name,
    )


def is_berlin(names: Iterable[str]) -> bool:
    """Whether the columns are those of the official addresses of Berlin."""
    plain_names = {plain(name) for name in names}
    return plain_names >= _BERLIN and not plain_names.isdisjoint(_BERLIN_MARKS)


def origin(path: Path, kind: str, names: Iterable[str], *, with_points: bool) -> Origin:
    """Whose addresses a file with these columns holds."""
    plain_names = {plain(name) for name in names}
    if is_berlin(plain_names):
        name, rank = ("berlin", OFFICIAL) if with_points else ("berlin-register", WITHOUT_POINTS)
        return Origin(kind, name, BERLIN_CREDIT, rank, city="Berlin")
    if with_points and any(plain_names >= marks for marks in _SURVEYORS):
        return Origin(kind, "brandenburg", BRANDENBURG_CREDIT, OFFICIAL)
    return Origin(kind, own_name(path), "", TABLE if with_points else WITHOUT_POINTS)


def own_name(path: Path) -> str:
    """The name of a table that says nothing about itself: that of its file."""
    stem = path.name.split(".")[0].strip()[:_NAME_CHARS] or "table"
    return f"{stem}-table" if stem.casefold() in _RESERVED else stem
