"""How plans grow: 500 people against the strongest rival, 1,000 and 5,000, and how work grows.

``python -m bench.sizes [--cpu-seconds 40] [--seeds 1 2 3]``. People give three windows of their own
choice, on three days each: more is asked for than fits. All plans are checked independently.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Final

from bench import vroom
from bench.story import WIDTHS, home, scenario, working_days
from bench.tree import Watch
from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning import plan as plans
from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Matrices, Problem, Rules, Window
from hoffice.runs.solver import PyvrpSolver

CPU_S: Final = 40.0
PATIENCE: Final = 20
"""A busy machine may take so many times longer than the CPU seconds granted."""

SEEDS: Final = (1, 2, 3)
SIZES: Final = {1000: 30.0, 5000: 60.0}
"""People, and the seconds of wall time they are planned in."""

MOST_BYTES: Final = 1_000_000_000
PEOPLE_A_DAY: Final = 12.5
GROWTH: Final = (250, 500, 1000, 2000, 4000, 8000)
MOST_GROWTH: Final = 2.5
"""Twice the people, at most so many times the work: n log n is 2.2 here, n² would be 4."""

LAST: Final = 3
"""So many doublings count: before, starting the processes is most of the work."""


class Pairs:
    """Legs pair by pair, as the model says them: for the checker of plans of any size."""

    def __init__(self, problem: Problem) -> None:
        self._points = problem.points()
        self.minutes = _Table(self, 0)
        self.km = _Table(self, 1)

    def leg(self, start: int, end: int) -> tuple[float, float]:
        """Minutes and kilometres of one way."""
        if start == end:
            return 0.0, 0.0
        return StraightLine().leg(self._points[start], self._points[end])


class _Table:
    def __init__(self, pairs: Pairs, which: int) -> None:
        self._pairs, self._which = pairs, which

    def __getitem__(self, start: int) -> _Row:
        return _Row(self._pairs, self._which, start)


class _Row:
    def __init__(self, pairs: Pairs, which: int, start: int) -> None:
        self._pairs, self._which, self._start = pairs, which, start

    def __getitem__(self, end: int) -> float:
        return self._pairs.leg(self._start, end)[self._which]


def overbooked(people: int, seed: int) -> Problem:
    """More people than fit, without the rule of breaks: the rival knows none."""
    days = round(people / PEOPLE_A_DAY)
    made = scenario(people, seed=seed, boxes=12, days=days, windows=3)
    return replace(made, rules=Rules(None))


def campaign(people: int, seed: int = 1) -> Problem:
    """As many people and days as wanted, no table of legs: the embedded model says them."""
    dice = Random(seed)  # noqa: S311  # a scenario, no secret
    small = scenario(1, boxes=12, days=1)
    calendar = working_days(round(people / PEOPLE_A_DAY))
    stops = []
    for number in range(1, people + 1):
        windows = tuple(
            Window(day, start * 60, end * 60)
            for day in sorted(dice.sample(calendar, 3))
            for start, end in [dice.choice(WIDTHS)]
        )
        at = home(number, dice)
        stops.append(replace(small.stops[0], id=f"e{number:04d}", at=at, windows=windows))
    shifts = tuple(replace(small.shifts[0], day=day) for day in calendar)
    return replace(small, stops=tuple(stops), shifts=shifts, travel="default")


def within(problem: Problem, cpu_seconds: float, seed: int) -> tuple[Plan, float]:
    """Our plan in so many CPU seconds of all processes together, however busy the machine is."""
    with Watch() as watch:
        made = PyvrpSolver(StraightLine()).solve(
            problem,
            seconds=PATIENCE * cpu_seconds,
            seed=seed,
            cancel=lambda: watch.cpu_seconds >= cpu_seconds - 1,
        )
    return made, watch.cpu_seconds


def against_the_rival(cpu_seconds: float, seeds: Sequence[int]) -> bool:
    """Whether at least as many are served, in the mean of the seeds, with no more CPU time."""
    is_there = vroom.provide()
    if not is_there:
        print("pyvroom cannot be installed here: PyVRP seeded by VROOM is NOT MEASURED.")
    ours: list[int] = []
    theirs: list[int | None] = []
    for seed in seeds:
        problem = overbooked(500, seed)
        made, spent = within(problem, cpu_seconds, seed)
        rest = max(spent, cpu_seconds)
        told = vroom.rival(problem, cpu_seconds=rest, seed=seed) if is_there else None
        legs = problem.travel
        faults = check(problem, made, legs).violations if isinstance(legs, Matrices) else ()
        ours.append(made.totals.served)
        theirs.append(told["served"] if told else None)
        line: dict[str, object] = {"people": 500, "seed": seed, "served": made.totals.served}
        line |= {"cpu_s": round(spent, 1), "violations": len(faults), "rival": told}
        print(json.dumps(line))
    known = [served for served in theirs if served is not None]
    mean = float(statistics.mean(ours))
    if len(known) < len(seeds):
        print(f"500 people: {mean:.1f} served; the rival was NOT MEASURED")
        return True
    print(f"500 people: {mean:.1f} served, the rival {statistics.mean(known):.1f}")
    return mean >= float(statistics.mean(known))


def large(people: int, seconds: float) -> bool:
    """Whether a plan of this size is feasible, in time and in bounded memory."""
    problem = campaign(people)
    begin = time.perf_counter()
    with Watch() as watch:
        made = PyvrpSolver(StraightLine()).solve(problem, seconds=seconds)
    took = time.perf_counter() - begin
    faults = check(problem, made, Pairs(problem)).violations  # type: ignore[arg-type]  # rows by index
    print(
        json.dumps(
            {
                "people": people,
                "served": made.totals.served,
                "van_days": made.totals.van_days,
                "seconds": round(took, 1),
                "cpu_s": round(watch.cpu_seconds, 1),
                "peak_mb": watch.peak // 1_000_000,
                "violations": len(faults),
            }
        )
    )
    in_time = took <= 1.1 * seconds + 5
    return not faults and in_time and watch.peak < MOST_BYTES


def growth() -> bool:
    """Whether all that is not the engine grows no faster than n log n."""
    rows = [_outside_the_engine(people) for people in GROWTH]
    for people, row in zip(GROWTH, rows, strict=True):
        parts = {name: round(spent, 3) for name, spent in row.items()}
        print(json.dumps({"people": people, **parts, "all": round(sum(row.values()), 3)}))
    totals = [sum(row.values()) for row in rows]
    ratio: float = (totals[-1] / totals[-1 - LAST]) ** (1 / LAST)
    steps = [round(b / a, 2) for a, b in pairwise(totals)]
    print(f"each doubling: times {steps}; the last {LAST} {ratio:.2f}, promised {MOST_GROWTH}")
    return ratio <= MOST_GROWTH


def _outside_the_engine(people: int) -> dict[str, float]:
    """CPU seconds of reading the problem, of planning without a single search, of checking."""
    text = json.dumps(problems.write(campaign(people)))
    begin = time.process_time()
    problem = problems.read(json.loads(text))
    spent = {"read": time.process_time() - begin}
    with Watch() as watch:
        made = PyvrpSolver(StraightLine()).solve(problem, iterations=0, processes=2)
    spent["plan"] = watch.cpu_seconds
    begin = time.process_time()
    plans.read(json.loads(json.dumps(plans.write(made))))
    check(problem, made, Pairs(problem))  # type: ignore[arg-type]  # rows by index
    spent["write_and_check"] = time.process_time() - begin
    return spent


def main() -> bool:
    """Print all lines; False when a promise is not kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cpu-seconds", type=float, default=CPU_S)
    options.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    chosen = options.parse_args()
    kept = [against_the_rival(chosen.cpu_seconds, chosen.seeds)]
    kept += [large(people, seconds) for people, seconds in SIZES.items()]
    kept.append(growth())
    return all(kept)


if __name__ == "__main__":
    sys.exit(not main())
