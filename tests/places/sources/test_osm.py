"""OpenStreetMap extracts, and what they leave out."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import osmium
import pytest

from hoffice.errors import Refused
from hoffice.places.sources import osm as room
from hoffice.places.sources.entries import Entry, Flaw
from hoffice.places.sources.filling import filled
from hoffice.places.sources.opening import open_register
from tests.places.sources.files import OSM, write


def extract(folder: Path, kind: str) -> Path:
    """The same extract in every dress in which the servers hand it out."""
    plain = write(folder / "plain.osm", OSM)
    path = folder / f"extract.{kind}"
    if kind == "osm.pbf":
        with osmium.SimpleWriter(str(path)) as writer:
            for thing in osmium.FileProcessor(str(plain)):
                writer.add(thing)
        return path
    packings: dict[str, Callable[[bytes], bytes]] = {
        "osm": bytes,
        "osm.gz": gzip.compress,
        "osm.bz2": bz2.compress,
    }
    return write(path, packings[kind](plain.read_bytes()))


def expected() -> list[tuple[str, str, str, str]]:
    return [
        ("Hofweg", "2", "", ""),
        ("Kolonie Amsel", "3", "12045", "Berlin"),
        ("Kolonie Amsel", "5", "12045", "Berlin"),
        ("Lindenweg", "1", "", ""),
        ("Lindenweg", "1", "12045", ""),
    ]


@pytest.mark.parametrize("kind", ["osm", "osm.gz", "osm.bz2", "osm.pbf"])
def test_doors_and_buildings_are_read(tmp_path: Path, kind: str) -> None:
    path = extract(tmp_path, kind).rename(tmp_path / "named-otherwise")

    register = open_register(path)
    entries = list(register)

    assert sorted(entry[:4] for entry in entries) == expected()
    assert (register.origin.name, register.origin.rank) == ("osm", 20)
    assert register.origin.credit == "© OpenStreetMap contributors, ODbL 1.0"
    assert register.skipped.counts == {Flaw.ABROAD: 1, Flaw.NO_STREET: 1}


def test_the_door_tells_where_and_the_building_which_postcode(tmp_path: Path) -> None:
    entries = list(open_register(write(tmp_path / "x.osm", OSM)))

    points = {(entry.lat, entry.lon) for entry in entries if entry.street == "Lindenweg"}

    assert points == {(52.4865, 13.4246)}


def test_a_building_with_a_yard_lies_in_its_middle(tmp_path: Path) -> None:
    entries = list(open_register(write(tmp_path / "x.osm", OSM)))

    [yard] = [entry for entry in entries if entry.street == "Hofweg"]

    assert (yard.lat, yard.lon) == pytest.approx((52.50013, 13.40013), abs=1e-4)


def test_a_building_that_reaches_out_of_the_extract_is_read_as_far_as_it_goes(
    tmp_path: Path,
) -> None:
    torn = OSM.replace('<node id="23" lat="52.5002" lon="13.4004"/>', "")
    gone = torn.replace('<node id="21" lat="52.5000" lon="13.4000"/>', "").replace(
        '<node id="22" lat="52.5002" lon="13.4000"/>', ""
    )

    in_part = open_register(write(tmp_path / "torn.osm", torn))
    nowhere = open_register(write(tmp_path / "gone.osm", gone))

    assert "Hofweg" in {entry.street for entry in in_part}
    assert "Hofweg" not in {entry.street for entry in nowhere}


def test_a_building_whose_door_says_as_much_is_left_out(tmp_path: Path) -> None:
    same = OSM.replace(
        '<tag k="addr:housenumber" v="1"/><tag k="addr:postcode" v="12045"/>',
        '<tag k="addr:housenumber" v="1"/>',
    )

    entries = list(open_register(write(tmp_path / "x.osm", same)))

    assert len([entry for entry in entries if entry.street == "Lindenweg"]) == 1


def test_a_house_of_the_same_name_elsewhere_is_another(tmp_path: Path) -> None:
    far = OSM.replace("52.4864", "52.5864").replace(
        '52.4866" lon="13.4245', '52.5866" lon="13.4245'
    )
    far = far.replace('id="13" lat="52.4866"', 'id="13" lat="52.5866"')

    entries = list(open_register(write(tmp_path / "x.osm", far)))

    assert len({entry.lat for entry in entries if entry.street == "Lindenweg"}) == 2


@pytest.mark.parametrize("kind", ["osm", "osm.gz", "osm.pbf"])
def test_a_cut_extract_is_refused(tmp_path: Path, kind: str) -> None:
    whole = extract(tmp_path, kind).read_bytes()

    for part in (0.5, 0.8, 0.99):
        with pytest.raises(Refused):
            list(open_register(write(tmp_path / "cut", whole[: int(len(whole) * part)])))


def test_an_extract_without_addresses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no usable address"):
        list(open_register(write(tmp_path / "x.osm", '<osm version="0.6"></osm>')))


def test_without_osmium_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(room, "import_module", absent)

    with pytest.raises(Refused, match="pip install osmium"):
        open_register(write(tmp_path / "x.osm", OSM))


def test_what_lacks_a_postcode_takes_that_of_its_street_first() -> None:
    near = Entry("Querweg", "9", "10001", "Berlin", "", 52.48651, 13.4246)
    same = Entry("Lindenweg", "30", "10002", "Berlin", "", 52.4895, 13.4246)
    lacking = Entry("Lindenweg", "1", "", "", "", 52.4865, 13.4246)

    filling = filled([lacking, near, same])

    assert list(filling) == [near, same, lacking._replace(postcode="10002", city="Berlin")]
    assert filling.counts == {"street": 1, "city": 1, "left": 0}


def test_what_has_no_neighbour_of_its_street_takes_the_nearest_of_all() -> None:
    nearest = Entry("Querweg", "9", "10001", "Berlin", "", 52.4869, 13.4246)
    farther = Entry("Querweg", "10", "10002", "Berlin", "", 52.4860, 13.4253)
    far = Entry("Lindenweg", "30", "10003", "Berlin", "", 52.4920, 13.4246)
    lacking = Entry("Lindenweg", "1", "", "", "", 52.4865, 13.4246)

    filling = filled([far, farther, nearest, lacking])

    assert list(filling)[-1].postcode == "10001"
    assert filling.counts["nearest"] == 1


def test_nobody_within_500_metres_means_nothing_is_filled() -> None:
    far = Entry("Lindenweg", "30", "10003", "Berlin", "", 52.4912, 13.4246)
    lacking = Entry("Lindenweg", "1", "", "", "", 52.4865, 13.4246)
    without_point = Entry("Lindenweg", "2", "", "", "", None, None)

    filling = filled([far, lacking, without_point])

    assert list(filling) == [far, lacking, without_point]
    assert filling.counts == {"left": 2}


@pytest.mark.parametrize("away", [0.0001, 0.0009, 0.0021, 0.0031, 0.0044])
@pytest.mark.parametrize(("north", "east"), [(1, 0), (-1, 0), (0, 1), (0, -1), (0.7, -0.7)])
def test_a_neighbour_is_found_in_every_direction(away: float, north: float, east: float) -> None:
    lacking = Entry("Lindenweg", "1", "", "Berlin", "", 52.4865, 13.4246)
    near = Entry(
        "Querweg", "9", "10001", "Berlin", "", 52.4865 + north * away, 13.4246 + east * away
    )

    assert list(filled([near, lacking]))[-1].postcode == "10001"
