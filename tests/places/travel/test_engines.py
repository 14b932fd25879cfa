"""Road engines that misbehave, and how much is asked of them at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hoffice.places.travel import http as door
from hoffice.places.travel.answers import (
    FAULTY,
    NONSENSE,
    SENT_ELSEWHERE,
    SHORTEST_MIN,
    SOME_ESTIMATED_DOWN,
    TOO_LARGE,
    TOO_SLOW,
    RoadsDown,
    Spot,
    Table,
)
from hoffice.places.travel.osrm import Osrm, pieces
from hoffice.places.travel.osrm_inside import OsrmInside, prepared
from hoffice.places.travel.roads import Fuse, Roads
from hoffice.places.travel.straight import StraightLine
from hoffice.places.travel.valhalla import Valhalla
from tests.contracts.road_servers import Server, Speech, osrm_says, serving, valhalla_says

HERE = (52.50, 13.40)
THERE = (52.52, 13.42)

KINDS = pytest.mark.parametrize(
    ("engine", "speech"), [(Osrm, osrm_says), (Valhalla, valhalla_says)], ids=["osrm", "valhalla"]
)


def many(count: int) -> list[Spot]:
    return [(52.4 + number % 13 / 100, 13.2 + number / 1000) for number in range(count)]


def ask(engine: Osrm | Valhalla) -> Table:
    return engine.table([HERE, THERE], [0, 1], [0, 1])


OSRM_GOOD: dict[str, Any] = {
    "code": "Ok",
    "durations": [[0, 60], [60, 0]],
    "distances": [[0, 1000], [1000, 0]],
    "sources": [{"distance": 1}, {"distance": 1}],
    "destinations": [{"distance": 1}, {"distance": 1}],
}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Welcome to the hotel's network</html>",
        b'{"code": "Ok", "durations": [[0, ',
        b"[]",
        b'"Ok"',
        b"[" * 100_000,
        json.dumps({"code": "Ok"}).encode(),
        json.dumps(OSRM_GOOD | {"code": "Perhaps"}).encode(),
        json.dumps(OSRM_GOOD | {"durations": [[0, -1], [60, 0]]}).encode(),
        json.dumps(OSRM_GOOD | {"durations": [[0, 60], [60]]}).encode(),
        json.dumps(OSRM_GOOD | {"durations": [[0, 60]]}).encode(),
        json.dumps(OSRM_GOOD | {"durations": [[0, "soon"], [60, 0]]}).encode(),
        json.dumps(OSRM_GOOD | {"durations": [[0, [1]], [60, 0]]}).encode(),
        json.dumps(OSRM_GOOD | {"distances": None}).encode(),
        json.dumps(OSRM_GOOD | {"sources": [{"distance": 1}]}).encode(),
        json.dumps(OSRM_GOOD | {"sources": [{"distance": "near"}] * 2}).encode(),
        json.dumps(OSRM_GOOD | {"sources": [{}, {}]}).encode(),
        json.dumps(OSRM_GOOD).replace("60", "NaN").encode(),
        json.dumps(OSRM_GOOD).replace("60", "Infinity").encode(),
        json.dumps(OSRM_GOOD).replace("60", "1e999").encode(),
    ],
)
def test_an_answer_that_is_none_is_refused(body: bytes) -> None:
    with serving(osrm_says) as server:
        server.reply = body

        with pytest.raises(RoadsDown) as down:
            ask(Osrm(server.url))

    assert down.value.reason == NONSENSE


def test_the_good_answer_that_the_bad_ones_were_made_of_is_read() -> None:
    with serving(osrm_says) as server:
        server.reply = json.dumps(OSRM_GOOD).encode()

        table = ask(Osrm(server.url))

    assert table.minutes.tolist() == [[0, 1], [1, 0]]
    assert table.km.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"sources_to_targets": {"durations": [[0, 1], [1, 0]]}}',
        b'{"sources_to_targets": [[{"time": 1}]]}',
        b'{"sources_to_targets": [[{"time": 1, "distance": 1}]]}',
        b'{"sources_to_targets": "none"}',
        b'{"units": "miles", "sources_to_targets": {"durations": [[0]], "distances": [[0]]}}',
    ],
)
def test_valhallas_answer_that_is_none_is_refused(body: bytes) -> None:
    with serving(valhalla_says) as server:
        server.reply = body

        with pytest.raises(RoadsDown) as down:
            ask(Valhalla(server.url))

    assert down.value.reason == NONSENSE


def test_the_long_answer_of_older_valhallas_is_read() -> None:
    cell = {"time": 90, "distance": 1.5, "from_index": 0, "to_index": 1}
    none = {"time": None, "distance": None}
    with serving(valhalla_says) as server:
        server.reply = json.dumps({"sources_to_targets": [[none, cell], [cell, none]]}).encode()

        table = ask(Valhalla(server.url))

    assert table.minutes[0][1] == 1.5
    assert table.km[1][0] == 1.5
    assert table.unknown.tolist() == [[True, False], [False, True]]


@KINDS
@pytest.mark.parametrize(("status", "body"), [(500, b""), (502, b"{}"), (400, b"no"), (404, b"{}")])
def test_a_server_that_reports_a_fault_is_down(
    engine: type[Osrm | Valhalla], speech: Speech, status: int, body: bytes
) -> None:
    with serving(speech) as server:
        server.reply, server.status = body, status

        with pytest.raises(RoadsDown) as down:
            ask(engine(server.url))

    assert down.value.reason == FAULTY


@KINDS
def test_a_refusal_in_the_engines_own_words_is_told(
    engine: type[Osrm | Valhalla], speech: Speech
) -> None:
    with serving(speech) as server:
        server.reply = b'{"code": "InvalidQuery", "message": "Query string malformed"}'
        server.status = 400

        with pytest.raises(RoadsDown, match="InvalidQuery") as down:
            ask(engine(server.url))

    assert down.value.reason == FAULTY


@KINDS
def test_a_slow_server_costs_no_more_than_the_time_granted(
    engine: type[Osrm | Valhalla], speech: Speech
) -> None:
    with serving(speech) as server:
        server.is_silent = True

        with pytest.raises(RoadsDown) as down:
            ask(engine(server.url, timeout_s=0.05))

    assert down.value.reason == TOO_SLOW


@pytest.mark.parametrize(("status", "told"), [(200, TOO_SLOW), (400, FAULTY)])
@KINDS
def test_a_server_that_drips_costs_no_more_than_the_time_granted(
    engine: type[Osrm | Valhalla], speech: Speech, status: int, told: str
) -> None:
    with serving(speech) as server:
        server.drip_s, server.reply, server.status = 0.05, b" " * 1_200, status

        with pytest.raises(RoadsDown) as down:
            ask(engine(server.url, timeout_s=0.2))

        assert server.dripped < len(server.reply)
    assert down.value.reason == told


@KINDS
def test_nobody_is_followed_to_another_address(
    engine: type[Osrm | Valhalla], speech: Speech
) -> None:
    with serving(speech) as other, serving(speech) as server:
        server.status, server.reply, server.location = 302, b"", f"{other.url}/elsewhere"

        with pytest.raises(RoadsDown) as down:
            ask(engine(server.url))

    assert down.value.reason == SENT_ELSEWHERE
    assert other.asked == []


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "ANSWER_MAX_BYTES", 100)
    with serving(osrm_says) as server, pytest.raises(RoadsDown) as down:
        ask(Osrm(server.url))

    assert down.value.reason == TOO_LARGE


def test_a_proxy_of_the_environment_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(osrm_says) as proxy, serving(osrm_says) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)

        ask(Osrm(server.url))

    assert proxy.asked == []
    assert server.asked


def test_an_address_that_is_no_web_address_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="http or https"):
        Osrm("file:///etc/passwd")


@pytest.mark.parametrize(("most", "first"), [(10**9, [150 * 150]), (100 * 100, [75 * 75] * 4)])
def test_osrm_is_asked_for_as_much_as_it_allows_and_remembers_that(
    most: int, first: list[int]
) -> None:
    with serving(osrm_says, most_ways=most) as server:
        engine = Osrm(server.url)
        engine.table(many(150), range(150), range(150))
        assert server.sizes == first

        asked = len(server.asked)
        engine.table(many(150), range(150), range(150))

    assert len(server.asked) - asked == len(first), "what was refused once is not asked again"


def test_a_server_that_allows_next_to_nothing_is_a_fault_and_no_endless_loop() -> None:
    with serving(osrm_says, most_ways=4) as server, pytest.raises(RoadsDown, match="TooBig"):
        Osrm(server.url).table(many(30), range(30), range(30))

    assert len(server.asked) < 15


def test_valhalla_is_asked_in_pieces_of_2500_ways() -> None:
    with serving(valhalla_says, most_ways=2500) as server:
        Valhalla(server.url).table(many(120), range(120), range(120))

    assert server.sizes == [40 * 40] * 9


def test_a_smaller_limit_of_valhalla_is_learnt_from_its_refusal() -> None:
    with serving(valhalla_says, most_ways=700) as server:
        Valhalla(server.url).table(many(60), range(60), range(60))

    assert max(server.sizes) <= 700
    assert sum(server.sizes) == 3600


def test_one_point_off_the_map_costs_valhalla_one_more_question() -> None:
    spots = [*many(60), (40.0, 13.4)]
    with serving(valhalla_says, most_ways=2500) as server:
        table = Valhalla(server.url).table(spots, range(61), range(61))

    assert int(table.unknown.sum()) == 61 + 60
    assert len([path for path in server.asked if path == "/locate"]) == 2


@pytest.mark.parametrize(("count", "side"), [(1, 10), (10, 10), (11, 10), (150, 100), (150, 7)])
def test_pieces_are_alike_and_leave_nothing_out(count: int, side: int) -> None:
    parts = [list(part) for part in pieces(range(count), side)]

    assert [one for part in parts for one in part] == list(range(count))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert max(map(len, parts)) <= side


class Failing:
    """An engine that fails, and counts how often it was asked."""

    name, key, is_worth_keeping = "OSRM", "osrm x", True

    def __init__(self) -> None:
        self.asked = 0
        self.is_well = False

    def table(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        """Nothing but a fault, until it is well."""
        del points
        self.asked += 1
        if not self.is_well:
            raise RoadsDown(TOO_SLOW)
        return Table.empty(len(sources), len(destinations))


def test_a_dead_engine_costs_one_time_out_a_minute() -> None:
    now = 1000.0
    engine = Failing()
    fuse = Fuse(engine, now=lambda: now)

    for _ in range(5):
        with pytest.raises(RoadsDown) as down:
            fuse.table([HERE, THERE], [0], [1])
        assert down.value.reason == TOO_SLOW
    assert engine.asked == 1

    now += 61
    engine.is_well = True
    fuse.table([HERE, THERE], [0], [1])
    fuse.table([HERE, THERE], [0], [1])
    assert engine.asked == 3


def test_a_dead_server_costs_one_time_out_and_not_one_for_each_piece() -> None:
    with serving(osrm_says) as server:
        server.is_silent = True
        matrix = Roads(Fuse(Osrm(server.url, timeout_s=0.05)), StraightLine()).matrix(many(400))

    assert len(server.asked) == 1
    assert len(matrix.minutes) == 400
    assert [note.facts for note in matrix.notes] == [{"reason": TOO_SLOW}]


def test_legs_that_stay_unknown_because_the_engine_stopped_are_told_so() -> None:
    class Half(Failing):
        def table(
            self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
        ) -> Table:
            del points, sources, destinations
            table = Table.empty(2, 2)
            table.minutes[0, 1] = table.km[0, 1] = 0.5
            return Table(table.minutes, table.km, TOO_SLOW)

    matrix = Roads(Half(), StraightLine()).matrix([HERE, THERE])

    assert matrix.minutes[0][1] == SHORTEST_MIN, "an engine forgets that a van has to be parked"
    assert [(note.text, note.facts) for note in matrix.notes] == [
        (SOME_ESTIMATED_DOWN, {"count": 1, "all": 2, "reason": TOO_SLOW})
    ]


class Package:
    """Stands in for osrm-bindings, which exists for Python 3.12 and newer only."""

    def __init__(self, server: Server, *, error: str = "") -> None:
        self.server, self.error = server, error
        self.opened: list[dict[str, Any]] = []

    def OSRM(self, **options: Any) -> Package:  # noqa: N802  # its name
        """Open a map."""
        self.opened.append(options)
        return self

    def TableParameters(self, **options: Any) -> dict[str, Any]:  # noqa: N802  # its name
        """What is asked."""
        return options

    def Table(self, asked: dict[str, Any]) -> Any:  # noqa: N802  # its name
        """The server's answer, without a server."""
        if self.error:
            raise RuntimeError(self.error)
        where = ";".join(f"{lon},{lat}" for lon, lat in asked["coordinates"])
        query = "annotations=" + ",".join(asked["annotations"])
        for name in ("sources", "destinations"):
            query += f"&{name}=" + ";".join(map(str, asked[name]))
        return osrm_says(self.server, f"/table/v1/driving/{where}?{query}", None)[1]


def test_osrm_within_answers_as_its_server_does(tmp_path: Path) -> None:
    (tmp_path / "town.osrm.partition").touch()
    package = Package(Server())
    spots = [*many(5), (40.0, 13.4)]
    with serving(osrm_says) as server:
        told = Osrm(server.url).table(spots, [5, 1, 2], [0, 3])

    table = OsrmInside(tmp_path / "town.osrm", package=package).table(spots, [5, 1, 2], [0, 3])

    assert table.minutes.tolist()[1:] == told.minutes.tolist()[1:]
    assert table.km.tolist()[1:] == told.km.tolist()[1:]
    assert table.unknown.tolist() == told.unknown.tolist()
    assert package.opened[0]["algorithm"] == "MLD"


def test_osrm_within_opens_its_map_once(tmp_path: Path) -> None:
    package = Package(Server())
    engine = OsrmInside(tmp_path / "town.osrm", package=package)

    for _ in range(3):
        engine.table([HERE, THERE], [0], [1])

    assert len(package.opened) == 1


def test_osrm_within_tells_no_way_from_a_fault(tmp_path: Path) -> None:
    no_way = OsrmInside(tmp_path / "town.osrm", package=Package(Server(), error="NoSegment - x"))
    broken = OsrmInside(tmp_path / "town.osrm", package=Package(Server(), error="Else - x"))

    assert no_way.table([HERE, THERE], [0], [1]).unknown.all()
    with pytest.raises(RoadsDown, match="Else"):
        broken.table([HERE, THERE], [0], [1])


def test_osrm_within_without_its_package_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "osrm", None)

    with pytest.raises(RoadsDown):
        OsrmInside(tmp_path / "town.osrm").table([HERE, THERE], [0], [1])


def test_a_map_is_prepared_in_one_of_two_ways(tmp_path: Path) -> None:
    assert prepared(tmp_path / "town.osrm") == ""
    (tmp_path / "town.osrm.partition").touch()
    assert prepared(tmp_path / "town.osrm") == "MLD"
    (tmp_path / "town.osrm.hsgr").touch()
    assert prepared(tmp_path / "town.osrm") == "CH"
