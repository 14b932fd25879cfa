"""The employee says which address is hers, on her phone, before anything is confirmed."""

from __future__ import annotations

import pytest
from flask import Flask

from hoffice.accounts.links import link_for
from hoffice.people import queries as people
from hoffice.people.models import Home
from hoffice.people.rules import holder_of
from hoffice.places.rules import Precision
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import book
from tests.conftest import Given
from tests.pageclient import PageClient

TYPED = {"street": "Waldstr.", "housenumber": "10", "postcode": "12623", "city": "Berlin"}
MOABIT = "Waldstraße 10, 10551 Berlin (Moabit)"
GRUENAU = "Waldstraße 10, 12527 Berlin (Grünau)"


@pytest.fixture
def employee_id(given: Given) -> int:
    with given():
        makers.register()
        return makers.employee("Aylin Yıldız").id


@pytest.fixture
def phone(app: Flask, given: Given, employee_id: int) -> PageClient:
    """Her phone, after she has opened the link of her mail."""
    with given():
        holder = holder_of(employee_id)
        link = link_for(holder, book=book(), by=Actor.system(), employee_id=employee_id)
        link_id = link.id
    client = PageClient(app)
    client.be_holder(link_id)
    return client


def home_of(app: Flask, employee_id: int) -> Home:
    with app.app_context():
        home = people.home_of(employee_id)
    assert home is not None
    return home


def choice(home: Home, postcode: str, line: str) -> str:
    """What the form sends for the address in this postcode."""
    return f"{[one['postcode'] for one in home.candidates].index(postcode)} {line}"


def test_an_address_that_there_is_several_times_is_asked_about_at_once(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    page = phone.post("/mein/adresse", TYPED, follow_redirects=True).text

    assert "Welche Adresse ist deine?" in page
    assert "Geschrieben steht: Waldstr. 10, 12623 Berlin" in page
    assert page.count('type="radio" name="choice"') == 3
    assert "Das ist meine Adresse" in page
    assert "Adresse bestätigt" not in page
    assert home_of(app, employee_id).confirmed_at is None
    assert "Adresse bestätigen" in phone.get("/mein/").text


def test_choosing_confirms_and_leads_on(app: Flask, phone: PageClient, employee_id: int) -> None:
    phone.post("/mein/adresse", TYPED)

    sent = choice(home_of(app, employee_id), "12527", GRUENAU)
    answer = phone.post("/mein/adresse/welche", {"answer": "this", "choice": sent})

    assert answer.location == "/mein/zuhause"
    home = home_of(app, employee_id)
    assert (home.line, home.precision) == ("Waldstraße 10, 12527 Berlin", Precision.HOUSE)
    assert home.confirmed_by == f"employee:{employee_id}"
    assert 'value="12527"' in phone.get("/mein/adresse").text


def test_none_of_these_confirms_what_was_written_and_leads_to_the_map(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse", TYPED)

    answer = phone.post("/mein/adresse/welche", {"answer": "none"})

    assert answer.location == "/mein/adresse/punkt"
    home = home_of(app, employee_id)
    assert (home.postcode, home.candidates) == ("12623", [])
    assert home.confirmed_at is not None


def test_who_chooses_nothing_is_asked_again(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse", TYPED)

    page = phone.post("/mein/adresse/welche", {"answer": "this"}, follow_redirects=True).text

    assert "Wähl eine der Adressen" in page
    assert "Welche Adresse ist deine?" in page
    assert home_of(app, employee_id).confirmed_at is None


def test_what_was_written_can_be_written_anew_instead(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse", TYPED)
    assert "/mein/adresse?aendern=1" in phone.get("/mein/adresse").text

    form = phone.get("/mein/adresse?aendern=1").text
    assert 'value="Waldstr."' in form
    answer = phone.post("/mein/adresse", {**TYPED, "postcode": "10551"})

    assert answer.location == "/mein/zuhause"
    assert home_of(app, employee_id).confirmed_at is not None


def test_saving_the_same_words_again_does_not_get_around_the_question(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse", TYPED)
    answer = phone.post("/mein/adresse?aendern=1", {**TYPED, "floor": "3"})

    assert answer.location == "/mein/adresse"
    home = home_of(app, employee_id)
    assert (home.floor, home.confirmed_at) == ("3", None)
    assert len(home.candidates) == 3


def test_a_repaired_postcode_is_seen_at_once_and_written_by_one_button(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    typed = {**TYPED, "street": "Sonnenallee", "housenumber": "112", "postcode": "12043"}
    page = phone.post("/mein/adresse", typed, follow_redirects=True).text
    assert "Da stand die Postleitzahl 12043; diese Adresse hat 12045." in page
    assert "Gefunden als: Sonnenallee 112, 12045 Berlin" in page

    answer = phone.post("/mein/adresse/richtigstellen")

    assert answer.location == "/mein/zuhause"
    assert home_of(app, employee_id).postcode == "12045"
    assert "Da stand" not in phone.get("/mein/adresse").text


def test_who_knows_better_than_the_register_can_go_on(phone: PageClient) -> None:
    typed = {**TYPED, "street": "Sonnenallee", "housenumber": "112", "postcode": "12043"}
    phone.post("/mein/adresse", typed)

    assert phone.post("/mein/adresse", typed).location == "/mein/zuhause"


def test_another_persons_question_is_not_answered_from_here(
    app: Flask, phone: PageClient, employee_id: int, given: Given
) -> None:
    phone.post("/mein/adresse", TYPED)
    with given():
        other = makers.employee("Greta Brandt").id

    phone.post(
        "/mein/adresse/welche",
        {"choice": choice(home_of(app, employee_id), "10551", MOABIT), "employee_id": str(other)},
    )

    assert home_of(app, other).street == "Sonnenallee"
    assert home_of(app, employee_id).postcode == "10551"
