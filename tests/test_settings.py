"""What the house refuses to start with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hoffice.settings import RoadEngine, RoadSettings, Settings, SettingsError

KEY = "k" * 40
GOOD = {"HOFFICE_SECRET_KEY": KEY, "HOFFICE_URL": "https://hoffice.example"}


def test_production_starts_with_a_key_and_an_address() -> None:
    settings = Settings.from_env(GOOD)

    assert settings.url == "https://hoffice.example"
    assert settings.is_secure
    assert not settings.demo


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"HOFFICE_SECRET_KEY": ""}, "HOFFICE_SECRET_KEY"),
        ({"HOFFICE_SECRET_KEY": "short"}, "32"),
        ({"HOFFICE_URL": ""}, "HOFFICE_URL"),
        ({"HOFFICE_URL": "http://hoffice.example"}, "https"),
        ({"HOFFICE_URL": "https://hoffice.example/path"}, "plain address"),
        ({"HOFFICE_DEMO": "1"}, "this computer only"),
        ({"HOFFICE_DEMO": "perhaps"}, "neither yes nor no"),
        ({"HOFFICE_DATABASE_URL": "mysql://x"}, "neither sqlite"),
        ({"HOFFICE_SMTP_URL": "http://x"}, "HOFFICE_SMTP_URL"),
        ({"HOFFICE_SMTP_URL": "smtp://mail.example?starttls=no"}, "starttls"),
        ({"HOFFICE_TRUSTED_PROXIES": "-1"}, "too small"),
        ({"HOFFICE_LINK_VALID_DAYS": "viele"}, "whole number"),
    ],
)
def test_each_unsafe_setting_is_named(change: dict[str, str], word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        Settings.from_env({**GOOD, **change})


def test_the_phone_of_the_office_is_nobodys_until_it_is_set() -> None:
    assert not Settings.from_env(GOOD).office_phone
    told = Settings.from_env({**GOOD, "HOFFICE_OFFICE_PHONE": " 030 5550 112 "})

    assert told.office_phone == "030 5550 112"


def test_labels_name_people_until_the_house_says_no() -> None:
    assert Settings.from_env(GOOD).label_names
    assert not Settings.from_env({**GOOD, "HOFFICE_LABEL_NAMES": "no"}).label_names
    with pytest.raises(SettingsError, match="HOFFICE_LABEL_NAMES"):
        Settings.from_env({**GOOD, "HOFFICE_LABEL_NAMES": "perhaps"})


def test_a_secret_never_shows_in_a_printed_setting() -> None:
    settings = Settings.from_env(
        {**GOOD, "HOFFICE_SMTP_URL": "smtp://me:hush@mail.example:587", "HOFFICE_DATABASE_URL": ""}
    )

    assert KEY not in repr(settings)
    assert "hush" not in repr(settings)


def test_a_postgresql_address_is_spelt_for_its_driver() -> None:
    settings = Settings.from_env({**GOOD, "HOFFICE_DATABASE_URL": "postgres://u:p@h/n"})

    assert settings.database_url == "postgresql+psycopg://u:p@h/n"


ONLINE = [
    ({"HOFFICE_GEOCODER": "nominatim"}, ("nominatim", "")),
    (
        {"HOFFICE_GEOCODER": "Photon", "HOFFICE_GEOCODER_URL": "http://photon:2322/"},
        ("photon", "http://photon:2322"),
    ),
    (
        {"HOFFICE_GEOCODER": "pelias", "HOFFICE_GEOCODER_URL": "http://10.0.0.7:4000"},
        ("pelias", "http://10.0.0.7:4000"),
    ),
    (
        {"HOFFICE_GEOCODER": "nominatim", "HOFFICE_GEOCODER_URL": "https://geo.firma.de/nominatim"},
        ("nominatim", "https://geo.firma.de/nominatim"),
    ),
    ({"HOFFICE_GEOCODER": "here", "HOFFICE_GEOCODER_KEY": "hush"}, ("here", "")),
]


@pytest.mark.parametrize(("change", "told"), ONLINE)
def test_an_online_geocoder_is_chosen_by_name(
    change: dict[str, str], told: tuple[str, str]
) -> None:
    provider = Settings.from_env({**GOOD, **change}).geocoder

    assert provider is not None
    assert (provider.name, provider.url) == told


def test_without_a_word_nobody_is_asked_online() -> None:
    assert Settings.from_env(GOOD).geocoder is None


@pytest.mark.parametrize(
    ("name", "url", "key", "word"),
    [
        ("", "https://geo.firma.de", "", "HOFFICE_GEOCODER is not set"),
        ("", "", "hush", "HOFFICE_GEOCODER is not set"),
        ("gogle", "", "hush", "not known: one of azure"),
        ("here", "", "", "needs HOFFICE_GEOCODER_KEY"),
        ("here", "https://geo.firma.de", "hush", "address of its own"),
        ("photon", "", "", "needs HOFFICE_GEOCODER_URL"),
        ("nominatim", "", "hush", "takes no HOFFICE_GEOCODER_KEY"),
        ("photon", "http://photon.firma.de", "", "needs https"),
        ("photon", "http://8.8.8.8", "", "needs https"),
        ("photon", "https://me:hush@photon.firma.de", "", "user or password"),
        ("photon", "photon.firma.de", "", "no address"),
        ("photon", "https://photon.firma.de/?q=1", "", "without a query"),
    ],
)
def test_an_online_geocoder_that_could_not_work_is_refused(
    name: str, url: str, key: str, word: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(word)) as error:
        Settings.from_env(
            {
                **GOOD,
                "HOFFICE_GEOCODER": name,
                "HOFFICE_GEOCODER_URL": url,
                "HOFFICE_GEOCODER_KEY": key,
            }
        )

    assert "hush" not in str(error.value)


def test_the_key_of_a_geocoder_never_shows() -> None:
    change = {"HOFFICE_GEOCODER": "here", "HOFFICE_GEOCODER_KEY": "hush"}

    assert "hush" not in repr(Settings.from_env({**GOOD, **change}))


def test_a_road_engine_is_chosen_by_name_and_address() -> None:
    settings = Settings.from_env(
        {**GOOD, "HOFFICE_ROADS": "OSRM", "HOFFICE_ROADS_URL": "http://roads.firma.lan:5000/"}
    )

    assert settings.roads == RoadSettings(RoadEngine.OSRM, "http://roads.firma.lan:5000")
    assert settings.travel_model == "osrm"


def test_without_a_road_engine_the_embedded_model_stands_in() -> None:
    settings = Settings.from_env(GOOD)

    assert settings.roads is None
    assert settings.travel_model == "default"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"HOFFICE_ROADS": "graphhopper"}, "no road engine"),
        ({"HOFFICE_ROADS": "osrm"}, "needs HOFFICE_ROADS_URL"),
        ({"HOFFICE_ROADS": "valhalla", "HOFFICE_ROADS_URL": "localhost:8002"}, "plain address"),
        ({"HOFFICE_ROADS": "osrm", "HOFFICE_ROADS_URL": "ftp://x"}, "plain address"),
        ({"HOFFICE_ROADS": "osrm", "HOFFICE_ROADS_URL": "http://"}, "plain address"),
        ({"HOFFICE_ROADS": "osrm", "HOFFICE_ROADS_URL": "http://x:port"}, "plain address"),
        ({"HOFFICE_ROADS": "osrm", "HOFFICE_ROADS_URL": "http://me:pw@x"}, "plain address"),
        ({"HOFFICE_ROADS": "osrm", "HOFFICE_ROADS_URL": "http://x/?key=1"}, "plain address"),
        ({"HOFFICE_ROADS": "osrm-file"}, "needs HOFFICE_ROADS_FILE"),
        ({"HOFFICE_ROADS": "osrm-file", "HOFFICE_ROADS_FILE": "/no/town.osrm"}, "osrm-contract"),
    ],
)
def test_a_road_engine_that_could_not_work_is_refused(change: dict[str, str], word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        Settings.from_env({**GOOD, **change})


def test_a_prepared_map_without_the_package_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "town.osrm.hsgr").touch()
    asked = {
        **GOOD,
        "HOFFICE_ROADS": "osrm-file",
        "HOFFICE_ROADS_FILE": str(tmp_path / "town.osrm"),
    }

    monkeypatch.setattr("hoffice.settings.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"Python 3\.12"):
        Settings.from_env(asked)

    monkeypatch.setattr("hoffice.settings.find_spec", lambda _name: object())
    assert Settings.from_env(asked).travel_model == "osrm-file"


@pytest.mark.parametrize(
    "words", [["agreements", "seal-key", "make"], ["--help"]], ids=["deed", "help"]
)
def test_a_command_that_cannot_start_says_one_sentence_and_no_more(words: list[str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, **GOOD, "HOFFICE_SEAL_PASSWORD": "short"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert answer.stderr == "Error: HOFFICE_SEAL_PASSWORD has 5 characters; 12 are the least\n"
