"""Whoever is left out is told why, and by how much."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hoffice.runs.planning.board import Board
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.problem import Amount, Begun, Problem
from hoffice.runs.planning.validation import hopeless, left_out
from tests.runs.planning.problems import MITTE, MONDAY, frame, hm, problem, shift, stop, van
from tests.runs.planning.test_builder import built


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (problem(stop("e1", "06:00-07:00")), "no window inside any shift"),
        (
            problem(stop("e1", "10:00-12:00", day=MONDAY + timedelta(days=1))),
            "no window inside any shift",
        ),
        (problem(stop("e1", out=Amount(8, 0, 0))), "too big for every van: 2 boxes too many"),
        (problem(stop("e1", out=Amount(1, 0, 950))), "too big for every van: 50 kg too many"),
        (problem(stop("e1", crew=3)), "needs 3 people at the door, the largest crew has 2"),
        (
            problem(stop("e1"), minutes=250),
            "there and back takes 20 min longer than the best shift allows",
        ),
        (
            problem(stop("e1", "08:00-08:20"), minutes=20),
            "no van can keep its windows and be back in time: 15 min are missing",
        ),
        (
            problem(stop("e1", "16:10-16:30"), minutes=20),
            "no van can keep its windows and be back in time: 15 min are missing",
        ),
        (
            problem(stop("e1", "08:35-08:35", minutes=330), minutes=20),
            "the crew could not take its lawful break",
        ),
    ],
)
def test_a_hopeless_stop_needs_no_search(asked: Problem, said: str) -> None:
    assert [reason.sentence for reason in hopeless(frame(asked))[1]] == [said]
    assert [reason.sentence for reason in built(asked).unplanned[0].reasons] == [said]


def test_a_stop_that_can_be_served_alone_is_not_hopeless() -> None:
    assert hopeless(frame(problem(stop("e1")))) == {}


def test_boxes_that_ride_elsewhere_are_a_reason() -> None:
    begun = Begun(hm("15:00"), MITTE, 400, (), ("e1",))
    asked = problem(
        stop("e1", "09:00-10:00"),
        vans=(van(), van("bus-2")),
        shifts=(shift(), shift(bus="bus-2", begun=begun)),
    )

    assert [str(left.reasons[0].code) for left in built(asked).unplanned] == ["in-other-van"]


def test_a_full_day_says_how_many_minutes_are_missing() -> None:
    asked = problem(
        stop("first", "08:35-08:35", minutes=60, priority=2),
        stop("second", "08:35-09:00", minutes=60),
        minutes=20,
    )

    (left,) = built(asked).unplanned

    assert left.reasons[0].sentence == (
        "no time left: the nearest place in a run is 55 min too short"
    )


def test_reasons_are_given_however_late_it_is() -> None:
    asked = problem(*(stop(f"e{n}", "09:00-10:00", lat=52.40 + n / 50) for n in range(14)))
    framed = frame(asked)
    board = Board(framed, build(framed))

    hasty, thorough = left_out(board, until=0.0), left_out(board)

    assert hasty.keys() == thorough.keys()
    assert thorough
    assert all(hasty.values())
