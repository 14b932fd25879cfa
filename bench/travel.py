"""What is said about travel times, as a command: ``python -m bench.travel``.

150 places: the embedded model against the same formula in a plain loop, legs that are kept against
asking again, and the real OSRM on loopback where its programs and a map are here.
"""

from __future__ import annotations

import random
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import flask_migrate

from hoffice.db import db
from hoffice.factory import create_app
from hoffice.places.service.legs import KnownLegs
from hoffice.places.travel.answers import Engine, Spot
from hoffice.places.travel.osrm import Osrm
from hoffice.places.travel.roads import Roads
from hoffice.places.travel.straight import DETOUR_FACTOR, StraightLine, minutes_for, straight_km
from hoffice.settings import Settings
from tests.contracts import road_servers

PLACES = 150
PROMISED_MS = 50.0
ROUNDS = 9


@dataclass(frozen=True)
class Line:
    """One measured figure; ``is_kept`` is None where nothing is promised."""

    text: str
    is_kept: bool | None = None


def measure() -> Iterator[Line]:
    """Every figure, as soon as it is there."""
    berlin = _spots((52.40, 13.15), 0.2, 0.5)
    model = StraightLine()
    model.matrix(berlin)  # loads numpy, once for each process
    default = _ms(lambda: model.matrix(berlin))
    loop = _ms(lambda: _plain_loop(berlin), rounds=3)
    yield Line(
        f"default matrix {PLACES} × {PLACES}: {default:.1f} ms (promised: {PROMISED_MS:.0f}); "
        f"the same by a plain loop: {loop:.0f} ms",
        default <= PROMISED_MS,
    )
    if not road_servers.MUNICH.is_file():
        yield Line("OSRM: not measured, ../shared/data/roads/munchen.osm.pbf is not here")
        return
    with tempfile.TemporaryDirectory(prefix="hoffice-roads-") as folder:
        prepared = road_servers.prepare(road_servers.MUNICH, Path(folder))
        with road_servers.real_osrm(prepared, _free_port()) as url:
            yield from _against_osrm(Osrm(url), Path(folder))


def _against_osrm(engine: Engine, folder: Path) -> Iterator[Line]:
    munich = _spots((48.125, 11.560), 0.02, 0.03)
    asking = Roads(engine, StraightLine())
    asked = _ms(lambda: asking.matrix(munich))
    with _house(folder):
        keeping = Roads(KnownLegs(engine), StraightLine())
        begin = time.perf_counter()
        keeping.matrix(munich)
        first = 1000 * (time.perf_counter() - begin)
        kept = _ms(lambda: keeping.matrix(munich))
    yield Line(f"OSRM on loopback, a small map, {PLACES} × {PLACES}: {asked:.1f} ms")
    yield Line(
        f"the same, asked and kept: {first:.1f} ms; kept, read from SQLite: {kept:.1f} ms "
        f"({asked / kept:.0f} times as fast as asking)",
        kept < asked,
    )


def _plain_loop(spots: Sequence[Spot]) -> list[list[tuple[float, float]]]:
    """The yardstick: the model's own formula, leg by leg."""
    return [
        [(minutes_for(km := straight_km(start, end)), DETOUR_FACTOR * km) for end in spots]
        for start in spots
    ]


def _spots(corner: Spot, height: float, width: float) -> list[Spot]:
    dice = random.Random(1)  # noqa: S311  # places, no secret
    return [
        (corner[0] + dice.random() * height, corner[1] + dice.random() * width)
        for _ in range(PLACES)
    ]


def _ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of some rounds, in milliseconds."""
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - begin))
    return median(took)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _house(folder: Path) -> Iterator[None]:
    """An empty house on SQLite."""
    app = create_app(
        Settings(
            instance=folder / "instance",
            secret_key="bench " * 8,
            url="http://localhost",
            database_url=f"sqlite:///{folder / 'house.db'}",
        )
    )
    with app.app_context():
        flask_migrate.upgrade()
        yield
        db.session.remove()
        db.engine.dispose()


def main() -> int:
    """Print every figure; 1 when a promise is not kept."""
    is_kept = True
    for line in measure():
        print(line.text)
        is_kept = is_kept and line.is_kept is not False
    return 0 if is_kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
