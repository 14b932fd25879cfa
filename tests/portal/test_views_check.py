"""The check at home on a phone: one tap each, kept at once, sent once; photos refused kindly."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits import queries as kits
from hoffice.kits.models import HomeCheckLine
from hoffice.kits.queries import home_checks as queries
from hoffice.kits.rules import ItemState
from hoffice.kits.service import home_checks
from hoffice.notices.jobs import write
from hoffice.notices.models import Notice
from hoffice.portal import rules
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import book
from tests.conftest import Given
from tests.kits.test_service_home_checks import at_home
from tests.pageclient import PageClient
from tests.portal.test_views import browser_of

CHECK = "/mein/bestand/"


def _asked(given: Given, *, photo: bool = False) -> tuple[int, list[int], int]:
    """Somebody with two devices is asked; who she is, what she has, and which check it is."""
    with given():
        employee_id, items = at_home("Aylin Yıldız")
        asked = home_checks.begin(
            "Herbst",
            due_on=clock.today() + timedelta(days=10),
            wants_photo=photo,
            employee_ids=[employee_id],
            team_id=None,
            by=Actor.staff(makers.account(Role.IT).id),
            book=book(),
        )
        return employee_id, [item.id for item in items], asked.check.id


def _photo(phone: PageClient, item_id: int, content: bytes) -> TestResponse:
    fields = {"csrf_token": phone.token(), "photo": (io.BytesIO(content), "IMG_1.jpg")}
    return phone.client.post(f"{CHECK}{item_id}/foto", data=fields)


def test_a_check_is_answered_with_one_tap_each_and_sent_once(app: Flask, given: Given) -> None:
    employee_id, (one, other), _check = _asked(given)
    phone = browser_of(app, given, employee_id)
    assert CHECK in phone.get("/mein/").text
    assert "0 von 2" in phone.get(CHECK).text
    assert phone.post(f"{CHECK}senden").status_code == 422

    first = phone.post(f"{CHECK}{one}", {"answer": "yes"})
    assert str(first.location).endswith(f"#item-{other}")
    assert "1 von 2" in phone.get(CHECK).text
    phone.post(f"{CHECK}{other}", {"answer": "broken"})
    phone.post(f"{CHECK}{one}", {"answer": "yes", f"note-{other}": "Streifen"})
    phone.post(f"{CHECK}{other}/notiz", {f"note-{other}": "Streifen im Bild"})
    assert phone.post(f"{CHECK}{one}", {"answer": "vielleicht"}).status_code == 422
    phone.post(f"{CHECK}{one}", {"answer": "yes", f"note-{'9' * 5000}": "an kein Gerät"})
    phone.post(f"{CHECK}senden")

    page = phone.get(CHECK).text
    assert "Danke, das war alles." in page
    assert "Streifen im Bild" in page
    late = phone.post(f"{CHECK}{one}", {"answer": "no"}, follow_redirects=True)
    assert "schon gesendet" in late.text
    assert CHECK not in phone.get("/mein/").text


def test_a_bad_photo_is_said_kindly_and_no_answer_is_lost(
    app: Flask, given: Given, settings: Settings
) -> None:
    employee_id, (one, other), _check = _asked(given, photo=True)
    phone = browser_of(app, given, employee_id)
    for item_id in (one, other):
        phone.post(f"{CHECK}{item_id}", {"answer": "yes"})

    heavy = phone.client.post(
        f"{CHECK}{one}/foto",
        input_stream=io.BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(40 * 1024 * 1024)},
    )
    assert heavy.status_code == 413
    assert f"{settings.upload_max_mb} MB" in heavy.text
    assert f"{CHECK}{one}/foto" in heavy.text
    assert str(phone.get(f"{CHECK}{one}/foto").location).endswith(f"{CHECK}#item-{one}")
    none = _photo(phone, one, b"%PDF-1.7 no picture")
    assert none.status_code == 422
    assert re.search(rf'id="wrong-{one}".*?Bild', none.text, re.DOTALL)
    assert _photo(phone, one, b"").status_code == 422
    assert "2 von 2" in phone.get(CHECK).text
    both = phone.post(f"{CHECK}senden").text
    assert [f'id="wrong-{item_id}"' in both for item_id in (one, other)] == [True, True]
    assert "Bei 2 Geräten fehlt noch etwas" in both
    assert "mailto:" in both
    assert "HR, per Mail" not in both
    wanted = phone.post(f"{CHECK}senden", {f"note-{other}": "kommt noch"})
    assert "kommt noch" in wanted.text
    assert (wanted.status_code, "Foto der Seriennummer" in wanted.text) == (422, True)

    target = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(target, "JPEG")
    assert _photo(phone, one, target.getvalue()).status_code == 303
    phone.post(f"{CHECK}senden", {f"note-{other}": "Aufkleber ab"})

    with app.app_context():
        asked = queries.newest_of(employee_id)
        assert asked is not None
        assert asked.answered_at is not None
        line = db.session.get(HomeCheckLine, (asked.id, one))
        assert line is not None
        assert line.photo_file_id is not None


def test_another_persons_check_does_not_exist_and_an_ended_one_says_so(
    app: Flask, given: Given
) -> None:
    employee_id, (one, _other), check_id = _asked(given)
    with given():
        stranger_id = makers.employee("Bo Rau").id
    stranger = browser_of(app, given, stranger_id)
    assert stranger.get(CHECK).status_code == 404
    for path in (f"{one}", f"{one}/notiz", "senden"):
        assert (
            stranger.post(f"{CHECK}{path}", {"answer": "no", f"note-{one}": "x"}).status_code == 404
        )
    assert CHECK not in stranger.get("/mein/").text
    phone = browser_of(app, given, employee_id)
    for path in ("999", "999/notiz", "999/foto"):
        assert phone.post(f"{CHECK}{path}").status_code == 404
    with given():
        home_checks.end(check_id, by=makers.IT)

    assert "zu Ende" in phone.get(CHECK).text
    late = phone.post(f"{CHECK}{one}", {"answer": "no"}, follow_redirects=True)
    assert "Diese Umfrage ist zu Ende" in late.text


def test_it_asks_reminds_reads_and_ends(
    app: Flask, given: Given, signed_in: Callable[..., PageClient]
) -> None:
    it = signed_in(Role.IT)
    with given():
        employee_id, items = at_home("Aylin Yıldız")
        item_ids = [item.id for item in items]
    new = "/geraete/inventuren/zuhause/neu"
    assert it.fill(new, {"name": "Herbst", "who": "selected"}).status_code == 422
    both = {"name": "Herbst", "who": "all", "ids": str(employee_id)}
    assert "Was gilt?" in it.post(new, both).text
    told = it.fill(new, {"name": "Herbst", "who": "all"})
    assert "Eine Mail senden" in told.text
    kept = it.get(f"{new}?name=Herbst&who=selected&ids={employee_id}&q=niemand").text
    assert 'value="Herbst"' in kept
    assert re.search(rf'name="ids" form="ask" value="{employee_id}" checked', kept)
    token = {"csrf_token": it.token(), "due_on": clock.today().isoformat(), "agreed": "1"}
    asked = it.post(new, {"name": "Herbst", "who": "all", **token})
    check = str(asked.location)
    with app.test_request_context():
        notice = db.session.scalars(select(Notice).where(Notice.template == "home_check")).one()
        mail = write(notice)
    assert mail.subject == "Hast du deine Geräte noch? (drei Minuten)"
    assert "du 2 Geräte der Firma" in mail.text
    assert "HW-" not in mail.text
    assert "Aylin Yıldız" in it.get(check).text
    assert "wird vor dem Ende" in it.get(check).text
    assert f"{check}/erinnern" in it.get(check).text
    assert "erinnert" in it.post(f"{check}/erinnern", follow_redirects=True).text
    assert f"{check}/erinnern" not in it.get(check).text
    phone = browser_of(app, given, employee_id)
    phone.post(f"{CHECK}{item_ids[0]}", {"answer": "yes"})
    phone.post(f"{CHECK}{item_ids[1]}", {"answer": "no"})
    assert "keine Antwort" in it.get(f"{check}?answer=silent").text
    phone.post(f"{CHECK}senden")

    page = it.get(f"{check}?answer=no").text
    task = re.search(r"/aufgaben/\d+", page.partition("<main")[2])
    assert task is not None
    assert f"/geraete/{item_ids[0]}" not in page
    assert it.post(f"{task[0]}/erledigt", {"outcome": "Gesucht."}).status_code == 409
    decide = f"/geraete/inventuren/zuhause/nicht-da/{item_ids[1]}"
    assert decide in it.get(task[0]).text
    assert it.fill(decide, {"words": ""}).status_code == 422
    assert "noch dort" in it.fill(decide, {"outcome": "elsewhere"}).text
    assert it.fill(decide, {"outcome": "lost", "words": "Umzug"}).status_code == 303
    assert "Umzug" in it.get(task[0]).text
    assert it.get(decide).location == f"/geraete/{item_ids[1]}"
    with app.app_context():
        assert kits.item(item_ids[1]).state is ItemState.LOST
    assert it.get(f"{check}?export=csv").text.count("Aylin Yıldız") == 2
    it.post(f"{check}/beenden")
    assert "beendet am" in it.get(check).text
    assert "Herbst" in it.get("/geraete/inventuren").text


def test_a_check_with_photos_says_so_and_counts_the_ones_that_are_missing(
    app: Flask, given: Given
) -> None:
    employee_id, (one, other), _check = _asked(given, photo=True)
    phone = browser_of(app, given, employee_id)
    assert "Mach von jedem, das da ist, ein Foto der Seriennummer" in phone.get(CHECK).text

    phone.post(f"{CHECK}{one}", {"answer": "yes"})
    phone.post(f"{CHECK}{other}", {"answer": "yes"})

    assert "2 von 2 beantwortet</b>, 2 Fotos fehlen" in phone.get(CHECK).text
    phone.post(f"{CHECK}{one}", {"answer": "no"})
    assert "2 von 2 beantwortet</b>, ein Foto fehlt" in phone.get(CHECK).text


def test_all_is_not_done_while_a_question_is_open(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "left", lambda _steps: 0)
    employee_id, (one, other), _check = _asked(given)
    phone = browser_of(app, given, employee_id)

    page = phone.get("/mein/").text
    assert "Hallo Aylin, eine Frage ist offen." in page
    assert "alles erledigt" not in page

    for item_id in (one, other):
        phone.post(f"{CHECK}{item_id}", {"answer": "yes"})
    phone.post(f"{CHECK}senden")
    assert "Hallo Aylin, alles erledigt." in phone.get("/mein/").text
