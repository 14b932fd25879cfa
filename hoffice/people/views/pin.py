"""The pin: where exactly somebody lives, moved on a map."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.people import queries, service
from hoffice.people.access import CHANGES_PEOPLE
from hoffice.people.forms import PinForm
from hoffice.people.models import Home
from hoffice.people.views.ahead import asked_ahead_about
from hoffice.people.views.answers import sentence
from hoffice.people.views.blueprint import bp
from hoffice.places import queries as places
from hoffice.places.rules import Remark
from hoffice.units import Actor

NEIGHBOUR_M = 150
"""A house of the register this near says where a point lies."""


@dataclass(frozen=True, slots=True)
class FarQuestion:
    """The pin was moved far: whether that is right."""

    metres: int
    towards: str
    """A direction, as a message id."""
    near: places.NearHouse | None
    """The house of the register that is nearest to where the pin is now."""


def pin_or_ask(employee_id: int, form: PinForm, *, by: Actor) -> FarQuestion | None:
    """Set the pin of a valid form, or give the question that has to be answered before."""
    point = form.point
    if point is None:
        raise Refused(N_("There is no point to set."))
    try:
        service.pin_home(employee_id, point, by=by, confirmed_m=form.confirmed_m.data)
    except service.MovedFar as far:
        db.session.rollback()
        near = places.houses_near(point.lat, point.lon, NEIGHBOUR_M, 1)
        return FarQuestion(far.metres, far.towards, near[0] if near else None)
    return None


def remarks_about(home: Home) -> list[str]:
    """What the geocoder had to say about the address, in the reader's language."""
    return [sentence(Remark.from_json(kept)) for kept in home.remarks]


@bp.route("/<int:employee_id>/adresse/punkt", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def pin(employee_id: int) -> ResponseReturnValue:
    """Move the point of a home on the map, for addresses that no register finds well."""
    person = queries.employee(employee_id)
    home = queries.home_of(employee_id)
    if home is None:
        flash(_("There is no address yet. Enter it first."), "problem")
        return redirect(url_for("people.home", employee_id=employee_id))
    form = PinForm()
    question = None
    if not form.is_submitted():
        form.show_point(home)
    elif form.validate():
        question = pin_or_ask(employee_id, form, by=current_actor())
        if question is None:
            flash(_("The pin is set."))
            return redirect(url_for("desk.person", employee_id=employee_id))
        person, home = queries.employee(employee_id), queries.home_of(employee_id)
    page = render_template(
        "people/pin.html",
        form=form,
        person=person,
        home=home,
        question=question,
        remarks=remarks_about(home) if home is not None else [],
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@bp.post("/<int:employee_id>/adresse/punkt/zuruecknehmen")
@open_to(*CHANGES_PEOPLE)
def unpin(employee_id: int) -> ResponseReturnValue:
    """Take the point back: the home lies again where its address is found."""
    geocoder = asked_ahead_about(employee_id)
    service.unpin_home(employee_id, geocoder=geocoder, by=current_actor())
    flash(_("The home lies again where its address is found."))
    return redirect(url_for("people.pin", employee_id=employee_id))
