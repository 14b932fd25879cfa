"""The deeds around one person: her data, her home, when she is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice import clock
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.people import queries, service
from hoffice.people.models import Home
from hoffice.people.rules import HomeFields, PersonFields
from hoffice.places.rules import Precision
from hoffice.units import Actor, Point
from tests import makers
from tests.conftest import Given
from tests.makers import IT
from tests.postcodes import embedded

WEIDENUFER = HomeFields(street="Weidenufer", housenumber="3", postcode="14467", city="Potsdam")
SONNENALLEE = HomeFields(
    street="Sonnenallee", housenumber="912", postcode="12045", city="Berlin", floor="2", lift=True
)


def test_a_move_ends_the_old_home_and_locates_the_new_one(app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee(confirmed=True).id
    with given():
        service.change_home(person_id, WEIDENUFER, geocoder=embedded(), by=IT)

    with app.app_context():
        home = queries.home_of(person_id)
        assert home is not None
        assert (home.precision, home.radius_m) == (Precision.POSTCODE, 1500)
        assert home.confirmed_at is None
        assert [one.street for one in queries.former_homes(person_id)] == ["Sonnenallee"]
        assert "weidenufer" in queries.employee(person_id).search_text


def test_the_way_to_the_door_is_corrected_in_place(app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee(confirmed=True).id
    with given():
        service.change_home(person_id, SONNENALLEE, geocoder=embedded(), by=IT)

    with app.app_context():
        home = queries.home_of(person_id)
        assert home is not None
        assert (home.floor, home.lift) == ("2", True)
        assert home.confirmed_at is not None
        assert home.precision is Precision.HOUSE
        assert not queries.former_homes(person_id)


def test_saving_the_same_home_again_says_nothing_in_the_log(app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee().id
        service.change_home(person_id, SONNENALLEE, geocoder=embedded(), by=IT)
    with given():
        service.change_home(person_id, SONNENALLEE, geocoder=embedded(), by=IT)

    with app.app_context():
        actions = db.session.scalars(sa.select(AuditLine.action)).all()
        assert list(actions) == ["people.access_changed"]


def test_the_employee_changes_and_confirms_in_one_go(app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee().id
        herself = Actor.employee(person_id)
        service.change_home(person_id, WEIDENUFER, geocoder=embedded(), by=herself, confirmed=True)

    with app.app_context():
        home = queries.home_of(person_id)
        assert home is not None
        assert home.confirmed_by == str(herself)


def test_two_homes_at_once_are_impossible(given: Given) -> None:
    with given():
        person_id = makers.employee().id
        db.session.add(Home(employee_id=person_id, valid_from=clock.today(), street="Anger"))

        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_a_point_set_by_hand_wins(app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee(lat=None, lon=None).id
        service.pin_home(person_id, Point(52.4, 13.1), by=IT)

    with app.app_context():
        home = queries.home_of(person_id)
        assert home is not None
        assert (home.lat, home.precision) == (52.4, Precision.PINNED)


def test_nobody_is_confirmed_without_an_address(given: Given) -> None:
    with given():
        fields = PersonFields(personnel_number="1", first_name="Ayşe", last_name="Kaya")
        person_id = service.add_person(fields, None, geocoder=embedded(), by=IT).id

        with pytest.raises(Refused, match="no address yet"):
            service.confirm_home(person_id, by=IT)


def test_times_at_home_replace_the_former_ones_and_are_joined(app: Flask, given: Given) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with given():
        person_id = makers.employee().id
        service.say_at_home(person_id, [(tomorrow, 1000, 1100)], by=IT)
    with given():
        service.say_at_home(
            person_id, [(tomorrow, 600, 720), (tomorrow, 480, 610), (tomorrow, 800, 900)], by=IT
        )

    with app.app_context():
        said = queries.at_home(person_id, clock.today())
        assert [(one.start_min, one.end_min) for one in said] == [(480, 720), (800, 900)]


@pytest.mark.parametrize(("days", "start", "end"), [(-1, 480, 600), (1, 600, 600), (1, 0, 1441)])
def test_times_that_cannot_be_are_refused(given: Given, days: int, start: int, end: int) -> None:
    with given():
        person_id = makers.employee().id
        with pytest.raises(Refused):
            service.say_at_home(
                person_id, [(clock.today() + timedelta(days=days), start, end)], by=IT
            )


def test_a_person_who_is_not_there_is_not_found(given: Given) -> None:
    with given(), pytest.raises(NotFound):
        service.confirm_home(4711, by=IT)


def test_a_team_is_renamed_in_what_is_searched_too(app: Flask, given: Given) -> None:
    with given():
        person = makers.employee()
        team_id = person.team_id
        assert team_id is not None
        service.change_team(team_id, "Team Spree", by=IT, lead_account_id=None)

    with app.app_context():
        found = db.session.scalars(queries.employees().where(queries.search("spree"))).all()
        assert len(found) == 1
