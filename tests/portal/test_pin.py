"""The employee shows her door on the map, and sees no more of the register than around it."""

from __future__ import annotations

import pytest
from flask import Flask

from hoffice.accounts.links import link_for
from hoffice.db import db
from hoffice.people import queries as people
from hoffice.people.models import Home
from hoffice.people.rules import holder_of
from hoffice.places.rules import Precision
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import book
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.places.neighbours import neighbours

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def employee_id(given: Given) -> int:
    with given():
        return makers.employee("Aylin Yıldız").id


@pytest.fixture
def phone(app: Flask, given: Given, employee_id: int) -> PageClient:
    """Her phone, after she has opened the link of her mail."""
    with given():
        link = link_for(
            holder_of(employee_id), book=book(), by=Actor.system(), employee_id=employee_id
        )
        link_id = link.id
    client = PageClient(app)
    client.be_holder(link_id)
    return client


def home_of(app: Flask, employee_id: int) -> Home:
    with app.app_context():
        home = people.home_of(employee_id)
        assert home is not None
        return home


def test_she_sets_her_pin_and_takes_it_back(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse/punkt", {"lat": "52.4815", "lon": "13.437"})
    assert home_of(app, employee_id).precision is Precision.PINNED

    phone.post("/mein/adresse/punkt/zuruecknehmen")
    assert home_of(app, employee_id).precision is Precision.POSTCODE


def test_she_is_asked_before_a_pin_far_away_is_believed(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    far = {"lat": "52.49", "lon": "13.436"}

    asked = phone.post("/mein/adresse/punkt", far)
    assert asked.status_code == 422
    assert "um 1,0\N{NO-BREAK SPACE}km nach Norden verschoben. Stimmt das?" in asked.text
    assert home_of(app, employee_id).precision is Precision.HOUSE

    phone.post("/mein/adresse/punkt", {**far, "confirmed_m": "1001"})
    assert home_of(app, employee_id).lat == 52.49


def test_who_set_the_pin_is_in_the_history(
    phone: PageClient, it: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse/punkt", {"lat": "52.4815", "lon": "13.437"})

    page = it.get(f"/personen/{employee_id}", headers=ENGLISH).text

    assert "Point on the map moved by 88\N{NO-BREAK SPACE}m" in page
    assert "by the person" in page


def test_the_address_page_leads_to_the_pin(phone: PageClient) -> None:
    assert 'href="/mein/adresse/punkt"' in phone.get("/mein/adresse").text


def test_she_sees_the_houses_around_her_own_home_only(phone: PageClient, given: Given) -> None:
    with given():
        neighbours({"914": (52.4812, 13.4362)}, street="Sonnenallee")
        neighbours({"1": (52.52, 13.40)}, street="Rathausstraße")

    here = phone.get("/mein/umgebung.json?lat=52.4815&lon=13.4365").get_json()
    there = phone.get("/mein/umgebung.json?lat=52.52&lon=13.40").get_json()

    assert here["houses"] == [["Sonnenallee", "914", 52.4812, 13.4362]]
    assert there == {"houses": [], "stops": []}


def test_without_a_point_of_her_own_she_sees_no_houses(
    phone: PageClient, given: Given, employee_id: int
) -> None:
    with given():
        neighbours({"914": (52.4812, 13.4362)}, street="Sonnenallee")
        home = people.home_of(employee_id)
        assert home is not None
        home.lat = home.lon = home.radius_m = None
        home.precision = Precision.NONE
        db.session.flush()

    found = phone.get("/mein/umgebung.json?lat=52.4815&lon=13.4365").get_json()

    assert found == {"houses": [], "stops": []}


def test_without_an_address_she_is_led_to_it(
    phone: PageClient, given: Given, employee_id: int
) -> None:
    with given():
        home = people.home_of(employee_id)
        assert home is not None
        home.valid_to = home.valid_from

    assert phone.get("/mein/adresse/punkt").location == "/mein/adresse"
