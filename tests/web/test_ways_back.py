"""Pages about what did not go: each leads back to where its reader came from."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from hoffice.accounts import queries
from hoffice.accounts.rules import Role
from hoffice.kits.service import teardown
from hoffice.settings import Settings
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.portal.test_views import browser_of

GERMAN = {"Accept-Language": "de"}
MB = 1024 * 1024
SignIn = Callable[..., PageClient]


def too_large(client: PageClient, path: str) -> TestResponse:
    """A photo of 40 MB; only its size is told."""
    return client.client.post(
        path,
        input_stream=io.BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(40 * MB)},
        headers=GERMAN,
    )


@pytest.fixture
def desk(given: Given) -> str:
    """The page of a desk that is being torn down."""
    with given():
        begun = teardown.begin(makers.employee("Ada Ott").id, makers.kit_type().id, by=makers.IT)
        return f"/geraete/abbau/{begun.id}"


def test_a_photo_that_is_too_large_leads_back_to_its_desk(
    it: PageClient, desk: str, settings: Settings
) -> None:
    answer = too_large(it, f"{desk}/foto")

    assert answer.status_code == 413
    assert f"Es gehen höchstens {settings.upload_max_mb} MB auf einmal durch." in answer.text
    assert f'href="{desk}"' in answer.text


@pytest.mark.parametrize("deed", ["foto", "fertig", "weiter", "verwerfen", "zurueck"])
def test_a_tab_that_opens_the_address_of_a_form_again_comes_to_the_page_with_the_form(
    it: PageClient, desk: str, deed: str
) -> None:
    answer = it.get(f"{desk}/{deed}", headers=GERMAN)

    assert (answer.status_code, answer.location) == (303, desk)
    assert it.get(answer.location).status_code == 200


def test_what_is_gone_leads_to_the_list_above_it(it: PageClient) -> None:
    answer = it.get("/geraete/abbau/99999", headers=GERMAN)

    assert answer.status_code == 404
    assert 'href="/geraete/abbau"' in answer.text


def test_a_page_of_another_role_offers_no_way_to_one_that_is_not_open_either(
    signed_in: SignIn, desk: str
) -> None:
    answer = signed_in(Role.HR).get(desk, headers=GERMAN)

    assert answer.status_code == 403
    assert 'href="/geraete/abbau"' not in answer.text


def test_an_employee_is_led_to_her_own_pages_whatever_did_not_go(app: Flask, given: Given) -> None:
    with given():
        employee_id = makers.employee("Ada Ott").id
    phone = browser_of(app, given, employee_id)

    heavy = too_large(phone, "/mein/bestand/1/foto")
    unknown = phone.get("/gibt-es-nicht", headers=GERMAN)
    gone = phone.get("/mein/weitergabe/999", headers=GERMAN)
    refused = phone.get("/geraete/", headers=GERMAN)

    assert [one.status_code for one in (heavy, unknown, gone)] == [413, 404, 404]
    for answer in (heavy, unknown, gone):
        assert "Zur Startseite" in answer.text
        assert 'href="/anmelden"' not in answer.text
        assert 'href="/mein/"' in answer.text
        assert "Die Suche findet" not in answer.text
    assert refused.status_code == 302


def test_an_employee_is_led_home_even_from_a_database_that_does_not_answer(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        employee_id = makers.employee("Ada Ott").id
    phone = browser_of(app, given, employee_id)

    def gone(_link_id: int) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(queries, "personal_link", gone)
    answer = phone.get("/mein/", headers=GERMAN)

    assert answer.status_code == 503
    assert 'href="/mein/"' in answer.text
    assert 'href="/anmelden"' not in answer.text
