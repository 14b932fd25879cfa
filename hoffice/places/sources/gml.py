"""GML as the geodata servers send it, read as it comes; entities are never followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError  # its word only; defusedxml parses

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from hoffice.places.sources import columns as named
from hoffice.places.sources.contents import broken, cut, legible, unpacked
from hoffice.places.sources.entries import Entry, Making, RegisterFile, number_of
from hoffice.places.sources.points import is_swapped, system_of

READ_BYTES: Final = 1 << 16
TEXT_CHARS: Final = 10_000
"""An attribute of an address has some dozen characters."""
TAG_BYTES: Final = 1 << 22
"""The parser keeps a tag until it is complete; one as long as this has no end."""
DEPTH: Final = 60

_POSITION: Final = "@position"
"""Where a feature keeps its point; no element can be called so."""
_POSITIONS: Final = frozenset({"pos", "coordinates"})
_MEMBERS: Final = frozenset({"member", "featureMember", "featureMembers"})
_FEATURE_DEPTH: Final = 3
"""FeatureCollection, member, feature."""


class Gml(RegisterFile):
    """A register as a GML FeatureCollection."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        target = Collected()
        first = next(self._features(target), None)
        if first is None:
            raise named.no_features(path)
        names = [name for name in first if name != _POSITION]
        columns = named.columns_of(frozenset(names))
        named.require_address(columns, names, path)
        with_points = _POSITION in first or named.has_point(columns)
        self.origin = named.origin(path, "gml", names, with_points=with_points)
        self.system = system_of(target.system_name) if target.system_name else None

    def entries(self, making: Making) -> Iterator[Entry]:
        """One entry per feature."""
        target = Collected()
        for place, feature in enumerate(self._features(target), start=1):
            # an empty property may be left out, so the columns are asked for each feature
            columns = named.columns_of(frozenset(feature))
            words = [feature.get(columns.get(part, ""), "") for part in named.WORDS]
            try:
                x, y = _coordinates(feature, columns)
            except ValueError:
                making.unreadable_point(place)
                continue
            entry = making.entry(words, x, y, place)
            if entry is not None:
                yield entry
        self.announced = target.matched

    def _features(self, target: Collected) -> Iterator[dict[str, str]]:
        """Every feature as its properties and its point.

        :raises Refused: when the file ends too early or is none.
        """
        parser: Any = DefusedXMLParser(target=target, forbid_dtd=True)
        is_fed = False
        with legible(self.path), unpacked(self.path) as (stream, self._progress):
            try:
                while chunk := stream.read(READ_BYTES):
                    target.fed(len(chunk))
                    parser.feed(chunk)
                    yield from target.features
                    target.features.clear()
                is_fed = True
                parser.close()
            except ParseError as error:
                raise (cut if is_fed else broken)(self.path) from error
            except (DefusedXmlException, TooMuch, LookupError) as error:
                raise broken(self.path) from error


class TooMuch(Exception):
    """A text or a nesting that no register has."""


class Collected:
    """What the parser calls; it keeps the features that are complete, and never a tree."""

    def __init__(self) -> None:
        self.features: list[dict[str, str]] = []
        self.matched: int | None = None
        self.system_name = ""
        self._path: list[str] = []
        self._open: dict[str, str] = {}
        self._text: list[str] = []
        self._chars = 0
        self._silent_bytes = 0

    def fed(self, count: int) -> None:
        """So many bytes are given to the parser now."""
        self._silent_bytes += count
        if self._silent_bytes > TAG_BYTES:
            raise TooMuch

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._silent_bytes = 0
        if not self._path:
            matched = attributes.get("numberMatched", "")
            self.matched = int(matched) if matched.isdecimal() else None
        self._path.append(tag.rpartition("}")[2])
        self._text.clear()
        self._chars = 0
        if len(self._path) > DEPTH:
            raise TooMuch
        if not self.system_name and "srsName" in attributes:
            self.system_name = attributes["srsName"]

    def data(self, text: str) -> None:
        """Some text of the element that began or ended last."""
        self._chars += len(text)
        if self._chars > TEXT_CHARS:
            raise TooMuch
        self._text.append(text)

    def end(self, _tag: str) -> None:
        """An element ends."""
        depth = len(self._path)
        name = self._path.pop()
        if depth > _FEATURE_DEPTH:
            text = "".join(self._text).strip()
            if text:
                self._open.setdefault(_POSITION if name in _POSITIONS else name, text)
        elif depth == _FEATURE_DEPTH and self._path[-1] in _MEMBERS:
            self.features.append(self._open)
            self._open = {}
        self._text.clear()
        self._chars = 0

    def close(self) -> None:
        """The parser is done."""


def _coordinates(
    feature: Mapping[str, str], columns: Mapping[str, str]
) -> tuple[float | None, float | None]:
    """East and north of a feature.

    Some systems are written north first; in Germany the numbers themselves tell which is which.

    :raises ValueError: when there are not two numbers.
    """
    position = feature.get(_POSITION)
    if position is None:
        east, north = (feature.get(columns.get(part, ""), "") for part in ("x", "y"))
        return number_of(east), number_of(north)
    first, second, *_height = (*position.replace(",", " ").split(), "")
    x, y = float(first), float(second)
    return (y, x) if is_swapped(x, y) else (x, y)
