"""One field finds a device by whatever somebody has at hand."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, select

from hoffice.accounts.rules import Role
from hoffice.db import db, unit_of_work
from hoffice.kits import queries, service
from hoffice.kits.models import Item
from hoffice.kits.rules import Holder, HolderKind, ItemKind, ItemState, LocationKind
from hoffice.kits.service import catalogue
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient


def found(words: str) -> list[str]:
    return list(
        db.session.scalars(
            select(Item.asset_tag).where(queries.search_items(words)).order_by(Item.asset_tag)
        )
    )


def test_a_device_is_found_by_tag_serial_model_note_person_and_box(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        lent = service.add_item(
            "bs-lap-7",
            ItemKind.LAPTOP,
            model="Lenovo ThinkPad Größe L",
            serial="CN-0 4X7/9",
            by=makers.IT,
        )
        lent.note = "Riss am Deckel"
        person = makers.employee("Ayşe Kaya")
        service.hand_to([lent.id], Holder(HolderKind.EMPLOYEE, person.id), by=makers.IT, because="")
        kit = scene.kit("Mert Öztürk")
        box = kit.boxes[0]
        inside = sorted(place.item.asset_tag for place in box.kit_items)

        for words in ("BS-LAP-7", "bslap7", "cn04x79", "CN-04X-79", "4x7/9", "thinkpad groesse",
                      "riss deckel", "kaya", "ayşe lenovo"):  # fmt: skip
            assert found(words) == ["BS-LAP-7"], words
        assert found(box.code.lower()) == inside
        assert len(found("mert")) == len(kit.items) > len(inside)
        for words in ("%", "_", "kaya mert", "bs-lap-70"):
            assert not found(words), words

        lent.serial = "NEU-1"
        db.session.flush()
        assert found("neu1") == ["BS-LAP-7"]
        assert not found("cn04x79")
        db.session.execute(
            insert(Item),
            [
                {"asset_tag": f"ROW-{n}", "kind": ItemKind.LAMP, "serial": f"Z-{n}"}
                | {"state": ItemState.IN_STOCK, "created_at": makers.MONDAY}
                for n in (1, 2)
            ],
        )
        assert found("row2 z2") == ["ROW-2"]


@pytest.mark.parametrize("text", ["hw-1", "SN-1", "sn-1"])
def test_what_is_meant_exactly_opens_at_once_and_all_the_others_are_one_step_away(
    it: PageClient, given: Given, text: str
) -> None:
    with given():
        item_id = service.add_item("HW-1", ItemKind.LAMP, serial="SN-1", by=makers.IT).id
        for number in (10, 11):
            service.add_item(f"HW-{number}", ItemKind.LAMP, serial=f"SN-{number}", by=makers.IT)

    answer = it.get("/suche", query_string={"q": text})
    assert answer.location == f"/geraete/{item_id}"
    page = it.get(answer.location).text
    assert f'href="/suche?q={text}&amp;alle=1"' in page
    assert it.get(f"/suche?q={text}&alle=1").text.count('<b class="tag">') == 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a 101", "A-101"), ("a101", "A-101"), ("A-10", "A-101 A-102"),
        ("übergabe", "Übergabe links"), ("LINKS über", "Übergabe links"), ("übergabe rechts", ""),
    ],
)  # fmt: skip
def test_a_desk_is_found_by_a_part_of_its_name(
    it: PageClient, given: Given, text: str, shown: str
) -> None:
    with given():
        [first, _second] = catalogue.add_locations("A-101", 2, LocationKind.DESK, by=makers.IT)
        catalogue.add_locations("Übergabe links", 1, LocationKind.ROOM, by=makers.IT)
        code = first.code

    page = it.get("/suche", query_string={"q": text, "alle": "1"}).text
    assert " ".join(re.findall(r'/geraete/ort/[^"]+"><b>([^<]+)<', page)) == shown
    for exactly in ("A-101", "a-101", code.lower()):
        answer = it.get("/suche", query_string={"q": exactly})
        assert answer.location == f"/geraete/ort/{code}", exactly


def test_the_field_finds_a_box_without_its_dash_and_shows_places_to_it_only(
    it: PageClient, given: Given, signed_in: Callable[..., PageClient]
) -> None:
    with given():
        box = scene.kit("Mert Öztürk").boxes[1].code
        catalogue.add_locations("Regal Nord", 1, LocationKind.SHELF, by=makers.IT)

    for text in (box.lower(), box.replace("-", ""), box.replace("-", " ").lower()):
        assert it.get("/suche", query_string={"q": text}).location == f"/geraete/karton/{box}"
    assert "Regal Nord" in it.get("/suche?q=regal&alle=1").text
    assert "Regal Nord" not in signed_in(Role.HR).get("/suche?q=regal&alle=1").text
