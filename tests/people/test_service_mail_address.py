"""Another mail address: its links end, and the former one is told, whoever changes it and how."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice.accounts.models import PersonalLink
from hoffice.db import db
from hoffice.notices.jobs import write
from hoffice.notices.models import Notice
from hoffice.people import queries, service
from hoffice.people.rules import PersonFields
from hoffice.people.service.mail_address import masked
from tests import makers
from tests.conftest import Given
from tests.makers import IT
from tests.people.lists import AYSE, MAREK, csv
from tests.postcodes import embedded

AYLIN = PersonFields(
    personnel_number="P1", first_name="Aylin", last_name="Yıldız", email="aylin@spreeruf.example"
)


def _with_link(fields: PersonFields = AYLIN) -> int:
    person = service.add_person(fields, None, geocoder=embedded(), by=IT)
    _link(person.id)
    return person.id


def _link(employee_id: int) -> None:
    db.session.add(
        PersonalLink(
            holder=f"employee:{employee_id}",
            nonce="0" * 32,
            created_at=makers.MONDAY,
            expires_at=makers.MONDAY.replace(year=2100),
        )
    )


def _told() -> list[Notice]:
    told = sa.select(Notice).where(Notice.template == "address_changed").order_by(Notice.id)
    return list(db.session.scalars(told))


def _open_links() -> int:
    return db.session.query(PersonalLink).filter(PersonalLink.revoked_at.is_(None)).count()


@pytest.mark.parametrize("present", ["fremd@example.org", ""], ids=["another", "none"])
def test_the_former_address_is_told_and_its_links_end(
    app: Flask, given: Given, present: str
) -> None:
    with given():
        person_id = _with_link()
    with given():
        service.change_person(person_id, replace(AYLIN, email=present, language="en"), by=IT)

    with app.app_context():
        [notice] = _told()
        assert (notice.to, notice.employee_id) == (AYLIN.email, person_id)
        assert notice.link_id is None
        written = write(notice)
        assert written.subject == "Deine Mailadresse bei uns wurde geändert"
        for text in (written.text, written.html):
            assert "a…@spreeruf.example" in text
            assert "fremd@" not in text
            assert ("f…@example.org" in text) is bool(present)
            assert "ruf gleich an" in text or "sag gleich" in text
        assert _open_links() == 0


@pytest.mark.parametrize(
    "fields",
    [replace(AYLIN, phone="0171 3920071"), replace(AYLIN, email="Aylin@Spreeruf.example")],
    ids=["phone", "capitals"],
)
def test_what_leaves_the_address_as_it_is_ends_no_link(
    app: Flask, given: Given, fields: PersonFields
) -> None:
    with given():
        person_id = _with_link()
    with given():
        service.change_person(person_id, fields, by=IT)

    with app.app_context():
        assert not _told()
        assert _open_links() == 1


def test_the_first_address_of_somebody_is_no_change(app: Flask, given: Given) -> None:
    with given():
        person_id = _with_link(replace(AYLIN, email=""))
    with given():
        service.change_person(person_id, AYLIN, by=IT)

    with app.app_context():
        assert not _told()
        assert _open_links() == 1


def test_a_staff_list_is_no_way_round_and_writes_only_to_those_it_changes(
    app: Flask, given: Given
) -> None:
    with given():
        made = service.begin_import("liste.csv", csv(AYSE, MAREK), by=IT)
        service.ask_for_import(made.id, geocoder=embedded(), by=IT)
        for number in ("4471", "4472"):
            person = queries.by_number(number)
            assert person is not None
            _link(person.id)
    with given():
        changed = csv(AYSE.replace("ayse@", "fremd@"), MAREK.replace("Nowak", "Nowack"))
        made = service.begin_import("liste.csv", changed, by=IT)
        service.ask_for_import(made.id, geocoder=embedded(), by=IT)

    with app.app_context():
        assert [notice.to for notice in _told()] == ["ayse@spreeruf.example"]
        assert _open_links() == 1


def test_a_mask_shows_what_its_holder_knows_again_and_no_more() -> None:
    assert masked("aylin@spreeruf.example") == "a…@spreeruf.example"
    assert masked("") == ""
