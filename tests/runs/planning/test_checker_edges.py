"""Where exactly the checker says no: at the minute, at the hour of the law, on odd days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hoffice.runs.planning.checker import check
from hoffice.runs.planning.findings import Code
from hoffice.runs.planning.plan import Engine, Plan, Route, Totals, Trip, Visit
from hoffice.runs.planning.problem import Amount, Begun, Problem, Span
from tests.runs.planning.problems import (
    BOX,
    MITTE,
    MONDAY,
    frame,
    hm,
    problem,
    shift,
    stop,
)
from tests.runs.planning.varied import AUTUMN, SPRING

DRIVE = 20
FIGURES = {Code.WRONG_FIGURE, Code.WRONG_LOAD}
"""Not what is looked at here: the plans below are written by hand."""


def visit(name: str, start: str, leave: str, arrive: str = "") -> Visit:
    return Visit(name, hm(arrive or start), hm(start), hm(leave))


def codes(
    asked: Problem, *trips: tuple[str, tuple[Visit, ...]], end: str, breaks: tuple[str, ...] = ()
) -> set[Code]:
    """What the checker says to one route, given by its trips, its end and its breaks."""
    spans = tuple(Span(hm(one[:5]), hm(one[6:])) for one in breaks)
    chosen = asked.shifts[0]
    start = chosen.begun.at if chosen.begun else hm(trips[0][0])
    made = tuple(Trip(hm(begin), Amount(), visits) for begin, visits in trips)
    route = Route(chosen.van, chosen.day, start, hm(end), 0, 0, spans, made)
    plan = Plan("", Engine("hand", "1", 0, 0, 0), (route,), (), Totals(0, 0, 0, 0, 0))
    said = check(asked, plan, frame(asked).legs).violations
    return {found.code for found in said} - FIGURES


def one_door(
    minutes: float = 60,
    *windows: str,
    day: date = MONDAY,
    start: str = "06:00",
    end: str = "20:00",
) -> Problem:
    long = shift(day, start=start, end=end, work=600)
    return problem(stop("e1", *windows, minutes=minutes, day=day), shifts=(long,), minutes=DRIVE)


# --- one minute -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trip", "home", "expected"),
    [
        (("08:00", visit("e1", "08:35", "09:35")), "09:55", set()),
        (("08:00", visit("e1", "08:34", "09:35")), "09:55", set()),
        (("08:00", visit("e1", "08:33", "09:35")), "09:55", {Code.SHORT_LEG}),
        (("08:01", visit("e1", "08:35", "09:35")), "09:55", set()),
        (("08:02", visit("e1", "08:35", "09:35")), "09:55", {Code.SHORT_LEG}),
        (("08:00", visit("e1", "08:35", "09:34")), "09:55", set()),
        (("08:00", visit("e1", "08:35", "09:33")), "09:55", {Code.SHORT_SERVICE}),
        (("08:00", visit("e1", "08:35", "09:35")), "09:54", set()),
        (("08:00", visit("e1", "08:35", "09:35")), "09:53", {Code.SHORT_LEG}),
        (("08:00", visit("e1", "08:35", "09:35", arrive="08:36")), "09:55", set()),
        (("08:00", visit("e1", "08:35", "09:35", arrive="08:37")), "09:55", {Code.SHORT_LEG}),
    ],
)
def test_each_moment_may_be_a_minute_off_and_not_two(
    trip: tuple[str, Visit], home: str, expected: set[Code]
) -> None:
    assert codes(one_door(), (trip[0], (trip[1],)), end=home) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("08:35-08:35", set()),
        ("08:36-09:00", set()),
        ("08:37-09:00", {Code.OUTSIDE_WINDOW}),
        ("08:00-08:34", set()),
        ("08:00-08:33", {Code.OUTSIDE_WINDOW}),
    ],
)
def test_a_window_may_be_missed_by_a_minute_and_not_by_two(
    window: str, expected: set[Code]
) -> None:
    asked = one_door(60, window)

    assert codes(asked, ("08:00", (visit("e1", "08:35", "09:35"),)), end="09:55") == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("08:00", "09:55", set()),
        ("08:01", "09:54", set()),
        ("08:02", "09:55", {Code.EARLY_START}),
        ("08:00", "09:53", {Code.LATE_END}),
    ],
)
def test_a_shift_is_kept_to_the_minute(start: str, end: str, expected: set[Code]) -> None:
    asked = one_door(60, start=start, end=end)

    assert codes(asked, ("08:00", (visit("e1", "08:35", "09:35"),)), end="09:55") == expected


# --- the hours of the law -------------------------------------------------------------------------


def waiting(work: int, *breaks: str) -> set[Code]:
    """A day of so many minutes of work: two doors with a long wait, breaks in the wait."""
    asked = problem(
        stop("e1", minutes=10),
        stop("e2", minutes=10),
        shifts=(shift(start="06:00", end="20:00", work=600),),
        minutes=DRIVE,
    )
    rest = sum(hm(one[6:]) - hm(one[:5]) for one in breaks)
    end = hm("08:00") + work + rest
    start, leave = end - DRIVE - 10, end - DRIVE
    visits = (visit("e1", "08:35", "08:45"), Visit("e2", hm("09:05"), start, leave))
    return codes(asked, ("08:00", visits), end=f"{end // 60:02d}:{end % 60:02d}", breaks=breaks)


@pytest.mark.parametrize(
    ("work", "breaks", "expected"),
    [
        (360, (), set()),
        (361, (), set()),
        (362, (), {Code.BREAK_MISSING, Code.LONG_STRETCH}),
        (362, ("11:00-11:30",), set()),
        (362, ("11:00-11:29",), set()),
        (362, ("11:00-11:28",), {Code.BREAK_MISSING}),
        (362, ("11:00-11:15", "12:00-12:15"), set()),
        (362, ("11:00-11:15", "11:15-11:30"), set()),
        (362, ("11:00-11:17", "12:00-12:13"), {Code.BREAK_MISSING}),
        (362, ("11:00-11:10", "11:30-11:40", "12:00-12:10"), {Code.BREAK_MISSING}),
        (540, ("12:00-12:30",), set()),
        (541, ("12:00-12:30",), set()),
        (542, ("12:00-12:30",), {Code.BREAK_MISSING}),
        (542, ("12:00-12:45",), set()),
        (542, ("11:00-11:15", "12:00-12:15", "13:00-13:15"), set()),
        (542, ("12:00-12:43",), {Code.BREAK_MISSING}),
        (480, ("14:00-14:30",), set()),
        (480, ("14:01-14:31",), set()),
        (480, ("14:02-14:32",), {Code.LONG_STRETCH}),
        (480, ("09:30-10:00",), {Code.LONG_STRETCH}),
        (600, ("12:00-12:45",), set()),
        (602, ("12:00-12:30", "14:00-14:15"), {Code.TOO_MUCH_WORK}),
    ],
)
def test_breaks_are_wanted_from_just_so_much_work_on(
    work: int, breaks: tuple[str, ...], expected: set[Code]
) -> None:
    found = waiting(work, *breaks)
    if Code.BREAK_MISSING in expected and Code.LONG_STRETCH not in expected:
        found -= {Code.LONG_STRETCH}

    assert found == expected


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        (("12:00-12:30",), set()),
        (("11:55-12:25",), set()),
        (("11:50-12:20",), {Code.BREAK_AT_WORK}),
        (("12:20-12:50",), {Code.BREAK_AT_WORK}),
    ],
)
def test_the_hours_in_a_row_run_on_when_the_van_loads_again(
    breaks: tuple[str, ...], expected: set[Code]
) -> None:
    asked = problem(
        stop("e1", minutes=180),
        stop("e2", minutes=150),
        shifts=(shift(start="06:00", end="20:00", work=600),),
        minutes=DRIVE,
    )
    trips = (
        ("08:00", (visit("e1", "08:35", "11:35"),)),
        ("12:30", (visit("e2", "13:05", "15:35"),)),
    )

    assert codes(asked, *trips, end="15:55", breaks=breaks) == expected
    assert codes(asked, *trips, end="15:55") == {Code.BREAK_MISSING, Code.LONG_STRETCH}


# --- what is in the van ---------------------------------------------------------------------------


def test_a_swap_may_fill_the_van_too_much_on_the_way_although_both_ends_fit() -> None:
    three, one = Amount(3, 0, 0), Amount(1, 0, 0)
    asked = problem(
        stop("takes-back", minutes=10, out=one, back=three),
        stop("brings", minutes=10, out=three, back=one),
        minutes=DRIVE,
    )
    asked = replace(asked, vans=(replace(asked.vans[0], capacity=Amount(4, 0, 0)),))
    wrong = (visit("takes-back", "08:35", "08:45"), visit("brings", "09:05", "09:15"))
    right = (visit("brings", "08:35", "08:45"), visit("takes-back", "09:05", "09:15"))

    assert codes(asked, ("08:00", wrong), end="09:35") == {Code.OVERLOAD}
    assert codes(asked, ("08:00", right), end="09:35") == set()


def test_what_nobody_took_stays_in_the_van_under_way() -> None:
    begun = Begun(hm("10:00"), MITTE, 120, (), ("kept", "brought"))
    asked = problem(
        stop("kept", minutes=10),
        stop("brought", minutes=10),
        stop("fetched", minutes=10, out=Amount(), back=Amount(5, 0, 0)),
        shifts=(shift(begun=begun),),
        minutes=DRIVE,
    )
    visits = (visit("brought", "10:20", "10:30"), visit("fetched", "10:50", "11:00"))
    left = codes(asked, ("10:00", visits), end="11:20")
    roomy = replace(asked, vans=(replace(asked.vans[0], capacity=Amount(5, 9000, 900)),))

    assert left == {Code.STOP_LOST}
    assert codes(roomy, ("10:00", visits), end="11:20") == {Code.STOP_LOST, Code.OVERLOAD}


def test_a_van_under_way_must_not_hide_what_it_worked_already() -> None:
    begun = Begun(hm("12:00"), MITTE, 240, (), ("e1",))
    asked = problem(stop("e1", minutes=150), shifts=(shift(begun=begun),), minutes=DRIVE)
    rested = replace(begun, worked_min=210, breaks=(Span(hm("09:00"), hm("09:30")),))
    fresh = replace(asked, shifts=(shift(begun=rested),))
    visits = (visit("e1", "12:20", "14:50"),)

    assert codes(asked, ("12:00", visits), end="15:10") == {Code.BREAK_MISSING, Code.LONG_STRETCH}
    assert codes(fresh, ("12:00", visits), end="15:10") == set()


# --- the days on which the clocks change ----------------------------------------------------------


def test_in_spring_an_hour_on_the_clock_is_no_hour_of_driving_or_of_service() -> None:
    asked = one_door(60, day=SPRING, start="00:30")
    good = ("01:00", (visit("e1", "01:35", "03:35"),))
    hurried = ("01:00", (visit("e1", "01:35", "03:00"),))
    flown = ("01:30", (visit("e1", "03:00", "04:00"),))

    assert codes(asked, good, end="03:55") == set()
    assert codes(asked, hurried, end="03:55") == {Code.SHORT_SERVICE}
    assert codes(asked, flown, end="04:20") == {Code.SHORT_LEG}


def test_in_spring_seven_hours_on_the_clock_are_six_of_work() -> None:
    asked = one_door(305, day=SPRING, start="00:30")

    assert codes(asked, ("01:00", (visit("e1", "01:35", "07:40"),)), end="08:00") == set()
    day_after = one_door(305, day=SPRING + timedelta(days=1), start="00:30")
    assert codes(day_after, ("01:00", (visit("e1", "01:35", "07:40"),)), end="08:00") == {
        Code.BREAK_MISSING,
        Code.LONG_STRETCH,
    }


def test_in_autumn_six_hours_on_the_clock_are_seven_of_work() -> None:
    asked = one_door(305, day=AUTUMN, start="00:30")

    assert codes(asked, ("00:30", (visit("e1", "01:05", "06:10"),)), end="06:30") == {
        Code.BREAK_MISSING,
        Code.LONG_STRETCH,
    }


def test_a_minute_that_no_clock_shows_is_the_one_that_follows_it() -> None:
    asked = one_door(10, "01:30-02:30", day=SPRING, start="00:30")

    assert codes(asked, ("01:40", (visit("e1", "03:15", "03:25"),)), end="03:45") == {
        Code.OUTSIDE_WINDOW
    }
    assert codes(asked, ("01:24", (visit("e1", "01:59", "03:09"),)), end="03:29") == set()


def test_a_day_in_the_shops_own_hours_knows_nothing_of_the_change() -> None:
    for day in (SPRING, AUTUMN):
        asked = one_door(60, day=day)
        assert codes(asked, ("08:00", (visit("e1", "08:35", "09:35"),)), end="09:55") == set()


def test_boxes_are_counted_for_each_trip_alone() -> None:
    asked = problem(
        *(stop(f"e{n}", minutes=10, out=replace(BOX, boxes=4)) for n in range(2)), minutes=DRIVE
    )
    one = ("08:00", (visit("e0", "08:35", "08:45"), visit("e1", "09:05", "09:15")))
    two = (
        ("08:00", (visit("e0", "08:35", "08:45"),)),
        ("09:05", (visit("e1", "09:40", "09:50"),)),
    )

    assert codes(asked, one, end="09:35") == {Code.OVERLOAD}
    assert codes(asked, *two, end="10:10") == set()
