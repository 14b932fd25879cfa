"""What people do with vans, shifts, stops and runs: one function per deed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.accounts.links import LinkBook, link_for
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.jobs.models import Job
from hoffice.jobs.service import enqueue
from hoffice.kits import queries as kits
from hoffice.kits.models import Kit
from hoffice.notices import service as notices
from hoffice.notices.rules import LinkKind
from hoffice.people import queries as people
from hoffice.people.models import AtHome
from hoffice.runs import queries, rules
from hoffice.runs.models import Depot, Plan, Run, Shift, Slot, Stop, Van
from hoffice.runs.planning import plan as plans
from hoffice.runs.planning import problem as problems
from hoffice.runs.rules import RunState, StopKind, StopState
from hoffice.units import Actor

PLAN = "runs.plan"
"""The kind of job that lets the engine plan."""
SECONDS_MOST = 120


def set_depot(  # noqa: PLR0913  # a place has these facts
    name: str, address: str, *, lat: float, lon: float, load_min_per_trip: int, by: Actor
) -> Depot:
    """Say where runs begin and end."""
    made = queries.depot() or Depot(name=name)
    made.name, made.address, made.lat, made.lon = name, address, lat, lon
    made.load_min_per_trip = load_min_per_trip
    db.session.add(made)
    db.session.flush()
    record(by, "runs.depot_set", made)
    return made


def add_van(  # noqa: PLR0913  # a van has these facts
    name: str,
    *,
    boxes: int,
    litres: int,
    kg: int,
    by: Actor,
    plate: str = "",
    crew: int = 1,
    cost_cents_per_day: int = 0,
    cost_cents_per_km: int = 0,
    cost_cents_per_hour: int = 0,
) -> Van:
    """Write down a van."""
    made = Van(
        name=name,
        plate=plate,
        boxes=boxes,
        litres=litres,
        kg=kg,
        crew=crew,
        cost_cents_per_day=cost_cents_per_day,
        cost_cents_per_km=cost_cents_per_km,
        cost_cents_per_hour=cost_cents_per_hour,
    )
    db.session.add(made)
    _flush_or(N_("There is already a van of this name."))
    record(by, "runs.van_added", made)
    return made


def add_shift(  # noqa: PLR0913  # a shift has these facts
    van_id: int,
    on_date: date,
    *,
    start_min: int,
    end_min: int,
    driver_id: int | None,
    by: Actor,
    crew_note: str = "",
    max_work_min: int = 480,
) -> Shift:
    """Let a van drive on one day."""
    van = queries.van(van_id)
    if end_min <= start_min:
        raise Refused(N_("The shift ends before it begins."))
    if max_work_min > 600:  # noqa: PLR2004  # ArbZG § 3
        raise Refused(N_("More than ten hours of work a day are not allowed (ArbZG § 3)."))
    made = Shift(
        van=van,
        on_date=on_date,
        start_min=start_min,
        end_min=end_min,
        max_work_min=max_work_min,
        driver_id=driver_id,
        crew_note=crew_note,
    )
    db.session.add(made)
    _flush_or(N_("%(van)s already drives on this day."), van=van.name)
    record(by, "runs.shift_added", made)
    return made


def change_shift(
    shift_id: int, *, start_min: int, end_min: int, driver_id: int | None, by: Actor
) -> Shift:
    """Change hours or driver of a shift; its hours only while nothing is planned on it."""
    shift = queries.shift(shift_id)
    if end_min <= start_min:
        raise Refused(N_("The shift ends before it begins."))
    changed = (shift.start_min, shift.end_min) != (start_min, end_min)
    if changed and shift.run is not None:
        raise Refused(N_("This shift has a run; take the run apart before changing its hours."))
    shift.start_min, shift.end_min, shift.driver_id = start_min, end_min, driver_id
    record(by, "runs.shift_changed", shift)
    return shift


def remove_shift(shift_id: int, *, by: Actor) -> None:
    """Take a shift away; refused while it has a run."""
    shift = queries.shift(shift_id)
    if shift.run is not None:
        raise Refused(N_("This shift has a run; take the run apart first."))
    record(by, "runs.shift_removed", f"shift:{shift.id}", date=shift.on_date.isoformat())
    db.session.delete(shift)


def propose_stop(employee_id: int, *, by: Actor) -> Stop:
    """Make the stop that brings a person's kit; gives back the open one when there is one."""
    kit = kits.kit_of(employee_id)
    if kit is None:
        raise Refused(N_("This person has no kit yet."))
    present = queries.open_stop_of_kit(kit.id)
    return present or _propose(kit, by=by)


def propose_missing(*, by: Actor) -> int:
    """Make a stop for every kit that has none; gives back how many were made."""
    return len([_propose(kit, by=by) for kit in queries.kits_without_stop()])


def _propose(kit: Kit, *, by: Actor) -> Stop:
    employee = people.employee(kit.employee_id)
    home = employee.home
    if home is None:
        raise Refused(N_("%(name)s has no address yet."), name=employee.name)
    stop = Stop(
        employee_id=employee.id,
        kit_id=kit.id,
        home_id=home.id,
        kind=StopKind.DELIVER,
        state=StopState.PROPOSED,
        service_min=rules.minutes_at(
            boxes=len(kit.boxes), floor=rules.floor_number(home.floor), has_lift=bool(home.lift)
        ),
        created_at=clock.now(),
    )
    db.session.add(stop)
    _flush_or(N_("There is already a stop for this kit."))
    record(by, "runs.proposed", stop, employee_id=employee.id)
    return stop


def ask_for_plan(shift_ids: Iterable[int], *, seconds: float, by: Actor) -> Job:
    """Let the engine plan these shifts with all stops that are not yet promised to anybody.

    Refused without a depot, a shift that can still be planned, or a stop with a point on the map.
    """
    problem = problem_for(shift_ids)
    plan = Plan(created_at=clock.now(), created_by=str(by), problem=problems.write(problem))
    db.session.add(plan)
    db.session.flush()
    seconds = min(max(seconds, 1.0), SECONDS_MOST)
    job = enqueue(
        PLAN, {"plan": plan.id, "seconds": seconds}, by=by, key=f"plan:{plan.id}", total=100
    )
    plan.job_id = job.id
    record(by, "runs.plan_asked", plan, stops=len(problem.stops), shifts=len(problem.shifts))
    return job


def problem_for(shift_ids: Iterable[int]) -> problems.Problem:
    """The question for the planner: these shifts, and every stop that may still be moved."""
    depot = queries.depot()
    if depot is None:
        raise Refused(N_("Say first where the runs begin: the depot is missing."))
    shifts = [
        shift
        for shift in queries.shifts_by_id(shift_ids)
        if shift.run is None or shift.run.state in rules.RUN_OPEN_TO_PLANNING
    ]
    if not shifts:
        raise Refused(N_("None of these shifts can still be planned."))
    taken = [stop.id for shift in shifts if shift.run for stop in shift.run.stops]
    stops = [*queries.unplanned_stops(), *queries.stops_by_id(taken)]
    located = [stop for stop in stops if stop.home.lat is not None]
    if not located:
        raise Refused(N_("There is nothing to plan: no open stop has a point on the map."))
    at_home = people.at_home_of(
        [stop.employee_id for stop in located], min(shift.on_date for shift in shifts)
    )
    vans = {shift.van.id: shift.van for shift in shifts}
    return problems.Problem(
        timezone="Europe/Berlin",
        depot=problems.Depot(
            "depot", problems.Point(depot.lat, depot.lon), depot.load_min_per_trip
        ),
        vans=tuple(_van(van) for van in vans.values()),
        shifts=tuple(
            problems.Shift(
                van=_van_id(shift.van),
                day=shift.on_date,
                start=shift.start_min,
                end=shift.end_min,
                max_work_min=shift.max_work_min,
            )
            for shift in shifts
        ),
        stops=tuple(_stop(stop, at_home.get(stop.employee_id, [])) for stop in located),
    )


def _van_id(van: Van) -> str:
    return f"van-{van.id}"


def _van(van: Van) -> problems.Van:
    return problems.Van(
        id=_van_id(van),
        capacity=problems.Amount(boxes=van.boxes, litres=van.litres, kg=van.kg),
        crew=van.crew,
        cost_cents_per_day=van.cost_cents_per_day,
        cost_cents_per_km=van.cost_cents_per_km,
        cost_cents_per_hour=van.cost_cents_per_hour,
    )


def _stop(stop: Stop, at_home: Sequence[AtHome]) -> problems.Stop:
    items = [row.item for row in stop.kit.kit_items]
    return problems.Stop(
        id=f"stop-{stop.id}",
        kind=problems.Kind(stop.kind.value),
        at=problems.Point(stop.home.lat or 0.0, stop.home.lon or 0.0),
        out=problems.Amount(
            boxes=len(stop.kit.boxes),
            litres=sum(item.litres for item in items),
            kg=-(-sum(item.weight_g for item in items) // 1000),
        ),
        back=problems.Amount(),
        service_min=stop.service_min,
        windows=tuple(
            problems.Window(span.on_date, span.start_min, span.end_min) for span in at_home
        ),
    )


def keep_answer(plan_id: int, answer: plans.Plan) -> None:
    """Write the planner's answer beside its question."""
    plan = queries.plan(plan_id)
    plan.answer = plans.write(answer)
    record(
        Actor.system(),
        "runs.planned",
        plan,
        served=answer.totals.served,
        van_days=answer.totals.van_days,
    )


def take_plan(plan_id: int, *, by: Actor) -> list[Run]:
    """Make runs of a plan's routes; the runs that were planned on its shifts before are replaced.

    Refused when somebody promised, loaded or drove one of them in the meantime.
    """
    plan = queries.plan(plan_id)
    if plan.answer is None:
        raise Refused(N_("This plan has no answer yet."))
    answer = plans.read(plan.answer)
    question = problems.read(plan.problem)
    shifts = {
        (_van_id(shift.van), shift.on_date): shift
        for shift in queries.shifts(min(shift.day for shift in question.shifts))
    }
    touched = [shifts[shift.key] for shift in question.shifts if shift.key in shifts]
    for shift in touched:
        _clear(shift)
    stops = {stop.id: stop for stop in queries.unplanned_stops()}
    made = []
    for route in answer.routes:
        shift = shifts.get((route.van, route.day))  # type: ignore[assignment]  # may be gone
        if shift is None:
            raise Refused(N_("A shift of this plan is gone; plan again."))
        made.append(_run_of(route, shift, plan, stops))
    db.session.flush()
    plan.taken_at = clock.now()
    record(by, "runs.plan_taken", plan, runs=[run.id for run in made])
    return made


def _clear(shift: Shift) -> None:
    run = shift.run
    if run is None:
        return
    if run.state not in rules.RUN_OPEN_TO_PLANNING:
        raise Refused(
            N_("The run of %(van)s on %(date)s is already promised; it stays as it is."),
            van=shift.van.name,
            date=shift.on_date.isoformat(),
        )
    for stop in run.stops:
        _let_go(stop)
    db.session.flush()
    db.session.expire(run, ["stops"])
    db.session.delete(run)
    db.session.flush()
    db.session.expire(shift, ["run"])


def _let_go(stop: Stop) -> None:
    stop.run_id = stop.position = None
    stop.arrive_min = stop.start_min = stop.leave_min = None
    stop.state = StopState.PROPOSED


def _run_of(route: plans.Route, shift: Shift, plan: Plan, stops: dict[int, Stop]) -> Run:
    run = Run(
        shift=shift,
        plan_id=plan.id,
        state=RunState.PLANNED,
        start_min=route.start,
        end_min=route.end,
        distance_m=round(route.km * 1000),
        work_min=route.work_min,
        breaks=[[span.start, span.end] for span in route.breaks],
    )
    db.session.add(run)
    db.session.flush()
    position = 0
    for number, trip in enumerate(route.trips, start=1):
        for visit in trip.stops:
            stop = stops.get(int(visit.id.removeprefix("stop-")))
            if stop is None:
                raise Refused(N_("A stop of this plan has changed in the meantime; plan again."))
            position += 1
            stop.run, stop.position, stop.trip = run, position, number
            stop.arrive_min, stop.start_min = visit.arrive, visit.start
            stop.leave_min = visit.leave
    return run


def take_apart(run_id: int, *, by: Actor) -> None:
    """Undo a planned run: its stops wait for the next plan."""
    run = queries.run(run_id)
    _clear(run.shift)
    record(by, "runs.taken_apart", f"run:{run_id}")


def promise_run(run_id: int, *, by: Actor, book: LinkBook) -> Run:
    """Promise every person of the run a window around the planned time, and write to them."""
    run = queries.run(run_id)
    if run.state is not RunState.PLANNED:
        raise Refused(N_("Only a planned run can be promised."))
    now = clock.now()
    at_home = people.at_home_of([stop.employee_id for stop in run.stops], run.shift.on_date)
    for stop in run.stops:
        spans = [
            (span.start_min, span.end_min)
            for span in at_home.get(stop.employee_id, [])
            if span.on_date == run.shift.on_date
        ]
        window = rules.window_around(
            stop.start_min or run.start_min,
            spans,
            shift=(run.shift.start_min, run.shift.end_min),
        )
        slot = Slot(
            stop_id=stop.id,
            shift_id=run.shift_id,
            seat=stop.position or 0,
            start_min=window[0],
            end_min=window[1],
            promised_at=now,
        )
        db.session.add(slot)
        stop.state = StopState.PROMISED
        _tell(stop, slot, run, by=by, book=book)
    _flush_or(N_("One of these stops has been promised already."))
    run.state = RunState.PROMISED
    record(by, "runs.promised", run)
    return run


def _tell(stop: Stop, slot: Slot, run: Run, *, by: Actor, book: LinkBook) -> None:
    employee = stop.employee
    record(
        by,
        "runs.slot_promised",
        stop,
        employee_id=employee.id,
        date=run.shift.on_date.isoformat(),
        start=slot.start_min,
        end=slot.end_min,
    )
    if not employee.email:
        return
    link = link_for(f"employee:{employee.id}", book=book, by=by, employee_id=employee.id)
    notices.send(
        "slot",
        to=employee.email,
        language=employee.language,
        by=by,
        employee_id=employee.id,
        facts={
            "first_name": employee.first_name,
            "date": run.shift.on_date.isoformat(),
            "start_min": slot.start_min,
            "end_min": slot.end_min,
        },
        link=(LinkKind.PERSONAL, link.id),
    )


def begin_loading(run: Run) -> None:
    """The first box goes onto the van."""
    if run.state in {RunState.PLANNED, RunState.PROMISED}:
        run.state = RunState.LOADING


def mark_loaded(stop: Stop, *, is_loaded: bool) -> None:
    """All boxes of a stop are on the van, or no longer all of them."""
    before = StopState.PROMISED if stop.slot is not None else StopState.PROPOSED
    stop.state = StopState.LOADED if is_loaded else before


def start_run(run_id: int, *, by: Actor) -> Run:
    """Drive off: the order is fixed from now on; stops without their boxes stay behind."""
    run = queries.run(run_id)
    if run.state not in {RunState.LOADING, RunState.LOCKED}:
        raise Refused(N_("Load the van first."))
    staying = [stop for stop in run.stops if stop.state is not StopState.LOADED]
    going = [stop for stop in run.stops if stop.state is StopState.LOADED]
    if not going:
        raise Refused(N_("No stop of this run has all its boxes on the van."))
    for stop in staying:
        withdraw_slot(stop)
        _let_go(stop)
        record(by, "runs.left_behind", stop, employee_id=stop.employee_id, run=run.id)
    for stop in going:
        stop.state = StopState.UNDER_WAY
        record(by, "runs.under_way", stop, employee_id=stop.employee_id, run=run.id)
    run.state, run.started_at = RunState.UNDER_WAY, clock.now()
    db.session.flush()
    db.session.expire(run, ["stops"])
    record(by, "runs.started", run)
    return run


def withdraw_slot(stop: Stop) -> None:
    """The promise no longer holds."""
    if stop.slot is not None:
        stop.slot.withdrawn_at = clock.now()
        db.session.flush()
        db.session.expire(stop, ["slot"])


def end_stop(stop: Stop, state: StopState, *, by: Actor, failure: str | None = None) -> None:
    """Say what came of a stop; a failed one is proposed again by itself, as a new stop."""
    if stop.state in rules.STOP_ENDED:
        raise Refused(N_("This stop has already ended."))
    stop.state, stop.ended_at, stop.failure = state, clock.now(), failure
    db.session.flush()
    record(by, f"runs.stop_{state}", stop, employee_id=stop.employee_id, why=failure)
    if state is StopState.FAILED:
        _propose(stop.kit, by=Actor.system())
    run = stop.run
    if run is not None and all(each.state in rules.STOP_ENDED for each in run.stops):
        close_run(run, by=by)


def close_run(run: Run, *, by: Actor) -> None:
    """Every stop has ended: so has the run."""
    run.state, run.closed_at = RunState.CLOSED, clock.now()
    record(by, "runs.closed", run)


def _flush_or(reason: str, **facts: object) -> None:
    """Ask the database's constraints now; they are the last word when two people are at it."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Refused(reason, **facts) from None
