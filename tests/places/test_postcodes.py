"""Postcodes become points that say how rough they are."""

from __future__ import annotations

import pytest

from hoffice.places.geocoders.postcodes import (
    BERLIN_RADIUS_M,
    ELSEWHERE_RADIUS_M,
    POTSDAM_RADIUS_M,
    centroid,
    radius_m,
)


def test_a_postcode_of_neukoelln_lies_in_neukoelln() -> None:
    assert centroid("12045") == pytest.approx((52.485, 13.437), abs=0.02)


@pytest.mark.parametrize(
    ("postcode", "metres"),
    [
        ("10115", BERLIN_RADIUS_M),
        ("12529", ELSEWHERE_RADIUS_M),
        ("13591", BERLIN_RADIUS_M),
        ("14050", BERLIN_RADIUS_M),
        ("14199", BERLIN_RADIUS_M),
        ("14467", POTSDAM_RADIUS_M),
        ("14482", POTSDAM_RADIUS_M),
        ("14513", ELSEWHERE_RADIUS_M),
        ("80331", ELSEWHERE_RADIUS_M),
    ],
)
def test_the_radius_grows_towards_the_country(postcode: str, metres: int) -> None:
    assert radius_m(postcode) == metres


@pytest.mark.parametrize("postcode", ["", "00000", "1204", "keine"])
def test_what_is_no_known_postcode_has_no_middle(postcode: str) -> None:
    assert centroid(postcode) is None
