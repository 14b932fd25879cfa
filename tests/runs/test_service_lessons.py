"""What a closed run teaches about drives, and what it must not teach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.places.models import DrivenLeg
from hoffice.places.rules import Precision
from hoffice.places.travel.straight import StraightLine
from hoffice.runs import queries, service
from hoffice.runs.models import Run, Slot, Stop
from hoffice.runs.rules import RunState, StopState
from tests.conftest import Given
from tests.runs import scene
from tests.runs.scene import IT

EIGHT = 8 * 60


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


def at(minute: float) -> timedelta:
    """So many minutes after midnight in Berlin, from the scene's midnight on."""
    return timedelta(minutes=minute)


def drive(*, factor: float = 1.25, change: Callable[[Run, list[Stop]], None] | None = None) -> Run:
    """A run to four doors that is driven and closed; each leg takes the model's minutes x factor.

    ``change`` alters what happened before the run is closed.
    """
    scene.people(4)
    shift = scene.shifts(1)[0]
    service.propose_missing(by=IT)
    stops = sorted(queries.unplanned_stops(), key=lambda stop: stop.id)
    midnight = scene.TODAY.astimezone(clock.BERLIN).replace(hour=0, minute=0)
    run = Run(
        shift=shift,
        state=RunState.UNDER_WAY,
        start_min=EIGHT,
        end_min=16 * 60,
        distance_m=1,
        work_min=1,
        breaks=[],
        started_at=midnight + at(EIGHT),
    )
    db.session.add(run)
    depot = queries.depot()
    assert depot is not None
    place, minute = (depot.lat, depot.lon), float(EIGHT)
    for position, stop in enumerate(stops, start=1):
        stop.run, stop.position, stop.service_min = run, position, 15
        door = (stop.home.lat or 0.0, stop.home.lon or 0.0)
        minute += factor * StraightLine().leg(place, door)[0] + stop.service_min
        stop.state, stop.ended_at = StopState.DONE, midnight + at(minute)
        place = door
    db.session.flush()
    if change is not None:
        change(run, stops)
    db.session.flush()
    service.close_run(run, by=IT)
    return run


def taught() -> dict[int, float]:
    """By the place in the run of the stop that a leg leads to: driven over the model's minutes."""
    places = {
        stop.id: stop.position or 0 for stop in db.session.scalars(db.select(Stop)) if stop.run_id
    }
    return {
        places[int(leg.reference.removeprefix("stop:"))]: leg.driven_min / leg.model_min
        for leg in db.session.scalars(db.select(DrivenLeg))
    }


def test_every_drive_of_a_closed_run_teaches(given: Given, app: Flask) -> None:
    with given():
        drive(factor=1.25)

    with app.app_context():
        assert taught() == pytest.approx(dict.fromkeys((1, 2, 3, 4), 1.25))


def test_a_run_teaches_once_however_often_it_is_read(given: Given, app: Flask) -> None:
    with given():
        drive()
    with given():
        assert service.learn_from_all() == 0

    with app.app_context():
        assert len(taught()) == 4


def test_runs_closed_before_can_be_read_later(given: Given, app: Flask) -> None:
    with given():
        drive()
        db.session.execute(db.delete(DrivenLeg))

    result = app.test_cli_runner().invoke(args=["runs", "learn"])

    assert result.output.splitlines()[-1] == '{"legs": 4}'


def a_break(run: Run, stops: list[Stop]) -> None:
    ended = stops[1].ended_at
    assert ended is not None
    wall = ended.astimezone(clock.BERLIN)
    run.breaks = [[wall.hour * 60 + wall.minute + 5, wall.hour * 60 + wall.minute + 20]]


def a_closed_door(_run: Run, stops: list[Stop]) -> None:
    stops[2].state = StopState.FAILED


def a_door_known_by_its_postcode(_run: Run, stops: list[Stop]) -> None:
    stops[2].home.precision = Precision.POSTCODE


def a_second_trip(_run: Run, stops: list[Stop]) -> None:
    stops[2].trip = stops[3].trip = 2


def a_wait_for_the_window(run: Run, stops: list[Stop]) -> None:
    ended = stops[2].ended_at
    assert ended is not None
    wall = (ended - timedelta(minutes=stops[2].service_min)).astimezone(clock.BERLIN)
    opens = wall.hour * 60 + wall.minute
    db.session.add(
        Slot(
            stop_id=stops[2].id,
            shift=run.shift,
            seat=1,
            start_min=opens,
            end_min=opens + 120,
            promised_at=scene.TODAY,
        )
    )
    db.session.flush()
    db.session.expire(stops[2], ["slot"])


def a_visit_written_down_hours_later(_run: Run, stops: list[Stop]) -> None:
    for stop in stops[2:]:
        assert stop.ended_at is not None
        stop.ended_at += timedelta(hours=5)


def a_visit_written_down_in_a_row(_run: Run, stops: list[Stop]) -> None:
    assert stops[1].ended_at is not None
    stops[2].ended_at = stops[1].ended_at + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (a_break, {1, 2, 4}),
        (a_closed_door, {1, 2, 4}),
        (a_door_known_by_its_postcode, {1, 2}),
        (a_second_trip, {1, 2, 4}),
        (a_wait_for_the_window, {1, 2, 4}),
        (a_visit_written_down_hours_later, {1, 2, 4}),
    ],
)
def test_what_is_no_plain_drive_teaches_nothing(
    change: Callable[[Run, list[Stop]], None], left: set[int], given: Given, app: Flask
) -> None:
    with given():
        drive(change=change)

    with app.app_context():
        assert set(taught()) == left


def test_visits_written_down_in_one_go_teach_nothing(given: Given, app: Flask) -> None:
    with given():
        drive(change=a_visit_written_down_in_a_row)

    with app.app_context():
        assert 3 not in taught()


def test_a_run_without_a_start_teaches_from_its_second_door_on(given: Given, app: Flask) -> None:
    def unknown_start(run: Run, _stops: list[Stop]) -> None:
        run.started_at = None

    with given():
        drive(change=unknown_start)

    with app.app_context():
        assert set(taught()) == {2, 3, 4}
