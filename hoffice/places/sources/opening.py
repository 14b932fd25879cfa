"""The one way into a register file: its bytes decide what it is, its name only what it is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from hoffice.errors import N_, Refused
from hoffice.places.sources import contents
from hoffice.places.sources.contents import Packing
from hoffice.places.sources.entries import Reading
from hoffice.places.sources.geojson import GeoJson
from hoffice.places.sources.geopackage import GeoPackage
from hoffice.places.sources.gml import Gml
from hoffice.places.sources.osm import OpenStreetMap
from hoffice.places.sources.tables import Table

_SQLITE: Final = b"SQLite format 3\0"
_PBF: Final = b"\x0a\x09OSMHeader"
_ARCHIVES: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
_RUBBISH = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_OSM_XML = re.compile(r"<osm(?:Change)?\b")
_COLLECTION = re.compile(r"<(?:[\w.-]+:)?FeatureCollection\b")


def open_register(path: Path) -> Reading:
    """A register, ready to be read from its beginning; see `entries.Reading` for the promise.

    :raises Refused: when it is none, with a sentence that says what it is instead.
    """
    _require_file(path)
    head = contents.head_of(path)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Refused(N_("%(name)s is empty. Choose the file with addresses."), name=path.name)
    packing = _packing(path)
    if head.startswith(_SQLITE):
        if packing is not Packing.NONE:
            raise _archive(path)
        return GeoPackage(path)
    if head.startswith(_ARCHIVES) or contents.packing_of(head) is not Packing.NONE:
        raise _archive(path)
    if _PBF in head[:32]:
        return OpenStreetMap(path, "pbf", packing)
    text = contents.text_of(head)
    if text.startswith("<"):
        return _markup(path, text, packing)
    if text.startswith(("{", "[")):
        return GeoJson(path)
    if path.suffix.lower() == ".gpkg":
        raise Refused(
            N_(
                "%(name)s is no GeoPackage, whatever its name says: it is no SQLite database. "
                "Download it again, or name the file as what it is."
            ),
            name=path.name,
        )
    if _RUBBISH.search(head) and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise contents.broken(path)
    return Table(path)


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise Refused(
            N_("%(name)s is a folder. Name the file with addresses in it."), name=path.name
        )
    if not path.is_file():
        raise Refused(N_("There is no file %(name)s."), name=str(path))


def _packing(path: Path) -> Packing:
    with contents.legible(path), path.open("rb") as raw:
        return contents.packing_of(raw.read(4))


def _markup(path: Path, text: str, packing: Packing) -> Reading:
    """What begins with a bracket: a web page, an error, a map or the right thing."""
    if contents.is_web_page(text):
        raise contents.web_page(path.name)
    said = contents.complaint(text)
    if said is not None:
        raise contents.exception_report(said)
    if _OSM_XML.search(text):
        return OpenStreetMap(path, "osm", packing)
    if _COLLECTION.search(text):
        return Gml(path)
    raise Refused(
        N_("%(name)s is XML, but holds no addresses (no FeatureCollection)."), name=path.name
    )


def _archive(path: Path) -> Refused:
    return Refused(
        N_(
            "%(name)s is an archive or a workbook. Unpack it first, or save it as CSV, and name "
            "the file with addresses that was in it."
        ),
        name=path.name,
    )
