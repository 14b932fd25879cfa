"""Asking a client: the form with its people, and the preview before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

import svcs
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from hoffice import clock
from hoffice.accounts.access import (
    current_account,
    current_actor,
    demo_is_on,
    open_to,
    settings,
)
from hoffice.accounts.links import LinkBook
from hoffice.agreements import queries as agreements
from hoffice.agreements.forms import AskForm
from hoffice.agreements.queries import approvals as queries
from hoffice.agreements.service import approval_papers, approvals, contents
from hoffice.agreements.service.approval_papers import Request
from hoffice.agreements.views.approvals import ASKERS
from hoffice.agreements.views.blueprint import bp, code
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.people import queries as people
from hoffice.people.models import Employee, Project
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated


@bp.route("/freigaben/projekte/<int:project_id>/anfragen", methods=["GET", "POST"])
@open_to(*ASKERS)
def ask_client(project_id: int) -> ResponseReturnValue:
    """Put a request together, look at it, then send it; nothing is stored before."""
    project = people.project(project_id)
    staff = queries.people_of_project(project_id, clock.today())
    form = AskForm()
    preview = None
    if form.validate_on_submit():
        try:
            if "send" in request.form:
                return _send(project, form)
            preview = _preview(project, form)
        except NotFound:
            raise
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
            project = people.project(project_id)
            staff = queries.people_of_project(project_id, clock.today())
    if request.method == "GET":
        newest = next(iter(queries.approvals_of_project(project_id)), None)
        form.show(
            newest.facts if newest is not None else {},
            agreements.last_terms(),
            signer=current_account().name,
        )
        if newest is not None:
            form.shows_names.data, form.needs_file.data = newest.shows_names, newest.needs_file
    page = render_template(
        "agreements/approval_ask.html",
        project=project,
        staff=staff,
        ticked=_ticked(staff),
        form=form,
        preview=preview,
        waiting=queries.waiting_of(project_id),
    )
    return page, code(has_failed=request.method == "POST" and bool(form.errors))


def _ticked(staff: Sequence[Employee]) -> set[int]:
    """Everybody, until somebody was chosen."""
    if request.method == "GET":
        return {one.id for one in staff}
    return set(request.form.getlist("people", type=row_number))


def _request(form: AskForm) -> Request:
    return Request(
        people=tuple(request.form.getlist("people", type=row_number)),
        measures=form.measures.data or "",
        data_kinds=form.data_kinds.data or "",
        role=form.role.data or "",
        shows_names=bool(form.shows_names.data),
        needs_file=bool(form.needs_file.data),
        wanted_to=form.wanted_to.data,
        language=form.language.data or "de",
    )


def _send(project: Project, form: AskForm) -> ResponseReturnValue:
    made = approvals.ask(
        project.id,
        _request(form),
        terms=form.terms(settings().company),
        store=svcs.flask.get(Store),
        book=svcs.flask.get(LinkBook),
        by=current_actor(),
        allow_unapproved=demo_is_on(),
    )
    flash(_("%(client)s is asked; the mail is on its way.", client=project.client.name))
    return redirect(url_for(".approval", approval_id=made.id))


def _preview(project: Project, form: AskForm) -> Markup:
    """The very words that would be sent, as a piece of a page."""
    wanted, today = _request(form), clock.today()
    approvals.check_request(project, wanted, today)
    text = approvals.text_to_send(allow_unapproved=demo_is_on())
    facts = approval_papers.frozen_facts(
        wanted,
        project,
        approvals.checked_people(project, wanted, today),
        text,
        terms=form.terms(settings().company),
        made_at=clock.now(),
        number="",
    )
    parts = contents.without_title(approval_papers.draft(text, facts))
    return approval_papers.on_page(parts, table=_("Table"))
