"""Several tags in one field: what belongs to a tag is no end of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from hoffice.kits import queries, service
from hoffice.kits.rules import ItemKind, LocationKind, pieces_of, tags_in
from hoffice.kits.service import catalogue
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient

OURS = {"HW-1", "HW-2", "HW 12", "A,1", "A&B=1;2", "IT/0001", "12"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hw 12", ["HW 12"]),
        ("hw-1 hw-2", ["HW-1", "HW-2"]),
        ("HW 12, HW-1", ["HW 12", "HW-1"]),
        ("a,1\nHW 12;HW-2", ["A,1", "HW 12", "HW-2"]),
        ("A&B=1;2", ["A&B=1;2"]),
        (" IT/0001 ,\n\n", ["IT/0001"]),
        ("HW-1 HW-9", ["HW-1", "HW-9"]),  # what nobody knows is named by its piece
        ("https://example.org/geraete/nr/HW-1", ["HW-1"]),
        ("HW-2 https://example.org/geraete/nr/HW-1", ["HW-2", "HW-1"]),
        ("https://example.org/a/HW-1, https://example.org/a/HW-2", ["HW-1", "HW-2"]),
        (" ,; \n", []),
    ],
)
def test_a_text_is_cut_only_where_it_is_no_tag(typed: str, meant: list[str]) -> None:
    assert tags_in(typed, OURS) == meant
    assert set(meant) <= pieces_of(typed)  # so that all of them are looked up at once


@pytest.mark.parametrize("tag", ["HW 12", "A,1", "A&B=1;2", "IT/0001", "מקלדת-1", "🦊-1"])
def test_whatever_a_tag_holds_it_is_put_at_a_place_and_printed(
    it: PageClient, given: Given, tag: str
) -> None:
    with given():
        item = service.add_item(tag, ItemKind.MOUSE, by=makers.IT)
        other = service.add_item("HW-90001", ItemKind.MOUSE, by=makers.IT)
        [shelf] = catalogue.add_locations("Regal 1", 1, LocationKind.SHELF, by=makers.IT)
        [desk] = catalogue.add_locations("A-101", 1, LocationKind.DESK, by=makers.IT)
        wanted, tag = {item.id, other.id}, item.asset_tag
        shelf_id, code, desk_code = shelf.id, shelf.code, desk.code

    alone = it.post(f"/geraete/ort/{desk_code}/hierher", {"tags": tag})
    both = it.post(f"/geraete/ort/{code}/hierher", {"tags": f"{tag}\nHW-90001"})
    label = it.get(f"/geraete/etiketten.pdf?what=codes&paper=3x7&codes={quote(tag)}")

    assert (alone.status_code, both.status_code) == (302, 302)
    assert label.mimetype == "application/pdf"
    with given():
        assert {one.id for one in queries.items_at(shelf_id)} == wanted
