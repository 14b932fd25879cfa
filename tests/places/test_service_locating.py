"""The geocoder of the house: the register first, a provider only for what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from hoffice.db import db, unit_of_work
from hoffice.places.rules import Candidate, Finding, Located, Precision, Remark
from hoffice.places.service.locating import HouseGeocoder, better
from hoffice.places.sources.entries import Entry
from tests import makers

HERE = (52.4812, 13.4356)
THERE = (52.4412, 13.5056)
STREET = Located(
    *(52.48, 13.43, Precision.STREET, 80, "register", "Sonnenallee, 12045 Berlin"),
    remarks=(Remark(Finding.NUMBER_UNKNOWN),),
    door_note="HH",
)
ONLINE = Located(*HERE, Precision.HOUSE, 20, "photon", "Sonnenallee 114, 12045 Berlin")
NOWHERE = Located(None, None, Precision.NONE, None, "photon")
FAILED = Remark(Finding.PROVIDER_FAILED, {"provider": "Photon", "reason": "timed out"})
CHOICE = Candidate("Waldstraße", "10", "12487", "Berlin")
OTHER = Candidate("Waldstraße", "10", "10551", "Berlin")
QUESTION = Located(
    *(None, None, Precision.NONE, None, "postcode"),
    remarks=(Remark(Finding.AMBIGUOUS),),
    candidates=(CHOICE,),
)


class Provider:
    """Answers as told, and remembers what it was asked."""

    def __init__(self, answer: Located = ONLINE) -> None:
        self.answer = answer
        self.asked: list[tuple[str, ...]] = []

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """Remember the question."""
        self.asked.append((street, housenumber, postcode, city))
        return self.answer


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        with unit_of_work():
            makers.register(
                Entry("Sonnenallee", "112", "12045", "Berlin", "Neukölln", *HERE),
                Entry("Waldstraße", "10", "12487", "Berlin", "Johannisthal", *THERE),
                Entry("Waldstraße", "10", "10551", "Berlin", "Moabit", None, None),
            )
        yield
        db.session.rollback()


def test_without_a_provider_the_register_answers() -> None:
    located = HouseGeocoder().locate("Sonnenallee", "112", "12045", "Berlin")

    assert (located.lat, located.lon, located.precision) == (*HERE, "house")


def test_what_the_register_knows_never_leaves_the_house() -> None:
    provider = Provider()

    located = HouseGeocoder(provider).locate("Sonnenallee", "112", "12045", "Berlin")

    assert located.provider == "probe"
    assert provider.asked == []


@pytest.mark.parametrize(
    "columns",
    [
        ("Postfach 12", "", "12045", "Berlin"),
        ("Bahnhofstrasse", "1", "CH-8001", "Zürich"),
        ("Farmington Avenue", "1", "", "Berlin, Connecticut"),
        ("x" * 300, "", "", ""),
        ("", "", "12045", "Berlin"),
    ],
)
def test_what_is_hopeless_is_asked_nobody(columns: tuple[str, str, str, str]) -> None:
    provider = Provider()

    HouseGeocoder(provider).locate(*columns)

    assert provider.asked == []


def test_what_the_register_does_not_know_to_the_house_is_asked_once() -> None:
    provider = Provider()

    located = HouseGeocoder(provider).locate("Sonnenallee", "114", "12045", "Berlin")

    assert provider.asked == [("Sonnenallee", "114", "12045", "Berlin")]
    assert (located.provider, located.precision) == ("photon", "house")
    assert located.remarks == ()


def test_one_geocoder_reads_the_register_of_its_moment() -> None:
    geocoder = HouseGeocoder()
    geocoder.locate("Sonnenallee", "112", "12045", "Berlin")
    db.session.rollback()

    assert geocoder.locate("Waldstraße", "10", "12487", "Berlin").precision == "house"


def test_a_question_of_the_register_stays_one() -> None:
    located = HouseGeocoder(Provider()).locate("Waldstraße", "10", "", "Berlin")

    assert located.is_question
    assert located.lat is None
    assert len(located.candidates) == 2


def test_the_more_exact_answer_wins_and_keeps_the_door() -> None:
    found = better(STREET, ONLINE)

    assert found == replace(ONLINE, door_note="HH")
    assert better(STREET, replace(ONLINE, matched="")).matched == "Sonnenallee, 12045 Berlin"


@pytest.mark.parametrize("precision", [Precision.STREET, Precision.POSTCODE])
def test_what_is_no_better_changes_nothing(precision: Precision) -> None:
    assert better(STREET, replace(ONLINE, precision=precision)) == STREET
    assert better(STREET, NOWHERE) == STREET


def test_what_still_matters_is_still_said() -> None:
    repaired = Remark(Finding.POSTCODE_REPAIRED, {"typed": "1", "found": "2"})
    known = replace(STREET, remarks=(*STREET.remarks, repaired))

    assert better(known, ONLINE).remarks == (repaired,)


def test_a_provider_that_fails_is_said_and_not_swallowed() -> None:
    assert better(STREET, replace(NOWHERE, remarks=(FAILED,))).remarks == (
        *STREET.remarks,
        FAILED,
    )
    assert better(QUESTION, replace(NOWHERE, remarks=(FAILED,))).remarks == (
        *QUESTION.remarks,
        FAILED,
    )


def test_two_questions_are_one_with_all_candidates_once() -> None:
    doubt = replace(QUESTION, candidates=(CHOICE, OTHER))

    found = better(QUESTION, doubt)

    assert found.candidates == (CHOICE, OTHER)
    assert found.remarks == QUESTION.remarks


def test_a_doubt_of_the_provider_makes_it_a_question() -> None:
    found = better(STREET, replace(QUESTION, candidates=(OTHER,)))

    assert found.is_question
    assert found.candidates == (OTHER,)
    assert (found.lat, found.precision) == (STREET.lat, STREET.precision)
