"""Public instances, solved by distance alone, so that anybody can compare."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .model import near, neighbours_for

if TYPE_CHECKING:
    import pyvrp

SOLOMON_SCALE: Final = 10
SOLOMON_COLUMNS: Final = 7
SOLOMON_FLEET_COLUMNS: Final = 2


@dataclass(frozen=True)
class Benchmark:
    """What the engine made of a public instance, the cost recomputed from the routes."""

    cost: float
    routes: list[list[int]]
    """Customers as the instance numbers them from 1, depot left out."""
    cpu_seconds: float
    is_feasible: bool


def benchmark(instance: Path, *, seconds: float, seed: int = 1) -> Benchmark:
    """Solve a CVRPLIB (``.vrp``) or Solomon (``.txt``) instance by distance alone.

    ``seconds`` is CPU time of this process from its start. Rounding is that of the DIMACS
    challenge: Euclid rounded to the nearest integer for CVRPLIB, times ten and truncated for
    Solomon, whose cost is given in the instance's own unit again. ``ValueError`` if the file is
    neither.
    """
    import pyvrp  # noqa: PLC0415

    data, scale = read_instance(instance)
    result = pyvrp.solve(
        data,
        lambda _: time.process_time() >= seconds,
        seed=seed,
        collect_stats=False,
        display=False,
        params=pyvrp.SolveParams(**near(neighbours_for(data.num_clients, has_windows=scale != 1))),
    )
    routes = [
        [data.client(step.idx).location for step in route.schedule() if step.is_client()]
        for route in result.best.routes()
    ]
    metres = data.distance_matrix(0).tolist()
    cost = sum(metres[a][b] for route in routes for a, b in pairwise([0, *route, 0]))
    return Benchmark(
        cost=cost if scale == 1 else round(cost / scale, 1),
        routes=routes,
        cpu_seconds=round(time.process_time(), 2),
        is_feasible=result.is_feasible() and result.best.is_complete(),
    )


def read_instance(instance: Path) -> tuple[pyvrp.ProblemData, int]:
    """The instance as the engine reads it, and by what its lengths are multiplied."""
    import pyvrp  # noqa: PLC0415

    if instance.suffix.lower() == ".txt":
        return _solomon(instance), SOLOMON_SCALE
    return pyvrp.read(instance, round_func="round"), 1


def _solomon(instance: Path) -> pyvrp.ProblemData:
    """The instance with everything but demands times ten, distances truncated."""
    import numpy as np  # noqa: PLC0415
    import pyvrp  # noqa: PLC0415

    rows = [
        [int(float(word)) for word in line.split()]
        for line in instance.read_text().splitlines()
        if line.split() and all(word.replace(".", "", 1).isdigit() for word in line.split())
    ]
    fleet = next((row for row in rows if len(row) == SOLOMON_FLEET_COLUMNS), None)
    table = [row for row in rows if len(row) == SOLOMON_COLUMNS]
    if fleet is None or not table:
        raise ValueError("no fleet or no customers in the Solomon format")
    scale = SOLOMON_SCALE
    points = np.array([row[1:3] for row in table], dtype=float)
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    matrix: Any = (scale * apart).astype(np.int64)
    depot, *customers = table
    return pyvrp.ProblemData(
        [pyvrp.Location(row[1], row[2]) for row in table],
        [
            pyvrp.Client(
                location=number,
                delivery=[row[3]],
                tw_early=scale * row[4],
                tw_late=scale * row[5],
                service_duration=scale * row[6],
            )
            for number, row in enumerate(customers, start=1)
        ],
        [pyvrp.Depot(location=0)],
        [pyvrp.VehicleType(fleet[0], [fleet[1]], tw_early=0, tw_late=scale * depot[5])],
        [matrix],
        [matrix],
    )
