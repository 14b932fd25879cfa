"""The demo's own small register: the two addresses of the story that need a human ask for one."""

from __future__ import annotations

from flask import Flask

from hoffice.demo.cast import cast
from hoffice.demo.cast.things import AddressCase
from hoffice.demo.loading import register
from hoffice.places.rules import Finding, Located
from hoffice.places.service.locating import HouseGeocoder
from hoffice.units import Actor
from tests.conftest import Given


def _located(case: AddressCase) -> Located:
    home = next(person.home for person in cast().people if person.home.case is case)
    return HouseGeocoder().locate(home.street, home.house_number, home.postcode, home.city)


def test_the_kantstrasse_is_asked_about_and_the_wrong_postcode_is_repaired(
    app: Flask, given: Given
) -> None:
    with given():
        register.fill(by=Actor.system())

    with app.app_context():
        asked = _located(AddressCase.AMBIGUOUS)
        assert asked.is_question
        assert {one.postcode for one in asked.candidates} == {"10623", "12169"}
        assert all(one.lat is not None for one in asked.candidates)
        repaired = _located(AddressCase.WRONG_POSTCODE)
        assert [one.finding for one in repaired.remarks] == [Finding.POSTCODE_REPAIRED]
        assert repaired.matched == "Sonnenallee 427, 12057 Berlin"


def test_whose_addresses_these_are_is_said_in_words_of_every_language() -> None:
    assert register.ORIGIN.credit == "Demo (hoffice)"


def test_the_register_stays_small() -> None:
    assert 10 < len(list(register.entries())) < 60
