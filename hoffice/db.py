"""The one database handle, the base class of every table, and what SQLite needs to be strict."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase

from hoffice.errors import Refused

BEGIN_IMMEDIATE = {"sqlite_begin": "BEGIN IMMEDIATE"}
"""Execution option of a writing transaction: SQLite takes the write lock at once.

A deferred BEGIN that reads first and writes later fails with "database is locked" whatever the
busy time-out; with the lock taken at the start the second writer simply waits its turn.
"""


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC: refuses naive values, gives aware ones back on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive moment is a bug and says so."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a moment without a time zone cannot be stored: {value!r}"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment; SQLite has dropped the zone, which is always UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(sa.TypeDecorator[StrEnum]):
    """A ``StrEnum`` stored by its value as text, so that a state reads the same in SQL."""

    impl = sa.String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """Only members of the enum get in."""
        del dialect
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Give the member back."""
        del dialect
        return None if value is None else self.kind(value)


class Model(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # the declarative API reads a plain class attribute
        datetime: Moment,
        dict[str, Any]: sa.JSON(none_as_null=True),
        list[Any]: sa.JSON(none_as_null=True),
        str: sa.String(),
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make every table STRICT on SQLite: a text in a number column is an error there too."""
        super().__init_subclass__(**kwargs)
        table = getattr(cls, "__table__", None)
        if isinstance(table, sa.Table):
            table.dialect_options["sqlite"]["strict"] = True


db = SQLAlchemy(metadata=Model.metadata)


def _strict_sqlite_types() -> None:
    """Spell every type the way a STRICT table wants it: TEXT, INTEGER, REAL or BLOB."""
    spellings: dict[type[sa.types.TypeEngine[Any]], str] = {
        sa.String: "TEXT",
        sa.Text: "TEXT",
        sa.Unicode: "TEXT",
        sa.Enum: "TEXT",
        sa.DateTime: "TEXT",
        sa.Date: "TEXT",
        sa.Time: "TEXT",
        sa.JSON: "TEXT",
        sa.Uuid: "TEXT",
        sa.Boolean: "INTEGER",
        sa.BigInteger: "INTEGER",
        sa.SmallInteger: "INTEGER",
        sa.Float: "REAL",
        sa.Double: "REAL",
        sa.LargeBinary: "BLOB",
    }
    for kind, spelling in spellings.items():

        def spell(*_: object, _spelling: str = spelling, **__: object) -> str:
            return _spelling

        compiles(kind, "sqlite")(spell)


_strict_sqlite_types()


def prepare_engine(engine: Engine) -> None:
    """Give SQLite connections write-ahead logging, foreign keys and explicit transactions."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "busy_timeout=15000",
            "synchronous=NORMAL",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


def start_writing() -> None:
    """Open the session's transaction as a writing one (see ``BEGIN_IMMEDIATE``).

    Must come before the first statement of the transaction; on PostgreSQL it does nothing special.
    """
    db.session.connection(execution_options=BEGIN_IMMEDIATE)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """One writing transaction for an edge that is no request: a command, a step of a job.

    All of it is stored, or none of it.
    """
    db.session.rollback()
    start_writing()
    try:
        yield
    except BaseException:  # whatever it was: all or nothing, then let it go on
        db.session.rollback()
        raise
    db.session.commit()


def flush_or(reason: str, /, **facts: object) -> None:
    """Ask the database's constraints now; they are the last word when two people are at it.

    Raises :class:`~hoffice.errors.Refused` with this reason when a constraint says no.
    """
    try:
        db.session.flush()
    except IntegrityError:
        raise Refused(reason, **facts) from None
