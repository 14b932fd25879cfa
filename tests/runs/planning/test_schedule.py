"""Breaks come where the law wants them and the windows leave room."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hoffice.runs.planning.frame import Clock, Frame
from hoffice.runs.planning.problem import Begun, Problem, Span
from hoffice.runs.planning.schedule import Lack, Miss, Timed, timed
from tests.runs.planning.problems import MITTE, MONDAY, frame, hm, problem, shift, stop


def drive(asked: Problem, *trips: list[int]) -> Timed | Miss:
    framed: Frame = frame(asked)
    return timed(framed, framed.days[0], trips or [list(range(1, framed.size))])


def lawful(asked: Problem, *trips: list[int]) -> Timed:
    run = drive(asked, *trips)
    assert isinstance(run, Timed), run
    return run


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def test_the_crew_sets_off_late_enough_not_to_wait() -> None:
    run = lawful(problem(stop("e1", "12:00-13:00"), minutes=20))

    assert [clock(run.start), clock(run.begins[1]), clock(run.end)] == ["11:25", "12:00", "12:35"]
    assert run.work == 70 * 60


def test_a_window_bounds_the_start_of_service_and_not_its_end() -> None:
    run = lawful(problem(stop("e1", "08:35-08:35", minutes=120), minutes=20))

    assert clock(run.begins[1]) == "08:35"


def test_the_later_of_two_windows_is_taken_if_the_first_is_missed() -> None:
    run = lawful(problem(stop("e1", "07:00-08:10", "10:00-11:00"), minutes=20))

    assert clock(run.begins[1]) == "10:00"


def test_six_hours_need_no_break_and_a_minute_more_does() -> None:
    six = problem(stop("e1", minutes=305), minutes=20)
    more = problem(stop("e1", minutes=150), stop("e2", minutes=136), minutes=20)

    assert lawful(six).breaks == ()
    assert lawful(six).work == 360 * 60
    assert [end - begin for begin, end in lawful(more).breaks] == [30 * 60]


def test_a_wait_between_two_windows_is_used_for_the_break() -> None:
    asked = problem(
        stop("early", "08:35-08:40", minutes=60),
        stop("late", "14:30-15:00", minutes=60),
        minutes=20,
    )

    run = lawful(asked)

    assert clock(run.begins[2]) == "14:30"
    ((begin, end),) = run.breaks
    assert run.begins[1] + 3600 <= begin
    assert end <= run.begins[2]
    assert max(begin - run.start, run.end - end) <= 6 * 3600


def test_a_promised_window_that_leaves_no_room_for_the_break_makes_the_route_impossible() -> None:
    run = drive(problem(stop("e1", "08:35-08:35", minutes=330), minutes=20))

    assert isinstance(run, Miss)
    assert run.lack is Lack.BREAK


def test_two_quarters_of_an_hour_do_where_half_an_hour_does_not_fit() -> None:
    # 08:00 load, then doors every two hours with a quarter of an hour of slack after each.
    doors = [
        stop("a", "08:35-08:35", minutes=105),
        stop("b", "10:55-10:55", minutes=105),
        stop("c", "13:15-13:15", minutes=70),
    ]
    run = lawful(problem(*doors, minutes=20))

    assert [end - begin for begin, end in run.breaks] == [15 * 60, 15 * 60]
    assert run.work > 6 * 3600


def test_more_than_nine_hours_need_three_quarters_of_an_hour() -> None:
    day = shift(start="07:00", end="18:00", work=600)
    asked = problem(*(stop(f"e{n}", minutes=80) for n in range(6)), shifts=(day,), minutes=10)

    run = lawful(asked)

    assert 9 * 3600 < run.work <= 600 * 60
    assert sum(end - begin for begin, end in run.breaks) == 45 * 60


def test_too_much_work_is_refused_by_as_much_as_it_is_too_much() -> None:
    run = drive(problem(stop("e1", minutes=200), shifts=(shift(work=240),), minutes=20))

    assert isinstance(run, Miss)
    assert (run.lack, run.seconds) == (Lack.WORK, 15 * 60)


def test_a_missed_window_says_by_how_much() -> None:
    run = drive(problem(stop("e1", "08:00-08:20"), minutes=20))

    assert isinstance(run, Miss)
    assert (run.lack, run.seconds) == (Lack.TIME, 15 * 60)


def test_an_overfull_trip_says_how_many_boxes_are_too_many() -> None:
    run = drive(problem(*(stop(f"e{n}") for n in range(8)), minutes=5))

    assert isinstance(run, Miss)
    assert (run.lack, run.excess.boxes) == (Lack.ROOM, 2)


def test_a_shift_under_way_counts_what_was_worked_and_rested() -> None:
    rested = Begun(hm("12:00"), MITTE, 210, (Span(hm("09:30"), hm("10:00")),), ("e1",))
    asked = problem(stop("e1", minutes=200), shifts=(shift(begun=rested),), minutes=20)

    run = lawful(asked)

    assert run.start == 12 * 3600
    assert run.work == (210 + 240) * 60
    assert run.breaks == ()


def test_a_shift_under_way_without_a_break_takes_it_before_six_hours_are_over() -> None:
    tired = Begun(hm("12:00"), MITTE, 240, (), ("e1", "e2"))
    asked = problem(
        stop("e1", minutes=60), stop("e2", minutes=60), shifts=(shift(begun=tired),), minutes=20
    )

    ((begin, end),) = lawful(asked).breaks

    assert end - begin == 30 * 60
    assert begin <= 14 * 3600


@pytest.mark.parametrize(
    ("days", "wall", "hours"), [(6, "12:00", 11), (0, "12:00", 12), (216, "12:00", 13)]
)
def test_noon_comes_after_the_hours_that_really_passed(days: int, wall: str, hours: int) -> None:
    berlin = frame(problem()).days[0].clock
    assert berlin.seconds(hm("12:00")) == 12 * 3600
    changed = Clock(MONDAY + timedelta(days=days), berlin.zone)

    assert changed.seconds(hm(wall)) == hours * 3600
    assert changed.minute(hours * 3600) == hm(wall)


def test_windows_that_overlap_are_one() -> None:
    asked = problem(
        stop("e1", "10:00-12:00", "10:30-10:40", "12:00-13:00", "15:00-15:30"),
        stop("e2", "12:15-12:15", minutes=10),
        minutes=10,
    )

    assert [(clock(a), clock(b)) for a, b in frame(asked).days[0].open[1]] == [
        ("10:00", "13:00"),
        ("15:00", "15:30"),
    ]
    assert clock(lawful(asked).begins[1]) == "11:50"


def test_with_a_break_the_crew_sets_off_late_enough_too() -> None:
    asked = problem(
        stop("first", "10:50-10:50", minutes=150),
        stop("second", minutes=210),
        shifts=(shift(end="19:00"),),
        minutes=20,
    )

    run = lawful(asked, [1], [2])

    assert [end - begin for begin, end in run.breaks] == [30 * 60]
    assert clock(run.start) == "10:15"
    assert run.work == (15 + 20 + 150 + 20 + 15 + 20 + 210 + 20) * 60
