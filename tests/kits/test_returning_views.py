"""Returns, checks, swaps and damages in the browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.kits import queries
from hoffice.kits.queries import returning as reading
from hoffice.kits.rules import ItemKind, ItemState, ReturnReason, WhoPays
from hoffice.kits.service import fate, returning
from hoffice.kits.views.damages import cents_of
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.pageclient import PageClient

BY = makers.IT
GERMAN = {"Accept-Language": "de"}
SignIn = Callable[..., PageClient]


def scan(client: PageClient, return_id: int, code: str, **more: str) -> object:
    return client.post(
        f"/geraete/rueckgaben/{return_id}/scan",
        data={"id": str(uuid.uuid4()), "code": code, "condition": "used", **more},
        headers=GERMAN,
    )


def test_a_leaver_gives_everything_back_but_a_mouse(signed_in: SignIn, given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Marek Kowalczyk")
        kit.employee.ends_on = clock.today() + timedelta(days=9)
        person, kit_id = kit.employee_id, kit.id
        tags = {item.kind: item.asset_tag for item in kit.items}
        mouse_id = scene.item_in(kit, ItemKind.MOUSE).id
    it = signed_in(Role.IT)
    assert "Marek Kowalczyk" in it.get("/geraete/rueckgaben/faellig", headers=GERMAN).text
    it.post(
        "/geraete/rueckgaben/beginnen",
        data={"ids": [str(person)], "reason": "leaver", "due_on": clock.today().isoformat()},
    )
    listed = it.get("/geraete/rueckgaben", headers=GERMAN).text
    assert "0 von 5 zurück" in listed
    found = re.search(r"/geraete/rueckgaben/(\d+)\"", listed)
    assert found is not None
    return_id = int(found[1])
    for kind, tag in tags.items():
        if kind is not ItemKind.MOUSE:
            scan(it, return_id, tag)
    page = it.get(f"/geraete/rueckgaben/{return_id}", headers=GERMAN).text
    assert "<b>4 von 5</b>" in page
    close = f"/geraete/rueckgaben/{return_id}/abschliessen"
    assert (
        "Noch ist nicht alles zurück" in it.post(close, follow_redirects=True, headers=GERMAN).text
    )

    done = it.post(close, data={"rest": "missing"}, follow_redirects=True, headers=GERMAN).text

    assert "fehlt" in done
    record = it.get(f"/geraete/rueckgaben/{return_id}/protokoll.pdf")
    assert record.data.startswith(b"%PDF-")
    assert f"Rückgabe {return_id}" in it.get(f"/geraete/{mouse_id}", headers=GERMAN).text
    assert "aufgelöst" in it.get(f"/geraete/kits/{kit_id}", headers=GERMAN).text
    assert tags[ItemKind.MOUSE] in it.get("/geraete/schaeden", headers=GERMAN).text
    sheet = it.get("/geraete/rueckgaben?state=all&export=csv", headers=GERMAN)
    assert b"Marek Kowalczyk" in sheet.data


def test_a_scan_says_what_to_do_and_a_script_gets_it_as_json(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit, other = returning_scene.at_home("Ada Ott"), returning_scene.at_home("Bo Rau")
        free = returning_scene.spare(ItemKind.DOCK)
        made = returning.begin(kit.employee_id, ReturnReason.OFFICE, by=BY)
        return_id, free_tag, free_id = made.id, free.asset_tag, free.id
        own, strange = kit.items[0].asset_tag, other.items[0].asset_tag
    it = signed_in(Role.IT)

    wrong = it.post(
        f"/geraete/rueckgaben/{return_id}/scan",
        data={"id": str(uuid.uuid4()), "code": free_tag},
        headers=GERMAN,
    )
    assert wrong.status_code == 409
    assert "liegt im Lager und war bei niemandem" in wrong.text
    assert f"/geraete/{free_id}" in wrong.text
    number = str(uuid.uuid4())
    path = f"/geraete/rueckgaben/{return_id}/scan"
    token = {"X-CSRFToken": it.token()}
    for _ in range(2):  # sent again, because the first answer was lost
        answer = it.client.post(
            path, headers=token, json={"id": number, "code": own, "condition": "good"}
        )
        assert answer.json == {"ok": True, "say": f"{own} ist zurück.", "id": ""}
    answer = it.client.post(path, headers=token, json={"id": str(uuid.uuid4()), "code": strange})
    assert answer.json is not None
    assert answer.json["anyway"] == strange
    assert "laut Bestandsbuch bei Bo Rau" in answer.json["say"]
    scan(it, return_id, strange, anyway="1")
    assert "war nicht erwartet" in it.get(f"/geraete/rueckgaben/{return_id}", headers=GERMAN).text


def test_checks_are_done_for_many_at_once(signed_in: SignIn, given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        made = returning.begin(kit.employee_id, ReturnReason.OFFICE, by=BY)
        ids = [item.id for item in kit.items]
        pc_id = scene.item_in(kit, ItemKind.PC).id
        for item in kit.items:
            returning.take_back(made.id, item.asset_tag, by=BY)
    it = signed_in(Role.IT)
    page = it.get("/geraete/rueckgaben/pruefen", headers=GERMAN).text
    assert "noch zu löschen" in page

    said = it.post(
        "/geraete/rueckgaben/pruefen",
        data={"ids": [str(one) for one in ids], "after": "stock"},
        follow_redirects=True,
        headers=GERMAN,
    ).text
    assert "4 Geräte sind geprüft" in said
    assert "Bestätige zuerst" in said
    it.post(
        "/geraete/rueckgaben/pruefen",
        data={"ids": [str(pc_id)], "method": "clear", "after": "stock"},
    )
    with given():
        assert {queries.item(one).state for one in ids} == {ItemState.IN_STOCK}


def test_a_monitor_is_kept_and_swapped_at_the_counter(signed_in: SignIn, given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        old_id = scene.item_in(kit, ItemKind.MONITOR).id
        new_tag, kit_id = returning_scene.spare(ItemKind.MONITOR).asset_tag, kit.id
    it = signed_in(Role.IT)
    assert f"/geraete/{old_id}/ersatz" in it.get(f"/geraete/kits/{kit_id}", headers=GERMAN).text
    kept = it.post(
        f"/geraete/{old_id}/ersatz",
        data={"tag": new_tag, "reason": "defect"},
        follow_redirects=True,
        headers=GERMAN,
    ).text
    assert f"{new_tag} ist für Ada Ott zurückgelegt" in kept
    nobody = it.post(f"/geraete/{old_id}/ersatz/uebergeben", data={}, headers=GERMAN)
    assert nobody.status_code == 409
    assert "Schreib auf, wer den Ersatz genommen hat" in nobody.text

    swapped = it.post(
        f"/geraete/{old_id}/ersatz/uebergeben",
        data={"received_by": "Ada Ott", "condition": "damaged"},
        follow_redirects=True,
        headers=GERMAN,
    ).text

    assert "Getauscht" in swapped
    kit_page = it.get(f"/geraete/kits/{kit_id}", headers=GERMAN).text
    assert new_tag in kit_page
    assert "wartet auf eine Prüfung" in it.get(f"/geraete/{old_id}", headers=GERMAN).text


def test_hr_decides_who_pays_and_it_only_looks(signed_in: SignIn, given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        case_id = fate.lose(scene.item_in(kit, ItemKind.MONITOR).id, by=BY).id
    path = f"/geraete/schaeden/{case_id}"
    it, hr = signed_in(Role.IT), signed_in(Role.HR)
    assert it.post(f"{path}/entscheiden", data={"who": "company"}).status_code == 403
    page = hr.get(path, headers=GERMAN).text
    assert "§ 394 BGB" in page
    assert "leichtester Fahrlässigkeit" in page
    too_much = hr.post(
        f"{path}/entscheiden",
        data={"who": "person", "amount": "120,01", "reason": "grob fahrlässig"},
        headers=GERMAN,
    )
    assert too_much.status_code == 409
    assert "grob fahrlässig" in too_much.text  # nothing that was typed is lost
    hr.post(
        f"{path}/entscheiden",
        data={"who": "person", "amount": "40,00", "reason": "mittlere Fahrlässigkeit"},
    )
    with given():
        case = reading.damage_case(case_id)
        assert (case.who_pays, case.amount_cents) == (WhoPays.PERSON, 4_000)
    assert "mittlere Fahrlässigkeit" in it.get(path, headers=GERMAN).text
    assert hr.get("/geraete/rueckgaben").status_code == 403


def test_single_devices_go_to_repair_and_come_back(signed_in: SignIn, given: Given) -> None:
    with given():
        item_id = returning_scene.spare(ItemKind.PC).id
    it = signed_in(Role.IT)
    it.post(f"/geraete/{item_id}/reparatur")
    assert "Zurück aus der Reparatur" in it.get(f"/geraete/{item_id}", headers=GERMAN).text
    it.post(f"/geraete/{item_id}/repariert")
    assert "wartet auf eine Prüfung" in it.get(f"/geraete/{item_id}", headers=GERMAN).text
    said = it.post(f"/geraete/{item_id}/ausmustern", follow_redirects=True, headers=GERMAN).text
    assert "Bestätige zuerst, wie die Daten gelöscht wurden" in said
    it.post(f"/geraete/{item_id}/ausmustern", data={"method": "destroy"})
    it.post(f"/geraete/{item_id}/verloren")
    with given():
        assert queries.item(item_id).state is ItemState.RETIRED


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("120,50", 12_050), ("1.162,5 €", 116_250), ("12.5", 1_250), ("", 0), ("-1", None)],
)
def test_an_amount_is_read_as_people_type_it(typed: str, cents: int | None) -> None:
    assert cents_of(typed) == cents
    assert cents_of("viel") is None
