"""Houses near a point, on both databases."""

from __future__ import annotations

import pytest

from hoffice.places import queries
from tests.conftest import Given
from tests.places.neighbours import neighbours


def near(radius_m: int = 400, limit: int = 10) -> list[tuple[str, str]]:
    found = queries.houses_near(52.481, 13.436, radius_m, limit)
    return [(one.street, one.number) for one in found]


def test_the_nearest_house_comes_first_and_the_far_one_not_at_all(given: Given) -> None:
    with given():
        neighbours(
            {"1": (52.483, 13.436), "2": (52.4811, 13.436), "3": (52.49, 13.436), "4": None},
            street="Sonnenallee",
        )

        assert near() == [("Sonnenallee", "2"), ("Sonnenallee", "1")]
        assert near(limit=1) == [("Sonnenallee", "2")]
        assert near(radius_m=100) == [("Sonnenallee", "2")]


def test_the_corners_of_the_square_are_not_near(given: Given) -> None:
    with given():
        neighbours({"1": (52.4843, 13.4414)}, street="Sonnenallee")  # 367 m and 366 m: 518 m away

        assert near() == []


def test_a_house_of_two_sources_is_there_once_where_the_better_one_has_it(given: Given) -> None:
    with given():
        neighbours({"1": (52.4812, 13.436)}, street="Sonnenallee", source="osm", rank=5)
        neighbours({"1": (52.4811, 13.436)}, street="Sonnenallee", source="berlin", rank=1)

        [house] = queries.houses_near(52.481, 13.436, 400, 10)
        assert house.lat == pytest.approx(52.4811)


def test_an_import_that_is_not_finished_is_not_seen(given: Given) -> None:
    with given():
        neighbours({"1": (52.4811, 13.436)}, street="Sonnenallee", is_current=False)

        assert near() == []
