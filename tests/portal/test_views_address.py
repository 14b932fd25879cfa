"""The employee says which address is hers, on her phone, before anything is confirmed."""

from __future__ import annotations

import pytest
from flask import Flask

from hoffice.accounts.links import link_for
from hoffice.people import queries as people
from hoffice.people.models import Home
from hoffice.people.rules import holder_of
from hoffice.places.rules import Finding, Precision, Remark
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


SONNENALLEE = {**TYPED, "street": "Sonnenallee", "housenumber": "112", "postcode": "12045"}
NO_SUCH_NUMBER = {**SONNENALLEE, "housenumber": "9999"}
NUMBER_UNKNOWN = "Die Straße kennen wir, diese Hausnummer nicht."


def test_a_house_number_that_nobody_knows_is_said_before_anything_is_confirmed(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    page = phone.post("/mein/adresse", NO_SUCH_NUMBER, follow_redirects=True).text

    assert NUMBER_UNKNOWN in page
    assert "Adresse bestätigt" not in page
    assert home_of(app, employee_id).confirmed_at is None
    assert "Adresse bestätigen" in phone.get("/mein/").text


def test_who_only_saves_a_doubtful_address_again_has_not_said_that_it_is_right(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse", NO_SUCH_NUMBER)

    assert phone.post("/mein/adresse", NO_SUCH_NUMBER).location == "/mein/adresse"
    assert home_of(app, employee_id).confirmed_at is None


def test_who_says_that_a_doubtful_address_is_right_goes_on(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse", NO_SUCH_NUMBER)
    line = "Sonnenallee 9999, 12045 Berlin"
    assert f'name="as_written" value="{line}"' in phone.get("/mein/adresse").text

    answer = phone.post("/mein/adresse", {**NO_SUCH_NUMBER, "floor": "3", "as_written": line})

    assert answer.location == "/mein/zuhause"
    home = home_of(app, employee_id)
    assert (home.floor, home.confirmed_by) == ("3", f"employee:{employee_id}")
    assert "as_written" not in phone.get("/mein/adresse").text


def test_what_was_said_of_one_address_confirms_no_other(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse", NO_SUCH_NUMBER)

    sent = {**NO_SUCH_NUMBER, "housenumber": "0", "as_written": "Sonnenallee 9999, 12045 Berlin"}
    answer = phone.post("/mein/adresse", sent)

    assert answer.location == "/mein/adresse"
    assert home_of(app, employee_id).confirmed_at is None


def test_the_corrected_address_is_confirmed_at_once(
    app: Flask, phone: PageClient, employee_id: int
) -> None:
    phone.post("/mein/adresse", NO_SUCH_NUMBER)

    assert phone.post("/mein/adresse", SONNENALLEE).location == "/mein/zuhause"
    assert home_of(app, employee_id).confirmed_at is not None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"street": "Postfach 123"}, "Ein Postfach hat keine Tür"),
        ({"street": "\N{HOUSE BUILDING}"}, "Die Straße fehlt."),
        (
            {
                "street": "Farmington Avenue",
                "housenumber": "1",
                "postcode": "06037",
                "city": "Berlin, Connecticut",
            },
            "liegt nicht in Deutschland",
        ),
    ],
)
def test_where_nobody_can_be_sent_the_address_has_to_be_written_anew(
    app: Flask, phone: PageClient, employee_id: int, typed: dict[str, str], sentence: str
) -> None:
    sent = {**SONNENALLEE, **typed}

    page = phone.post("/mein/adresse", sent, follow_redirects=True).text

    assert sentence in page
    assert "lässt sich nicht bestätigen" in page
    assert 'name="as_written"' not in page
    line = home_of(app, employee_id).line
    refused = phone.post("/mein/adresse", {**sent, "as_written": line})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert home_of(app, employee_id).confirmed_at is None


def test_a_new_mistake_does_not_stand_beside_the_remark_about_the_former_address(
    phone: PageClient,
) -> None:
    phone.post("/mein/adresse", NO_SUCH_NUMBER)

    page = phone.post("/mein/adresse", {**NO_SUCH_NUMBER, "postcode": "abc"}).text

    assert "Eine Postleitzahl hat fünf Ziffern" in page
    assert NUMBER_UNKNOWN not in page


def test_a_repaired_postcode_leaves_the_doubt_about_the_number_to_her(
    app: Flask, phone: PageClient, employee_id: int, given: Given
) -> None:
    phone.post("/mein/adresse", {**NO_SUCH_NUMBER})
    with given():
        home = people.home_of(employee_id)
        assert home is not None
        repaired = {"typed": "12043", "found": "12045"}
        home.postcode = "12043"
        home.remarks = [Remark(Finding.POSTCODE_REPAIRED, repaired).to_json(), *home.remarks]

    answer = phone.post("/mein/adresse/richtigstellen")

    assert answer.location == "/mein/adresse"
    page = phone.get("/mein/adresse").text
    assert NUMBER_UNKNOWN in page
    assert home_of(app, employee_id).confirmed_at is None
