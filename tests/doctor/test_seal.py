"""The doctor looks after the seal, a backup keeps its key, and the demo makes one by itself."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from hoffice import clock
from hoffice.agreements.queries import seals as queries
from hoffice.agreements.sealing.keys import AUTHORITY_DAYS, SEAL_DAYS, KeyFolder
from hoffice.agreements.service import seals
from hoffice.agreements.service.seals import Sealer
from hoffice.db import db, unit_of_work
from hoffice.doctor import service
from hoffice.doctor.cli import _make_demo_seal
from hoffice.factory import create_app
from hoffice.files.service import Store
from hoffice.settings import Settings
from tests.agreements.scene import HR
from tests.agreements.sealed import COMPANY, PASSWORD
from tests.doctor.conftest import NewHouse

REVISION = "the-newest"


def seal_finding(app: Flask) -> tuple[str, str]:
    """What the doctor says of the seal: the verdict and its line."""
    said = app.test_cli_runner().invoke(args=["doctor"]).stdout.splitlines()
    line = next(line for line in said if line.split()[1:2] == ["seal"])
    return json.loads(said[-1])["checks"]["seal"], line


@pytest.fixture
def sealing(settings: Settings) -> Flask:
    """A house with a seal key."""
    app = create_app(replace(settings, seal_password=PASSWORD))
    with app.app_context(), unit_of_work():
        seals.make_key(folder_of(app).folder, company=COMPANY, check_url="", by=HR)
    return app


def folder_of(app: Flask) -> Sealer:
    settings: Settings = app.extensions["hoffice.settings"]
    return Sealer(KeyFolder(settings.instance / "seal", settings.seal_password))


def test_a_house_without_a_key_is_told_how_to_make_one(app: Flask) -> None:
    verdict, line = seal_finding(app)

    assert verdict == "hint"
    assert "seal-key make" in line


def test_a_house_that_seals_is_well(sealing: Flask) -> None:
    verdict, line = seal_finding(sealing)

    assert verdict == "ok"
    assert "without a time stamp" in line


@pytest.mark.usefixtures("sealing")
def test_a_password_that_does_not_open_the_key_is_a_fault(settings: Settings) -> None:
    verdict, line = seal_finding(create_app(replace(settings, seal_password="another password")))

    assert verdict == "fault"
    assert "is not its password" in line


def test_a_certificate_that_ends_soon_is_a_fault(sealing: Flask) -> None:
    assert SEAL_DAYS < AUTHORITY_DAYS
    with clock.frozen(clock.now().replace(year=clock.now().year + 10)):
        verdict, line = seal_finding(sealing)

    assert verdict == "fault"
    assert "ends on" in line


def test_a_backup_takes_the_keys_along_and_restores_them(
    sealing: Flask, new_house: NewHouse, tmp_path: Path
) -> None:
    with sealing.app_context():
        settings: Settings = sealing.extensions["hoffice.settings"]
        made = service.backup(
            tmp_path / "b.tar.gz",
            settings=settings,
            store=Store(settings.instance / "files"),
            revision=REVISION,
        )
    other = new_house("sqlite")
    there: Settings = other.extensions["hoffice.settings"]

    with other.app_context(), unit_of_work():
        service.restore(
            tmp_path / "b.tar.gz",
            settings=there,
            store=Store(there.instance / "files"),
            revision=REVISION,
        )

    kept = [part for part in made.parts if part.name.startswith("keys/seal/")]
    assert len(kept) == 2  # the seal's key and that of the authority
    with other.app_context():
        current = queries.current_certificate()
        assert current is not None
        folder = KeyFolder(there.instance / "seal", PASSWORD)
        assert folder.get(current.fingerprint).fingerprint == current.fingerprint
    for file in (there.instance / "seal").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_demo_makes_a_key_once(settings: Settings) -> None:
    app = create_app(replace(settings, seal_password=PASSWORD))
    with app.app_context():
        _make_demo_seal()
        _make_demo_seal()

    with app.app_context():
        assert seals.is_ready()
        assert seals.check_url() == "http://localhost/pruefen"
        assert len(seals.known().seals) == 1
        db.session.remove()
