"""The runs of the story: its order of doors, with the times and breaks of the planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hoffice.demo.cast.things import Run as Load
from hoffice.demo.cast.things import Stop as Seat
from hoffice.demo.loading.scene import Scene
from hoffice.people import queries as people
from hoffice.places.travel.straight import StraightLine
from hoffice.runs import queries
from hoffice.runs.models import Run, Shift, Stop
from hoffice.runs.planning.effects import driven
from hoffice.runs.planning.frame import Frame, legs_of
from hoffice.runs.planning.problem import Problem, Window
from hoffice.runs.service import key_of, propose_stop, timetable
from hoffice.runs.service.question import problem_of
from hoffice.units import Actor

SOON_MIN = 20


def make_run(scene: Scene, day: int, loads: Sequence[Load], *, by: Actor) -> Run:
    """Put the stops of a day onto its shift, with the times a van needs from door to door.

    This is what taking a plan does; the story's order is given, so nobody has to search for it.
    """
    shift = _shift_on(scene, day)
    put_off = scene.later_today if day == 0 else 0
    windows: dict[str, Window] = {}
    stops: list[Stop] = []
    trips: list[list[str]] = []
    for load in loads:
        trips.append([])
        for seat in load.stops:
            employee = people.by_number(seat.person)
            if employee is None:
                continue
            stop = propose_stop(employee.id, by=by)
            key = queries.stop_key(stop.id)
            windows[key] = _window(seat, shift, put_off, is_first=not trips[-1])
            stops.append(stop)
            trips[-1].append(key)
    problem = _told(problem_of([shift], stops), windows)
    frame = Frame(problem, legs_of(problem, StraightLine()))
    order = [[frame.node[key] for key in trip] for trip in trips if trip]
    route = driven(frame, frame.days[0], order).route
    [run] = timetable.write([route], {key_of(shift): shift})
    return run


def _shift_on(scene: Scene, day: int) -> Shift:
    on = scene.days.on(day)
    return queries.shifts(on, to_date=on)[0]


def _window(seat: Seat, shift: Shift, put_off: int, *, is_first: bool) -> Window:
    """The window of the story; the first of a trip is visited early in it, as the story tells."""
    start, end = (at.hour * 60 + at.minute + put_off for at in (seat.start, seat.end))
    return Window(shift.on_date, start, min(end, start + SOON_MIN) if is_first else end)


def _told(asked: Problem, windows: dict[str, Window]) -> Problem:
    """The problem with the windows of the story instead of what people have said."""
    stops = tuple(replace(stop, windows=(windows[stop.id],)) for stop in asked.stops)
    return replace(asked, stops=stops)
