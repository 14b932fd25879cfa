"""The house as a question to the planner: its shifts and stops as ``planning.problem``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from hoffice import clock
from hoffice.errors import N_, Refused
from hoffice.people import queries as people
from hoffice.people.models import AtHome
from hoffice.runs import queries, rules
from hoffice.runs.models import Depot, Shift, Stop, Van
from hoffice.runs.planning import problem as problems
from hoffice.runs.rules import PlanMode
from hoffice.runs.service.stops import bring_up_to_date

TIMEZONE = "Europe/Berlin"

Key = tuple[str, date]
"""How problems and plans name a shift: the van's key and the day."""


def is_open(shift: Shift) -> bool:
    """Whether plans may change what is driven on this shift."""
    if shift.off_at is not None:
        return False
    run = shift.run
    return run is None or (run.state in rules.RUN_OPEN_TO_PLANNING and run.fixed_at is None)


def problem_for(
    shift_ids: Iterable[int],
    *,
    travel: str = "default",
    mode: PlanMode = PlanMode.EVERYTHING,
) -> problems.Problem:
    """The question for the planner: these shifts, their stops, and every stop that waits.

    Refused without a depot, an open shift, or a stop with a point on the map. Windows that are
    promised hold in every mode.
    """
    depot_or_refuse()
    shifts = [shift for shift in queries.shifts_by_id(shift_ids) if is_open(shift)]
    if not shifts:
        raise Refused(N_("None of these shifts can still be planned."))
    taken = [stop.id for shift in shifts if shift.run for stop in shift.run.stops]
    moved = [
        stop
        for stop in queries.stops_by_id(taken)
        if stop.kit.dissolved_at is None or stop.slot is not None
    ]
    stops = [*queries.unplanned_stops(), *moved]
    bring_up_to_date([stop for stop in stops if stop.slot is None])
    located = [stop for stop in stops if stop.home.lat is not None]
    if not located:
        raise Refused(N_("There is nothing to plan: no open stop has a point on the map."))
    return problem_of(shifts, located, travel=travel, mode=mode)


def depot_or_refuse() -> Depot:
    """Where the runs begin, or a refusal that says that nobody has said so yet."""
    depot = queries.depot()
    if depot is None:
        raise Refused(N_("Say first where the runs begin: the depot is missing."))
    return depot


def problem_of(
    shifts: Sequence[Shift],
    stops: Sequence[Stop],
    *,
    travel: str = "default",
    mode: PlanMode = PlanMode.EVERYTHING,
    unbound: Collection[int] = (),
) -> problems.Problem:
    """These shifts with exactly these stops, all of which have a point on the map.

    Whoever was promised a window has only that one, and must be served, as must who is bound to a
    run. ``unbound`` are stops that
    the mode does not bind to their run.
    """
    depot = depot_or_refuse()
    at_home = people.at_home_of([stop.employee_id for stop in stops], clock.today())
    vans = {shift.van.id: shift.van for shift in shifts}
    keys = {shift.id: (van_key(shift.van), shift.on_date) for shift in shifts}
    return problems.Problem(
        timezone=TIMEZONE,
        depot=problems.Depot(
            "depot", problems.Point(depot.lat, depot.lon), depot.load_min_per_trip
        ),
        vans=tuple(van_facts(van) for van in vans.values()),
        shifts=tuple(_shift(shift) for shift in shifts),
        stops=tuple(
            _stop(
                stop,
                _binding(stop, at_home.get(stop.employee_id, [])),
                _lock(stop, keys, PlanMode.EVERYTHING if stop.id in unbound else mode),
            )
            for stop in stops
        ),
        travel=travel,
    )


def _shift(shift: Shift) -> problems.Shift:
    return problems.Shift(
        van=van_key(shift.van),
        day=shift.on_date,
        start=shift.start_min,
        end=shift.end_min,
        max_work_min=shift.max_work_min,
    )


def key_of(shift: Shift) -> Key:
    """How problems and plans name this shift."""
    return van_key(shift.van), shift.on_date


def van_key(van: Van) -> str:
    """What problems and plans call a van."""
    return f"van-{van.id}"


def van_facts(van: Van) -> problems.Van:
    """The van as the planner knows it."""
    return problems.Van(
        id=van_key(van),
        capacity=problems.Amount(boxes=van.boxes, litres=van.litres, kg=van.kg),
        crew=van.crew,
        cost_cents_per_day=van.cost_cents_per_day,
        cost_cents_per_km=van.cost_cents_per_km,
        cost_cents_per_hour=van.cost_cents_per_hour,
    )


def _lock(stop: Stop, keys: Mapping[int, Key], mode: PlanMode) -> problems.Lock | None:
    """To which shift a stop is bound: it is fixed itself, or the mode keeps what is planned."""
    key = keys.get(stop.run.shift_id) if stop.run else None
    if key is None:
        return None
    if mode is PlanMode.INSERT:
        return problems.Lock(*key, stop.position)
    if mode is PlanMode.REORDER or stop.fixed_at is not None:
        return problems.Lock(*key)
    return None


def _binding(stop: Stop, at_home: Sequence[AtHome]) -> Sequence[AtHome]:
    """What she said about her times, as far as it binds a plan.

    Whoever was not found today and spoke of today alone has said nothing about other days.
    """
    today = clock.today()
    is_due = stop.run is not None and stop.run.shift.on_date <= today
    return at_home if is_due or any(said.on_date > today for said in at_home) else ()


def _stop(stop: Stop, at_home: Sequence[AtHome], lock: problems.Lock | None) -> problems.Stop:
    items = [row.item for row in stop.kit.kit_items]
    slot = stop.slot
    if slot is not None:
        windows = [problems.Window(slot.shift.on_date, slot.start_min, slot.end_min)]
    else:
        windows = [problems.Window(s.on_date, s.start_min, s.end_min) for s in at_home]
    return problems.Stop(
        id=queries.stop_key(stop.id),
        kind=problems.Kind(stop.kind.value),
        at=problems.Point(stop.home.lat or 0.0, stop.home.lon or 0.0),
        out=problems.Amount(
            boxes=len(stop.kit.boxes),
            litres=sum(item.litres for item in items),
            kg=-(-sum(item.weight_g for item in items) // 1000),
        ),
        back=problems.Amount(),
        service_min=stop.service_min,
        crew=stop.crew,
        priority=stop.priority,
        required=slot is not None or lock is not None,
        windows=tuple(windows),
        lock=lock,
    )


def present_routes(shifts: Iterable[Shift]) -> dict[Key, list[list[str]]]:
    """What is planned on these shifts now: the stops by their keys, trip by trip."""
    found: dict[Key, list[list[str]]] = {}
    for shift in shifts:
        if shift.run is None:
            continue
        trips: dict[int, list[str]] = {}
        for stop in shift.run.stops:
            trips.setdefault(stop.trip, []).append(queries.stop_key(stop.id))
        found[key_of(shift)] = [trips[number] for number in sorted(trips)]
    return found
