"""What is offered as a register and is none, and the real ones where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hoffice.errors import Refused
from hoffice.places.sources.filling import filled
from hoffice.places.sources.opening import open_register
from tests.places.sources.files import write

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def real(name: str) -> Path:
    """A real register beside the project, or a visible skip."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real register is not here: ../shared/data/{name}")
    return path


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n  \r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (bytes(5000), "is empty"),
        (b"PK\x03\x04" + b"x" * 100, "archive"),
        (b"\xfd7zXZ\0" + b"x" * 100, "archive"),
        (b"\x1f\x8b\x08\x00" + b"rubbish" * 20, "damaged|cut off"),
        (b"BZh9" + b"rubbish" * 20, "damaged|cut off"),
        (b"\x1f\x8b", "damaged|cut off"),
        (b"<!DOCTYPE html>\n<html><body>Error 500</body></html>", "web page"),
        (b"\xef\xbb\xbf\n <HTML><head>", "web page"),
        (b"%PDF-1.7\n\x00\x01\x02", "damaged|no GeoPackage"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "damaged|no GeoPackage"),
        (bytes(range(256)) * 50, "damaged|no GeoPackage"),
        (b"\x0a\x09OSMHeader" + b"x" * 50, "damaged"),
        (b"just a line of words", "no column|no GeoPackage"),
        (b"street;housenumber\nWeg;1\n" + b"x;1\n" * 9000 + b"\0\0\0", "damaged|no GeoPackage"),
        (b"street;housenumber\nWeg;1\n" + b"\x81\x8d;1\n" * 9, "damaged|garbled|no GeoPackage"),
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.gpkg"])
def test_what_is_no_register_is_refused_whatever_its_name(
    tmp_path: Path, content: bytes, sentence: str, name: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        list(open_register(write(tmp_path / name, content)))


@pytest.mark.parametrize("name", ["no.gpkg", "NO.GPKG"])
@pytest.mark.parametrize(
    "content", [b"it has not a database at all, sorry", b"\x89PNG\r\n\x1a\n\0"]
)
def test_what_is_only_named_a_geopackage_is_told_so(
    tmp_path: Path, name: str, content: bytes
) -> None:
    with pytest.raises(Refused, match=rf"^{name} is no GeoPackage"):
        open_register(write(tmp_path / name, content))


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is a folder"):
        open_register(tmp_path)
    with pytest.raises(Refused, match="There is no file"):
        open_register(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("seed", range(30))
def test_no_rubbish_breaks_it(tmp_path: Path, seed: int) -> None:
    heads = [b"{", b"<a", b"SQLite format 3\0", b"\x1f\x8b", b"street,hnr\n", b'{"features":[', b""]
    content = heads[seed % len(heads)] + os.urandom(3000)

    with pytest.raises(Refused):
        list(open_register(write(tmp_path / "x", content)))


def test_the_whole_register_of_berlin_is_read_with_its_squares() -> None:
    path = real("addresses/berlin_register_2023.csv.gz")

    register = open_register(path)
    entries = list(register)

    assert register.total == 401_032
    assert len(entries) == 401_032
    assert not register.skipped.total
    assert sum(not entry.housenumber for entry in entries) == 296, "squares"


def test_the_points_of_berlin_and_brandenburg_are_read() -> None:
    berlin = list(open_register(real("addresses/berlin_points.csv")))
    brandenburg = list(open_register(real("addresses/brandenburg_points.csv.gz")))

    assert (len(berlin), len(brandenburg)) == (7087, 26060)
    assert all(entry.lat is not None for entry in berlin + brandenburg)
    assert {len(entry.postcode) for entry in brandenburg} == {5}


def test_a_part_of_munich_is_read_and_its_gaps_are_filled() -> None:
    filling = filled(open_register(real("roads/munchen.osm.pbf")))
    entries = list(filling)

    assert len(entries) > 2000
    assert filling.counts["street"] > 300
    assert filling.counts["left"] == 0
    assert {entry.postcode[:2] for entry in entries} == {"80"}
