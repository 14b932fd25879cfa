"""The pin on staff's pages: set, asked about, refused and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.people import queries
from hoffice.people.models import Home
from hoffice.places.geocoders.online.words import QUEUE_TOO_LONG
from hoffice.places.models import RegisterEdition, RegisterHouse, RegisterSource, RegisterStreet
from hoffice.places.rules import Finding, Precision, Remark
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient

ENGLISH = {"Accept-Language": "en"}
NEAR = {"lat": "52.481500", "lon": "13.437000"}
"""88 m from where the makers' people live."""
FAR = {"lat": "52,4900", "lon": "13,4360"}
"""1,001 m north of it."""


@pytest.fixture
def person_id(given: Given) -> int:
    with given():
        return makers.employee("Ayşe Kaya").id


def home_of(app: Flask, employee_id: int) -> Home:
    with app.app_context():
        home = queries.home_of(employee_id)
        assert home is not None
        return home


def test_a_pin_nearby_is_set_at_once(it: PageClient, app: Flask, person_id: int) -> None:
    answer = it.post(f"/personen/{person_id}/adresse/punkt", NEAR)

    home = home_of(app, person_id)
    assert answer.status_code == 302
    assert (home.precision, home.lat, home.lon) == (Precision.PINNED, 52.4815, 13.437)


def test_why_a_provider_gave_no_answer_is_said_in_the_readers_language(
    it: PageClient, given: Given, person_id: int
) -> None:
    facts = {"provider": "Photon", "reason": QUEUE_TOO_LONG, "seconds": "20"}
    with given():
        home = queries.home_of(person_id)
        assert home is not None
        home.remarks = [Remark(Finding.PROVIDER_FAILED, facts).to_json()]

    text = it.get(f"/personen/{person_id}/adresse/punkt").text

    assert "Photon hat nicht geantwortet" in text
    assert "in 20 Sekunden" in text


def test_a_pin_far_away_is_asked_about_and_nothing_is_saved(
    it: PageClient, app: Flask, person_id: int
) -> None:
    answer = it.post(f"/personen/{person_id}/adresse/punkt", FAR, headers=ENGLISH)

    assert answer.status_code == 422
    assert "1.0\N{NO-BREAK SPACE}km to the north. Is that right?" in answer.text
    assert 'type="hidden" name="confirmed_m" value="1001"' in answer.text
    assert 'value="52,4900"' in answer.text
    assert home_of(app, person_id).precision is Precision.HOUSE


def test_the_same_distance_confirmed_sets_the_pin(
    it: PageClient, app: Flask, person_id: int
) -> None:
    it.post(f"/personen/{person_id}/adresse/punkt", {**FAR, "confirmed_m": "1001"})

    assert home_of(app, person_id).lat == 52.49


def test_another_distance_than_the_confirmed_one_is_asked_again(
    it: PageClient, app: Flask, person_id: int
) -> None:
    answer = it.post(
        f"/personen/{person_id}/adresse/punkt", {**FAR, "confirmed_m": "420"}, headers=ENGLISH
    )

    assert answer.status_code == 422
    assert 'value="1001"' in answer.text
    assert home_of(app, person_id).precision is Precision.HOUSE


def test_the_question_names_the_nearest_house_of_the_register(
    it: PageClient, given: Given, person_id: int
) -> None:
    with given():
        source = RegisterSource(name="berlin", kind="csv", rank=1)
        edition = RegisterEdition(
            source=source,
            is_current=True,
            file_names="x.csv",
            began_at=makers.MONDAY,
            made_by="system",
        )
        street = RegisterStreet(
            key="pannierstrasse",
            name="Pannierstraße",
            postcode="12047",
            city="Berlin",
            city_key="berlin",
            district="Neukölln",
        )
        db.session.add_all([edition, street])
        db.session.flush()
        db.session.add(
            RegisterHouse(
                street_id=street.id,
                number="7",
                edition_id=edition.id,
                lat_e6=52_490_100,
                lon_e6=13_436_000,
            )
        )

    answer = it.post(f"/personen/{person_id}/adresse/punkt", FAR, headers=ENGLISH)

    assert "The nearest house there is Pannierstraße 7, 12047 Neukölln." in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"lat": "48,8566", "lon": "2,3522"}, "This point does not lie in Germany."),
        ({"lat": "152,5", "lon": "13,4"}, "This point does not lie in Germany."),
        ({"lat": "nan", "lon": "13,4"}, "That is not a coordinate."),
        ({"lat": "hier", "lon": "13,4"}, "That is not a coordinate."),
        ({"lat": "52,5", "lon": ""}, "Put the pin on the map."),
        ({"lat": " ", "lon": " "}, "Put the pin on the map."),
    ],
)
def test_a_point_that_is_none_is_said_at_its_field(
    it: PageClient, app: Flask, person_id: int, typed: dict[str, str], sentence: str
) -> None:
    answer = it.post(f"/personen/{person_id}/adresse/punkt", typed, headers=ENGLISH)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert home_of(app, person_id).precision is Precision.HOUSE


def test_a_pin_taken_back_lies_where_the_address_is_found(
    it: PageClient, app: Flask, person_id: int
) -> None:
    it.post(f"/personen/{person_id}/adresse/punkt", NEAR)
    assert "Use the register’s point again" in it.get(
        f"/personen/{person_id}/adresse/punkt", headers=ENGLISH
    ).text.replace("&#39;", "’")

    it.post(f"/personen/{person_id}/adresse/punkt/zuruecknehmen")

    home = home_of(app, person_id)
    assert home.precision is Precision.POSTCODE
    assert home.provider != "hand"


def test_the_timeline_says_how_far_the_pin_was_moved(it: PageClient, person_id: int) -> None:
    it.post(f"/personen/{person_id}/adresse/punkt", NEAR)
    it.post(f"/personen/{person_id}/adresse/punkt/zuruecknehmen")

    page = it.get(f"/personen/{person_id}", headers=ENGLISH).text

    assert "Point on the map moved by 88\N{NO-BREAK SPACE}m" in page
    assert "Point set by hand taken back, " in page
    assert "Jonas Reuter" in page


def test_who_sees_no_address_reads_no_distance(
    it: PageClient, signed_in: Callable[..., PageClient], person_id: int
) -> None:
    it.post(f"/personen/{person_id}/adresse/punkt", NEAR)

    page = signed_in(Role.AUDITOR).get(f"/personen/{person_id}", headers=ENGLISH).text

    assert "Point set on the map by hand" in page
    assert "moved by" not in page


def test_without_an_address_there_is_nothing_to_pin(it: PageClient, given: Given) -> None:
    with given():
        person = makers.employee("Ayşe Kaya")
        person.homes.clear()
        db.session.flush()
        person_id = person.id

    answer = it.get(f"/personen/{person_id}/adresse/punkt")

    assert answer.location == f"/personen/{person_id}/adresse"
    assert it.get("/personen/987654/adresse/punkt").status_code == 404


def test_an_address_that_was_not_found_is_pinned_without_a_question(
    it: PageClient, app: Flask, given: Given
) -> None:
    with given():
        person_id = makers.employee("Greta Brandt", lat=None, lon=None).id

    it.post(f"/personen/{person_id}/adresse/punkt", FAR)

    assert home_of(app, person_id).precision is Precision.PINNED
