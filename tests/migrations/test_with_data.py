"""A house with people in it goes through every migration without losing any."""

from __future__ import annotations

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.people import queries
from hoffice.places.rules import Precision
from hoffice.runs import service as runs
from hoffice.runs.models import Run
from tests import makers
from tests.conftest import Given
from tests.runs import scene

BEFORE_PLACES = "0001_first_journey"


def test_homes_and_runs_go_down_and_up_again(app: Flask, given: Given) -> None:
    with given():
        [person] = scene.people(1)
        employee_id = person.id
        runs.propose_missing(by=makers.IT)
        shift_ids = [shift.id for shift in scene.shifts(1)]
        home = queries.home_of(employee_id)
        assert home is not None
        home.matched, home.remarks = "Sonnenallee 912, 12045 Berlin", [{"finding": "renamed"}]
        before = (home.id, home.line, home.lat, home.confirmed_at)
    with app.app_context(), clock.frozen(scene.TODAY):
        plan_id = scene.planned(shift_ids)
    with given(), clock.frozen(scene.TODAY):
        [run] = scene.taken(plan_id)
        run_id, stop_ids = run.id, [stop.id for stop in run.stops]

    with app.app_context():
        flask_migrate.downgrade(revision=BEFORE_PLACES)
        columns = {column["name"] for column in sa.inspect(db.engine).get_columns("home")}
        assert "matched" not in columns
        flask_migrate.upgrade()

    with app.app_context():
        kept = queries.home_of(employee_id)
        assert kept is not None
        assert (kept.id, kept.line, kept.lat, kept.confirmed_at) == before
        assert (kept.precision, kept.matched) == (Precision.HOUSE, "")
        assert (kept.remarks, kept.candidates) == ([], [])
        again = db.session.get_one(Run, run_id)
        assert [(stop.id, stop.home_id) for stop in again.stops] == [
            (stop_id, kept.id) for stop_id in stop_ids
        ]
        assert again.plan_id == plan_id
