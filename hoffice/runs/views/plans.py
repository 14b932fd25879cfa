"""The planner's answers: one plan with its figures and reasons, and two of them side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import open_to
from hoffice.people import queries as people
from hoffice.runs import queries, service
from hoffice.runs.forms import THOROUGH_S
from hoffice.runs.models import Plan, Shift, Stop
from hoffice.runs.planning import plan as plans
from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.comparing import Place, compare
from hoffice.runs.planning.findings import Finding
from hoffice.runs.views.blueprint import READERS, bp, elsewhere, person_url
from hoffice.runs.views.lanes import Lane, lane_of_route, map_of
from hoffice.runs.views.totals import Totals, totals_of_plan, totals_of_runs
from hoffice.runs.views.travel import travel_words
from hoffice.web import formats
from hoffice.web.numbers import row_number


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody the plan does not visit, and why."""

    stop: Stop
    reasons: tuple[str, ...]
    url: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of two plans that are compared."""

    plan: Plan
    totals: Totals
    lanes: list[Lane]
    left_out: list[LeftOut]


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody whom the two plans visit at another time."""

    stop: Stop
    first: str
    second: str
    is_other_shift: bool


@bp.get("/plan/<int:plan_id>")
@open_to(*READERS)
def plan(plan_id: int) -> ResponseReturnValue:
    """The planner's answer: figures, lanes, map, who is left out and why, and what is now."""
    row = queries.plan(plan_id)
    if row.answer is None:
        job = elsewhere("desk.job", job_id=row.job_id) if row.job_id else None
        return render_template("runs/plan_open.html", plan=row, job_url=job)
    question, answer = problems.read(row.problem), plans.read(row.answer)
    shifts = _shifts_of(question)
    lanes, lost = _lanes_of(question, answer, shifts)
    now = totals_of_runs([shift.run for shift in shifts if shift.run])
    return render_template(
        "runs/plan.html",
        plan=row,
        lanes=lanes,
        totals=totals_of_plan(answer, {service.key_of(shift): shift.van for shift in shifts}),
        now=now,
        shows_now=row.taken_at is None and now.stops > 0,
        left_out=_left_out(answer),
        gone=lost,
        asked=len(question.stops),
        engine=answer.engine,
        travel=travel_words(row.travel),
        advice=[_said(one) for one in row.advice or ()],
        content=map_of(queries.depot(), lanes, ()),
        others=[other for other in queries.answered_plans() if other.id != row.id],
        again_url=url_for(".ask", schicht=[shift.id for shift in shifts], sekunden=THOROUGH_S),
    )


def _said(advice: Mapping[str, object]) -> str:
    """What would help, in the reader's language."""
    facts = advice.get("facts")
    values = dict(facts) if isinstance(facts, Mapping) else {}
    shown = {name: _fact(name, value) for name, value in values.items()}
    return str(_(str(advice["text"]), **shown))


def _fact(name: str, value: object) -> object:
    if name == "date":
        return formats.day(date.fromisoformat(str(value)))
    return formats.number(value, 1) if isinstance(value, float) else value


@bp.get("/plan/<int:plan_id>/vergleich")
@open_to(*READERS)
def compare_plans(plan_id: int) -> ResponseReturnValue:
    """One plan beside another: figures, maps, and everybody who would be visited otherwise."""
    other_id = request.args.get("mit", type=row_number)
    if other_id is None:
        return redirect(url_for(".plan", plan_id=plan_id))
    rows = [queries.plan(plan_id), queries.plan(other_id)]
    answers = [plans.read(row.answer) for row in rows if row.answer is not None]
    if len(answers) < len(rows):
        return redirect(url_for(".plan", plan_id=plan_id))
    sides = [_side(row, answer) for row, answer in zip(rows, answers, strict=True)]
    found = compare(*answers)
    stops = {
        stop.id: stop
        for stop in queries.stops_by_id(queries.stop_number(one.id) for one in found.moved)
    }
    vans = queries.van_names()
    changes = [
        Change(
            stops[queries.stop_number(one.id)],
            _place(one.first, vans),
            _place(one.second, vans),
            one.is_other_shift,
        )
        for one in found.moved
        if queries.stop_number(one.id) in stops
    ]
    return render_template(
        "runs/compare.html",
        first=sides[0],
        second=sides[1],
        changes=changes,
        same=found.same,
        contents=[map_of(queries.depot(), side.lanes, ()) for side in sides],
    )


def _side(row: Plan, answer: plans.Plan) -> Side:
    question = problems.read(row.problem)
    shifts = _shifts_of(question)
    lanes, _lost = _lanes_of(question, answer, shifts)
    vans = {service.key_of(shift): shift.van for shift in shifts}
    return Side(row, totals_of_plan(answer, vans), lanes, _left_out(answer))


def _place(place: Place | None, vans: Mapping[int, str]) -> str:
    if place is None:
        return str(_("left out"))
    name = vans.get(int(place.van.removeprefix("van-")), place.van)
    return f"{formats.day(place.day)} {formats.clock_min(place.start)} · {name}"


def _shifts_of(question: problems.Problem) -> list[Shift]:
    """The shifts of a question that are still there."""
    days = [shift.day for shift in question.shifts]
    asked = {shift.key for shift in question.shifts}
    return [
        shift
        for shift in queries.shifts(min(days), to_date=max(days))
        if service.key_of(shift) in asked
    ]


def _lanes_of(
    question: problems.Problem, answer: plans.Plan, present: Iterable[Shift]
) -> tuple[list[Lane], int]:
    """The routes as lanes, and how many of them have lost their shift since."""
    numbers = [queries.stop_number(visit.id) for route in answer.routes for visit in route.visits]
    stops = {stop.id: stop for stop in queries.stops_by_id(numbers)}
    said = people.at_home_of([stop.employee_id for stop in stops.values()], clock.today())
    shifts = {service.key_of(shift): shift for shift in present}
    found = [
        (route, shifts[route.van, route.day])
        for route in answer.routes
        if (route.van, route.day) in shifts
    ]
    lanes = [
        lane_of_route(
            number,
            shift,
            route,
            stops,
            load_min=round(question.depot.load_min_per_trip),
            said=said,
        )
        for number, (route, shift) in enumerate(found, start=1)
    ]
    return lanes, len(answer.routes) - len(found)


def _left_out(answer: plans.Plan) -> list[LeftOut]:
    """Who is not visited, the sentences in the reader's language."""
    numbers = [queries.stop_number(left.id) for left in answer.unplanned]
    stops = {stop.id: stop for stop in queries.stops_by_id(numbers)}
    return [
        LeftOut(stop, tuple(_sentences(left.reasons)), person_url(stop.employee_id))
        for left in answer.unplanned
        if (stop := stops.get(queries.stop_number(left.id))) is not None
    ]


def _sentences(reasons: Iterable[Finding]) -> Iterable[str]:
    for reason in reasons:
        values = dict(reason.values)
        if "dimension" in values:
            values["dimension"] = _(str(values["dimension"]))
        sentence = str(_(reason.text)) % values
        yield sentence[:1].upper() + sentence[1:]
