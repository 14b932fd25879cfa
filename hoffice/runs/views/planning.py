"""Asking for a plan, looking at the answer beside what is now, and taking it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.errors import Refused
from hoffice.runs import queries, service
from hoffice.runs.forms import PlanForm
from hoffice.runs.models import Shift
from hoffice.runs.views.blueprint import bp, person_url
from hoffice.web import formats
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated


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
        form.mode.data = request.args.get("modus", form.mode.data)
    if form.validate_on_submit():
        try:
            job = service.ask_for_plan(
                form.shifts.data or [],
                seconds=form.seconds.data,
                by=current_actor(),
                travel=settings().travel_model,
                mode=form.plan_mode,
            )
        except Refused as refusal:
            form.form_errors.append(translated(refusal))
        else:
            return redirect(url_for("desk.job", job_id=job.id))
    waiting = queries.unplanned_stops()
    planned = [stop for shift in shifts if shift.run for stop in shift.run.stops]
    promised = sum(stop.slot is not None for stop in planned)
    return render_template(
        "runs/ask.html",
        form=form,
        depot=queries.depot(),
        waiting=len(waiting),
        lost=[stop for stop in waiting if stop.home.lat is None],
        taken=len(planned) - promised,
        promised=promised,
        without_stop=len(queries.kits_without_stop()),
        kept=_kept(),
        person_url=person_url,
    )


def _open_shifts() -> list[Shift]:
    """The shifts ahead that a plan may still fill or take apart."""
    return [shift for shift in queries.shifts(clock.today()) if service.is_open(shift)]


def _kept() -> list[Shift]:
    """The shifts ahead whose runs are fixed: no plan changes them."""
    return [shift for shift in queries.shifts(clock.today()) if shift.run and shift.run.fixed_at]


def _shift_text(shift: Shift) -> str:
    hours = f"{formats.clock_min(shift.start_min)}–{formats.clock_min(shift.end_min)}"
    parts = [formats.day(shift.on_date), shift.van.name, hours]
    if shift.run is not None:
        count = len(shift.run.stops)
        parts.append(ngettext("%(num)s stop planned", "%(num)s stops planned", count))
    return " · ".join(parts)


@bp.post("/plan/<int:plan_id>/nehmen")
@open_to(Role.IT)
def take(plan_id: int) -> ResponseReturnValue:
    """Make runs of the plan; what was planned on its shifts before is replaced."""
    runs = service.take_plan(plan_id, by=current_actor())
    flash(ngettext("One run is planned.", "%(num)s runs are planned.", len(runs)))
    return redirect(url_for(".index"))
