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


def least_work(asked: Problem, trips: list[list[int]], *, has_break: bool) -> int | None:
    """The least work of a lawful day over all starts and half hours; None: there is none."""
    day, doing = asked.shifts[0], list(activities(asked, trips))
    begun = day.begun
    before = int(begun.worked_min) if begun else 0
    rested = sum(one.end - one.start for one in begun.breaks) if begun else 0
    stretch = min(before, begun.at - begun.breaks[-1].end) if begun and begun.breaks else before
    found = []
    for start in [begun.at] if begun else range(day.start, day.end, MIN_STEP):
        latest = start - stretch + SIX
        for rest in range(start, min(day.end, latest + 1), MIN_STEP) if has_break else [None]:
            end = evening(doing, start, rest)
            # At the end of the day it would be no break, but rest at home.
            if end is None or end > day.end or (rest and rest > end - doing[-1][0] - PAUSE):
                continue
            work = before + end - start - PAUSE * has_break
            need = 0 if work <= SIX else 30 if work <= NINE else 45
            last = start - stretch if rest is None else rest + PAUSE
            is_lawful = end - last <= SIX and rested + PAUSE * has_break >= need
            if is_lawful and work <= day.max_work_min:
                found.append(work)
    return min(found, default=None)


def test_no_lawful_half_hour_is_overlooked_and_no_work_is_wasted() -> None:
    said: Counter[str] = Counter()
    for seed in range(900):
        asked, trips = routes(Random(seed))  # noqa: S311  # chance for tests, no secret
        framed = frame(asked)
        run = timed(framed, framed.days[0], trips)
        if isinstance(run, Miss):
            said[run.lack] += 1
            if run.lack in (Lack.BREAK, Lack.WORK):
                assert least_work(asked, trips, has_break=True) is None, seed
            continue
        rest = sum(end - begin for begin, end in run.breaks) // 60
        said[f"rests {rest}"] += 1
        if rest in (0, PAUSE):
            least = least_work(asked, trips, has_break=rest == PAUSE)
            assert least is None or run.work // 60 <= least, seed

    assert said["rests 0"] > 100
    assert said["rests 30"] > 20
    assert said[Lack.BREAK] > 20, said
