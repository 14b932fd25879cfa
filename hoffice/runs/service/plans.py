"""From a question to the planner to runs on the road: ask, keep the answer, take it, undo it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.jobs.models import Job
from hoffice.jobs.service import enqueue
from hoffice.people import queries as people
from hoffice.people.models import AtHome
from hoffice.runs import queries, rules
from hoffice.runs.models import Plan, Run, Shift, Stop, Van
from hoffice.runs.planning import plan as plans
from hoffice.runs.planning import problem as problems
from hoffice.runs.rules import RunState
from hoffice.runs.service.stops import bring_up_to_date, let_go
from hoffice.units import Actor

PLAN = "runs.plan"
"""The kind of job that lets the engine plan."""
SECONDS_MOST = 120
TIMEZONE = "Europe/Berlin"
PLANNED_BY_ANOTHER = N_("Somebody has just planned one of these shifts; plan again.")


def ask_for_plan(
    shift_ids: Iterable[int], *, seconds: float, by: Actor, travel: str = "default"
) -> Job:
    """Let the engine plan these shifts with all stops that are not yet promised to anybody.

    ``travel`` names the road engine, or the default model. Refused without a depot, a shift that
    can still be planned, or a stop with a point on the map.
    """
    problem = problem_for(shift_ids, travel=travel)
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


def problem_for(shift_ids: Iterable[int], *, travel: str = "default") -> problems.Problem:
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
    moved = [stop for stop in queries.stops_by_id(taken) if stop.kit.dissolved_at is None]
    stops = [*queries.unplanned_stops(), *moved]
    bring_up_to_date(stops)
    located = [stop for stop in stops if stop.home.lat is not None]
    if not located:
        raise Refused(N_("There is nothing to plan: no open stop has a point on the map."))
    at_home = people.at_home_of([stop.employee_id for stop in located], clock.today())
    vans = {shift.van.id: shift.van for shift in shifts}
    return problems.Problem(
        timezone=TIMEZONE,
        depot=problems.Depot(
            "depot", problems.Point(depot.lat, depot.lon), depot.load_min_per_trip
        ),
        vans=tuple(van_facts(van) for van in vans.values()),
        shifts=tuple(
            problems.Shift(
                van=van_key(shift.van),
                day=shift.on_date,
                start=shift.start_min,
                end=shift.end_min,
                max_work_min=shift.max_work_min,
            )
            for shift in shifts
        ),
        stops=tuple(_stop(stop, at_home.get(stop.employee_id, [])) for stop in located),
        travel=travel,
    )


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


def _stop(stop: Stop, at_home: Sequence[AtHome]) -> problems.Stop:
    items = [row.item for row in stop.kit.kit_items]
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
        windows=tuple(
            problems.Window(span.on_date, span.start_min, span.end_min) for span in at_home
        ),
    )


def keep_answer(plan_id: int, answer: plans.Plan) -> None:
    """Write the planner's answer beside its question."""
    plan = queries.plan(plan_id)
    plan.answer = plans.write(answer)
    plan.travel = answer.travel.to_json() if answer.travel else None
    record(
        Actor.system(),
        "runs.planned",
        plan,
        served=answer.totals.served,
        van_days=answer.totals.van_days,
    )


def take_plan(plan_id: int, *, by: Actor) -> list[Run]:
    """Make runs of a plan's routes; the runs that were planned on its shifts before are replaced.

    Refused for a plan that was taken already, and when a shift or a stop is no longer as the plan
    knows it: promised, loaded, driven, moved or removed in the meantime.
    """
    plan = queries.plan(plan_id, lock=True)
    if plan.answer is None:
        raise Refused(N_("This plan has no answer yet."))
    if plan.taken_at is not None:
        raise Refused(N_("This plan was taken already."))
    answer = plans.read(plan.answer)
    question = problems.read(plan.problem)
    shifts = _present(question.shifts)
    for shift in shifts.values():
        _clear(shift)
    stops = {stop.id: stop for stop in queries.unplanned_stops(lock=True)}
    made = [_run_of(route, shifts[route.van, route.day], plan, stops) for route in answer.routes]
    _check_places(made, question)
    flush_or(PLANNED_BY_ANOTHER)
    plan.taken_at = clock.now()
    record(by, "runs.plan_taken", plan, runs=[run.id for run in made])
    return made


def _present(asked: Iterable[problems.Shift]) -> Mapping[tuple[str, date], Shift]:
    """The shifts that a plan was made for; refused when one is gone or has other hours now."""
    wanted = {shift.key: shift for shift in asked}
    days = [shift.day for shift in wanted.values()]
    found = {
        (van_key(shift.van), shift.on_date): shift
        for shift in queries.shifts(min(days), to_date=max(days))
    }
    for key, shift in wanted.items():
        now = found.get(key)
        if now is None or (now.start_min, now.end_min) != (shift.start, shift.end):
            raise Refused(N_("A shift of this plan is gone or has other hours now; plan again."))
    return {key: found[key] for key in wanted}


def _check_places(made: Iterable[Run], question: problems.Problem) -> None:
    """Refused when the plan drives to a door at which the person no longer lives."""
    for run in made:
        for stop in run.stops:
            at = question.stop[queries.stop_key(stop.id)].at
            home = stop.employee.home
            if home is None or (home.lat, home.lon) != (at.lat, at.lon):
                raise Refused(
                    N_("%(name)s has another address now; plan again."), name=stop.employee.name
                )


def _clear(shift: Shift) -> None:
    if shift.run is None:
        return
    try:
        run = queries.run(shift.run.id, lock=True)
    except NotFound:
        raise Refused(PLANNED_BY_ANOTHER) from None
    if run.state not in rules.RUN_OPEN_TO_PLANNING:
        raise Refused(
            N_("The run of %(van)s on %(date)s is already promised; it stays as it is."),
            van=shift.van.name,
            date=shift.on_date,
        )
    for stop in run.stops:
        let_go(stop)
    db.session.flush()
    db.session.expire(run, ["stops"])
    db.session.delete(run)
    db.session.flush()
    db.session.expire(shift, ["run"])


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
    flush_or(PLANNED_BY_ANOTHER)
    position = 0
    for number, trip in enumerate(route.trips, start=1):
        for visit in trip.stops:
            stop = stops.get(queries.stop_number(visit.id))
            if stop is None:
                raise Refused(N_("A stop of this plan has changed in the meantime; plan again."))
            position += 1
            stop.run, stop.position, stop.trip = run, position, number
            stop.arrive_min, stop.start_min = visit.arrive, visit.start
            stop.leave_min = visit.leave
    return run


def take_apart(run_id: int, *, by: Actor) -> None:
    """Undo a planned run: its stops wait for the next plan."""
    run = queries.run(run_id, lock=True)
    _clear(run.shift)
    record(by, "runs.taken_apart", f"run:{run_id}")
