"""A kit that was dissolved after its stop was proposed."""

from __future__ import annotations

import pytest
from flask import Flask

from hoffice.errors import Refused
from hoffice.kits import service as kits
from hoffice.runs import queries, service
from hoffice.runs.models import Stop
from hoffice.runs.service import moving
from tests.conftest import Given
from tests.handover.scene import move
from tests.runs import scene


def test_nobody_drives_for_a_kit_that_was_dissolved(app: Flask, given: Given) -> None:
    with given():
        first, _second = scene.people(2)
        service.propose_missing(by=scene.IT)
        stop = queries.open_stop_of(first.id)
        assert stop is not None
        kits.dissolve_kit(stop.kit_id, by=scene.IT)
        shift_ids = [shift.id for shift in scene.shifts(1)]
        gone = first.id

    with app.app_context():
        assert gone not in {stop.employee_id for stop in queries.unplanned_stops()}
        asked = service.problem_for(shift_ids)
        assert len(asked.stops) == 1


def test_a_run_is_not_promised_for_a_kit_that_was_dissolved(app: Flask, given: Given) -> None:
    with given():
        first, _second = scene.people(2)
        service.propose_missing(by=scene.IT)
        shift_ids = [shift.id for shift in scene.shifts(1)]
        person_id = first.id
    with app.app_context():
        plan_id = scene.planned(shift_ids)
    with given():
        [run] = scene.taken(plan_id)
        stop = queries.open_stop_of(person_id)
        assert stop is not None
        kits.dissolve_kit(stop.kit_id, by=scene.IT)
        run_id = run.id

    with given(), pytest.raises(Refused, match="dissolved"):
        service.promise_run(run_id, by=scene.IT, book=scene.book())


def test_a_promise_that_cannot_be_kept_is_found_before_the_van_is_loaded(
    app: Flask, given: Given
) -> None:
    with given():
        first, second, _third = scene.people(3)
        service.propose_missing(by=scene.IT)
        shift_ids = [shift.id for shift in scene.shifts(1)]
        kit_of_first, second_id = _stop_of(first.id).kit_id, second.id
    with app.app_context():
        plan_id = scene.planned(shift_ids)
    with given():
        [run] = scene.taken(plan_id)
        service.promise_run(run.id, by=scene.IT, book=scene.book())
        assert queries.promised_in_vain() == []

    with given():
        kits.dissolve_kit(kit_of_first, by=scene.IT)
        move(second_id)

    with app.app_context():
        found = queries.promised_in_vain()
        assert {stop.kit_id for stop in found} == {kit_of_first, _stop_of(second_id).kit_id}
        assert [stop.slot.start_min for stop in found if stop.slot] == sorted(
            stop.slot.start_min for stop in found if stop.slot
        )
        called_off = _stop_of(second_id).id
    with given():
        moving.call_off(called_off, "Du bist umgezogen.", by=scene.IT, book=scene.book())
        assert [stop.kit_id for stop in queries.promised_in_vain()] == [kit_of_first]


def _stop_of(employee_id: int) -> Stop:
    stop = queries.open_stop_of(employee_id)
    assert stop is not None
    return stop
