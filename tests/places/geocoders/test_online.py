"""What may be asked of a provider, how its answers are read, and what of them is believed."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from hypothesis import given, strategies

from hoffice.places.addresses.spelling import number_key, street_key
from hoffice.places.geocoders.online import readers, words
from hoffice.places.geocoders.online.judging import judged
from hoffice.places.geocoders.online.words import Found, Question
from hoffice.places.rules import EXACT, Finding, Located, Precision, Remark

ASKED = Question("Sonnenallee", "112", "12045", "Berlin")


def found(  # noqa: PLR0917  # the parts of an address in their usual order
    street: str = "Sonnenallee",
    number: str = "112",
    postcode: str = "12045",
    city: str = "Berlin",
    precision: Precision = Precision.HOUSE,
    areas: tuple[str, ...] = ("Neukölln",),
) -> Found:
    return Found(52.4812, 13.4356, precision, street, number, postcode, city, areas, "de")


def judge(*answers: Found, question: Question = ASKED) -> Located:
    return judged(question, answers, provider="oracle")


@pytest.mark.parametrize(
    ("street", "number"),
    [
        ("Sonnenallee 112", ""),
        ("Sonnenallee", "112, HH, 3. OG links"),
        ("c/o Kaya, Sonnenallee 112", ""),
        ("Sonnenallee c/o Kaya", "112"),
        ("Sonnenallee z. Hd. Frau Kaya", "112"),
        ("Sonnenallee bei Familie Kaya", "112"),
        ("Sonnenallee (Kaya)", "112"),
        ("Sonnenallee; Kaya", "112"),
        ("Sonnenallee, Klingel Kaya", "112"),
    ],
)
def test_a_name_never_gets_into_the_question(street: str, number: str) -> None:
    question = Question.of(street, number, "12045", "Berlin, c/o Kaya")

    assert "Kaya" not in question.line
    assert question.line == "Sonnenallee 112, 12045 Berlin, Deutschland"
    assert question.key == "sonnenallee|112|12045|berlin"


@given(strategies.text(max_size=80))
def test_whatever_stands_behind_care_of_stays_in_the_house(secret: str) -> None:
    question = Question.of(f"Sonnenallee c/o {secret}", "112", "12045", "Berlin")

    assert question.street in {"Sonnenallee", ""}


@pytest.mark.parametrize(
    ("address", "finding"),
    [
        (("", "112", "12045", "Berlin"), Finding.STREET_MISSING),
        (("Sonnenallee", "112", "", ""), Finding.POSTCODE_MISSING),
        (("Postfach 12 34", "", "12045", "Berlin"), Finding.PO_BOX),
        (("x" * 300, "1", "12045", "Berlin"), Finding.TOO_LONG),
        (("Farmington Avenue", "12", "", "Berlin, Connecticut"), Finding.ABROAD),
        (("🏠", "", "12045", "Berlin"), Finding.STREET_MISSING),
    ],
)
def test_what_cannot_be_an_address_is_not_asked(
    address: tuple[str, str, str, str], finding: Finding
) -> None:
    assert finding in Question.of(*address).obstacles


def test_an_answer_is_kept_as_json_and_comes_back() -> None:
    assert Found.from_json(json.loads(json.dumps(found().to_json()))) == found()


def test_a_house_without_its_number_asked_is_only_its_street() -> None:
    located = judge(found(), question=Question("Sonnenallee", "", "12045", "Berlin"))

    assert located.precision == Precision.STREET
    assert [remark.finding for remark in located.remarks] == [Finding.NUMBER_MISSING]
    assert located.matched == "Sonnenallee, 12045 Berlin"


def test_the_same_house_in_another_postcode_goes_along_as_a_candidate() -> None:
    located = judge(found(number=""), found(postcode="12059"))

    assert located.precision == Precision.STREET
    assert [candidate.postcode for candidate in located.candidates] == ["12059"]


def test_one_street_in_two_towns_of_a_postcode_is_a_question() -> None:
    question = Question("Dorfstraße", "5", "16818", "Fehrbellin")
    street = ("Dorfstraße", "", "16818")

    located = judge(
        found(*street, "Wustrau", Precision.STREET, ("Fehrbellin",)),
        found(*street, "Betzin", Precision.STREET, ("Fehrbellin",)),
        question=question,
    )

    assert (located.lat, located.is_question) == (None, True)
    assert [candidate.city for candidate in located.candidates] == ["Wustrau", "Betzin"]


@pytest.mark.parametrize("city", ["Berlin", "Berlin-Neukölln", "Neukölln", "BERLIN", ""])
def test_a_town_may_be_said_in_several_ways(city: str) -> None:
    located = judge(found(), question=Question("Sonnenallee", "112", "12045", city))

    assert located.precision == Precision.HOUSE


@pytest.mark.parametrize("city", ["Potsdam", "Ber", "Bernau", "Neukölln-Süd"])
def test_another_town_is_another_place(city: str) -> None:
    located = judge(found(), question=Question("Sonnenallee", "112", "12045", city))

    assert located.is_question


def test_a_district_that_begins_like_a_town_is_not_the_town() -> None:
    house = Found(
        *(52.4056, 13.0737, Precision.HOUSE, "Berliner Straße", "10", "14467", "Potsdam"),
        areas=("Berliner Vorstadt",),
    )

    assert judge(house, question=Question("Berliner Straße", "10", "14467", "Berlin")).is_question


names = strategies.sampled_from(["Sonnenallee", "Sonnenstraße", "Sonnenalle", "Weserstraße", ""])
numbers = strategies.sampled_from(["112", "112a", "11", "110-112", ""])
postcodes = strategies.sampled_from(["12045", "12059", "14467", ""])
towns = strategies.sampled_from(["Berlin", "Potsdam", ""])
answers = strategies.builds(
    Found,
    lat=strategies.sampled_from([52.4812, 52.47, 52.40, 48.1, 41.6]),
    lon=strategies.sampled_from([13.4356, 13.45, 13.06, 11.6, -72.7]),
    precision=strategies.sampled_from([one for one in Precision if one != Precision.PINNED]),
    street=names,
    housenumber=numbers,
    postcode=postcodes,
    city=towns,
    country=strategies.sampled_from(["de", "us", ""]),
)


@given(
    strategies.lists(answers, max_size=6),
    strategies.builds(Question, names, numbers, postcodes, towns),
)
def test_no_answer_is_believed_that_was_not_asked_for(
    given_answers: list[Found], question: Question
) -> None:
    located = judge(*given_answers, question=question)

    believed = [one for one in given_answers if (one.lat, one.lon) == (located.lat, located.lon)]
    if located.precision in EXACT | {Precision.STREET}:
        assert not located.is_question
        assert any(
            street_key(one.street) == street_key(question.street)
            and one.postcode == question.postcode
            and one.country != "us"
            for one in believed
        )
    if located.precision in EXACT:
        asked_number = number_key(question.housenumber)
        assert any(number_key(one.housenumber) == asked_number for one in believed)
        assert located.matched.startswith(question.street_line)
    if located.is_question:
        assert located.lat is None
    assert all(candidate.lat != 41.6 for candidate in located.candidates)


def test_an_old_nominatim_without_ranks_still_knows_houses() -> None:
    said = {
        "lat": "52.4812",
        "lon": "13.4356",
        "class": "building",
        "type": "yes",
        "address": {"house_number": "112", "road": "Sonnenallee", "country_code": "de"},
    }

    assert readers.nominatim(said).precision == Precision.HOUSE
    assert readers.nominatim({**said, "class": "shop"}).precision == Precision.STREET
    assert readers.nominatim({**said, "place_rank": 26}).precision == Precision.STREET


def test_the_reason_of_a_failure_is_said_in_the_readers_language(app: Flask) -> None:
    facts = {"provider": "Photon", "reason": words.QUEUE_TOO_LONG, "seconds": "12"}
    remark = Remark(Finding.PROVIDER_FAILED, facts)

    assert remark.said(str) == (
        "Photon did not answer: many are asking at once; try again in 12 seconds."
    )
    with app.test_request_context(), force_locale("de"):
        german = remark.said(gettext)
    assert "versuch es in 12 Sekunden noch einmal" in german
    assert "%(" not in german
