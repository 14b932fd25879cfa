"""The client's page, as the contact's phone and desk see it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from hoffice import clock
from hoffice.accounts.links import link_for
from hoffice.agreements.queries import approvals as queries
from hoffice.agreements.rules import ApprovalState
from hoffice.agreements.service import approvals
from hoffice.agreements.service.approval_papers import Request
from hoffice.notices.rules import LinkKind
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import makers
from tests.agreements.approval_scene import REQUEST, asked, project
from tests.agreements.scene import HR, book
from tests.conftest import Given
from tests.pageclient import PageClient


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.instance / "files"


@pytest.fixture
def request_id(given: Given, folder: Path) -> int:
    """A client is asked about two people."""
    return ask(given, folder)


def ask(given: Given, folder: Path, request: Request = REQUEST) -> int:
    with given():
        kaya, vogt = makers.employee("Ayşe Kaya"), makers.employee("Nils Vogt")
        return asked(project(kaya, vogt), folder, request=request).id


def browser_of(app: Flask, approval_id: int) -> PageClient:
    with app.app_context():
        link_id = queries.approval(approval_id).link_id
    assert link_id is not None
    browser = PageClient(app)
    browser.be_holder(link_id)
    return browser


def ids(app: Flask, approval_id: int) -> list[int]:
    with app.app_context():
        return [one.employee_id for one in queries.approval(approval_id).people]


def state(app: Flask, approval_id: int) -> ApprovalState:
    with app.app_context():
        return queries.approval(approval_id).state


def a_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


def upload(content: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename="freigabe.pdf")


YES = {"verdict": "all", "name": "Petra Reinke"}


def test_the_page_says_who_and_what_without_names(app: Flask, request_id: int) -> None:
    page = browser_of(app, request_id).get("/freigabe/", headers={"Accept-Language": "en"}).text

    assert "May these people work from home?" not in page  # the contact is written to in German
    assert "Dürfen diese Personen von zu Hause arbeiten?" in page
    assert "Eigener Raum mit Tür" in page
    assert "Team Süd" in page
    assert "Kaya" not in page
    assert state(app, request_id) is ApprovalState.OPENED


def test_a_contact_who_reads_english_is_asked_in_english(
    app: Flask, given: Given, folder: Path
) -> None:
    approval_id = ask(given, folder, replace(REQUEST, language="en"))

    assert "May these people work from home?" in browser_of(app, approval_id).get("/freigabe/").text


def test_all_at_one_tap_and_the_link_then_shows_the_answer(app: Flask, request_id: int) -> None:
    browser = browser_of(app, request_id)

    answer = browser.post(f"/freigabe/{request_id}", YES)

    assert answer.location == "/freigabe/"
    assert state(app, request_id) is ApprovalState.GIVEN
    page = browser.get("/freigabe/").text
    assert "Ihre Antwort ist da" in page
    assert "2 von 2 Personen" in page
    assert browser.get("/freigabe/anfrage.pdf").data.startswith(b"%PDF-")
    assert browser.get("/freigabe/antwort.pdf").data.startswith(b"%PDF-")


def test_all_but_one_with_conditions_and_an_end(app: Flask, request_id: int) -> None:
    kaya, vogt = ids(app, request_id)
    until = clock.today() + timedelta(days=90)
    evil = "<script>alert(1)</script> & <b>Tür</b> zu"

    browser = browser_of(app, request_id)
    browser.post(
        f"/freigabe/{request_id}",
        {
            "verdict": "some",
            "name": "<img src=x> Reinke",
            "person": [str(vogt)],
            "conditions": evil,
            "valid_to": until.isoformat(),
        },
    )

    with app.app_context():
        made = queries.approval(request_id)
        assert (made.state, made.valid_to) == (ApprovalState.PARTLY, until)
        assert {one.employee_id: one.is_approved for one in made.people} == {
            kaya: False,
            vogt: True,
        }
    page = browser.get("/freigabe/").text
    assert "<script>alert" not in page
    assert "&lt;b&gt;Tür&lt;/b&gt; zu" in page
    assert "1 von 2 Personen" in page


def test_everybody_but_the_ticked_is_said_by_ticking_the_few(app: Flask, request_id: int) -> None:
    kaya, vogt = ids(app, request_id)

    browser_of(app, request_id).post(
        f"/freigabe/{request_id}",
        {"verdict": "except", "name": "Petra Reinke", "person": [str(kaya)]},
    )

    with app.app_context():
        made = queries.approval(request_id)
        assert made.state is ApprovalState.PARTLY
        assert {one.employee_id: one.is_approved for one in made.people} == {
            kaya: False,
            vogt: True,
        }


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": "Petra Reinke"}, "Wählen Sie, wen"),
        ({"verdict": "maybe", "name": "Petra Reinke"}, "Wählen Sie, wen"),
        ({"verdict": "all"}, "Vor- und Nachnamen ein"),
        ({"verdict": "some", "name": "Petra Reinke"}, "mindestens eine Person"),
        ({"verdict": "some", "name": "Petra Reinke", "person": "987654"}, "nicht gefragt"),
        ({"verdict": "except", "name": "Petra Reinke"}, "wen Sie nicht freigeben"),
        ({"verdict": "except", "name": "Petra Reinke", "person": "987654"}, "nicht gefragt"),
        ({"verdict": "none", "name": "Petra Reinke"}, "warum Sie nicht"),
        ({**YES, "valid_to": "2001-01-01"}, "nicht vor heute"),
        ({**YES, "valid_to": "morgen"}, "kein Datum"),
        ({**YES, "conditions": "x" * 2001}, "2000 Zeichen"),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence_and_keeps_what_was_typed(
    app: Flask, request_id: int, sent: dict[str, str], sentence: str
) -> None:
    browser = browser_of(app, request_id)

    answer = browser.post(f"/freigabe/{request_id}", {"reason": "", "conditions": "Tür zu", **sent})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert sent.get("conditions", "Tür zu") in answer.text
    assert state(app, request_id) is ApprovalState.ASKED


def test_ticks_that_contradict_the_choice_are_asked_back(app: Flask, request_id: int) -> None:
    kaya, _vogt = ids(app, request_id)

    answer = browser_of(app, request_id).post(
        f"/freigabe/{request_id}", {**YES, "person": str(kaya)}
    )

    assert answer.status_code == 422
    assert "Was gilt?" in answer.text


def test_where_ink_is_wanted_only_a_pdf_closes_it(app: Flask, given: Given, folder: Path) -> None:
    approval_id = ask(given, folder, replace(REQUEST, needs_file=True))
    browser, path = browser_of(app, approval_id), f"/freigabe/{approval_id}"

    assert "Schriftform" in browser.get("/freigabe/").text
    assert browser.post(path, YES).status_code == 422
    no_pdf = browser.post(path, {**YES, "file": upload(b"GIF89a")})
    assert "nicht als PDF lesen" in no_pdf.text
    assert state(app, approval_id) is ApprovalState.OPENED
    assert browser.post(path, {**YES, "file": upload(a_pdf())}).status_code == 302
    assert state(app, approval_id) is ApprovalState.GIVEN
    assert browser.get("/freigabe/antwort.pdf").data.startswith(b"%PDF-")


def test_a_file_beyond_the_limit_is_turned_away_before_it_is_read(
    app: Flask, request_id: int
) -> None:
    browser = browser_of(app, request_id)
    browser.get("/freigabe/")

    app.config["MAX_CONTENT_LENGTH"] = (
        20_000  # the house takes 25 MB; nobody wants to send them here
    )

    answer = browser.post(f"/freigabe/{request_id}", {**YES, "file": upload(b"%PDF" * 10_000)})

    assert answer.status_code == 413
    assert f'href="/freigabe/{request_id}"' not in answer.text  # that address has no page to open
    assert state(app, request_id) is ApprovalState.OPENED


def test_the_second_browser_sees_the_first_answer(app: Flask, request_id: int) -> None:
    first, second = browser_of(app, request_id), browser_of(app, request_id)
    second.get("/freigabe/")
    first.post(f"/freigabe/{request_id}", YES)

    late = second.post(
        f"/freigabe/{request_id}", {"verdict": "none", "name": "Uwe Anders", "reason": "Nein"}
    )

    assert late.status_code == 409
    assert "Petra Reinke hat schon geantwortet" in late.text
    assert state(app, request_id) is ApprovalState.GIVEN


def test_a_link_opens_its_own_request_only(
    app: Flask, given: Given, folder: Path, request_id: int
) -> None:
    other_id = ask(given, folder)
    browser = browser_of(app, request_id)

    answer = browser.post(f"/freigabe/{other_id}", YES)

    assert answer.status_code == 404
    assert "anderen Anfrage" in answer.text
    assert state(app, other_id) is ApprovalState.ASKED


def test_a_client_finds_no_employees_page_and_an_employee_no_clients_page(
    app: Flask, given: Given, request_id: int
) -> None:
    with given():
        employee = makers.employee()
        holder = str(Actor.employee(employee.id))
        link = link_for(holder, book=book(), by=HR, employee_id=employee.id)
        link_id = link.id
    phone = PageClient(app)
    phone.be_holder(link_id)

    assert phone.get("/freigabe/").location == "/link-fehlt"
    client = browser_of(app, request_id)
    assert client.get("/mein/").location == "/link-fehlt"
    assert client.get("/mein/papiere").location == "/link-fehlt"
    assert client.get("/personen/").location.startswith("/anmelden")
    assert "/freigabe/" in client.get("/link-fehlt").text


def test_the_mails_link_lands_at_the_request(app: Flask, given: Given, request_id: int) -> None:
    with given():
        made = queries.approval(request_id)
        path = book().address(LinkKind.PERSONAL, made.link_id or 0).removeprefix("http://localhost")
    browser = PageClient(app)

    page = browser.get(path, headers={"Accept-Language": "de"}).text
    assert "Bitte um Ihre Freigabe" in page
    answer = browser.post(path)
    assert answer.location == "/freigabe/"
    assert "Dürfen diese Personen" in browser.get("/freigabe/").text


def test_what_was_taken_back_says_so(app: Flask, given: Given, request_id: int) -> None:
    with given():
        approvals.withdraw(request_id, "Falsche Leute", by=HR)
    browser = browser_of(app, request_id)

    assert "zurückgezogen" in browser.get("/freigabe/").text
    assert browser.post(f"/freigabe/{request_id}", YES).status_code == 409


def test_names_with_markup_are_shown_as_they_are(app: Flask, given: Given, folder: Path) -> None:
    with given():
        kaya = makers.employee("Ayşe Kaya")
        kaya.first_name = "<u>Ayşe</u> مرحبا 🙂"
        kaya.last_name = "x" * 150
        made = asked(project(kaya), folder, request=replace(REQUEST, shows_names=True))
        approval_id = made.id

    page = browser_of(app, approval_id).get("/freigabe/").text

    assert "&lt;u&gt;Ayşe&lt;/u&gt; مرحبا 🙂" in page
