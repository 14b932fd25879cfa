"""What the house asks about addresses, as IT and HR see and answer it."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from hoffice.db import BEGIN_IMMEDIATE, db
from hoffice.people import queries, service
from hoffice.people.models import Home
from hoffice.people.rules import HomeFields
from hoffice.places.rules import Geocoder, Located, Precision
from hoffice.places.service.locating import HouseGeocoder
from tests import makers
from tests.conftest import Given
from tests.makers import IT
from tests.pageclient import PageClient

ENGLISH = {"Accept-Language": "en"}
GERMAN = {"Accept-Language": "de"}
WALDSTRASSE = {"street": "Waldstr.", "housenumber": "10", "postcode": "", "city": "Berlin"}
WRONG_POSTCODE = {**WALDSTRASSE, "street": "Sonnenallee", "housenumber": "112", "postcode": "12043"}
GRUENAU = "Waldstraße 10, 12527 Berlin (Grünau)"


def lives_at(person_id: int, address: dict[str, str]) -> None:
    """Say where somebody lives; the register of the house is asked."""
    fields = HomeFields(
        street=address["street"],
        housenumber=address["housenumber"],
        postcode=address["postcode"],
        city=address["city"],
    )
    service.change_home(person_id, fields, geocoder=HouseGeocoder(), by=IT)


def home_of(app: Flask, person_id: int) -> Home:
    with app.app_context():
        home = queries.home_of(person_id)
    assert home is not None
    return home


def choice(home: Home, line: str) -> str:
    """What the form sends for an address."""
    streets = [
        f"{one['street']} {one['housenumber']}, {one['postcode']}" for one in home.candidates
    ]
    place = next(place for place, street in enumerate(streets) if line.startswith(street))
    return f"{place} {line}"


@pytest.fixture
def asked(given: Given) -> int:
    """Somebody of whom it is open in which Waldstraße she lives."""
    with given():
        makers.register()
        person_id = makers.employee("Ayşe Kaya").id
        lives_at(person_id, WALDSTRASSE)
        return person_id


@pytest.mark.parametrize("path", ["/personen/{}", "/personen/{}/adresse"])
def test_the_addresses_that_could_be_meant_are_offered_where_somebody_looks(
    it: PageClient, asked: int, path: str
) -> None:
    text = it.get(path.format(asked), headers=ENGLISH).text

    assert "Which address is it?" in text
    assert "There are several such addresses. Which one is it?" in text
    assert "It is written: Waldstr. 10, Berlin" in text
    assert text.count('type="radio" name="choice"') == 3
    assert "12527 Berlin, Grünau" in text
    assert "10551 Berlin, Moabit · without a point" in text
    assert '"label": "1: Waldstra' in text  # as the map numbers it


def test_no_address_is_chosen_beforehand(it: PageClient, asked: int) -> None:
    text = it.get(f"/personen/{asked}/adresse").text
    choices = text[text.index("address-choices") : text.index("</fieldset>")]

    assert " checked" not in choices


def test_the_chosen_address_is_written_and_the_former_one_told(
    app: Flask, hr: PageClient, asked: int
) -> None:
    answer = hr.post(
        f"/personen/{asked}/adresse/welche",
        {"answer": "this", "choice": choice(home_of(app, asked), GRUENAU)},
        follow_redirects=True,
        headers=ENGLISH,
    )

    assert (
        "The address is Waldstraße 10, 12527 Berlin now. It was: Waldstr. 10, Berlin" in answer.text
    )
    assert "Which address is it?" not in answer.text
    assert "Found as: Waldstraße 10, 12527 Berlin" in answer.text
    assert "(source: Probe, free to use)" in answer.text
    assert home_of(app, asked).precision is Precision.HOUSE


def test_who_means_none_of_them_is_led_to_the_map(app: Flask, it: PageClient, asked: int) -> None:
    answer = it.post(f"/personen/{asked}/adresse/welche", {"answer": "none"})

    assert answer.location == f"/personen/{asked}/adresse/punkt"
    assert home_of(app, asked).candidates == []
    assert home_of(app, asked).street == "Waldstr."


@pytest.mark.parametrize(
    "sent", ["", "x", "٣ Waldstraße", "99999999999 Waldstraße", "0 Elsewhere 1"]
)
def test_an_answer_that_is_none_changes_nothing_and_says_so(
    app: Flask, it: PageClient, asked: int, sent: str
) -> None:
    answer = it.post(
        f"/personen/{asked}/adresse/welche",
        {"choice": sent},
        follow_redirects=True,
        headers=ENGLISH,
    )

    assert "Which address is it?" in answer.text
    assert "one of the addresses" in answer.text or "The choices have changed" in answer.text
    assert len(home_of(app, asked).candidates) == 3


def test_the_address_is_not_confirmed_before_it_is_chosen(
    app: Flask, hr: PageClient, asked: int
) -> None:
    page = hr.get(f"/personen/{asked}/adresse", headers=ENGLISH).text
    answer = hr.post(
        f"/personen/{asked}/adresse/bestaetigen", follow_redirects=True, headers=ENGLISH
    )

    assert "Confirm on her behalf" not in page
    assert "Choose first which address it is" in answer.text
    assert home_of(app, asked).confirmed_at is None


def test_a_repaired_postcode_is_seen_and_written_by_one_button(
    app: Flask, it: PageClient, given: Given
) -> None:
    with given():
        makers.register()
        person_id = makers.employee("Ayşe Kaya").id
    saved = it.post(
        f"/personen/{person_id}/adresse",
        {**WRONG_POSTCODE, "lift": ""},
        follow_redirects=True,
        headers=ENGLISH,
    )
    assert "The postcode was 12043; this address has 12045." in saved.text
    assert "Sonnenallee 112, 12045 Berlin" in saved.text

    answer = it.post(
        f"/personen/{person_id}/adresse/richtigstellen", follow_redirects=True, headers=ENGLISH
    )

    assert "The postcode was" not in answer.text
    assert home_of(app, person_id).postcode == "12045"


def test_what_is_asked_and_repaired_is_said_in_german(
    it: PageClient, given: Given, asked: int
) -> None:
    with given():
        other = makers.employee("Greta Brandt").id
        lives_at(other, WRONG_POSTCODE)

    assert (
        "Diese Adresse gibt es mehrmals. Welche ist es?"
        in it.get(f"/personen/{asked}", headers=GERMAN).text
    )
    assert (
        "Da stand die Postleitzahl 12043; diese Adresse hat 12045."
        in it.get(f"/personen/{other}", headers=GERMAN).text
    )


# --- with a provider behind the register ----------------------------------------------------------


class Patient:
    """Stands where an online provider would; whoever asks must not hold the database meanwhile."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """Nothing is known, but the question is noted."""
        session = db.session()
        if session.in_transaction():
            options = session.connection().get_execution_options()
            assert options.get("sqlite_begin") != BEGIN_IMMEDIATE["sqlite_begin"]
        self.asked.append(f"{street} {housenumber}, {postcode} {city}")
        return Located(None, None, Precision.NONE, None, "patient")


def test_no_deed_holds_the_database_while_a_provider_is_asked(
    app: Flask, it: PageClient, asked: int, given: Given
) -> None:
    patient = Patient()
    app.extensions["svcs_registry"].register_factory(Geocoder, lambda: HouseGeocoder(patient))
    with given():
        wrong, pinned = makers.employee("Greta Brandt").id, makers.employee("Emre Kaplan").id
        lives_at(wrong, {**WRONG_POSTCODE, "housenumber": "112a"})
        home = queries.home_of(pinned)
        assert home is not None
        home.precision = Precision.PINNED
    moabit = "Waldstraße 10, 10551 Berlin (Moabit)"

    saved = {**WALDSTRASSE, "street": "Weidenufer", "postcode": "14467", "lift": ""}
    answers = [
        it.post(
            f"/personen/{asked}/adresse/welche",
            {"answer": "this", "choice": choice(home_of(app, asked), moabit)},
        ),
        it.post(f"/personen/{pinned}/adresse", saved),
        it.post(f"/personen/{wrong}/adresse/punkt/zuruecknehmen"),
        it.post("/orte/ausprobieren", {"address": "Nirgendweg 3, 14467 Potsdam"}),
    ]

    assert [answer.status_code for answer in answers] == [303, 302, 302, 200]
    assert "Waldstraße 10, 10551 Berlin" in patient.asked
    assert "Weidenufer 10, 14467 Berlin" in patient.asked
    assert home_of(app, asked).postcode == "10551"
    assert home_of(app, pinned).street == "Weidenufer"


# --- the work list --------------------------------------------------------------------------------


def test_open_questions_are_a_list_that_the_start_page_leads_to(
    it: PageClient, hr: PageClient, given: Given, asked: int
) -> None:
    with given():
        makers.employee("Greta Brandt")

    for browser in (it, hr):
        start = browser.get("/", headers=ENGLISH).text
        assert "1 address needs a decision" in start
        assert 'href="/personen/?asking=open"' in start
    page = it.get("/personen/?asking=open", headers=ENGLISH).text
    assert "Ayşe Kaya" in page
    assert "Greta Brandt" not in page
    assert "which address?" in page
    assert "<b>One address</b> needs a decision" in page
    assert asked


def test_without_a_question_nobody_is_bothered(it: PageClient, given: Given) -> None:
    with given():
        makers.employee("Greta Brandt")

    assert "needs a decision" not in it.get("/", headers=ENGLISH).text
    assert "needs a decision" not in it.get("/personen/", headers=ENGLISH).text


# --- the staff import -----------------------------------------------------------------------------


def test_an_import_says_how_well_its_addresses_are_known(it: PageClient, given: Given) -> None:
    with given():
        makers.register()
    rows = (
        "Personalnummer;Vorname;Nachname;Straße;Hausnummer;PLZ;Ort\n"
        "1;Ayşe;Kaya;Sonnenallee;112;12045;Berlin\n"
        "2;Greta;Brandt;Waldstraße;10;;Berlin\n"
        "3;Emre;Kaplan;Nirgendweg;1;10627;Berlin\n"
    )
    preview = it.post(
        "/personen/import", {"file": (io.BytesIO(rows.encode()), "liste.csv")}
    ).location
    assert preview is not None

    it.post(f"{preview.removesuffix('/spalten')}/uebernehmen")
    page = it.get(preview.removesuffix("/spalten"), headers=ENGLISH).text

    tiles = page[page.index('class="tiles"') : page.index("</nav>", page.index('class="tiles"'))]
    figures = [part.partition("</span>")[0] for part in tiles.split('<span class="value">')[1:]]
    assert figures == ["1", "0", "1", "1", "1"]
    assert "precision=postcode" in tiles
    assert "asking=open" in tiles
