"""What an arrangement by hand does: lawful as ever, or with everything that breaks."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning.assembly import route_of
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.effects import Driven, Kind, driven
from hoffice.runs.planning.frame import Day, Frame, legs_of
from hoffice.runs.planning.problem import Amount, Begun, Lock, Problem
from hoffice.runs.planning.schedule import Timed, timed
from tests.runs.planning import problems as make
from tests.runs.planning.problems import MONDAY, hm
from tests.runs.planning.varied import varied


def arranged(asked: Problem, *trips: str) -> Driven:
    """The first shift with these stops; each text names the stops of a trip by a letter each."""
    frame = make.frame(asked)
    return driven(frame, frame.days[0], [[frame.node[one] for one in trip] for trip in trips])


def kinds(found: Driven) -> set[Kind]:
    return {breach.kind for breach in found.breaches}


@settings(max_examples=60, deadline=None)
@given(make.problems())
def test_a_lawful_route_is_driven_just_as_it_is_planned(asked: Problem) -> None:
    frame = make.frame(asked)
    for index, trips in build(frame).items():
        found = driven(frame, frame.days[index], trips)
        assert found.route == route_of(frame, frame.days[index], trips)
        assert found.is_lawful, [breach.finding.sentence for breach in found.breaches]


def at_random(frame: Frame, rng: Random) -> tuple[Day, list[list[int]]]:
    """Some stops in any order on any shift."""
    day = rng.choice(frame.days)
    nodes = rng.sample(range(1, frame.size), rng.randint(1, min(14, frame.size - 1)))
    cut = rng.randint(0, len(nodes))
    return day, [trip for trip in (nodes[:cut], nodes[cut:]) if trip]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000))
def test_whatever_cannot_be_driven_says_what_breaks_and_nothing_else_is_wrong(seed: int) -> None:
    rng = Random(seed)  # noqa: S311  # chance for a test
    asked = varied(rng)
    frame = Frame(asked, legs_of(asked, StraightLine()))
    day, trips = at_random(frame, rng)
    run = timed(frame, day, trips)
    found = driven(frame, day, trips)
    assert [visit.id for visit in found.route.visits] == [
        frame.stop(node).id for trip in trips for node in trip
    ]
    words = {breach.finding.code for breach in found.breaches}
    impossible = {"short-leg", "short-service", "short-loading", "wrong-load", "wrong-figure"}
    impossible |= {"break-at-work", "break-outside", "early-start"}
    is_tonight = found.route.end < 26 * 60  # later in the night the clocks may change
    assert not (is_tonight and words & impossible), words
    if isinstance(run, Timed):
        assert found.is_lawful, words


def test_who_is_reached_after_the_promised_window_is_so_many_minutes_late() -> None:
    promised = make.stop("a", "08:00-08:30", required=True)
    said = make.stop("b", "09:00-09:10")
    found = arranged(make.problem(promised, said, minutes=60), "ba")
    late = {breach.stop: (breach.kind, breach.late_min) for breach in found.breaches}
    # loading until 8:15, an hour to each door, 15 minutes at each
    assert late == {"b": (Kind.WINDOW, 5), "a": (Kind.PROMISE, 2 * 60)}
    assert [visit.start for visit in found.route.visits] == [hm("09:15"), hm("10:30")]


def test_a_promise_for_another_day_has_no_minutes() -> None:
    other = make.stop("a", "10:00-12:00", day=MONDAY + timedelta(days=1), required=True)
    (breach,) = arranged(make.problem(other, minutes=10), "a").breaches
    assert (breach.kind, breach.stop, breach.late_min) == (Kind.PROMISE, "a", None)


def test_too_many_boxes_are_told_and_the_times_are_as_ever() -> None:
    stops = [make.stop(name) for name in "abcdefgh"]
    found = arranged(make.problem(*stops, minutes=10), "abcdefgh")
    assert kinds(found) == {Kind.LOAD}
    wide = make.problem(*stops, minutes=10, vans=(make.van(boxes=8),))
    assert found.route == arranged(wide, "abcdefgh").route


def test_a_stop_bound_to_another_run_or_order_is_told() -> None:
    days = (make.shift(), make.shift(MONDAY + timedelta(days=1)))
    bound = make.stop("a", lock=Lock("bus-1", days[1].day))
    first, second = (make.stop(n, lock=Lock("bus-1", MONDAY, p)) for n, p in (("b", 1), ("c", 2)))
    found = arranged(make.problem(bound, first, second, shifts=days, minutes=10), "acb")
    assert [(b.kind, b.stop) for b in found.breaches] == [(Kind.LOCK, "a"), (Kind.LOCK, "c")]


def test_a_crew_too_small_for_the_door_is_told() -> None:
    heavy = make.stop("a", crew=2)
    found = arranged(make.problem(heavy, vans=(make.van(crew=1),), minutes=10), "a")
    assert [(breach.kind, breach.stop) for breach in found.breaches] == [(Kind.LOAD, "a")]


def test_a_day_too_long_breaks_the_shift_and_the_law_with_its_paragraph() -> None:
    stops = [make.stop(name, minutes=30, out=Amount(1)) for name in "abcdefghijklmnop"]
    vans = (make.van(boxes=99),)
    found = arranged(make.problem(*stops, minutes=15, vans=vans), "abcdefghijklmnop")
    laws = {breach.law for breach in found.breaches}
    assert kinds(found) == {Kind.TIME, Kind.LAW}
    assert "§ 3 ArbZG" in laws
    assert found.route.breaks, "the break is taken all the same"


def test_a_break_that_costs_no_promise_is_taken_there() -> None:
    early = make.stop("a", "08:00-09:00", required=True)
    rest = [make.stop(name, minutes=60) for name in "bcdef"]
    late = make.stop("g", "14:00-14:10", required=True)
    found = arranged(make.problem(early, *rest, late, minutes=10, load=0), "abcdefg")
    # 8:00 to 14:25 with seven doors: the break makes g late, never a
    assert {breach.stop for breach in found.breaches if breach.kind is Kind.PROMISE} <= {"g"}


def test_an_evening_beyond_midnight_goes_on_counting() -> None:
    late = make.shift(start="14:00", end="22:00")
    stops = [make.stop(name, minutes=120, out=Amount(1)) for name in "abcdef"]
    found = arranged(make.problem(*stops, minutes=30, shifts=(late,)), "abcdef")
    assert found.route.end > 24 * 60
    assert Kind.TIME in kinds(found)


def test_what_is_not_on_board_of_a_van_under_way_is_told() -> None:
    under_way = make.shift(begun=Begun(hm("10:00"), make.MITTE, 120, (), ("a",)))
    asked = make.problem(make.stop("a"), make.stop("b"), shifts=(under_way,), minutes=10)
    found = arranged(asked, "ab")
    assert [(breach.kind, breach.stop) for breach in found.breaches] == [(Kind.LOAD, "b")]
