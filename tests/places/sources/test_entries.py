"""Numbers, postcodes and words of an address, as files have them and as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.places.sources.columns import assigned
from hoffice.places.sources.entries import (
    Entry,
    Flaw,
    Making,
    Origin,
    Skipped,
    housenumber_of,
    number_of,
    postcode_of,
    tidy,
)


@pytest.mark.parametrize(
    ("number", "suffix", "housenumber"),
    [
        ("12", "", "12"),
        ("12", "A", "12A"),
        ("0012", "a ", "12a"),
        ("12.0", "", "12"),
        ("40", "p11", "40/p11"),
        ("129", "1", "129/1"),
        ("14-38", "", "14-38"),
        ("21/22", "", "21/22"),
        ("12", "nan", "12"),
        ("12", "NULL", "12"),
        ("0", "", ""),
        ("None", "", ""),
        ("", "A", ""),
    ],
)
def test_number_and_suffix_are_joined(number: str, suffix: str, housenumber: str) -> None:
    assert housenumber_of(number, suffix) == housenumber


@pytest.mark.parametrize(
    ("raw", "postcode"),
    [
        ("12045", "12045"),
        ("03172", "03172"),
        ("3172", "03172"),
        ("12045.0", "12045"),
        (" D-12045 ", "12045"),
        ("", ""),
        ("120", ""),
        ("120456", ""),
        ("Berlin", ""),
        ("١٢٠٤٥", ""),
    ],
)
def test_postcodes_have_five_digits(raw: str, postcode: str) -> None:
    assert postcode_of(raw) == postcode


@given(st.text(max_size=30))
def test_a_word_is_tidied_once_and_for_all(raw: str) -> None:
    assert tidy(tidy(raw)) == tidy(raw)


@given(
    st.lists(st.text(max_size=20), min_size=6, max_size=6),
    st.none() | st.floats(),
    st.none() | st.floats(),
)
def test_whatever_a_file_says_it_is_an_address_or_a_flaw(
    words: list[str], x: float | None, y: float | None
) -> None:
    making = Making(Origin("table", "x", "", 30), Skipped())

    entry = making.entry(words, x, y, 1)

    assert (entry is None) == (making.skipped.total == 1)
    if entry is not None:
        assert entry.street
        assert entry.housenumber
        assert len(entry.postcode) in {0, 5}
        assert (entry.lat is None) == (entry.lon is None)
        assert entry.lat is None or 47 <= entry.lat <= 55.5


def test_a_city_that_a_file_leaves_out_is_that_of_its_source() -> None:
    making = Making(Origin("table", "x", "", 30, city="Berlin"), Skipped())

    entry = making.entry(("Weg", "1", "", "", "", ""), None, None, 1)

    assert entry == Entry("Weg", "1", "", "Berlin", "", None, None)


def test_the_first_few_of_each_flaw_are_remembered() -> None:
    skipped = Skipped()

    for line in range(1, 100):
        skipped.note(Flaw.NO_NUMBER, line)

    assert skipped.first == {Flaw.NO_NUMBER: [1, 2, 3, 4, 5]}
    assert skipped.total == 99


@pytest.mark.parametrize(
    ("raw", "number"), [("13.4", 13.4), ("13,4", 13.4), (" 5 ", 5.0), ("", None), ("NULL", None)]
)
def test_coordinates_have_points_or_commas(raw: str, number: float | None) -> None:
    assert number_of(raw) == number


def test_ort_name_is_a_district_in_berlin_only() -> None:
    berlin = assigned(["str_name", "hnr", "plz", "bez_name", "ort_name"])
    elsewhere = assigned(["strasse", "hnr", "plz", "ort_name", "ortsteil"])
    cadastre = assigned(["strassenname", "hausnummer", "gemeinde", "ortsnamepost"])

    assert (berlin.get("city"), berlin["district"]) == (None, "ort_name")
    assert (elsewhere["city"], elsewhere["district"]) == ("ort_name", "ortsteil")
    assert cadastre["city"] == "ortsnamepost", "gemeinde is a number there"
