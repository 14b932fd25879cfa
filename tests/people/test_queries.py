"""Reading people: in order, in batches, at a constant price."""

from __future__ import annotations

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.errors import NotFound
from hoffice.people import queries, service
from hoffice.people import queries as reading
from hoffice.places.rules import Precision
from tests import makers
from tests.conftest import Given
from tests.makers import IT


def test_lines_come_in_the_order_asked_for(app: Flask, given: Given) -> None:
    with given():
        first, second = makers.employee("Ayşe Kaya").id, makers.employee("Greta Brandt").id

    with app.app_context():
        assert [row.id for row in queries.rows_of([second, first, 999])] == [second, first]


def test_lines_homes_and_times_cost_the_same_for_many(
    app: Flask, given: Given, queries: list[str]
) -> None:
    with given():
        ids = [makers.employee(f"Person Nummer{number}").id for number in range(30)]

    def cost(some: list[int]) -> int:
        before = len(queries)
        with app.app_context():
            reading.rows_of(some)
            reading.homes_of(some)
            reading.at_home_of(some, clock.today())
        return len(queries) - before

    assert cost(ids[:3]) == cost(ids) <= 5  # SQLite's BEGIN is one of them


def test_percent_signs_in_a_search_are_only_signs(app: Flask, given: Given) -> None:
    with given():
        makers.employee("Ayşe Kaya")

    with app.app_context():
        assert db.session.scalars(queries.ids().where(queries.search("100%"))).all() == []
        assert db.session.scalars(queries.ids().where(queries.search_names("a_ka"))).all() == []
        assert len(db.session.scalars(queries.ids().where(queries.search("AYŞE kaya"))).all()) == 1


def test_people_are_found_by_how_well_their_home_is_known(app: Flask, given: Given) -> None:
    with given():
        makers.employee("Ayşe Kaya")
        makers.employee("Greta Brandt", lat=None, lon=None)

    with app.app_context():

        def count(precision: Precision) -> int:
            return len(
                db.session.scalars(queries.ids().where(queries.with_precision(precision))).all()
            )

        assert (count(Precision.HOUSE), count(Precision.NONE), count(Precision.STREET)) == (1, 1, 0)
        counts = queries.address_counts()
        assert (counts.people, counts.exact, counts.rough, counts.missing) == (2, 1, 0, 1)


def test_the_version_changes_with_every_deed(app: Flask, given: Given) -> None:
    with given():
        person_id = makers.employee("Ayşe Kaya").id
    with app.app_context():
        before = queries.version()

    with given():
        service.confirm_home(person_id, by=IT)

    with app.app_context():
        assert queries.version() != before


def test_who_is_not_there_is_not_found(app: Flask) -> None:
    with app.app_context():
        for ask in (queries.employee, queries.team, queries.client, queries.project):
            with pytest.raises(NotFound):
                ask(4711)
