"""The drawn ground is coarse, but not wrong: postcodes, towns and lines lie where they belong."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hoffice.places.geocoders.postcodes import centroid
from hoffice.places.landmarks import every_stop, stops_near
from hoffice.places.rules import metres_between
from hoffice.units import Point

GROUND = Path(__file__).resolve().parents[2] / "hoffice" / "static" / "map"
KINDS = {"land", "green", "water", "river", "river wide", "canal", "road"}
KNOWN = {"germany", "edge", "rail"}
ALEXANDERPLATZ = Point(52.5219, 13.4132)


def read(name: str) -> Any:
    return json.loads((GROUND / name).read_text("utf-8"))


def ring(name: str) -> list[tuple[float, float]]:
    [land] = [
        one
        for one in read("berlin.geojson")["features"]
        if one["properties"] == {"kind": "land", "name": name}
    ]
    outer: list[tuple[float, float]] = land["geometry"]["coordinates"][0]
    return outer


def is_inside(lat: float, lon: float, area: list[tuple[float, float]]) -> bool:
    inside = False
    for (a, b), (c, d) in pairwise(area):
        if (b > lat) != (d > lat) and lon < (c - a) * (lat - b) / (d - b) + a:
            inside = not inside
    return inside


def test_every_part_has_a_style() -> None:
    styles = (GROUND.parent / "css" / "map.css").read_text("utf-8")

    for file, kinds in (("berlin.geojson", KINDS), ("lines.geojson", KNOWN)):
        found = {one["properties"]["kind"] for one in read(file)["features"]}
        assert found == kinds
        for kind in found:
            assert f"path.ground.{kind.split()[-1]}" in styles


def test_every_postcode_of_berlin_lies_within_the_drawn_berlin() -> None:
    berlin = ring("Berlin")
    known = read("postcodes.json")
    inside = {code for code, lat, lon in known if is_inside(lat, lon, berlin)}
    belongs = {
        code for code, _lat, _lon in known if re.match(r"10|12(?!529)|13|140[5-9]|141", code)
    }

    assert inside == belongs


def test_potsdams_postcodes_lie_within_the_drawn_potsdam() -> None:
    potsdam = ring("Potsdam")
    inside = {code for code, lat, lon in read("postcodes.json") if is_inside(lat, lon, potsdam)}

    assert {"14467", "14469", "14471", "14473", "14480", "14482"} <= inside
    assert all(code.startswith("14") for code in inside)


def test_all_german_postcodes_are_there_once() -> None:
    codes = [one[0] for name in ("postcodes.json", "postcodes-rest.json") for one in read(name)]

    assert len(codes) == len(set(codes)) == 8168
    for code, lat, lon in read("postcodes.json")[::50]:
        assert centroid(code) == pytest.approx((lat, lon), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [("Köpenick", 52.4455, 13.5745), ("Potsdam", 52.3989, 13.0657), ("München", 48.137, 11.575)],
)
def test_towns_lie_where_they_are(name: str, lat: float, lon: float) -> None:
    [found] = [one for one in read("towns.json") if one[0] == name]

    assert metres_between(Point(lat, lon), Point(found[1], found[2])) < 1_500


def test_the_railway_round_the_city_closes() -> None:
    [ring_line] = [
        one for one in read("lines.geojson")["features"] if one["properties"].get("name") == "Ring"
    ]
    line = ring_line["geometry"]["coordinates"]

    assert line[0] == line[-1]
    assert is_inside(ALEXANDERPLATZ.lat, ALEXANDERPLATZ.lon, line)
    steps = [metres_between(Point(a[1], a[0]), Point(b[1], b[0])) for a, b in pairwise(line)]
    assert max(steps) < 3_500


def test_germany_holds_its_towns() -> None:
    [germany] = [
        one for one in read("lines.geojson")["features"] if one["properties"]["kind"] == "germany"
    ]
    mainland = max((area[0] for area in germany["geometry"]["coordinates"]), key=len)
    outside = [
        one[0]
        for one in read("towns.json")
        if one[3] <= 3 and not is_inside(one[1], one[2], mainland)
    ]

    assert len(outside) < 6, outside  # the coast and the borders are coarse


def test_stops_are_found_around_a_point() -> None:
    near = stops_near(ALEXANDERPLATZ, 400)

    assert len(near) > 3
    assert all(metres_between(ALEXANDERPLATZ, Point(lat, lon)) <= 400 for lat, lon, _name in near)
    assert [stop for stop in every_stop() if stop in near] == list(near)
    assert stops_near(Point(48.137, 11.575), 1_500) == []


def test_the_ground_stays_small() -> None:
    always = ("berlin.geojson", "lines.geojson", "towns.json", "stations.json", "postcodes.json")

    assert sum((GROUND / name).stat().st_size for name in always) < 250_000
