"""The runs of the story, driven with the embedded travel model, stop after stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hoffice.db import db
from hoffice.demo.cast.things import Run as Load
from hoffice.demo.loading.scene import Scene
from hoffice.people import queries as people
from hoffice.places.travel.straight import StraightLine
from hoffice.runs import queries
from hoffice.runs.models import Run, Shift, Stop
from hoffice.runs.rules import RunState
from hoffice.runs.service import propose_stop
from hoffice.units import Actor

BREAK_MIN = 30


@dataclass
class _Clock:
    """Where the van is in its day."""

    minute: float
    place: tuple[float, float]
    distance_km: float = 0.0
    rest_min: int = 0


def make_run(scene: Scene, day: int, loads: Sequence[Load], *, by: Actor) -> Run:
    """Put the stops of a day onto its shift, with the times a van needs from door to door.

    This is what taking a plan does; the story's order is given, so nobody has to search for it.
    """
    shift = _shift_on(scene, day)
    run = Run(
        shift=shift,
        state=RunState.PLANNED,
        start_min=shift.start_min,
        end_min=shift.end_min,
        distance_m=0,
        work_min=0,
        breaks=[],
    )
    db.session.add(run)
    db.session.flush()
    office = scene.cast.office.point
    depot = (office.lat, office.lon)
    put_off = scene.later_today if day == 0 else 0
    van = _Clock(shift.start_min, depot)
    position = 0
    for trip, load in enumerate(loads, start=1):
        if trip > 1:
            run.breaks.append([round(van.minute), round(van.minute) + BREAK_MIN])
            van.minute, van.rest_min = van.minute + 2 * BREAK_MIN, van.rest_min + BREAK_MIN
        for seat in load.stops:
            employee = people.by_number(seat.person)
            if employee is None:
                continue
            stop = propose_stop(employee.id, by=by)
            position += 1
            stop.run, stop.position, stop.trip = run, position, trip
            opens = seat.start.hour * 60 + seat.start.minute + put_off
            _drive(van, stop, opens)
        _go(van, depot)
    run.end_min, run.distance_m = round(van.minute), round(van.distance_km * 1000)
    run.work_min = run.end_min - run.start_min - van.rest_min
    db.session.flush()
    return run


def _shift_on(scene: Scene, day: int) -> Shift:
    on = scene.days.on(day)
    return queries.shifts(on, to_date=on)[0]


def _drive(van: _Clock, stop: Stop, opens_min: int) -> None:
    """Drive to a door, wait until its window has begun, do what is to be done there."""
    home = stop.home
    _go(van, (home.lat or van.place[0], home.lon or van.place[1]))
    stop.arrive_min = round(van.minute)
    stop.start_min = max(stop.arrive_min, opens_min)
    stop.leave_min = stop.start_min + stop.service_min
    van.minute = stop.leave_min


def _go(van: _Clock, place: tuple[float, float]) -> None:
    minutes, km = StraightLine().leg(van.place, place)
    van.minute, van.place = van.minute + minutes, place
    van.distance_km += km
