"""What ``make run`` prepares, and the demo at the terminal."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Flask
from sqlalchemy import func, select

from hoffice.accounts.rules import Role
from hoffice.agreements.models import Pack
from hoffice.db import db
from hoffice.demo import service
from hoffice.demo.service import FIRST_PACKS
from hoffice.factory import create_app
from hoffice.people.models import Employee, Home
from hoffice.settings import OnlineProvider, Settings
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient


def test_the_first_start_loads_the_demo_and_prints_only_the_sign_ins(app: Flask) -> None:
    first = app.test_cli_runner().invoke(args=["house", "prepare"])
    second = app.test_cli_runner().invoke(args=["house", "prepare"])

    lines = first.stdout.splitlines()
    assert len(lines) == len(Role)
    assert all("http://localhost/demo/anmelden/" in line for line in lines)
    assert [line for line in lines if " IT " in line]
    assert second.stdout == first.stdout
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Employee)) == 140


def test_on_the_first_morning_nearly_nobody_has_papers(app: Flask, stranger: PageClient) -> None:
    prepared = app.test_cli_runner().invoke(args=["house", "prepare", "--first-morning"])
    [sign_in] = re.findall(r"http://localhost(/demo/anmelden/hr/\w+)", prepared.stdout)
    app.test_cli_runner().invoke(args=["jobs", "work", "--once"])

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Pack)) == FIRST_PACKS
        assert service.untold() is None
    stranger.get(sign_in)
    page = stranger.get("/papiere/senden").text
    assert f"An {140 - FIRST_PACKS} Personen schicken" in page
    assert "Spittelmarkt 7, 10117 Berlin" in page  # what was agreed with the first ones


def test_nobody_is_asked_online_about_invented_people(settings: Settings) -> None:
    nowhere = OnlineProvider(name="photon", url="http://127.0.0.1:9")
    app = create_app(replace(settings, geocoder=nowhere))

    loaded = app.test_cli_runner().invoke(args=["demo", "load"])

    assert loaded.exit_code == 0, loaded.exception
    with app.app_context():
        remarks = db.session.scalars(select(Home.remarks)).all()
        db.session.remove()
        db.engine.dispose()
    assert not [one for some in remarks for one in some if one["finding"] == "provider_failed"]


def test_a_house_with_own_people_is_left_alone(app: Flask, given: Given) -> None:
    with given():
        makers.employee("Ayşe Kaya")

    prepared = app.test_cli_runner().invoke(args=["house", "prepare"])
    loaded = app.test_cli_runner().invoke(args=["demo", "load"])
    asked = app.test_cli_runner().invoke(args=["demo", "sign-ins"])

    assert prepared.exit_code == 0
    assert prepared.stdout == ""
    assert "not filled by the demo" in prepared.stderr
    assert loaded.exit_code == 1
    assert asked.exit_code == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Employee)) == 1
