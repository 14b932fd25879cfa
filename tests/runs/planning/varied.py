"""Full working days made by chance from a seed: everything the format knows, much of it at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hoffice.runs.planning.problem import (
    Amount,
    Begun,
    Depot,
    Kind,
    Lock,
    Matrices,
    Point,
    Problem,
    Rules,
    Shift,
    Span,
    Stop,
    Van,
    Window,
)
from tests.runs.planning.problems import MITTE, hm

SPRING = date(2020, 3, 29)
AUTUMN = date(2020, 10, 25)
FIRST_DAYS = (date(2020, 3, 23), SPRING - timedelta(days=1), AUTUMN - timedelta(days=1), AUTUMN)


def varied(rng: Random) -> Problem:
    """Several vans and days, reloads, swaps, crews, locks, windows, shifts under way, matrices."""
    first = rng.choice(FIRST_DAYS)
    days = [first + timedelta(days=n) for n in range(rng.randint(1, 3))]
    vans = [
        Van(f"bus-{n}", Amount(rng.randint(3, 8), 9000, 900), rng.randint(1, 2), 9000, 30, 2500)
        for n in range(1, rng.randint(1, 2) + 1)
    ]
    most = rng.choice([480, 540, 600, 600])
    overtime = rng.choice([0, 0, 45])
    shifts = [
        Shift(
            bus.id,
            day,
            hm(rng.choice(["06:30", "08:00"])),
            hm(rng.choice(["16:30", "18:00", "19:30"])),
            most - overtime,
        )
        for day in days
        for bus in vans
    ]
    stops = [_stop(rng, f"e{n:02d}", shifts) for n in range(rng.randint(8, 18) * len(days))]
    if rng.random() < 0.5:
        shifts[0], stops = _begun(rng, shifts[0], stops)
    asked = Problem(
        "Europe/Berlin",
        Depot("depot", MITTE, rng.choice([7.5, 15, 15])),
        tuple(vans),
        tuple(shifts),
        tuple(stops),
        rules=Rules(None if rng.random() < 0.1 else "ArbZG", overtime),
    )
    return _with_matrices(rng, asked) if rng.random() < 0.4 else asked


def _stop(rng: Random, name: str, shifts: list[Shift]) -> Stop:
    windows = []
    for _ in range(rng.choice([0, 0, 1, 2])):
        chosen = rng.choice(shifts)
        start = rng.randrange(chosen.start, chosen.end - 120, 15)
        windows.append(Window(chosen.day, start, start + rng.choice([30, 120])))
    lock = None
    if rng.random() < 0.2:
        chosen = rng.choice(shifts)
        lock = Lock(chosen.van, chosen.day, rng.choice([None, 1, 2, 3]))
        windows = []
    kind = rng.choice([Kind.DELIVER, Kind.DELIVER, Kind.SWAP, Kind.PICKUP])
    load = Amount(rng.randint(1, 2), rng.randint(100, 500), rng.randint(5, 40))
    return Stop(
        name,
        kind,
        Point(rng.uniform(52.40, 52.62), rng.uniform(13.20, 13.60)),
        Amount() if kind is Kind.PICKUP else load,
        Amount() if kind is Kind.DELIVER else replace(load, boxes=rng.randint(1, 2)),
        rng.choice([10, 12.5, 20, 35, 50]),
        crew=rng.choice([1, 1, 1, 2]),
        priority=rng.choice([1, 1, 2]),
        windows=tuple(windows),
        lock=lock,
    )


def _begun(rng: Random, chosen: Shift, stops: list[Stop]) -> tuple[Shift, list[Stop]]:
    at = chosen.start + rng.choice([60, 170, 200])
    has_rested = rng.random() < 0.4
    breaks = (
        (Span(chosen.start + 60, chosen.start + 75),) if has_rested and at > hm("09:30") else ()
    )
    worked = at - chosen.start - sum(span.end - span.start for span in breaks)
    aboard = tuple(one.id for one in stops[:3])
    freed = [replace(one, windows=(), lock=None, crew=1) for one in stops[:3]]
    begun = Begun(
        at,
        Point(rng.uniform(52.45, 52.55), rng.uniform(13.30, 13.45)),
        worked,
        breaks,
        tuple(rng.sample(aboard, len(aboard))),
        rng.random() < 0.7,
    )
    return replace(chosen, begun=begun), [*freed, *stops[3:]]


def _with_matrices(rng: Random, asked: Problem) -> Problem:
    size = len(asked.points())
    there = [[rng.uniform(4, 40) for _ in range(size)] for _ in range(size)]
    for index, row in enumerate(there):
        row[index] = 0
    return replace(
        asked,
        travel=Matrices(
            tuple(tuple(round(cell, 1) for cell in row) for row in there),
            tuple(tuple(round(cell * 0.6, 2) for cell in row) for row in there),
        ),
    )
