"""Where the ground of the maps may come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoffice.settings import Settings, SettingsError

GOOD = {"HOFFICE_SECRET_KEY": "k" * 40, "HOFFICE_URL": "https://hoffice.example"}
TILES = {
    "HOFFICE_TILES_URL": "https://kacheln.example/{z}/{x}/{y}.png",
    "HOFFICE_TILES_CREDIT": "© Kachelwerk",
}


def test_by_default_nobody_is_asked() -> None:
    settings = Settings.from_env(GOOD)

    assert (settings.tiles_url, settings.tiles_origin, settings.pmtiles) == ("", "", None)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://kacheln.example/{z}/{x}/{y}.png", "https://kacheln.example"),
        ("https://kacheln.example:8443/a/{z}/{y}/{x}?k=1", "https://kacheln.example:8443"),
        ("http://127.0.0.1:8080/{z}/{x}/{y}.png", "http://127.0.0.1:8080"),
    ],
)
def test_a_server_of_tiles_is_known_by_its_origin(url: str, origin: str) -> None:
    settings = Settings.from_env({**GOOD, **TILES, "HOFFICE_TILES_URL": url})

    assert (settings.tiles_url, settings.tiles_origin) == (url, origin)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("kacheln.example/{z}/{x}/{y}.png", "is no address"),
        ("ftp://kacheln.example/{z}/{x}/{y}.png", "is no address"),
        ("http://kacheln.example/{z}/{x}/{y}.png", "needs https"),
        ("https://kacheln.example/{z}/{x}.png", "must name"),
        ("https://kacheln.example/{z}/{x}/{y}/{y}.png", "must name"),
        ("https://kacheln.example/{z}/{x}/{y}{r}.png", "must name"),
        ("https://{s}.kacheln.example/{z}/{x}/{y}.png", "is no address"),
        ("https://me:hush@kacheln.example/{z}/{x}/{y}.png", "password"),
        ("https://kacheln.example;script-src/{z}/{x}/{y}.png", "is no address"),
        ("https://kacheln.example:99999/{z}/{x}/{y}.png", "is no address"),
        ("https://*/{z}/{x}/{y}.png", "is no address"),
    ],
)
def test_an_unfit_address_of_tiles_is_named(url: str, word: str) -> None:
    with pytest.raises(SettingsError, match=word) as refusal:
        Settings.from_env({**GOOD, **TILES, "HOFFICE_TILES_URL": url})

    assert "hush" not in str(refusal.value)


def test_tiles_without_their_credit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HOFFICE_TILES_CREDIT"):
        Settings.from_env({**GOOD, **TILES, "HOFFICE_TILES_CREDIT": " "})
    with pytest.raises(SettingsError, match="HOFFICE_TILES_CREDIT"):
        Settings.from_env({**GOOD, "HOFFICE_PMTILES": str(tmp_path / "x")})


def test_a_file_of_tiles_is_looked_into_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "berlin.pmtiles"
    env = {**GOOD, "HOFFICE_PMTILES": str(file), "HOFFICE_TILES_CREDIT": "© OSM"}

    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.from_env(env)
    file.write_bytes(b"SQLite format 3")
    with pytest.raises(SettingsError, match="no PMTiles file of version 3"):
        Settings.from_env(env)
    file.write_bytes(b"PMTiles\x02")
    with pytest.raises(SettingsError, match="no PMTiles file of version 3"):
        Settings.from_env(env)
    file.write_bytes(b"PMTiles\x03")
    assert Settings.from_env(env).pmtiles == file


def test_two_grounds_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="choose one"):
        Settings.from_env({**GOOD, **TILES, "HOFFICE_PMTILES": str(tmp_path / "x")})
