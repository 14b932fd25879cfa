"""The hours in which kits are handed out at the office: opened, changed, closed."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import Refused
from hoffice.handover.views.blueprint import READERS, ways
from hoffice.runs import queries, service
from hoffice.runs.forms import CounterForm, CountersForm, clock_of
from hoffice.web.deeds import after, tried, why_not
from hoffice.web.pages import translated

MORNING, NOON = 9 * 60, 12 * 60
"""The hours that the form proposes."""


@ways.get("/abholung/zeiten")
@open_to(*READERS)
def hours() -> ResponseReturnValue:
    """The hours ahead, and the form for more of them."""
    form = _form()
    form.start.data, form.end.data = clock_of(MORNING), clock_of(NOON)
    return _page(form)


def _form() -> CountersForm:
    form = CountersForm()
    form.today = clock.today()
    return form


def _page(form: CountersForm) -> ResponseReturnValue:
    counters = queries.counters(clock.today())
    taken = queries.seats_taken(one.id for one in counters)
    booked: dict[int, int] = {}
    for (counter_id, _start), seats in taken.items():
        booked[counter_id] = booked.get(counter_id, 0) + len(seats)
    page = render_template(
        "handover/hours.html", counters=counters, booked=booked, form=form, depot=queries.depot()
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@ways.post("/abholung/zeiten")
@open_to(Role.IT)
def open_hours() -> ResponseReturnValue:
    """Open the same hours on several days; all of them or none."""
    form = _form()
    if form.validate():
        made = tried(
            lambda: service.open_counters(
                form.days,
                start_min=form.start_min,
                end_min=form.end_min,
                places=form.places.data or 0,
                note=form.note.data or "",
                by=current_actor(),
            )
        )
        if isinstance(made, Refused):
            form.form_errors.append(translated(made))
        else:
            flash(ngettext("One day is open.", "%(num)s days are open.", len(made)))
            return redirect(url_for("ways.hours"), HTTPStatus.SEE_OTHER)
    return _page(form)


@ways.route("/abholung/zeiten/<int:counter_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def change_hours(counter_id: int) -> ResponseReturnValue:
    """Change hours, places or note of one day."""
    found = queries.counter(counter_id)
    form = CounterForm(
        data={
            "start": clock_of(found.start_min),
            "end": clock_of(found.end_min),
            "places": found.places,
            "note": found.note,
        }
    )
    if form.validate_on_submit():
        wrong = why_not(
            lambda: service.change_counter(
                counter_id,
                start_min=form.start_min,
                end_min=form.end_min,
                places=form.places.data or 0,
                note=form.note.data or "",
                by=current_actor(),
            )
        )
        if wrong:
            form.form_errors.append(wrong)
            found = queries.counter(counter_id)
        else:
            flash(_("Saved."))
            return redirect(url_for("ways.hours"), HTTPStatus.SEE_OTHER)
    page = render_template("handover/change_hours.html", counter=found, form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@ways.post("/abholung/zeiten/<int:counter_id>/schliessen")
@open_to(Role.IT)
def close_hours(counter_id: int) -> ResponseReturnValue:
    """Take hours away again."""
    return after(
        lambda: service.close_counter(counter_id, by=current_actor()),
        _("The hours are closed."),
        url_for("ways.hours"),
    )
