"""Devices, kits and boxes in the browser."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask, url_for
from openpyxl import load_workbook
from pypdf import PdfReader

from hoffice.accounts.rules import Role
from hoffice.kits import queries, rules, service
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient

BY = makers.IT
GERMAN = {"Accept-Language": "de"}


# --- who may open them ----------------------------------------------------------------------------


def test_the_administration_sees_no_devices(signed_in: Callable[..., PageClient]) -> None:
    for path in ("/geraete/", "/geraete/kits/", "/geraete/kartons", "/geraete/etiketten.pdf"):
        assert signed_in(Role.ADMIN).get(path).status_code == 403, path


def test_an_auditor_sees_no_button_that_changes_something(
    signed_in: Callable[..., PageClient], given: Given
) -> None:
    with given():
        kit = scene.kit()
        kit_id, item_id, code = kit.id, kit.items[0].id, kit.boxes[0].code
    reader = signed_in(Role.AUDITOR)

    for path in (
        "/geraete/",
        f"/geraete/{item_id}",
        "/geraete/arten",
        "/geraete/kits/",
        f"/geraete/kits/{kit_id}",
        "/geraete/kartons",
        f"/geraete/karton/{code}",
    ):
        page = reader.get(path, headers=GERMAN)
        assert page.status_code == 200, path
        assert "Hineinlegen" not in page.text
        assert "Packen" not in page.text
        assert "aufnehmen" not in page.text
        assert "vergeben</a>" not in page.text
    assert reader.get("/geraete/neu").status_code == 403
    assert reader.get("/geraete/kits/vergeben").status_code == 403
    assert reader.post(f"/geraete/kits/{kit_id}/packen").status_code == 403


@pytest.mark.parametrize("role", [Role.HR, Role.DRIVER, Role.LEAD])
def test_devices_are_not_for_everybody(
    signed_in: Callable[..., PageClient], given: Given, role: Role
) -> None:
    with given():
        kit_id = scene.kit().id
    other = signed_in(role)

    for path in (
        "/geraete/",
        "/geraete/kartons",
        f"/geraete/kits/{kit_id}",
        "/geraete/etiketten.pdf",
    ):
        assert other.get(path).status_code == 403


# --- devices --------------------------------------------------------------------------------------


def test_an_empty_house_says_what_to_do_first(it: PageClient) -> None:
    assert "Noch ist kein Gerät bekannt." in it.get("/geraete/").text
    assert "Noch hat niemand einen Gerätesatz." in it.get("/geraete/kits/").text
    assert "Es gibt noch keinen Karton." in it.get("/geraete/kartons").text
    assert "Es gibt noch keine Gerätesatzart." in it.get("/geraete/arten").text
    assert "Alle haben einen Gerätesatz." in it.get("/geraete/kits/vergeben").text


def test_a_device_is_found_by_tag_serial_and_model(it: PageClient, given: Given) -> None:
    with given():
        service.add_item("HW-70001", ItemKind.PC, by=BY, serial="5CG0042", model="EliteDesk 800")
        service.add_item("HW-70002", ItemKind.MOUSE, by=BY)

    for words in ("hw-70001", "cg0042", "800 elite"):
        text = it.get("/geraete/", query_string={"q": words}).text
        assert "HW-70001" in text
        assert "HW-70002" not in text
    text = it.get("/geraete/?kind=mouse&state=in_stock").text
    assert "HW-70002" in text
    assert "HW-70001" not in text
    assert "Nichts passt dazu." in it.get("/geraete/?state=lost").text


def test_how_a_device_looks_is_said_in_the_language_of_the_reader(
    it: PageClient, given: Given
) -> None:
    with given():
        worn = service.add_item("HW-70001", ItemKind.PC, by=BY, condition="used").id
        own = service.add_item("HW-70002", ItemKind.PC, by=BY, condition="Deckel fehlt").id

    assert "gebraucht" in it.get(f"/geraete/{worn}", headers=GERMAN).text
    assert "used" in it.get(f"/geraete/{worn}", headers={"Accept-Language": "en"}).text
    assert "Deckel fehlt" in it.get(f"/geraete/{own}", headers=GERMAN).text


def test_what_is_noted_about_a_device_stands_on_its_page(it: PageClient, given: Given) -> None:
    with given():
        [item] = scene.in_stock(ItemKind.LAPTOP)
        item.note = "Riss am <Deckel>"
        page = f"/geraete/{item.id}"

    assert "Riss am &lt;Deckel&gt;" in it.get(page).text


def test_the_list_goes_home_as_a_workbook_with_holders(it: PageClient, given: Given) -> None:
    with given():
        person = makers.employee("Ayşe Kaya")
        van = makers.van("Bulli")
        pc, mouse, _dock = scene.in_stock(ItemKind.PC, ItemKind.MOUSE, ItemKind.DOCK)
        service.hand_to(
            [pc.id], Holder(HolderKind.EMPLOYEE, person.id), by=BY, because="handover:1"
        )
        service.hand_to([mouse.id], Holder(HolderKind.VAN, van.id), by=BY, because="run:1")
        van_name = van.name

    response = it.get("/geraete/?export=xlsx", headers=GERMAN)

    sheet = load_workbook(BytesIO(response.data)).active
    assert sheet is not None
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:5] == ["Inventarnummer", "Art", "Modell", "Seriennummer", "Wer es hat"]
    assert [row[4] for row in rows[1:]] == ["Ayşe Kaya", van_name, "Lager"]


@pytest.mark.parametrize(
    "path",
    ["/geraete/", "/geraete/kits/", "/geraete/kartons", "/geraete/kits/vergeben", "/geraete/arten"],
)
def test_a_list_costs_the_same_for_two_and_for_twenty(
    it: PageClient, given: Given, queries: list[str], path: str
) -> None:
    def fill(count: int) -> None:
        with given():
            for _ in range(count):
                kit = scene.kit(f"Person {makers.number()}")
                makers.employee(f"Ohne {makers.number()}")
                holder = Holder(HolderKind.EMPLOYEE, kit.employee_id)
                service.hand_to([kit.items[0].id], holder, by=BY, because="handover:1")

    def cost() -> int:
        before = len(queries)
        assert it.get(path, query_string={"per": 200}).status_code == 200
        return len(queries) - before

    fill(2)
    cost()
    few = cost()
    fill(18)
    assert cost() == few <= 14


def test_ten_keyboards_are_taken_in_with_one_form(it: PageClient, given: Given) -> None:
    response = it.post(
        "/geraete/neu",
        {"kind": "keyboard", "asset_tag": "hw-05001", "count": "10", "weight_kg": "0,5"},
    )
    assert response.status_code == 302
    page = it.get("/geraete/?kind=keyboard").text
    assert "HW-05010" in page
    with given():
        found = queries.item_by_tag("HW-05004")
        assert found is not None
        assert found.weight_g == 500


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"asset_tag": "HW-1", "count": "0"}, "has-error"),
        ({"asset_tag": "", "count": "1"}, "has-error"),
        ({"asset_tag": "HW", "count": "3"}, "hochzählen"),
        ({"asset_tag": "HW-1", "count": "2", "serial": "X"}, "dieselbe Seriennummer"),
        ({"asset_tag": "hw-90001", "count": "1"}, "gibt es schon"),
    ],
)
def test_what_cannot_be_taken_in_is_said_at_the_field(
    it: PageClient, given: Given, fields: dict[str, str], why: str
) -> None:
    with given():
        service.add_item("HW-90001", ItemKind.PC, by=BY)

    response = it.post("/geraete/neu", {"kind": "pc", **fields}, headers=GERMAN)

    assert response.status_code == 422
    assert 'class="field-error"' in response.text
    assert why == "has-error" or why in response.text
    with given():
        assert queries.state_counts() == {rules.ItemState.IN_STOCK: 1}


def test_a_device_says_who_has_it_where_since_when_and_by_which_paper(
    it: PageClient, given: Given
) -> None:
    with given():
        kit = scene.kit("Ayşe Kaya")
        pc, mouse = scene.item_in(kit, ItemKind.PC), scene.item_in(kit, ItemKind.MOUSE)
        van = makers.van("Bulli")
        for holder, paper in (
            (Holder(HolderKind.VAN, van.id), "run:7"),
            (Holder(HolderKind.EMPLOYEE, kit.employee_id), "handover:12"),
        ):
            service.hand_to([pc.id], holder, by=BY, because=paper)
        pc_id, mouse_id, van_name = pc.id, mouse.id, van.name

    page = it.get(f"/geraete/{pc_id}", headers=GERMAN).text
    assert "<b>Ayşe Kaya</b> hat es zu Hause (12045 Berlin)" in page
    for said in (van_name, "Übergabeprotokoll 12", "Fahrt 7", "Ins Lager aufgenommen", "Lager"):
        assert said in page
    page = it.get(f"/geraete/{mouse_id}", headers=GERMAN).text
    assert "in <b>Karton 1</b> für <b>Ayşe Kaya</b>" in page
    assert it.get("/geraete/4711").status_code == 404


# --- kit types ------------------------------------------------------------------------------------


def test_a_kit_type_is_written_and_retired(it: PageClient) -> None:
    fields = {
        f"lines-{n}-{name}": value
        for n in range(12)
        for name, value in (("kind", ""), ("count", "1"), ("box_no", "1"))
    }
    fields |= {
        "lines-0-kind": "pc",
        "lines-3-kind": "monitor",
        "lines-3-count": "2",
        "lines-3-box_no": "2",
    }

    assert it.post("/geraete/arten/neu", {"name": "Agentin", **fields}).status_code == 302

    page = it.get("/geraete/arten", headers=GERMAN).text
    assert "Karton 1: 1\xa0×\xa0PC" in page
    assert "Karton 2: 2\xa0×\xa0Monitor" in page
    again = it.post("/geraete/arten/neu", {"name": "Agentin", **fields}, headers=GERMAN)
    assert again.status_code == 422
    assert "gibt es schon" in again.text
    empty = {key: "" if key.endswith("kind") else value for key, value in fields.items()}
    assert (
        "mindestens eine Zeile"
        in it.post("/geraete/arten/neu", {"name": "Leer", **empty}, headers=GERMAN).text
    )
    assert it.post("/geraete/arten/1/stilllegen").status_code == 302
    assert "wird nicht mehr vergeben" in it.get("/geraete/arten", headers=GERMAN).text
    assert it.post("/geraete/arten/1/wieder").status_code == 302
    assert it.post("/geraete/arten/1/wieder").status_code == 409


# --- kits -----------------------------------------------------------------------------------------


def test_kits_are_given_to_many_and_the_result_says_who_got_none(
    it: PageClient, given: Given
) -> None:
    with given():
        kit_type_id = scene.stocked(sets=1).id
        ids = [makers.employee(name).id for name in ("Ada Ott", "Bo Rau")]
    page = it.get("/geraete/kits/vergeben", headers=GERMAN).text
    assert "Lager reicht für einen" in page
    assert "Bo Rau" in page

    result = it.post(
        "/geraete/kits/vergeben",
        {"ids": [str(one) for one in ids], "kit_type": str(kit_type_id)},
        headers=GERMAN,
    )

    assert "<b>Eine Person</b> hat jetzt einen Gerätesatz." in result.text
    assert (
        "Im Lager fehlen: 1 × PC, 1 × Tastatur, 1 × Maus, 1 × Monitor, 1 × Headset."
        in result.text.replace("\xa0", " ")
    )
    with given():
        assert set(queries.kits_of(ids)) == {ids[0]}
    assert (
        "Du hattest niemanden ausgewählt."
        in it.post("/geraete/kits/vergeben", {"kit_type": str(kit_type_id)}, headers=GERMAN).text
    )


def test_the_kits_list_shows_and_filters_what_is_missing(it: PageClient, given: Given) -> None:
    with given():
        scene.kit("Ada Ott", packed=True)
        kit = scene.kit("Bo Rau")
        service.take_out(kit.id, scene.item_in(kit, ItemKind.MOUSE).id, by=BY)
        box_code, kit_type_id = kit.boxes[0].code, kit.kit_type_id

    page = it.get("/geraete/kits/", headers=GERMAN).text
    assert "2 von 2 gepackt" in page
    assert "1\xa0×\xa0Maus" in page
    for narrowed in (
        "missing=incomplete",
        "boxes=open",
        f"type={kit_type_id}",
        f"q={box_code}",
        "q=rau",
    ):
        page = it.get(f"/geraete/kits/?{narrowed}").text
        assert "Bo Rau" in page, narrowed
        assert "Ada Ott" not in page, narrowed
    assert "1 × Maus" in it.get("/geraete/kits/?export=csv", headers=GERMAN).text


def test_scanning_stays_on_the_page_and_asks_for_the_next_tag(
    it: PageClient, app: Flask, given: Given
) -> None:
    with given():
        kit = scene.kit()
        kit_id, mouse = kit.id, scene.item_in(kit, ItemKind.MOUSE)
        tag, mouse_id = mouse.asset_tag, mouse.id
    out = it.post(f"/geraete/kits/{kit_id}/heraus/{mouse_id}")
    assert out.headers["Location"] == f"/geraete/kits/{kit_id}"
    page = it.get(f"/geraete/kits/{kit_id}", headers=GERMAN).text
    assert "Es fehlt noch: <b>1\xa0×\xa0Maus</b>" in page
    assert "autofocus" in page

    back = it.post(f"/geraete/kits/{kit_id}/hinein", {"tag": tag.lower()}, follow_redirects=True)

    assert f"{tag} (Maus) liegt in Karton 1." in back.text
    assert "Vollständig" in back.text
    wrong = it.post(f"/geraete/kits/{kit_id}/hinein", {"tag": "HW-99999"}, headers=GERMAN)
    assert wrong.status_code == 409
    assert 'id="tag-error"' in wrong.text
    assert "Inventarnummer HW-99999 gibt es nicht" in wrong.text
    with app.app_context():
        assert len(queries.kit(kit_id).items) == 5


def test_a_kit_is_swapped_packed_unpacked_and_dissolved_on_its_page(
    it: PageClient, given: Given
) -> None:
    with given():
        kit = scene.kit("Bo Rau")
        kit_id, monitor_id = kit.id, scene.item_in(kit, ItemKind.MONITOR).id
        boxes = [box.id for box in kit.boxes]
        new = scene.in_stock(ItemKind.MONITOR)[0].asset_tag
    path = f"/geraete/kits/{kit_id}"

    assert it.post(f"{path}/tauschen/{monitor_id}", {"tag": new}).status_code == 302
    assert new in it.get(path).text
    refused = it.post(f"{path}/tauschen/{monitor_id}", {"tag": new}, headers=GERMAN)
    assert refused.status_code == 409
    assert "nicht im Gerätesatz" in refused.text
    assert "Nichts wurde geändert." in refused.text

    assert it.post(f"{path}/packen").status_code == 302
    assert it.post(f"{path}/packen").status_code == 409
    assert it.post(f"{path}/karton/{boxes[0]}/auspacken").status_code == 302
    assert it.post(f"{path}/karton/{boxes[0]}/auspacken").status_code == 409
    assert it.post(f"{path}/karton/{boxes[0]}/packen").status_code == 302

    assert it.post(f"{path}/aufloesen").status_code == 302
    page = it.get(path, headers=GERMAN).text
    assert "aufgelöst" in page
    assert "Hineinlegen" not in page
    assert it.post(f"{path}/aufloesen").status_code == 409
    assert "Bo Rau" in it.get("/geraete/kits/vergeben").text


def test_what_is_not_there_is_not_found(it: PageClient) -> None:
    for path in ("/geraete/kits/4711", "/geraete/karton/K04711-1"):
        assert it.get(path).status_code == 404
    for path in ("hinein", "packen", "aufloesen", "heraus/1", "tauschen/1", "karton/1/packen"):
        assert it.post(f"/geraete/kits/4711/{path}", {"tag": "x"}).status_code == 404
    assert it.post("/geraete/arten/4711/wieder").status_code == 404


# --- boxes and labels -----------------------------------------------------------------------------


def test_a_box_is_opened_by_what_stands_on_its_label(
    it: PageClient, app: Flask, given: Given
) -> None:
    with given():
        kit = scene.kit("Bo Rau", packed=True)
        code = kit.boxes[1].code

    page = it.get(f"/geraete/karton/{code}", headers=GERMAN).text
    assert "Karton 2 von 2" in page
    assert "Bo Rau" in page
    assert it.get(f"/geraete/karton/{code.lower()}").headers["Location"].endswith(code)
    with app.test_request_context():
        assert rules.box_address("https://haus.example", code) == "https://haus.example" + url_for(
            "kits.box", code=code
        )


def test_the_boxes_list_is_searched_and_filtered(it: PageClient, given: Given) -> None:
    with given():
        scene.kit("Ada Ott", packed=True)
        kit = scene.kit("Bo Rau")
        code = kit.boxes[0].code

    for narrowed in ("state=open", "q=rau", f"q={code}"):
        page = it.get(f"/geraete/kartons?{narrowed}").text
        assert "Bo Rau" in page, narrowed
        assert "Ada Ott" not in page, narrowed
    assert (
        "1\xa0×\xa0PC, 1\xa0×\xa0Tastatur, 1\xa0×\xa0Maus"
        in it.get("/geraete/kartons", headers=GERMAN).text
    )


def words_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_labels_are_printed_for_a_kit_a_selection_and_all_packed_boxes(
    it: PageClient, given: Given
) -> None:
    with given():
        packed, unpacked = scene.kit("Ada Ott", packed=True), scene.kit("Bo Rau")
        kit_id, box_id = unpacked.id, unpacked.boxes[1].id
        codes = [box.code for box in (*packed.boxes, *unpacked.boxes)]

    for response, wanted in (
        (it.get("/geraete/etiketten.pdf"), codes[:2]),
        (it.get(f"/geraete/etiketten.pdf?kit={kit_id}"), codes[2:]),
        (
            it.post("/geraete/etiketten.pdf", {"ids": [str(box_id)]}, follow_redirects=True),
            codes[3:],
        ),
    ):
        assert response.mimetype == "application/pdf"
        text = words_of(response.data)
        assert [code in text for code in codes] == [code in wanted for code in codes]
    assert it.post("/geraete/etiketten.pdf", {}).status_code == 409


def test_there_is_no_label_without_a_packed_box(it: PageClient, given: Given) -> None:
    with given():
        kit = scene.kit()
        assert kit.boxes[0].state is BoxState.OPEN

    assert it.get("/geraete/etiketten.pdf").status_code == 409


def test_a_printed_list_says_at_its_top_that_it_is_only_a_part(
    it: PageClient, given: Given
) -> None:
    with given():
        scene.in_stock(*[ItemKind.MOUSE] * 26)

    part = it.get("/geraete/?per=25", headers={"Accept-Language": "de"}).text
    whole = it.get("/geraete/?per=50", headers={"Accept-Language": "de"}).text

    said = "Gedruckt sind hier 1 bis 25 von 26."
    assert said in part
    assert part.index(said) < part.index("<table")
    assert "Gedruckt sind hier" not in whole
