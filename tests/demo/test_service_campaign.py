"""The campaign for windows at the end of the story: asked, chosen, asked to move, insisted."""

from __future__ import annotations

from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.demo.guide import PEOPLE
from hoffice.demo.loading.timetable import ASKED, ASKED_TO_MOVE, HAVE_CHOSEN, INSISTS
from hoffice.people import queries as people
from hoffice.places.travel.straight import StraightLine
from hoffice.runs import queries as runs
from hoffice.runs.models import Run, Slot, SlotOffer, SlotWish, Stop
from hoffice.runs.queries import slots as records
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.service import slots
from tests.conftest import Given
from tests.demo import stage
from tests.told import Told

FREE = "4117"
WHO = (FREE, "4189", "4206", *HAVE_CHOSEN, INSISTS)


def stop_of(number: str) -> Stop:
    found = people.by_number(number)
    assert found is not None
    stop = runs.open_stop_of(found.id)
    assert stop is not None
    return stop


def test_the_campaign_of_the_story_waits_for_answers(app: Flask, told: Told) -> None:
    refused = stage.happened(app, told, WHO)
    assert [one for one in refused if not one.startswith("plan")] == []

    with app.app_context(), clock.frozen(stage.NOON):
        planned = db.session.query(Run).filter_by(state=RunState.PLANNED).all()
        assert {stop.employee.personnel_number for run in planned for stop in run.stops} <= {*WHO}
        assert stop_of(FREE).invited_at is not None
        assert stop_of(FREE).slot is None
        assert slots.windows_for(stop_of(FREE).id, roads=StraightLine()).windows
        for number in HAVE_CHOSEN:
            assert stop_of(number).state is StopState.PROMISED
        assert records.open_move(stop_of(ASKED_TO_MOVE).id) is not None
        assert records.open_wish(stop_of(INSISTS).id) is not None


def test_the_campaign_told_twice_has_happened_once(app: Flask, given: Given, told: Told) -> None:
    kinds = (Run, Slot, SlotOffer, SlotWish)
    stage.happened(app, told, WHO)
    with app.app_context():
        once = [db.session.query(kind).count() for kind in kinds]
    with given():
        stage.play(stage.scene(stage.files_of(app), who=WHO))
    with app.app_context():
        assert [db.session.query(kind).count() for kind in kinds] == once


def test_the_guide_leads_to_each_side_of_the_campaign() -> None:
    shown = {number for number, _text in PEOPLE}
    assert {ASKED_TO_MOVE, INSISTS} <= shown
    assert (shown & {*ASKED}) - {*HAVE_CHOSEN, INSISTS} == {FREE}
