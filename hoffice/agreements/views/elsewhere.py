"""Papers that are not signed in this house: printing them, filing them, looking at what came."""

from __future__ import annotations

import svcs
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.agreements import queries
from hoffice.agreements.forms import FileAwayForm, SendBackForm
from hoffice.agreements.models import Paper
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import FORM_LABELS, PAPER_LABELS, WAITING, Form, is_for_reading
from hoffice.agreements.service import uploads
from hoffice.agreements.views.blueprint import bp, code, pdf_answer
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.web.deeds import tried
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside


@bp.get("/mit-tinte")
@open_to(Role.HR)
def with_ink() -> ResponseReturnValue:
    """What is wanted on paper or needs it, and the signed files that wait to be looked at."""
    papers = sittings.with_paper_work()
    return render_template(
        "agreements/with_ink.html",
        brought=[paper for paper in papers if paper.uploaded_file_id is not None],
        waiting=[paper for paper in papers if paper.uploaded_file_id is None],
        labels=PAPER_LABELS,
        forms=FORM_LABELS,
        back=SendBackForm(),
    )


@bp.get("/<int:paper_id>/gebracht.pdf")
@open_to(Role.HR)
def brought(paper_id: int) -> ResponseReturnValue:
    """The file that was signed elsewhere."""
    file = queries.paper(paper_id).uploaded_file
    if file is None:
        abort(404)
    return pdf_answer(svcs.flask.get(Store).get(file.sha256), file.name)


def _file_away(paper_id: int, form: FileAwayForm) -> Paper:
    with set_aside():
        content = form.file.data.read() if form.file.data else b""
        looked = uploads.looked_at(content, max_mb=settings().upload_max_mb)
    store = svcs.flask.get(Store)
    return uploads.file_away(
        paper_id, looked, Form(form.form.data), by=current_actor(), store=store
    )


@bp.route("/<int:paper_id>/ablegen", methods=["GET", "POST"])
@open_to(Role.HR)
def file_away(paper_id: int) -> ResponseReturnValue:
    """File a paper that was signed elsewhere; from then on it counts."""
    form = FileAwayForm()
    if form.validate_on_submit():
        filed = tried(lambda: _file_away(paper_id, form))
        if not isinstance(filed, Refused):
            flash(_("Filed. The paper counts from now on."))
            return redirect(url_for(".pack", employee_id=filed.employee_id))
        form.form_errors.append(translated(filed))
    paper = queries.paper(paper_id)
    if paper.state not in WAITING or is_for_reading(paper.kind):
        return redirect(url_for(".pack", employee_id=paper.employee_id))
    page = render_template(
        "agreements/file_away.html", paper=paper, form=form, labels=PAPER_LABELS, forms=FORM_LABELS
    )
    return page, code(has_failed=bool(form.errors))


@bp.post("/<int:paper_id>/annehmen")
@open_to(Role.HR)
def accept(paper_id: int) -> ResponseReturnValue:
    """The file that the employee brought does: the paper counts."""
    looked_at = request.form.get("file", type=row_number)
    uploads.accept(paper_id, file_id=looked_at, by=current_actor())
    flash(_("Taken. The paper counts from now on."))
    return redirect(url_for(".with_ink"))


@bp.post("/<int:paper_id>/zurueckgeben")
@open_to(Role.HR)
def send_back(paper_id: int) -> ResponseReturnValue:
    """The file does not do; the person reads why, and the paper waits again."""
    form = SendBackForm()
    uploads.send_back(paper_id, form.reason.data or "", by=current_actor())
    flash(_("Sent back. The person reads why with the paper."))
    return redirect(url_for(".with_ink"))
