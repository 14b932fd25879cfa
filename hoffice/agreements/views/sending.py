"""Sending packs, reminding people, taking papers back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hoffice import clock
from hoffice.accounts.access import (
    current_account,
    current_actor,
    demo_is_on,
    open_to,
    settings,
)
from hoffice.accounts.rules import Role
from hoffice.agreements import queries, service
from hoffice.agreements.forms import SendForm, VoidForm
from hoffice.agreements.rules import PAPER_LABELS, WorkModel
from hoffice.agreements.views.blueprint import bp, code
from hoffice.errors import NotFound, Refused
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.web.numbers import row_number, ticked
from hoffice.web.pages import translated

NAMES_SHOWN = 12
PAGES = {"zurueckziehen": ".void_many", "erneuern": ".supersede"}
"""Where the ticks of the list lead, by the word in the button's address."""


@bp.post("/auswahl")
@open_to(Role.HR)
def choose() -> ResponseReturnValue:
    """From the ticks of the list to the page that shows what would be sent."""
    ids = ticked()
    if not ids:
        flash(_("Nobody is selected."), "error")
        return redirect(url_for(".index"))
    page = PAGES.get(request.args.get("fuer", ""), ".send")
    return redirect(url_for(page, ids=",".join(map(str, ids))))


def _asked_for(text: str) -> Sequence[Employee]:
    """The people named in the address, or everybody without a pack when none is named."""
    ids = MultiDict([("ids", part) for part in text.split(",")]).getlist("ids", type=row_number)
    return queries.people_with(ids or queries.without_pack(clock.today()))


def _model(form: SendForm) -> WorkModel:
    """The chosen kind of work; a word that is none is for the form to refuse."""
    wanted = form.work_model.data
    return WorkModel(wanted) if wanted in set(WorkModel) else WorkModel.TELEWORK


@bp.route("/senden", methods=["GET", "POST"])
@open_to(Role.HR)
def send() -> ResponseReturnValue:
    """Show to whom what would be sent, ask for the terms, then order it."""
    asked = _asked_for(request.values.get("ids", ""))
    packs = queries.packs_of(employee.id for employee in asked)
    ready = [one for one in asked if one.id not in packs and not service.cannot_be_sent(one)]
    lacking = [(one, service.cannot_be_sent(one)) for one in asked if one.id not in packs]
    form = SendForm()
    error = ""
    try:
        texts = service.texts_to_send(_model(form), allow_unapproved=demo_is_on())
    except Refused as refusal:
        texts, error = {}, translated(refusal)
    if form.validate_on_submit() and not error:
        try:
            job = service.prepare_packs(
                [one.id for one in ready],
                by=current_actor(),
                signer_name=form.signer_name.data or "",
                terms=form.terms(settings().company),
                allow_unapproved=demo_is_on(),
            )
        except NotFound:
            raise
        except Refused as refusal:
            error = translated(refusal)
        else:
            return redirect(url_for("desk.job", job_id=job.id))
    if request.method == "GET":
        form.show(queries.last_terms(), signer_name=current_account().name)
        form.ids.data = request.args.get("ids", "")
    page = render_template(
        "agreements/send.html",
        form=form,
        ready=ready,
        shown=ready[:NAMES_SHOWN],
        lacking=[(one, why) for one, why in lacking if why],
        have=len(packs),
        texts=texts,
        labels=PAPER_LABELS,
        error=error,
    )
    return page, code(has_failed=request.method == "POST")


@bp.route("/mappen/<int:employee_id>/zurueckziehen", methods=["GET", "POST"])
@open_to(Role.HR)
def void(employee_id: int) -> ResponseReturnValue:
    """Take a pack back, with a reason."""
    employee = people.employee(employee_id)
    form = VoidForm()
    if form.validate_on_submit():
        service.void_pack(employee_id, form.reason.data or "", by=current_actor())
        flash(_("Taken back. New papers can be sent now."))
        return redirect(url_for(".pack", employee_id=employee_id))
    found = queries.pack_of(employee_id)
    if found is None:
        return redirect(url_for(".pack", employee_id=employee_id))
    page = render_template("agreements/void.html", employee=employee, pack=found, form=form)
    return page, code(has_failed=request.method == "POST")
