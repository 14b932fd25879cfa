"""The client's page: one link, one request, one answer."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

import svcs
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_client_link, open_to, settings
from hoffice.accounts.links import holder_actor
from hoffice.accounts.rules import Audience
from hoffice.agreements import approving
from hoffice.agreements.approving import Answer, Verdict
from hoffice.agreements.models import Approval
from hoffice.agreements.queries import approvals as queries
from hoffice.agreements.rules import BINDING_LANGUAGE, ApprovalState
from hoffice.agreements.service import approval_papers, approvals, contents, uploads
from hoffice.agreements.service.approvals import Answered
from hoffice.agreements.service.uploads import Looked
from hoffice.db import unit_of_work
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.portal.files import download
from hoffice.units import Actor
from hoffice.web.deeds import tried
from hoffice.web.language import language as language_of_page
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

bp = Blueprint("client", __name__, url_prefix="/freigabe")

_NO_FILE = N_(
    "This file cannot be read as a PDF. Add the signed approval as a PDF without a password, of at "
    "most %(mb)s MB."
)
ALL_BUT = "except"
"""What the form says for everybody who is not ticked; kept as what it means: some people."""
TYPED = ("verdict", "name", "conditions", "valid_to", "reason")
"""What is kept when an answer needs another look; a file has to be chosen again."""


def _me() -> Actor:
    return holder_actor(current_client_link().holder)


def _own() -> Approval:
    return queries.approval_of_link(current_client_link().id)


@bp.get("/")
@open_to(Audience.CLIENT)
def index() -> ResponseReturnValue:
    """Who, with which work, under which measures; or what was answered."""
    approval = _own()
    if approval.state is ApprovalState.ASKED:
        by = _me()
        with unit_of_work():  # the first reading is a deed, although nothing was sent
            approvals.open_approval(approval.id, by=by)
        approval = _own()
    return _page(approval)


def _page(
    approval: Approval, error: str = "", status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    if approval.state not in approving.WAITING:
        said = {one.employee_id: one.is_approved for one in approval.people}
        page = render_template(
            "portal/client_answered.html",
            approval=approval,
            facts=approval.facts,
            error=error,
            yes=[one for one in approval.facts["people"] if said.get(one["id"])],
            no=[one for one in approval.facts["people"] if not said.get(one["id"])],
            states=ApprovalState,
            has_ended=approval.valid_to is not None and approval.valid_to < clock.today(),
        )
        return page, status
    wants = "en" if language_of_page() == "en" else BINDING_LANGUAGE
    parts = contents.without_title(approval_papers.reading(approval, wants))
    page = render_template(
        "portal/client.html",
        approval=approval,
        facts=approval.facts,
        error=error,
        text=approval_papers.on_page(parts, table=_("Table")),
        text_language=wants,
        typed=_typed(approval),
        ticked=set(request.form.getlist("person", type=row_number)),
        today=clock.today().isoformat(),
        wanted_to=_wanted(approval),
        max_mb=settings().upload_max_mb,
    )
    return page, status


def _typed(approval: Approval) -> dict[str, str]:
    """What stands in the fields: what was sent, else what is asked for."""
    if request.method == "POST":
        return {name: request.form.get(name, "") for name in TYPED}
    wanted = _wanted(approval)
    return {"valid_to": wanted.isoformat() if wanted else ""}


def _wanted(approval: Approval) -> date | None:
    wanted = approval.facts["wanted_to"]
    return date.fromisoformat(wanted) if wanted else None


@bp.post("/<int:approval_id>")
@open_to(Audience.CLIENT)
def answer(approval_id: int) -> ResponseReturnValue:
    """Answer the request; whoever comes second sees the first answer."""

    def deed() -> None:
        file = _looked_at()
        _require_own(approval_id)
        said = _answer(_own())
        approvals.answer(approval_id, said, file=file, by=_me(), store=svcs.flask.get(Store))

    refusal = tried(deed)
    if refusal is not None:
        _require_own(approval_id)
        is_late = isinstance(refusal, Answered)
        status = HTTPStatus.CONFLICT if is_late else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(_own(), translated(refusal), status)
    flash(_("Thank you. Your answer is stored, and we have told the people who asked."))
    return redirect(url_for(".index"))


def _require_own(approval_id: int) -> None:
    """The form of one request is not sent for another that was opened in the meantime."""
    if _own().id != approval_id:
        raise NotFound(N_("This page belongs to another request. Open the link of its mail again."))


def _looked_at() -> Looked | None:
    """The signed file, if one was chosen; looked at before the transaction goes on."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    most = settings().upload_max_mb
    with set_aside():
        try:
            return uploads.looked_at(sent.read(), max_mb=most)
        except Refused:  # its sentences are for the house's own people
            raise Refused(_NO_FILE, mb=most) from None


def _answer(approval: Approval) -> Answer:
    word = request.form.get("verdict", "")
    ticked = frozenset(request.form.getlist("person", type=row_number))
    if word == ALL_BUT:
        if not ticked:
            raise Refused(N_("Tick those whom you do not approve."))
        everybody = {one["id"] for one in approval.facts["people"]}
        if ticked - everybody:
            raise Refused(N_("You have ticked somebody whom you were not asked about."))
        word, ticked = Verdict.SOME.value, frozenset(everybody - ticked)
        if not ticked:
            word = Verdict.NONE.value
    try:
        verdict = Verdict(word)
    except ValueError:
        raise Refused(N_("Choose whom you approve: all, some, or nobody.")) from None
    return Answer(
        verdict=verdict,
        name=request.form.get("name", ""),
        ticked=ticked,
        conditions=request.form.get("conditions", ""),
        valid_to=_day(request.form.get("valid_to", "")),
        reason=request.form.get("reason", ""),
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(N_("The end is no date, such as 31.12.2026.")) from None


@bp.get("/anfrage.pdf")
@open_to(Audience.CLIENT)
def request_pdf() -> ResponseReturnValue:
    """The request as it was frozen."""
    return download(_own().frozen_file)


@bp.get("/antwort.pdf")
@open_to(Audience.CLIENT)
def answer_pdf() -> ResponseReturnValue:
    """The answer: the client's own file, or the sheet that says who has answered what."""
    return download(_own().answer_file)
