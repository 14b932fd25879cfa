"""The depot, the vans and the days on which they drive."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from svcs.flask import get as door
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.people import queries as people
from hoffice.places.rules import metres_between
from hoffice.runs import queries, service
from hoffice.runs.forms import DepotForm, HoursForm, ShiftsForm, VanForm, clock_of
from hoffice.runs.models import Van
from hoffice.runs.views.blueprint import READERS, bp
from hoffice.runs.views.rests import warn_of_rests
from hoffice.runs.views.run import driver_choices
from hoffice.units import Point
from hoffice.web import formats
from hoffice.web.pages import translated

MORNING, AFTERNOON = 8 * 60, 16 * 60 + 30
"""The hours that a new shift proposes."""

FAR_M = 100_000
"""A depot farther from the middle of all homes is asked back about."""


@bp.route("/lager", methods=["GET", "POST"])
@open_to(Role.IT)
def depot() -> ResponseReturnValue:
    """Say where runs begin and end."""
    present = queries.depot()
    form = DepotForm(obj=present)
    doubt, place = "", ""
    if form.validate_on_submit():
        there = Point(form.lat.data or 0.0, form.lon.data or 0.0)
        doubt, place = _doubt(there), f"{there.lat:.4f} {there.lon:.4f}"
    if form.validate_on_submit() and (not doubt or request.form.get("sure") == place):
        service.set_depot(
            form.name.data or "",
            form.address.data or "",
            lat=form.lat.data or 0.0,
            lon=form.lon.data or 0.0,
            load_min_per_trip=form.load_min_per_trip.data or 0,
            by=current_actor(),
        )
        flash(_("The depot is set."))
        return redirect(url_for(".index"))
    return render_template("runs/depot.html", form=form, depot=present, doubt=doubt, place=place)


def _doubt(there: Point) -> str:
    """What speaks against a depot at this point, to be asked back once; nothing mostly."""
    middle = people.middle_of_homes()
    if middle is not None and (far := metres_between(there, middle)) > FAR_M:
        return str(
            _(
                "This point lies %(far)s from the middle of where your people live.",
                far=formats.km(far),
            )
        )
    if not there.lat or not there.lon:
        return str(_("This point has 0 degrees in it, which is far from here."))
    return ""


@bp.get("/busse")
@open_to(*READERS)
def vans() -> ResponseReturnValue:
    """The vans in use, and the form for another one."""
    return _vans_page(VanForm())


@bp.post("/busse")
@open_to(Role.IT)
def add_van() -> ResponseReturnValue:
    """Write down another van."""
    form = VanForm()
    if form.validate():
        try:
            made = service.add_van(
                form.name.data or "",
                plate=form.plate.data or "",
                boxes=form.boxes.data or 0,
                litres=form.litres.data or 0,
                kg=form.kg.data or 0,
                crew=form.crew.data or 1,
                cost_cents_per_day=form.cents(form.per_day),
                cost_cents_per_km=form.cents(form.per_km),
                cost_cents_per_hour=form.cents(form.per_hour),
                co2_g_per_km=form.co2_g_per_km.data,
                by=current_actor(),
            )
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(_("%(van)s is written down.", van=made.name))
            return redirect(url_for(".vans"))
    return _vans_page(form)


def _vans_page(form: VanForm) -> ResponseReturnValue:
    return render_template("runs/vans.html", vans=queries.vans(), form=form)


@bp.route("/busse/<int:van_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def van(van_id: int) -> ResponseReturnValue:
    """Correct what is known of a van."""
    found = queries.van(van_id)
    form = VanForm(data=_van_data(found))
    if form.validate_on_submit():
        try:
            service.change_van(
                van_id,
                name=form.name.data or "",
                plate=form.plate.data or "",
                boxes=form.boxes.data or 0,
                litres=form.litres.data or 0,
                kg=form.kg.data or 0,
                crew=form.crew.data or 1,
                cost_cents_per_day=form.cents(form.per_day),
                cost_cents_per_km=form.cents(form.per_km),
                cost_cents_per_hour=form.cents(form.per_hour),
                co2_g_per_km=form.co2_g_per_km.data,
                by=current_actor(),
            )
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
            found = queries.van(van_id)
        else:
            flash(_("Saved."))
            return redirect(url_for(".vans"))
    return render_template("runs/van.html", van=found, form=form)


def _van_data(van: Van) -> dict[str, object]:
    return {
        "name": van.name,
        "plate": van.plate,
        "boxes": van.boxes,
        "litres": van.litres,
        "kg": van.kg,
        "crew": van.crew,
        "per_day": van.cost_cents_per_day / 100,
        "per_km": van.cost_cents_per_km / 100,
        "per_hour": van.cost_cents_per_hour / 100,
        "co2_g_per_km": van.co2_g_per_km,
    }


@bp.post("/busse/<int:van_id>/abgeben")
@open_to(Role.IT)
def retire_van(van_id: int) -> ResponseReturnValue:
    """The van is given back."""
    found = service.retire_van(van_id, by=current_actor())
    flash(_("%(van)s is no longer planned.", van=found.name))
    return redirect(url_for(".vans"))


@bp.get("/schichten")
@open_to(*READERS)
def shifts() -> ResponseReturnValue:
    """The shifts ahead, and the form for more of them."""
    form = _shifts_form()
    form.start.data, form.end.data = clock_of(MORNING), clock_of(AFTERNOON)
    return _shifts_page(form)


@bp.post("/schichten")
@open_to(Role.IT)
def add_shifts() -> ResponseReturnValue:
    """Let a van drive on several days; all of them or none."""
    form = _shifts_form()
    if form.validate():
        try:
            made = service.add_shifts(
                form.van.data,
                form.days,
                start_min=form.start_min,
                end_min=form.end_min,
                driver_id=form.driver_id,
                crew_note=form.crew_note.data or "",
                by=current_actor(),
            )
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(ngettext("One shift is added.", "%(num)s shifts are added.", len(made)))
            warn_of_rests([shift.id for shift in made])
            return redirect(url_for(".shifts"))
    return _shifts_page(form)


def _shifts_form() -> ShiftsForm:
    form = ShiftsForm()
    form.today = clock.today()
    form.van.choices = [SelectChoice(van.id, van.name) for van in queries.vans()]
    form.set_drivers(driver_choices())
    return form


def _shifts_page(form: ShiftsForm) -> ResponseReturnValue:
    return render_template(
        "runs/shifts.html", shifts=queries.shifts(clock.today()), vans=queries.vans(), form=form
    )


@bp.route("/schichten/<int:shift_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def shift(shift_id: int) -> ResponseReturnValue:
    """Change hours, driver or crew of one shift."""
    found = queries.shift(shift_id)
    form = HoursForm(
        data={
            "start": clock_of(found.start_min),
            "end": clock_of(found.end_min),
            "driver": found.driver_id or 0,
            "crew_note": found.crew_note,
        }
    )
    form.set_drivers(driver_choices(found.driver_id))
    if form.validate_on_submit():
        try:
            service.change_shift(
                shift_id,
                start_min=form.start_min,
                end_min=form.end_min,
                driver_id=form.driver_id,
                crew_note=form.crew_note.data or "",
                by=current_actor(),
            )
        except Refused as refusal:
            form.form_errors.append(translated(refusal))
        else:
            flash(_("Saved."))
            warn_of_rests([shift_id])
            return redirect(url_for(".shifts"))
    promised = [stop for stop in found.run.stops if stop.slot] if found.run else []
    return render_template("runs/shift.html", shift=found, form=form, promised=promised)


@bp.post("/schichten/<int:shift_id>/ausfallen")
@open_to(Role.IT)
def call_off_shift(shift_id: int) -> ResponseReturnValue:
    """The van does not drive on this day: what was promised is taken back, with a sentence."""
    queries.shift(shift_id)
    why, back = request.form.get("why", ""), url_for(".shift", shift_id=shift_id)
    try:
        called = service.call_off_shift(shift_id, why, by=current_actor(), book=door(LinkBook))
    except Refused as refusal:
        db.session.rollback()
        flash(translated(refusal), "problem")
        return redirect(back, HTTPStatus.SEE_OTHER)
    if called:
        flash(
            ngettext(
                "The shift is called off: one person chooses another window.",
                "The shift is called off: %(num)s people choose another window.",
                len(called),
            )
        )
    else:
        flash(_("The shift is called off."))
    return redirect(back, HTTPStatus.SEE_OTHER)


@bp.post("/schichten/<int:shift_id>/wieder-fahren")
@open_to(Role.IT)
def take_back_shift(shift_id: int) -> ResponseReturnValue:
    """The van drives after all."""
    service.take_back(shift_id, by=current_actor())
    flash(_("The van drives again; nothing is planned on this shift yet."))
    return redirect(url_for(".shift", shift_id=shift_id), HTTPStatus.SEE_OTHER)


@bp.post("/schichten/<int:shift_id>/entfernen")
@open_to(Role.IT)
def remove_shift(shift_id: int) -> ResponseReturnValue:
    """Take a shift away."""
    service.remove_shift(shift_id, by=current_actor())
    flash(_("The shift is removed."))
    return redirect(url_for(".shifts"))
