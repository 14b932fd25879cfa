"""The rival: PyVRP seeded by VROOM. It needs pyvroom, which is installed beside the product.

``python -m bench.vroom`` takes a problem as a pickle on its input and writes one line of JSON.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from bench import beside
from hoffice.runs.planning.frame import Day, Frame
from hoffice.runs.planning.problem import Matrices, Problem
from hoffice.runs.solver.model import Made
from hoffice.runs.solver.search import Limit, search

DAY_S: Final = 86_400
EXPLORATION: Final = 5
"""VROOM's greatest effort."""

ITS_NEIGHBOURS: Final = 50
"""PyVRP's own choice: the rival has none of our settings."""


def provide() -> bool:
    """Have pyvroom in a folder of its own; False where it cannot be had."""
    return beside.provide("vroom")


def rival(problem: Problem, *, cpu_seconds: float, seed: int) -> dict[str, Any] | None:
    """What the rival makes of a problem in a process of its own; None if it fails there."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.vroom", str(cpu_seconds), str(seed)],
        input=pickle.dumps(problem),
        stdout=subprocess.PIPE,
        env=beside.environment(),
        cwd=beside.ROOT,
        check=False,
    )
    if done.returncode:
        return None
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def plan(frame: Frame, *, cpu_seconds: float, seed: int) -> tuple[Made, float]:
    """VROOM, then PyVRP from there: the routes, and the CPU seconds that VROOM took.

    Both in this process; VROOM may take at most half of the time.
    """
    begin = time.process_time()
    first = _by_vroom(frame, limit_s=cpu_seconds / 2)
    by_vroom = time.process_time() - begin
    limit = Limit(cpu_seconds, clock=time.process_time, begin=begin)
    days = frozenset(day.index for day in frame.days)  # named, so that only the engine searches
    routes, _ = search(frame, first, limit, seed=seed, days=days, neighbours=ITS_NEIGHBOURS)
    return routes, by_vroom


def _by_vroom(frame: Frame, *, limit_s: float) -> Made:
    """Each van-day is two tours, as VROOM knows no second loading: one until noon, one after."""
    import vroom  # type: ignore[import-not-found]  # noqa: PLC0415  # only there for the bench

    problem = vroom.Input()
    size = frame.size
    seconds = np.array([list(frame.seconds[a])[:size] for a in range(size)], dtype=np.uint32)
    problem.set_durations_matrix("car", seconds)
    first_day = min(day.shift.day for day in frame.days)
    for day in frame.days:
        axis = _axis(day, first_day)
        for half, (start, end) in enumerate(_halves(day)):
            problem.add_vehicle(
                vroom.Vehicle(
                    2 * day.index + half,
                    start=0,
                    end=0,
                    capacity=[day.capacity.boxes],
                    time_window=vroom.TimeWindow(axis + start, axis + end),
                )
            )
    for node in range(1, size):
        windows = [
            (_axis(day, first_day) + start, _axis(day, first_day) + end)
            for day in frame.days
            for start, end in day.open[node]
        ]
        problem.add_job(
            vroom.Job(
                node,
                location=node,
                default_service=frame.service[node],
                delivery=[frame.out[node].boxes],
                time_windows=[vroom.TimeWindow(*window) for window in sorted(set(windows))],
            )
        )
    solution = problem.solve(
        exploration_level=EXPLORATION, nb_threads=1, timeout=timedelta(seconds=limit_s)
    )
    table = solution.routes
    trips: Made = {}
    for vehicle, steps in table[table["type"] == "job"].groupby("vehicle_id"):
        trips.setdefault(int(vehicle) // 2, []).append([int(step) for step in steps["id"]])
    return trips


def _axis(day: Day, first_day: date) -> int:
    return (day.shift.day - first_day).days * DAY_S


def _halves(day: Day) -> list[tuple[int, int]]:
    """Driving begins after loading; the work of both halves together keeps within the limit."""
    end = min(day.end, day.start + day.limit)
    noon = (day.start + end) // 2
    return [(day.start + day.load, noon), (noon + day.load, end)]


def main() -> None:
    """Solve what comes in."""
    problem: Problem = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by the bench itself
    legs = problem.travel
    if not isinstance(legs, Matrices):
        raise TypeError("the rival needs matrices")
    routes, by_vroom = plan(
        Frame(problem, legs), cpu_seconds=float(sys.argv[1]), seed=int(sys.argv[2])
    )
    print(
        json.dumps(
            {
                "served": sum(len(trip) for trips in routes.values() for trip in trips),
                "van_days": sum(any(trips) for trips in routes.values()),
                "vroom_cpu_s": round(by_vroom, 1),
                "cpu_s": round(time.process_time(), 1),
            }
        )
    )


if __name__ == "__main__":
    main()
