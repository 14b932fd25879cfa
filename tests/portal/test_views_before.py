"""What an employee reads about the start of work at home: what is missing, and whose turn it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from hoffice.accounts.links import link_for
from hoffice.agreements.models import Approval, Pack
from hoffice.db import db
from hoffice.people.rules import holder_of
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import makers
from tests.agreements import approval_scene as clients
from tests.agreements.desk import for_house, sent, sign
from tests.agreements.scene import book
from tests.conftest import Given
from tests.pageclient import PageClient

HEADING = "Bevor du zu Hause arbeitest"


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.instance / "files"


def phone_of(app: Flask, given: Given, employee_id: int) -> PageClient:
    with given():
        holder = holder_of(employee_id)
        link = link_for(holder, book=book(), by=Actor.system(), employee_id=employee_id)
        link_id = link.id
    client = PageClient(app)
    client.be_holder(link_id)
    return client


def missing(phone: PageClient) -> str:
    """What the overview says is missing, or nothing."""
    page = phone.get("/mein/").text
    if HEADING not in page:
        return ""
    said = page[page.index(HEADING) :]
    return said[: said.index("</section>")]


def test_what_is_missing_is_told_with_whose_turn_it_is_until_nothing_is(
    app: Flask, given: Given, folder: Path
) -> None:
    with given():
        employee = makers.employee("Aylin Yıldız")
        phone_id = employee.id
        project = clients.project(employee, name="Havelkraft")
        approval = clients.asked(project, folder)
        pack_id, approval_id = sent(employee, folder).id, approval.id
    phone = phone_of(app, given, phone_id)

    first = missing(phone)
    assert first.index("<dt>Du") < first.index("Selbstauskunft")
    assert "Freigabe von Havelkraft" in first[first.index("<dt>Auftraggeber") :]
    assert "<dt>HR" not in first

    with given():
        sign(db.session.get_one(Pack, pack_id), folder)
    second = missing(phone)
    assert "<dt>Du" not in second
    assert "Nachweis der Unterweisung" in second[second.index("<dt>HR") :]

    with given():
        for_house(db.session.get_one(Pack, pack_id), folder)
        clients.answered(db.session.get_one(Approval, approval_id), folder)
    assert not missing(phone)


def test_before_papers_are_sent_nothing_is_said_to_be_missing(app: Flask, given: Given) -> None:
    with given():
        employee_id = makers.employee("Aylin Yıldız").id

    assert not missing(phone_of(app, given, employee_id))
