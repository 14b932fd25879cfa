"""Stock-takes in the browser: begun, scanned, closed, settled; read by an auditor."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.jobs import worker
from hoffice.kits import queries, service
from hoffice.kits.jobs import handlers
from hoffice.kits.models import Location, StockTake
from hoffice.kits.rules import Holder, HolderKind, ItemKind, LocationKind
from hoffice.kits.service import differences
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient

Browser = Callable[..., PageClient]
PLACE = "/geraete/inventuren"


def _begun(it: PageClient) -> str:
    """A count of the whole house has begun; its address."""
    answer = it.fill(PLACE, {"name": "Jahresende"})
    assert answer.status_code == 303
    return str(answer.location)


def _said(it: PageClient, count: str, code: str) -> str:
    """What the page says to a scan sent by a plain form."""
    page = it.fill(count, {"code": code})
    found = re.search(r"data-scan-say.*?<p>(.*?)</p>", page.text, re.DOTALL)
    assert found is not None
    return found[1]


def _told(it: PageClient, count: str) -> int:
    """How many differences the page of the end names."""
    found = re.search(r"<b>(\d+) Differenz", it.get(f"{count}/schliessen").text)
    assert found is not None
    return int(found[1])


def test_a_count_from_the_first_scan_to_the_last_decision(
    app: Flask, given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    with given():
        tags = [item.asset_tag for item in scene.in_stock(*[ItemKind.MONITOR] * 3)]
        away = scene.in_stock(ItemKind.HEADSET)[0]
        person = Holder(HolderKind.EMPLOYEE, makers.employee("Ayşe Kaya").id)
        service.hand_to([away.id], person, by=makers.IT, because="handover:1")
        away_tag, away_id = away.asset_tag, away.id
    count = _begun(it)
    assert "zählt dasselbe schon" in it.fill(PLACE, {"name": "Noch eine"}).text

    assert _said(it, count, tags[0]).startswith(f"{tags[0]} gefunden")
    assert "schon gezählt" in _said(it, count, tags[0])
    unexpected = _said(it, count, away_tag)
    assert "nicht erwartet" in unexpected
    assert "Ayşe Kaya" in unexpected
    assert "kennt niemand" in _said(it, count, "NEU-77")
    assert it.fill(count, {"code": "K99999-1"}).status_code == 409
    with app.app_context():
        last = queries.item_by_tag(tags[2])
        assert last is not None
        last_id = last.id
    it.post(f"{count}/gesehen/{last_id}", {"at": str(last_id)})
    assert "Doch nicht gesehen" in it.get(f"{count}/liste?result=found").text
    it.post(f"{count}/zurueck", {"items": str(last_id)})
    assert "Jonas Reuter" in it.get(count).text

    state = it.client.get(f"{count}/stand").get_json()
    assert [state[key] for key in ("expected", "found", "missing", "unexpected")] == [3, 1, 2, 1]
    stranger = re.search(rf"{count}/unbekannt/\d+", it.get(count).text)
    assert stranger is not None
    taken = it.fill(stranger[0], {"asset_tag": "HW-77", "kind": "lamp"})
    assert taken.location == count
    assert it.get(stranger[0]).status_code == 404

    it.fill(f"{count}/schliessen", {"due_on": "2027-01-15", "agreed": "3"})
    assert it.get(count).location == f"{count}/liste"
    page = it.get(f"{count}/liste?result=missing")
    assert page.text.count("Aufgabe von Jonas Reuter") == 2
    with app.app_context():
        missing = [one.id for one in map(queries.item_by_tag, tags[1:]) if one is not None]
    it.post(f"{count}/{missing[0]}/verloren", {"at": str(missing[0])})
    it.post(f"{count}/{missing[1]}/gefunden")
    it.post(f"{count}/{away_id}/hier")
    assert "/aufgaben/" not in it.get(f"{count}/liste?result=missing").text.partition("<main")[2]
    assert "Bestandsaufnahme 1" in it.get(f"/geraete/{missing[0]}").text
    rows = list(
        csv.DictReader(io.StringIO(it.get(f"{count}/liste?export=csv").text), delimiter=";")
    )
    assert len(rows) == 5
    assert it.get(f"{count}/liste?export=xlsx").status_code == 200


def test_what_is_counted_is_named_scanned_or_the_whole_house(
    given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    with given():
        for number, name in enumerate(("Regal 3", "Regal 30", "Raum Spree"), 1):
            made = Location(
                name=name, kind=LocationKind.SHELF, code=f"L0000{number}", created_at=clock.now()
            )
            db.session.add(made)
    assert '<option value="Raum Spree">' in it.get(PLACE).text

    for typed, said in (("Keller", "keinen Ort"), ("rega", "Regal 3, Regal 30")):
        wrong = it.fill(PLACE, {"name": "Nein", "place": typed})
        assert wrong.status_code == 422
        assert said in wrong.text
        assert f'value="{typed}"' in wrong.text
    counted = [
        it.get(it.fill(PLACE, {"name": f"Zählung {typed}", "place": typed}).location).text
        for typed in ("regal 3", "http://localhost/geraete/ort/L00002", "spree")
    ]

    for page, name in zip(counted, ("Regal 3", "Regal 30", "Raum Spree"), strict=True):
        assert re.search(rf">\s*{name}\s*<", page) is not None


def test_one_device_that_is_missing_is_told_in_the_singular(
    given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    with given():
        scene.in_stock(ItemKind.MOUSE)
        away = scene.in_stock(ItemKind.HEADSET)[0]
        person = Holder(HolderKind.EMPLOYEE, makers.employee("Ayşe Kaya").id)
        service.hand_to([away.id], person, by=makers.IT, because="handover:1")
        tag = away.asset_tag
    count = _begun(it)
    _said(it, count, tag)

    assert "1 fehlt, 1 hier nicht erwartet" in it.get(f"{count}/schliessen").text
    it.fill(f"{count}/schliessen", {"agreed": "2"})

    page = it.get(f"{count}/liste").text
    assert "1 fehlt, 1 hier nicht erwartet" in page
    assert "1 fehlen" not in page


def test_a_count_with_hardly_a_scan_is_closed_only_with_its_number(
    given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    with given():
        scene.in_stock(*[ItemKind.MOUSE] * 22)
    count = _begun(it)
    page = it.get(f"{count}/schliessen").text
    assert "Es wurde nichts gescannt." in page
    assert "<b>22 Differenzen</b>: 22 fehlen" in page
    assert "eine Aufgabe, die mit der letzten" in page

    for typed, said in (
        ({"agreed": ""}, "Tippe 22"),
        ({"agreed": "17"}, "Du hast 17 geschrieben, es sind 22 Differenzen."),
        ({"agreed": "22", "due_on": "2020-01-01"}, "Dieser Tag ist vorbei"),
    ):
        wrong = it.fill(f"{count}/schliessen", dict(typed))
        assert wrong.status_code == 422
        assert said in wrong.text
        assert "Inzwischen" not in wrong.text
    assert it.fill(f"{count}/schliessen", {"agreed": " 22 "}).status_code == 303
    listed = it.get(f"{count}/liste?result=unsettled").text
    assert listed.count("Aufgabe von Jonas Reuter") == 22
    assert "22 Differenzen warten" in listed
    assert it.post(f"{count}/weiter").location == f"{count}/liste"
    assert it.get(count).status_code == 200

    it.post(f"{count}/verwerfen")
    said = it.get(f"{count}/liste").text
    assert "verworfen am" in said
    assert "/verloren" not in said
    assert it.get(f"{count}/entscheiden").location == f"{count}/liste"
    assert "verworfen" in it.get(PLACE).text


def test_differences_are_decided_by_the_selection_and_all_at_once(
    app: Flask, given: Given, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "LONG_FROM", 24)
    it = signed_in(Role.IT)
    with given():
        gone = [str(item.id) for item in scene.in_stock(*[ItemKind.MOUSE] * 24)]
    count = _begun(it)
    it.fill(f"{count}/schliessen", {"agreed": "24"})
    decide = f"{count}/entscheiden"
    back = f"{count}/liste?q=HW&result=missing"

    chosen = it.post(f"{decide}?q=HW&result=missing", {"decision": "later", "ids": gone[:2]})
    assert chosen.location == back
    assert it.post(decide, {"decision": "later"}).status_code == 422
    assert it.post(decide, {"decision": "moved", "ids": gone}).status_code == 422
    twice = it.post(decide, {"decision": "lost", "ids": gone[:3]}, follow_redirects=True).text
    assert "Über eine Zeile ist entschieden." in twice
    assert "schon geklärt" in twice
    every = {"decision": "lost", "all": "yes"}
    assert it.post(decide, every).status_code == 422
    assert it.post(decide, {**every, "agreed": "20"}).status_code == 422
    assert it.post(decide, {**every, "agreed": "21"}).location == f"{count}/liste"
    again = {"decision": "not_lost", "all": "yes", "agreed": "22"}
    assert it.post(decide, again).status_code == 303
    long = it.post(decide, {"decision": "again", "ids": gone})
    assert str(long.location).startswith("/auftraege/")
    with app.app_context():
        worker.work_off(handlers())
    assert "24 Differenzen warten" in it.get(f"{count}/liste").text


def test_a_count_that_put_the_ledger_right_offers_no_way_to_discard_it(
    given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    with given():
        [away, _here] = scene.in_stock(ItemKind.HEADSET, ItemKind.MOUSE)
        person = Holder(HolderKind.EMPLOYEE, makers.employee("Ayşe Kaya").id)
        service.hand_to([away.id], person, by=makers.IT, because="handover:1")
        away_tag, away_id = away.asset_tag, away.id
    count = _begun(it)
    assert "nicht erwartet" in _said(it, count, away_tag)
    assert f"{count}/verwerfen" in it.get(count).text
    it.fill(f"{count}/schliessen", {"agreed": "2"})
    it.post(f"{count}/{away_id}/hier")
    it.post(f"{count}/weiter")

    for page in (count, f"{count}/liste", f"{count}/schliessen"):
        assert f"{count}/verwerfen" not in it.get(page).text
    assert "Dann verwirf sie" not in it.get(f"{count}/schliessen").text
    said = it.post(f"{count}/verwerfen", follow_redirects=True).text
    assert "Verwerfen lässt sie sich nicht mehr" in said


def test_a_closed_count_stays_as_it_was_whatever_comes_later(
    given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    with given():
        seen, gone = scene.in_stock(ItemKind.MOUSE, ItemKind.MOUSE)
        seen_tag, gone_id, seen_id = seen.asset_tag, gone.id, seen.id
    first = _begun(it)
    _said(it, first, seen_tag)
    it.fill(f"{first}/schliessen", {"agreed": "1"})
    assert it.get(f"{first}/liste").text.count("Aufgabe von Jonas Reuter") == 1
    it.post(f"{first}/{gone_id}/gefunden")
    second = _begun(it)
    it.fill(f"{second}/schliessen", {"agreed": "2"})
    with given():
        person = Holder(HolderKind.EMPLOYEE, makers.employee("Ayşe Kaya").id)
        service.hand_to([gone_id, seen_id], person, by=makers.IT, because="handover:1")

    assert it.get(f"{second}/liste").text.count("Aufgabe von Jonas Reuter") == 2
    for page in ("liste", "protokoll", "liste?export=csv"):
        told = it.get(f"{first}/{page}").text
        assert "Aufgabe von" not in told
        assert "Ayşe Kaya" not in told
        assert "Lager" in told
    task = re.search(r"/aufgaben/\d+", it.get(f"{second}/liste").text)
    assert task is not None
    refused = it.post(f"{task[0]}/erledigt", {"outcome": "Erledigt."})
    assert refused.status_code == 409
    assert f'{second}"' in it.get(task[0]).text


def test_the_script_gets_the_same_answer_twice_and_a_sentence_after_the_end(
    given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    with given():
        tag = scene.in_stock(ItemKind.PC)[0].asset_tag
        scene.kit(packed=True)
    count = _begun(it)
    token = {"X-CSRFToken": it.token()}

    def send(number: str, code: str) -> tuple[int, dict[str, object]]:
        answer = it.client.post(f"{count}/scan", json={"id": number, "code": code}, headers=token)
        return answer.status_code, answer.get_json()

    number = str(uuid.uuid4())
    first = send(number, tag)
    assert first[0] == 200
    assert first == send(number, tag)
    status, box = send(str(uuid.uuid4()), "k00001ß1")
    assert status == 200
    assert "count as seen" in str(box["say"]) or "gelten jetzt als gesehen" in str(box["say"])
    assert isinstance(box["undo"], list)
    it.post(f"{count}/zurueck", {"items": [str(one) for one in box["undo"]], "from": "scan"})
    assert it.client.get(f"{count}/stand").get_json()["found"] == 1
    assert send("no number", tag)[0] == 409
    it.fill(f"{count}/schliessen", {"due_on": "2027-01-15", "agreed": str(_told(it, count))})

    status, late = send(str(uuid.uuid4()), tag)

    assert (status, late["ok"]) == (409, False)
    assert "geschlossen" in str(late["say"])


def test_an_auditor_reads_a_count_and_changes_nothing(
    app: Flask, given: Given, signed_in: Browser
) -> None:
    auditor = signed_in(Role.AUDITOR)
    with given():
        scene.in_stock(ItemKind.PC)
        count = f"{PLACE}/{service_begin()}"

    assert "Jahresende" in auditor.get(PLACE).text
    assert "data-scan-box" not in auditor.get(count).text
    assert auditor.get(f"{count}/liste").status_code == 200
    assert auditor.post(PLACE, {"name": "Nein", "place": "0"}).status_code == 200
    assert auditor.post(f"{count}/scan", {"code": "x"}).status_code == 403
    with app.app_context():
        assert len(db.session.scalars(select(StockTake)).all()) == 1


def service_begin() -> int:
    """A count begun behind the scenes."""
    from hoffice.kits.service import counting  # noqa: PLC0415

    return counting.begin("Jahresende", location_id=None, by=makers.IT).id
