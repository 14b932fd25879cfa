"""A trial of the online provider at the terminal, and what the doctor says about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask

from hoffice.db import db
from hoffice.factory import create_app
from hoffice.settings import OnlineProvider, Settings
from tests.contracts.online_answers import Place, photon
from tests.contracts.online_dialects import KEY
from tests.contracts.online_servers import Server, listening

SONNENALLEE = ("Sonnenallee", "112", "12045", "Berlin")


@pytest.fixture
def server() -> Iterator[Server]:
    with listening() as server:
        yield server


@pytest.fixture
def asking(settings: Settings, server: Server) -> Iterator[Flask]:
    provider = OnlineProvider(name="photon", url=server.url)
    app = create_app(replace(settings, geocoder=provider))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def ask(app: Flask, *address: str) -> Result:
    return app.test_cli_runner().invoke(args=["places", "ask-online", *(address or SONNENALLEE)])


def test_the_admin_tries_the_provider(asking: Flask, server: Server) -> None:
    server.says(photon([Place()]))

    first, second = ask(asking), ask(asking)

    assert first.exit_code == second.exit_code == 0
    assert "Photon: to the house Sonnenallee 112, 12045 Berlin" in first.stdout
    assert "52.481200, 13.435600 (about 20 m)" in first.stdout
    assert "OpenStreetMap" in first.stdout
    assert "asked just now" in first.stdout
    assert "kept from an earlier time" in second.stdout
    assert len(server.asked) == 1


def test_candidates_are_shown(asking: Flask, server: Server) -> None:
    server.says(photon([Place(postcode="12059")]))

    result = ask(asking)

    assert "Did you mean one of these?" in result.stdout
    assert "? Sonnenallee 112, 12059 Berlin (Neukölln)" in result.stdout


def test_a_failure_is_one_sentence_and_an_exit_code(asking: Flask, server: Server) -> None:
    server.says({}, status=429, Retry_After="90")

    first, second = ask(asking), ask(asking)

    assert first.exit_code == second.exit_code == 1
    assert "Photon did not answer: it asks us to wait." in first.stdout
    assert "asked just now" in first.stdout
    assert "nobody was asked" in second.stdout
    assert "many are asking at once; try again in" in second.stdout


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (("", "", "", ""), "street is missing"),
        (("Postfach 1234", "", "12045", "Berlin"), "post office box"),
        (("Rue de Rivoli", "1", "75001", "Paris, Frankreich"), "outside Germany"),
    ],
)
def test_an_address_that_is_asked_of_nobody_says_so_and_why(
    asking: Flask, server: Server, address: tuple[str, ...], reason: str
) -> None:
    result = ask(asking, *address)

    assert result.exit_code == 1
    assert "nobody was asked" in result.stdout
    assert "asked just now" not in result.stdout
    assert reason in result.stdout
    assert server.asked == []


def test_without_a_provider_nobody_is_asked(app: Flask) -> None:
    result = ask(app)

    assert result.exit_code == 1
    assert "HOFFICE_GEOCODER is not set" in result.stderr


def doctor(app: Flask) -> tuple[str, str]:
    result = app.test_cli_runner().invoke(args=["doctor"])
    verdict = json.loads(result.stdout.splitlines()[-1])["checks"]["geocoder"]
    (line,) = [line for line in result.stdout.splitlines() if " geocoder " in line]
    return verdict, line


def test_the_doctor_says_who_is_asked_and_asks_nobody(
    app: Flask, asking: Flask, server: Server
) -> None:
    assert doctor(app)[0] == "ok"
    assert "no address leaves the house" in doctor(app)[1]
    assert doctor(asking)[0] == "ok"
    assert server.url in doctor(asking)[1]
    assert server.asked == []


@pytest.mark.parametrize(
    ("provider", "verdict", "word"),
    [
        (OnlineProvider(name="nominatim"), "hint", "never lists"),
        (OnlineProvider(name="here", key=KEY), "ok", "HERE, by its key"),
    ],
)
def test_the_doctor_knows_public_servers_and_keeps_keys(
    provider: OnlineProvider, verdict: str, word: str, settings: Settings
) -> None:
    told, line = doctor(create_app(replace(settings, geocoder=provider)))

    assert told == verdict
    assert word in line
    assert KEY not in line
