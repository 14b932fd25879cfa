"""What the README says about runs, as a command: ``python bench/runs.py [--seconds 10]``.

The story of March 2020: 140 people all over Berlin, some in Potsdam, one van with room for six
boxes. What was driven then (four to six boxes a day, in the order of the list) against a plan.
People and addresses are drawn at random.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning import builder
from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.board import Board
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.frame import Frame, legs_of
from hoffice.runs.planning.plan import Engine, Plan
from hoffice.runs.planning.problem import (
    Amount,
    Depot,
    Kind,
    Point,
    Problem,
    Shift,
    Stop,
    Van,
    Window,
)
from hoffice.runs.planning.validation import left_out
from hoffice.runs.solver import PyvrpSolver

DEPOT = Point(52.520, 13.404)
POTSDAM = Point(52.395, 13.060)
FIRST_DAY = date(2020, 3, 23)
BOX = Amount(1, 240, 25)
WIDTHS = ((8, 10), (8, 11), (10, 12), (11, 14), (12, 14), (13, 16), (14, 16), (9, 12))
LISTED_A_DAY = (4, 5, 6)


def march_2020(
    people: int = 140, *, boxes: int = 6, windows: int = 0, seed: int = 1, days: int = 20
) -> Problem:
    """The story as a problem: one box a person, ``windows`` choices each (0 = any time)."""
    dice = random.Random(seed)  # noqa: S311  # a scenario, no secret
    calendar = _working_days(days)
    van = Van("bus-1", Amount(boxes, 9000, 900), 2, 9000, 30, 2500)
    shifts = tuple(Shift(van.id, day, 8 * 60, 16 * 60 + 30, 480) for day in calendar)
    stops = []
    for number in range(1, people + 1):
        choices = []
        for day in sorted(dice.sample(calendar, windows)):
            start, end = dice.choice(WIDTHS)
            choices.append(Window(day, start * 60, end * 60))
        stops.append(
            Stop(
                f"e{number:03d}",
                Kind.DELIVER,
                _home(number, dice),
                BOX,
                Amount(),
                service_min=15,
                windows=tuple(choices),
            )
        )
    return Problem("Europe/Berlin", Depot("depot", DEPOT, 15), (van,), shifts, tuple(stops))


def _working_days(count: int) -> list[date]:
    days = (FIRST_DAY + timedelta(days=offset) for offset in range(2 * count + 7))
    return [day for day in days if day.isoweekday() <= 5][:count]  # noqa: PLR2004  # Friday


def _home(number: int, dice: random.Random) -> Point:
    """One in 25 in Potsdam, six in ten near the centre, the others anywhere in Berlin."""
    if number % 25 == 0:
        return Point(dice.gauss(POTSDAM.lat, 0.012), dice.gauss(POTSDAM.lon, 0.03))
    if dice.random() < 0.6:  # noqa: PLR2004
        return Point(dice.gauss(52.515, 0.045), dice.gauss(13.40, 0.08))
    radius, angle = math.sqrt(dice.random()), dice.random() * math.tau
    return Point(52.515 + 0.15 * radius * math.sin(angle), 13.40 + 0.30 * radius * math.cos(angle))


def by_the_list(problem: Problem, a_day: int) -> tuple[int, float]:
    """What was done in 2020: so many boxes a day, in the order of the list; van-days and km."""
    legs = legs_of(problem, StraightLine())
    days, km, row = 0, 0.0, list(range(1, len(problem.stops) + 1))
    while row:
        trip = [0, *row[:a_day], 0]
        row = row[a_day:]
        days += 1
        km += sum(legs.km[a][b] for a, b in pairwise(trip))
    return days, round(km, 1)


def built(problem: Problem) -> Plan:
    """The plan of our own builder, without an engine."""
    start = time.perf_counter()
    frame = Frame(problem, legs_of(problem, StraightLine()))
    routes = builder.build(frame)
    seconds = round(time.perf_counter() - start, 3)
    board = Board(frame, routes)
    return assemble(frame, routes, Engine("builder", "1", 0, 0, seconds), left_out(board))


def line(name: str, problem: Problem, plan: Plan) -> None:
    """One line of the table, checked independently."""
    verdict = check(problem, plan, legs_of(problem, StraightLine()))
    print(
        json.dumps(
            {
                "plan": name,
                "seconds": plan.engine.seconds,
                **vars(verdict.totals),
                "violations": len(verdict.violations),
            }
        )
    )
    for violation in verdict.violations[:5]:
        print("  ", violation.sentence)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--no-engine", action="store_true")
    chosen = options.parse_args()
    free = march_2020(seed=chosen.seed)
    for a_day in LISTED_A_DAY:
        days, km = by_the_list(free, a_day)
        print(json.dumps({"plan": f"list, {a_day} a day", "van_days": days, "km": km}))
    problems = {
        "any time, 6 boxes": free,
        "any time, 12 boxes": march_2020(boxes=12, seed=chosen.seed),
        "three windows, 6 boxes": march_2020(windows=3, seed=chosen.seed),
        "any time, no break rule": replace(free, rules=replace(free.rules, breaks=None)),
    }
    for name, problem in problems.items():
        line(f"builder: {name}", problem, built(problem))
        if not chosen.no_engine:
            solver = PyvrpSolver(StraightLine())
            plan = solver.solve(problem, seconds=chosen.seconds, seed=chosen.seed)
            line(f"engine: {name}", problem, plan)


if __name__ == "__main__":
    main()
