"""One key for every way to write a street, a house number or a town."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.places.addresses.spelling import (
    bare_number,
    is_range,
    number_key,
    street_key,
    town_key,
)

REGISTER = Path(__file__).resolve().parents[4] / "shared/data/addresses/berlin_register_2023.csv.gz"
ENDLESS = 300_000
"""Characters; a step for each pair of them would take hours."""


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sonnenallee", "sonnenallee"),
        ("Müllerstraße", "muellerstrasse"),
        ("Müllerstr.", "muellerstrasse"),
        ("Müller Str", "muellerstrasse"),
        ("MÜLLERSTRASSE", "muellerstrasse"),
        ("Mueller-Strasse", "muellerstrasse"),
        ("Mu\u0308llerstraße", "muellerstrasse"),
        ("Karl-Marx-Str.", "karlmarxstrasse"),
        ("Karl Marx Straße", "karlmarxstrasse"),
        ("KARL-MARX-STRAẞE", "karlmarxstrasse"),
        ("Str. des 17. Juni", "strassedes17juni"),
        ("Straße 12", "strasse12"),
        ("Str 12", "strasse12"),
        ("Strelitzer Str.", "strelitzerstrasse"),
        ("Strausberger Pl.", "strausbergerplatz"),
        ("Plauener Platz", "plauenerplatz"),
        ("Potsdamer Ch.", "potsdamerchaussee"),
        ("Potsdamer Chauss.", "potsdamerchaussee"),
        ("Frankfurter Al.", "frankfurterallee"),
        ("St. Marien-Straße", "sanktmarienstrasse"),
        ("Sankt Marien Str.", "sanktmarienstrasse"),
        ("Prof.-Dr.-Virchow-Str.", "professordoktorvirchowstrasse"),
        ("Łódzka", "lodzka"),
        ("Café-René-Weg", "cafereneweg"),
        ("", ""),
        ("😀 – !", ""),
    ],
)
def test_every_spelling_of_a_street_has_one_key(name: str, key: str) -> None:
    assert street_key(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müllerstraße", "Mullerstraße"),
        ("Waldstraße", "Waldweg"),
        ("Straße 12", "Straße 21"),
        ("Am Hof", "Im Hof"),
        ("Strandweg", "Straßeandweg"),
    ],
)
def test_other_streets_have_other_keys(one: str, other: str) -> None:
    assert street_key(one) != street_key(other)


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("12", "12"),
        ("12 A", "12a"),
        ("12A", "12a"),
        ("012 a", "12a"),
        ("12 a - c", "12a-c"),
        ("14 – 38", "14-38"),
        ("14—38", "14-38"),
        ("21 / 22", "21/22"),
        ("21\\22", "21/22"),
        ("Nr. 7", "7"),
        ("Hausnummer 7b", "7b"),
        ("№ 7", "7"),
        ("7.", "7"),
        ("12-014", "12-14"),
        ("100", "100"),
        ("0", "0"),
        ("000", "0"),
        ("１２", "12"),
        ("", ""),
        (" . ", ""),
    ],
)
def test_every_spelling_of_a_house_number_has_one_key(number: str, key: str) -> None:
    assert number_key(number) == key
    assert number_key(key) == key


@pytest.mark.parametrize(
    ("key", "bare", "several"),
    [
        ("12", 12, False),
        ("12a", 12, False),
        ("14-38", 14, True),
        ("21/22", 21, True),
        ("5+6", 5, True),
        ("a", None, False),
        ("", None, False),
        ("123456", None, False),
        ("1" * 5_000, None, False),
    ],
)
def test_a_number_begins_with_a_number(key: str, bare: int | None, *, several: bool) -> None:
    assert bare_number(key) == bare
    assert is_range(key) is several


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Berlin", "berlin"),
        ("Stadt Brandenburg", "brandenburg"),
        ("Landeshauptstadt Potsdam", "potsdam"),
        ("Guben OT Deulowitz", "gubendeulowitz"),
        ("Frankfurt (Oder)", "frankfurt"),
        ("Neustadt (Dosse)", "neustadt"),
        ("Königs Wusterhausen", "koenigswusterhausen"),
        ("Rotberg", "rotberg"),
        ("((((", ""),
        ("", ""),
    ],
)
def test_a_town_is_known_without_what_goes_with_it(name: str, key: str) -> None:
    assert town_key(name) == key


WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzäöüßéABCÄÖÜ", min_size=4, max_size=12),
    min_size=1,
    max_size=4,
)


@given(WORDS, st.sampled_from([" ", "-", ". "]))
def test_the_key_of_a_key_is_itself(words: list[str], between: str) -> None:
    key = street_key(between.join(words))

    assert street_key(key) == key


@given(WORDS)
def test_how_words_are_joined_makes_no_other_street(words: list[str]) -> None:
    assert street_key(" ".join(words)) == street_key("-".join(words))


@given(st.text(max_size=200))
def test_any_text_has_keys_of_letters_and_digits(text: str) -> None:
    for key in (street_key(text), town_key(text)):
        assert key == "" or (key.isascii() and key.isalnum())
        assert key == key.lower()
    assert not any(sign.isspace() for sign in number_key(text))
    assert (bare_number(text) or 0) >= 0


@pytest.mark.parametrize(
    "part",
    ["a", "0", " ", ".", "str", "str.", "(", ")", "()", "St. ", "-", "ß", "\u0308", "0a", "ot "],
)
def test_endless_texts_are_read_once(part: str) -> None:
    text = (part * ENDLESS)[:ENDLESS]

    for key in (street_key.__wrapped__, town_key.__wrapped__, number_key):
        assert isinstance(key(text + "!"), str)


def test_the_keys_of_the_real_register_make_no_two_addresses_one() -> None:
    if not REGISTER.exists():
        pytest.skip(f"the real register is not here: ../shared/data/addresses/{REGISTER.name}")
    names: dict[tuple[str, str, str], set[tuple[str, str]]] = defaultdict(set)
    with gzip.open(REGISTER, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        count = 0
        for hnr, suffix, street, postcode, *_ in rows:
            number = hnr + suffix
            names[street_key(street), number_key(number), postcode].add((street, number))
            count += 1

    assert count == 401_032
    assert [written for written in names.values() if len(written) > 1] == []
    assert all(street and number for street, number, _ in names if number)
