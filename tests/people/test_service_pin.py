"""The deeds around a pin, on both databases."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice.audit.models import AuditLine, AuditPersonal
from hoffice.db import db
from hoffice.people import service
from hoffice.places.rules import PIN_FAR_M, Precision
from hoffice.units import Actor, Point
from tests import makers
from tests.conftest import Given
from tests.postcodes import embedded

IT = Actor.staff(1)
THERE = Point(52.481, 13.436)
"""Where the makers' people live."""
FAR = Point(52.49, 13.436)
FAR_M = 1_001


def personal(app: Flask, action: str) -> dict[str, object]:
    with app.app_context():
        values = db.session.scalar(
            select(AuditPersonal.values)
            .join(AuditLine, AuditLine.seq == AuditPersonal.seq)
            .where(AuditLine.action == action)
        )
        assert values is not None
        return dict(json.loads(values))


def test_a_pin_writes_from_where_to_where_and_by_whom(app: Flask, given: Given) -> None:
    with given():
        service.pin_home(makers.employee().id, Point(52.4815, 13.437), by=IT)

    assert personal(app, "people.home_pinned") == {
        "point": [[52.481, 13.436], [52.4815, 13.437]],
        "moved_m": 88,
    }
    with app.app_context():
        line = db.session.scalar(select(AuditLine).where(AuditLine.action == "people.home_pinned"))
        assert line is not None
        assert line.actor == "staff:1"
        assert not line.details  # where somebody lives can be erased


@pytest.mark.parametrize("confirmed_m", [None, 0, FAR_M - 1, FAR_M + 1])
def test_a_pin_far_away_needs_the_distance_that_was_looked_at(
    given: Given, confirmed_m: int | None
) -> None:
    with given():
        employee_id = makers.employee().id
        with pytest.raises(service.MovedFar) as refusal:
            service.pin_home(employee_id, FAR, by=IT, confirmed_m=confirmed_m)

    assert (refusal.value.metres, refusal.value.towards) == (FAR_M, "north")


def test_the_limit_itself_is_not_far(given: Given) -> None:
    north = PIN_FAR_M / 111_195.08
    with given():
        home = service.pin_home(makers.employee().id, Point(THERE.lat + north, THERE.lon), by=IT)
        assert home.precision is Precision.PINNED
        with pytest.raises(service.MovedFar):
            service.pin_home(home.employee_id, Point(THERE.lat - 0.01 * north, THERE.lon), by=IT)


def test_a_pin_taken_back_is_written_too(app: Flask, given: Given) -> None:
    with given():
        employee_id = makers.employee().id
        service.pin_home(employee_id, FAR, by=IT, confirmed_m=FAR_M)
    with given():
        home = service.unpin_home(employee_id, geocoder=embedded(), by=IT)
        assert home.precision is Precision.POSTCODE

    written = personal(app, "people.home_unpinned")
    assert written["point"][0] == [FAR.lat, FAR.lon]  # type: ignore[index]  # a list in JSON
    assert isinstance(written["moved_m"], int)


def test_what_was_not_pinned_is_not_taken_back(app: Flask, given: Given) -> None:
    with given():
        home = service.unpin_home(makers.employee().id, geocoder=embedded(), by=IT)
        assert home.precision is Precision.HOUSE

    with app.app_context():
        assert not db.session.scalars(
            select(AuditLine).where(AuditLine.action == "people.home_unpinned")
        ).all()
