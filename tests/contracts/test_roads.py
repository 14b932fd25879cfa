"""What every road engine promises: our stand-ins and the real OSRM are held to the same.

The real one is osrm-routed over a map of Munich, on loopback; see ``road_servers``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from hoffice.places.travel.answers import (
    NO_ANSWER,
    SOME_ESTIMATED,
    STRAIGHT_LINE,
    Engine,
    RoadsDown,
    Spot,
)
from hoffice.places.travel.osrm import Osrm
from hoffice.places.travel.osrm_inside import OsrmInside, is_installed
from hoffice.places.travel.roads import Roads
from hoffice.places.travel.straight import StraightLine
from hoffice.places.travel.valhalla import Valhalla
from tests import ports
from tests.contracts import road_servers as servers
from tests.contracts.road_servers import MUNICH


@dataclass(frozen=True)
class World:
    """A road engine with its map: places on it, one far off, and what a way really takes."""

    engine: Engine
    dead: Engine
    """The same kind of engine, where nobody answers."""
    corner: Spot
    height: float
    width: float
    off: Spot
    truth: Callable[[Spot, Spot], tuple[float, float]]

    def spots(self, count: int) -> list[Spot]:
        """So many places on the map, always the same."""
        dice = random.Random(1)  # noqa: S311  # places, no secret
        return [
            (
                round(self.corner[0] + dice.random() * self.height, 5),
                round(self.corner[1] + dice.random() * self.width, 5),
            )
            for _ in range(count)
        ]


BERLIN = ((52.45, 13.25), 0.12, 0.3, (47.0, 13.4))
MUNICH_CENTRE = ((48.125, 11.560), 0.02, 0.03, (52.52, 13.405))


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    return ports.free_port


@pytest.fixture(scope="session")
def munich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Munich's roads as OSRM wants them."""
    if not MUNICH.is_file():
        pytest.skip("the roads of Munich are not here: ../shared/data/roads/munchen.osm.pbf")
    return servers.prepare(MUNICH, tmp_path_factory.mktemp("munich"))


@pytest.fixture(scope="session")
def osrm_url(munich: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """The real osrm-routed over Munich."""
    with servers.real_osrm(munich, free_port()) as url:
        yield url


INSIDE = ["osrm-inside"] if is_installed() else []
"""Python 3.12 and newer, with the package osrm-bindings."""

WORLDS = ["osrm-stand-in", "valhalla-stand-in", "osrm", *INSIDE]


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, free_port: Callable[[], int]) -> Iterator[World]:
    nowhere = f"http://127.0.0.1:{free_port()}"
    if request.param in {"osrm", "osrm-inside"}:
        url: str = request.getfixturevalue("osrm_url")
        inside = request.param == "osrm-inside"
        map_file: Path = request.getfixturevalue("munich")
        engine: Engine = OsrmInside(map_file) if inside else Osrm(url)
        dead: Engine = OsrmInside(map_file.with_name("no.osrm")) if inside else Osrm(nowhere)
        yield World(engine, dead, *MUNICH_CENTRE, lambda a, b: servers.route(url, a, b))
        return
    is_osrm = request.param.startswith("osrm")
    speech = servers.osrm_says if is_osrm else servers.valhalla_says
    with servers.serving(speech, most_ways=100 * 100 if is_osrm else 2500) as server:
        kind = Osrm if is_osrm else Valhalla
        yield World(
            kind(server.url),
            kind(nowhere),
            *BERLIN,
            lambda a, b: (servers.minutes_between(a, b), servers.kilometres_between(a, b)),
        )


def roads(engine: Engine) -> Roads:
    return Roads(engine, StraightLine())


def assert_is_complete(rows: Sequence[Sequence[float]], size: int) -> None:
    assert len(rows) == size
    assert {len(row) for row in rows} == {size}
    assert all(0 <= cell < 1000 for row in rows for cell in row)


def test_rows_are_where_a_way_begins_and_columns_where_it_ends(world: World) -> None:
    spots = world.spots(8)

    table = world.engine.table(spots, range(8), range(8))

    there_and_back = 0
    for start in range(8):
        for end in range(8):
            if start == end:
                continue
            minutes, km = world.truth(spots[start], spots[end])
            assert table.minutes[start][end] == pytest.approx(minutes, abs=0.05)
            assert table.km[start][end] == pytest.approx(km, abs=0.01)
            back = float(table.minutes[end][start])
            there_and_back += abs(back - minutes) > 0.2
    assert there_and_back, "no way differs from its way back: this test could not tell them apart"


def test_staying_takes_no_time(world: World) -> None:
    matrix = roads(world.engine).matrix(world.spots(5))

    assert [matrix.minutes[n][n] for n in range(5)] == [0.0] * 5
    assert [matrix.km[n][n] for n in range(5)] == [0.0] * 5
    assert matrix.model == world.engine.name
    assert matrix.notes == ()
    assert matrix.uncertainty


def test_some_sources_and_destinations_keep_the_order_they_were_asked_in(world: World) -> None:
    spots = world.spots(9)
    whole = world.engine.table(spots, range(9), range(9))

    some = world.engine.table(spots, [7, 2], [3, 8, 0])

    assert some.minutes.shape == (2, 3)
    for row, start in enumerate([7, 2]):
        for column, end in enumerate([3, 8, 0]):
            assert some.minutes[row][column] == pytest.approx(whole.minutes[start][end], abs=0.02)
            assert some.km[row][column] == pytest.approx(whole.km[start][end], abs=0.002)


def test_150_points_are_answered_whatever_the_server_allows_at_once(world: World) -> None:
    spots = world.spots(150)

    matrix = roads(world.engine).matrix(spots)

    assert_is_complete(matrix.minutes, 150)
    assert_is_complete(matrix.km, 150)
    assert matrix.notes == ()
    for start, end in ((0, 149), (149, 0), (74, 75), (3, 120)):
        minutes, km = world.truth(spots[start], spots[end])
        assert matrix.minutes[start][end] == pytest.approx(max(2.0, minutes), abs=0.05)
        assert matrix.km[start][end] == pytest.approx(km, abs=0.01)


def test_one_point_alone_is_no_question(world: World) -> None:
    matrix = roads(world.engine).matrix(world.spots(1))

    assert matrix.minutes == ((0.0,),)
    assert matrix.notes == ()


def test_no_point_is_no_question_either(world: World) -> None:
    assert roads(world.engine).matrix([]).minutes == ()


def test_two_at_the_same_door_are_two_minutes_apart(world: World) -> None:
    first, second = world.spots(2)

    matrix = roads(world.engine).matrix([first, second, first])

    assert matrix.minutes[0][2] == matrix.minutes[2][0] == 2.0
    assert matrix.km[0][2] == 0.0
    assert matrix.minutes[0][1] == matrix.minutes[2][1]


def test_a_point_off_the_map_is_estimated_and_counted(world: World) -> None:
    spots = [*world.spots(3), world.off]

    matrix = roads(world.engine).matrix(spots)

    far = StraightLine().matrix(spots)
    assert matrix.minutes[3][:3] == pytest.approx(far.minutes[3][:3])
    assert [row[3] for row in matrix.minutes] == pytest.approx([row[3] for row in far.minutes])
    assert matrix.minutes[0][1] == pytest.approx(max(2.0, world.truth(*spots[:2])[0]), abs=0.05)
    assert [(note.text, note.facts) for note in matrix.notes] == [
        (SOME_ESTIMATED, {"count": 6, "all": 12})
    ]


def test_a_map_of_another_town_is_all_estimates_and_says_so(world: World) -> None:
    lat, lon = world.off

    matrix = roads(world.engine).matrix([(lat, lon), (lat + 0.02, lon), (lat, lon + 0.02)])

    assert matrix.model == STRAIGHT_LINE
    assert [note.facts for note in matrix.notes] == [{"count": 6, "all": 6}]


def test_an_engine_that_is_not_there_is_said_beside_the_estimates(world: World) -> None:
    spots = world.spots(4)

    matrix = roads(world.dead).matrix(spots)

    assert matrix.minutes == StraightLine().matrix(spots).minutes
    assert matrix.model == STRAIGHT_LINE
    (note,) = matrix.notes
    assert note.text == NO_ANSWER
    assert note.sentence == (
        "The road engine did not answer (it cannot be reached). Times are estimated."
    )


def test_an_engine_that_is_not_there_raises_its_own_word(world: World) -> None:
    with pytest.raises(RoadsDown, match="cannot be reached"):
        world.dead.table(world.spots(2), [0], [1])


@pytest.mark.parametrize("kind", ["osrm-stand-in", "valhalla-stand-in", "osrm"])
def test_a_place_that_no_road_leads_to_is_estimated(
    kind: str, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    if kind == "osrm":
        here, there = servers.TWO_ISLANDS[:2], servers.TWO_ISLANDS[2]
        prepared = servers.prepare(servers.two_islands(tmp_path), _folder(tmp_path))
        with servers.real_osrm(prepared, free_port()) as url:
            matrix = roads(Osrm(url)).matrix([*here, there])
    else:
        is_osrm = kind.startswith("osrm")
        here, there = ((52.5, 13.4), (52.52, 13.42)), servers.ISLAND
        speech = servers.osrm_says if is_osrm else servers.valhalla_says
        with servers.serving(speech) as server:
            matrix = roads((Osrm if is_osrm else Valhalla)(server.url)).matrix([*here, there])

    estimated = StraightLine().matrix([*here, there])
    assert matrix.minutes[2][0] == estimated.minutes[2][0]
    assert matrix.minutes[1][2] == estimated.minutes[1][2]
    assert matrix.km[0][1] != estimated.km[0][1]
    assert [note.facts for note in matrix.notes] == [{"count": 4, "all": 6}]


def _folder(of: Path) -> Path:
    made = of / "map"
    made.mkdir()
    return made
