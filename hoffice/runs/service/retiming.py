"""The rest of a planned run when one of its stops has left: it is timed anew at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hoffice.db import db
from hoffice.errors import Refused
from hoffice.runs import queries
from hoffice.runs.models import Run
from hoffice.runs.planning.assembly import drawn_up
from hoffice.runs.planning.frame import Answer, Frame, Roads, legs_of
from hoffice.runs.planning.problem import Point
from hoffice.runs.planning.schedule import Miss, timed
from hoffice.runs.service import timetable
from hoffice.runs.service.arrangement import STALE, AskedAhead, Stale, places_of, trips_of
from hoffice.runs.service.outlook import asked_about
from hoffice.runs.service.question import is_open, key_of


class RunsAhead:
    """The travel times of some runs, each by itself, asked for before anything is locked."""

    def __init__(self, runs: Sequence[AskedAhead]) -> None:
        self._runs = runs

    def matrix(self, points: tuple[Point, ...]) -> Answer:
        """The legs among points of one of these runs; :class:`Stale` if it is none of them."""
        for run in self._runs:
            try:
                return run.matrix(points)
            except Stale:
                continue
        raise Stale(STALE)


def roads_ahead(stop_ids: Iterable[int], roads: Roads) -> RunsAhead:
    """The travel times of the runs that these stops may leave; for use while nothing is held."""
    ids = list(stop_ids)
    found = [] if queries.depot() is None or not ids else queries.stops_by_id(ids)
    runs = {stop.run.id: stop.run for stop in found if stop.run is not None}
    asked = [
        AskedAhead(roads, places_of({run.shift_id: trips_of(run.shift)}))
        for run in runs.values()
        if is_open(run.shift) and all(stop.home.lat is not None for stop in run.stops)
    ]
    return RunsAhead(asked)


def retime(run: Run, roads: Roads) -> bool:
    """Time the stops that a run still has anew, in their order; every promised window holds.

    The run stays as it was, and False is given back, where that cannot be: a stop has no point on
    the map, the way is not known, or the order cannot be driven lawfully.
    """
    shift, stops = run.shift, run.stops
    if not stops or any(stop.home.lat is None for stop in stops):
        return False
    problem = asked_about([shift], stops)
    try:
        frame = Frame(problem, legs_of(problem, roads))
    except Stale:
        return False
    trips = [[frame.node[queries.stop_key(one)] for one in trip] for trip in trips_of(shift)]
    day = frame.days[0]
    found = timed(frame, day, trips)
    if isinstance(found, Miss):
        return False
    try:
        with db.session.begin_nested():
            timetable.write([drawn_up(frame, day, trips, found)], {key_of(shift): shift})
    except Refused:
        db.session.expire(run)
        return False
    return True
