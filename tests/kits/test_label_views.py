"""Printing labels in the browser: what, on which paper, from which place, with whose name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from werkzeug.test import TestResponse

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits import service
from hoffice.kits.models import BulkGood, KitGood, Location
from hoffice.kits.rules import ItemKind, LocationKind
from tests import makers
from tests.conftest import Given
from tests.kits import scene, zpl_reading
from tests.pageclient import PageClient
from tests.paper import reading

BY = makers.IT
DE = {"Accept-Language": "de"}
PAGE = "/geraete/etiketten"
FILE = "/geraete/etiketten.pdf"


@pytest.fixture
def store(given: Given) -> dict[str, Any]:
    """Two kits, one of them packed; a device on a shelf; a box with loose cables."""
    with given():
        packed, other = scene.kit("Ayşe Kaya", packed=True), scene.kit("Bo Rau")
        cable = BulkGood(name="HDMI-Kabel 2 m", weight_g=9_000)
        db.session.add(cable)
        db.session.flush()
        box = packed.boxes[0]
        db.session.add(KitGood(kit=packed, good_id=cable.id, box=box, count=3))
        item = service.add_item("HW-70001", ItemKind.LAPTOP, by=BY, serial="5CG0042", model="E840")
        shelf = Location(
            name="Regal 3", kind=LocationKind.SHELF, code="L00012", created_at=clock.now()
        )
        db.session.add(shelf)
        db.session.flush()
        return {
            "kit": packed.id,
            "codes": [one.code for one in packed.boxes],
            "number": packed.employee.personnel_number,
            "other": [one.code for one in other.boxes],
            "box": other.boxes[1].id,
            "item": item.id,
            "tag": packed.items[0].asset_tag,
        }


def codes_of(content: bytes) -> list[str]:
    """What the QR codes of a file say, by their last part."""
    found = [
        code.text
        for page in pypdfium2.PdfDocument(content)
        for code in zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())
        if code.format is zxingcpp.BarcodeFormat.QRCode
    ]
    return sorted(text.rpartition("/")[2] for text in found)


def shown(it: PageClient, answer: TestResponse) -> TestResponse:
    """The file that a browser shows for what a form asked, and fetches again to save it."""
    assert answer.status_code == 303
    assert it.get(answer.location).mimetype == "application/pdf"
    return it.get(answer.location)


def test_the_page_prints_what_was_scanned_whatever_it_is(
    it: PageClient, store: dict[str, Any]
) -> None:
    scanned = f"hw-70001\n  http://localhost/geraete/karton/{store['codes'][0]}\nl00012;\n\n"

    fields = {"what": "codes", "codes": scanned, "paper": "3x7", "place-3x7": "20"}
    answer = shown(it, it.fill(PAGE, fields))

    assert answer.mimetype == "application/pdf"
    assert len(reading.reader(answer.data).pages) == 2
    assert codes_of(answer.data) == sorted([store["codes"][0], "HW-70001", "L00012"])
    text = reading.text(answer.data)
    for words in ("Regal 3", "HW-70001", "5CG0042", "Ayşe Kaya", "3 × HDMI-Kabel"):
        assert words in text.replace("\N{NO-BREAK SPACE}", " ")
    assert text.index("HW-70001") < text.index(store["codes"][0]) < text.index("L00012")


@pytest.mark.parametrize("between", [" ", ", ", ";", "\t", "  \n", " ; "])
def test_codes_may_stand_in_a_row_and_a_tag_may_hold_a_blank(
    it: PageClient, given: Given, store: dict[str, Any], between: str
) -> None:
    with given():
        service.add_item("Beamer 7", ItemKind.OTHER, by=BY)
    address = f"http://localhost/geraete/karton/{store['codes'][0]}"
    codes = between.join(["hw-70001", address, "l00012"])

    fields = {"what": "codes", "codes": f"{codes}\nbeamer 7", "paper": "3x7"}
    answer = shown(it, it.fill(PAGE, fields))

    assert answer.mimetype == "application/pdf"
    found = [code.replace("%20", " ") for code in codes_of(answer.data)]
    assert sorted(found) == sorted([store["codes"][0], "HW-70001", "L00012", "BEAMER 7"])
    wrong = it.fill(PAGE, {"what": "codes", "codes": f"HW-70001{between}ZZ-1", "paper": "3x7"})
    assert wrong.status_code == 409
    assert "ZZ-1" in wrong.text


def test_what_is_not_there_is_named_and_what_was_typed_is_kept(
    it: PageClient, store: dict[str, Any]
) -> None:
    answer = it.fill(PAGE, {"what": "codes", "codes": "HW-70001\nHW-99999", "paper": "5x13"})

    assert answer.status_code == 409
    assert "HW-99999" in answer.text
    assert "HW-70001\nHW-99999</textarea>" in answer.text
    assert 'value="5x13" checked' in answer.text
    small = {"what": "codes", "codes": store["codes"][0], "paper": "5x13"}
    assert "für Kartons zu klein" in it.post(FILE, small, headers=DE).text
    assert it.post(FILE, {"what": "codes", "codes": " ", "paper": "2x4"}).status_code == 409


def test_the_paper_used_last_is_used_again_with_one_click(
    it: PageClient, store: dict[str, Any]
) -> None:
    link = f"{FILE}?kit={store['kit']}"
    assert len(reading.reader(it.get(link).data).pages) == 1

    it.fill(f"{PAGE}?kit={store['kit']}", {"paper": "roll"})

    assert len(reading.reader(it.get(link).data).pages) == 2
    assert 'value="roll" checked' in it.get(PAGE).text
    one_item = reading.reader(it.get(f"{FILE}?item={store['item']}").data)
    assert one_item.pages[0].mediabox.height > 800, "small labels remember their own paper"


def test_a_label_printer_gets_its_file(it: PageClient, store: dict[str, Any]) -> None:
    answer = it.post(FILE, {"kit": str(store["kit"]), "paper": "zpl300", "names": "0"})

    assert answer.mimetype == "text/plain"
    assert "etiketten.zpl" in answer.headers["Content-Disposition"]
    labels = zpl_reading.formats(answer.data)
    told = [" ".join(field.words for field in label.fields) for label in labels]
    assert len(told) == 2
    assert all(store["number"] in words and "Kaya" not in words for words in told)


def test_a_house_that_keeps_names_off_labels_prints_numbers_unless_asked(
    app: Flask, it: PageClient, store: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = replace(app.extensions["hoffice.settings"], label_names=False)
    monkeypatch.setitem(app.extensions, "hoffice.settings", house)
    links = (f"{FILE}?kit={store['kit']}&", f"/geraete/kits/{store['kit']}/inhalt.pdf?")

    for link in links:
        private = reading.text(it.get(link).data)
        assert "Kaya" not in private
        assert store["number"] in private
        asked = reading.text(it.get(f"{link}names=1").data)
        assert "Ayşe Kaya" in asked


def test_devices_boxes_and_locations_are_printed_from_their_lists(
    it: PageClient, store: dict[str, Any]
) -> None:
    page = it.post(f"{PAGE}?of=devices", {"ids": [str(store["item"])]}).text
    assert f'name="item" value="{store["item"]}"' in page
    assert 'value="chosen" checked' in page

    one = {"what": "chosen", "item": str(store["item"]), "paper": "5x13"}
    devices = shown(it, it.post(FILE, one))
    boxes = shown(it, it.post(FILE, {"ids": str(store["box"])}))
    shelves = shown(it, it.post(FILE, {"what": "locations", "kind": "shelf", "paper": "2x7"}))
    packed = shown(it, it.post(FILE, {"what": "packed", "ids": str(store["box"]), "paper": "2x4"}))
    many = it.post(
        FILE, {**one, "item": [str(store["item"]), *map(str, range(10**6, 10**6 + 400))]}
    )
    assert many.headers["Content-Disposition"] == "attachment; filename=etiketten.pdf"

    assert codes_of(devices.data) == ["HW-70001"]
    assert codes_of(boxes.data) == store["other"][1:]
    assert codes_of(shelves.data) == ["L00012"]
    assert codes_of(packed.data) == store["codes"]
    assert it.post(FILE, {"what": "locations", "kind": "desk"}).status_code == 409


def test_the_code_of_a_device_leads_to_its_page(it: PageClient, store: dict[str, Any]) -> None:
    answer = it.get("/geraete/g/hw-70001")

    assert answer.headers["Location"] == f"/geraete/{store['item']}"
    assert it.get("/geraete/g/5cg0042").headers["Location"] == f"/geraete/{store['item']}"
    assert it.get("/geraete/g/HW-99999").status_code == 404
    shelf = it.get("/geraete/ort/L00012")
    assert shelf.status_code == 200
    assert f"{PAGE}?what=codes&amp;codes=L00012" in shelf.text


def test_a_box_has_its_contents_list(it: PageClient, store: dict[str, Any]) -> None:
    answer = it.get(f"/geraete/karton/{store['codes'][0]}/inhalt.pdf", headers=DE)

    assert answer.mimetype == "application/pdf"
    text = reading.text(answer.data)
    for words in ("Karton 1 von 2", "Ayşe Kaya", store["tag"], "HDMI-Kabel 2 m", "Teile 6"):
        assert words in text
    assert (
        f"/karton/{store['codes'][0]}/inhalt.pdf"
        in it.get(f"/geraete/karton/{store['codes'][0]}").text
    )
    assert it.get("/geraete/karton/K99999-1/inhalt.pdf").status_code == 404


def test_labels_are_only_for_those_who_see_devices(
    signed_in: Callable[..., PageClient], store: dict[str, Any]
) -> None:
    paths = (PAGE, FILE, f"/geraete/kits/{store['kit']}/inhalt.pdf", "/geraete/g/HW-70001")

    assert [signed_in(Role.AUDITOR).get(path).status_code for path in paths] == [200, 200, 200, 302]
    for role in (Role.HR, Role.DRIVER, Role.ADMIN):
        assert {signed_in(role).get(path).status_code for path in paths} == {403}


@pytest.mark.usefixtures("store")
def test_many_labels_take_as_many_statements_as_few(
    it: PageClient, given: Given, queries: list[str]
) -> None:
    def statements() -> int:
        before = len(queries)
        assert it.get(FILE).status_code == 200
        return len(queries) - before

    few = statements()
    with given():
        for number in range(4):
            scene.kit(f"Cem {number} Ay", packed=True)

    assert statements() == few
