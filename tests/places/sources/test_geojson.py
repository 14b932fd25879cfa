"""Registers as GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hoffice.errors import Refused
from hoffice.places.sources import geojson as room
from hoffice.places.sources.entries import Entry, Flaw
from hoffice.places.sources.opening import open_register
from tests.places.sources.files import (
    ALEXANDERPLATZ,
    HERMANNPLATZ,
    collection,
    feature,
    geojson,
    packed,
    write,
)


def test_the_official_addresses_of_berlin_are_read(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "b.json",
        [feature("Lindenweg", "12", "A"), feature("Am Markt", "3", at=ALEXANDERPLATZ)],
        numberMatched=400_000,
    )

    register = open_register(path)
    first, second = register

    assert first[:5] == ("Lindenweg", "12A", "12045", "Berlin", "Neukölln")
    assert (first.lat, first.lon) == pytest.approx(HERMANNPLATZ, abs=1e-8)
    assert (second.lat, second.lon) == pytest.approx(ALEXANDERPLATZ, abs=1e-8)
    assert (register.origin.kind, register.origin.name, register.origin.rank) == (
        "geojson",
        "berlin",
        10,
    )
    assert register.announced == 400_000
    assert register.progress == 1.0


def test_degrees_are_recognised_whatever_the_file_says(tmp_path: Path) -> None:
    there = feature("Lindenweg")
    there["geometry"]["coordinates"] = [13.4246, 52.4865]

    [entry] = open_register(geojson(tmp_path / "b.json", [there]))

    assert (entry.lat, entry.lon) == (52.4865, 13.4246)


def test_numbers_for_words_and_the_head_before_the_features_are_read(tmp_path: Path) -> None:
    there = feature("Lindenweg")
    there["properties"] |= {"hnr": 12, "plz": 3172.0}
    body = collection([there])
    head_first = {"crs": body.pop("crs"), **dict(sorted(body.items(), reverse=True))}

    register = open_register(packed(tmp_path / "b.json.gz", json.dumps(head_first, indent=2)))

    assert register.total == 1
    assert [entry[:3] for entry in register] == [("Lindenweg", "12", "03172")]


def test_other_words_of_other_states_are_read(tmp_path: Path) -> None:
    there = feature("")
    there["properties"] = {"Straße": "Allee", "Hausnummer": "1", "Ort": "Guben", "PLZ": "03172"}

    register = open_register(geojson(tmp_path / "guben.json", [there]))

    assert [entry[:4] for entry in register] == [("Allee", "1", "03172", "Guben")]
    assert register.origin.name == "guben"


def test_features_that_straddle_two_reads_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = geojson(tmp_path / "b.json", [feature(f"Straße Nr. {no}") for no in range(50)])

    for chunk in (1, 7, 333):
        monkeypatch.setattr(room, "CHUNK_BYTES", chunk)
        assert [entry.street for entry in open_register(path)] == [
            f"Straße Nr. {no}" for no in range(50)
        ]


def test_a_house_without_a_point_is_known_to_be_there(tmp_path: Path) -> None:
    there = feature("Lindenweg", "2")
    there["geometry"] = None

    entries = list(open_register(geojson(tmp_path / "b.json", [feature("Lindenweg"), there])))

    assert entries[1] == Entry("Lindenweg", "2", "12045", "Berlin", "Neukölln", None, None)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[390_000, 5_820_000]]},
        {"type": "Point", "coordinates": ["x", "y"]},
        {"type": "Point", "coordinates": []},
        {"type": "Point"},
        "POINT",
        {"type": "Point", "coordinates": [float("nan"), 1]},
    ],
)
def test_a_geometry_that_is_no_point_is_skipped(tmp_path: Path, geometry: Any) -> None:
    odd = feature("Lindenweg", "2")
    odd["geometry"] = geometry

    register = open_register(geojson(tmp_path / "b.json", [feature("Lindenweg"), odd]))

    assert len(list(register)) == 1
    assert register.skipped.first == {Flaw.FAR_AWAY: [2]}


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = json.dumps(collection([feature("Lindenweg", str(no)) for no in range(1, 6)]))

    for length in range(1, len(whole), 17):
        with pytest.raises(Refused):
            list(open_register(write(tmp_path / "b.json", whole[:length])))


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "b.gz", json.dumps(collection([feature("Lindenweg")] * 300)))
    whole = path.read_bytes()

    for length in range(3, len(whole), 101):
        with pytest.raises(Refused, match=r"cut off|damaged"):
            list(open_register(write(tmp_path / "cut.gz", whole[:length])))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"type": "Topology", "objects": {}}', "no FeatureCollection"),
        ("[1, 2, 3]", "no FeatureCollection"),
        ('{"type":"FeatureCollection","features":[]}', "^b.json is .* without a single feature"),
        ('{"type":"FeatureCollection","features":[1]}', "damaged"),
        ('{"type":"FeatureCollection","features":[{"properties":{"a":1}}]}', "it has a"),
        ('{"type":"FeatureCollection","features":["' + "x" * 100 + '"]}', "damaged"),
        ('{"features":[{"a":' + "[" * 200_000 + "]}", "damaged|cut"),
        ('{"exceptions":[{"code":"x","text":"Unknown type"}]}', "Unknown type"),
        ('{"x":"' + "y" * 3_000_000 + '"}', "no FeatureCollection"),
        ('{"features":[{"properties":{"str_name":"' + "y" * 3_000_000 + '"}}]}', "damaged|no"),
    ],
)
def test_what_is_no_register_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        list(open_register(write(tmp_path / "b.json", text)))


def test_fewer_features_than_announced_are_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "b.json", [feature("Lindenweg")], numberReturned=2)

    with pytest.raises(Refused, match="has 1"):
        list(open_register(path))


def test_a_system_that_nobody_expects_is_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:3068"}}

    with pytest.raises(Refused, match="EPSG:3068"):
        open_register(geojson(tmp_path / "b.json", [feature("Lindenweg")], crs=crs))
