"""What belongs to a kit, and how tags and box numbers are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.errors import Counted
from hoffice.kits.rules import (
    ItemKind,
    Wanted,
    box_address,
    box_code,
    counted,
    enough_for,
    is_box_code,
    missing,
    tag_of,
    tags_from,
)

TWO_MONITORS = (
    Wanted(ItemKind.PC, 1, 1),
    Wanted(ItemKind.MONITOR, 1, 2),
    Wanted(ItemKind.MONITOR, 1, 3),
)


def test_a_kit_lacks_what_its_type_asks_for_and_it_has_not() -> None:
    assert missing(TWO_MONITORS, [ItemKind.MONITOR, ItemKind.MOUSE]) == {
        ItemKind.PC: 1,
        ItemKind.MONITOR: 1,
    }
    assert not missing(TWO_MONITORS, [ItemKind.MONITOR, ItemKind.PC, ItemKind.MONITOR])


def test_stock_makes_as_many_kits_as_its_scarcest_kind_allows() -> None:
    assert enough_for(TWO_MONITORS, {ItemKind.PC: 9, ItemKind.MONITOR: 5}) == 2
    assert enough_for(TWO_MONITORS, {ItemKind.PC: 9}) == 0
    assert enough_for((), {}) == 0


def test_things_with_their_numbers_are_said_in_the_readers_language() -> None:
    fact = counted({ItemKind.MOUSE: 2, ItemKind.PC: 1})
    assert fact == Counted(((2, "Mouse"), (1, "PC")))
    assert str(fact) == "2\xa0×\xa0Mouse, 1\xa0×\xa0PC"
    assert fact.said({"Mouse": "Maus", "PC": "PC"}.__getitem__) == "2\xa0×\xa0Maus, 1\xa0×\xa0PC"


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        (" hw-01 ", "HW-01"),
        ("https://haus.example/geraete/karton/K00017-1", "K00017-1"),
        ("https://haus.example/geraete/karton/k00017-1/", "K00017-1"),
        ("it/0001", "IT/0001"),
        ("https://", "HTTPS:"),
        ("", ""),
    ],
)
def test_a_scan_is_read_as_a_tag(typed: str, tag: str) -> None:
    assert tag_of(typed) == tag


@given(st.text(max_size=60))
def test_reading_a_tag_twice_changes_nothing_more(typed: str) -> None:
    assert tag_of(tag_of(typed)) == tag_of(typed)


@pytest.mark.parametrize(
    ("first", "count", "tags"),
    [
        ("HW-099", 3, ("HW-099", "HW-100", "HW-101")),
        ("9", 2, ("9", "10")),
        ("MAUS", 1, ("MAUS",)),
        ("MAUS", 2, ()),
    ],
)
def test_tags_are_counted_up(first: str, count: int, tags: tuple[str, ...]) -> None:
    assert tags_from(first, count) == tags


@given(st.integers(1, 10**7), st.integers(1, 9))
def test_the_number_of_a_box_is_known_again_from_its_address(kit_id: int, number: int) -> None:
    code = box_code(kit_id, number)
    assert is_box_code(code)
    assert tag_of(box_address("https://haus.example/", code)) == code
    assert not is_box_code("HW-00017-1")
