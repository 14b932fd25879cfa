"""How migrations run: the same ones on SQLite and on PostgreSQL, each in one transaction."""

from __future__ import annotations

import importlib.util
import pkgutil
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy.engine import Connection

import hoffice
from hoffice.db import BEGIN_IMMEDIATE, Model, Moment, Word, db


def know_all_tables() -> None:
    """Import the models room of every domain, so that the metadata is whole."""
    for domain in pkgutil.iter_modules(hoffice.__path__):
        name = f"hoffice.{domain.name}.models"
        if domain.ispkg and importlib.util.find_spec(name):
            importlib.import_module(name)


def render_item(kind: str, thing: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Word):
        return "sa.String(length=32)"
    return False


def run(connection: Connection) -> None:
    """Run what is asked for on this connection."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    sqlite = connection.dialect.name == "sqlite"
    with context.begin_transaction():
        context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                msg = f"foreign keys broken by a migration: {broken[:5]}"
                raise RuntimeError(msg)


def run_online() -> None:
    """Open a connection; on SQLite with foreign keys off, for a batch change rebuilds tables.

    The pragma is ignored inside a transaction, so it is given to the raw connection first.
    """
    with current_app.app_context():
        engine = db.engine
        with engine.connect().execution_options(**BEGIN_IMMEDIATE) as connection:
            raw: Any = connection.connection.dbapi_connection
            if engine.dialect.name == "sqlite":
                raw.execute("PRAGMA foreign_keys=OFF")
            try:
                run(connection)
                connection.commit()
            finally:
                if engine.dialect.name == "sqlite":
                    connection.rollback()
                    raw.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    msg = "migrations need the database: run `flask db upgrade`"
    raise RuntimeError(msg)
know_all_tables()
run_online()
