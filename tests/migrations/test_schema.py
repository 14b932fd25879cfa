"""The migrations and the models say the same, in both directions, on both databases."""

from __future__ import annotations

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from hoffice.db import db


def test_the_newest_migration_equals_the_models(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision="base")
        left = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert left == set()

        flask_migrate.upgrade()

        flask_migrate.check()


def test_sqlite_tables_are_strict(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        lax = db.session.scalars(
            sa.text(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
                "AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name != 'alembic_version'"
            )
        ).all()
        assert lax == []
