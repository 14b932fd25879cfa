"""Returns, checks, swaps and damages in the browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.kits import queries, service
from hoffice.kits.queries import damage_cases
from hoffice.kits.queries import returning as reading
from hoffice.kits.rules import (
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    ReturnReason,
    WhoPays,
    WipeMethod,
)
from hoffice.kits.rules import returning as rules
from hoffice.kits.service import asking_back, damages, fate, returning
from hoffice.kits.views.damages import cents_of
from tests import makers
from tests.conftest import Given
from tests.handover import scene as handovers
from tests.kits import photos, returning_scene, scene
from tests.pageclient import PageClient

BY = makers.IT
GERMAN = {"Accept-Language": "de"}
SignIn = Callable[..., PageClient]


def words_in(content: bytes) -> str:
    """What a PDF says, in one line."""
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


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
        made = asking_back.begin(kit.employee_id, ReturnReason.OFFICE, by=BY)
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
        assert answer.json is not None
        said = {name: answer.json[name] for name in ("ok", "say", "put_right")}
        assert said == {"ok": True, "say": f"{own} ist zurück.", "put_right": False}
    answer = it.client.post(path, headers=token, json={"id": str(uuid.uuid4()), "code": strange})
    assert answer.json is not None
    assert answer.json["anyway"] == strange
    assert "laut Bestandsbuch bei Bo Rau" in answer.json["say"]
    scan(it, return_id, strange, anyway="1")
    assert "war nicht erwartet" in it.get(f"/geraete/rueckgaben/{return_id}", headers=GERMAN).text


def test_a_scanner_for_another_keyboard_is_understood_and_told_so(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Marek Kowalczyk")
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        mouse.asset_tag, mouse_id = "YZ-00042", mouse.id
        return_id = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY).id
    it = signed_in(Role.IT)

    answer = it.client.post(
        f"/geraete/rueckgaben/{return_id}/scan",
        json={"id": str(uuid.uuid4()), "code": "ZYß00042", "condition": "used"},
        headers={**GERMAN, "X-CSRFToken": it.token()},
    ).json

    assert answer is not None
    assert (answer["ok"], answer["put_right"]) == (True, True)
    assert "YZ-00042 ist zurück" in answer["say"]
    assert "andere Tastatur" in answer["say"]
    with given():
        assert queries.item(mouse_id).state is ItemState.TO_CHECK


def test_the_record_says_how_data_were_erased_after_it_was_closed(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Marek Kowalczyk")
        pc_id = scene.item_in(kit, ItemKind.PC).id
        return_id = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY).id
        for item in kit.items:
            returning.take_back(return_id, item.asset_tag, by=BY)
    it = signed_in(Role.IT)
    record = f"/geraete/rueckgaben/{return_id}/protokoll.pdf"
    assert it.get(record).status_code == 404
    it.post(f"/geraete/rueckgaben/{return_id}/abschliessen")
    before = words_in(it.get(record).data)

    it.post(
        "/geraete/rueckgaben/pruefen",
        data={"ids": [str(pc_id)], "method": "purge", "after": "stock"},
    )

    after = words_in(it.get(record).data)
    assert "(Purge)" not in before
    assert "(Purge)" in after
    assert "nach dem Abschluss der Rückgabe erneuert" in after
    it.post(f"/geraete/{pc_id}/ausmustern", data={"method": "destroy"})
    assert it.get(record).status_code == 200


def test_a_record_that_was_not_renewed_is_made_when_somebody_opens_it(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Marek Kowalczyk")
        pc_id = scene.item_in(kit, ItemKind.PC).id
        return_id = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY).id
        for item in kit.items:
            returning.take_back(return_id, item.asset_tag, by=BY)
    it = signed_in(Role.IT)
    it.post(f"/geraete/rueckgaben/{return_id}/abschliessen")
    with given():  # and the house went down before the record was made
        fate.wipe([pc_id], WipeMethod.PURGE, by=BY)

    said = words_in(it.get(f"/geraete/rueckgaben/{return_id}/protokoll.pdf").data)

    assert "(Purge)" in said


def test_checks_are_done_for_many_at_once(signed_in: SignIn, given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        made = asking_back.begin(kit.employee_id, ReturnReason.OFFICE, by=BY)
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


def test_a_damaged_device_is_named_wherever_it_goes_and_says_how_it_was_erased(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        laptop, waiting = returning_scene.spare(ItemKind.LAPTOP), scene.kit("Bo Rau")
        to_her = Holder(HolderKind.EMPLOYEE, kit.employee_id)
        service.hand_to([laptop.id], to_her, by=BY, because="import:1")
        made = asking_back.begin(kit.employee_id, ReturnReason.OTHER, item_ids=[laptop.id], by=BY)
        returning.take_back(made.id, laptop.asset_tag, condition="damaged", by=BY)
        item_id, tag, kit_id, return_id = laptop.id, laptop.asset_tag, waiting.id, made.id
    it = signed_in(Role.IT)
    means = "Was beschädigt ist, liegt dann im Bestand, wird aber nicht von selbst vergeben"
    assert means in it.get("/geraete/rueckgaben/pruefen", headers=GERMAN).text
    checked = it.post(
        "/geraete/rueckgaben/pruefen",
        data={"ids": [str(item_id)], "method": "purge", "after": "stock"},
        follow_redirects=True,
        headers=GERMAN,
    ).text
    assert f"{tag} ist beschädigt. {means}" in checked

    page = it.get(f"/geraete/{item_id}", headers=GERMAN).text

    assert "Beschädigt: Es wird nicht von selbst vergeben" in page
    assert "Daten zuletzt gelöscht" in page
    assert "(Purge)" in page
    assert f"/geraete/rueckgaben/{return_id}" in page
    by_hand = it.post(
        f"/geraete/kits/{kit_id}/hinein",
        data={"tag": tag},
        follow_redirects=True,
        headers=GERMAN,
    ).text
    assert f"{tag} ist beschädigt." in by_hand


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
    swap = f"/fahrten/abholung/tausch/{old_id}"
    assert swap in kept
    taken = {"received_by": "Ada Ott", "condition": "damaged"}
    waits = it.post(swap, data=taken, follow_redirects=True, headers=GERMAN).text
    assert "Für Ada Ott darf gerade nichts aus dem Haus" in waits
    assert "Datenschutz: " in waits
    assert "Getauscht" not in waits
    with given():
        handovers.confirmed_home(queries.kit(kit_id).employee)
        handovers.signed_papers(queries.kit(kit_id).employee)
    nobody = it.post(swap, data={}, follow_redirects=True, headers=GERMAN).text
    assert "Schreib auf, wer den Ersatz genommen hat" in nobody

    swapped = it.post(swap, data=taken, follow_redirects=True, headers=GERMAN).text

    assert "Getauscht" in swapped
    kit_page = it.get(f"/geraete/kits/{kit_id}", headers=GERMAN).text
    assert new_tag in kit_page
    assert "wartet auf eine Prüfung" in it.get(f"/geraete/{old_id}", headers=GERMAN).text


def test_what_is_kept_stays_in_sight_when_the_old_one_came_first(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        handovers.confirmed_home(kit.employee)
        handovers.signed_papers(kit.employee)
        old = scene.item_in(kit, ItemKind.MONITOR)
        old_id, old_tag, kit_id = old.id, old.asset_tag, kit.id
        first, second = (returning_scene.spare(ItemKind.MONITOR) for _ in range(2))
        first_id, tags, second_id = first.id, (first.asset_tag, second.asset_tag), second.id
    it = signed_in(Role.IT)
    swap = f"/geraete/{old_id}/ersatz"
    it.post(swap, data={"tag": tags[0], "reason": "defect"})
    left = f"{tags[0]} ist für Ada Ott zurückgelegt; Ada Ott stünde dann ohne Ersatz da."
    assert left in it.get(f"/geraete/{first_id}", headers=GERMAN).text
    repair = f"/geraete/{first_id}/reparatur"
    assert (
        "Sag, dass es trotzdem weg soll"
        in it.post(repair, headers=GERMAN, follow_redirects=True).text
    )
    gone = it.post(repair, data={"anyway": "1"}, headers=GERMAN, follow_redirects=True).text
    assert "Es war für Ada Ott zurückgelegt" in gone
    told = f"Ada Ott wartet auf anderen Ersatz für {old_tag}: {tags[0]} fällt weg"
    assert told in it.get(swap, headers=GERMAN).text
    with given():
        [made] = reading.open_returns_of(queries.kit(kit_id).employee_id)
        return_id, path = made.id, f"/geraete/rueckgaben/{made.id}"
    assert told in it.get(path, headers=GERMAN).text
    it.post(swap, data={"tag": tags[1], "reason": "defect"})
    scan(it, return_id, old_tag)
    page = it.get(path, headers=GERMAN).text
    assert told not in page
    waits = f"{tags[1]} ist für Ada Ott zurückgelegt und noch nicht übergeben."
    assert waits in page
    assert f"{waits} Die Rückgabe trotzdem abschließen?" in page  # asked before it is closed
    closed = it.post(f"{path}/abschliessen", headers=GERMAN, follow_redirects=True).text
    assert f"{tags[1]} ist noch immer für Ada Ott zurückgelegt." in closed
    assert swap in closed
    assert swap in it.get(f"/geraete/{second_id}", headers=GERMAN).text
    counter = it.get(swap, headers=GERMAN).text
    assert "Jetzt übergeben" in counter
    assert "Das alte Gerät sieht aus" not in counter

    given_out = it.post(
        f"/fahrten/abholung/tausch/{old_id}",
        data={"received_by": "Ada Ott"},
        follow_redirects=True,
        headers=GERMAN,
    ).text

    assert "Das Ersatzgerät ist übergeben." in given_out
    assert "noch nicht übergeben" not in given_out
    assert tags[1] in it.get(f"/geraete/kits/{kit_id}", headers=GERMAN).text
    said = words_in(it.get(f"{path}/protokoll.pdf").data)
    assert tags[1] in said.partition("Im Tausch übergeben")[2]


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
        case = damage_cases.damage_case(case_id)
        assert (case.who_pays, case.amount_cents) == (WhoPays.PERSON, 4_000)
    assert "mittlere Fahrlässigkeit" in it.get(path, headers=GERMAN).text
    assert hr.get("/geraete/rueckgaben").status_code == 403


def test_who_decides_a_case_sees_its_photos_and_no_others_and_may_decide_anew(
    signed_in: SignIn, given: Given
) -> None:
    it, hr = signed_in(Role.IT), signed_in(Role.HR)
    with given():
        kit = returning_scene.at_home("Ada Ott")
        monitor, pc = scene.item_in(kit, ItemKind.MONITOR), scene.item_in(kit, ItemKind.PC)
        case_id = damages.report_damage(monitor, "Riss unten links", by=BY).id
        other_id = damages.report_damage(pc, "Beule", by=BY).id
        monitor_id, pc_id = monitor.id, pc.id
    for item_id, kind in ((monitor_id, "damage"), (monitor_id, "wiring"), (pc_id, "damage")):
        photos.send(it, item_id, (photos.photo(), "foto.jpg"), kind=kind)
    path = f"/geraete/schaeden/{case_id}"

    page = hr.get(path, headers=GERMAN).text

    shown = re.findall(r'src="([^"]+/foto/\d+)"', page)
    assert len(shown) == 1
    assert hr.get(shown[0]).mimetype == "image/jpeg"
    number = shown[0].rpartition("/")[2]
    assert hr.get(f"/geraete/schaeden/{other_id}/foto/{number}").status_code == 404
    assert hr.get(f"/geraete/anlagen/{number}").status_code == 403
    assert signed_in(Role.DRIVER).get(shown[0]).status_code == 403
    hr.post(f"{path}/entscheiden", data={"who": "company", "reason": "Altersschwäche"})
    again = f"{path}/wieder-oeffnen"
    assert it.post(again, data={"because": "x"}).status_code == 403
    assert "warum neu entschieden" in hr.post(again, data={"because": " "}, headers=GERMAN).text
    told = hr.post(
        again, data={"because": "Das Foto zeigt mehr"}, headers=GERMAN, follow_redirects=True
    ).text
    assert "Der Fall ist wieder offen" in told
    assert "Altersschwäche" in told
    assert "Das Foto zeigt mehr" in told
    assert "Wer trägt es" in told


def test_a_photo_belongs_to_the_case_in_whose_time_it_was_taken() -> None:
    hour = timedelta(hours=1)
    begun = [makers.MONDAY + 4 * hour, rules.begins(makers.MONDAY + 9 * hour, None)]
    assert rules.begins(makers.MONDAY + 9 * hour, makers.MONDAY + 5 * hour) < begun[1]
    asked = [makers.MONDAY + hours * hour for hours in (3, 4, 8, 9, 20)]
    assert [rules.case_at(at, begun) for at in asked] == [0, 0, 0, 1, 1]


def test_missing_cables_are_found_again_piece_by_piece(signed_in: SignIn, given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        good = returning_scene.cables_with(kit.employee_id, 3)
        good.value_cents, name = 450, good.name
        made = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        for item in kit.items:
            returning.take_back(made.id, item.asset_tag, by=BY)
        return_id = made.id
    it = signed_in(Role.IT)
    page = it.get(f"/geraete/rueckgaben/{return_id}", headers=GERMAN).text
    assert "Abschließen: 3 Teile fehlen" in page
    said = it.post(
        f"/geraete/rueckgaben/{return_id}/abschliessen",
        data={"rest": "missing", "missing": "3"},
        headers=GERMAN,
        follow_redirects=True,
    ).text
    found = re.search(r'href="(/geraete/schaeden/\d+)"', said)
    assert found is not None
    case = it.get(found[1], headers=GERMAN).text
    assert f"3\xa0×\xa0{name}" in case
    assert "13,50" in case
    it.post(f"{found[1]}/gefunden", data={"count": "2"})
    assert f"1\xa0×\xa0{name}" in it.get("/geraete/schaeden", headers=GERMAN).text
    hr = signed_in(Role.HR)
    assert "4,50" in hr.get(found[1], headers=GERMAN).text
    assert hr.get(f"/geraete/schaeden?q={name.split()[1]}&export=csv").status_code == 200
    it.post(f"{found[1]}/gefunden", data={"count": "1"})
    assert "Es ist alles wieder da; niemand" in it.get(found[1], headers=GERMAN).text


def test_a_slip_is_taken_back_on_the_page_of_the_return(signed_in: SignIn, given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        made = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        line = returning.take_back(made.id, kit.items[0].asset_tag, by=BY)
        path = f"/geraete/rueckgaben/{made.id}"
        undo = f"{path}/zeile/{line.id}/doch-nicht"
    it = signed_in(Role.IT)
    page = it.get(path, headers=GERMAN).text
    assert undo in page
    assert f"{path}/absagen" not in page
    assert "lässt sie sich nicht mehr absagen" in page

    said = it.post(undo, headers=GERMAN, follow_redirects=True).text

    assert "<b>0 von 5</b>" in said
    assert "doch nicht zurück" in said


def test_a_return_begun_on_the_page_of_a_device_asks_for_that_device(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        person, mouse_id = kit.employee_id, scene.item_in(kit, ItemKind.MOUSE).id
    it = signed_in(Role.IT)
    begin = f"/geraete/rueckgaben/neu/{person}?geraet={mouse_id}"
    assert begin in it.get(f"/geraete/{mouse_id}", headers=GERMAN).text
    page = it.get(begin, headers=GERMAN).text
    assert re.findall(r'<input[^>]*name="items"[^>]*checked', page) == re.findall(
        rf'<input[^>]*name="items" value="{mouse_id}"[^>]*checked', page
    )
    over = (clock.today() - timedelta(days=1)).isoformat()
    sent = {"what": "some", "items": str(mouse_id), "reason": "defect", "due_on": over}

    refused = it.post(begin, data=sent, headers=GERMAN)

    assert refused.status_code == 409
    assert "ist vorbei: Nimm heute oder einen späteren Tag" in refused.text
    assert re.search(rf'name="items" value="{mouse_id}" checked', refused.text)
    said = it.post(begin, data={**sent, "due_on": ""}, headers=GERMAN, follow_redirects=True).text
    assert "<b>0 von 1</b>" in said


def test_a_replacement_is_searched_among_many(signed_in: SignIn, given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        old_id = scene.item_in(kit, ItemKind.MONITOR).id
        for _ in range(9):
            returning_scene.spare(ItemKind.MONITOR, model="Dell P2422H")
        last = returning_scene.spare(ItemKind.MONITOR, model="Eizo EV2485").asset_tag
    it = signed_in(Role.IT)
    path = f"/geraete/{old_id}/ersatz"
    page = it.get(path, headers=GERMAN).text
    assert "Es gibt noch mehr" in page
    assert last not in page
    found = it.get(f"{path}?q=eizo", headers=GERMAN).text
    assert last in found
    assert "Dell" not in found
    assert "Davon ist keins frei" in it.get(f"{path}?q=nix", headers=GERMAN).text


def test_a_label_of_a_box_that_has_left_says_so_and_that_of_one_without_a_run_claims_nothing(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        left = returning_scene.at_home("Ada Ott").boxes[0].id
        waits = scene.kit("Bo Rau", packed=True).boxes[0].id
    it = signed_in(Role.IT)
    said = {
        one: words_in(it.get(f"/geraete/etiketten.pdf?ids={one}", headers=GERMAN).data)
        for one in (left, waits)
    }
    assert "übergeben" in said[left]
    assert "Bo Rau" in said[waits]
    assert "Fahrt" not in said[waits]
    assert "übergeben" not in said[waits]


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


def test_a_scan_that_is_refused_tells_the_script_where_the_device_can_be_seen_to(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit, other = returning_scene.at_home("Ada Ott"), returning_scene.at_home("Bo Rau")
        made = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        elsewhere = asking_back.begin(other.employee_id, ReturnReason.LEAVER, by=BY)
        item = other.items[0]
        here, there, item_id, tag = made.id, elsewhere.id, item.id, item.asset_tag
    it = signed_in(Role.IT)
    path = f"/geraete/rueckgaben/{here}/scan"

    refused = it.client.post(
        path, headers={"X-CSRFToken": it.token()}, json={"id": str(uuid.uuid4()), "code": tag}
    ).get_json()
    unknown = it.client.post(
        path, headers={"X-CSRFToken": it.token()}, json={"id": str(uuid.uuid4()), "code": "NIX-1"}
    ).get_json()

    assert (refused["ok"], refused["item"], refused["return"]) == (
        False,
        f"/geraete/{item_id}",
        f"/geraete/rueckgaben/{there}",
    )
    assert (unknown["item"], unknown["return"]) == ("", "")


def test_how_a_thing_looks_is_read_as_a_condition_and_not_as_something_done(
    signed_in: SignIn, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        made = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
        returning.take_back(made.id, kit.items[0].asset_tag, by=BY)
        path = f"/geraete/rueckgaben/{made.id}"
    page = signed_in(Role.IT).get(path, headers=GERMAN).text
    assert "gebraucht" in page
    assert "erledigt: </span><span>gebraucht" not in page
