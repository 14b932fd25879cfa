"""Handing out at the office: the same visit as at a door, item by item, with a signature."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db, start_writing
from hoffice.doorstep.forms import VisitForm
from hoffice.doorstep.views import hand_over
from hoffice.errors import N_, NotFound, Refused
from hoffice.gates import rules as gate_rules
from hoffice.gates import service as gates
from hoffice.gates.service import GateClosed
from hoffice.handover import queries as handovers
from hoffice.handover.rules import OUTCOME_LABELS, ItemOutcome
from hoffice.kits import queries as kits
from hoffice.kits.rules import KIND_LABELS
from hoffice.runs import queries as runs
from hoffice.runs.models import Stop
from hoffice.runs.rules import STOP_ENDED, Way
from hoffice.web.pages import translated

bp = Blueprint("counter", __name__, url_prefix="/unterwegs/abholung")


def _stop(stop_id: int) -> Stop:
    """Somebody who comes to the office; the doors of others are no business of the counter."""
    found = runs.stop(stop_id)
    if found.way is not Way.OFFICE:
        raise NotFound(N_("There is no such pick-up."))
    return found


@bp.get("/<int:stop_id>")
@open_to(Role.IT)
def stop(stop_id: int) -> ResponseReturnValue:
    """Who stands at the counter, whether her boxes may go, and every item."""
    return _page(_stop(stop_id), VisitForm(), wrong="")


def _page(stop: Stop, form: VisitForm, *, wrong: str) -> ResponseReturnValue:
    page = render_template(
        "doorstep/counter.html",
        stop=stop,
        form=form,
        said=request.form,
        wrong=wrong,
        outcomes=[(outcome, _(OUTCOME_LABELS[outcome])) for outcome in ItemOutcome],
        kinds=KIND_LABELS,
        visit=handovers.of_stop(stop.id),
        is_done=stop.state in STOP_ENDED,
        held=gate_rules.closed(gates.answers_about(stop.employee_id)),
        labels=gate_rules.GATE_LABELS,
        turns=gate_rules.TURN_LABELS,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


@bp.post("/<int:stop_id>")
@open_to(Role.IT)
def hand_out(stop_id: int) -> ResponseReturnValue:
    """Hand out: the gates are asked now, then what was given is written down and signed."""
    found = _stop(stop_id)
    form = VisitForm()
    actor = current_actor()
    if not form.validate_on_submit():
        return _page(found, form, wrong=_("Something in the form is too long."))
    try:
        hand_over(found, form)
    except GateClosed as refusal:
        db.session.rollback()
        start_writing()
        gates.note_refusal(refusal, kits.box_by_code(str(refusal.facts["code"])), by=actor)
        return redirect(url_for(".stop", stop_id=stop_id), HTTPStatus.SEE_OTHER)
    except Refused as refusal:
        db.session.rollback()
        return _page(_stop(stop_id), form, wrong=translated(refusal))
    flash(_("Handed over to %(name)s.", name=found.employee.name))
    return redirect(url_for("ways.counter"), HTTPStatus.SEE_OTHER)
