"""A house with something of everything in it, and empty ones beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from hoffice.db import db, unit_of_work
from hoffice.factory import create_app
from hoffice.settings import Settings
from tests import houses, makers
from tests.demo import stage
from tests.told import Told

NewHouse = Callable[[str], Flask]


def _play(app: Flask) -> None:
    """People, kits, papers, runs, visits, mails, jobs: what a backup has to hold."""
    settings: Settings = app.extensions["hoffice.settings"]
    with app.app_context(), unit_of_work():
        made = stage.furnished(
            settings.instance / "files",
            who=(stage.RECEIVED, stage.PARTLY, stage.UNDER_WAY, stage.UNSIGNED),
        )
        stage.play(made)


@pytest.fixture
def full(app: Flask, told: Told, tmp_path: Path) -> Flask:
    """A house in which the small story has happened."""
    told.into(app, "the small story", _play)
    (tmp_path / "instance" / "secret-key").write_text(houses.SECRET + "\n", encoding="ascii")
    return app


@pytest.fixture
def new_house(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[NewHouse]:
    """Makes empty, migrated houses of the kind asked for, each with a folder of its own."""
    made: list[Flask] = []

    def house(kind: str) -> Flask:
        folder = tmp_path / f"house-{makers.number()}"
        folder.mkdir()
        if kind == "sqlite":
            shutil.copy(sqlite_template, folder / "house.db")
            url = f"sqlite:///{folder / 'house.db'}"
        else:
            server: houses.Server = request.getfixturevalue("postgresql_template")
            url = server.url(server.create(f"r{makers.number()}", template="template_house"))
        app = create_app(houses.settings(url, folder / "instance"))
        made.append(app)
        return app

    yield house
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
