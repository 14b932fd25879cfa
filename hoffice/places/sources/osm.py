"""OpenStreetMap extracts; the only door to osmium, which is an extra and need not be there.

An address stands at a node (a door), a way (a building) or a relation (a building with a yard).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from math import cos, hypot, radians
from pathlib import Path
from typing import Any, Final, Protocol

from hoffice.errors import N_, Refused
from hoffice.places.sources.contents import Packing, broken
from hoffice.places.sources.entries import (
    OPENSTREETMAP,
    Entry,
    Flaw,
    Making,
    Origin,
    RegisterFile,
)

CREDIT: Final = "© OpenStreetMap contributors, ODbL 1.0"
SAME_PLACE_M: Final = 150
"""A building whose address a node nearer than this has too is the same house."""

_M_PER_DEGREE: Final = 111_200
_SEVERAL = re.compile(r"\s*[;,]\s*")
_WORDS: Final = ("addr:postcode", "addr:city", "addr:suburb")
_HOUSENUMBER: Final = "addr:housenumber"

Point = tuple[float, float]


class Tags(Protocol):
    """The tags of an object."""

    def get(self, key: str, default: str) -> str:
        """The value of a tag."""
        ...


class OpenStreetMap(RegisterFile):
    """The addresses of an extract.

    The file is read once for nodes and ways, and twice more, quickly, where relations have
    addresses. What is in two places is one: the node tells where the door is, the building may
    know a postcode that the node does not.
    """

    def __init__(self, path: Path, form: str, packing: Packing) -> None:
        super().__init__(path)
        _osmium()
        self._form = f"{form}.{packing}" if packing else form
        self.origin = Origin("osm", "osm", CREDIT, OPENSTREETMAP)

    def entries(self, making: Making) -> Iterator[Entry]:
        """The nodes first, then ways, then relations."""
        osmium = _osmium()
        doors = Doors()
        with _readable(self.path):
            file = osmium.io.File(str(self.path), self._form)
            buildings = self._relations(file)
            tagged = osmium.filter.KeyFilter(_HOUSENUMBER)
            kinds = osmium.osm.NODE | osmium.osm.WAY
            objects = osmium.FileProcessor(file, kinds).with_locations().with_filter(tagged)
            place = 0
            for thing in objects:
                place += 1
                if thing.is_node():
                    where = _middle([thing.location])
                else:
                    where = _middle([node.location for node in thing.nodes])
                yield from _made(thing.tags, where, doors, making, place)
            storage = objects.node_location_storage
            if not buildings or storage is None:
                return
            outlines = osmium.filter.IdFilter(buildings)
            for way in osmium.FileProcessor(file, osmium.osm.WAY).with_filter(outlines):
                place += 1
                where = _middle(_located(way.nodes, storage))
                for tags in buildings[way.id]:
                    yield from _made(tags, where, doors, making, place)

    def _relations(self, file: Any) -> dict[int, list[dict[str, str]]]:
        """The tags of every relation with an address, by the first way of its outline."""
        osmium = _osmium()
        tagged = osmium.filter.KeyFilter(_HOUSENUMBER)
        buildings: dict[int, list[dict[str, str]]] = {}
        for relation in osmium.FileProcessor(file, osmium.osm.RELATION).with_filter(tagged):
            outline = [
                member.ref
                for member in relation.members
                if member.type == "w" and member.role in {"outer", "outline", ""}
            ]
            if outline:
                tags = {tag.k: tag.v for tag in relation.tags}
                buildings.setdefault(outline[0], []).append(tags)
        return buildings


class Doors:
    """Where each address has been seen, so that no house comes twice."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], list[tuple[Entry, Point]]] = {}

    def new(self, entry: Entry, where: Point) -> Entry | None:
        """The entry, or nothing when a nearby one of the same address says as much.

        One that knows more takes the place of the one that was seen first.
        """
        key = (entry.street.casefold(), entry.housenumber.casefold())
        known = self._seen.setdefault(key, [])
        for before, place in known:
            is_same = _agree(before.postcode, entry.postcode) and _agree(before.city, entry.city)
            if not is_same or _metres(place, where) > SAME_PLACE_M:
                continue
            if all(old or not new for old, new in zip(before[2:5], entry[2:5], strict=True)):
                return None
            return entry._replace(lat=before.lat, lon=before.lon)
        known.append((entry, where))
        return entry


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _metres(one: Point, other: Point) -> float:
    north = (one[0] - other[0]) * _M_PER_DEGREE
    return hypot(north, (one[1] - other[1]) * _M_PER_DEGREE * cos(radians(one[0])))


def _located(nodes: Iterable[Any], storage: Any) -> Iterator[Any]:
    """Where the nodes are that lie in the extract."""
    for node in nodes:
        with suppress(KeyError):
            yield storage.get(node.ref)


def _middle(locations: Iterable[Any]) -> Point | None:
    """The middle of an outline; a closed one does not count its beginning twice."""
    points = [(at.lat, at.lon) for at in locations if at.valid()]
    corners = points[1:] if len(points) > 1 and points[0] == points[-1] else points
    if not corners:
        return None
    return (
        sum(lat for lat, _lon in corners) / len(corners),
        sum(lon for _lat, lon in corners) / len(corners),
    )


def _made(
    tags: Tags | dict[str, str], where: Point | None, doors: Doors, making: Making, place: int
) -> Iterator[Entry]:
    """The entries of one object: a door may have several numbers."""
    if tags.get("addr:interpolation", ""):
        return
    if tags.get("addr:country", "DE").upper() not in {"DE", "DEU", "GERMANY", "DEUTSCHLAND"}:
        making.seen += 1
        making.flawed(Flaw.ABROAD, place)
        return
    if where is None:  # its nodes lie outside the extract
        making.unreadable_point(place)
        return
    for number in _SEVERAL.split(tags.get(_HOUSENUMBER, "")):
        street = tags.get("addr:street", "") or tags.get("addr:place", "")
        words = (street, number, "", *(tags.get(key, "") for key in _WORDS))
        entry = making.entry(words, where[1], where[0], place)
        new = None if entry is None else doors.new(entry, where)
        if new is not None:
            yield new


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what osmium complains about into a sentence."""
    try:
        yield
    except (RuntimeError, ValueError, _osmium().InvalidLocationError) as error:
        raise broken(path) from error


def _osmium() -> Any:
    """The package, when it is installed."""
    try:
        return import_module("osmium")
    except ImportError as error:
        raise Refused(
            N_(
                "OpenStreetMap files need the package osmium, which is not installed. Install it "
                "with “pip install osmium” and try again."
            )
        ) from error
