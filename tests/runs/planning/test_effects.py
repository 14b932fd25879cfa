"""What an arrangement by hand does: lawful as ever, or with everything that breaks."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning.assembly import route_of
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.effects import Driven, Kind, driven
from hoffice.runs.planning.frame import Day, Frame, legs_of
from hoffice.runs.planning.problem import Problem
from hoffice.runs.planning.schedule import Timed, timed
from tests.runs.planning import problems as make
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
