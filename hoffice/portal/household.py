"""The household's answer on the employee's phone: read, hand it over, sign or say no."""

from __future__ import annotations

from http import HTTPStatus

import svcs
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from hoffice.accounts.access import current_employee_id, open_to
from hoffice.accounts.rules import Audience
from hoffice.agreements import queries as agreements
from hoffice.agreements.models import Paper
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    BINDING_LANGUAGE,
    Form,
    PaperKind,
    PaperState,
    SignatureMethod,
    strokes_in,
)
from hoffice.agreements.service import contents, signing, single
from hoffice.db import unit_of_work
from hoffice.errors import N_, NotFound
from hoffice.files.service import Store
from hoffice.portal.journey import journey_of
from hoffice.units import Actor
from hoffice.web.deeds import why_not
from hoffice.web.formats import day_full
from hoffice.wording.blocks import SignaturePlace
from hoffice.wording.html import to_html

bp = Blueprint("household", __name__, url_prefix="/mein/haushalt")


def _me() -> Actor:
    return Actor.employee(current_employee_id())


def _asked(paper_id: int) -> Paper:
    """What the household of this employee is asked; nothing else can be named here."""
    paper = agreements.own_paper(paper_id, employee_id=current_employee_id())
    if paper.kind is not PaperKind.HOUSEHOLD:
        raise NotFound(N_("There is no such paper."))
    return paper


@bp.get("/<int:paper_id>")
@open_to(Audience.EMPLOYEE)
def answer(paper_id: int) -> ResponseReturnValue:
    """The paper for the adult of the household, and the place to sign it."""
    paper = _asked(paper_id)
    if paper.state is PaperState.SENT:
        with unit_of_work():  # the first reading is a deed, although nothing was sent
            signing.open_paper(paper_id, employee_id=current_employee_id())
        paper = _asked(paper_id)
    return _page(paper)


def _page(paper: Paper, error: str = "") -> ResponseReturnValue:
    language = "en" if request.args.get("sprache") == "en" else BINDING_LANGUAGE
    parts = contents.without_title(contents.reading(paper, language))
    page = render_template(
        "portal/household.html",
        paper=paper,
        title=contents.title_of(paper, language),
        text=to_html(parts, table=_("Table"), signature=lambda at: _place(at, paper)),
        language=language,
        person=request.form.get("name", single.asked_person(paper)),
        typed=request.form.get("signature_typed", ""),
        is_open=sittings.is_open_behind_link(paper),
        waits_for_file=sittings.waits_for_upload(paper),
        needs_file=paper.text_version.form is not Form.TEXTFORM,
        journey=journey_of(paper.employee_id),
        error=error,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


def _place(at: SignaturePlace, paper: Paper) -> Markup:
    signed = next((one for one in paper.signatures if one.role == at.role), None)
    words = (
        _("Signed by %(name)s on %(day)s", name=signed.name, day=day_full(signed.signed_at))
        if signed is not None
        else _("Here signs whoever lives in the same household.")
    )
    return Markup('<p class="notice is-open">{}</p>').format(words)


@bp.post("/<int:paper_id>")
@open_to(Audience.EMPLOYEE)
def sign(paper_id: int) -> ResponseReturnValue:
    """An adult of the household consents, with a name of her own."""
    paper = _asked(paper_id)
    if not sittings.is_open_behind_link(paper):
        return redirect(url_for("household.answer", paper_id=paper_id))
    drawn = request.form.get("signature_kind") == SignatureMethod.DRAWN
    typed = request.form.get("signature_typed", "")
    refusal = why_not(
        lambda: single.sign_for_household(
            paper_id,
            employee_id=current_employee_id(),
            name=request.form.get("name", "") if drawn or not typed.strip() else typed,
            method=SignatureMethod.DRAWN if drawn else SignatureMethod.TYPED,
            strokes=strokes_in(request.form.get("signature_strokes", "")) if drawn else (),
            by=_me(),
            store=svcs.flask.get(Store),
        )
    )
    if refusal:
        return _page(_asked(paper_id), refusal)
    flash(_("Signed. Thank you. The consent can be revoked at any time."))
    return redirect(url_for("household.answer", paper_id=paper_id))


@bp.route("/<int:paper_id>/nein", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def decline(paper_id: int) -> ResponseReturnValue:
    """Say no; the page says before what that means, and asks for no reason."""
    paper = _asked(paper_id)
    if not sittings.is_open_behind_link(paper):
        return redirect(url_for("household.answer", paper_id=paper_id))
    if request.method == "POST":
        single.decline_for_household(paper_id, employee_id=current_employee_id(), by=_me())
        flash(
            _(
                "Noted. Nobody comes into your home; devices change hands at your door or at the "
                "office."
            )
        )
        return redirect(url_for("portal.index"))
    return render_template(
        "portal/household_no.html",
        paper=paper,
        title=contents.title_of(paper),
        person=single.asked_person(paper),
        journey=journey_of(paper.employee_id),
    )
