"""The engine's plans pass the checker, and the same seed makes the same plan."""

from __future__ import annotations

import inspect
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import pyvrp
from hypothesis import HealthCheck, given, settings

from hoffice.places.travel.straight import StraightLine
from hoffice.runs import solver as engine
from hoffice.runs.planning.assembly import routes_of
from hoffice.runs.planning.board import Board, cost, score
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.engine import Progress, Solver
from hoffice.runs.planning.findings import Code
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Lock, Problem
from hoffice.runs.solver import DEFAULT_SECONDS, PyvrpSolver, model, planner
from tests.runs.planning import problems as make
from tests.runs.planning.problems import MONDAY, frame, problem, shift, stop, van

TUESDAY = MONDAY + timedelta(days=1)


def solved(asked: Problem, iterations: int = 40, seed: int = 1) -> Plan:
    solver: Solver = PyvrpSolver(StraightLine())
    return solver.solve(asked, iterations=iterations, seed=seed)


def violations(asked: Problem, made: Plan) -> list[str]:
    return [found.sentence for found in check(asked, made, frame(asked).legs).violations]


def campaign(people: int = 40, *, windows: bool = False) -> Problem:
    """People all over town; with windows, each may be visited in one of two mornings."""
    stops = []
    for n in range(people):
        lat, lon = 52.42 + (n * 37 % 20) / 100, 13.2 + (n * 53 % 40) / 100
        one = stop(f"e{n:02d}", lat=lat, lon=lon)
        if windows:
            days = (MONDAY + timedelta(days=n % 5), MONDAY + timedelta(days=(n + 2) % 5))
            opens = 8 + n % 6
            choices = [
                stop("x", f"{opens:02d}:30-{opens + 2:02d}:30", day=day).windows[0] for day in days
            ]
            one = replace(one, windows=tuple(choices))
        stops.append(one)
    shifts = tuple(shift(MONDAY + timedelta(days=n)) for n in range(5))
    return problem(*stops, shifts=shifts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=make.problems())
def test_whatever_is_asked_the_engine_breaks_no_rule(asked: Problem) -> None:
    made = solved(asked, iterations=25)

    assert violations(asked, made) == []
    assert all(left.reasons for left in made.unplanned)


@pytest.mark.parametrize("windows", [False, True])
def test_the_engine_is_never_worse_than_our_own_first_plan(*, windows: bool) -> None:
    asked = campaign(windows=windows)
    framed = frame(asked)
    first = build(framed)

    made = solved(asked, iterations=150)

    again = Board(framed, routes_of(framed, made)).routes
    assert score(framed, again) >= score(framed, first)


def test_the_same_seed_and_iterations_make_the_same_plan() -> None:
    asked = campaign(windows=True)

    one, other = solved(asked, 120, seed=7), solved(asked, 120, seed=7)

    assert replace(one, engine=other.engine) == other
    assert one.engine.iterations == 120


def test_a_golden_plan_stays_golden() -> None:
    made = solved(campaign(), iterations=200, seed=3)

    assert made.totals.served == 40
    assert made.totals.van_days == 3
    assert cost(frame(campaign()), routes_of(frame(campaign()), made)) <= 1_290_000


def test_the_engine_says_who_it_is_and_what_it_did() -> None:
    made = solved(campaign(10), iterations=30, seed=5)

    assert (made.engine.name, made.engine.version) == ("pyvrp", "0.14.1")
    assert (made.engine.seed, made.engine.iterations) == (5, 30)
    assert made.engine.seconds > 0


def test_a_search_that_nobody_wants_any_more_ends_with_a_plan() -> None:
    calls = []

    def enough() -> bool:
        calls.append(1)
        return len(calls) > 5

    made = PyvrpSolver(StraightLine()).solve(campaign(20), iterations=10_000, cancel=enough)

    assert made.engine.iterations < 10
    assert made.totals.served == 20


def test_what_the_engine_got_wrong_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = campaign(14)
    overfull = {0: [list(range(1, 15))]}
    monkeypatch.setattr(planner, "build", lambda *_, **__: {})
    monkeypatch.setattr(model.Model, "solve", lambda *_, **__: (overfull, 1))

    made = solved(asked)

    assert violations(asked, made) == []
    assert made.totals.served == 14


def test_a_plan_that_breaks_a_rule_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    stricter = problem(*campaign(14).stops, shifts=(shift(end="09:00"),))
    monkeypatch.setattr(planner, "check", lambda _, plan, legs: check(stricter, plan, legs))

    with pytest.raises(AssertionError, match="the shift at 09:00"):
        solved(campaign(14))


def test_the_seconds_are_kept() -> None:
    begin = time.perf_counter()

    PyvrpSolver(StraightLine()).solve(campaign(), seconds=1.0)

    took = time.perf_counter() - begin
    assert 0.9 < took < DEFAULT_SECONDS, "the time that is taken where none is asked for"


def test_better_plans_are_told_on_the_way() -> None:
    news: list[Progress] = []

    PyvrpSolver(StraightLine()).solve(
        campaign(windows=True), iterations=300, on_progress=news.append
    )

    assert news
    assert [step.iterations for step in news] == sorted(step.iterations for step in news)
    assert news[-1].served <= 40


def test_a_required_stop_that_cannot_be_served_is_left_out_with_a_reason() -> None:
    made = solved(problem(stop("e1"), stop("never", "05:00-06:00", required=True)))

    assert made.totals.served == 1
    assert made.unplanned[0].reasons[0].code is Code.NO_WINDOW


def test_what_matters_more_is_served_where_not_all_can_be() -> None:
    asked = problem(
        *(stop(f"e{n}", "08:45-08:50", priority=n, lat=52.45 + n / 100) for n in range(4)),
        minutes=20,
    )

    made = solved(asked, iterations=100)

    assert [visit.id for route in made.routes for visit in route.visits] == ["e3"]


def test_crews_and_locks_bind_the_engine_too() -> None:
    vans = (van("bus-1", crew=1), van("bus-2", crew=2))
    shifts = (shift(bus="bus-1"), shift(bus="bus-2"))
    heavy = [stop(f"heavy{n}", crew=2, lat=52.45 + n / 50) for n in range(3)]
    bound = [stop(f"bound{n}", lock=Lock("bus-1", MONDAY), lat=52.45 + n / 60) for n in range(3)]
    asked = problem(*heavy, *bound, vans=vans, shifts=shifts)

    made = solved(asked, iterations=200)

    van_of = {visit.id: route.van for route in made.routes for visit in route.visits}
    assert {van_of[one.id] for one in heavy} == {"bus-2"}
    assert {van_of[one.id] for one in bound} == {"bus-1"}


def test_days_longer_than_six_hours_all_have_their_break() -> None:
    made = solved(campaign(60), iterations=150)

    long_days = [route for route in made.routes if route.work_min > 360]
    assert long_days
    assert all(sum(s.end - s.start for s in route.breaks) >= 30 for route in long_days)


def test_an_empty_problem_has_an_empty_plan() -> None:
    assert solved(problem()).totals.served == 0
    assert solved(problem(stop("e1"), shifts=(shift(end="08:01"),))).totals.served == 0


@pytest.mark.parametrize(
    ("thing", "names"),
    [
        (pyvrp.Client, ["location", "delivery", "pickup", "tw_early", "tw_late", "prize", "group"]),
        (pyvrp.VehicleType, ["shift_duration", "max_overtime", "reload_depots", "max_reloads"]),
        (pyvrp.Depot, ["location", "service_duration"]),
        (pyvrp.search.NeighbourhoodParams, ["num_neighbours"]),
        (pyvrp.ProblemData, ["locations", "clients", "depots", "vehicle_types", "groups"]),
    ],
)
def test_the_engine_still_has_the_names_that_we_use(thing: type, names: list[str]) -> None:
    said = str(inspect.getdoc(vars(thing)["__init__"]))

    assert [name for name in names if name not in said] == []


SOLOMON = """C101

VEHICLE
NUMBER     CAPACITY
  3         20

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       1000          0
    1      3         4         10          0        900         10
    2      0         5         10          0        900         10
    3      6         8         10          0        900         10
"""


def test_a_public_instance_is_solved_by_its_own_conventions(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("solomon") / "c101.txt"
    file.write_text(SOLOMON)

    made = engine.benchmark(file, seconds=time.process_time() + 0.3)

    assert made.is_feasible
    assert made.cost == 30.0
    assert sorted(map(sorted, made.routes)) == [[1, 3], [2]]


def test_what_is_no_instance_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("solomon") / "letter.txt"
    file.write_text("Dear planner, 1 2 3")

    with pytest.raises(ValueError, match="no fleet"):
        engine.benchmark(file, seconds=1)


def test_who_is_planned_now_is_planned_afterwards() -> None:
    """Bound to the order of their run, where putting everybody in anew finds no way."""
    asked = campaign(30)
    now = solved(asked)
    key = {visit.id: (route.van, route.day) for route in now.routes for visit in route.visits}
    place = {visit.id: n for route in now.routes for n, visit in enumerate(route.visits, start=1)}
    bound = replace(
        asked,
        stops=tuple(
            replace(one, lock=Lock(*key[one.id], place[one.id]), required=True)
            if one.id in key
            else one
            for one in asked.stops
        ),
    )
    start = {
        (route.van, route.day): [[visit.id for visit in trip.stops] for trip in route.trips]
        for route in now.routes
    }

    made = PyvrpSolver(StraightLine()).solve(bound, iterations=5, start=start)

    served = {visit.id for route in made.routes for visit in route.visits}
    assert key.keys() <= served
    assert {v.id: (r.van, r.day) for r in made.routes for v in r.visits if v.id in key} == key
