"""What a new plan may change: everything, nothing but who waits, or only the order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import unit_of_work
from hoffice.errors import Refused
from hoffice.runs import queries, service
from hoffice.runs.planning import problem as problems
from hoffice.runs.rules import PlanMode
from hoffice.runs.service import arrangement
from hoffice.runs.service.arrangement import trips_of
from tests.conftest import Given
from tests.runs import campaign, scene
from tests.runs.scene import IT
from tests.told import Told

Lanes = dict[int, list[int]]


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def shift_ids(app: Flask, told: Told) -> list[int]:
    """Four people planned by hand crosswise on two days, two more who wait."""
    ids = campaign.waiting(app, told)
    with app.app_context(), unit_of_work():
        stops = [stop.id for stop in queries.unplanned_stops()]
        days = {ids[0]: [[stops[0], stops[5]]], ids[1]: [[stops[1], stops[3]]]}
        arrangement.save(queries.timetable().version, days, scene.roads(), by=IT)
    return ids


def lanes(shift_ids: list[int]) -> Lanes:
    """Who goes on which shift, in order."""
    shifts = queries.arranged_shifts(shift_ids)
    return {shift.id: [stop for trip in trips_of(shift) for stop in trip] for shift in shifts}


def planned(app: Flask, shift_ids: list[int], mode: PlanMode) -> tuple[Lanes, Lanes]:
    """The lanes before and after a plan of this mode was asked for and taken."""
    with app.app_context():
        before = lanes(shift_ids)
    with app.app_context(), unit_of_work():
        job = service.ask_for_plan(shift_ids, seconds=5, by=IT, mode=mode)
        plan_id = int(job.args["plan"])
    with app.app_context():
        assert scene.work() == 1
    with app.app_context(), unit_of_work():
        scene.taken(plan_id)
    with app.app_context():
        return before, lanes(shift_ids)


def test_a_plan_that_only_puts_in_leaves_every_run_as_it_was(
    app: Flask, shift_ids: list[int]
) -> None:
    before, after = planned(app, shift_ids, PlanMode.INSERT)
    for shift, stops in before.items():
        assert [stop for stop in after[shift] if stop in stops] == stops
    assert sum(map(len, after.values())) == 6


def test_a_plan_that_re_orders_keeps_who_goes_with_which_run(
    app: Flask, shift_ids: list[int]
) -> None:
    before, after = planned(app, shift_ids, PlanMode.REORDER)
    for shift, stops in before.items():
        assert set(stops) <= set(after[shift])


def test_a_plan_that_may_change_everything_needs_one_day_only(
    app: Flask, shift_ids: list[int]
) -> None:
    _, after = planned(app, shift_ids, PlanMode.EVERYTHING)
    assert sorted(map(len, after.values())) == [0, 6]


def test_a_fixed_stop_stays_in_its_run_and_a_fixed_run_as_it_is(
    app: Flask, given: Given, shift_ids: list[int]
) -> None:
    with app.app_context():
        before = lanes(shift_ids)
    first, second = shift_ids
    with given():
        service.fix_stop(before[first][0], is_fixed=True, by=IT)
        run = queries.shift(second).run
        assert run is not None
        service.fix_run(run.id, is_fixed=True, by=IT)
    _, after = planned(app, shift_ids, PlanMode.EVERYTHING)
    assert after[second] == before[second]
    assert before[first][0] in after[first]


def test_the_question_names_no_shift_whose_run_is_fixed(given: Given, shift_ids: list[int]) -> None:
    with given():
        run = queries.shift(shift_ids[0]).run
        assert run is not None
        service.fix_run(run.id, is_fixed=True, by=IT)
        asked = service.problem_for(shift_ids)
        assert [shift.day for shift in asked.shifts] == [scene.TUESDAY]


def test_a_plan_is_not_taken_when_it_moves_somebody_who_was_fixed_meanwhile(
    app: Flask, given: Given, shift_ids: list[int]
) -> None:
    with given():
        job = service.ask_for_plan(shift_ids, seconds=5, by=IT)
        plan_id = int(job.args["plan"])
    with app.app_context():
        assert scene.work() == 1
        answer = queries.plan(plan_id).answer
        now = lanes(shift_ids)
    assert answer is not None
    routed = {
        queries.stop_number(stop["id"]): (route["van"], route["date"])
        for route in answer["routes"]
        for trip in route["trips"]
        for stop in trip["stops"]
    }
    days = dict(zip(shift_ids, (scene.MONDAY, scene.TUESDAY), strict=True))
    moved = next(
        stop
        for shift, stops in now.items()
        for stop in stops
        if routed[stop][1] != days[shift].isoformat()
    )
    with given():
        service.fix_stop(moved, is_fixed=True, by=IT)
    with given(), pytest.raises(Refused, match="was fixed to"):
        service.take_plan(plan_id, by=IT)


def test_every_mode_asks_for_promised_windows_as_they_were_promised(
    given: Given, shift_ids: list[int]
) -> None:
    with given():
        run = queries.shift(shift_ids[0]).run
        assert run is not None
        service.promise_run(run.id, by=IT, book=scene.book())
        number = run.stops[0].id
        slot = run.stops[0].slot
        assert slot is not None
        for mode in PlanMode:
            stop = service.problem_for(shift_ids, mode=mode).stop[queries.stop_key(number)]
            assert stop.required
            assert stop.windows == (problems.Window(scene.MONDAY, slot.start_min, slot.end_min),)


def test_who_was_fixed_to_a_run_that_is_taken_apart_is_bound_to_no_other(
    given: Given, shift_ids: list[int]
) -> None:
    with given():
        run = queries.shift(shift_ids[0]).run
        assert run is not None
        run_id, stop_id = run.id, run.stops[0].id
        service.fix_stop(stop_id, is_fixed=True, by=IT)
    with given():
        service.take_apart(run_id, by=IT)
    with given():
        assert queries.stop(stop_id).fixed_at is None


def test_who_spoke_of_today_alone_and_was_not_found_is_planned_on_any_day(
    app: Flask, given: Given, shift_ids: list[int]
) -> None:
    with given():
        stop = queries.unplanned_stops()[0]
        scene.at_home(stop.employee, clock.today(), 600, 660)
        stop_id = stop.id

    _before, after = planned(app, shift_ids, PlanMode.INSERT)

    assert any(stop_id in stops for stops in after.values())
