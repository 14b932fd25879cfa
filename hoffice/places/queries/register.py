"""The address register as the database has it at this moment.

Street names (some 12,000 rows for Berlin) are kept in the process, because finding similar ones
needs them all; houses stay in the database. What is kept is thrown away as soon as another edition
counts, so a register imported by one process is seen by all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, exists, select

from hoffice.db import db
from hoffice.places.addresses.renamed import RENAMED, other_names
from hoffice.places.addresses.spelling import town_key
from hoffice.places.models import (
    RegisterEdition,
    RegisterHouse,
    RegisterSource,
    RegisterStreet,
    StreetAlias,
)
from hoffice.places.rules import House, Street

_HOUSE: Final = (
    "SELECT edition_id, lat_e6, lon_e6 FROM register_house WHERE street_id = {0} AND number = {0}"
)
_HOUSES: Final = (
    "SELECT number, edition_id, lat_e6, lon_e6 FROM register_house WHERE street_id = {0}"
)
_ANCHORS: Final = f"{_HOUSES} AND lat_e6 IS NOT NULL"

_Point = tuple[int, int | None, int | None]
"""Edition, latitude and longitude in microdegrees."""


@dataclass
class _Names:
    """Every street name, found by its key, its postcode and its town."""

    by_key: dict[str, list[Street]] = field(default_factory=dict)
    by_postcode: dict[str, list[Street]] = field(default_factory=dict)
    towns: dict[str, dict[str, None]] = field(default_factory=dict)
    postcodes: dict[str, dict[str, None]] = field(default_factory=dict)
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def keys(self) -> list[str]:
        return list(self.by_key)

    def add(self, street: Street) -> None:
        self.by_key.setdefault(street.key, []).append(street)
        self.by_postcode.setdefault(street.postcode, []).append(street)
        if street.city:
            own = town_key(street.city)
            self.towns.setdefault(own, {})[street.city] = None
            self.postcodes.setdefault(own, {})[street.postcode] = None
            district = town_key(street.district)
            for name in (district, own + district) if district else ():
                self.towns.setdefault(name, {})[street.city] = None


_Stamp = tuple[Any, ...]
_KEPT: WeakKeyDictionary[Engine, tuple[_Stamp, _Names]] = WeakKeyDictionary()
_LOCK = Lock()


class DatabaseRegister:
    """``rules.Register`` over the database; made for one request, one step or one list.

    It reads through the session it is used in and never writes.
    """

    def __init__(self) -> None:
        editions = db.session.execute(
            select(
                RegisterEdition.id,
                RegisterEdition.points,
                RegisterEdition.done_at,
                RegisterSource.name,
            )
            .join(RegisterSource, RegisterSource.id == RegisterEdition.source_id)
            .where(RegisterEdition.is_current)
            .order_by(RegisterSource.rank, RegisterSource.id)
        ).all()
        self._order = {row.id: place for place, row in enumerate(editions)}
        self._sources = [row.name for row in editions]
        self._has_points = any(row.points for row in editions)
        aliases = db.session.execute(
            select(StreetAlias.old_name, StreetAlias.new_name).order_by(StreetAlias.id)
        ).all()
        pairs = [(row.old_name, row.new_name) for row in aliases]
        # SQLite gives the number of a removed edition to the next one: so the moment counts too
        stamp = (tuple((row.id, row.done_at) for row in editions), tuple(pairs))
        self._names = _names(stamp, tuple(self._order), pairs)
        self._connection: Connection | None = None
        mark = "?" if db.engine.dialect.name == "sqlite" else "%s"
        self._house_sql, self._houses_sql = _HOUSE.format(mark), _HOUSES.format(mark)
        self._anchors_sql = _ANCHORS.format(mark)

    def streets(self, key: str) -> Sequence[Street]:
        """Every street with this normalised name."""
        return self._names.by_key.get(key, ())

    def streets_of_postcode(self, postcode: str) -> Sequence[Street]:
        """Every street of a postcode."""
        return self._names.by_postcode.get(postcode, ())

    def keys(self) -> Sequence[str]:
        """Every normalised street name, each once."""
        return self._names.keys

    def towns(self, key: str) -> Sequence[str]:
        """The towns, as the register writes them, that a normalised town or district means."""
        return tuple(self._names.towns.get(key, ()))

    def postcodes(self, key: str) -> Sequence[str]:
        """The postcodes of a normalised town."""
        return tuple(self._names.postcodes.get(key, ()))

    def renamed(self, key: str) -> Sequence[str]:
        """The normalised names that a street of this name has, or had, besides."""
        return self._names.renamed.get(key, ())

    def house(self, street_id: int, number: str) -> House | None:
        """The house with this normalised number, with the best point that any source gives."""
        return self._best(number, self._rows(self._house_sql, (street_id, number)))

    def houses(self, street_id: int) -> Sequence[House]:
        """Every house of a street, each with its best point."""
        return self._of_street(self._houses_sql, street_id)

    def anchors(self, street_id: int) -> Sequence[House]:
        """The houses of a street that have a point."""
        if not self._has_points:
            return ()
        return self._of_street(self._anchors_sql, street_id)

    def _of_street(self, sql: str, street_id: int) -> Sequence[House]:
        rows = self._rows(sql, (street_id,))
        if not rows:
            return ()
        points: dict[str, list[_Point]] = {}
        for number, edition, lat, lon in rows:
            points.setdefault(number, []).append((edition, lat, lon))
        best = (self._best(number, own) for number, own in points.items())
        return [house for house in best if house]

    def _best(self, number: str, points: Sequence[_Point]) -> House | None:
        """The house by the source that is believed first; one with a point before one without."""
        order = self._order
        ranked = [
            (lat is None, order[edition], lat, lon)
            for edition, lat, lon in points
            if edition in order
        ]
        if not ranked:
            return None
        is_bare, place, lat, lon = ranked[0] if len(ranked) == 1 else min(ranked, key=_first)
        source = self._sources[place]
        if is_bare or lat is None or lon is None:
            return House(number, None, None, source)
        return House(number, lat / 1e6, lon / 1e6, source)

    def _rows(self, sql: str, values: tuple[object, ...]) -> Sequence[Any]:
        """Ask the driver itself: a list of 10,000 addresses asks this 20,000 times."""
        if self._connection is None or self._connection.closed:  # another transaction by now
            self._connection = db.session.connection()
        cursor = self._connection.connection.cursor()
        cursor.execute(sql, values)
        rows: Sequence[Any] = cursor.fetchall()
        cursor.close()
        return rows


def _first(ranked: tuple[bool, int, int | None, int | None]) -> tuple[bool, int]:
    return ranked[0], ranked[1]


def _names(stamp: _Stamp, editions: Sequence[int], aliases: Sequence[tuple[str, str]]) -> _Names:
    """The street names of this moment, read anew only when another edition counts."""
    engine = db.engine
    with _LOCK:
        kept = _KEPT.get(engine)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    names = _Names(renamed=other_names([*RENAMED, *aliases]))
    street, house = RegisterStreet, RegisterHouse
    has_houses = exists().where(house.street_id == street.id, house.edition_id.in_(editions))
    rows = db.session.execute(
        select(
            street.id, street.key, street.name, street.postcode, street.city, street.district
        ).where(has_houses)
    )
    for row in rows:
        names.add(Street(*row))
    with _LOCK:
        _KEPT[engine] = (stamp, names)
    return names
