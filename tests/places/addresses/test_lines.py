"""Addresses as people write them, taken apart."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.places.addresses.lines import (
    Parts,
    split_address,
    split_housenumber,
    split_street,
)


@pytest.mark.parametrize(
    ("line", "street", "number", "note"),
    [
        ("Sonnenallee 112", "Sonnenallee", "112", ""),
        ("Straße des 17. Juni 135", "Straße des 17. Juni", "135", ""),
        ("Straße des 17. Juni", "Straße des 17. Juni", "", ""),
        ("Straße 12 7", "Straße 12", "7", ""),
        ("Straße 12", "Straße 12", "", ""),
        ("Straße 52 Nr. 7", "Straße 52", "7", ""),
        ("Seestr. 12 a", "Seestr.", "12a", ""),
        ("Seestr.12A", "Seestr.", "12A", ""),
        ("Alt-Moabit 14-38", "Alt-Moabit", "14-38", ""),
        ("Alt-Moabit 14 – 38", "Alt-Moabit", "14-38", ""),
        ("Kantstr. 21/22", "Kantstr.", "21/22", ""),
        ("Kantstr. 12 a-c", "Kantstr.", "12a-c", ""),
        ("Q7, 24", "Q7", "24", ""),
        ("Unter den Linden", "Unter den Linden", "", ""),
        ("Am Hof 3", "Am Hof", "3", ""),
        ("Hinterhausweg 4", "Hinterhausweg", "4", ""),
        ("Haus am See 3", "Haus am See", "3", ""),
        ("Kantstr.5 HH", "Kantstr.", "5", "HH"),
        ("Seestr. 12 a Hinterhaus, 2. Etage", "Seestr.", "12a", "Hinterhaus, 2. Etage"),
        ("Kantstr. 5, Vorderhaus 3. OG links", "Kantstr.", "5", "Vorderhaus 3. OG links"),
        ("Müllerstr. 7 c/o Schmidt", "Müllerstr.", "7", "c/o Schmidt"),
        ("c/o Schmidt, Müllerstr. 7b", "Müllerstr.", "7b", "c/o Schmidt"),
        ("Kantstraße 5 Aufgang B", "Kantstraße", "5", "Aufgang B"),
        ("Kantstr. 5 (bei Schmidt klingeln)", "Kantstr.", "5", "bei Schmidt klingeln"),
        ("Kantstr. 17, QG 2. Hof", "Kantstr.", "17", "QG 2. Hof"),
        ("Kantstr. 17, gelbes Tor", "Kantstr.", "17", "gelbes Tor"),
        ("", "", "", ""),
    ],
)
def test_house_number_and_door_note_are_split_from_the_street(
    line: str, street: str, number: str, note: str
) -> None:
    assert split_street(line) == Parts(street, number, note=note)


@pytest.mark.parametrize(
    ("line", "home"),
    [
        ("Sonnenallee 112, 12045 Berlin", Parts("Sonnenallee", "112", "12045", "Berlin")),
        ("Sonnenallee 112 12045 Berlin", Parts("Sonnenallee", "112", "12045", "Berlin")),
        ("12045 Berlin, Sonnenallee 112", Parts("Sonnenallee", "112", "12045", "Berlin")),
        ("D-12045 Berlin", Parts(postcode="12045", city="Berlin")),
        ("Seestr. 12, HH, 13353 Berlin-Wedding, Deutschland",
         Parts("Seestr.", "12", "13353", "Berlin-Wedding", "HH")),
        ("Kantstr. 5, 14467 Potsdam, 3. OG", Parts("Kantstr.", "5", "14467", "Potsdam", "3. OG")),
        ("Sonnenallee 112", Parts("Sonnenallee", "112")),
    ],
)  # fmt: skip
def test_an_address_in_one_column_is_taken_apart(line: str, home: Parts) -> None:
    assert split_address(line) == home


@pytest.mark.parametrize(
    ("cell", "number", "note"),
    [
        ("112", "112", ""),
        ("12 a", "12a", ""),
        ("14 – 38", "14-38", ""),
        ("112 HH, 3. OG", "112", "HH, 3. OG"),
        ("112HH", "112", "HH"),
        ("18AC", "18", "AC"),
        ("12-14ab", "12", "14ab"),
        ("40/p11", "40/p11", ""),
        ("40/p", "40/p", ""),
        ("40/b2", "40", "b2"),
        ("Nr. 12", "12", ""),
        ("Hausnummer 12b", "12b", ""),
        ("No. 12", "12", ""),
        ("Norden 12", "", "Norden 12"),
        ("10000", "", "10000"),
        ("112000 a", "", "112000 a"),
        ("Hinterhaus", "", "Hinterhaus"),
        ("", "", ""),
    ],
)
def test_of_the_number_column_no_digit_is_lost(cell: str, number: str, note: str) -> None:
    assert split_housenumber(cell) == (number, note)


@given(st.text("0123456789aB -/+.,", max_size=12))
def test_a_house_number_never_ends_within_its_digits(cell: str) -> None:
    number, rest = split_housenumber(cell)

    if number and number[-1].isdigit() and rest[:1].isdigit():
        assert f"{number}{rest}" not in cell


@given(st.text(max_size=80), st.integers(1, 999))
def test_splitting_an_address_never_fails_and_never_invents(text: str, number: int) -> None:
    for home in (split_street(text), split_address(text)):
        for part in (home.street, home.city, home.postcode):
            assert part in text
    assert split_street(f"Sonnenallee {number}") == Parts("Sonnenallee", str(number))


def test_an_endless_address_is_not_searched() -> None:
    for line in ("1 " * 50_000, "a1" * 50_000, "c/o " * 50_000):
        assert split_address(line).street == line


@pytest.mark.parametrize(
    "part", ["1 ", "1a-", "a1 ", "1. Stock ", "12345 a ", "c/o a, ", "1/", " ,"]
)
def test_no_address_keeps_us_busy(part: str) -> None:
    line = (part * 300)[:300]
    start = time.process_time()

    split_address(line + "!"[: 300 - len(line)])
    split_street(line[:-1] + "!")

    assert time.process_time() - start < 0.2
