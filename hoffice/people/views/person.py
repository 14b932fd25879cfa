"""One person: taken in, changed, moved, confirmed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.people import queries, service
from hoffice.people.access import CHANGES_PEOPLE
from hoffice.people.forms import HomeForm, NewPersonForm, PersonForm, refused
from hoffice.people.views.ahead import asked_ahead
from hoffice.people.views.answers import told
from hoffice.people.views.blueprint import bp
from hoffice.web.deeds import why_not
from hoffice.web.pages import translated


@bp.route("/neu", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def add() -> ResponseReturnValue:
    """Take in one person by hand; the address may follow later."""
    form = NewPersonForm()
    form.offer(queries.team_names(), queries.project_choices())
    if form.validate_on_submit():
        try:
            home = None if form.is_empty else form.home
            person = service.add_person(
                form.person,
                home,
                geocoder=asked_ahead(*([home.place] if home else [])),
                by=current_actor(),
                point=form.point,
            )
        except Refused as refusal:
            db.session.rollback()
            refused(form.personnel_number, translated(refusal))
        else:
            flash(_("%(name)s is taken in.", name=person.name))
            return redirect(url_for("desk.person", employee_id=person.id))
    return render_template("people/add.html", form=form)


@bp.route("/<int:employee_id>/bearbeiten", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def edit(employee_id: int) -> ResponseReturnValue:
    """Change what is known of a person, except where she lives."""
    person = queries.employee(employee_id)
    name, former = person.name, person.email
    form = PersonForm()
    form.offer(queries.team_names(), queries.project_choices())
    if not form.is_submitted():
        form.show_person(person)
    elif form.validate():
        try:
            changed = service.change_person(employee_id, form.person, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            refused(form.personnel_number, translated(refusal))
        else:
            flash(_saved(former, changed.email))
            return redirect(url_for("desk.person", employee_id=employee_id))
    return render_template("people/edit.html", form=form, employee_id=employee_id, name=name)


def _saved(former: str, present: str) -> str:
    """What was done, and what is left to do."""
    if not service.is_other(former, present):
        return str(_("Saved."))
    return str(
        _(
            "Saved. The former mail address was told, and the links sent there have ended: "
            "send a new one."
        )
    )


@bp.route("/<int:employee_id>/adresse", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def home(employee_id: int) -> ResponseReturnValue:
    """Say where a person lives now."""
    person = queries.employee(employee_id)
    present = queries.home_of(employee_id)
    form = HomeForm()
    if not form.is_submitted():
        if present is not None:
            form.show_home(present)
    elif form.validate():
        saved = service.change_home(
            employee_id,
            form.home,
            geocoder=asked_ahead(form.home.place),
            by=current_actor(),
        )
        flash(_("The address is saved."))
        is_open = saved.candidates or service.repairs(saved)
        page = "people.home" if is_open else "desk.person"
        return redirect(url_for(page, employee_id=employee_id))
    return render_template(
        "people/home.html",
        form=form,
        person=person,
        present=present,
        told=None if present is None else told(present),
        former=queries.former_homes(employee_id),
    )


@bp.post("/<int:employee_id>/adresse/bestaetigen")
@open_to(*CHANGES_PEOPLE)
def confirm_home(employee_id: int) -> ResponseReturnValue:
    """Confirm the present address on the person's behalf, because she said so."""
    if refusal := why_not(lambda: service.confirm_home(employee_id, by=current_actor())):
        flash(refusal, "problem")
        return redirect(url_for("people.home", employee_id=employee_id))
    flash(_("The address is confirmed."))
    return redirect(url_for("desk.person", employee_id=employee_id))
