"""Asking for a plan, looking at the answer beside what is now, and taking it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.errors import Refused
from hoffice.people import queries as people
from hoffice.runs import queries, service
from hoffice.runs.forms import THOROUGH_S, PlanForm
from hoffice.runs.models import Run, Shift, Stop
from hoffice.runs.planning import plan as plans
from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.assembly import cost_cents
from hoffice.runs.planning.findings import Finding
from hoffice.runs.views.blueprint import READERS, bp, elsewhere, person_url
from hoffice.runs.views.lanes import Lane, lane_of_route, map_of
from hoffice.runs.views.travel import travel_words
from hoffice.web import formats
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated


@dataclass(frozen=True, slots=True)
class Totals:
    """A plan, or what is now, in figures."""

    runs: int
    stops: int
    metres: int
    work_min: int
    cents: int

    @property
    def per_stop(self) -> int | None:
        """What one visit costs, in cents."""
        return self.cents // self.stops if self.stops else None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody the plan does not visit, and why."""

    stop: Stop
    reasons: tuple[str, ...]
    url: str | None


@bp.route("/planen", methods=["GET", "POST"])
@open_to(Role.IT)
def ask() -> ResponseReturnValue:
    """Choose the shifts and how long the engine may think; the page of the job comes next."""
    form = PlanForm()
    shifts = _open_shifts()
    form.shifts.choices = [SelectChoice(shift.id, _shift_text(shift)) for shift in shifts]
    if not form.is_submitted():
        wanted = set(request.args.getlist("schicht", type=row_number))
        form.shifts.data = [shift.id for shift in shifts if not wanted or shift.id in wanted]
        form.seconds.data = request.args.get("sekunden", form.seconds.data, type=int)
    if form.validate_on_submit():
        try:
            job = service.ask_for_plan(
                form.shifts.data or [],
                seconds=form.seconds.data,
                by=current_actor(),
                travel=settings().travel_model,
            )
        except Refused as refusal:
            form.form_errors.append(translated(refusal))
        else:
            return redirect(url_for("desk.job", job_id=job.id))
    waiting = queries.unplanned_stops()
    return render_template(
        "runs/ask.html",
        form=form,
        depot=queries.depot(),
        waiting=len(waiting),
        lost=[stop for stop in waiting if stop.home.lat is None],
        taken=sum(len(shift.run.stops) for shift in shifts if shift.run),
        person_url=person_url,
    )


def _open_shifts() -> list[Shift]:
    """The shifts ahead that a plan may still fill or take apart."""
    return [shift for shift in queries.shifts(clock.today()) if service.is_open(shift)]


def _shift_text(shift: Shift) -> str:
    hours = f"{formats.clock_min(shift.start_min)}–{formats.clock_min(shift.end_min)}"
    parts = [formats.day(shift.on_date), shift.van.name, hours]
    if shift.run is not None:
        count = len(shift.run.stops)
        parts.append(ngettext("%(num)s stop planned", "%(num)s stops planned", count))
    return " · ".join(parts)


@bp.get("/plan/<int:plan_id>")
@open_to(*READERS)
def plan(plan_id: int) -> ResponseReturnValue:
    """The planner's answer: figures, lanes, map, who is left out and why, and what is now."""
    row = queries.plan(plan_id)
    if row.answer is None:
        job = elsewhere("desk.job", job_id=row.job_id) if row.job_id else None
        return render_template("runs/plan_open.html", plan=row, job_url=job)
    question, answer = problems.read(row.problem), plans.read(row.answer)
    lanes, lost = _lanes_of(question, answer)
    shifts = _shifts_of(question)
    now = _now([shift.run for shift in shifts if shift.run])
    return render_template(
        "runs/plan.html",
        plan=row,
        lanes=lanes,
        totals=_planned(answer),
        now=now,
        shows_now=row.taken_at is None and now.stops > 0,
        left_out=_left_out(answer),
        gone=lost,
        asked=len(question.stops),
        engine=answer.engine,
        travel=travel_words(row.travel),
        content=map_of(queries.depot(), lanes, ()),
        again_url=url_for(".ask", schicht=[shift.id for shift in shifts], sekunden=THOROUGH_S),
    )


def _shifts_of(question: problems.Problem) -> list[Shift]:
    """The shifts of a question that are still there."""
    days = [shift.day for shift in question.shifts]
    asked = {shift.key for shift in question.shifts}
    return [
        shift
        for shift in queries.shifts(min(days), to_date=max(days))
        if (service.van_key(shift.van), shift.on_date) in asked
    ]


def _lanes_of(question: problems.Problem, answer: plans.Plan) -> tuple[list[Lane], int]:
    """The routes as lanes, and how many of them have lost their shift since."""
    numbers = [queries.stop_number(visit.id) for route in answer.routes for visit in route.visits]
    stops = {stop.id: stop for stop in queries.stops_by_id(numbers)}
    said = people.at_home_of([stop.employee_id for stop in stops.values()], clock.today())
    shifts = {(service.van_key(shift.van), shift.on_date): shift for shift in _shifts_of(question)}
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


def _planned(answer: plans.Plan) -> Totals:
    totals = answer.totals
    return Totals(
        totals.van_days,
        totals.served,
        round(totals.km * 1000),
        totals.work_min,
        totals.cost_cents,
    )


def _now(runs: Sequence[Run]) -> Totals:
    """What the same shifts hold at present."""
    return Totals(
        len(runs),
        sum(len(run.stops) for run in runs),
        sum(run.distance_m for run in runs),
        sum(run.work_min for run in runs),
        round(sum(_cents(run) for run in runs)),
    )


def _cents(run: Run) -> float:
    return cost_cents(service.van_facts(run.shift.van), run.distance_m / 1000, run.work_min)


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


@bp.post("/plan/<int:plan_id>/nehmen")
@open_to(Role.IT)
def take(plan_id: int) -> ResponseReturnValue:
    """Make runs of the plan; what was planned on its shifts before is replaced."""
    runs = service.take_plan(plan_id, by=current_actor())
    flash(ngettext("One run is planned.", "%(num)s runs are planned.", len(runs)))
    return redirect(url_for(".index"))
