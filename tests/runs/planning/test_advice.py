"""What would help is said only when it has been built, and with the figures of what was built."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hoffice.runs.planning.advice import Advice, Kind, advice
from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.board import Board
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.plan import Engine, Plan
from hoffice.runs.planning.problem import Problem
from hoffice.runs.planning.validation import left_out
from tests.runs.planning.problems import MONDAY, frame, problem, shift, stop, van
from tests.runs.planning.test_splitting import town

ENGINE = Engine("builder", "1", 1, 0, 0.1)
LONG = 600.0


def planned(asked: Problem) -> Plan:
    framed = frame(asked)
    routes = build(framed)
    return assemble(framed, routes, ENGINE, left_out(Board(framed, routes)))


def advised(asked: Problem, *, deadline_s: float = LONG) -> tuple[Advice, ...]:
    return advice(asked, frame(asked).legs, planned(asked), deadline_s=deadline_s)


def served(asked: Problem) -> int:
    return sum(len(trip) for trips in build(frame(asked)).values() for trip in trips)


def rush(people: int = 12) -> Problem:
    """Everybody wants the same two hours of Monday; on Tuesday the van stays empty."""
    stops = [stop(f"e{n:02d}", "09:00-11:00", lat=52.46 + n / 100) for n in range(people)]
    return problem(*stops, shifts=(shift(MONDAY), shift(MONDAY + timedelta(days=1))))


def test_one_more_van_on_the_day_that_people_want_serves_more() -> None:
    asked = rush()
    found = [one for one in advised(asked) if one.kind is Kind.MORE_VANS]

    assert [one.facts["date"] for one in found] == [MONDAY.isoformat()]
    extra = replace(asked.shifts[0], van="bus-2")
    with_two = replace(asked, vans=(*asked.vans, van("bus-2")), shifts=(*asked.shifts, extra))
    assert found[0].facts["before"] == served(asked)
    assert found[0].facts["after"] == served(with_two) > served(asked)
    assert str(found[0].facts["after"]) in found[0].sentence


def test_a_larger_van_that_saves_a_day_is_named_with_its_size() -> None:
    stops = [stop(f"e{n:02d}", lat=52.40, lon=13.05 + n / 500, minutes=5) for n in range(12)]
    days = tuple(shift(MONDAY + timedelta(days=n)) for n in range(8))
    asked = problem(*stops, vans=(van(boxes=2),), shifts=days, load=40)

    found = [one for one in advised(asked) if one.kind is Kind.LARGER_VAN]

    assert len(found) == 1
    assert found[0].facts["boxes"] in {4, 6, 8}
    larger = replace(asked, vans=(van(boxes=int(found[0].facts["boxes"])),))
    assert found[0].facts["before"] == len(build(frame(asked)))
    assert found[0].facts["after"] == len(build(frame(larger))) < len(build(frame(asked)))


def test_what_does_not_help_is_not_said() -> None:
    assert advised(problem(stop("e1"), stop("e2", lat=52.53))) == ()


def test_an_hour_more_never_breaks_the_ten_hours() -> None:
    asked = problem(
        *town(60, 2).stops, shifts=tuple(shift(MONDAY, work=600, end="19:00") for _ in range(1))
    )
    Frame(asked, frame(asked).legs)

    for one in advised(asked):
        assert one.kind is not Kind.LONGER_DAY or one.facts["after"] > one.facts["before"]


def test_without_time_nothing_is_said() -> None:
    assert advised(rush(), deadline_s=0.0) == ()


def test_nothing_is_said_of_very_large_or_empty_plans() -> None:
    asked = town(301, 2)
    nobody = Plan(asked.sha256, ENGINE, (), (), planned(problem()).totals)

    assert advice(asked, frame(problem()).legs, nobody, deadline_s=LONG) == ()
    assert advised(problem()) == ()
