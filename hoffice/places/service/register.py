"""Taking addresses into the register, so that nothing half imported is ever seen.

An import writes its houses under an edition of its own, in short transactions that keep nobody
waiting. Only ``finish`` makes that edition the one that counts, in a single step; an import that
broke off before is invisible and is swept away by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.places import queries
from hoffice.places.addresses.spelling import number_key, street_key, town_key
from hoffice.places.models import (
    RegisterEdition,
    RegisterHouse,
    RegisterSource,
    RegisterStreet,
    StreetAlias,
)
from hoffice.places.queries import overview
from hoffice.places.sources.entries import Entry, Origin
from hoffice.units import Actor

CHUNK: Final = 25_000
"""Houses written in one transaction: a few tenths of a second in which nobody else can write."""
MOST_SHRINKING: Final = 0.5
"""An import with fewer houses than this share of the last one is more likely half a file."""

UNREAD: Final = {"synchronize_session": False}
"""The session holds no houses: else it would have the keys of all that are deleted sent to it, and
a million of them take five times as long."""

_SQLITE_INSERT: Final = (
    "INSERT INTO register_house (street_id, number, edition_id, lat_e6, lon_e6)"
    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (street_id, number, edition_id) DO UPDATE"
    " SET lat_e6 = excluded.lat_e6, lon_e6 = excluded.lon_e6"
    " WHERE register_house.lat_e6 IS NULL"
)
_POSTGRESQL_INSERT: Final = (
    "INSERT INTO register_house (street_id, number, edition_id, lat_e6, lon_e6)"
    " SELECT DISTINCT ON (s, n, e) s, n, e, la, lo FROM"
    " unnest(%s::int[], %s::text[], %s::int[], %s::int[], %s::int[]) AS t(s, n, e, la, lo)"
    " ORDER BY s, n, e, la NULLS LAST"
    " ON CONFLICT (street_id, number, edition_id) DO UPDATE"
    " SET lat_e6 = excluded.lat_e6, lon_e6 = excluded.lon_e6"
    " WHERE register_house.lat_e6 IS NULL"
)

_StreetKey = tuple[str, str, str, str]
"""Normalised name, postcode, normalised town, district."""
_HouseRow = tuple[int, str, int, int | None, int | None]


@dataclass
class Edition:
    """An import under way: what it has seen of the register so far."""

    id: int
    origin: Origin
    source_id: int
    began_at: datetime
    streets: dict[_StreetKey, int] = field(default_factory=dict)
    by_postcode: dict[tuple[str, str], list[_StreetKey]] = field(default_factory=dict)
    """The streets of a name in a postcode: a source may know neither town nor district."""
    read: int = 0
    editions: list[tuple[Any, ...]] = field(default_factory=list)
    """All there were when the streets were read; with others, streets may have gone."""

    def know(self, key: _StreetKey, street_id: int) -> None:
        """Remember a street."""
        self.streets[key] = street_id
        self.by_postcode.setdefault(key[:2], []).append(key)


@dataclass(frozen=True, slots=True)
class Report:
    """How an import went."""

    source: str
    houses: int
    points: int
    before: int
    """Houses of the edition that counted until now."""
    streets: int


def begin(origin: Origin, file_names: Sequence[str], *, by: Actor) -> Edition:
    """Open an edition that nobody sees; what an earlier import left behind is swept away.

    What is known of a source, such as whose point is believed first, changes in ``finish`` only.
    """
    _write_alone()
    source = queries.source_named(origin.name)
    if source is None:
        source = RegisterSource(
            name=origin.name, kind=origin.kind, rank=origin.rank, credit=origin.credit
        )
        db.session.add(source)
    db.session.flush()
    _sweep(source.id)
    edition = RegisterEdition(
        source_id=source.id,
        file_names=", ".join(file_names)[:1000],
        began_at=clock.now(),
        made_by=str(by),
    )
    db.session.add(edition)
    db.session.flush()
    opened = Edition(edition.id, origin, source.id, edition.began_at)
    _know_streets(opened)
    return opened


def _know_streets(edition: Edition) -> None:
    """Read which streets there are, if other imports may have changed that since last time.

    What an import that ended meanwhile took away would else be written to, and SQLite gives the
    number of a street that is gone to another one.

    :raises Refused: when the source was taken out of the register since.
    """
    made = RegisterEdition
    all_of_them = select(made.id, made.is_current, made.began_at).order_by(made.id)
    editions = [tuple(row) for row in db.session.execute(all_of_them)]
    if (edition.id, False, edition.began_at) not in editions:
        raise _gone(edition)
    if editions == edition.editions:
        return
    edition.editions = editions
    edition.streets.clear()
    edition.by_postcode.clear()
    street = RegisterStreet
    columns = select(street.id, street.key, street.postcode, street.city_key, street.district)
    for street_id, *key in db.session.execute(columns):
        edition.know((key[0], key[1], key[2], key[3]), street_id)


def chunks(entries: Iterable[Entry], size: int = CHUNK) -> Iterator[list[Entry]]:
    """The entries in pieces for one transaction each."""
    remaining = iter(entries)
    while piece := list(islice(remaining, size)):
        yield piece


def add(edition: Edition, entries: Sequence[Entry]) -> None:
    """Write these addresses into the edition; a house named twice is one house.

    An official register knows some squares without any number: their number is empty.
    """
    _write_alone()
    _know_streets(edition)
    _add_streets(edition, entries)
    rows: list[_HouseRow] = []
    open_questions: list[tuple[Entry, str, list[_StreetKey]]] = []
    for entry in entries:
        number = number_key(entry.housenumber)
        key = _key(entry)
        if not key[0]:
            continue
        fitting = _fitting(edition, key)
        if len(fitting) > 1:
            open_questions.append((entry, number, fitting))
        else:
            rows.append(_row(edition, edition.streets[fitting[0]], number, entry))
    rows += _settled(edition, open_questions)
    edition.read += len(entries)
    connection = db.session.connection()
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_SQLITE_INSERT, rows)
    else:
        columns: tuple[list[Any], ...] = tuple(map(list, zip(*rows, strict=True)))
        connection.exec_driver_sql(_POSTGRESQL_INSERT, columns)


def finish(edition: Edition, *, by: Actor, may_shrink: bool = False) -> Report:
    """Make this edition the one that counts, and the one before it void.

    :raises Refused: when nothing was read, or so much less than last time that the file is
        probably cut; ``may_shrink`` says that it is right. Also when a later import of the same
        source has begun, or the source was taken out of the register.
    """
    _write_alone()
    made = _under_way(edition)
    if made is None:
        raise _gone(edition)
    source = db.session.get_one(RegisterSource, edition.source_id)
    latest = select(func.max(RegisterEdition.id)).where(RegisterEdition.source_id == source.id)
    if db.session.scalar(latest) != made.id:  # it has swept away what this one wrote
        raise Refused(
            N_("Another import of “%(source)s” has begun since. This one changed nothing."),
            source=source.name,
        )
    house = RegisterHouse
    made.houses, made.points = db.session.execute(
        select(func.count(), func.count(house.lat_e6)).where(house.edition_id == edition.id)
    ).one()
    if not made.houses:
        raise Refused(N_("There is no usable address in this file. Nothing was changed."))
    former = queries.current_edition(source.id)
    before = former.houses if former else 0
    if not may_shrink and made.houses < MOST_SHRINKING * before:
        raise Refused(
            N_(
                "This file has %(now)s addresses; the last import of “%(source)s” had "
                "%(before)s. It is probably cut. Nothing was changed; say --may-shrink if it is "
                "right."
            ),
            now=made.houses,
            before=before,
            source=source.name,
        )
    if former:
        former.is_current = False
        db.session.flush()
    origin = edition.origin
    source.kind, source.rank, source.credit = origin.kind, origin.rank, origin.credit
    made.is_current, made.done_at = True, clock.now()
    db.session.flush()
    _sweep(source.id)
    streets = db.session.scalar(select(func.count()).select_from(RegisterStreet)) or 0
    record(by, "places.register_imported", source, houses=made.houses, points=made.points)
    return Report(source.name, made.houses, made.points, before, streets)


def _write_alone() -> None:
    """Wait until no other import writes, and let none begin before this transaction ends.

    Two that take in, or take away, the same streets at once would stand in each other's way. Who
    reads is not kept waiting. SQLite has one writer at a time anyway.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        table = RegisterStreet.__tablename__
        connection.exec_driver_sql(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def _under_way(edition: Edition) -> RegisterEdition | None:
    """The edition's own row; None when it was removed, also where another one has its number."""
    made = db.session.get(RegisterEdition, edition.id)
    return made if made is not None and made.began_at == edition.began_at else None


def _gone(edition: Edition) -> Refused:
    return Refused(
        N_("“%(source)s” was taken out of the register meanwhile. Nothing was imported."),
        source=edition.origin.name,
    )


def give_up(edition: Edition) -> None:
    """Throw away what an import that failed has written, and nothing of one under way.

    A source of which nothing was ever imported goes too, unless a later import of it has begun.
    """
    _write_alone()
    if _under_way(edition) is None:
        return
    other = select(RegisterEdition.id).where(
        RegisterEdition.source_id == edition.source_id,
        or_(RegisterEdition.id > edition.id, RegisterEdition.done_at.is_not(None)),
    )
    if db.session.scalar(select(other.exists())):
        db.session.execute(delete(RegisterHouse).where(RegisterHouse.edition_id == edition.id))
    else:
        _take_away(db.session.get_one(RegisterSource, edition.source_id))


def _take_away(source: RegisterSource) -> None:
    """Delete a source of which no edition counts, with everything it brought."""
    _sweep(source.id)
    db.session.execute(delete(RegisterEdition).where(RegisterEdition.source_id == source.id))
    db.session.delete(source)
    db.session.flush()


def remove_source(name: str, *, by: Actor) -> None:
    """Take a source out of the register with everything it brought."""
    _write_alone()
    source = queries.source_named(name)
    if source is None:
        raise NotFound(N_("The register has no source “%(name)s”."), name=name)
    former = queries.current_edition(source.id)
    if former:
        former.is_current = False
        db.session.flush()
    record(by, "places.register_removed", source, houses=former.houses if former else 0)
    _take_away(source)


def rename_street(old_name: str, new_name: str, *, by: Actor) -> StreetAlias:
    """Say that a street has, or had, another name; both will find it.

    :raises Refused: when the names are the same, or a register that is filled has neither of them.
    """
    old_key, new_key = street_key(old_name), street_key(new_name)
    if not old_key or not new_key or old_key == new_key:
        raise Refused(N_("Give two different names of the street."))
    present = db.session.scalar(
        select(StreetAlias).where(StreetAlias.old_key == old_key, StreetAlias.new_key == new_key)
    )
    if present:
        return present
    if not overview.is_empty() and not overview.has_street(old_key, new_key):
        raise Refused(
            N_(
                "The register has neither “%(old)s” nor “%(new)s”. Check how they are written: "
                "one of the two must be in it."
            ),
            old=old_name,
            new=new_name,
        )
    alias = StreetAlias(
        old_name=old_name,
        old_key=old_key,
        new_name=new_name,
        new_key=new_key,
        added_at=clock.now(),
        added_by=str(by),
    )
    db.session.add(alias)
    db.session.flush()
    record(by, "places.street_renamed", alias)
    return alias


def forget_name(alias_id: int, *, by: Actor) -> None:
    """Take back what was said about another name of a street."""
    alias = overview.alias(alias_id)
    record(by, "places.street_name_forgotten", alias)
    db.session.delete(alias)
    db.session.flush()


def _sweep(source_id: int) -> None:
    """Delete the houses of editions that do not count, and streets that have no house left.

    Editions themselves stay: they say what was imported when.
    """
    void = select(RegisterEdition.id).where(
        RegisterEdition.source_id == source_id, RegisterEdition.is_current.is_(False)
    )
    gone = db.session.execute(
        delete(RegisterHouse).where(RegisterHouse.edition_id.in_(void)),
        execution_options=UNREAD,
    )
    if gone.rowcount:  # type: ignore[attr-defined]  # a DELETE has one
        has_house = exists().where(RegisterHouse.street_id == RegisterStreet.id)
        db.session.execute(delete(RegisterStreet).where(~has_house), execution_options=UNREAD)


def _key(entry: Entry) -> _StreetKey:
    return street_key(entry.street), entry.postcode, town_key(entry.city), entry.district


def _fitting(edition: Edition, key: _StreetKey) -> list[_StreetKey]:
    """The streets an entry may belong to: its own, or those of its name that say more."""
    if key[2] and key[3]:
        return [key]
    fuller = [
        one
        for one in edition.by_postcode.get(key[:2], ())
        if (not key[2] or one[2] == key[2]) and (not key[3] or one[3] == key[3]) and one != key
    ]
    return fuller or [key]


def _settled(
    edition: Edition, questions: Sequence[tuple[Entry, str, list[_StreetKey]]]
) -> Iterator[_HouseRow]:
    """Entries without a district go to the street that has their number already."""
    pairs = [(edition.streets[key], number) for _, number, keys in questions for key in keys]
    house = RegisterHouse
    known: set[tuple[int, str]] = set()
    for some in _in_pieces(pairs, 500):
        rows = db.session.execute(
            select(house.street_id, house.number).where(
                tuple_(house.street_id, house.number).in_(some)
            )
        )
        known.update((street_id, number) for street_id, number in rows)
    for entry, number, keys in questions:
        ids = [edition.streets[key] for key in keys]
        yield _row(edition, next((i for i in ids if (i, number) in known), ids[0]), number, entry)


def _in_pieces(pairs: list[tuple[int, str]], size: int) -> Iterator[list[tuple[int, str]]]:
    for start in range(0, len(pairs), size):
        yield pairs[start : start + size]


def _row(edition: Edition, street_id: int, number: str, entry: Entry) -> _HouseRow:
    if entry.lat is None or entry.lon is None:
        return street_id, number, edition.id, None, None
    return street_id, number, edition.id, round(entry.lat * 1e6), round(entry.lon * 1e6)


def _add_streets(edition: Edition, entries: Sequence[Entry]) -> None:
    """Take in the streets that nobody has named before."""
    new: dict[_StreetKey, dict[str, str]] = {}
    for entry in entries:
        key = _key(entry)
        if not key[0] or key in new:
            continue
        if any(one in edition.streets for one in _fitting(edition, key)):
            continue
        new[key] = {
            "key": key[0],
            "name": entry.street.strip(),
            "postcode": entry.postcode,
            "city": entry.city,
            "city_key": key[2],
            "district": entry.district,
        }
    if not new:
        return
    table = RegisterStreet
    is_sqlite = db.session.connection().dialect.name == "sqlite"
    insert = sqlite_insert(table) if is_sqlite else postgresql_insert(table)
    db.session.execute(insert.on_conflict_do_nothing(), list(new.values()))
    columns = (table.key, table.postcode, table.city_key, table.district)
    for some in _in_key_pieces(list(new), 200):
        found = select(table.id, *columns).where(tuple_(*columns).in_(some))
        for street_id, *key_found in db.session.execute(found):
            edition.know((key_found[0], key_found[1], key_found[2], key_found[3]), street_id)


def _in_key_pieces(keys: list[_StreetKey], size: int) -> Iterator[list[_StreetKey]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
