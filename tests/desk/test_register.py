"""The page of the address register: sources, what is missing, other names, an address to try."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice.accounts.rules import Role
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.jobs.cli import handlers
from hoffice.jobs.worker import work_off
from hoffice.people import queries as people
from hoffice.places.models import StreetAlias
from hoffice.places.rules import Precision
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient

ENGLISH = {"Accept-Language": "en"}


def test_an_empty_register_says_what_that_means_and_how_to_fill_it(it: PageClient) -> None:
    page = it.get("/orte/", headers=ENGLISH).text

    assert "The register is <b>empty</b>: addresses are only known by postcode." in page
    assert "hoffice places fetch-berlin" in page
    assert "geobroker.geobasis-bb.de" in page
    assert '<details class="sheet sheet-body more" open>' in page


def test_every_source_is_shown_with_its_credit_its_size_and_its_file(
    it: PageClient, given: Given
) -> None:
    with given():
        makers.register(name="stadt", credit="Land Beispiel, dl-de/by-2-0")
        makers.employee()
        makers.employee(lat=None, lon=None)

    page = it.get("/orte/", headers=ENGLISH).text

    assert "stadt" in page
    assert "Land Beispiel, dl-de/by-2-0" in page
    assert "stadt.csv" in page
    assert "<b>1 of 2</b> homes are known to the house." in page
    assert 'href="/personen/?precision=none"' in page
    assert '<details class="sheet sheet-body more">' in page


@pytest.mark.parametrize(("role", "may_change"), [(Role.IT, True), (Role.HR, False)])
def test_only_it_changes_something_here(
    signed_in: Callable[..., PageClient], given: Given, role: Role, *, may_change: bool
) -> None:
    with given():
        makers.register()
        makers.employee()

    page = signed_in(role).get("/orte/", headers=ENGLISH).text

    assert ("Find all homes again" in page) is may_change
    assert ("Try an address" in page) is may_change
    assert ("Both names count" in page) is may_change


def test_an_auditor_sees_figures_and_no_way_to_the_people(
    signed_in: Callable[..., PageClient], given: Given
) -> None:
    with given():
        makers.employee()

    page = signed_in(Role.AUDITOR).get("/orte/").text

    assert "precision=" not in page


def test_the_menu_leads_here(it: PageClient) -> None:
    assert 'href="/orte/"' in it.get("/", headers=ENGLISH).text


# --- trying an address ----------------------------------------------------------------------------


def test_an_address_is_tried_and_nothing_is_kept(app: Flask, it: PageClient, given: Given) -> None:
    with given():
        makers.register()

    page = it.post(
        "/orte/ausprobieren", {"address": "Sonnenallee 112, 12045 Berlin"}, headers=ENGLISH
    ).text

    assert "Sonnenallee 112, 12045 Berlin" in page
    assert "found to the house" in page
    assert "source: Probe, free to use" in page
    assert "data-map-content" in page
    with app.app_context():
        actions = db.session.scalars(sa.select(AuditLine.action)).all()
        assert list(actions) == ["places.register_imported"]


def test_an_ambiguous_address_is_tried_with_what_could_be_meant(
    it: PageClient, given: Given
) -> None:
    with given():
        makers.register()

    page = it.post("/orte/ausprobieren", {"address": "Waldstr. 10, Berlin"}, headers=ENGLISH).text

    assert "There are several such addresses." in page
    assert page.count("<li>Waldstraße 10, ") == 3


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Which address?"),
        ("x" * 301, "This is longer than 300 characters."),
        ("😀", "The street is missing."),
        ("Postfach 12, 10117 Berlin", "A post office box has no door."),
        ("Main Street 1, Berlin, Connecticut", "outside Germany"),
    ],
    ids=["nothing", "long", "emoji", "box", "abroad"],
)
def test_what_is_no_address_is_answered_with_a_sentence(
    it: PageClient, address: str, sentence: str
) -> None:
    page = it.post("/orte/ausprobieren", {"address": address}, headers=ENGLISH)

    assert sentence in page.text
    assert page.status_code in {200, 422}


# --- other names ----------------------------------------------------------------------------------


def test_another_name_is_entered_found_and_forgotten(
    app: Flask, it: PageClient, given: Given
) -> None:
    with given():
        makers.register()
    names = {"old_name": "Kaiser-Beispiel-Allee", "new_name": "Sonnenallee"}
    page = it.post("/orte/umbenannt", names, follow_redirects=True, headers=ENGLISH).text
    assert "Kaiser-Beispiel-Allee" in page

    tried = it.post(
        "/orte/ausprobieren",
        {"address": "Kaiser-Beispiel-Allee 112, 12045 Berlin"},
        headers=ENGLISH,
    ).text
    assert "is now called “Sonnenallee”" in tried

    with app.app_context():
        alias_id = db.session.scalars(sa.select(StreetAlias.id)).one()
    page = it.post(
        f"/orte/umbenannt/{alias_id}/entfernen", follow_redirects=True, headers=ENGLISH
    ).text
    assert "Kaiser-Beispiel-Allee" not in page
    with app.app_context():
        assert (
            "places.street_name_forgotten" in db.session.scalars(sa.select(AuditLine.action)).all()
        )


def test_a_street_has_no_other_name_that_is_its_own(it: PageClient) -> None:
    names = {"old_name": "Hauptstr.", "new_name": "Hauptstraße"}
    answer = it.post("/orte/umbenannt", names, headers=ENGLISH)

    assert answer.status_code == 422
    assert "Give two different names of the street." in answer.text


def test_two_names_that_no_street_has_are_refused(it: PageClient, given: Given) -> None:
    with given():
        makers.register()
    names = {"old_name": "Nirgendweg", "new_name": "Fantasiegasse"}

    answer = it.post("/orte/umbenannt", names, headers=ENGLISH)

    assert answer.status_code == 422
    assert "neither “Nirgendweg” nor “Fantasiegasse”" in answer.text


def test_a_name_that_is_not_there_cannot_be_forgotten(it: PageClient) -> None:
    assert it.post("/orte/umbenannt/99/entfernen").status_code == 404


# --- finding homes again --------------------------------------------------------------------------


def test_all_homes_are_found_again_by_a_job_that_leads_back_here(
    app: Flask, it: PageClient, given: Given
) -> None:
    with given():
        person_id = makers.employee(housenumber="112").id
        home = people.home_of(person_id)
        assert home is not None
        home.precision, home.provider = Precision.POSTCODE, "postcode"
        makers.register()

    job = it.post("/orte/neu-finden").location
    assert job is not None
    assert "Finding the homes again" in it.get(job, headers=ENGLISH).text
    with app.app_context():
        assert work_off(handlers()) == 1

    assert 'href="/orte/#homes"' in it.get(job, headers=ENGLISH).text
    page = it.get("/orte/", headers=ENGLISH).text
    assert "Homes were looked up again on" in page
    assert "before: 1" in page
    assert "<b>1 of 1</b> homes are known to the house." in page
