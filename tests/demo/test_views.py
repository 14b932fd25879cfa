"""The demo's own pages: open in the demo, not there at all in any other house."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.demo import service
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.notices.models import Notice
from hoffice.people import queries as people
from tests import houses
from tests.conftest import Given
from tests.demo import stage
from tests.pageclient import PageClient


@pytest.fixture
def visitor(app: Flask, given: Given, tmp_path: Path) -> PageClient:
    """Somebody who has just typed ``make run``."""
    with given():
        stage.furnished(tmp_path / "instance" / "files")
    return PageClient(app)


def test_without_the_mark_there_is_no_demo(stranger: PageClient) -> None:
    key = service.sign_in_key(houses.SECRET, Role.IT)

    for path in ("/demo/", "/demo/postfach/", "/demo/postfach/1", f"/demo/anmelden/it/{key}"):
        assert stranger.get(path).status_code == 404, path
    for path in ("/demo/anmelden/it", "/demo/person/1", "/demo/postfach/1/oeffnen"):
        assert stranger.post(path).status_code == 404, path


@pytest.mark.parametrize("role", list(Role))
def test_the_address_from_the_terminal_signs_in(visitor: PageClient, role: Role) -> None:
    key = service.sign_in_key(houses.SECRET, role)

    page = visitor.get(f"/demo/anmelden/{role}/{key}", follow_redirects=True)

    assert page.status_code == 200
    assert not page.request.path.startswith("/anmelden")


@pytest.mark.parametrize("path", ["it/" + "0" * 40, "it/x", "nobody/x", "hr/ä"])
def test_a_guessed_address_signs_nobody_in(visitor: PageClient, path: str) -> None:
    assert visitor.get(f"/demo/anmelden/{path}").status_code == 404
    assert visitor.get("/").status_code == 302


def test_the_address_of_one_role_opens_no_other(visitor: PageClient) -> None:
    key = service.sign_in_key(houses.SECRET, Role.DRIVER)

    assert visitor.get(f"/demo/anmelden/admin/{key}").status_code == 404


def test_a_page_from_elsewhere_does_not_reach_the_demo(visitor: PageClient) -> None:
    assert visitor.get("/demo/").status_code == 200

    assert visitor.get("/demo/", base_url="http://boese.example").status_code == 404


def test_the_first_page_leads_to_roles_people_and_mails(visitor: PageClient) -> None:
    page = visitor.get("/demo/").text

    assert "Jonas Reuter" in page
    assert "Halil" in page
    assert visitor.post("/demo/anmelden/hr").location == "/"
    assert visitor.get("/").status_code == 200


def test_every_page_says_that_the_days_are_still_being_told_until_they_are(
    visitor: PageClient, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        service.tell_on(30, total=90)
    visitor.post("/demo/anmelden/it")

    empty = visitor.get("/geraete/inventuren", headers={"Accept-Language": "de"}).text

    assert "erzählt noch ihre Tage, 30 von 90 Taten" in empty
    with given():
        db.session.execute(update(Job).values(state=JobState.DONE))
    assert "erzählt noch" not in visitor.get("/geraete/inventuren").text
    monkeypatch.setattr(service, "untold", lambda: pytest.fail("a told story is asked about"))
    assert "Vorführung" in visitor.get("/geraete/inventuren").text


def test_one_can_be_one_of_the_people(app: Flask, visitor: PageClient) -> None:
    with app.app_context():
        invited = people.by_number(stage.INVITED)
        assert invited is not None
        number = invited.id

    answer = visitor.post(f"/demo/person/{number}")

    assert "Jens" in visitor.get(answer.location).text
    assert visitor.post("/demo/person/999999").status_code == 404


def test_the_mailbox_shows_mails_and_never_a_link(
    app: Flask, given: Given, visitor: PageClient, tmp_path: Path
) -> None:
    with given():
        stage.play(stage.scene(tmp_path / "instance" / "files"), until=stage.INVITATIONS)
    with app.app_context():
        pack = db.session.scalars(select(Notice).where(Notice.template == "pack")).first()
        assert pack is not None
        number = pack.id

    assert f"/demo/postfach/{number}" in visitor.get("/demo/postfach/?per=200").text
    mail = visitor.get(f"/demo/postfach/{number}").text

    assert "{{hoffice" not in mail
    assert not re.search(r"/l/\d+\.", mail)
    answer = visitor.post(f"/demo/postfach/{number}/oeffnen")
    assert answer.location == "/mein/"
    assert visitor.get("/mein/").status_code == 200


def test_the_button_of_an_invitation_leads_to_its_page(app: Flask, visitor: PageClient) -> None:
    with app.app_context():
        invitation = db.session.scalars(
            select(Notice).where(Notice.template == "invitation")
        ).first()
        assert invitation is not None
        number = invitation.id

    answer = visitor.post(f"/demo/postfach/{number}/oeffnen")

    assert answer.location.startswith("/schluessel/")
    assert visitor.get(answer.location).status_code == 410  # it was used when the story began
