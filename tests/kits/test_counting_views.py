"""Stock-takes in the browser: begun, scanned, closed, settled; read by an auditor."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits import queries, service
from hoffice.kits.models import StockTake
from hoffice.kits.rules import Holder, HolderKind, ItemKind
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

    it.fill(f"{count}/schliessen", {"due_on": "2027-01-15"})
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
    it.fill(f"{count}/schliessen", {"due_on": "2027-01-15"})

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
