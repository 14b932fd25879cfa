"""HR's pages around papers, and who may see what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.agreements import queries, service
from hoffice.agreements.models import Paper
from hoffice.agreements.rules import Terms
from hoffice.db import db
from hoffice.files.service import Store, keep
from hoffice.jobs.models import Job
from hoffice.notices.models import Notice
from hoffice.people.models import Employee
from hoffice.settings import Settings
from tests import makers
from tests.agreements.scene import HR, sent
from tests.conftest import Given
from tests.pageclient import PageClient

FORM = {
    "signer_name": "Svenja Adler",
    "company_address": "Spittelmarkt 7, 10117 Berlin",
    "hotline": "030 23125 000",
    "data_protection_contact": "datenschutz@spreeruf.example",
    "model": "alternierende Telearbeit",
    "reachable_from": "9:00",
    "reachable_to": "16:00",
    "visit_notice_days": "5",
    "notice_period": "vier Wochen",
    "starts_on": "2026-12-01",
}


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.instance / "files"


@pytest.fixture
def aylin(given: Given, folder: Path) -> int:
    """Somebody whose pack is on its way."""
    with given():
        employee = makers.employee("Aylin Yıldız")
        sent(employee, folder)
        return employee.id


@pytest.fixture
def marek(given: Given) -> int:
    """Somebody without a pack; the texts are approved."""
    with given():
        service.load_samples(by=HR)
        for text in queries.texts():
            text.approved_at, text.approved_by = clock.now(), "staff:99"
        return makers.employee("Marek Kowalczyk").id


@pytest.mark.usefixtures("aylin", "marek")
def test_the_list_says_who_has_not_signed(hr: PageClient) -> None:
    page = hr.get("/papiere/").text

    assert "0 von 2" in page
    assert "Aylin Yıldız" in page
    assert "nicht geöffnet" in page
    assert "noch keine Mappe" in page


@pytest.mark.parametrize(("state", "name"), [("none", "Marek"), ("sent", "Aylin")])
@pytest.mark.usefixtures("aylin", "marek")
def test_the_list_filters_by_state(hr: PageClient, state: str, name: str) -> None:
    page = hr.get(f"/papiere/?state={state}").text

    assert [one for one in ("Marek Kowalczyk", "Aylin Yıldız") if one in page] == [
        one for one in ("Marek Kowalczyk", "Aylin Yıldız") if one.startswith(name)
    ]


@pytest.mark.usefixtures("aylin", "marek")
def test_the_list_searches_and_sorts(hr: PageClient) -> None:
    assert "Marek Kowalczyk" not in hr.get("/papiere/?q=aylin").text
    for column in ("name", "state", "sent", "reminders"):
        assert hr.get(f"/papiere/?sort={column}&dir=down").status_code == 200


@pytest.mark.usefixtures("aylin")
def test_the_list_goes_into_a_file(hr: PageClient) -> None:
    answer = hr.get("/papiere/?export=csv")

    assert "Aylin Yıldız" in answer.data.decode("utf-8-sig")
    assert "nicht geöffnet" in answer.data.decode("utf-8-sig")


@pytest.mark.usefixtures("aylin")
def test_the_list_costs_the_same_for_one_and_for_many(
    hr: PageClient, given: Given, folder: Path, queries: list[str]
) -> None:
    hr.get("/papiere/")
    queries.clear()
    hr.get("/papiere/")
    few = len(queries)
    with given():
        for _number in range(4):
            sent(makers.employee(), folder)
    queries.clear()

    hr.get("/papiere/")

    assert len(queries) == few
    assert few <= 12


def test_the_auditor_sees_where_papers_stand_but_not_what_is_in_them(
    app: Flask, signed_in: Callable[..., PageClient], aylin: int
) -> None:
    auditor = signed_in(Role.AUDITOR)
    with app.app_context():
        pack = queries.pack_of(aylin)
        assert pack is not None
        paper_id = pack.papers[0].id

    assert "Aylin Yıldız" in auditor.get("/papiere/").text
    assert "Mappe schicken" not in auditor.get("/papiere/").text
    for path in (f"{paper_id}.pdf", f"mappen/{aylin}", "senden", f"mappen/{aylin}/zurueckziehen"):
        assert auditor.get(f"/papiere/{path}").status_code == 403
    assert auditor.post("/papiere/erinnern", {"ids": aylin}).status_code == 403


@pytest.mark.parametrize("role", [Role.IT, Role.ADMIN, Role.LEAD, Role.DRIVER])
def test_others_see_no_papers_at_all(signed_in: Callable[..., PageClient], role: Role) -> None:
    assert signed_in(role).get("/papiere/").status_code == 403


def test_hr_downloads_a_paper_that_no_cache_keeps(app: Flask, hr: PageClient, aylin: int) -> None:
    with app.app_context():
        pack = queries.pack_of(aylin)
        assert pack is not None
        paper_id = pack.papers[0].id

    answer = hr.get(f"/papiere/{paper_id}.pdf")

    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    assert hr.get("/papiere/99999.pdf").status_code == 404


def test_hr_gets_the_sealed_file_once_there_is_one(
    given: Given, hr: PageClient, aylin: int, folder: Path
) -> None:
    with given():
        paper = db.session.query(Paper).filter_by(employee_id=aylin).first()
        assert paper is not None
        paper_id, paper.signed_at = paper.id, clock.now()
        for what in ("signed", "sealed"):
            file = keep(
                Store(folder), f"%PDF {what}".encode(), name="p.pdf", media_type="application/pdf"
            )
            setattr(paper, f"{what}_file", file)

    assert hr.get(f"/papiere/{paper_id}.pdf").data == b"%PDF sealed"


@pytest.mark.usefixtures("marek")
def test_what_will_be_sent_is_shown_before_it_is_sent(hr: PageClient) -> None:
    page = hr.get("/papiere/senden").text

    assert "<b>Eine Person</b> bekommt eine Mail" in page
    assert "Marek Kowalczyk" in page
    assert "Zusatzvereinbarung Homeoffice" in page
    assert "Jonas Reuter" in page  # who is signed in signs, unless somebody else is named


def test_who_lacks_an_address_or_mail_is_named_and_left_out(
    given: Given, hr: PageClient, marek: int
) -> None:
    with given():
        employee = db.session.get(Employee, marek)
        assert employee is not None
        employee.email = ""

    page = hr.get(f"/papiere/senden?ids={marek}").text

    assert "Marek Kowalczyk: Die Mailadresse fehlt." in page
    assert "Gerade kann niemand Papiere bekommen." in page


def test_the_selection_leads_to_the_page_that_shows_it(hr: PageClient, marek: int) -> None:
    assert hr.post("/papiere/auswahl", {"ids": [marek]}).location == f"/papiere/senden?ids={marek}"
    assert hr.post("/papiere/auswahl").location == "/papiere/"


def test_sending_orders_a_job_for_those_shown(app: Flask, hr: PageClient, marek: int) -> None:
    answer = hr.post("/papiere/senden", {**FORM, "ids": str(marek)})

    with app.app_context():
        job = db.session.query(Job).filter_by(kind=service.SEND_PACK).one()
        assert job.args["employees"] == [marek]
        assert job.args["terms"]["company"] == "Spreeruf Kundendialog GmbH"
        assert job.args["allow_unapproved"] is False
        assert answer.location == f"/auftraege/{job.id}"


MORE = {
    "trainer": "Jonas Brandt",
    "it_hotline": "030 23125 112",
    "safety_contact": "Arbeitsschutz, arbeitsschutz@spreeruf.example",
    "doctor_contact": "Betriebsärztlicher Dienst, 030 23125 100",
    "works_council": "Betriebsrat, betriebsrat@spreeruf.example",
    "accident_insurer": "VBG",
    "authority": "Datenschutzaufsicht Berlin",
    "home_hours": "19,5",
    "internet_mbit": "50",
}


def test_what_the_texts_name_besides_is_carried_and_kept_for_the_next_sending(
    app: Flask, given: Given, hr: PageClient, folder: Path, marek: int
) -> None:
    hr.post("/papiere/senden", {**FORM, **MORE, "ids": str(marek)})

    with app.app_context():
        job = db.session.query(Job).filter_by(kind=service.SEND_PACK).one()
        terms = job.args["terms"]
    assert {name: terms[name] for name in MORE} == MORE
    with given():
        sent(makers.employee("Aylin Yıldız"), folder, terms=Terms(**terms))
    page = hr.get("/papiere/senden").text
    for name, value in MORE.items():
        field = page[page.index(f'name="{name}"') :]
        assert f'value="{value}"' in field[: field.index(">")], name


def test_what_is_left_out_has_its_usual_value(app: Flask, hr: PageClient, marek: int) -> None:
    hr.post("/papiere/senden", {**FORM, **dict.fromkeys(MORE, " "), "ids": str(marek)})

    with app.app_context():
        terms = db.session.query(Job).filter_by(kind=service.SEND_PACK).one().args["terms"]
    assert {name: terms[name] for name in MORE} == dict.fromkeys(MORE, "") | {"internet_mbit": "16"}


@pytest.mark.usefixtures("marek")
@pytest.mark.parametrize(
    ("name", "value"), [("internet_mbit", "schnell"), ("home_hours", "20 Stunden")]
)
def test_a_number_is_asked_for_where_the_text_needs_one_and_its_place_is_unfolded(
    hr: PageClient, name: str, value: str
) -> None:
    answer = hr.post("/papiere/senden", {**FORM, name: value})

    assert answer.status_code == 422
    assert "Gib eine Zahl ein, ohne Einheit." in answer.text
    assert '<details class="more mt-3" open>' in answer.text


@pytest.mark.usefixtures("marek")
def test_missing_terms_are_asked_for_and_nothing_is_ordered(app: Flask, hr: PageClient) -> None:
    answer = hr.post("/papiere/senden", {**FORM, "hotline": ""})

    assert answer.status_code == 422
    assert "Das brauchen die Papiere." in answer.text
    with app.app_context():
        assert db.session.query(Job).filter_by(kind=service.SEND_PACK).count() == 0


def test_outside_the_demo_samples_are_not_sent(app: Flask, given: Given, hr: PageClient) -> None:
    with given():
        service.load_samples(by=HR)
        makers.employee("Marek Kowalczyk")

    answer = hr.post("/papiere/senden", FORM)

    assert answer.status_code == 422
    assert "noch nicht freigegeben" in answer.text
    with app.app_context():
        assert db.session.query(Job).filter_by(kind=service.SEND_PACK).count() == 0


def test_a_reminder_goes_out_and_a_second_one_says_why_not(
    app: Flask, hr: PageClient, aylin: int
) -> None:
    hr.post("/papiere/erinnern", {"ids": aylin})
    again = hr.post("/papiere/erinnern", {"ids": aylin}, follow_redirects=True)

    assert "schon eine Erinnerung" in again.text
    with app.app_context():
        assert db.session.query(Notice).filter_by(template="reminder").count() == 1


def test_many_are_reminded_at_once(hr: PageClient, aylin: int, marek: int) -> None:
    answer = hr.post("/papiere/erinnern", {"ids": [aylin, marek]}, follow_redirects=True)

    assert "Eine Erinnerung ist unterwegs." in answer.text
    assert "Marek Kowalczyk: Von dieser Person sind keine Papiere unterwegs." in answer.text


def test_a_pack_is_taken_back_with_a_reason(app: Flask, hr: PageClient, aylin: int) -> None:
    assert hr.get(f"/papiere/mappen/{aylin}/zurueckziehen").status_code == 200
    assert hr.post(f"/papiere/mappen/{aylin}/zurueckziehen", {"reason": ""}).status_code == 422

    hr.post(f"/papiere/mappen/{aylin}/zurueckziehen", {"reason": "Falsche Anschrift"})

    with app.app_context():
        assert queries.pack_of(aylin) is None
    assert "Keine Papiere unterwegs." in hr.get(f"/papiere/mappen/{aylin}").text
    assert hr.get(f"/papiere/mappen/{aylin}/zurueckziehen").status_code == 302


def test_one_persons_page_shows_each_paper(hr: PageClient, aylin: int) -> None:
    page = hr.get(f"/papiere/mappen/{aylin}").text

    assert "Zusatzvereinbarung Homeoffice" in page
    assert "P000001" in page


def test_a_changed_address_is_seen_and_the_old_papers_cannot_be_signed(
    given: Given, hr: PageClient, aylin: int
) -> None:
    with given():
        employee = db.session.get(Employee, aylin)
        assert employee is not None
        assert employee.home is not None
        employee.home.street = "Müllerstraße"

    assert "Die Anschrift hat sich geändert" in hr.get(f"/papiere/mappen/{aylin}").text
    assert "Anschrift geändert" in hr.get("/papiere/").text
