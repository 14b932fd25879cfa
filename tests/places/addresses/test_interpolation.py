"""Where a house lies between its neighbours, and when it is better not to say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.places.addresses.interpolation import (
    FARTHEST_NUMBER,
    LARGEST_ERROR_M,
    RADIUS_PER_ERROR,
    SMALLEST_RADIUS_M,
    interpolated,
)
from hoffice.places.rules import House, metres_between
from hoffice.units import Point

NORTH = 1 / 111_195
"""A metre in degrees of latitude."""


def at(number: str, metres: float | None) -> House:
    """A house so many metres up a street that runs north."""
    if metres is None:
        return House(number, None, None)
    return House(number, 52.5 + metres * NORTH, 13.4)


def straight(number: str, *houses: House) -> tuple[int, int] | None:
    """How far up the street the point is, and its radius."""
    point = interpolated(houses, number)
    if point is None:
        return None
    return round((point.lat - 52.5) / NORTH), point.radius_m


def test_between_two_houses_the_point_lies_in_proportion() -> None:
    assert straight("4", at("2", 100), at("6", 200)) == (150, SMALLEST_RADIUS_M)
    assert straight("3", at("2", 100), at("6", 200)) == (125, SMALLEST_RADIUS_M)


def test_the_radius_grows_with_what_could_be_wrong() -> None:
    assert straight("12", at("2", 100), at("22", 900)) == (500, round(400 * RADIUS_PER_ERROR))


def test_the_nearest_neighbours_count_and_not_those_behind_them() -> None:
    houses = [at("2", 100), at("6", 200), at("1", 5_000), at("8", 9_000)]

    assert straight("4", *houses) == (150, SMALLEST_RADIUS_M)


def test_a_letter_lies_a_little_behind_its_number() -> None:
    assert straight("12z", at("12", 100), at("13", 200)) == (187, SMALLEST_RADIUS_M)
    assert straight("12", at("12a", 100), at("14", 200)) == (100, SMALLEST_RADIUS_M)


def test_of_a_range_the_first_number_counts() -> None:
    assert straight("4-8", at("2", 100), at("6", 200)) == straight("4", at("2", 100), at("6", 200))


def test_beyond_the_last_house_it_is_the_last_house_until_it_is_too_far() -> None:
    assert straight("9", at("2", 100), at("6", 200)) == (200, SMALLEST_RADIUS_M)
    assert straight(str(6 + FARTHEST_NUMBER), at("6", 200)) is not None
    assert straight(str(7 + FARTHEST_NUMBER), at("6", 200)) is None
    assert straight("1", at(str(2 + FARTHEST_NUMBER), 200)) is None


def test_nobody_says_a_point_that_could_be_farther_off_than_a_postcode() -> None:
    far = 2 * LARGEST_ERROR_M

    assert straight("4", at("2", 100), at("6", 90 + far)) is not None
    assert straight("4", at("2", 100), at("6", 110 + far)) is None


@pytest.mark.parametrize("number", ["", "a", "Hinterhaus", "-"])
def test_without_a_number_there_is_no_place_on_the_street(number: str) -> None:
    assert interpolated([at("2", 100)], number) is None


def test_houses_without_point_or_number_say_nothing() -> None:
    assert interpolated([], "4") is None
    assert interpolated([at("4", None), at("Kiosk", 100)], "4") is None


def test_two_points_of_one_number_are_met_in_the_middle() -> None:
    assert straight("4", at("4", 100), at("4", 100)) == (100, SMALLEST_RADIUS_M)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3_000)), max_size=8),
    st.integers(0, 400),
)
def test_a_point_never_leaves_the_known_houses(known: list[tuple[int, int]], asked: int) -> None:
    houses = [at(str(number), metres + 1) for number, metres in known]

    point = interpolated(houses, str(asked))

    if point is None:
        return
    lats = [house.lat for house in houses if house.lat is not None]
    assert min(lats) - 1e-5 <= point.lat <= max(lats) + 1e-5
    assert point.radius_m >= SMALLEST_RADIUS_M
    nearest = min(metres_between(Point(lat, 13.4), Point(point.lat, point.lon)) for lat in lats)
    assert nearest <= LARGEST_ERROR_M + 1
