"""HR's and data protection's pages about clients' approvals, and the mails around them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.agreements.models import Approval
from hoffice.agreements.queries import approvals as queries
from hoffice.agreements.rules import ApprovalState
from hoffice.agreements.service import approvals as deeds
from hoffice.db import db
from hoffice.notices.jobs import write
from hoffice.notices.models import Notice
from hoffice.notices.rules import LINK_PLACE, LinkKind
from hoffice.people import queries as people_queries
from hoffice.people import service as people
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import makers
from tests.agreements.approval_scene import REQUEST, YES, answered, approved, asked, project, text
from tests.agreements.scene import HR, book
from tests.conftest import Given
from tests.pageclient import PageClient

LIST = "/papiere/freigaben"
TERMS = {
    "represented_by": "Svenja Adler",
    "company_address": "Spittelmarkt 7, 10117 Berlin",
    "hotline": "030 23125 000",
    "data_protection_contact": "datenschutz@spreeruf.example",
    "visit_notice_days": "5",
}


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.instance / "files"


def test_what_ends_soon_stands_on_top(hr: PageClient, given: Given, folder: Path) -> None:
    today = clock.today()
    with given():
        names = ("Fern AG", "Bald AG", "Wartet AG", "Nie AG", "Aus AG", "Egal AG")
        made = {name: project(makers.employee(), name=name) for name in names}
        approved(made["Fern AG"], folder, valid_to=today + timedelta(days=200))
        approved(made["Bald AG"], folder, valid_to=today + timedelta(days=25))
        asked(made["Wartet AG"], folder)
        people.set_needs_approval(made["Nie AG"].id, needed=True, by=HR)
        approved(made["Aus AG"], folder).valid_to = today - timedelta(days=1)

    page = hr.get(LIST).text

    order = [page.index(f">{name}<") for name in ("Aus AG", "Bald AG", "Nie AG", "Wartet AG")]
    assert order == sorted(order)
    assert order[-1] < page.index(">Fern AG<")
    assert "Egal AG" not in page
    assert "endet in 25 Tagen" in page
    assert "Egal AG" in hr.get(f"{LIST}?which=all").text
    assert "Fern AG" not in hr.get(f"{LIST}?state=ending").text
    assert "Nie AG" in hr.get(f"{LIST}?state=none").text
    assert "Bald AG" not in hr.get(f"{LIST}?q=wartet").text
    assert "Bald AG" in hr.get(f"{LIST}?export=csv").text


def test_the_list_costs_the_same_for_many(
    hr: PageClient, given: Given, folder: Path, queries: list[str]
) -> None:
    with given():
        for _number in range(2):
            asked(project(makers.employee()), folder)
    hr.get(LIST)
    queries.clear()
    hr.get(LIST)
    few = len(queries)
    with given():
        for _number in range(10):
            asked(project(makers.employee()), folder)
    queries.clear()
    hr.get(LIST)
    assert len(queries) == few


def test_a_client_is_asked_after_a_look_at_the_words(
    app: Flask, hr: PageClient, given: Given
) -> None:
    with given():
        text()
        kaya, vogt = makers.employee("Ayşe Kaya"), makers.employee("Nils Vogt")
        made = project(kaya, vogt, name="Havelkraft")
        project_id, ids = made.id, [kaya.id, vogt.id]
        number = kaya.personnel_number
    path = f"{LIST}/projekte/{project_id}/anfragen"
    sent = {**TERMS, "measures": "<b>Tür</b> zu", "language": "de", "people": [str(ids[0])]}

    assert "Ayşe Kaya" in hr.get(path).text
    seen = hr.post(path, sent)

    assert seen.status_code == 200
    assert number in seen.text
    assert "&lt;b&gt;Tür&lt;/b&gt; zu" in seen.text
    with app.app_context():
        assert db.session.query(Approval).count() == 0

    answer = hr.post(path, {**sent, "send": "yes"})

    assert answer.status_code == 302
    page = hr.get(answer.location).text
    assert ">gefragt<" in re.sub(r"<svg.*?</svg>", "", page)
    assert "Nils Vogt" in page  # not asked about, and said so
    assert "noch nicht beantwortet" in hr.get(path).text
    with app.app_context():
        made_now = db.session.query(Approval).one()
        assert [one.employee_id for one in made_now.people] == ids[:1]


def test_what_cannot_be_asked_gets_a_sentence(hr: PageClient, given: Given) -> None:
    with given():
        text()
        kaya = makers.employee()
        made = project(kaya)
        path = f"{LIST}/projekte/{made.id}/anfragen"
        employee_id = kaya.id
        made.client.contact_email = ""

    nobody = hr.post(path, {**TERMS, "language": "de", "send": "yes", "people": str(employee_id)})

    assert nobody.status_code == 422
    assert "niemanden, dem wir schreiben" in nobody.text
    assert hr.post(path, {"language": "de"}).status_code == 422


def test_the_page_of_an_approval_tells_all_and_shows_no_link(
    hr: PageClient, given: Given, folder: Path
) -> None:
    with given():
        made = asked(project(makers.employee("Ayşe Kaya")), folder)
        approval_id, token = made.id, book().address(LinkKind.PERSONAL, made.link_id or 0)
        answered(made, folder, replace(YES, conditions="<i>Tür</i> zu"))
    path = f"{LIST}/{approval_id}"

    page = hr.get(path).text

    assert "Ayşe Kaya" in page
    assert "&lt;i&gt;Tür&lt;/i&gt; zu" in page
    assert token.rpartition("/")[2] not in page
    assert hr.get(f"{path}/anfrage.pdf").data.startswith(b"%PDF-")
    assert hr.get(f"{path}/antwort.pdf").data.startswith(b"%PDF-")


def test_reminding_taking_back_and_asking_for_a_reason(
    app: Flask, hr: PageClient, given: Given, folder: Path
) -> None:
    with given():
        approval_id = asked(project(makers.employee()), folder).id
    path = f"{LIST}/{approval_id}"

    hr.post(f"{path}/erinnern")
    again = hr.post(f"{path}/erinnern", follow_redirects=True).text
    assert "Heute ging schon eine Erinnerung" in again
    assert hr.post(f"{path}/zurueckziehen", {"reason": " "}).status_code == 422
    assert hr.post(f"{path}/zurueckziehen", {"reason": "Falsche Leute"}).status_code == 302
    assert "Falsche Leute" in hr.get(path).text
    with app.app_context():
        assert queries.approval(approval_id).state is ApprovalState.WITHDRAWN
        assert queries.approval(approval_id).reminders == 1


def test_an_answer_by_post_is_entered_with_its_file(
    app: Flask, hr: PageClient, given: Given, folder: Path
) -> None:
    with given():
        approval_id = asked(project(makers.employee()), folder).id
    path = f"{LIST}/{approval_id}/eintragen"
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)

    bare = hr.post(path, {"verdict": "all", "name": "Petra Reinke"})
    assert bare.status_code == 422
    assert "belegt nichts" in bare.text
    file = FileStorage(io.BytesIO(out.getvalue()), filename="antwort.pdf")
    assert hr.post(path, {"verdict": "all", "name": "Petra Reinke", "file": file}).location
    with app.app_context():
        assert queries.approval(approval_id).state is ApprovalState.GIVEN
    assert hr.get(path).status_code == 302


def test_auditors_read_and_change_nothing(
    signed_in: Callable[..., PageClient], given: Given, folder: Path
) -> None:
    with given():
        made = asked(project(makers.employee()), folder)
        approval_id, project_id = made.id, made.project_id
    auditor, dpo = signed_in(Role.AUDITOR), signed_in(Role.DPO)

    for path in (LIST, f"{LIST}/{approval_id}", f"{LIST}/{approval_id}/anfrage.pdf"):
        assert auditor.get(path).status_code == 200
    assert "erinnern" not in auditor.get(f"{LIST}/{approval_id}").text
    assert auditor.post(f"{LIST}/{approval_id}/erinnern").status_code == 403
    assert auditor.get(f"{LIST}/projekte/{project_id}/anfragen").status_code == 403
    assert dpo.get(f"{LIST}/projekte/{project_id}/anfragen").status_code == 200
    assert signed_in(Role.IT).get(LIST).status_code == 403


def test_a_project_is_set_to_need_an_approval_or_none(
    app: Flask, hr: PageClient, given: Given
) -> None:
    with given():
        project_id = project(makers.employee()).id

    for word, needed in (("yes", True), ("no", False)):
        hr.post(f"{LIST}/projekte/{project_id}/noetig", {"needed": word})
        with app.app_context():
            assert people_queries.project(project_id).needs_approval is needed


def test_every_mail_reads_in_both_languages(app: Flask, given: Given, folder: Path) -> None:
    with given():
        account = makers.account(Role.HR)
        by = Actor.staff(account.id)
        made = asked(
            project(makers.employee()), folder, request=replace(REQUEST, needs_file=True), by=by
        )
        deeds.remind(made.id, book=book(), by=by)
        other = asked(project(makers.employee()), folder, by=by)
        until = clock.today() + timedelta(days=7)
        answered(other, folder, replace(YES, valid_to=until, conditions="Tür zu"))
        deeds.look_at_approvals(clock.today())
        deeds.look_at_approvals(until + timedelta(days=1))
    with app.app_context():
        mails = db.session.query(Notice).all()
        assert {one.template for one in mails} == {
            "approval",
            "approval_reminder",
            "approval_answered",
            "approval_ending",
            "approval_over",
        }
        for mail in mails:
            for language in ("de", "en"):
                mail.language = language
                written = write(mail)
                assert written.subject
                assert not re.search(r"%\(|{{ ", written.text.replace(LINK_PLACE, ""))
                has_link = mail.template in {"approval", "approval_reminder"}
                assert (LINK_PLACE in written.text) is has_link
                assert (LINK_PLACE in written.html) is has_link
