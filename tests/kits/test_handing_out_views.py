"""One more device over the counter, in the browser: the way there, the receipt, and the slip."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from flask import Flask
from pypdf import PdfReader

from hoffice.accounts.rules import Role
from hoffice.kits import queries
from hoffice.kits.rules import ItemKind
from hoffice.kits.service import fate
from tests import makers
from tests.conftest import Given
from tests.handover import scene as handovers
from tests.kits import returning_scene, scene
from tests.pageclient import PageClient
from tests.portal.test_views import browser_of

GERMAN = {"Accept-Language": "de"}
SignIn = Callable[..., PageClient]


def words_in(content: bytes) -> str:
    """What a PDF says, in one line."""
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_device_is_handed_out_with_a_receipt_and_a_slip_takes_it_back(
    app: Flask, signed_in: SignIn, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        fate.lose(scene.item_in(kit, ItemKind.MONITOR).id, by=makers.IT)
        new = returning_scene.spare(ItemKind.MONITOR)
        new.serial = "SN-4711"
        kit_id, ada, new_id, tag = kit.id, kit.employee_id, new.id, new.asset_tag
    it = signed_in(Role.IT)
    kit_page, page = f"/geraete/kits/{kit_id}", f"/geraete/kits/{kit_id}/ausgeben"
    assert page in it.get(kit_page, headers=GERMAN).text
    assert "Es fehlt noch: <b>" in it.get(page, headers=GERMAN).text
    taken = {"tag": tag, "received_by": "Ada Ott"}
    deed = f"/fahrten/abholung/ausgabe/{kit_id}"
    waits = it.post(deed, data=taken, follow_redirects=True, headers=GERMAN).text
    assert "Für Ada Ott darf gerade nichts aus dem Haus" in waits
    assert f'value="{tag}"' in waits  # nobody scans twice because a paper was missing
    with given():
        handovers.confirmed_home(queries.kit(kit_id).employee)
        handovers.signed_papers(queries.kit(kit_id).employee)

    done = it.post(deed, data=taken, follow_redirects=True, headers=GERMAN).text

    assert f"{tag} ist ausgegeben." in done
    with app.app_context():
        entry_id = queries.ledger_of_item(new_id)[0].id
    receipt = f"{page}/{entry_id}/beleg.pdf"
    assert receipt in done
    said = words_in(it.get(receipt).data)
    for words in ("Empfangsbeleg", "Ada Ott", tag, "SN-4711"):
        assert words in said
    assert it.get(f"/geraete/kits/{kit_id + 1}/ausgeben/{entry_id}/beleg.pdf").status_code == 404
    assert "Am Tresen ausgegeben" in it.get(f"/geraete/{new_id}", headers=GERMAN).text
    person = it.get(f"/personen/{ada}", headers=GERMAN).text
    assert "Ein weiteres Gerät am Tresen ausgegeben" in person
    hers = browser_of(app, given, ada).get("/mein/geraete/", headers=GERMAN).text
    assert tag in hers

    slip = it.post(
        f"{page}/{new_id}/doch-nicht", data={}, follow_redirects=True, headers=GERMAN
    ).text

    assert "es ist wieder, wo es vorher war" in slip.lower()
    assert receipt not in slip
    again = it.post(
        f"{page}/{new_id}/doch-nicht", data={}, follow_redirects=True, headers=GERMAN
    ).text
    assert f"{tag} wurde heute nicht hier ausgegeben" in again


def test_a_kit_in_the_house_offers_its_boxes_instead(signed_in: SignIn, given: Given) -> None:
    with given():
        kit_id = scene.kit("Ada Ott").id
    it = signed_in(Role.IT)
    page = f"/geraete/kits/{kit_id}/ausgeben"

    assert page not in it.get(f"/geraete/kits/{kit_id}").text
    told = it.get(page, headers=GERMAN).text
    assert "Leg das Gerät stattdessen in seinen Karton." in told
    assert "/fahrten/abholung/ausgabe" not in told
