"""A run that is late: the rest from where the van is, shown first, then taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import unit_of_work
from hoffice.errors import Refused
from hoffice.runs import queries, service
from hoffice.runs.planning.problem import Point
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.service import arrangement, underway
from hoffice.runs.views.lanes import lane_of_shift
from tests.conftest import Given
from tests.runs import scene
from tests.runs.scene import IT

Ids = list[int]


def today(hour: int, minute: int = 0) -> datetime:
    """A moment of the Monday in Berlin."""
    return datetime(2020, 3, 23, hour, minute, tzinfo=clock.BERLIN)


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """It is half past ten; the van has left at eight."""
    with clock.frozen(today(10, 30)):
        yield


@pytest.fixture
def run_id(app: Flask, given: Given) -> int:
    """Five promised stops on two trips, the first three under way, the very first one done."""
    with given():
        scene.people(5)
        shift_id = scene.shifts(1)[0].id
        service.propose_missing(by=IT)
    with app.app_context(), unit_of_work():
        stops = [stop.id for stop in queries.unplanned_stops()]
        days = {shift_id: [stops[:3], stops[3:]]}
        arrangement.save(queries.timetable().version, days, scene.roads(), by=IT)
    with given():
        run = queries.shift(shift_id).run
        assert run is not None
        service.promise_run(run.id, by=IT, book=scene.book())
        run = queries.run(run.id)
        with clock.frozen(today(8)):
            run.state = RunState.LOADING
            for stop in run.stops[:3]:
                stop.state = StopState.LOADED
            service.start_run(run.id, by=IT)
        with clock.frozen(today(8, 50)):
            service.end_stop(queries.run(run.id).stops[0], StopState.DONE, by=IT)
        return run.id


def left(run_id: int) -> Ids:
    return [stop.id for stop in queries.run(run_id).stops if stop.ended_at is None]


def test_the_question_begins_now_at_the_last_door_with_what_is_in_the_van(
    app: Flask, run_id: int
) -> None:
    with app.app_context():
        run = queries.run(run_id)
        now = underway.under_way(run)
        begun = now.problem.shifts[0].begun
        assert begun is not None
        assert begun.at == 10 * 60 + 30
        assert begun.position == (run.stops[0].home.lat, run.stops[0].home.lon)
        assert begun.on_board == tuple(queries.stop_key(stop.id) for stop in run.stops[1:3])
        assert begun.worked_min == begun.at - run.start_min
        assert now.trips == (
            tuple(stop.id for stop in run.stops[1:3]),
            tuple(stop.id for stop in run.stops[3:]),
        )
        other = underway.under_way(run, position=Point(52.5, 13.4)).problem.shifts[0].begun
        assert other is not None
        assert other.position == Point(52.5, 13.4)


def test_looking_at_the_rest_writes_nothing_and_asks_only_for_what_is_left(
    app: Flask, run_id: int
) -> None:
    with app.app_context():
        before = [(stop.id, stop.start_min) for stop in queries.run(run_id).stops]
        found = underway.options(run_id, scene.roads())
        assert set(found.after.starts) == set(left(run_id))
        assert all(start >= 10 * 60 + 30 for start in found.after.starts.values())
        assert len(found.after.broken) <= len(found.before.broken)
    with app.app_context():
        assert [(stop.id, stop.start_min) for stop in queries.run(run_id).stops] == before


def test_taking_an_order_writes_order_and_times_of_what_is_left_and_nothing_else(
    app: Flask, given: Given, run_id: int
) -> None:
    with app.app_context():
        run = queries.run(run_id)
        done = run.stops[0]
        ended = (done.id, done.position, done.start_min, done.trip)
        slots = {s.id: (s.slot.start_min, s.slot.shift_id) for s in run.stops if s.slot}
        aboard, later = left(run_id)[:2], left(run_id)[2:]
        version = queries.timetable().version
    order = [aboard[::-1], later[::-1]]
    with given():
        underway.take_order(run_id, order, scene.roads(), by=IT)
    with app.app_context():
        run = queries.run(run_id)
        done = run.stops[0]
        assert (done.id, done.position, done.start_min, done.trip) == ended
        assert [stop.id for stop in run.stops[1:]] == [*aboard[::-1], *later[::-1]]
        assert [stop.trip for stop in run.stops[1:]] == [1, 1, 2, 2]
        starts = [stop.start_min or 0 for stop in run.stops[1:]]
        assert starts == sorted(starts)
        assert starts[0] >= 10 * 60 + 30
        assert run.end_min > starts[-1]
        assert {s.id: (s.slot.start_min, s.slot.shift_id) for s in run.stops if s.slot} == slots
        assert queries.timetable().version > version
        assert run.state is RunState.UNDER_WAY


def test_a_stop_that_failed_out_of_turn_stands_where_it_ended(
    app: Flask, given: Given, run_id: int
) -> None:
    with app.app_context():
        first, second, third, *later = [stop.id for stop in queries.run(run_id).stops]
    with given():
        service.end_stop(queries.stop(third), StopState.FAILED, by=IT, failure="nobody there")
        underway.take_order(run_id, [[second], later], scene.roads(), by=IT)
    with app.test_request_context():
        run = queries.run(run_id)
        assert [stop.id for stop in run.stops] == [first, third, second, *later]
        assert [stop.position for stop in run.stops] == [1, 2, 3, 4, 5]
        lane = lane_of_shift(1, run.shift, run, load_min=15, said={})
        assert [visit.ended_as for visit in lane.visits if visit.ended] == ["done", "problem"]
        starts = [visit.start for visit in lane.visits]
        assert starts == sorted(starts)
        assert not any(visit.window.is_missed for visit in lane.visits[:2])


def test_a_van_that_left_before_its_time_has_worked_since_then(
    app: Flask, given: Given, run_id: int
) -> None:
    with given():
        queries.run(run_id).start_min = 12 * 60
    with app.app_context():
        aboard, later = left(run_id)[:2], left(run_id)[2:]
    with given():
        run = underway.take_order(run_id, [aboard, later], scene.roads(), by=IT)
        assert run.start_min == 10 * 60 + 30
        assert run.work_min <= run.end_min - run.start_min


def test_an_order_is_refused_that_forgets_adds_or_unloads_somebody(
    app: Flask, given: Given, run_id: int
) -> None:
    with app.app_context():
        aboard, later = left(run_id)[:2], left(run_id)[2:]
        gone = queries.run(run_id).stops[0].id
    wrong: tuple[list[Ids], ...] = (
        [],
        [aboard],
        [aboard, [*later, later[0]]],
        [[*aboard, gone], later],
        [later, aboard],
        [[aboard[0]], [aboard[1], *later]],
    )
    for order in wrong:
        with given(), pytest.raises(Refused, match="has changed in the meantime"):
            underway.take_order(run_id, order, scene.roads(), by=IT)


def test_between_two_trips_the_rest_begins_at_the_depot(
    app: Flask, given: Given, run_id: int
) -> None:
    with given():
        for stop in queries.run(run_id).stops[1:3]:
            service.end_stop(stop, StopState.DONE, by=IT)
    with app.app_context():
        depot = queries.depot()
        assert depot is not None
        now = underway.under_way(queries.run(run_id))
        begun = now.problem.shifts[0].begun
        assert begun is not None
        assert begun.position == Point(depot.lat, depot.lon)
        assert now.trips[0] == ()
        order = [[], left(run_id)[::-1]]
    with given():
        underway.take_order(run_id, order, scene.roads(), by=IT)
    with app.app_context():
        assert left(run_id) == order[1]
        assert {stop.trip for stop in queries.run(run_id).stops[3:]} == {2}


def test_only_a_run_of_today_that_is_under_way_has_a_rest(app: Flask, run_id: int) -> None:
    with app.app_context():
        run = queries.run(run_id)
        with clock.frozen(scene.TODAY.replace(day=24)), pytest.raises(Refused, match="today"):
            underway.under_way(run)
        run.state = RunState.PROMISED
        with pytest.raises(Refused, match="under way"):
            underway.under_way(run)
