"""The embedded travel model: near the roads, never absurd, always the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.places.travel.answers import TravelTimes
from hoffice.places.travel.straight import StraightLine, minutes_for, straight_km

ALEXANDERPLATZ = (52.5219, 13.4132)
POTSDAM = (52.3906, 13.0645)
points = st.tuples(st.floats(52.3, 52.7), st.floats(13.0, 13.8))


def test_from_alexanderplatz_to_potsdam_it_is_27_km_as_the_crow_flies() -> None:
    assert straight_km(ALEXANDERPLATZ, POTSDAM) == pytest.approx(27.8, abs=0.2)


def test_the_way_to_potsdam_takes_nearly_an_hour_and_36_km() -> None:
    roads: TravelTimes = StraightLine()

    matrix = roads.matrix([ALEXANDERPLATZ, POTSDAM])

    assert matrix.minutes[0][1] == pytest.approx(53, abs=1.5)
    assert matrix.km[0][1] == pytest.approx(36, abs=0.5)


@pytest.mark.parametrize(("km", "minutes"), [(2, 6.1), (10, 23.7), (20, 41.0)])
def test_the_implied_speed_is_that_of_the_measured_network(km: float, minutes: float) -> None:
    assert minutes_for(km) == pytest.approx(minutes, abs=0.1)


def test_the_house_next_door_still_takes_two_minutes_and_staying_takes_none() -> None:
    matrix = StraightLine().matrix([ALEXANDERPLATZ, ALEXANDERPLATZ])

    assert matrix.minutes == ((0.0, 2.0), (2.0, 0.0))
    assert matrix.km[0][1] == 0


@given(start=points, end=points)
def test_there_is_as_far_as_back(start: tuple[float, float], end: tuple[float, float]) -> None:
    matrix = StraightLine().matrix([start, end])

    assert matrix.minutes[0][1] == matrix.minutes[1][0]
    assert matrix.km[0][1] == pytest.approx(1.294 * straight_km(start, end), abs=1e-6)


@given(near=st.floats(0, 60), more=st.floats(0, 60))
def test_farther_never_takes_less(near: float, more: float) -> None:
    assert minutes_for(near) <= minutes_for(near + more)
