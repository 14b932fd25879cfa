"""The builder makes plans that the checker believes, and makes them fast."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoffice.runs.planning import builder
from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.board import Board, score
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.findings import Code
from hoffice.runs.planning.plan import Engine, Plan
from hoffice.runs.planning.problem import Amount, Begun, Lock, Problem, Rules
from hoffice.runs.planning.schedule import Timed, timed
from hoffice.runs.planning.validation import left_out
from tests.runs.planning import problems as make
from tests.runs.planning.problems import MONDAY, frame, problem, shift, stop, van

TUESDAY = MONDAY + timedelta(days=1)


def built(asked: Problem) -> Plan:
    framed = frame(asked)
    routes = builder.build(framed)
    return assemble(
        framed, routes, Engine("builder", "1", 0, 0, 0), left_out(Board(framed, routes))
    )


def sentences(asked: Problem, made: Plan) -> list[str]:
    return [found.sentence for found in check(asked, made, frame(asked).legs).violations]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=make.problems())
def test_whatever_is_asked_the_builder_breaks_no_rule(asked: Problem) -> None:
    made = built(asked)

    assert sentences(asked, made) == []
    assert all(left.reasons for left in made.unplanned)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=make.campaigns())
def test_full_days_with_breaks_break_no_rule(asked: Problem) -> None:
    assert sentences(asked, built(asked)) == []


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_three_stops_that_fit_on_an_empty_day_are_all_served(seed: int) -> None:
    asked = problem(
        *(stop(f"e{n}", lat=52.45 + seed % 97 / 1000, lon=13.3 + n / 20) for n in range(3))
    )

    assert built(asked).totals.served == 3


def test_a_full_van_loads_again_at_the_depot() -> None:
    made = built(problem(*(stop(f"e{n}") for n in range(8))))

    assert [trip.load.boxes for trip in made.routes[0].trips] in ([6, 2], [2, 6])


def test_no_second_day_is_opened_to_save_kilometres() -> None:
    asked = problem(
        stop("north", lat=52.63), stop("south", lat=52.40), shifts=(shift(), shift(TUESDAY))
    )

    assert built(asked).totals.van_days == 1


def test_the_lower_priority_is_left_out_first() -> None:
    asked = problem(
        stop("low", "08:45-08:50", priority=1),
        stop("high", "08:45-08:50", priority=5),
        minutes=20,
    )

    made = built(asked)

    assert [left.id for left in made.unplanned] == ["low"]
    assert made.unplanned[0].reasons[0].code == Code.NO_TIME


def test_a_required_stop_goes_before_every_priority() -> None:
    asked = problem(
        stop("wanted", "08:45-08:50", priority=9),
        stop("required", "08:45-08:50", required=True),
        minutes=20,
    )

    assert [left.id for left in built(asked).unplanned] == ["wanted"]


def test_a_locked_stop_rides_with_its_van_and_in_its_order() -> None:
    both = (van("bus-1"), van("bus-2"))
    shifts = (shift(bus="bus-1"), shift(bus="bus-2"))
    asked = problem(
        stop("last", lock=Lock("bus-2", MONDAY, 2), lat=52.51),
        stop("first", lock=Lock("bus-2", MONDAY, 1), lat=52.40),
        vans=both,
        shifts=shifts,
    )

    (route,) = built(asked).routes

    assert route.van == "bus-2"
    assert [visit.id for visit in route.visits] == ["first", "last"]


def test_a_van_under_way_delivers_what_it_has_and_loads_for_the_rest() -> None:
    begun = Begun(11 * 60 + 20, make.MITTE, 170, (), ("aboard",))
    asked = problem(
        stop("aboard", lat=52.47), stop("waiting", lat=52.53), shifts=(shift(begun=begun),)
    )

    (route,) = built(asked).routes

    assert route.start == 11 * 60 + 20
    assert [[visit.id for visit in trip.stops] for trip in route.trips] == [["aboard"], ["waiting"]]


def test_a_swap_frees_its_room_before_it_takes_back() -> None:
    six = Amount(6, 0, 0)
    asked = problem(stop("swap", out=six, back=six))

    assert built(asked).totals.served == 1


def test_long_days_are_broken_by_a_lawful_pause() -> None:
    made = built(problem(*(stop(f"e{n:02d}", minutes=30) for n in range(9)), minutes=10))

    (route,) = made.routes

    assert route.work_min > 360
    assert sum(span.end - span.start for span in route.breaks) == 30


def test_without_the_rule_nobody_pauses() -> None:
    stops = [stop(f"e{n:02d}", minutes=30) for n in range(9)]
    made = built(problem(*stops, minutes=10, rules=Rules(None)))

    assert made.routes[0].breaks == ()


def test_the_day_on_which_the_clocks_change_is_an_hour_shorter() -> None:
    sunday = MONDAY + timedelta(days=6)
    night = shift(sunday, start="00:30", end="06:30", work=600)
    asked = problem(
        *(stop(f"e{n}", minutes=60) for n in range(5)), shifts=(night,), minutes=5, load=0
    )

    made = built(asked)

    assert made.totals.served == 4
    assert made.routes[0].work_min == 265
    assert sentences(asked, made) == []


def test_140_stops_on_twenty_days_all_find_a_place() -> None:
    stops = [stop(f"e{n:03d}", lat=52.40 + n % 12 / 60, lon=13.2 + n / 400) for n in range(140)]
    shifts = tuple(shift(MONDAY + timedelta(days=n)) for n in range(20))
    asked = problem(*stops, shifts=shifts)

    routes = builder.build(frame(asked))

    assert sum(len(trip) for trips in routes.values() for trip in trips) == 140


def test_a_builder_that_is_late_from_the_start_still_makes_lawful_routes() -> None:
    asked = problem(*(stop(f"e{n}", lat=52.45 + n / 100) for n in range(12)))
    framed = frame(asked)

    late = builder.build(framed, until=0.0)

    assert score(framed, builder.build(framed)) >= score(framed, late)
    assert all(isinstance(timed(framed, framed.days[i], t), Timed) for i, t in late.items())


def test_refining_keeps_everybody_and_is_never_worse() -> None:
    asked = problem(
        *(stop(f"e{n}", lat=52.45 + n / 100) for n in range(8)),
        shifts=tuple(shift(MONDAY + timedelta(days=n)) for n in range(4)),
    )
    framed = frame(asked)
    scattered = {0: [[1, 2]], 1: [[3, 4]], 2: [[5, 6]], 3: [[7, 8]]}

    better = builder.refine(framed, scattered)

    assert sorted(n for trips in better.values() for trip in trips for n in trip) == list(
        range(1, 9)
    )
    assert score(framed, better) > score(framed, scattered)
