"""Names that could have been meant, the nearest first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.places.addresses.similar import ONE_LETTER, similar

KEYS = (
    "sonnenallee",
    "sonnenweg",
    "tonnenallee",
    "seestrasse",
    "teestrasse",
    "hof",
    "hofweg",
    "strassedes17juni",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sonnenalle", "sonnenallee"),
        ("sonnenalleee", "sonnenallee"),
        ("sonnanallee", "sonnenallee"),
        ("sonnenalele", "sonnenallee"),
        ("strassed17juni", "strassedes17juni"),
        ("hoff", "hof"),
    ],
)
def test_a_letter_missing_too_many_wrong_or_swapped_is_seen_through(typed: str, meant: str) -> None:
    assert similar(typed, KEYS)[0] == meant


def test_the_nearest_come_first_and_of_those_the_ones_that_begin_alike() -> None:
    assert similar("sonnenalee", KEYS)[:2] == ["sonnenallee", "tonnenallee"]
    assert similar("deestrasse", KEYS) == ["seestrasse", "teestrasse"]


def test_a_name_is_not_similar_to_itself_and_nothing_to_nothing() -> None:
    assert similar("sonnenallee", ["sonnenallee"]) == []
    assert similar("", KEYS) == []
    assert similar("sonnenallee", []) == []


def test_short_names_forgive_one_letter_only() -> None:
    assert similar("hog", KEYS) == ["hof"]
    assert similar("hxg", KEYS) == []
    assert similar("sonxxnallee", KEYS) == ["sonnenallee"]
    assert similar("sonxxnallee", KEYS, mistakes=ONE_LETTER) == []


def test_the_beginning_of_a_long_name_is_enough_to_offer_it() -> None:
    assert similar("sonne", KEYS) == ["sonnenweg", "sonnenallee"]
    assert similar("sonn", KEYS) == []
    assert similar("sonne", KEYS, mistakes=ONE_LETTER) == []


def test_there_are_never_more_than_asked_for() -> None:
    keys = [f"seestrasse{n}" for n in range(100)]

    assert len(similar("seestrasse", keys, limit=5)) == 5


@given(st.sampled_from(KEYS), st.integers(0, 99), st.sampled_from("abxyz7"), st.integers(0, 3))
def test_one_mistake_anywhere_finds_the_name(key: str, where: int, letter: str, kind: int) -> None:
    place = where % (len(key) - 1)
    wrong = {
        0: key[:place] + key[place + 1 :],
        1: key[:place] + letter + key[place:],
        2: key[:place] + letter + key[place + 1 :],
        3: key[:place] + key[place + 1] + key[place] + key[place + 2 :],
    }[kind]

    assert key in similar(wrong, KEYS) or wrong in KEYS
