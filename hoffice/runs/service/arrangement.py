"""Arranging by hand: what moving stops about would do, and saving it when nothing breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.runs import queries, rules
from hoffice.runs.models import Run, Shift, Stop
from hoffice.runs.planning.board import OWN_TRIP, Line, Place
from hoffice.runs.planning.builder import complete
from hoffice.runs.planning.effects import LAWS, Breach, Driven, Kind, driven
from hoffice.runs.planning.findings import Finding
from hoffice.runs.planning.frame import Answer, Frame, Remark, Roads, legs_of
from hoffice.runs.planning.plan import Route
from hoffice.runs.planning.problem import Point, Problem
from hoffice.runs.planning.schedule import Miss, Timed, timed
from hoffice.runs.rules import StopState
from hoffice.runs.service import timetable
from hoffice.runs.service.outlook import held
from hoffice.runs.service.question import depot_or_refuse, is_open, key_of, problem_of
from hoffice.runs.service.stops import bring_up_to_date
from hoffice.units import Actor

Days = Mapping[int, Sequence[Sequence[int]]]
"""An arrangement: the stops of each changed shift, trip by trip."""

MAY_BREAK = frozenset({Kind.WINDOW})
"""What may be saved all the same: times that somebody named and nobody has promised."""

LOADING = N_("The run of %(van)s on %(date)s is already being loaded; it stays as it is.")
STALE = N_("Somebody else has changed the runs in the meantime. Load the page again.")


PLACES_PER_SHIFT = 3
"""So many places of a shift are worked out in full; the cheapest of them is offered."""


class Stale(Refused):
    """The runs are no longer those that the person has looked at."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that breaks: the checker's ``finding``, or another ``text`` with its facts."""

    kind: Kind
    shift: int | None = None
    stop: int | None = None
    finding: Finding | None = None
    late_min: int | None = None
    text: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def law(self) -> str | None:
        """The paragraph that is broken, if it is one."""
        return None if self.finding is None else LAWS.get(self.finding.code)

    @property
    def needs_consent(self) -> bool:
        """Whether the person must be asked before the promised window may move so far."""
        far = self.late_min is None or abs(self.late_min) > rules.CONSENT_FROM_MIN
        return self.kind is Kind.PROMISE and self.finding is not None and far


@dataclass(frozen=True, slots=True)
class Arranged:
    """One changed shift: its stops by trips, and how it would be driven (None: not at all)."""

    shift: Shift
    trips: tuple[tuple[int, ...], ...]
    driven: Driven | None


@dataclass(frozen=True)
class Effect:
    """What an arrangement would do to the shifts it names; nothing has been written."""

    version: int
    lanes: Mapping[int, Arranged]
    stops: Mapping[int, Stop]
    """Every stop that is on one of these shifts, or was."""
    placed: frozenset[int]
    """Stops that waited and have a place now."""
    loose: tuple[int, ...]
    """Stops that had a place and would wait."""
    faults: tuple[Fault, ...]

    @property
    def can_save(self) -> bool:
        """Nothing breaks that must hold."""
        return all(fault.kind in MAY_BREAK for fault in self.faults)

    @property
    def routes(self) -> list[Route]:
        """The routes of all shifts that leave the yard."""
        return [lane.driven.route for lane in self.lanes.values() if lane.driven is not None]


class Broken(Refused):
    """The arrangement breaks something that must hold; ``effect`` says what."""

    def __init__(self, effect: Effect) -> None:
        super().__init__(N_("This arrangement breaks something that must hold."))
        self.effect = effect


@dataclass(frozen=True)
class _Scene:
    """The shifts that an arrangement names with all stops it may move, read and looked over."""

    shifts: Mapping[int, Shift]
    stops: Mapping[int, Stop]
    days: Days

    @cached_property
    def placed(self) -> set[int]:
        """Every stop that has a place."""
        return {stop for trips in self.days.values() for trip in trips for stop in trip}

    @cached_property
    def present(self) -> dict[int, int]:
        """The shift that each stop is on now."""
        return {
            stop.id: shift.id
            for shift in self.shifts.values()
            if shift.run is not None
            for stop in shift.run.stops
        }

    def problem(self, extra: Iterable[Stop] = ()) -> Problem:
        """The named shifts with the stops that have a place, and more of them if wanted."""
        chosen = {stop: self.stops[stop] for stop in sorted(self.placed)}
        chosen.update({stop.id: stop for stop in extra})
        return problem_of([*self.shifts.values()], [*chosen.values()])


def effect_of(days: Days, roads: Roads) -> Effect:
    """What would come of these shifts, even where it breaks rules; nothing is written.

    ``days`` names every shift that changes; its stops come from there or wait. Refused by name for
    what cannot be arranged at all: unknown or doubled stops, shifts that are being loaded.
    """
    return _effect(_looked_over(days), queries.timetable().version, roads)


def places_of(days: Days) -> tuple[Point, ...]:
    """The points whose travel times the effect will ask for: the depot and every door."""
    scene = _looked_over(days)
    depot = depot_or_refuse()
    return Point(depot.lat, depot.lon), *dict.fromkeys(
        Point(home.lat, home.lon)
        for stop in scene.placed
        for home in (scene.stops[stop].home, scene.stops[stop].employee.home)
        if home is not None and home.lat is not None and home.lon is not None
    )


class AskedAhead:
    """Travel times among some points, asked for before anything is locked."""

    def __init__(self, roads: Roads, points: tuple[Point, ...]) -> None:
        self._answer: Answer = roads.matrix(points)
        self._place = {point: place for place, point in enumerate(points)}

    def matrix(self, points: tuple[Point, ...]) -> Answer:
        """The legs among some of the points; :class:`Stale` if one of them is new."""
        if not self._place.keys() >= set(points):
            raise Stale(STALE)
        chosen = [self._place[point] for point in points]
        minutes, km = (
            tuple(tuple(rows[a][b] for b in chosen) for a in chosen)
            for rows in (self._answer.minutes, self._answer.km)
        )
        told = self._answer
        return _Legs(minutes, km, told.model, told.uncertainty, told.notes)


@dataclass(frozen=True, slots=True)
class _Legs:
    minutes: tuple[tuple[float, ...], ...]
    km: tuple[tuple[float, ...], ...]
    model: str
    uncertainty: float | None
    notes: Sequence[Remark]


def save(version: int, days: Days, roads: Roads, *, by: Actor) -> Effect:
    """Write the arrangement, after everything was proved again.

    Raises :class:`Stale` when the runs have changed since ``version``, and :class:`Broken` when a
    promise, a law, a load, a lock or the end of a shift would not hold.
    """
    held()
    if queries.timetable().version != version:
        raise Stale(STALE)
    scene = _looked_over(days)
    bring_up_to_date([scene.stops[stop] for stop in scene.placed if not scene.stops[stop].slot])
    effect = _effect(scene, version, roads)
    if not effect.can_save:
        raise Broken(effect)
    shifts = {key_of(shift): shift for shift in scene.shifts.values()}
    driven_on = {(route.van, route.day) for route in effect.routes}
    runs = timetable.write(
        effect.routes, shifts, emptied=[key for key in shifts if key not in driven_on]
    )
    record(
        by,
        "runs.arranged",
        "timetable:1",
        shifts=sorted(scene.shifts),
        runs=[run.id for run in runs],
        placed=sorted(effect.placed),
        loose=list(effect.loose),
    )
    return replace(effect, version=timetable.hold().version)


def _looked_over(days: Days) -> _Scene:
    """What an arrangement names, or a refusal that says which part of it cannot be.

    Shifts that are shut and stay as they are do not matter.
    """
    known = {shift.id: shift for shift in queries.arranged_shifts(days)}
    shifts = {}
    for number in days:
        if number not in known:
            raise NotFound(N_("There is no such shift."))
        shut = _why_shut(known[number])
        if shut is None:
            shifts[number] = known[number]
        elif trips_of(known[number]) != [[*trip] for trip in days[number] if trip]:
            raise shut
    days = {number: days[number] for number in shifts}
    named = [stop for trips in days.values() for trip in trips for stop in trip]
    found = {stop.id: stop for shift in shifts.values() if shift.run for stop in shift.run.stops}
    strangers = [stop for stop in named if stop not in found]
    found.update({stop.id: stop for stop in queries.stops_by_id(strangers)} if strangers else {})
    seen: set[int] = set()
    for number in named:
        if number not in found:
            raise NotFound(N_("There is no such stop."))
        stop = found[number]
        if number in seen:
            raise Refused(N_("%(name)s stands in the plan twice."), name=stop.employee.name)
        seen.add(number)
        if number in strangers:
            _refuse_elsewhere(stop)
        if stop.home.lat is None:
            raise Refused(N_("%(name)s has no point on the map yet."), name=stop.employee.name)
    tidy = {number: [[*trip] for trip in trips if trip] for number, trips in days.items()}
    return _Scene(shifts, found, tidy)


def _why_shut(shift: Shift) -> Refused | None:
    """Why a shift may not change any more, if so."""
    facts = {"van": shift.van.name, "date": shift.on_date}
    if shift.on_date < clock.today():
        return Refused(N_("The shift of %(van)s on %(date)s is over."), **facts)
    if shift.off_at is not None:
        return Refused(N_("%(van)s does not drive on %(date)s."), **facts)
    run = shift.run
    if run is None or is_open(shift):
        return None
    if run.state not in rules.RUN_OPEN_TO_PLANNING:
        return Refused(LOADING, **facts)
    return Refused(N_("The run of %(van)s on %(date)s is fixed; release it first."), **facts)


def _refuse_elsewhere(stop: Stop) -> None:
    """Only stops that wait for the van may come in from outside the named shifts."""
    name = stop.employee.name
    if stop.run_id is not None and stop.state not in rules.STOP_ENDED:
        raise Refused(N_("%(name)s is on another run by now. Load the page again."), name=name)
    waits = stop.state is StopState.PROPOSED and stop.way is rules.Way.VAN
    if not waits or stop.kit.dissolved_at is not None:
        raise Refused(N_("%(name)s does not wait for the van any more."), name=name)


def _effect(scene: _Scene, version: int, roads: Roads) -> Effect:
    lanes = {}
    faults: list[Fault] = []
    problem = scene.problem() if scene.placed else None
    for number, shift in scene.shifts.items():
        trips = scene.days[number]
        done = None
        if trips and problem is not None:
            done = _driven(problem, shift, trips, roads)
            faults += [fault_of(breach, number) for breach in done.breaches]
        lanes[number] = Arranged(shift, tuple(tuple(trip) for trip in trips), done)
    loose = [stop for stop in scene.present if stop not in scene.placed]
    faults += _left_out(scene, loose)
    faults += _dissolved(scene)
    return Effect(
        version,
        lanes,
        scene.stops,
        frozenset(scene.placed - scene.present.keys()),
        tuple(sorted(loose)),
        tuple(faults),
    )


def _driven(problem: Problem, shift: Shift, trips: Sequence[Sequence[int]], roads: Roads) -> Driven:
    """One shift by itself: the others are none of its business, so the matrices stay small."""
    own = replace(
        problem,
        shifts=(problem.shift[key_of(shift)],),
        stops=tuple(
            problem.stop[queries.stop_key(stop)] for stop in sorted(s for t in trips for s in t)
        ),
    )
    frame = Frame(own, legs_of(own, roads))
    nodes = [[frame.node[queries.stop_key(stop)] for stop in trip] for trip in trips]
    return driven(frame, frame.days[0], nodes)


def fault_of(breach: Breach, shift: int) -> Fault:
    """A breach with the numbers of this house instead of the names in the problem."""
    stop = None if breach.stop is None else queries.stop_number(breach.stop)
    return Fault(breach.kind, shift, stop, breach.finding, breach.late_min)


def _left_out(scene: _Scene, loose: Iterable[int]) -> Iterable[Fault]:
    """Whoever was promised a window, or is fixed to a run, cannot just lose it."""
    for number in loose:
        stop = scene.stops[number]
        facts = {"name": stop.employee.name}
        if stop.slot is not None:
            text = N_("%(name)s was promised a window and would have no run.")
            yield Fault(Kind.PROMISE, scene.present[number], number, text=text, facts=facts)
        elif stop.fixed_at is not None:
            text = N_("%(name)s is fixed to this run; release the stop first.")
            yield Fault(Kind.LOCK, scene.present[number], number, text=text, facts=facts)


def _dissolved(scene: _Scene) -> Iterable[Fault]:
    for number, trips in scene.days.items():
        for stop in (scene.stops[one] for trip in trips for one in trip):
            if stop.kit.dissolved_at is not None and stop.slot is None:
                text = N_("The kit of %(name)s was dissolved; take the stop out.")
                facts = {"name": stop.employee.name}
                yield Fault(Kind.LOAD, number, stop.id, text=text, facts=facts)


def standing(shifts: Iterable[Shift]) -> dict[int, list[list[int]]]:
    """The arrangement that is saved on those of these shifts that may still change."""
    today = clock.today()
    return {
        shift.id: trips_of(shift) for shift in shifts if shift.on_date >= today and is_open(shift)
    }


def trips_of(shift: Shift) -> list[list[int]]:
    """The stops of a shift as they are saved, trip by trip."""
    trips: dict[int, list[int]] = {}
    for stop in shift.run.stops if shift.run else ():
        trips.setdefault(stop.trip, []).append(stop.id)
    return [trips[number] for number in sorted(trips)]


@dataclass(frozen=True, slots=True)
class BestPlace:
    """Where a stop fits: at which place of which trip, when, and what it costs more."""

    shift: Shift
    trip: int
    position: int
    start_min: int
    more_min: int
    more_m: int
    opens_day: bool


def best_places(stop_id: int, days: Days, roads: Roads, *, count: int = 5) -> list[BestPlace]:
    """The cheapest places for a stop on these shifts, everybody else kept; each of them holds.

    ``days`` may hold the stop or not. Refused for a stop that cannot be moved.
    """
    scene = _looked_over(_with_stop(stop_id, days))
    problem = scene.problem()
    frame = Frame(problem, legs_of(problem, roads))
    node = frame.node[queries.stop_key(stop_id)]
    found: list[tuple[Place, BestPlace]] = []
    shifts = [*scene.shifts.values()]
    for day, shift in zip(frame.days, shifts, strict=True):
        present = scene.days[shift.id] if stop_id in _flat(days.get(shift.id, ())) else None
        rest = [[one for one in trip if one != stop_id] for trip in scene.days[shift.id]]
        nodes = [[frame.node[queries.stop_key(one)] for one in trip] for trip in rest if trip]
        line = Line(frame, day, nodes)
        before = _length(frame, line)
        for place in line.all_places(node)[:PLACES_PER_SHIFT]:
            if place.position == OWN_TRIP and place.trip != len(nodes):
                continue
            trips = line.with_stop(node, place)
            if present is not None and trips == _nodes(frame, present):
                continue
            run = timed(frame, day, trips)
            if isinstance(run, Miss):
                continue
            after = _length(frame, Line(frame, day, trips))
            best = BestPlace(
                shift,
                place.trip,
                max(0, place.position),
                day.clock.minute(_begin(run, node)),
                round((after[0] - before[0]) / 60),
                after[1] - before[1],
                opens_day=not nodes,
            )
            found.append((place, best))
    found.sort(key=lambda pair: pair[0])
    return [best for _, best in found[:count]]


def _flat(trips: Sequence[Sequence[int]]) -> set[int]:
    return {stop for trip in trips for stop in trip}


def _nodes(frame: Frame, trips: Sequence[Sequence[int]]) -> list[list[int]]:
    return [[frame.node[queries.stop_key(stop)] for stop in trip] for trip in trips]


def _begin(run: Timed, node: int) -> int:
    return run.begins[run.sequence.index(node)]


def _length(frame: Frame, line: Line) -> tuple[int, int]:
    """Seconds of driving and loading, and metres; nothing for a van that stays in the yard."""
    if line.is_empty:
        return 0, 0
    legs = list(pairwise(line.nodes))
    seconds = sum(frame.seconds[a][b] for a, b in legs) + len(line.trips) * line.day.load
    return seconds, sum(frame.metres[a][b] for a, b in legs)


def _with_stop(stop_id: int, days: Days) -> Days:
    """The arrangement with the stop somewhere in it, so that it is read and looked over."""
    if not days or any(stop_id in _flat(trips) for trips in days.values()):
        return days
    first = next(iter(days))
    return {**days, first: [*days[first], [stop_id]]}


def insert_all(days: Days, roads: Roads) -> dict[int, list[list[int]]]:
    """The arrangement with everybody put in who waits and still fits; nobody else is moved."""
    scene = _looked_over(days)
    waiting = [
        stop
        for stop in (*queries.unplanned_stops(), *scene.stops.values())
        if stop.id not in scene.placed
        and stop.home.lat is not None
        and stop.kit.dissolved_at is None
    ]
    if not waiting or not scene.shifts:
        return {number: [list(trip) for trip in trips] for number, trips in scene.days.items()}
    problem = scene.problem(waiting)
    frame = Frame(problem, legs_of(problem, roads))
    shifts = [*scene.shifts]
    routes = {
        index: _nodes(frame, scene.days[number])
        for index, number in enumerate(shifts)
        if scene.days[number]
    }
    filled = complete(frame, routes)
    return {
        number: [
            [queries.stop_number(frame.stop(node).id) for node in trip]
            for trip in filled.get(index, [])
        ]
        for index, number in enumerate(shifts)
    }


def fix_run(run_id: int, *, is_fixed: bool, by: Actor) -> Run:
    """Keep every plan and every hand off a run, or let them change it again."""
    timetable.changed()
    run = queries.run(run_id, lock=True)
    if run.state not in rules.RUN_OPEN_TO_PLANNING:
        raise Refused(
            LOADING,
            van=run.shift.van.name,
            date=run.shift.on_date,
        )
    run.fixed_at = (run.fixed_at or clock.now()) if is_fixed else None
    record(by, "runs.fixed" if is_fixed else "runs.released", run)
    db.session.flush()
    return run


def fix_stop(stop_id: int, *, is_fixed: bool, by: Actor) -> Stop:
    """Keep a stop in its run whatever is planned, or let it go again."""
    timetable.changed()
    stop = queries.locked_stop(stop_id)
    if stop.run_id is None or stop.state not in {StopState.PROPOSED, StopState.PROMISED}:
        raise Refused(
            N_("Only a stop that is planned can be fixed to its run: %(name)s is not."),
            name=stop.employee.name,
        )
    stop.fixed_at = (stop.fixed_at or clock.now()) if is_fixed else None
    deed = "runs.stop_fixed" if is_fixed else "runs.stop_released"
    record(by, deed, stop, employee_id=stop.employee_id)
    db.session.flush()
    return stop


def set_needs(stop_id: int, *, crew: int, priority: int, by: Actor) -> Stop:
    """Say how many people a door needs, and how much it matters that it is visited.

    The higher the priority, the later a plan leaves somebody out. Refused once the boxes are
    loaded, and for numbers beyond the few that make sense.
    """
    if not (1 <= crew <= rules.CREW_MOST and 1 <= priority <= rules.PRIORITY_MOST):
        raise Refused(
            N_("One to %(crew)s people, and a priority from 1 to %(priority)s."),
            crew=rules.CREW_MOST,
            priority=rules.PRIORITY_MOST,
        )
    timetable.changed()
    stop = queries.locked_stop(stop_id)
    if stop.state not in {StopState.PROPOSED, StopState.PROMISED}:
        raise Refused(N_("%(name)s is already loaded, or was visited."), name=stop.employee.name)
    stop.crew, stop.priority = crew, priority
    record(by, "runs.stop_needs", stop, employee_id=stop.employee_id, crew=crew, priority=priority)
    db.session.flush()
    return stop
