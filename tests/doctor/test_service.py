"""Backup and restore: the same house again, on either database, or a clear no."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice.audit import queries as audit
from hoffice.db import db, unit_of_work
from hoffice.doctor import rows, service
from hoffice.doctor.archive import BadArchive, Manifest
from hoffice.doctor.service import Restored
from hoffice.errors import Refused
from hoffice.files.models import StoredFile
from hoffice.files.service import Store
from hoffice.settings import Settings
from tests import makers
from tests.doctor.conftest import NewHouse

REVISION = "the-newest"


def settings_of(app: Flask) -> Settings:
    found: Settings = app.extensions["hoffice.settings"]
    return found


def store_of(app: Flask) -> Store:
    return Store(settings_of(app).instance / "files")


def backup(app: Flask, path: Path) -> Manifest:
    with app.app_context():
        return service.backup(
            path, settings=settings_of(app), store=store_of(app), revision=REVISION
        )


def restore(app: Flask, path: Path, revision: str = REVISION) -> Restored:
    with app.app_context(), unit_of_work():
        return service.restore(
            path, settings=settings_of(app), store=store_of(app), revision=revision
        )


def content(app: Flask, folder: Path) -> dict[str, str]:
    """Every row of every table, as text."""
    folder.mkdir(exist_ok=True)
    with app.app_context(), db.engine.connect() as connection:
        for table in rows.tables():
            rows.write(connection, table, folder / table.name)
    return {table.name: (folder / table.name).read_text("utf-8") for table in rows.tables()}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_house_is_the_same_row_by_row_and_file_by_file(
    full: Flask, new_house: NewHouse, tmp_path: Path, kind: str
) -> None:
    made = backup(full, tmp_path / "b.tar.gz")
    other = new_house(kind)

    done = restore(other, tmp_path / "b.tar.gz")

    before = content(full, tmp_path / "before")
    assert content(other, tmp_path / "after") == before
    assert sum(bool(text) for text in before.values()) > 30  # it was a house with much in it
    assert done.fault is None
    assert done.is_same_key
    assert done.manifest == made
    with other.app_context():
        assert audit.first_break() is None
        hashes = db.session.scalars(sa.select(StoredFile.sha256)).all()
        assert hashes
        assert all(store_of(other).get(sha256) for sha256 in hashes)
    key = settings_of(other).instance / "secret-key"
    assert key.read_text("ascii") == (settings_of(full).instance / "secret-key").read_text("ascii")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_restored_house_goes_on_working(
    full: Flask, new_house: NewHouse, tmp_path: Path, database: str
) -> None:
    backup(full, tmp_path / "b.tar.gz")
    other = new_house(database.partition(":")[0].partition("+")[0])
    restore(other, tmp_path / "b.tar.gz")

    with other.app_context(), unit_of_work():
        makers.employee("Neu Hier")  # its number does not collide with one that was put back

    with other.app_context():
        with pytest.raises(sa.exc.DBAPIError, match="append only"):
            db.session.execute(sa.text("UPDATE audit_line SET actor = 'nobody'"))
        db.session.rollback()


def test_an_archive_is_readable_by_its_owner_only(full: Flask, tmp_path: Path) -> None:
    backup(full, tmp_path / "b.tar.gz")

    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob(".b.tar.gz*")] == []


def test_a_house_that_is_not_empty_is_left_as_it_is(
    full: Flask, new_house: NewHouse, tmp_path: Path
) -> None:
    backup(full, tmp_path / "b.tar.gz")
    other = new_house("sqlite")
    with other.app_context(), unit_of_work():
        makers.team()
    before = content(other, tmp_path / "before")

    with pytest.raises(Refused, match="not empty"):
        restore(other, tmp_path / "b.tar.gz")

    assert content(other, tmp_path / "after") == before


def test_a_backup_of_another_version_is_refused(
    full: Flask, new_house: NewHouse, tmp_path: Path
) -> None:
    backup(full, tmp_path / "b.tar.gz")

    with pytest.raises(Refused, match="another version"):
        restore(new_house("sqlite"), tmp_path / "b.tar.gz", revision="older")


def test_a_lost_file_is_named_and_everything_else_is_saved(
    full: Flask, new_house: NewHouse, tmp_path: Path
) -> None:
    with full.app_context():
        lost = db.session.scalars(sa.select(StoredFile.sha256)).first()
    assert lost is not None
    store_of(full).path_of(lost).write_bytes(b"something else")

    made = backup(full, tmp_path / "b.tar.gz")
    done = restore(new_house("sqlite"), tmp_path / "b.tar.gz")

    assert made.missing_files == [lost]
    assert done.manifest.missing_files == [lost]


def test_a_damaged_archive_is_refused_and_the_house_stays_empty(
    full: Flask, new_house: NewHouse, tmp_path: Path, database: str
) -> None:
    backup(full, tmp_path / "b.tar.gz")
    content_of_archive = bytearray((tmp_path / "b.tar.gz").read_bytes())
    content_of_archive[len(content_of_archive) // 2] ^= 1
    (tmp_path / "b.tar.gz").write_bytes(content_of_archive)
    other = new_house(database.partition(":")[0].partition("+")[0])
    before = content(other, tmp_path / "before")

    with pytest.raises(BadArchive):
        restore(other, tmp_path / "b.tar.gz")

    assert content(other, tmp_path / "after") == before
    assert not (settings_of(other).instance / "secret-key").exists()


def test_rows_that_do_not_fit_are_refused_as_a_whole(
    full: Flask, new_house: NewHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rows.write

    def with_a_wrong_count(*args: object) -> int:
        return real(*args) + 1  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(rows, "write", with_a_wrong_count)
    backup(full, tmp_path / "b.tar.gz")
    monkeypatch.setattr(rows, "write", real)
    other = new_house("sqlite")
    before = content(other, tmp_path / "before")

    with pytest.raises(BadArchive):
        restore(other, tmp_path / "b.tar.gz")

    assert content(other, tmp_path / "after") == before
