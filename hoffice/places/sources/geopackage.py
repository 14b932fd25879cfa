"""GeoPackages: SQLite files of addresses, opened read-only and never trusted."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hoffice.errors import N_, Refused
from hoffice.places.sources import columns as named
from hoffice.places.sources.contents import broken, cut, legible
from hoffice.places.sources.entries import MOST_ENTRIES, Entry, Making, RegisterFile, number_of
from hoffice.places.sources.points import Crs, system_of

CELL_BYTES: Final = 1_000_000
"""No cell of an address is longer; SQLite itself refuses a longer one."""
FETCHED_ROWS: Final = 1_000

_HEADER: Final = struct.Struct(">16sH6xII")
"""Magic, page size, …, change counter, number of pages."""
_VALID_FOR_AT: Final = 92
_LARGEST_PAGE: Final = 65536
_POINT: Final = 1
_MULTIPOINT: Final = 4
_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)


@dataclass(frozen=True, slots=True)
class Layer:
    """The table of addresses, and where in it the geometry stands."""

    table: str
    columns: tuple[str, ...]
    geometry: str | None
    system: Crs | None


class GeoPackage(RegisterFile):
    """A register in the one table of a GeoPackage that has addresses."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        _require_whole(path)
        with _opened(path) as database:
            self._layer = _layer(database, path)
            table = _quoted(self._layer.table)
            most = database.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0]  # noqa: S608
        if isinstance(most, int) and most > 10 * MOST_ENTRIES:
            raise Refused(
                N_("The file has more than %(limit)s addresses. Import one state at a time."),
                limit=MOST_ENTRIES,
            )
        self.total = most if isinstance(most, int) else None
        self._columns = named.assigned(self._layer.columns)
        names = [name for name in self._layer.columns if name != self._layer.geometry]
        with_points = self._layer.geometry is not None or named.has_point(self._columns)
        self.origin = named.origin(path, "geopackage", names, with_points=with_points)
        self.system = self._layer.system

    def entries(self, making: Making) -> Iterator[Entry]:
        """One entry per row."""
        layer = self._layer
        wanted = [self._columns.get(part) for part in named.WORDS]
        wanted += [layer.geometry] if layer.geometry else [self._columns.get(each) for each in "xy"]
        cells = ", ".join("NULL" if name is None else _quoted(name) for name in wanted)
        query = f"SELECT {cells} FROM {_quoted(layer.table)}"  # noqa: S608  # names, quoted
        with _opened(self.path) as database:
            rows = database.execute(query)
            place = 0
            while fetched := rows.fetchmany(FETCHED_ROWS):
                for row in fetched:
                    place += 1
                    try:
                        x, y = self._coordinates(row[len(named.WORDS) :])
                    except (ValueError, struct.error):
                        making.unreadable_point(place)
                        continue
                    words = ["" if cell is None else str(cell) for cell in row[: len(named.WORDS)]]
                    entry = making.entry(words, x, y, place)
                    if entry is not None:
                        yield entry

    def _coordinates(self, cells: tuple[object, ...]) -> tuple[float | None, float | None]:
        if self._layer.geometry is None:
            x, y = ("" if cell is None else str(cell) for cell in cells)
            return number_of(x), number_of(y)
        blob = cells[0]
        if blob is None:
            return None, None
        if not isinstance(blob, bytes):
            raise ValueError(type(blob))  # noqa: TRY004  # data, not a mistake of the caller
        return point_of(blob)


def point_of(blob: bytes) -> tuple[float | None, float | None]:
    """East and north of a geometry; nothing for an empty one.

    A GeoPackage puts a header of its own before well-known binary: ``GP``, version, flags (bit 0
    the byte order, bits 1 to 3 the kind of envelope, bit 4 emptiness), four bytes of system.

    :raises ValueError: or ``struct.error``, when it is no point.
    """
    if blob[:2] != b"GP" or len(blob) < 8:  # noqa: PLR2004  # the header
        raise ValueError(blob[:2])
    flags = blob[3]
    if flags & 0b1_0000:
        return None, None
    envelope = flags >> 1 & 0b111
    if envelope >= len(_ENVELOPE_BYTES):
        raise ValueError(envelope)
    at = 8 + _ENVELOPE_BYTES[envelope]
    order = "<" if blob[at : at + 1] == b"\1" else ">"
    (kind,) = struct.unpack_from(f"{order}I", blob, at + 1)
    if kind % 1000 == _MULTIPOINT and struct.unpack_from(f"{order}I", blob, at + 5)[0] == 1:
        at += 9
        order = "<" if blob[at : at + 1] == b"\1" else ">"
        (kind,) = struct.unpack_from(f"{order}I", blob, at + 1)
    if kind % 1000 != _POINT:
        raise ValueError(kind)
    x, y = struct.unpack_from(f"{order}dd", blob, at + 5)
    return (None, None) if x != x else (x, y)  # noqa: PLR0124  # NaN is an empty point


def _require_whole(path: Path) -> None:
    """Refuse a file that is shorter than it says: SQLite would only find out on the way."""
    with legible(path), path.open("rb") as stream:
        head = stream.read(100)
    if len(head) < 100:  # noqa: PLR2004  # what every database begins with
        raise cut(path)
    _magic, page_bytes, change, pages = _HEADER.unpack_from(head)
    (valid_for,) = struct.unpack_from(">I", head, _VALID_FOR_AT)
    page_bytes = _LARGEST_PAGE if page_bytes == 1 else page_bytes
    if change == valid_for and path.stat().st_size < pages * page_bytes:
        raise cut(path)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, which nobody can change, and in which nothing of its own is run."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA query_only = ON")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, CELL_BYTES)
            database.text_factory = _text
            yield database
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise broken(path) from error


def _text(raw: bytes) -> str:
    """GeoPackages are UTF-8, but not all who make them know that."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _layer(database: sqlite3.Connection, path: Path) -> Layer:
    """The table in which most parts of an address are found.

    :raises Refused: when there is none.
    """
    tables = [
        name
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        )
        if not name.startswith(("gpkg_", "rtree_", "sqlite_"))
    ]
    found = []
    for table in tables:
        names = tuple(
            name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))
        )
        columns = named.assigned(names)
        if {"street", "number"} <= columns.keys():
            found.append((len(columns), table, names))
    if not found:
        raise Refused(
            N_(
                "%(name)s has no table with a column for the street and one for the house number; "
                "it has %(tables)s. Order the “Georeferenzierte Adresse” as GeoPackage."
            ),
            name=path.name,
            tables=", ".join(table[:30] for table in tables[:8]) or "–",
        )
    _count, table, names = max(found)
    return Layer(table, names, *_geometry(database, table))


def _geometry(database: sqlite3.Connection, table: str) -> tuple[str | None, Crs | None]:
    """The column of the points and their system."""
    known = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if "gpkg_geometry_columns" not in known:
        return None, None
    column = database.execute(
        "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
    ).fetchone()
    if column is None or not isinstance(column[0], str):
        return None, None
    geometry, number = column
    if "gpkg_spatial_ref_sys" in known:
        row = database.execute(
            "SELECT organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
            " AND lower(organization) = 'epsg'",
            (number,),
        ).fetchone()
        number = row[0] if row else number
    return geometry, system_of(f"EPSG:{number}")
