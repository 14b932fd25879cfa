"""How people are named and found."""

from __future__ import annotations

import pytest

from hoffice.people.rules import holder_of, searchable


@pytest.mark.parametrize("word", ["öztürk", "oeztuerk", "ozturk", "strasse", "straße"])
def test_a_name_is_found_with_umlauts_spelled_out_and_without(word: str) -> None:
    assert word in searchable("Emre Öztürk", "Lange Straße 3")


def test_plain_text_stays_as_it_is() -> None:
    assert searchable("Marek Nowak", "", "4472") == "marek nowak 4472"


def test_a_holder_is_named_by_kind_and_number() -> None:
    assert holder_of(17) == "employee:17"
