"""The days ahead as the planner sees them: all open shifts, with their runs as the witness."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hoffice import clock
from hoffice.db import db
from hoffice.people import queries as people
from hoffice.runs import queries, rules
from hoffice.runs.models import Shift, Stop
from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.frame import Frame, Legs, Roads, ask
from hoffice.runs.planning.problem import Problem, Window
from hoffice.runs.service import timetable
from hoffice.runs.service.question import Key, is_open, key_of, present_routes, problem_of

LEAD_DAYS = 1
"""Nothing is offered, and nothing may be changed, before tomorrow: the boxes of today are being
loaded, and whoever opens the mail in the morning must not find a window that has begun."""

KEPT_S = 300.0
"""So long a frame is kept for the same question: travel times learn from the legs of our vans."""


def first_day() -> date:
    """The first day on which a window may be promised."""
    return clock.today() + timedelta(days=LEAD_DAYS)


@dataclass(frozen=True)
class Outlook:
    """What is planned from the first day on: nobody on these routes may be lost by an offer."""

    frame: Frame
    routes: dict[int, list[list[int]]]
    shifts: tuple[Shift, ...]
    version: int

    def node(self, stop: Stop) -> int | None:
        """The place of a stop in the frame; None for one without a point on the map."""
        return self.frame.node.get(queries.stop_key(stop.id))

    @property
    def by_key(self) -> dict[Key, Shift]:
        """The shifts by the name that plans give them."""
        return {key_of(shift): shift for shift in self.shifts}

    def for_person(self, stop: Stop, node: int) -> Frame:
        """The frame in which this person is bound by her own times only, by no promise."""
        return self.frame.with_windows(node, own_times(stop))


def own_times(stop: Stop) -> tuple[Window, ...]:
    """When the person said to be at home from the first day on; () when any time will do."""
    said = people.at_home(stop.employee_id, first_day())
    return tuple(Window(span.on_date, span.start_min, span.end_min) for span in said)


def held() -> None:
    """Keep the timetable, and forget what was read before: it may be of yesterday."""
    db.session.flush()
    timetable.hold()
    db.session.expire_all()


def outlook(roads: Roads, *, with_waiting: bool = True, is_booked: bool = True) -> Outlook | None:
    """The open shifts from the first day on; None when no van drives.

    Reads only. Runs that are fixed or being loaded are left out. Refused without a depot.
    ``with_waiting`` brings the stops that no run has yet. Van-days that are booked for people who
    choose stand open, whether or not anybody is planned there; not so without ``is_booked``.
    """
    version = queries.timetable().version
    shifts = tuple(shift for shift in queries.shifts(first_day()) if is_open(shift))
    if not shifts:
        return None
    ids = [stop.id for shift in shifts if shift.run for stop in shift.run.stops]
    waiting = queries.unplanned_stops() if with_waiting else ()
    stops = [
        stop
        for stop in (*queries.stops_by_id(ids), *waiting)
        if stop.home.lat is not None and (stop.kit.dissolved_at is None or stop.slot is not None)
    ]
    frame = _frames.of(asked_about(shifts, stops), roads)
    booked = {number for number, shift in enumerate(shifts) if shift.booked_at is not None}
    if booked and is_booked:
        frame = frame.with_booked(booked)
    index = {key_of(shift): number for number, shift in enumerate(shifts)}
    routes = {
        index[key]: [[frame.node[one] for one in trip if one in frame.node] for trip in trips]
        for key, trips in present_routes(shifts).items()
    }
    routes = {day: [trip for trip in trips if trip] for day, trips in routes.items()}
    return Outlook(frame, {day: routes.get(day, []) for day in range(len(shifts))}, shifts, version)


def asked_about(shifts: Sequence[Shift], stops: Sequence[Stop]) -> Problem:
    """These shifts and stops as a question, in which everybody may stay where she is planned."""
    problem = problem_of(shifts, stops)
    return replace(problem, stops=_bearable(problem.stops, stops))


def _bearable(asked: Sequence[problems.Stop], stops: Sequence[Stop]) -> tuple[problems.Stop, ...]:
    """Who is planned outside of her own times by now may stay there, give or take half an hour.

    Else nobody could be offered anything on that day until it is planned anew.
    """
    return tuple(_with_present(one, stop) for one, stop in zip(asked, stops, strict=True))


def _with_present(asked: problems.Stop, stop: Stop) -> problems.Stop:
    if not asked.windows or stop.slot is not None or stop.run is None or stop.start_min is None:
        return asked
    day, start = stop.run.shift.on_date, stop.start_min
    if any(w.day == day and w.start <= start <= w.end for w in asked.windows):
        return asked
    around = Window(
        day,
        max(0, start - rules.CONSENT_FROM_MIN),
        min(24 * 60, start + rules.CONSENT_FROM_MIN),
    )
    return replace(asked, windows=(*asked.windows, around))


@dataclass(frozen=True)
class _Kept:
    at: float
    roads: type
    problem: Problem
    legs: Legs
    frame: Frame


class _Frames:
    """The last frame of this process.

    It holds as long as the question is the same to the letter, so nobody has to tell when a run, a
    home, a van or a box changes.
    """

    def __init__(self) -> None:
        self._last: _Kept | None = None

    def of(self, problem: Problem, roads: Roads) -> Frame:
        """The frame of this problem, made anew only if need be."""
        last, now = self._last, time.monotonic()
        if last is None or last.roads is not type(roads) or now - last.at > KEPT_S:
            last = None
        if last is not None and last.problem == problem:
            return last.frame
        if last is not None and last.problem.points() == problem.points():
            at, legs = last.at, last.legs
        else:
            at, legs = now, ask(problem, roads)[0]
        frame = Frame(problem, legs)
        self._last = _Kept(at, type(roads), problem, legs, frame)
        return frame


_frames = _Frames()
