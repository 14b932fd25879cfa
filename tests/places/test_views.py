"""What a map asks the house for: surroundings, tiles of its own, and whose data they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from hoffice.accounts.rules import Role
from hoffice.db import unit_of_work
from hoffice.factory import create_app
from hoffice.settings import Settings
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.places.neighbours import neighbours

ENGLISH = {"Accept-Language": "en"}
TILES = "https://kacheln.example/{z}/{x}/{y}.png"


def test_the_houses_and_stops_around_a_pin(it: PageClient, given: Given) -> None:
    with given():
        neighbours({"914": (52.4812, 13.4362)}, street="Sonnenallee")

    found = it.get("/orte/umgebung.json?lat=52.481&lon=13.436").get_json()

    assert found["houses"] == [["Sonnenallee", "914", 52.4812, 13.4362]]
    assert 3 < len(found["stops"]) < 60


@pytest.mark.parametrize(
    "question", ["", "?lat=52.5", "?lat=nan&lon=13", "?lat=91&lon=13", "?lat=a&lon=b"]
)
def test_a_question_without_a_point_is_a_bad_one(it: PageClient, question: str) -> None:
    assert it.get(f"/orte/umgebung.json{question}").status_code == 400


def test_who_does_not_change_people_sees_no_surroundings(
    signed_in: Callable[..., PageClient],
) -> None:
    for role in (Role.DRIVER, Role.LEAD, Role.AUDITOR, Role.DPO):
        answer = signed_in(role).get("/orte/umgebung.json?lat=52.481&lon=13.436")
        assert answer.status_code == 403


def house_with(settings: Settings, **changes: object) -> Flask:
    return create_app(replace(settings, **changes))  # type: ignore[arg-type]  # fields by name


def client_of(app: Flask, role: Role) -> PageClient:
    with app.app_context(), unit_of_work():
        account = makers.account(role)
        known = account.id, account.session_epoch
    client = PageClient(app)
    client.be_account(*known)
    return client


def test_the_policy_names_nobody_else_by_default(it: PageClient) -> None:
    policy = it.get("/orte/quellen").headers["Content-Security-Policy"]

    assert "http" not in policy
    assert "img-src 'self' data: blob:;" in policy


def test_the_policy_opens_for_images_of_the_chosen_host_and_nothing_more(
    settings: Settings,
) -> None:
    app = house_with(settings, tiles_url=TILES, tiles_credit="© Kachelwerk")

    page = client_of(app, Role.IT).get("/orte/quellen", headers=ENGLISH)

    policy = page.headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://kacheln.example;" in policy
    assert policy.count("kacheln") == 1
    assert "fetched from kacheln.example: © Kachelwerk" in page.text
    assert "kacheln.example" in app.test_client().get("/datenschutz").text


def test_a_map_carries_the_tiles_and_their_credit(settings: Settings) -> None:
    app = house_with(settings, tiles_url=TILES, tiles_credit="© Kachelwerk")

    page = client_of(app, Role.IT).get("/fahrten/lager").text

    assert f'data-tiles="{TILES}"' in page
    assert 'data-credit="© Kachelwerk"' in page


def test_a_file_of_tiles_is_given_in_pieces(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "berlin.pmtiles"
    file.write_bytes(b"PMTiles\x03" + bytes(range(200)))
    app = house_with(settings, pmtiles=file, tiles_credit="© OpenStreetMap contributors")
    client = client_of(app, Role.DRIVER)

    piece = client.get("/orte/grund.pmtiles", headers={"Range": "bytes=8-17"})
    end = client.get("/orte/grund.pmtiles", headers={"Range": "bytes=200-9999"})

    assert (piece.status_code, piece.data) == (206, bytes(range(10)))
    assert piece.headers["Content-Range"] == "bytes 8-17/208"
    assert (end.headers["Content-Range"], end.data[-1]) == ("bytes 200-207/208", 199)
    assert piece.headers["ETag"] == end.headers["ETag"]
    assert "http" not in piece.headers["Content-Security-Policy"]

    file.write_bytes(b"PMTiles\x03" + bytes(300))
    newer = client.get("/orte/grund.pmtiles", headers={"Range": "bytes=8-17"})
    assert newer.headers["ETag"] != piece.headers["ETag"]


@pytest.mark.parametrize("asked", ["bytes=5000-6000", "bytes=0-3,5-9", "lines=1-2", ""])
def test_other_pieces_than_one_of_its_own_are_refused(
    settings: Settings, tmp_path: Path, asked: str
) -> None:
    file = tmp_path / "berlin.pmtiles"
    file.write_bytes(b"PMTiles\x03")
    app = house_with(settings, pmtiles=file, tiles_credit="©")

    answer = client_of(app, Role.IT).get("/orte/grund.pmtiles", headers={"Range": asked})

    assert answer.status_code == 416


def test_strangers_get_no_tiles(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "berlin.pmtiles"
    file.write_bytes(b"PMTiles\x03")
    app = house_with(settings, pmtiles=file, tiles_credit="©")

    answer = app.test_client().get("/orte/grund.pmtiles")

    assert answer.status_code == 302
    assert answer.location.startswith("/anmelden")


def test_without_a_file_there_are_no_tiles(it: PageClient) -> None:
    assert it.get("/orte/grund.pmtiles").status_code == 404


def test_every_source_of_addresses_is_named_with_its_credit(it: PageClient, given: Given) -> None:
    with given():
        neighbours({"1": None}, street="Sonnenallee", source="eigene-liste")

    page = it.get("/orte/quellen", headers=ENGLISH).text

    assert "eigene-liste" in page
    assert "No map asks another server." in page
    for owner in ("Natural Earth", "GeoNames", "VBB", "© OpenStreetMap contributors"):
        assert owner in page
