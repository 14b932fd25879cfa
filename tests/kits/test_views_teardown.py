"""The pages at the desk: with script (JSON) and without."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from hoffice.db import db
from hoffice.kits.models import Location, Teardown
from hoffice.kits.queries import teardown as reading
from hoffice.kits.rules import ItemKind, LocationKind
from hoffice.kits.service import desk_scans, teardown
from hoffice.web.security import content_security_policy
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient

TAGS = ("PC-0001", "KB-0001", "MO-0001", "MN-0001", "HS-0001")


@pytest.fixture
def desk(given: Given) -> str:
    """The address of a desk that was begun."""
    with given():
        made = teardown.begin(makers.employee("Ayşe Kaya").id, makers.kit_type().id, by=makers.IT)
        return f"/geraete/abbau/{made.id}"


def scan(it: PageClient, desk: str, code: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """As a script sends it."""
    answer = it.client.post(
        f"{desk}/scan",
        json={"id": str(uuid.uuid4()), "code": code, **more},
        headers={"X-CSRFToken": it.token()},
    )
    return answer.status_code, answer.get_json()


def test_a_desk_is_found_begun_scanned_and_finished_without_any_script(
    it: PageClient, given: Given
) -> None:
    with given():
        person, kit_type = makers.employee("Ayşe Kaya"), makers.kit_type()
        person_id, type_id = person.id, kit_type.id

    assert "Ayşe Kaya" in it.get(f"/geraete/abbau?q=kaya&kit_type={type_id}").text
    begun = it.post("/geraete/abbau", {"employee": person_id, "kit_type": type_id})
    desk = begun.location
    for tag in TAGS:
        assert it.fill(desk, {"code": tag}).status_code == 302
    page = it.get(desk).text
    assert all(tag in page for tag in TAGS)
    assert it.post(f"{desk}/fertig").status_code == 302

    done = it.get(desk).text
    assert "Dieser Platz ist fertig." in done
    assert "K00001-1" in done
    assert "/geraete/kits/1" in done
    assert "<b>1 Platz</b>" in it.get("/geraete/abbau").text


def test_a_desk_taken_up_again_days_later_tells_no_minutes(
    it: PageClient, given: Given, desk: str
) -> None:
    for tag in TAGS:
        it.fill(desk, {"code": tag})
    it.post(f"{desk}/fertig")
    assert "Min." in it.get("/geraete/abbau").text

    with given():
        found = db.session.get_one(Teardown, int(desk.rsplit("/", 1)[1]))
        found.begun_at -= timedelta(days=3)

    page = it.get("/geraete/abbau").text
    assert "<b>1 Platz</b> ist heute fertig." in page
    assert "Min." not in page


def test_a_form_sent_twice_counts_once(it: PageClient, desk: str) -> None:
    form = {"id": str(uuid.uuid4()), "code": "PC-0001"}

    it.post(f"{desk}/scan", form)
    it.post(f"{desk}/scan", form)

    assert it.get(desk).text.count(">PC-0001</a>") == 1


def test_a_script_gets_sentence_and_places_and_the_page_may_read_codes(
    it: PageClient, desk: str
) -> None:
    status, answer = scan(it, desk, "pc-0001")

    assert (status, answer["ok"], answer["did"]) == (200, True, "new")
    assert answer["say"] == "PC-0001 ist neu: PC, in Karton 1."
    assert "PC-0001" in it.client.get(f"{desk}/plaetze").get_json()["html"]
    policy = it.get(desk).headers["Content-Security-Policy"]
    assert policy == content_security_policy(reads_codes=True)
    assert "'wasm-unsafe-eval'" not in it.get("/geraete/").headers["Content-Security-Policy"]


def test_a_refused_scan_is_said_and_nothing_is_kept(it: PageClient, desk: str) -> None:
    status, answer = scan(it, desk, "K00017-1")

    assert (status, answer["ok"]) == (409, False)
    assert answer["say"].startswith("K00017-1 ist die Nummer eines Kartons.")
    page = it.post(f"{desk}/scan", {"id": str(uuid.uuid4()), "code": "K00017-1"})
    assert page.status_code == 409
    assert "Nichts wurde geändert." in page.text


def test_when_all_is_here_the_page_asks_for_the_kind(it: PageClient, desk: str) -> None:
    for tag in TAGS:
        scan(it, desk, tag)

    status, answer = scan(it, desk, "LA-0001")
    assert (status, answer["ask"]) == (409, "kind")
    page = it.post(f"{desk}/scan", {"id": str(uuid.uuid4()), "code": "LA-0001"})
    assert 'name="kind"' in page.text

    assert scan(it, desk, "LA-0001", kind="lamp")[0] == 200


def test_a_tag_scanned_once_more_does_not_hide_the_scan_that_can_be_taken_back(
    it: PageClient, desk: str
) -> None:
    first = scan(it, desk, "PC-0001")[1]
    scan(it, desk, "PC-0001")

    assert f'name="scan" value="{first["id"]}">' in it.get(desk).text


def test_taking_back_changing_and_serials_work_by_plain_forms(
    it: PageClient, desk: str, given: Given
) -> None:
    first = scan(it, desk, "PC-0001")[1]
    second = scan(it, desk, "4XK9J13", after=first["id"])[1]
    assert "4XK9J13 ist ein eigenes Gerät" in it.get(desk).text

    it.post(f"{desk}/zurueck", {"scan": second["id"], "means": "tag"})
    with given():
        items = reading.teardown(1).kit.items
        assert [item.asset_tag for item in items] == ["PC-0001", "4XK9J13"]
        item_id = items[1].id
    it.post(f"{desk}/art", {"item": item_id, "what": "monitor"})
    it.post(f"{desk}/seriennummer", {"item": item_id, "serial": "S77"})
    page = it.get(desk).text
    assert "Seriennummer S77" in page
    assert it.post(f"{desk}/art", {"item": item_id, "what": "nonsense"}).status_code == 302
    it.post(f"{desk}/zurueck", {"scan": first["id"]})
    assert ">PC-0001</a>" not in it.get(desk).text


def test_an_incomplete_desk_is_finished_only_when_somebody_says_so(
    it: PageClient, desk: str
) -> None:
    scan(it, desk, "PC-0001")

    refused = it.post(f"{desk}/fertig")
    assert refused.status_code == 409
    assert "An diesem Platz fehlt noch" in refused.text
    assert it.post(f"{desk}/fertig", {"as_it_is": "y"}).status_code == 302
    assert it.post(f"{desk}/weiter").status_code == 302
    assert it.post(f"{desk}/verwerfen").status_code == 409


def test_the_photo_of_the_wiring_lies_with_the_kit(it: PageClient, desk: str) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(picture, "JPEG")
    picture.seek(0)

    assert it.post(f"{desk}/foto", {"photo": (picture, "kabel.jpg")}).status_code == 302
    assert "<img" in it.get(desk).text
    nothing = it.post(f"{desk}/foto", {"photo": (io.BytesIO(b"MZ"), "x.exe")})
    assert nothing.status_code == 422
    assert it.post(f"{desk}/foto").status_code == 422


def test_the_label_of_a_desk_leads_to_whoever_it_is_named_after(
    it: PageClient, given: Given
) -> None:
    with given():
        person_id, type_id = makers.employee("Ayşe Kaya").id, makers.kit_type().id
        makers.employee("Max Weber")
        place = Location(
            code="L00007",
            name="Platz Ayşe Kaya",
            kind=LocationKind.DESK,
            created_at=makers.MONDAY,
        )
        db.session.add(place)
        db.session.flush()
        place_id = place.id

    page = it.get("/geraete/abbau?q=L00007").text
    assert "Bei Platz Ayşe Kaya. Wessen Platz ist das?" in page
    assert "Max Weber" not in page

    form = {"employee": person_id, "kit_type": type_id, "place": place_id}
    begun = it.post("/geraete/abbau", form)
    assert "Platz Ayşe Kaya" in it.get(begun.location).text


def test_whose_desk_was_begun_is_gone_on_with(it: PageClient, given: Given) -> None:
    with given():
        kit = scene.kit("Jana Demir")
        found = Teardown(kit_id=kit.id, begun_at=makers.MONDAY, begun_by=str(makers.IT))
        db.session.add(found)

    page = it.get("/geraete/abbau?q=demir").text
    assert "Weiter" in page
    assert "Niemand heißt so." in it.get("/geraete/abbau?q=gibtesnicht").text


def test_nobody_is_found_by_her_street_which_the_list_does_not_show(
    it: PageClient, given: Given
) -> None:
    with given():
        makers.kit_type()
        makers.employee("Emre Kaplan", street="Müllerstraße")
        makers.employee("Ina Müller")

    page = it.get("/geraete/abbau?q=Mül").text

    assert "Ina Müller" in page
    assert "Emre Kaplan" not in page


def test_what_looks_like_no_tag_of_the_house_is_asked_about_once(
    it: PageClient, desk: str, given: Given
) -> None:
    with given():
        scene.in_stock(*[ItemKind.LAMP] * desk_scans.ENOUGH_TAGS)

    status, odd = scan(it, desk, "lampe am fenster")
    assert (status, odd["ask"], odd["code"]) == (409, "tag", "lampe am fenster")
    assert "LAMPE AM FENSTER" not in it.get(desk).text
    plain = it.fill(desk, {"code": "lampe am fenster"})
    assert plain.status_code == 409
    assert 'name="means" value="tag"' in plain.text
    assert scan(it, desk, "Zx-17")[0] == 200  # as many letters and digits as it likes

    assert scan(it, desk, "lampe am fenster", means="tag")[0] == 200
    assert scan(it, desk, "stuhl im flur")[0] == 200
    assert scan(it, desk, "beamer!", kind="other")[0] == 200
