"""Whatever is asked, the plans that the house makes pass the checker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Depot, Problem, Rules, Shift, Window
from hoffice.runs.solver import PyvrpSolver
from tests.runs.planning.problems import MITTE, frame, points, stop, van
from tests.runs.planning.test_builder import built
from tests.runs.planning.varied import SPRING, varied

TRUSTING = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def faults(asked: Problem, made: Plan) -> list[str]:
    violations = check(asked, made, frame(asked).legs).violations
    return [found.sentence for found in violations] + [
        f"{left.id} is left out without a reason" for left in made.unplanned if not left.reasons
    ]


@settings(TRUSTING, max_examples=80)
@given(seed=st.integers(0, 2**32))
def test_our_own_plans_of_full_days_break_no_rule(seed: int) -> None:
    asked = varied(Random(seed))  # noqa: S311  # chance for tests, no secret

    assert faults(asked, built(asked)) == []


@settings(TRUSTING, max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_the_engines_plans_of_full_days_break_no_rule(seed: int) -> None:
    asked = varied(Random(seed))  # noqa: S311  # chance for tests, no secret

    made = PyvrpSolver(StraightLine()).solve(asked, iterations=15)

    assert faults(asked, made) == []


@st.composite
def nights_of_change(draw: st.DrawFn) -> Problem:
    """Shifts and windows around the hour that there is not."""
    shifts = []
    for day in (SPRING, SPRING + timedelta(days=1)):
        start = draw(st.integers(0, 16)) * 15
        end = start + draw(st.integers(1, 50)) * 15
        shifts.append(Shift("bus-1", day, start, end, draw(st.sampled_from([300, 480]))))
    stops = []
    for n in range(draw(st.integers(1, 7))):
        windows = []
        for one in shifts[: draw(st.integers(0, 2))]:
            begin = draw(st.integers(0, 30)) * 10
            windows.append(Window(one.day, begin, begin + draw(st.sampled_from([0, 30, 90]))))
        at = draw(points)
        made = stop(f"e{n}", lat=at.lat, lon=at.lon, minutes=draw(st.sampled_from([5, 20, 65])))
        stops.append(replace(made, windows=tuple(windows)))
    return Problem(
        "Europe/Berlin",
        Depot("depot", MITTE, 7.5),
        (van(boxes=3),),
        tuple(shifts),
        tuple(stops),
        rules=Rules("ArbZG", 0),
    )


@settings(TRUSTING, max_examples=100)
@given(asked=nights_of_change())
def test_plans_of_the_night_in_which_an_hour_is_missing_break_no_rule(asked: Problem) -> None:
    assert faults(asked, built(asked)) == []
    made = PyvrpSolver(StraightLine()).solve(asked, iterations=5)
    assert faults(asked, made) == []
