"""Streets that have, or had, another name."""

from __future__ import annotations

from hoffice.places.addresses.renamed import RENAMED, other_names
from hoffice.places.addresses.spelling import street_key


def test_names_are_known_in_both_directions_by_their_keys() -> None:
    names = other_names([("Alte Str.", "Neue Gasse"), ("Alte Straße", "Dritter Weg")])

    assert names == {
        "altestrasse": ("neuegasse", "dritterweg"),
        "neuegasse": ("altestrasse",),
        "dritterweg": ("altestrasse",),
    }


def test_a_name_is_never_its_own_other_name_and_each_is_said_once() -> None:
    names = other_names([("Alte Str.", "Alte Straße"), ("A-Weg", "B-Weg"), ("A Weg", "B Weg")])

    assert names == {"aweg": ("bweg",), "bweg": ("aweg",)}


def test_the_shipped_names_all_differ() -> None:
    assert len({frozenset(map(street_key, pair)) for pair in RENAMED}) == len(RENAMED)
    assert all(len(set(map(street_key, pair))) == 2 for pair in RENAMED)
    assert other_names()["petersallee"] == ("annamungundaallee", "majimajiallee")
