"""Papers outside of the usual pack: one for one person, a return for many, the council's notice."""

from __future__ import annotations

from collections.abc import Sequence

import svcs
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from hoffice import clock
from hoffice.accounts.access import current_account, current_actor, demo_is_on, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.agreements import pdf, queries, service
from hoffice.agreements.forms import (
    CouncilForm,
    HouseholdForm,
    ReturnForm,
    ReturnManyForm,
    WithdrawPaperForm,
)
from hoffice.agreements.rules import IN_FORCE, PAPER_LABELS, PaperKind
from hoffice.agreements.service import approval_papers, bulk, contents, council, single
from hoffice.agreements.service.bulk import Deed, Order
from hoffice.agreements.service.single import Wanted
from hoffice.agreements.views.blueprint import bp, code
from hoffice.agreements.views.selection import Selection
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.web.numbers import ticked
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

NAMES_SHOWN = 12
OFFERED = (PaperKind.HOUSEHOLD, PaperKind.BACK_TO_OFFICE)


# One paper for one person


@bp.route("/mappen/<int:employee_id>/weiteres", methods=["GET", "POST"])
@open_to(Role.HR)
def another(employee_id: int) -> ResponseReturnValue:
    """Look at one more paper for this person, then send it."""
    employee = people.employee(employee_id)
    kind = _kind()
    form = _form(kind)
    preview, error = None, ""
    if form.validate_on_submit():
        try:
            if "send" in request.form:
                return _send(employee, kind, form)
            preview = _preview(employee, _wanted(kind, form))
        except NotFound:
            raise
        except Refused as refusal:
            db.session.rollback()
            error, employee = translated(refusal), people.employee(employee_id)
    page = render_template(
        "agreements/another.html",
        employee=employee,
        kind=kind,
        kinds=OFFERED,
        form=form,
        preview=preview,
        error=error or _obstacle(employee, kind),
        labels=PAPER_LABELS,
    )
    return page, code(has_failed=bool(form.errors or (error and request.method == "POST")))


def _kind() -> PaperKind:
    """Which paper the address names; the first one when it names none that is offered."""
    asked = request.args.get("art", "")
    return next((kind for kind in OFFERED if kind.value == asked), OFFERED[0])


def _form(kind: PaperKind) -> HouseholdForm | ReturnForm:
    if kind is PaperKind.HOUSEHOLD:
        return HouseholdForm()
    form = ReturnForm()
    if request.method == "GET":
        form.signer_name.data = current_account().name
    return form


def _wanted(kind: PaperKind, form: HouseholdForm | ReturnForm) -> Wanted:
    if isinstance(form, HouseholdForm):
        return Wanted(kind=kind, person=form.person.data or "")
    return Wanted(kind=kind, last_day=form.last_day.data)


def _obstacle(employee: Employee, kind: PaperKind) -> str:
    """Why nothing can be sent whatever is typed; empty when something can."""
    why_not = service.cannot_be_sent(employee)
    if why_not is not None:
        return str(_(why_not))
    try:
        single.text_to_send(kind, allow_unapproved=demo_is_on())
        single.terms_of(employee.id)
    except Refused as refusal:
        return translated(refusal)
    return ""


def _preview(employee: Employee, wanted: Wanted) -> Markup:
    """The very words that would be sent, as a piece of a page."""
    parts = single.draft(
        employee, wanted, signer_name=current_account().name, allow_unapproved=demo_is_on()
    )
    return approval_papers.on_page(contents.without_title(parts), table=_("Table"))


def _send(
    employee: Employee, kind: PaperKind, form: HouseholdForm | ReturnForm
) -> ResponseReturnValue:
    single.add(
        employee.id,
        _wanted(kind, form),
        store=svcs.flask.get(Store),
        book=svcs.flask.get(LinkBook),
        by=current_actor(),
        signer_name="" if isinstance(form, HouseholdForm) else form.signer_name.data or "",
        allow_unapproved=demo_is_on(),
    )
    flash(_("The paper is on its way to %(name)s.", name=employee.name))
    return redirect(url_for(".pack", employee_id=employee.id))


@bp.route("/<int:paper_id>/zuruecknehmen", methods=["GET", "POST"])
@open_to(Role.HR)
def withdraw_paper(paper_id: int) -> ResponseReturnValue:
    """Take one paper back that was added by itself, such as a consent that was revoked."""
    form = WithdrawPaperForm()
    paper = queries.paper(paper_id)
    back = url_for(".pack", employee_id=paper.employee_id)
    if not single.may_withdraw(paper):
        return redirect(back)
    if form.validate_on_submit():
        single.withdraw(paper_id, form.reason.data or "", by=current_actor())
        flash(_("Taken back. The file stays as proof of what was."))
        return redirect(back)
    page = render_template(
        "agreements/withdraw_paper.html",
        paper=paper,
        form=form,
        labels=PAPER_LABELS,
        counts=paper.state in IN_FORCE,
        person=single.asked_person(paper) if paper.kind is PaperKind.HOUSEHOLD else "",
    )
    return page, code(has_failed=bool(form.errors))


# Many people at once


@bp.post("/auswahl/rueckkehr")
@open_to(Role.HR)
def choose_return() -> ResponseReturnValue:
    """From the ticks of the list to the page that asks for the last day."""
    return _on_to(".back_to_office")


@bp.post("/auswahl/betriebsrat")
@open_to(Role.HR)
def choose_council() -> ResponseReturnValue:
    """From the ticks of the list to the page of the council's notice."""
    return _on_to(".council_notice")


def _on_to(page: str) -> ResponseReturnValue:
    ids = ticked()
    if not ids:
        flash(_("Nobody is selected."), "error")
        return redirect(url_for(".index"))
    return redirect(url_for(page, ids=",".join(map(str, ids))))


@bp.route("/rueckkehr", methods=["GET", "POST"])
@open_to(Role.HR)
def back_to_office() -> ResponseReturnValue:
    """One last day at home for many people: say which, then order the papers."""
    selection = Selection.read(request.values)
    asked = queries.people_with(selection.people())
    if not asked:
        flash(_("Nobody is selected."), "error")
        return redirect(url_for(".index"))
    lacking = [(one, why) for one in asked if (why := service.cannot_be_sent(one))]
    ready = [one for one in asked if not service.cannot_be_sent(one)]
    form, error = ReturnManyForm(), ""
    if form.validate_on_submit():
        order = Order(
            deed=Deed.BACK_TO_OFFICE,
            last_day=form.last_day.data,
            signer=form.signer_name.data or "",
            allow_unapproved=demo_is_on(),
        )
        try:
            job = bulk.prepare([one.id for one in ready], order, by=current_actor())
        except NotFound:
            raise
        except Refused as refusal:
            error = translated(refusal)
        else:
            return redirect(url_for("desk.job", job_id=job.id))
    if request.method == "GET":
        form.signer_name.data = current_account().name
        for name, value in selection.arguments().items():
            form[name].data = value
    page = render_template(
        "agreements/back_to_office.html",
        form=form,
        ready=ready,
        shown=ready[:NAMES_SHOWN],
        lacking=lacking,
        error=error,
    )
    return page, code(has_failed=request.method == "POST")


@bp.route("/betriebsrat", methods=["GET", "POST"])
@open_to(Role.HR)
def council_notice() -> ResponseReturnValue:
    """The notice to the works council about the people selected, as a file to hand over."""
    selection = Selection.read(request.values)
    asked = queries.people_with(selection.people())
    if not asked:
        flash(_("Nobody is selected."), "error")
        return redirect(url_for(".index"))
    form, error = CouncilForm(), ""
    try:
        council.text_to_hand_over(allow_unapproved=demo_is_on())
    except Refused as refusal:
        error = translated(refusal)
    if form.validate_on_submit() and not error:
        try:
            return _notice(asked, form)
        except NotFound:
            raise
        except Refused as refusal:
            db.session.rollback()
            error, asked = translated(refusal), queries.people_with(selection.people())
    if request.method == "GET":
        form.show(queries.last_terms(), signer=current_account().name)
        for name, value in selection.arguments().items():
            form[name].data = value
    page = render_template(
        "agreements/council_notice.html",
        form=form,
        asked=asked,
        shown=asked[:NAMES_SHOWN],
        error=error,
    )
    return page, code(has_failed=request.method == "POST")


def _notice(asked: Sequence[Employee], form: CouncilForm) -> Response:
    store = svcs.flask.get(Store)
    made = council.put_together(
        [one.id for one in asked],
        terms=form.terms(settings().company),
        store=store,
        allow_unapproved=demo_is_on(),
    )
    with set_aside():
        content = pdf.paper(made.facts)
    council.note(made, content, by=current_actor())
    response = Response(content, mimetype="application/pdf")
    name = f"Betriebsrat-{clock.today().isoformat()}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response
