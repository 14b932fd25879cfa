"""A house with something of everything in it, and empty ones beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from hoffice.db import db, unit_of_work
from hoffice.factory import create_app
from tests import houses, makers
from tests.demo import stage

NewHouse = Callable[[str], Flask]


def _play(app: Flask, instance: Path) -> None:
    """People, kits, papers, runs, visits, mails, jobs: what a backup has to hold."""
    with app.app_context(), unit_of_work():
        made = stage.furnished(
            instance / "files",
            who=(stage.RECEIVED, stage.PARTLY, stage.UNDER_WAY, stage.UNSIGNED),
        )
        stage.play(made)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def played_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small story, database and files: told once, copied for each test."""
    folder = tmp_path_factory.mktemp("played")
    shutil.copy(sqlite_template, folder / "house.db")
    app = create_app(houses.settings(f"sqlite:///{folder / 'house.db'}", folder / "instance"))
    _play(app, folder / "instance")
    return folder


@pytest.fixture(scope="session")
def played_postgresql(
    postgresql_template: houses.Server, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same in the database ``played`` of our own server; gives the folder with the files."""
    folder = tmp_path_factory.mktemp("played-pg")
    url = postgresql_template.url(postgresql_template.create("played", template="template_house"))
    _play(create_app(houses.settings(url, folder / "instance")), folder / "instance")
    return folder


@pytest.fixture
def full(request: pytest.FixtureRequest, app: Flask, database: str, tmp_path: Path) -> Flask:
    """A house in which the small story has happened."""
    with app.app_context():
        db.engine.dispose()
    if database.startswith("sqlite"):
        played: Path = request.getfixturevalue("played_sqlite")
        shutil.copy(played / "house.db", tmp_path / "house.db")
    else:
        played = request.getfixturevalue("played_postgresql")
        server: houses.Server = request.getfixturevalue("postgresql_template")
        name = make_url(database).database
        assert name is not None
        server.drop(name)
        server.create(name, template="played")
    shutil.copytree(played / "instance", tmp_path / "instance", dirs_exist_ok=True)
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
