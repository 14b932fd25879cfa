"""Road engines for tests: servers that speak as OSRM and Valhalla do, and the real OSRM.

The servers of ours answer as the real ones were seen to answer, with their limits and errors, and
write down what they were asked.
"""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hoffice.places.travel.answers import Spot
from tools import osrm

ISLAND = (52.60, 13.90)
"""A place on the servers' map that no road leads to."""
MAP_ENDS_LAT = 50.0
"""South of it there is nothing on the servers' map."""
MUNICH = Path(__file__).resolve().parents[3] / "shared" / "data" / "roads" / "munchen.osm.pbf"


def minutes_between(start: Spot, end: Spot) -> float:
    """What the servers say: northwards it takes twice as long."""
    return kilometres_between(start, end) * (2.0 if end[0] > start[0] else 1.0)


def kilometres_between(start: Spot, end: Spot) -> float:
    """What the servers say: along the parallel, then along the meridian."""
    return 111.2 * abs(start[0] - end[0]) + 68.0 * abs(start[1] - end[1])


def is_off(spot: Spot) -> bool:
    """Whether the servers' map does not reach so far."""
    return spot[0] < MAP_ENDS_LAT


def way(start: Spot, end: Spot) -> tuple[float, float] | None:
    """Minutes and kilometres on the servers' map; None where no road leads."""
    if (ISLAND in {start, end}) and start != end:
        return None
    return minutes_between(start, end), kilometres_between(start, end)


@dataclass
class Server:
    """A server on this computer; ``reply``, when set, is what it says whatever it is asked."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    """How many ways each answered table had."""
    most_ways: int = 10**9
    reply: bytes | None = None
    status: int = 200
    location: str = ""
    is_silent: bool = False
    """It takes questions and answers none of them, as long as it runs."""
    drip_s: float = 0.0
    """Between two bytes of an answer."""
    dripped: int = 0
    """So many bytes of it have left."""
    over: Event = field(default_factory=Event)


Answer = tuple[int, Any]
Speech = Callable[[Server, str, Any], Answer]


def osrm_says(server: Server, path: str, _body: Any) -> Answer:
    """``/table/v1/driving/lon,lat;…`` as osrm-routed 26.10 answers it."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    spots = [
        (float(lat), float(lon))
        for lon, lat in (one.split(",") for one in parts.path.rpartition("/")[2].split(";"))
    ]
    if any(abs(lat) > 90 or abs(lon) > 180 for lat, lon in spots):
        return 400, {"code": "InvalidOptions", "message": "Coordinates are invalid"}
    everywhere = range(len(spots))
    sources = _chosen(query, "sources", everywhere)
    destinations = _chosen(query, "destinations", everywhere)
    if len(sources) * len(destinations) > server.most_ways:
        return 400, {"code": "TooBig", "message": "Too many table coordinates"}
    server.sizes.append(len(sources) * len(destinations))
    assert query["annotations"] == ["duration,distance"]
    ways = [[way(spots[start], spots[end]) for end in destinations] for start in sources]
    return 200, {
        "code": "Ok",
        "durations": [[one and round(60 * one[0], 1) for one in row] for row in ways],
        "distances": [[one and round(1000 * one[1], 1) for one in row] for row in ways],
        "sources": [_waypoint(spots[one]) for one in sources],
        "destinations": [_waypoint(spots[one]) for one in destinations],
    }


def _chosen(query: dict[str, list[str]], name: str, everywhere: Sequence[int]) -> list[int]:
    if name not in query:
        return list(everywhere)
    return [int(one) for one in query[name][0].split(";")]


def _waypoint(spot: Spot) -> dict[str, Any]:
    """The next road; however far away it is, OSRM takes it."""
    far = 400_000.0 if is_off(spot) else 12.5
    return {"distance": far, "name": "", "location": [spot[1], spot[0]]}


def valhalla_says(server: Server, path: str, body: Any) -> Answer:
    """``/sources_to_targets`` and ``/locate`` as valhalla_service 3.9 answers them."""
    if path == "/locate":
        return 200, [
            {"input_lat": one["lat"], "edges": [] if is_off((one["lat"], 0.0)) else [{"way_id": 1}]}
            for one in body["locations"]
        ]
    sources, targets = (
        [(one["lat"], one["lon"]) for one in body[name]] for name in ("sources", "targets")
    )
    if len(sources) * len(targets) > server.most_ways:
        text = f"Exceeded max locations: {server.most_ways}"
        return 400, {"error_code": 150, "error": text, "status_code": 400}
    if any(is_off(spot) for spot in (*sources, *targets)):
        text = "No suitable edges near location"
        return 400, {"error_code": 171, "error": text, "status_code": 400}
    server.sizes.append(len(sources) * len(targets))
    ways = [[way(start, end) for end in targets] for start in sources]
    if body["verbose"]:
        raise AssertionError("the long form is not asked for")
    return 200, {
        "sources_to_targets": {
            "durations": [[one and round(60 * one[0]) for one in row] for row in ways],
            "distances": [[one and round(one[1], 3) for one in row] for row in ways],
        },
        "units": "kilometers",
        "algorithm": "costmatrix",
    }


@contextmanager
def serving(speech: Speech, *, most_ways: int = 10**9) -> Iterator[Server]:
    """A server that speaks like this, on a port of its own, until the block ends."""
    server = Server(most_ways=most_ways)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            server.asked.append(self.path)
            if server.is_silent:
                server.over.wait()
            status, said = server.status, server.reply
            if said is None:
                status, answer = speech(server, self.path, body)
                said = json.dumps(answer).encode()
            self.send_response(status)
            if server.location:
                self.send_header("Location", server.location)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            for piece in [said] if not server.drip_s else (bytes([one]) for one in said):
                self.wfile.write(piece)
                server.dripped += len(piece)
                server.over.wait(server.drip_s)

        do_GET = do_POST = _answer  # noqa: N815  # the standard library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that has hung up is what some tests are about."""

    with Quiet(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            listening.shutdown()
            thread.join()


def prepare(source: Path, folder: Path) -> Path:
    """A map as OSRM wants it, made by its own programs; about a second for a town."""
    osrm.ensure()
    copy = folder / source.name
    copy.write_bytes(source.read_bytes())
    prepared = folder / f"{source.name.partition('.')[0]}.osrm"
    _run("osrm-extract", "-t", "1", "-p", str(osrm.profile()), str(copy))
    _run("osrm-contract", "-t", "1", str(prepared))
    return prepared


def _run(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [osrm.program(name), *arguments], check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


@contextmanager
def real_osrm(prepared: Path, port: int) -> Iterator[str]:
    """The real osrm-routed over a map, on loopback, ended for sure; gives its address."""
    url = f"http://127.0.0.1:{port}"
    command = [str(osrm.program("osrm-routed")), "-i", "127.0.0.1", "-p", str(port), "-t", "1"]
    with subprocess.Popen(
        [*command, str(prepared)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(f"{url}/nearest/v1/driving/0,0", process)
            yield url
        finally:
            process.kill()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(2_000):
        assert process.poll() is None, "osrm-routed has ended"
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # loopback
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("osrm-routed does not answer")


def route(url: str, start: Spot, end: Spot) -> tuple[float, float]:
    """Minutes and kilometres of one way as the real OSRM's other service says."""
    where = ";".join(f"{lon:.5f},{lat:.5f}" for lat, lon in (start, end))
    address = f"{url}/route/v1/driving/{where}?overview=false"
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # loopback
        found = json.load(answer)["routes"][0]
    return found["duration"] / 60, found["distance"] / 1000


TWO_ISLANDS = ((52.500, 13.400), (52.500, 13.403), (52.560, 13.500), (52.560, 13.503))
"""The ends of two streets that nothing joins."""


def two_islands(folder: Path) -> Path:
    """An OpenStreetMap file with two streets that nothing joins."""
    nodes = "".join(
        f'<node id="{number}" version="1" lat="{lat}" lon="{lon}"/>'
        for number, (lat, lon) in enumerate(TWO_ISLANDS, start=1)
    )
    ways = "".join(
        f'<way id="{number}" version="1"><nd ref="{first}"/><nd ref="{first + 1}"/>'
        '<tag k="highway" v="residential"/></way>'
        for number, first in enumerate((1, 3), start=1)
    )
    file = folder / "islands.osm"
    file.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    return file
