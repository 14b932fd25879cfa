"""Clients' approvals for HR and data protection: the list by project, and one with its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus

import svcs
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_account, current_actor, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.agreements import approving
from hoffice.agreements.approving import STATE_LABELS, Answer, Verdict
from hoffice.agreements.forms import EnterForm, WithdrawForm
from hoffice.agreements.models import Approval
from hoffice.agreements.queries import approvals as queries
from hoffice.agreements.queries.approvals import Which
from hoffice.agreements.rules import MOST_REMINDERS, ApprovalState
from hoffice.agreements.service import approvals as deeds
from hoffice.agreements.service import uploads
from hoffice.agreements.views.blueprint import READERS, bp, code, pdf_answer
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.models import StoredFile
from hoffice.files.service import Store
from hoffice.people import service as people
from hoffice.people.models import Client, Project
from hoffice.web import lists
from hoffice.web.deeds import why_not
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

ASKERS = (Role.HR, Role.DPO)
"""Who asks clients and takes back; auditors read."""
LOOKS = {
    ApprovalState.ASKED: "open",
    ApprovalState.OPENED: "waiting",
    ApprovalState.GIVEN: "done",
    ApprovalState.PARTLY: "done",
    ApprovalState.REFUSED: "problem",
    ApprovalState.EXPIRED: "problem",
    ApprovalState.WITHDRAWN: "open",
    ApprovalState.SUPERSEDED: "open",
}
SHOWN_STATES = [state for state in ApprovalState if state is not ApprovalState.DRAFT]


@dataclass(frozen=True, slots=True)
class Line:
    """One project in the list."""

    project: Project
    approval: Approval | None
    members: int
    asked: int
    approved: int
    is_asked_anew: bool

    @property
    def state(self) -> ApprovalState | None:
        """How it stands today: what is over has ended, whether somebody has noted it or not."""
        one = self.approval
        if one is None:
            return None
        is_over = one.valid_to is not None and one.valid_to < clock.today()
        return ApprovalState.EXPIRED if one.state in approving.GIVEN and is_over else one.state

    @property
    def left(self) -> int | None:
        """Days until it ends, where somebody has to think of it."""
        one = self.approval
        if one is None or one.valid_to is None or self.state not in approving.GIVEN:
            return None
        days = (one.valid_to - clock.today()).days
        return days if days <= max(approving.WARN_DAYS) else None

    @property
    def is_again(self) -> bool:
        """Whether a newer request waits beside the approval that is shown."""
        return self.is_asked_anew and self.state not in approving.WAITING


def may_ask() -> bool:
    """Whether the reader asks clients, or only reads."""
    return bool(current_account().roles & set(ASKERS))


@bp.get("/freigaben")
@open_to(*READERS)
def approvals() -> ResponseReturnValue:
    """Which client has approved what, until when; what ends soon stands on top."""
    today = clock.today()
    listing = lists.listed_rows(
        queries.projects(),
        name=N_("Clients' approvals"),
        columns=(
            Column(
                "client",
                N_("Client"),
                sort=(Client.name, Project.name),
                text=lambda row: row[0].client.name,
            ),
            Column("project", N_("Project"), text=lambda row: row[0].name, hidden=True),
            Column(
                "state",
                N_("State"),
                sort=queries.urgency(today),
                text=lambda row: str(_(STATE_LABELS[row[1].state])) if row[1] else None,
            ),
            Column(
                "valid_to",
                N_("Valid to"),
                sort=queries.Shown.valid_to,
                text=lambda row: row[1].valid_to if row[1] else None,
            ),
            Column("people", N_("People"), text=lambda row: row[4], end=True),
            Column(
                "asked",
                N_("Asked"),
                sort=queries.Shown.asked_at,
                text=lambda row: row[1].asked_at if row[1] else None,
            ),
            Column("next", N_("Next step")),
        ),
        key=Project.id,
        search=queries.search_projects,
        filters=(
            Filter(
                "which",
                N_("Projects"),
                [(Which.NEEDED, str(_("that need an approval"))), (Which.ALL, str(_("all")))],
                queries.in_scope,
                default=Which.NEEDED,
            ),
            Filter(
                "state",
                N_("State"),
                [
                    (Which.ENDING, str(_("ends within 60 days"))),
                    (Which.NOT_ASKED, str(_("never asked"))),
                    *((state.value, str(_(STATE_LABELS[state]))) for state in SHOWN_STATES),
                ],
                lambda state: queries.in_state(state, today),
            ),
        ),
        sort="state",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "agreements/approvals.html",
        listing=replace(listing, rows=[Line(*row) for row in listing.rows]),
        counts=queries.counts(today),
        labels=STATE_LABELS,
        looks=LOOKS,
        may_ask=may_ask(),
    )


@bp.get("/freigaben/<int:approval_id>")
@open_to(*READERS)
def approval(approval_id: int) -> ResponseReturnValue:
    """One approval: what was asked, what was answered, and everything before it."""
    found = queries.approval(approval_id)
    said = {one.employee_id: one.is_approved for one in found.people}
    asked = {one.employee_id for one in found.people}
    members = queries.people_of_project(found.project_id, clock.today())
    is_answered = found.answered_at is not None
    return render_template(
        "agreements/approval.html",
        approval=found,
        facts=found.facts,
        rows=[(one, said.get(one["id"]) if is_answered else None) for one in found.facts["people"]],
        employees={one.employee_id: one.employee for one in found.people},
        new=[one for one in members if one.id not in asked],
        history=queries.approvals_of_project(found.project_id),
        state=Line(found.project, found, 0, 0, 0, is_asked_anew=False).state,
        labels=STATE_LABELS,
        looks=LOOKS,
        waits=found.state in approving.WAITING,
        can_end=found.state in approving.WAITING | approving.GIVEN,
        is_waiting=queries.waiting_of(found.project_id) is not None,
        most=MOST_REMINDERS,
        may_ask=may_ask(),
        reference=deeds.reference(found),
    )


def _file(file: StoredFile | None) -> ResponseReturnValue:
    if file is None:
        abort(HTTPStatus.NOT_FOUND)
    return pdf_answer(svcs.flask.get(Store).get(file.sha256), file.name)


@bp.get("/freigaben/<int:approval_id>/anfrage.pdf")
@open_to(*READERS)
def approval_pdf(approval_id: int) -> ResponseReturnValue:
    """The request as it was frozen."""
    return _file(queries.approval(approval_id).frozen_file)


@bp.get("/freigaben/<int:approval_id>/antwort.pdf")
@open_to(*READERS)
def approval_answer_pdf(approval_id: int) -> ResponseReturnValue:
    """The answer: the client's own file, or the sheet that says who has answered what."""
    return _file(queries.approval(approval_id).answer_file)


@bp.post("/freigaben/<int:approval_id>/erinnern")
@open_to(*ASKERS)
def remind_client(approval_id: int) -> ResponseReturnValue:
    """Write to the contact once more."""
    try:
        deeds.remind(approval_id, book=svcs.flask.get(LinkBook), by=current_actor())
    except NotFound:
        raise
    except Refused as refusal:  # refused before anything was changed
        flash(translated(refusal), "error")
    else:
        flash(_("One reminder is on its way."))
    return redirect(url_for(".approval", approval_id=approval_id))


@bp.route("/freigaben/<int:approval_id>/zurueckziehen", methods=["GET", "POST"])
@open_to(*ASKERS)
def withdraw_approval(approval_id: int) -> ResponseReturnValue:
    """Take a request or an approval back, with a reason."""
    form = WithdrawForm()
    if form.validate_on_submit():
        deeds.withdraw(approval_id, form.reason.data or "", by=current_actor())
        flash(_("Taken back."))
        return redirect(url_for(".approval", approval_id=approval_id))
    found = queries.approval(approval_id)
    page = render_template("agreements/approval_withdraw.html", approval=found, form=form)
    return page, code(has_failed=request.method == "POST")


def _enter(approval_id: int, form: EnterForm) -> None:
    file = None
    if form.file.data:
        with set_aside():
            file = uploads.looked_at(form.file.data.read(), max_mb=settings().upload_max_mb)
    store = svcs.flask.get(Store)
    deeds.answer(approval_id, _entered(form), file=file, by=current_actor(), store=store)


@bp.route("/freigaben/<int:approval_id>/eintragen", methods=["GET", "POST"])
@open_to(*ASKERS)
def enter_answer(approval_id: int) -> ResponseReturnValue:
    """Enter an answer that came by post or by mail, with the file that proves it."""
    form = EnterForm()
    if form.validate_on_submit():
        refusal = why_not(lambda: _enter(approval_id, form))
        if not refusal:
            flash(_("The answer is entered."))
            return redirect(url_for(".approval", approval_id=approval_id))
        form.form_errors.append(refusal)
    found = queries.approval(approval_id)
    if found.state not in approving.WAITING:
        return redirect(url_for(".approval", approval_id=approval_id))
    page = render_template(
        "agreements/approval_enter.html",
        approval=found,
        form=form,
        ticked=set(request.form.getlist("person", type=row_number)),
    )
    return page, code(has_failed=request.method == "POST")


def _entered(form: EnterForm) -> Answer:
    return Answer(
        verdict=Verdict(form.verdict.data),
        name=form.name.data or "",
        ticked=frozenset(request.form.getlist("person", type=row_number)),
        conditions=form.conditions.data or "",
        valid_to=form.valid_to.data,
        reason=form.reason.data or "",
    )


@bp.post("/freigaben/projekte/<int:project_id>/noetig")
@open_to(*ASKERS)
def set_needed(project_id: int) -> ResponseReturnValue:
    """Say whether a project's client has to approve at all."""
    needed = request.form.get("needed") == "yes"
    found = people.set_needs_approval(project_id, needed=needed, by=current_actor())
    if needed:
        flash(_("%(project)s needs an approval from now on.", project=found.name))
    else:
        flash(_("%(project)s needs no approval any more.", project=found.name))
    return redirect(url_for(".approvals", which=Which.NEEDED if needed else Which.ALL))
