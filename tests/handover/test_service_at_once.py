"""Two deeds on one run that meet in the worst moment: nobody's word is lost, all fits together."""

from __future__ import annotations

from functools import partial

import pytest
from flask import Flask

from hoffice.db import db
from hoffice.gates import service as gates
from hoffice.handover import service
from hoffice.handover.rules import FailureReason
from hoffice.kits.rules import BoxState
from hoffice.runs import queries as runs
from hoffice.runs import service as run_deeds
from hoffice.runs.models import Slot, Stop
from hoffice.runs.rules import RunState, StopState, Way
from tests.conftest import Given
from tests.handover import scene
from tests.races import Meeting, at_once, meet_after
from tests.runs import scene as run_scene
from tests.runs.scene import book

BY = scene.DRIVER


def test_two_boxes_of_a_stop_scanned_at_once_make_it_loaded(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit = scene.ready()
        run_id, codes = scene.run_of([kit]).id, scene.codes(kit.id)
        service.load_box(codes[0], run_id=run_id, by=BY)  # from here on both are released
        service.unload_box(codes[0], run_id=run_id, by=BY)
    meet_after(monkeypatch, gates, "check_load", Meeting())

    said = at_once(app, *(partial(service.load_box, c, run_id=run_id, by=BY) for c in codes))

    assert said == ["done", "done"]
    with app.app_context():
        [stop] = runs.run(run_id).stops
        assert {box.state for box in stop.kit.boxes} == {BoxState.LOADED}
        assert stop.state is StopState.LOADED


def test_a_box_scanned_while_the_van_leaves_is_on_it_or_stays_with_its_stop(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        first, second = scene.ready("Ada Ott"), scene.ready("Bo Rau")
        run_id, stop_id = scene.run_of([first, second]).id, scene.stop_id_of(second.id)
        scene.load(first.id, run_id)
        early, late = scene.codes(second.id)
        service.load_box(early, run_id=run_id, by=BY)
    meet_after(monkeypatch, run_deeds, "begin_loading", Meeting())

    at_once(
        app,
        partial(service.load_box, late, run_id=run_id, by=BY),
        partial(service.start, run_id, by=BY),
    )

    with app.app_context():
        stop = runs.stop(stop_id)
        [are_on_board] = {box.state is BoxState.LOADED for box in stop.kit.boxes}
        assert stop.state is (StopState.UNDER_WAY if are_on_board else StopState.PROPOSED)
        assert (stop.run_id is not None) == are_on_board


def test_two_last_doors_at_once_close_the_run(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        run_id = scene.under_way([scene.ready("Ada Ott"), scene.ready("Bo Rau")]).id
        stops = [stop.id for stop in runs.run(run_id).stops]
    meet_after(monkeypatch, run_deeds, "withdraw_slot", Meeting())

    said = at_once(
        app,
        *(
            partial(service.fail, one, FailureReason.NO_ACCESS, note="", by=BY, links=book())
            for one in stops
        ),
    )

    assert said == ["done", "done"]
    with app.app_context():
        assert runs.run(run_id).state is RunState.CLOSED


def test_a_run_is_promised_or_taken_apart_never_both(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        run_scene.people(2)
        run_deeds.propose_missing(by=BY)
        shift_ids = [shift.id for shift in run_scene.shifts(1)]
    with app.app_context():
        plan_id = run_scene.planned(shift_ids)
    with given():
        [run] = run_scene.taken(plan_id)
        run_id = run.id
    meeting = Meeting()
    meet_after(monkeypatch, run_deeds.promises, "promises_of", meeting)
    meet_after(monkeypatch, run_deeds.timetable, "_loosen", meeting)

    said = at_once(
        app,
        partial(run_deeds.promise_run, run_id, by=BY, book=run_scene.book()),
        partial(run_deeds.take_apart, run_id, by=BY),
    )

    assert sorted(answer == "done" for answer in said) == [False, True], said
    with app.app_context():
        promised = db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)).count()
        states = {(stop.state, stop.run_id is None) for stop in db.session.query(Stop)}
        assert (promised, states) in [
            (2, {(StopState.PROMISED, False)}),
            (0, {(StopState.PROPOSED, True)}),
        ]


def test_no_stop_is_taken_by_two_plans(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        run_scene.people(2)
        run_deeds.propose_missing(by=BY)
        shift_ids = [shift.id for shift in run_scene.shifts(2)]
    with app.app_context():
        plans = [run_scene.planned([shift_id]) for shift_id in shift_ids]
    meet_after(monkeypatch, runs, "unplanned_stops", Meeting())

    said = at_once(app, *(partial(run_deeds.take_plan, plan, by=BY) for plan in plans))

    assert sorted(answer == "done" for answer in said) == [False, True], said
    with app.app_context():
        assert len({stop.run_id for stop in db.session.query(Stop)}) == 1


def test_a_shift_gets_a_run_or_other_hours_never_both(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        run_scene.people(2)
        run_deeds.propose_missing(by=BY)
        [shift_id] = [shift.id for shift in run_scene.shifts(1)]
    with app.app_context():
        plan_id = run_scene.planned([shift_id])
    meeting = Meeting()
    meet_after(monkeypatch, run_deeds.plans, "_present", meeting)
    meet_after(monkeypatch, runs, "shift", meeting)

    said = at_once(
        app,
        partial(run_deeds.take_plan, plan_id, by=BY),
        partial(
            run_deeds.change_shift, shift_id, start_min=840, end_min=900, driver_id=None, by=BY
        ),
    )

    assert sorted(answer == "done" for answer in said) == [False, True], said


def test_a_van_leaves_while_a_stop_that_stays_behind_gets_another_way_home(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        going, staying = scene.ready("Ada Ott"), scene.ready("Bo Rau")
        run_id, stop_id = scene.run_of([going, staying]).id, scene.stop_id_of(staying.id)
        left = runs.stop(stop_id)
        run_deeds.withdraw_slot(left)
        left.state = StopState.PROPOSED
        scene.load(going.id, run_id)
    meeting = Meeting()
    meet_after(monkeypatch, runs, "locked_stop", meeting)
    meet_after(monkeypatch, run_deeds, "left_behind", meeting)

    said = at_once(
        app,
        partial(service.start, run_id, by=BY),
        partial(run_deeds.set_way, stop_id, Way.OFFICE, by=BY),
    )

    assert said[0] == "done"
    assert said[1] == "done" or "already being loaded" in said[1]
    with app.app_context():
        assert runs.stop(stop_id).run_id is None
