"""Where half an hour's break can be taken lawfully at any minute, the timing finds a way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random

from hoffice.runs.planning.problem import Begun, Matrices, Problem, Span, Window
from hoffice.runs.planning.schedule import Lack, Miss, timed
from tests.runs.planning.problems import MITTE, MONDAY, frame, problem, shift, stop

Activity = tuple[int, list[tuple[int, int]]]
"""How long something takes, and the windows in which it must begin; none: at any time."""

SIX = 360
NINE = 540
PAUSE = 30
MIN_STEP = 5


def routes(rng: Random) -> tuple[Problem, list[list[int]]]:
    """Few doors, long services, windows now and then; all times are multiples of five minutes."""
    day = shift(end=rng.choice(["16:30", "18:00", "19:00"]), work=rng.choice([420, 480, 600]))
    stops = []
    for n in range(rng.randint(1, 4)):
        windows = []
        for _ in range(rng.choice([0, 0, 1, 2])):
            start = rng.randrange(day.start, day.end - 30, 5)
            windows.append(Window(MONDAY, start, start + rng.choice([0, 10, 30])))
        one = stop(f"e{n}", minutes=rng.choice([20, 60, 90, 120, 150]))
        stops.append(replace(one, windows=tuple(windows)))
    if rng.random() < 0.3:
        at = day.start + rng.choice([60, 120, 200, 300])
        breaks = (Span(day.start + 30, day.start + 45),) if rng.random() < 0.5 else ()
        begun = Begun(
            at, MITTE, at - day.start - 15 * len(breaks), breaks, tuple(one.id for one in stops)
        )
        day = replace(day, begun=begun)
    asked = problem(*stops, shifts=(day,))
    size = len(asked.points())
    legs = tuple(
        tuple(0 if a == b else rng.choice([5, 10, 20, 30]) for b in range(size))
        for a in range(size)
    )
    order = rng.sample(range(1, len(stops) + 1), len(stops))
    cut = len(order) if day.begun else rng.randint(1, len(order))
    trips = [trip for trip in (order[:cut], order[cut:]) if trip]
    return replace(asked, travel=Matrices(legs, legs)), trips


def activities(asked: Problem, trips: list[list[int]]) -> Iterator[Activity]:
    """Loading, driving and service in their order."""
    assert isinstance(asked.travel, Matrices)
    under_way = asked.shifts[0].begun is not None
    for index, trip in enumerate(trips):
        here = len(asked.stops) + 1 if under_way and not index else 0
        if not (under_way and not index):
            yield int(asked.depot.load_min_per_trip), []
        for before, node in pairwise([here, *trip]):
            one = asked.stops[node - 1]
            yield int(asked.travel.minutes[before][node]), []
            yield int(one.service_min), sorted((w.start, w.end) for w in one.windows)
        yield int(asked.travel.minutes[trip[-1]][0]), []


def evening(doing: list[Activity], start: int, rest: int | None) -> int | None:
    """When all is done if nothing is done from ``rest`` for half an hour; None: too late."""
    now = start
    for length, windows in doing:
        while True:
            if rest is not None and now < rest + PAUSE and now + length > rest:
                now = rest + PAUSE
            begin = next((max(now, a) for a, b in windows if now <= b), None) if windows else now
            if begin is None:
                return None
            if begin == now:
                break
            now = begin
        now += length
    return now


def can_rest(asked: Problem, trips: list[list[int]]) -> bool:
    """Whether some start and some half an hour make the day lawful; all of them are tried."""
    day, doing = asked.shifts[0], list(activities(asked, trips))
    begun = day.begun
    before = int(begun.worked_min) if begun else 0
    rested = sum(one.end - one.start for one in begun.breaks) if begun else 0
    stretch = min(before, begun.at - begun.breaks[-1].end) if begun and begun.breaks else before
    for start in [begun.at] if begun else range(day.start, day.end, MIN_STEP):
        for rest in range(start, min(day.end, start - stretch + SIX + 1), MIN_STEP):
            end = evening(doing, start, rest)
            if end is None or end > day.end or rest + PAUSE > end:
                continue
            work = before + end - start - PAUSE
            need = 0 if work <= SIX else 30 if work <= NINE else 45
            # At the end of the day it would be no break, but rest at home.
            is_break = rest <= end - doing[-1][0] - PAUSE
            is_short = end - rest - PAUSE <= SIX and work <= day.max_work_min
            if is_break and is_short and rested + PAUSE >= need:
                return True
    return False


def test_no_lawful_half_hour_is_overlooked() -> None:
    said: Counter[str] = Counter()
    for seed in range(1200):
        asked, trips = routes(Random(seed))  # noqa: S311  # chance for tests, no secret
        framed = frame(asked)
        run = timed(framed, framed.days[0], trips)
        lack = run.lack if isinstance(run, Miss) else None
        said[lack or "driven"] += 1
        if lack in (Lack.BREAK, Lack.WORK):
            assert not can_rest(asked, trips), seed

    assert said["driven"] > 200
    assert said[Lack.BREAK] > 20, said
