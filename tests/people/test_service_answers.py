"""Answering what the house asks about an address, and asking the register again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice.audit.models import AuditLine, AuditPersonal
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.jobs.worker import work_off
from hoffice.people import queries, service
from hoffice.people.jobs import handlers
from hoffice.people.models import Home
from hoffice.people.rules import LISTED, HomeFields
from hoffice.places.rules import Candidate, Finding, Located, Precision
from hoffice.places.service.locating import HouseGeocoder
from hoffice.units import Actor, Point
from tests import makers
from tests.conftest import Given
from tests.makers import IT

WALDSTRASSE = HomeFields(street="Waldstraße", housenumber="10", postcode="", city="Berlin")
WRONG_POSTCODE = HomeFields(
    street="Sonnenallee", housenumber="112", postcode="12043", city="Berlin"
)
GRUENAU = "Waldstraße 10, 12527 Berlin (Grünau)"


def home_of(person_id: int) -> Home:
    """Where somebody lives now."""
    home = queries.home_of(person_id)
    assert home is not None
    return home


def findings(home: Home) -> list[str]:
    """What there is to say about it."""
    return [remark["finding"] for remark in home.remarks]


def place_of(home: Home, line: str) -> int:
    """Where an address stands among those that could be meant."""
    return [Candidate.from_json(kept).line for kept in home.candidates].index(line)


@pytest.fixture
def person_id(given: Given) -> int:
    """Somebody in one of three Waldstraßen, in a house with a register."""
    with given():
        makers.register()
        person = makers.employee("Ayşe Kaya")
        service.change_home(person.id, WALDSTRASSE, geocoder=HouseGeocoder(), by=IT)
        return person.id


def choose(person_id: int, line: str = GRUENAU, *, confirmed: bool = False) -> Home:
    """Choose an address by its words."""
    return service.choose_candidate(
        person_id,
        place_of(home_of(person_id), line),
        line=line,
        geocoder=HouseGeocoder(),
        by=IT,
        confirmed=confirmed,
    )


# --- one of several -------------------------------------------------------------------------------


def test_the_chosen_address_is_written_and_known_to_the_house(
    app: Flask, given: Given, person_id: int
) -> None:
    with given():
        choose(person_id)

    with app.app_context():
        home = home_of(person_id)
        assert (home.line, home.precision) == ("Waldstraße 10, 12527 Berlin", Precision.HOUSE)
        assert (home.lat, home.lon) == (52.4155, 13.5793)
        assert (home.candidates, home.remarks) == ([], [])
        assert home.confirmed_at is None
        assert "12527" in queries.employee(person_id).search_text
        line, personal = db.session.execute(
            sa.select(AuditLine, AuditPersonal)
            .join(AuditPersonal, AuditPersonal.seq == AuditLine.seq)
            .where(AuditLine.action == "people.address_chosen")
        ).one()
        assert line.actor == str(IT)
        assert '["Waldstraße","10","","Berlin"]' in personal.values


def test_a_chosen_address_without_a_point_is_known_by_its_postcode(
    app: Flask, given: Given, person_id: int
) -> None:
    with given():
        choose(person_id, "Waldstraße 10, 10551 Berlin (Moabit)")

    with app.app_context():
        home = home_of(person_id)
        assert (home.postcode, home.precision) == ("10551", Precision.POSTCODE)
        assert home.candidates == []


def test_whoever_lives_there_confirms_by_choosing(app: Flask, given: Given, person_id: int) -> None:
    with given():
        choose(person_id, confirmed=True)

    with app.app_context():
        assert home_of(person_id).confirmed_at is not None


@pytest.mark.parametrize(("place", "line"), [(0, "Waldstraße 11, 12527 Berlin"), (9, GRUENAU)])
def test_choices_that_are_others_by_now_are_refused(
    app: Flask, person_id: int, place: int, line: str
) -> None:
    with app.app_context(), pytest.raises(Refused, match="have changed"):
        service.choose_candidate(person_id, place, line=line, geocoder=HouseGeocoder(), by=IT)


def test_what_was_answered_cannot_be_answered_again(
    app: Flask, given: Given, person_id: int
) -> None:
    with given():
        choose(person_id)

    with app.app_context(), pytest.raises(Refused, match="no open question"):
        service.choose_candidate(person_id, 0, line=GRUENAU, geocoder=HouseGeocoder(), by=IT)
    with app.app_context(), pytest.raises(Refused, match="no open question"):
        service.keep_as_written(person_id, by=IT)


@pytest.mark.parametrize(
    "deed",
    [
        lambda: service.choose_candidate(999, 0, line="", geocoder=HouseGeocoder(), by=IT),
        lambda: service.keep_as_written(999, by=IT),
        lambda: service.take_repairs(999, geocoder=HouseGeocoder(), by=IT),
    ],
    ids=["choose", "keep", "repair"],
)
def test_nobody_is_asked_about_somebody_who_is_not_there(
    app: Flask, deed: Callable[[], Home]
) -> None:
    with app.app_context(), pytest.raises(NotFound):
        deed()


def test_an_address_that_is_none_of_them_stays_and_says_that_it_is_unknown(
    app: Flask, given: Given, person_id: int
) -> None:
    with given():
        service.keep_as_written(person_id, by=Actor.employee(person_id), confirmed=True)

    with app.app_context():
        home = home_of(person_id)
        assert home.line == "Waldstraße 10, Berlin"
        assert home.candidates == []
        assert Finding.AMBIGUOUS not in findings(home)
        assert Finding.AS_WRITTEN in findings(home)
        assert home.confirmed_by == f"employee:{person_id}"


def test_a_misspelt_street_is_asked_about_and_written_right_once_chosen(
    app: Flask, given: Given
) -> None:
    typed = HomeFields(street="Sonenallee", housenumber="112", postcode="12045", city="Berlin")
    with given():
        makers.register()
        person_id = makers.employee().id
        home = service.change_home(person_id, typed, geocoder=HouseGeocoder(), by=IT)
        assert findings(home) == [Finding.MISSPELT]
    with given():
        choose(person_id, "Sonnenallee 112, 12045 Berlin (Neukölln)")

    with app.app_context():
        home = home_of(person_id)
        assert (home.street, home.precision) == ("Sonnenallee", Precision.HOUSE)


# --- nothing is confirmed before ------------------------------------------------------------------


def test_an_open_question_keeps_an_address_from_being_confirmed(
    app: Flask, given: Given, person_id: int
) -> None:
    with app.app_context(), pytest.raises(Refused, match="Choose first which address it is"):
        service.confirm_home(person_id, by=IT)
    with given():
        herself = Actor.employee(person_id)
        service.change_home(
            person_id, WALDSTRASSE, geocoder=HouseGeocoder(), by=herself, confirmed=True
        )

    with app.app_context():
        assert home_of(person_id).confirmed_at is None


# --- what was repaired ----------------------------------------------------------------------------


def test_a_repaired_postcode_is_written_when_somebody_agrees(app: Flask, given: Given) -> None:
    with given():
        makers.register()
        person_id = makers.employee().id
        home = service.change_home(person_id, WRONG_POSTCODE, geocoder=HouseGeocoder(), by=IT)
        assert service.repairs(home) == {"postcode": "12045"}
        assert (home.postcode, home.precision) == ("12043", Precision.HOUSE)
    with given():
        service.take_repairs(person_id, geocoder=HouseGeocoder(), by=IT, confirmed=True)

    with app.app_context():
        home = home_of(person_id)
        assert (home.line, home.remarks) == ("Sonnenallee 112, 12045 Berlin", [])
        assert home.confirmed_at is not None
        assert service.repairs(home) == {}


def test_what_is_right_is_not_corrected(app: Flask, given: Given) -> None:
    with given():
        makers.register()
        person_id = makers.employee().id

    with app.app_context(), pytest.raises(Refused, match="nothing to correct"):
        service.take_repairs(person_id, geocoder=HouseGeocoder(), by=IT)


# --- asking again ---------------------------------------------------------------------------------


def unlocated(street: str, number: str, postcode: str) -> int:
    """Somebody whose address was found by nothing but the postcode."""
    person = makers.employee(street=street, housenumber=number, postcode=postcode)
    home = home_of(person.id)
    home.precision, home.provider = Precision.POSTCODE, "postcode"
    return person.id


def relocate_everybody() -> None:
    """As the job does it, without the job."""
    ids = queries.movable_homes()
    answers = service.answers_about(ids, geocoder=HouseGeocoder())
    service.relocate_homes(ids, answers, by=IT)


def test_a_better_register_finds_homes_again_and_asks_about_others(
    app: Flask, given: Given
) -> None:
    with given():
        found = unlocated("Sonnenallee", "112", "12045")
        asked = unlocated("Waldstraße", "10", "12623")
        makers.register()
    with given():
        relocate_everybody()

    with app.app_context():
        assert home_of(found).precision is Precision.HOUSE
        assert len(home_of(asked).candidates) == 3
        assert queries.open_questions() == 1
        people = db.session.scalars(queries.ids().where(queries.with_open_question())).all()
        assert people == [asked]
        assert queries.homes_by_precision()[Precision.HOUSE] == 1
        assert queries.address_counts().asking == 1


def test_points_set_by_hand_or_listed_are_never_asked_about_again(app: Flask, given: Given) -> None:
    with given():
        pinned, listed = makers.employee(housenumber="112").id, makers.employee().id
        home_of(pinned).precision = Precision.PINNED
        home_of(listed).provider = LISTED
        makers.register()
        assert queries.movable_homes() == []
        for person_id in (pinned, listed):
            assert not service.relocate_home(home_of(person_id), geocoder=HouseGeocoder(), by=IT)

    with app.app_context():
        assert home_of(pinned).precision is Precision.PINNED


def test_a_lesser_answer_changes_nothing(app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee(street="Weg ohne Register", postcode="12045").id
        makers.register()
    with given():
        relocate_everybody()

    with app.app_context():
        assert home_of(person_id).precision is Precision.HOUSE
        assert "people.home_relocated" not in db.session.scalars(sa.select(AuditLine.action)).all()


def test_a_job_asks_again_in_steps_and_says_what_changed(app: Flask, given: Given) -> None:
    with given():
        for _number in range(service.STEP + 1):
            unlocated("Sonnenallee", "112", "12045")
        makers.register()
    with given():
        job_id = service.ask_to_relocate(by=IT).id
        assert service.ask_to_relocate(by=IT).id == job_id

    with app.app_context():
        assert work_off(handlers(HouseGeocoder)) == 1
        job = db.session.get_one(Job, job_id)
        assert (job.state, job.done, job.total) == (JobState.DONE, 26, 26)
        assert job.result is not None
        assert (job.result["before"]["postcode"], job.result["after"]["house"]) == (26, 26)
        assert job.result["url"].startswith("/orte/")


def test_a_job_that_was_interrupted_goes_on_where_it_was(app: Flask, given: Given) -> None:
    class Counting(HouseGeocoder):
        asked = 0

        def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
            Counting.asked += 1
            return super().locate(street, housenumber, postcode, city)

    with given():
        for number in range(service.STEP + 2):
            unlocated("Sonnenallee", str(number + 1), "12045")
        makers.register()
    with given():
        service.ask_to_relocate(by=IT).done = service.STEP

    with app.app_context():
        work_off(handlers(Counting))
    assert Counting.asked == 2


def test_a_job_that_was_interrupted_passes_nobody_over_when_pins_were_set_meanwhile(
    app: Flask, given: Given
) -> None:
    with given():
        people = [unlocated("Sonnenallee", "112", "12045") for _ in range(service.STEP + 3)]
        makers.register()
    with given():
        service.ask_to_relocate(by=IT).done = service.STEP
        for one in people[:3]:
            service.pin_home(one, Point(52.4803, 13.4402), by=IT, confirmed_m=None)

    with app.app_context():
        work_off(handlers(HouseGeocoder))
        assert [home_of(one).precision for one in people[-3:]] == [Precision.HOUSE] * 3


def test_a_home_that_was_left_meanwhile_is_not_found_again(app: Flask, given: Given) -> None:
    with given():
        person_id = unlocated("Sonnenallee", "112", "12045")
        makers.register()
        ids = queries.movable_homes()
    with app.app_context():
        answers = service.answers_about(ids, geocoder=HouseGeocoder())
    with given():
        service.change_home(person_id, WALDSTRASSE, geocoder=HouseGeocoder(), by=IT)

    with given():
        assert service.relocate_homes(ids, answers, by=IT) == 0


def test_who_sets_the_pin_has_answered(app: Flask, given: Given, person_id: int) -> None:
    with given():
        service.pin_home(person_id, Point(52.4301, 13.5402), by=IT)

    with app.app_context():
        home = home_of(person_id)
        assert home.candidates == []
        assert Finding.AMBIGUOUS not in findings(home)


def test_an_address_that_is_right_as_written_is_not_asked_about_again(
    app: Flask, given: Given, person_id: int
) -> None:
    with given():
        service.keep_as_written(person_id, by=IT)

    with given():
        assert not service.relocate_home(home_of(person_id), geocoder=HouseGeocoder(), by=IT)

    with app.app_context():
        assert home_of(person_id).candidates == []
