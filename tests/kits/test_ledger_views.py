"""Who has what in the browser: asked, corrected, passed on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits import queries, service
from hoffice.kits.models import Location
from hoffice.kits.queries import ledger
from hoffice.kits.queries import transfers as reading
from hoffice.kits.rules import Holder, HolderKind, ItemKind, LocationKind
from hoffice.kits.service import bulk
from hoffice.kits.views.ledger import moment_in
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient

BY = makers.IT
GERMAN = {"Accept-Language": "de"}
PAGE = "/geraete/wer-hat-was"
MONDAY = datetime(2020, 3, 23, 9, 0, tzinfo=UTC)


def person(employee_id: int) -> Holder:
    """A person as a holder."""
    return Holder(HolderKind.EMPLOYEE, employee_id)


@pytest.fixture
def told(given: Given) -> dict[str, int]:
    """On Monday Ada gets a PC; on Tuesday it goes to Bo; a dock stays in the store."""
    with given():
        with clock.frozen(MONDAY - timedelta(days=1)):
            pc, dock = scene.in_stock(ItemKind.PC, ItemKind.DOCK)
        ada, bo = makers.employee("Ada Ott"), makers.employee("Bo Ottmann")
        with clock.frozen(MONDAY):
            service.hand_to([pc.id], person(ada.id), by=BY, because="handover:1")
        with clock.frozen(MONDAY + timedelta(days=1)):
            service.hand_to([pc.id], person(bo.id), by=BY, because="handover:2")
        shelf = Location(code="R-1", name="Regal 1", kind=LocationKind.SHELF, created_at=MONDAY)
        db.session.add(shelf)
        db.session.flush()
        return {"pc": pc.id, "dock": dock.id, "ada": ada.id, "bo": bo.id, "shelf": shelf.id}


def tag(item_id: int) -> str:
    """The tag of an item, asked outside of the page."""
    return queries.item(item_id).asset_tag


def test_who_has_what_is_asked_as_of_any_moment(
    it: PageClient, app: Flask, told: dict[str, int]
) -> None:
    with app.app_context():
        pc, dock = tag(told["pc"]), tag(told["dock"])

    now = it.get(PAGE, headers=GERMAN).text
    assert "Hinter jedem von <b>2 Geräten</b>" in now
    assert "Bo Ottmann" in now
    assert "Ada Ott<" not in now
    then = it.get(f"{PAGE}?am=2020-03-23T12:00", headers=GERMAN).text
    assert "Ada Ott" in then
    assert "Übergabeprotokoll 1" in then
    hers = it.get(f"{PAGE}?person=ada&am=2020-03-23", headers=GERMAN).text
    assert "<b>Ada Ott</b> hatte am" in hers
    assert pc in hers
    assert dock not in hers
    store = it.get(f"{PAGE}?wer=stock:0", headers=GERMAN).text
    assert dock in store
    assert pc not in store
    assert pc in it.get(f"{PAGE}?art=employee").text
    assert dock not in it.get(f"{PAGE}?art=employee").text
    assert "Nichts." in it.get(f"{PAGE}?am=2019-01-01", headers=GERMAN).text


def test_the_whole_company_says_how_many_lie_where(
    it: PageClient, given: Given, told: dict[str, int]
) -> None:
    with given():
        shelf = Holder(HolderKind.STOCK, told["shelf"])
        moved = [item.id for item in scene.in_stock(ItemKind.MOUSE, ItemKind.MOUSE)]
        service.hand_to(moved, shelf, by=BY, because="stock_take:1")

    page = it.get(PAGE, headers=GERMAN).text

    assert "An 2 Orten" in page
    rows = re.findall(r"wer=(stock:\d+)\">([^<]+)</a></th><td[^>]*>(\d+)<", page)
    assert rows == [(f"stock:{told['shelf']}", "Regal 1", "2"), ("stock:0", "Lager", "1")]
    assert "An 2 Orten" not in it.get(f"{PAGE}?wer=stock:0", headers=GERMAN).text


def test_a_name_that_fits_several_or_nobody_is_asked_again(
    it: PageClient, told: dict[str, int]
) -> None:
    page = it.get(f"{PAGE}?person=ott", headers=GERMAN).text
    assert "Das passt auf mehrere." in page
    assert 'name="welche"' in page
    chosen = it.get(f"{PAGE}?person=ott&welche={told['bo']}", headers=GERMAN).text
    assert "<b>Bo Ottmann</b> hat ein Gerät" in chosen
    assert "Niemand heißt „Zoe“." in it.get(f"{PAGE}?person=Zoe", headers=GERMAN).text


@pytest.mark.parametrize(
    "asked",
    ["am=gestern", "am=0001-01-01", "am=9999-12-31", "wer=mond:1", "wer=desk:x", "wer=van:9"],
)
def test_what_makes_no_sense_breaks_nothing(
    it: PageClient, told: dict[str, int], asked: str
) -> None:
    assert told
    page = it.get(f"{PAGE}?{asked}", headers=GERMAN)
    assert page.status_code == 200
    hint = {"am=gestern": "„gestern“ ist kein Tag.", "am=9999-12-31": "kommt erst noch."}.get(asked)
    assert ("Du siehst, wie es jetzt ist." in page.text) == (hint is not None)
    assert hint is None or hint in page.text


def test_a_place_that_is_not_there_is_not_found(it: PageClient, told: dict[str, int]) -> None:
    assert it.get(f"{PAGE}?wer=stock:{told['shelf']}").status_code == 200
    for kind in ("stock", "desk", "repair"):
        assert it.get(f"{PAGE}?wer={kind}:999999").status_code == 404


def test_the_whole_company_goes_home_as_a_workbook(it: PageClient, told: dict[str, int]) -> None:
    assert told
    response = it.get(f"{PAGE}?am=2020-03-23T12:00&export=xlsx", headers=GERMAN)

    assert "wer-hatte-was-am-23-03-2020" in response.headers["Content-Disposition"]
    sheet = load_workbook(BytesIO(response.data)).active
    assert sheet is not None
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][4:] == ["Wer es hat", "Seit", "Beleg"]
    assert {row[4] for row in rows[1:]} == {"Ada Ott", "Lager"}


def test_the_page_costs_the_same_for_two_and_for_twenty(
    it: PageClient, given: Given, queries: list[str]
) -> None:
    def fill(count: int) -> None:
        with given():
            for item in scene.in_stock(*[ItemKind.MOUSE] * count):
                somebody = makers.employee(f"Person {makers.number()}")
                service.hand_to([item.id], person(somebody.id), by=BY, because="handover:1")

    def cost() -> int:
        before = len(queries)
        assert it.get(PAGE, query_string={"per": 200}).status_code == 200
        return len(queries) - before

    fill(2)
    cost()
    few = cost()
    fill(18)
    assert cost() == few <= 12


def test_a_line_is_corrected_and_stays_crossed_out(
    it: PageClient, app: Flask, told: dict[str, int]
) -> None:
    page = it.get(f"/geraete/{told['pc']}", headers=GERMAN).text
    assert page.count("Berichtigen …") == 3
    with app.app_context():
        first = ledger.entry_at(told["pc"], MONDAY)
        assert first is not None
        path = f"{PAGE}/zeile/{first.id}"
    assert "Ada Ott" in it.get(path, headers=GERMAN).text

    nobody = it.post(path, {"wohin": "", "note": "x"}, headers=GERMAN)
    assert nobody.status_code == 422
    assert "Wähl aus, wer es hatte." in nobody.text
    unknown = it.post(path, {"wohin": "person", "person": "Zoe", "note": "x"}, headers=GERMAN)
    assert unknown.status_code == 422
    assert "Niemand heißt" in unknown.text
    refused = it.post(path, {"wohin": "stock:0", "note": " "}, headers=GERMAN)
    assert refused.status_code == 409
    assert "Sag in wenigen Worten" in refused.text
    shelf = f"stock:{told['shelf']}"
    done = it.post(path, {"wohin": shelf, "note": "lag im Regal"}, follow_redirects=True)

    assert "Berichtigt." in done.text
    text = done.text.replace("\n", "")
    assert "<s>Ada Ott</s>" in text
    assert text.index("<s>Ada Ott</s>") < text.index("Regal 1") < text.index("lag im Regal")
    assert "<b>Bo Ottmann</b>" in text
    known = f"{PAGE}?am=2020-03-23T12:00"
    assert re.search(r"Regal 1(</a>)?</td>", it.get(known).text)
    assert "Ada Ott" in it.get(f"{known}&damals=1").text
    again = it.post(path, {"wohin": "lost:0", "note": "x"}, headers=GERMAN)
    assert again.status_code == 409
    assert "schon berichtigt" in again.text


def test_it_proposes_sees_and_withdraws_what_passes_on(
    it: PageClient, app: Flask, told: dict[str, int]
) -> None:
    new = "/geraete/weitergaben/neu"
    assert "Wer gibt" in it.get(new, headers=GERMAN).text
    assert "Wer ist gemeint?" in it.get(f"{new}?von=ott", headers=GERMAN).text
    assert "Gib eine Personalnummer" in it.get(f"{new}?von=", headers=GERMAN).text
    assert "Gib eine Personalnummer" not in it.get(new, headers=GERMAN).text
    assert "Ada Ott hat kein Gerät." in it.get(f"{new}?von=ada", headers=GERMAN).text
    with app.app_context():
        pc = tag(told["pc"])
    assert pc in it.get(f"{new}?person={told['bo']}").text
    fields = {"person": str(told["bo"]), "an": "ada", "note": "Am Empfang"}
    refused = it.post(new, fields, headers=GERMAN)
    assert refused.status_code == 409
    assert "mindestens ein Gerät" in refused.text
    unclear = it.post(new, {**fields, "an": "ott", "ids": str(told["pc"])}, headers=GERMAN)
    assert unclear.status_code == 422
    assert "checked" in unclear.text

    made = it.post(new, {**fields, "ids": str(told["pc"])}, follow_redirects=True)

    assert "wartet auf beide" in made.text
    for asked in ("", f"?wer=employee:{told['ada']}", f"?wer=employee:{told['bo']}"):
        assert "Bo Ottmann an Ada Ott" in it.get(PAGE + asked, headers=GERMAN).text
    for asked in ("?wer=stock:0", "?am=2020-03-24"):
        assert "Bo Ottmann an Ada Ott" not in it.get(PAGE + asked, headers=GERMAN).text
    assert "schon weitergegeben" in it.get(f"{new}?person={told['bo']}", headers=GERMAN).text
    listed = it.get("/geraete/weitergaben?stand=open", headers=GERMAN).text
    assert pc in listed
    assert pc in it.get("/geraete/weitergaben?export=csv", headers=GERMAN).text
    with app.app_context():
        number = reading.open_transfers()[0].id
    gone = it.post(f"/geraete/weitergaben/{number}/zurueckziehen", follow_redirects=True)
    assert "zurückgezogen" in gone.text
    assert it.post(f"/geraete/weitergaben/{number}/zurueckziehen").status_code == 409
    assert pc not in it.get("/geraete/weitergaben?stand=open").text


def test_an_auditor_reads_and_changes_nothing(
    signed_in: Callable[..., PageClient], told: dict[str, int]
) -> None:
    reader = signed_in(Role.AUDITOR)
    assert "weitergeben …" not in reader.get(PAGE, headers=GERMAN).text
    device = reader.get(f"/geraete/{told['pc']}", headers=GERMAN).text
    for deed in ("Berichtigen …", "tauschen …", "Was daraus wird"):
        assert deed not in device
    assert reader.get("/geraete/weitergaben").status_code == 200
    assert reader.get("/geraete/weitergaben/neu").status_code == 403
    assert reader.get(f"{PAGE}/zeile/1").status_code == 403


def test_a_day_without_a_time_means_its_end_in_berlin() -> None:
    assert moment_in("2020-03-23") == datetime(2020, 3, 23, 22, 59, 59, 999999, tzinfo=UTC)
    assert moment_in("2020-07-01T12:00") == datetime(2020, 7, 1, 10, tzinfo=UTC)
    assert moment_in("morgen") is None


def test_who_has_nothing_is_told_in_words(it: PageClient, told: dict[str, int]) -> None:
    page = it.get(f"{PAGE}?wer=employee:{told['ada']}", headers=GERMAN).text
    assert "<b>Ada Ott</b> hat kein Gerät." in page
    before = it.get(f"{PAGE}?wer=employee:{told['ada']}&am=2020-03-22T12:00", headers=GERMAN).text
    assert re.search(r"<b>Ada Ott</b> hatte am [^<]*12:00[^<]* kein Gerät\.", before)
    shelf = it.get(f"{PAGE}?wer=stock:{told['shelf']}", headers=GERMAN).text
    assert "<b>Regal 1</b>: kein Gerät." in shelf


def test_small_parts_are_handed_out_to_a_person_and_stand_beside_her_devices(
    it: PageClient, signed_in: Callable[..., PageClient], given: Given, told: dict[str, int]
) -> None:
    with given():
        cable = bulk.add_good(bulk.GoodFacts("Netzwerkkabel"), by=BY).id
        bulk.take_in(cable, 3, by=BY)
    asked = it.get("/geraete/kleinteile/ausgeben?person=Bo", headers=GERMAN)
    path = f"/geraete/kleinteile/bei/{told['bo']}"
    assert asked.headers["Location"] == path
    assert (
        "Das passt auf mehrere."
        in it.get("/geraete/kleinteile/ausgeben?person=ott", headers=GERMAN).text
    )

    assert it.fill(path, {f"gives-{cable}": "2"}).status_code == 303

    hers = it.get(f"{PAGE}?person=Bo", headers=GERMAN).text
    assert re.search(r'Netzwerkkabel</a>.*?<b class="num">2</b>', hers)
    assert path in hers
    person = it.get(f"/personen/{told['bo']}", headers=GERMAN).text
    assert re.search(r"Neben dem Gerätesatz.*?2&nbsp;×&nbsp;Netzwerkkabel", person, re.DOTALL)
    before = it.get(f"{PAGE}?person=Bo&am=2020-04-01", headers=GERMAN).text
    assert "Netzwerkkabel" not in before
    assert "Ausgegeben" in it.get(f"/geraete/kleinteile/{cable}", headers=GERMAN).text
    wrong = it.fill(path, {f"gives-{cable}": "-1", f"back-{cable}": "1"})
    assert wrong.status_code == 422
    assert 'value="-1"' in wrong.text
    assert "Ausgeben: Netzwerkkabel" in re.findall(r"(?s)notice is-problem.*?</div>", wrong.text)[0]
    assert "Zurücknehmen" not in re.findall(r"(?s)notice is-problem.*?</div>", wrong.text)[0]
    many = it.fill(path, {f"back-{cable}": "3"})
    assert "Bo Ottmann hat nur 2 × Netzwerkkabel." in many.text
    assert it.post(path, {"gives-99999999999999999999": "1"}).status_code == 409
    refused = it.fill(path, {f"gives-{cable}": "2", "note": "für zwei"})
    assert refused.status_code == 409
    assert 'value="für zwei"' in refused.text
    assert it.fill(path, {f"back-{cable}": "2"}).status_code == 303
    assert "Netzwerkkabel" not in it.get(f"{PAGE}?person=Bo", headers=GERMAN).text
    reader = signed_in(Role.AUDITOR)
    assert reader.get(path).status_code == 403
    assert path not in reader.get(f"{PAGE}?person=Bo").text
