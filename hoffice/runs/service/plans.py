"""From a question to the planner to runs on the road: ask, keep the answer, take it, undo it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.jobs.models import Job
from hoffice.jobs.service import enqueue
from hoffice.runs import queries
from hoffice.runs.models import Plan, Run, Shift
from hoffice.runs.planning import plan as plans
from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.advice import Advice
from hoffice.runs.rules import PlanMode
from hoffice.runs.service import timetable
from hoffice.runs.service.question import (
    Key,
    key_of,
    present_routes,
    problem_for,
    problem_of,
    van_facts,
)
from hoffice.units import Actor

PLAN = "runs.plan"
"""The kind of job that lets the engine plan."""
SECONDS_MOST = 120


def ask_for_plan(
    shift_ids: Iterable[int],
    *,
    seconds: float,
    by: Actor,
    travel: str = "default",
    mode: PlanMode = PlanMode.EVERYTHING,
) -> Job:
    """Let the engine plan these shifts with their stops and all that wait; promises hold.

    ``travel`` names the road engine, or the default model. Refused without a depot, a shift that
    can still be planned, or a stop with a point on the map.
    """
    problem = problem_for(shift_ids, travel=travel, mode=mode)
    plan = Plan(
        created_at=clock.now(), created_by=str(by), problem=problems.write(problem), mode=mode
    )
    db.session.add(plan)
    db.session.flush()
    seconds = min(max(seconds, 1.0), SECONDS_MOST)
    job = enqueue(
        PLAN, {"plan": plan.id, "seconds": seconds}, by=by, key=f"plan:{plan.id}", total=100
    )
    plan.job_id = job.id
    record(by, "runs.plan_asked", plan, stops=len(problem.stops), shifts=len(problem.shifts))
    return job


def present_of(question: problems.Problem) -> Mapping[Key, Sequence[Sequence[str]]]:
    """What is planned now on the shifts of a question, so that the answer serves no fewer."""
    days = [shift.day for shift in question.shifts]
    shifts = queries.shifts(min(days), to_date=max(days)) if days else ()
    return present_routes(shift for shift in shifts if key_of(shift) in question.shift)


def keep_answer(
    plan_id: int,
    answer: plans.Plan,
    *,
    is_cut_short: bool = False,
    advice: Iterable[Advice] = (),
) -> None:
    """Write the answer beside its question, what would help, and whether its search was ended."""
    plan = queries.plan(plan_id)
    plan.answer = plans.write(answer)
    plan.is_cut_short = is_cut_short
    plan.advice = [{"text": one.text, "facts": dict(one.facts)} for one in advice]
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
    timetable.hold()
    shifts = _present(question)
    _keep_fixed(shifts, answer)
    routed = {(route.van, route.day) for route in answer.routes}
    made = timetable.write(
        answer.routes, shifts, emptied=[key for key in shifts if key not in routed], plan=plan
    )
    _check_stops(made, question)
    plan.taken_at = clock.now()
    record(by, "runs.plan_taken", plan, runs=[run.id for run in made])
    return made


def _present(question: problems.Problem) -> Mapping[tuple[str, date], Shift]:
    """The shifts that a plan was made for; refused when one is gone or is other than it was."""
    wanted = {shift.key: shift for shift in question.shifts}
    days = [shift.day for shift in wanted.values()]
    found = {key_of(shift): shift for shift in queries.shifts(min(days), to_date=max(days))}
    for key, shift in wanted.items():
        now = found.get(key)
        if now is None or (now.start_min, now.end_min) != (shift.start, shift.end):
            raise Refused(N_("A shift of this plan is gone or has other hours now; plan again."))
        van, then = van_facts(now.van), question.van[shift.van]
        if (van.capacity, van.crew) != (then.capacity, then.crew):
            raise Refused(N_("%(van)s has other room or crew now; plan again."), van=now.van.name)
    return {key: found[key] for key in wanted}


def _keep_fixed(shifts: Mapping[tuple[str, date], Shift], answer: plans.Plan) -> None:
    """Refused when somebody was fixed to a run since the plan was asked for, and it moves her."""
    place = {visit.id: (route.van, route.day) for route in answer.routes for visit in route.visits}
    for key, shift in shifts.items():
        for stop in shift.run.stops if shift.run else ():
            if stop.fixed_at is not None and place.get(queries.stop_key(stop.id)) != key:
                raise Refused(
                    N_("%(name)s was fixed to a run in the meantime; plan again."),
                    name=stop.employee.name,
                )


def _check_stops(made: Iterable[Run], question: problems.Problem) -> None:
    """Refused when a person no longer lives at a door, or it needs more than the plan knows."""
    for run in made:
        now = problem_of([run.shift], run.stops)
        for stop in run.stops:
            key = queries.stop_key(stop.id)
            at = question.stop[key].at
            if _needs(now.stop[key]) != _needs(question.stop[key]):
                raise Refused(
                    N_("%(name)s gets other boxes or needs more people now; plan again."),
                    name=stop.employee.name,
                )
            home = stop.employee.home
            if home is None or (home.lat, home.lon) != (at.lat, at.lon):
                raise Refused(
                    N_("%(name)s has another address now; plan again."), name=stop.employee.name
                )


def _needs(stop: problems.Stop) -> tuple[problems.Amount, int]:
    return stop.out, stop.crew


def take_apart(run_id: int, *, by: Actor) -> None:
    """Undo a planned run: its stops wait for the next plan. Refused once a window is promised."""
    timetable.hold()
    run = queries.run(run_id, lock=True)
    promised = [stop.employee.name for stop in run.stops if stop.slot is not None]
    if promised:
        raise Refused(
            N_("%(names)s were promised a window; call these visits off first."),
            names=", ".join(promised),
        )
    shift = run.shift
    timetable.write([], {key_of(shift): shift}, emptied=[key_of(shift)])
    record(by, "runs.taken_apart", f"run:{run_id}")
