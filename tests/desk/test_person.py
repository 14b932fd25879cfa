"""A person's page: everything to whom it concerns, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.accounts.models import PersonalLink
from hoffice.accounts.rules import Role
from hoffice.audit.models import AuditLine
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.desk import timeline
from hoffice.notices.models import Notice
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests import makers
from tests.agreements import desk as papers
from tests.conftest import Given
from tests.desk import scene
from tests.handover import scene as handovers
from tests.pageclient import PageClient

EN = {"Accept-Language": "en"}
SignedIn = Callable[..., PageClient]


@pytest.fixture
def person(given: Given) -> scene.Person:
    """Ayşe Kaya, with a kit, papers and a history."""
    with given():
        return scene.person()


def page_of(client: PageClient, person: scene.Person) -> str:
    """The person's page, in English."""
    response = client.get(person.path, headers=EN)
    assert response.status_code == 200
    return response.text


def test_it_sees_address_kit_and_links_but_no_paper_and_no_word_about_one(
    it: PageClient, person: scene.Person
) -> None:
    page = page_of(it, person)
    for seen in (scene.STREET, scene.PHONE, person.tag, person.serial, "Send link", scene.NOTE):
        assert seen in page, seen
    assert f"/geraete/kits/{person.kit_id}" in page
    assert "declined" in page
    for unseen in (f"/papiere/{person.paper_id}.pdf", "All papers", scene.REASON):
        assert unseen not in page, unseen


def test_hr_sees_papers_with_their_reasons_and_the_address(
    hr: PageClient, person: scene.Person
) -> None:
    page = page_of(hr, person)
    for seen in (
        f"/papiere/{person.paper_id}.pdf",
        "All papers",
        scene.REASON,
        scene.STREET,
        "Send link",
    ):
        assert seen in page, seen
    assert "Open kit" not in page


@pytest.mark.parametrize("role", [Role.LEAD, Role.AUDITOR, Role.DPO])
def test_who_only_looks_sees_no_address_no_phone_no_note_and_no_button(
    given: Given, app: Flask, role: Role
) -> None:
    with given():
        account = makers.account(role)
        person = scene.person(team=scene.led_team("Team Nord", account.id))
        client = PageClient(app)
        client.be_account(account.id, account.session_epoch)
    page = page_of(client, person)
    assert "Ayşe Kaya" in page
    assert "Kit put together" in page
    for unseen in (
        scene.STREET,
        "12045",
        scene.PHONE,
        person.email,
        scene.NOTE,
        scene.REASON,
        "Send link",
        "Open kit",
        "All papers",
        f"/papiere/{person.paper_id}.pdf",
        f"{person.path}/link",
    ):
        assert unseen not in page, unseen
    for path in ("link", "links-sperren"):
        assert client.post(f"{person.path}/{path}").status_code == 403


def test_a_lead_sees_the_own_team_and_nobody_else_exists(
    signed_in: SignedIn, person: scene.Person
) -> None:
    lead = signed_in(Role.LEAD)
    assert lead.get(person.path).status_code == 404
    assert lead.get("/personen/99999").status_code == 404


@pytest.mark.parametrize("role", [Role.DRIVER, Role.WORKS_COUNCIL, Role.ADMIN])
def test_others_have_no_business_here(
    signed_in: SignedIn, person: scene.Person, role: Role
) -> None:
    assert signed_in(role).get(person.path).status_code == 403


def test_a_stranger_is_asked_to_sign_in(stranger: PageClient, person: scene.Person) -> None:
    answer = stranger.get(person.path)
    assert answer.status_code == 302
    assert "/anmelden" in answer.location


def test_a_person_nobody_knows_is_not_there(it: PageClient) -> None:
    assert it.get("/personen/99999").status_code == 404


def test_the_history_is_told_in_sentences_newest_first(
    given: Given, it: PageClient, person: scene.Person
) -> None:
    with given():
        account = makers.account(Role.IT, name="Nina Vogt")
        record(Actor.staff(account.id), "kits.packed", "box:1", employee_id=person.id, box=2)
        record(Actor.system(), "notices.sent", "notice:1", employee_id=person.id)
        record(Actor.system(), "jobs.repeated", "job:1", employee_id=person.id)
        with clock.frozen(clock.now() - timedelta(days=30)):
            record(Actor.system(), "agreements.sealed", "paper:1", employee_id=person.id)
    page = page_of(it, person)
    told = page[page.index("timeline") :]
    for sentence in ("Kit put together", "Box 1 packed", "Box 2 packed", "Paper declined"):
        assert sentence in told, sentence
    assert told.index("Mail sent") < told.index("Box 2 packed") < told.index("Kit put together")
    assert told.index("Kit put together") < told.index("Paper sealed")  # written late, and older
    assert "Nina Vogt" in told
    assert "by the person" in told
    assert "jobs.repeated" not in page


def test_every_sentence_of_a_history_can_be_said_with_the_facts_its_deed_records(
    app: Flask,
) -> None:
    facts = {
        "box": 1,
        "given": 2,
        "items": 3,
        "yes": 2,
        "version": 2,
        "back": 1,
        "missing": 1,
        "count": 2,
    }
    with app.app_context():
        for text, icon, state in timeline.SENTENCES.values():
            assert text % facts
            assert icon
            assert state in {"open", "done", "problem", "waiting", "ready"}


def test_a_delivery_is_told_to_the_end(
    given: Given, hr: PageClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with given():
        kit = handovers.ready()
        kit_id, employee_id = kit.id, kit.employee_id
        handovers.under_way([kit])
        visit_id = handovers.deliver(kit_id, tmp_path_factory.mktemp("files")).id
    page = hr.get(f"/personen/{employee_id}", headers=EN).text
    for sentence in ("All items handed over", "Box 1 loaded", "The van is on its way"):
        assert sentence in page
    assert f"/uebergaben/{visit_id}.pdf" in page
    assert "at home since" in page
    assert "Receipt not confirmed yet" in page


def test_the_page_of_a_long_history_costs_as_many_statements_as_a_short_one(
    given: Given, it: PageClient, person: scene.Person, queries: list[str]
) -> None:
    def cost() -> int:
        queries.clear()
        page_of(it, person)
        return len(queries)

    few = cost()
    with given():
        for number in range(30):
            account = makers.account(Role.IT, name=f"Konto {number}")
            record(Actor.staff(account.id), "kits.packed", "box:1", employee_id=person.id, box=1)
        for _ in range(3):
            scene.person(f"Person {makers.number()}")
    assert cost() == few


def test_a_fresh_link_goes_out_by_mail_and_all_links_can_be_ended(
    app: Flask, hr: PageClient, person: scene.Person
) -> None:
    answer = hr.post(f"{person.path}/link", headers=EN, follow_redirects=True)
    assert "A fresh personal link is on its way." in answer.text
    with app.app_context():
        assert db.session.scalars(select(Notice.to)).all() == [person.email]
        assert db.session.scalars(select(PersonalLink)).one().revoked_at is None
    answer = hr.post(f"{person.path}/links-sperren", headers=EN, follow_redirects=True)
    assert "All personal links have ended." in answer.text
    answer = hr.post(f"{person.path}/links-sperren", headers=EN, follow_redirects=True)
    assert "There was no personal link to end." in answer.text
    with app.app_context():
        assert db.session.scalars(select(PersonalLink)).one().revoked_at is not None


def test_whoever_has_no_mail_address_gets_no_link(
    app: Flask, given: Given, hr: PageClient, person: scene.Person
) -> None:
    with given():
        db.session.get_one(Employee, person.id).email = ""
    answer = hr.post(f"{person.path}/link", headers=EN)
    assert answer.status_code == 409
    assert "Ayşe Kaya has no e-mail address yet." in answer.text
    with app.app_context():
        assert db.session.scalars(select(PersonalLink)).all() == []
        assert "accounts.link_made" not in set(db.session.scalars(select(AuditLine.action)))


def test_whatever_somebody_types_is_never_read_as_html(
    given: Given, it: PageClient, hr: PageClient
) -> None:
    evil = "<script>alert(1)</script>"
    with given():
        person = scene.person(f"Eva {evil}")
        employee = db.session.get_one(Employee, person.id)
        employee.homes[-1].access_note = employee.phone = evil
        employee.homes[-1].street = f"Weg {evil}"
        record(
            Actor.employee(person.id),
            "agreements.declined",
            "paper:1",
            employee_id=person.id,
            personal={"reason": evil},
        )
    for client in (it, hr):
        for path in (person.path, "/", "/suche?q=Eva", f"/suche?q={evil}"):
            assert evil not in client.get(path, follow_redirects=True).text


def test_the_page_says_what_the_start_of_work_waits_for_and_whose_turn_it_is(
    given: Given, hr: PageClient, tmp_path: Path
) -> None:
    with given():
        employee = makers.employee("Ayşe Kaya")
        papers.sign(papers.sent(employee, tmp_path), tmp_path)
        path = f"/personen/{employee.id}"

    page = hr.get(path, headers=EN).text

    said = page[page.index("Before work at home begins") :]
    said = said[: said.index("</section>")]
    assert "Self-assessment of the workplace" in said
    instruction = said[said.index("Record of the safety instruction") :]
    assert "The other signature is missing." in instruction
    assert "waits for: HR" in instruction
    assert said.count("waits for:") == 1
