"""GeoJSON as the geodata servers send it: hundreds of megabytes in a single line, read as it comes.

Servers name the coordinate system and the number of addresses behind the last one.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final

from hoffice.errors import N_, Refused
from hoffice.places.sources import columns as named
from hoffice.places.sources.contents import (
    CHUNK_BYTES,
    NO_COLLECTION,
    broken,
    cut,
    exception_report,
    legible,
    shortened,
    unpacked,
)
from hoffice.places.sources.entries import Entry, Making, RegisterFile
from hoffice.places.sources.points import system_of

FEATURE_CHARS: Final = 1 << 20
"""An address with all its attributes has some hundred characters."""
FRAME_CHARS: Final = 1 << 16
"""What may stand before and behind the features."""

_FEATURES = re.compile(r'"features"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_CRS = re.compile(r'"crs"\s*:\s*\{.{0,80}?"name"\s*:\s*"([^"]{1,200})"', re.DOTALL)
_MATCHED = re.compile(r'"(?:numberMatched|totalFeatures)"\s*:\s*"?(\d{1,9})\b')
_RETURNED = re.compile(r'"numberReturned"\s*:\s*"?(\d{1,9})\b')
_SAID = re.compile(r'"(?:text|message|error)"\s*:\s*"([^"]*)"')
_DECODER: Final = json.JSONDecoder()


class Features:
    """The features of a collection, one after the other, each as the text that it was."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path = path
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._is_done = False
        self._text = ""
        self.read = 0
        self.head = self._open()
        self.tail = ""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Each feature as text and as what it means.

        :raises Refused: when the text ends too early or is none.
        """
        at = 0
        while True:
            at = self._next(at)
            if self._text[at] == "]":
                break
            if self._text[at] != "{":
                raise broken(self._path)
            feature, end = self._decoded(at)
            if end < at:  # more was read, the text begins anew
                at = 0
                continue
            self.read += 1
            yield self._text[at:end], feature
            at = end
        self._close(at)

    def _open(self) -> str:
        """Everything before the first feature."""
        found = None
        while found is None:
            is_more = self._more(0)
            found = _FEATURES.search(self._text)
            if found is None and (not is_more or len(self._text) > FRAME_CHARS):
                self._refuse_other(is_more=is_more)
        head, self._text = self._text[: found.end()], self._text[found.end() :]
        return head

    def _refuse_other(self, *, is_more: bool) -> None:
        said = _SAID.search(self._text)
        if '"exceptions"' in self._text or '"error"' in self._text:
            raise exception_report(shortened(said.group(1)) if said else "?")
        if not is_more and self._text.lstrip().startswith("{") and not _is_whole(self._text):
            raise cut(self._path)
        raise Refused(NO_COLLECTION, name=self._path.name)

    def _next(self, at: int) -> int:
        """Where the next thing after blanks and commas begins."""
        while True:
            between = _BETWEEN.match(self._text, at)
            at = between.end() if between else at
            if at < len(self._text):
                return at
            if not self._more(at):
                raise cut(self._path)
            at = 0

    def _decoded(self, at: int) -> tuple[Any, int]:
        """The feature that begins here and where it ends; an end before it: try again."""
        try:
            return _DECODER.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            if len(self._text) - at > FEATURE_CHARS:
                raise broken(self._path) from error
            if not self._more(at):
                raise cut(self._path) from error
            return None, -1
        except RecursionError as error:
            raise broken(self._path) from error

    def _close(self, at: int) -> None:
        """Everything behind the last feature: it has to be whole."""
        while self._more(at):
            at = 0
            if len(self._text) > FRAME_CHARS + CHUNK_BYTES:
                raise broken(self._path)
        self.tail = self._text[at:]
        if not _is_whole(self.head + self.tail):
            raise cut(self._path)

    def _more(self, at: int) -> bool:
        """Read on, and forget what stands before ``at``; false at the end of the file."""
        if self._is_done:
            return False
        chunk = self._stream.read(CHUNK_BYTES)
        self._is_done = not chunk
        try:
            self._text = self._text[at:] + self._decoder.decode(chunk, final=False)
        except UnicodeDecodeError as error:
            raise broken(self._path) from error
        return True

    @property
    def system_name(self) -> str:
        """The coordinate system that the collection names, before or behind its features."""
        found = _CRS.search(self.head) or _CRS.search(self.tail)
        return found.group(1) if found else ""

    @property
    def matched(self) -> int | None:
        """How many the source has in all."""
        return _count(_MATCHED, self.head + self.tail)

    @property
    def returned(self) -> int | None:
        """How many the source says that it sent."""
        return _count(_RETURNED, self.head + self.tail)


def _is_whole(text: str) -> bool:
    try:
        json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return False
    return True


def _count(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found.group(1)) if found else None


class GeoJson(RegisterFile):
    """A register as a FeatureCollection."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with legible(path), unpacked(path) as (stream, _progress):
            features = Features(path, stream)
            first: Any = next(iter(features), ("", None))[1]
            head = features.head
        if first is None:
            raise named.no_features(path)
        names = list(_properties(first))
        columns = named.columns_of(frozenset(names))
        named.require_address(columns, names, path)
        with_points = isinstance(first.get("geometry"), dict)
        self.origin = named.origin(path, "geojson", names, with_points=with_points)
        frame = head + _end_of(path)
        self.total = _count(_RETURNED, frame)
        system = _CRS.search(frame)
        self.system = system_of(system.group(1)) if system else None

    def entries(self, making: Making) -> Iterator[Entry]:
        """One entry per feature."""
        with legible(self.path), unpacked(self.path) as (stream, self._progress):
            features = Features(self.path, stream)
            for _text, feature in features:
                properties = _properties(feature)
                columns = named.columns_of(frozenset(properties))
                words = [_word(properties.get(columns.get(part, ""))) for part in named.WORDS]
                try:
                    x, y = _coordinates(feature.get("geometry"))
                except (TypeError, ValueError, KeyError, IndexError):
                    making.unreadable_point(features.read)
                    continue
                entry = making.entry(words, x, y, features.read)
                if entry is not None:
                    yield entry
        self.announced = features.matched
        if features.returned is not None and features.returned != features.read:
            raise Refused(
                N_(
                    "%(name)s says that it has %(returned)s addresses, but has %(read)s. "
                    "Download it again."
                ),
                name=self.path.name,
                returned=features.returned,
                read=features.read,
            )


def _properties(feature: Any) -> Mapping[str, Any]:
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def _word(value: Any) -> str:
    """What JSON says, as text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _coordinates(geometry: Any) -> tuple[float | None, float | None]:
    """The point of a feature, also where a server sends a group of one.

    :raises ValueError: or its kin, when the geometry is no point.
    """
    if geometry is None:
        return None, None
    pair = geometry["coordinates"]
    if geometry["type"] == "MultiPoint" and len(pair) == 1:
        pair = pair[0]
    elif geometry["type"] != "Point":
        raise ValueError(geometry["type"])
    return float(pair[0]), float(pair[1])


def _end_of(path: Path) -> str:
    """The last characters of a file that is not packed; of others only the numbers tell."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - FRAME_CHARS // 16))
        return stream.read().decode("utf-8", errors="replace")
