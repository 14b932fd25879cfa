"""Scenes that are told once in a process of tests: each test gets a copy of the house."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import make_url

from hoffice.db import db
from hoffice.factory import create_app
from hoffice.settings import Settings
from tests import houses

T = TypeVar("T")


@dataclass(frozen=True)
class Told:
    """Keeps each scene as a database and a folder, for either kind of database."""

    request: pytest.FixtureRequest
    """Of the session: gives the empty houses to begin with."""
    tmp_path_factory: pytest.TempPathFactory
    kept: dict[tuple[str, str], tuple[Path, Any]] = field(default_factory=dict)

    def into(self, app: Flask, name: str, tell: Callable[[Flask], T]) -> T:
        """Make this application's house one in which the scene has happened; gives what it gave.

        ``tell`` is called for the first test only, with an application of its own that has the
        settings of this one; ``name`` says all that the scene depends on.
        """
        settings: Settings = app.extensions["hoffice.settings"]
        url = make_url(settings.database_url)
        assert url.database is not None
        kind = url.get_backend_name()
        if (kind, name) not in self.kept:
            self.kept[kind, name] = self._tell(settings, f"told_{len(self.kept)}", tell)
        folder, result = self.kept[kind, name]
        _let_go(app)
        if kind == "sqlite":
            shutil.copy(folder / "house.db", url.database)
        else:
            self._server.drop(url.database)
            self._server.create(url.database, template=folder.name)
        shutil.copytree(folder / "instance", settings.instance, dirs_exist_ok=True)
        return result  # type: ignore[no-any-return]  # each scene gives what its teller gives

    def _tell(self, like: Settings, name: str, tell: Callable[[Flask], T]) -> tuple[Path, T]:
        folder = self.tmp_path_factory.mktemp(name, numbered=False)
        if make_url(like.database_url).get_backend_name() == "sqlite":
            shutil.copy(self.request.getfixturevalue("sqlite_template"), folder / "house.db")
            url = f"sqlite:///{folder / 'house.db'}"
        else:
            url = self._server.url(self._server.create(name, template="template_house"))
        made = create_app(replace(like, database_url=url, instance=folder / "instance"))
        result = tell(made)
        _let_go(made)
        return folder, result

    @property
    def _server(self) -> houses.Server:
        server: houses.Server = self.request.getfixturevalue("postgresql_template")
        return server


def _let_go(app: Flask) -> None:
    """Close every connection, so that the database can be copied."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
