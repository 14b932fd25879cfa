"""Registers as GeoPackage."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from hoffice.errors import Refused
from hoffice.places.sources.entries import Flaw
from hoffice.places.sources.geopackage import point_of
from hoffice.places.sources.opening import open_register
from hoffice.places.sources.projection import utm_of_degrees
from tests.places.sources.files import GUBEN, ROWS, geopackage, gpkg_point, packed, write


def test_the_addresses_of_brandenburg_are_read(tmp_path: Path) -> None:
    register = open_register(geopackage(tmp_path / "b.gpkg"))
    entries = list(register)

    assert [entry[:5] for entry in entries] == [
        ("Alte Poststraße", "7b", "03172", "Guben", "Deulowitz"),
        ("Alte Poststraße", "40/p11", "03172", "Guben", ""),
        ("Alte Poststraße", "8/1", "03172", "Guben", ""),
    ]
    assert (entries[0].lat, entries[0].lon) == pytest.approx(GUBEN, abs=1e-8)
    assert (register.origin.name, register.origin.rank) == ("brandenburg", 10)
    assert "GeoBasis-DE/LGB" in register.origin.credit
    assert register.total == len(ROWS)


@pytest.mark.parametrize(
    "columns",
    [
        ("geom", "strasse", "hausnummer", "hausnrzus", "plz", "ort", "ortsteil"),
        ("geom", "Straßenname", "Hausnummer", "Zusatz", "Postleitzahl", "Gemeinde", "OTT"),
        ("geom", "strassenname", "hnr", "adz", "postplz", "post_ort", "ortsteil"),
    ],
)
def test_columns_by_other_names_are_found(tmp_path: Path, columns: tuple[str, ...]) -> None:
    blob = gpkg_point(*utm_of_degrees(*GUBEN))
    row = (blob, "Allee", "1", "a", "03172", "Guben", "Mitte")

    [entry] = open_register(geopackage(tmp_path / "b.gpkg", columns, [row], table='odd "name'))

    assert entry[:5] == ("Allee", "1a", "03172", "Guben", "Mitte")
    assert (entry.lat, entry.lon) == pytest.approx(GUBEN, abs=1e-8)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("envelope", [True, False])
def test_points_are_read_in_either_order_of_bytes(order: str, *, envelope: bool) -> None:
    assert point_of(gpkg_point(1.5, 2.5, envelope=envelope, order=order)) == (1.5, 2.5)


def test_a_group_of_one_point_is_a_point_and_an_empty_one_none() -> None:
    head = b"GP\0\1" + bytes(4)
    point = struct.pack("<BIdd", 1, 1, 1.5, 2.5)

    assert point_of(head + struct.pack("<BII", 1, 4, 1) + point) == (1.5, 2.5)
    assert point_of(b"GP\0\x11" + bytes(4)) == (None, None)
    assert point_of(head + struct.pack("<BIdd", 1, 1, float("nan"), float("nan"))) == (None, None)


@pytest.mark.parametrize("blob", [b"XX", b"GP\0\1" + bytes(4), b"GP\0\x0f" + bytes(90)])
def test_a_geometry_that_is_none_is_skipped(tmp_path: Path, blob: bytes) -> None:
    register = open_register(geopackage(tmp_path / "b.gpkg", point=blob, rows=ROWS[:2]))

    with pytest.raises(Refused, match="no usable address"):
        list(register)

    assert register.skipped.first == {Flaw.FAR_AWAY: [1, 2]}


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    rows = [(no, "12", "Guben", None, "Alte Poststraße", no, "", "03172") for no in range(2000)]
    whole = geopackage(tmp_path / "b.gpkg", rows=rows).read_bytes()

    for length in range(17, len(whole), 4099):
        with pytest.raises(Refused, match="cut off"):
            list(open_register(write(tmp_path / "cut.gpkg", whole[:length])))


def test_a_damaged_file_is_refused_or_read_but_never_breaks(tmp_path: Path) -> None:
    whole = geopackage(tmp_path / "b.gpkg").read_bytes()

    for at in range(100, len(whole), 997):
        damaged = whole[:at] + b"\xff" * 50 + whole[at + 50 :]
        try:
            entries = list(open_register(write(tmp_path / "d.gpkg", damaged)))
        except Refused:
            continue
        assert len(entries) <= len(ROWS)


def test_a_file_is_not_touched(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "b.gpkg")
    before = path.read_bytes()

    list(open_register(path))

    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["b.gpkg"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda at: write(at, b"SQLite format 3\0" + b"x" * 5000), "damaged|cut off"),
        (lambda at: write(at, b"SQLite format 3\0"), "cut off"),
        (lambda at: geopackage(at, ("a", "b"), [(1, 2)], table="trees"), "it has trees"),
        (lambda at: geopackage(at, epsg=3068), "EPSG:3068"),
        (lambda at: geopackage(at, rows=[]), "no usable address"),
    ],
)
def test_what_is_no_register_is_refused(tmp_path: Path, make: object, sentence: str) -> None:
    assert callable(make)

    with pytest.raises(Refused, match=sentence):
        list(open_register(make(tmp_path / "b.gpkg")))


def test_a_packed_one_has_to_be_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "b.gpkg.gz", geopackage(tmp_path / "b.gpkg").read_bytes())

    with pytest.raises(Refused, match="Unpack it"):
        open_register(path)
