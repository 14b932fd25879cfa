"""Whether the database has the newest shape."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from hoffice.db import db


def newest() -> str:
    """The last migration this program brings along."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    return script.get_current_head() or ""


def present() -> str:
    """The migration the database stands at; empty for a database without tables."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def is_newest() -> bool:
    """Whether there is nothing left to migrate."""
    return present() == newest()
