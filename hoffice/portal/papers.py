"""The employee's papers on the phone: read, ask, enter a code, sign all at once, keep."""

from __future__ import annotations

from http import HTTPStatus

import svcs
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from hoffice import clock
from hoffice.accounts.access import current_employee_id, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Audience
from hoffice.agreements import queries as agreements
from hoffice.agreements.models import Paper
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    BINDING_LANGUAGE,
    PAPER_LABELS,
    Form,
    PaperKind,
    PaperState,
    SignatureMethod,
    SignerRole,
    is_for_reading,
    strokes_in,
)
from hoffice.agreements.service import codes, contents, questions, receipts, signing, uploads
from hoffice.agreements.service.codes import CHANNEL_LABELS, Entered
from hoffice.agreements.service.questions import Contact
from hoffice.db import db, unit_of_work
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.notices.rules import TextMessages
from hoffice.portal.files import download
from hoffice.portal.forms import DeclineForm, FileForm, QuestionForm
from hoffice.portal.journey import Journey, journey_of
from hoffice.units import Actor
from hoffice.web.deeds import after, why_not
from hoffice.web.formats import day_full
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside
from hoffice.wording.blocks import SignaturePlace
from hoffice.wording.html import to_html

bp = Blueprint("papers", __name__, url_prefix="/mein")

CODE = "papers_code"
"""Where this browser, and no other, remembers which one-time code was entered in it."""
BACK_TO_SIGN = "signature-label"


def _me() -> Actor:
    return Actor.employee(current_employee_id())


def _has_failed(*, failed: object) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK


# The sitting


@bp.get("/papiere")
@open_to(Audience.EMPLOYEE)
def sign() -> ResponseReturnValue:
    """All papers of the pack, a tick for each, and one signature under all of them."""
    return _signing_page(journey_of(current_employee_id()))


def _signing_page(journey: Journey, error: str = "", *, typed: str = "") -> ResponseReturnValue:
    if journey.pack is None or not journey.papers:
        return render_template("portal/no_papers.html", journey=journey)
    asked = set(request.form.getlist("read", type=int))
    waiting = journey.waiting
    ticked = {paper.id for paper in waiting if paper.read_at is not None or paper.id in asked}
    page = render_template(
        "portal/sign.html",
        journey=journey,
        labels=PAPER_LABELS,
        ticked=ticked,
        unread=next((paper for paper in waiting if paper.id not in ticked), None),
        only_reading=all(is_for_reading(paper.kind) for paper in waiting),
        for_reading=is_for_reading,
        needs_code=codes.is_asked(journey.pack)
        and not codes.has_entered(journey.pack, session.get(CODE)),
        asks_receipt=receipts.is_asked(journey.pack),
        error=error,
        outdated=signing.is_outdated(journey.pack, journey.home),
        typed=typed,
        now_day=day_full(clock.today()),
    )
    return page, _has_failed(failed=error)


@bp.post("/papiere")
@open_to(Audience.EMPLOYEE)
def sign_now() -> ResponseReturnValue:
    """Put the signature under all papers; a form sent twice leads on as if it were sent once."""
    employee_id = current_employee_id()
    journey = journey_of(employee_id)
    if journey.pack is not None and not journey.waiting:
        return redirect(url_for("papers.receipt"))
    drawn = request.form.get("signature_kind") == SignatureMethod.DRAWN
    typed = request.form.get("signature_typed", "")
    if all(is_for_reading(paper.kind) for paper in journey.waiting):
        drawn, typed = False, journey.employee.name  # nothing is signed, only ticked as read
    refusal = why_not(
        lambda: signing.sign_pack(
            employee_id,
            name=journey.employee.name if drawn else typed,
            method=SignatureMethod.DRAWN if drawn else SignatureMethod.TYPED,
            strokes=strokes_in(request.form.get("signature_strokes", "")) if drawn else (),
            read=request.form.getlist("read", type=int),
            by=_me(),
            store=svcs.flask.get(Store),
            code_id=session.get(CODE),
        )
    )
    if refusal:
        return _signing_page(journey_of(employee_id), refusal, typed=typed)
    session.pop(CODE, None)
    flash(_("Signed. Thank you, your papers are ready for you to keep."))
    return redirect(url_for("papers.receipt"))


@bp.get("/papiere/<int:paper_id>")
@open_to(Audience.EMPLOYEE)
def read(paper_id: int) -> ResponseReturnValue:
    """Read one of my own papers; another person's paper does not exist here."""
    employee_id = current_employee_id()
    paper = agreements.own_paper(paper_id, employee_id=employee_id)
    if paper.kind is PaperKind.HOUSEHOLD:
        return redirect(url_for("household.answer", paper_id=paper_id))
    if paper.state is PaperState.SENT:
        with unit_of_work():  # the first reading is a deed, although nothing was sent
            signing.open_paper(paper_id, employee_id=employee_id)
        paper = agreements.own_paper(paper_id, employee_id=employee_id)
    language = "en" if request.args.get("sprache") == "en" else BINDING_LANGUAGE
    text = to_html(
        contents.without_title(contents.reading(paper, language)),
        table=_("Table"),
        signature=lambda at: _place(at, paper),
    )
    return render_template(
        "portal/read.html",
        paper=paper,
        title=contents.title_of(paper, language),
        text=text,
        language=language,
        may_sign=sittings.lacks_signature(paper),
        is_open=sittings.is_open(paper),
        waits_for_file=sittings.waits_for_upload(paper),
        for_reading=is_for_reading(paper.kind),
        needs_file=paper.text_version.form is not Form.TEXTFORM,
        place=_place_in_pack(paper),
        asked=[
            one for one in sittings.questions_of(employee_id) if one.paper_id in {paper.id, None}
        ],
    )


def _place_in_pack(paper: Paper) -> tuple[int, int]:
    """The how-manieth of how many papers this is, for "3 of 7"."""
    numbers = [
        one.id
        for one in paper.pack.papers
        if one.kind is not PaperKind.HOUSEHOLD and one.state is not PaperState.VOID
    ]
    return numbers.index(paper.id) + 1, len(numbers)


def _place(at: SignaturePlace, paper: Paper) -> Markup:
    """Where somebody signs: who has signed already, and where it is the reader's turn."""
    signed = next((one for one in paper.signatures if one.role == at.role), None)
    if signed is not None:
        words = _("Signed by %(name)s on %(day)s", name=signed.name, day=day_full(signed.signed_at))
    elif at.role == SignerRole.EMPLOYEE:
        words = _("Here you sign, at the end, for all papers at once.")
    elif at.role == SignerRole.TRAINER:
        words = _("Here whoever gave the instruction signs, after you.")
    else:
        words = _("Here the employer signs.")
    return Markup('<p class="notice is-open">{}</p>').format(words)


@bp.post("/papiere/<int:paper_id>/gelesen")
@open_to(Audience.EMPLOYEE)
def has_read(paper_id: int) -> ResponseReturnValue:
    """Tick a paper as read and go on to the next one, to the code, or to the signature."""
    employee_id = current_employee_id()
    signing.mark_read(paper_id, employee_id=employee_id)
    journey = journey_of(employee_id)
    unread = next((one for one in journey.waiting if one.read_at is None), None)
    if unread is not None:
        return redirect(url_for("papers.read", paper_id=unread.id))
    pack = journey.pack
    if pack is not None and codes.is_asked(pack) and not codes.has_entered(pack, session.get(CODE)):
        return redirect(url_for("papers.code"))
    return redirect(url_for("papers.sign", _anchor=BACK_TO_SIGN))


@bp.get("/papiere/<int:paper_id>.pdf")
@open_to(Audience.EMPLOYEE)
def paper_pdf(paper_id: int) -> ResponseReturnValue:
    """My own paper as a file: sealed or signed if it is, else as it was frozen."""
    paper = agreements.own_paper(paper_id, employee_id=current_employee_id())
    return download(sittings.file_that_counts(paper))


# The code


@bp.get("/papiere/code")
@open_to(Audience.EMPLOYEE)
def code() -> ResponseReturnValue:
    """Where the one-time code goes, and where it is typed in."""
    journey = journey_of(current_employee_id())
    if journey.pack is None or not codes.is_asked(journey.pack):
        return redirect(url_for("papers.sign"))
    standing = codes.standing(journey.pack)
    channel = codes.channel_for(journey.employee, can_text=svcs.flask.get(TextMessages).is_there)
    return render_template(
        "portal/code.html",
        journey=journey,
        standing=standing,
        channel=standing.code.channel if standing.code is not None else channel,
        labels=CHANNEL_LABELS,
    )


@bp.post("/papiere/code/senden")
@open_to(Audience.EMPLOYEE)
def send_code() -> ResponseReturnValue:
    """Send me a code, on the second way if there is one."""
    can_text = svcs.flask.get(TextMessages).is_there
    return after(
        lambda: codes.send(current_employee_id(), can_text=can_text, by=_me()),
        "",
        url_for("papers.code"),
    )


@bp.post("/papiere/code")
@open_to(Audience.EMPLOYEE)
def enter_code() -> ResponseReturnValue:
    """Try a code; a wrong one is counted, so the answer is no error that would undo the count."""
    tried = codes.enter(
        current_employee_id(), request.form.get("code", ""), book=svcs.flask.get(LinkBook)
    )
    if tried.entered is Entered.RIGHT:
        session[CODE] = tried.code_id
        return redirect(url_for("papers.sign", _anchor=BACK_TO_SIGN))
    if tried.entered is Entered.WRONG:
        words = ngettext(
            "This code does not fit. One try is left.",
            "This code does not fit. %(num)s tries are left.",
            tried.tries_left,
        )
    elif tried.entered is Entered.UNFIT:
        words = _("A code has six digits. Look at it again; this did not count as a try.")
    elif tried.entered is Entered.USED_UP:
        words = _("That was the fifth try. In a quarter of an hour you can ask for a new code.")
    else:
        words = _("This code has run out. Ask for a new one.")
    flash(words, "problem")
    return redirect(url_for("papers.code"))


# The receipt, and what stays


@bp.route("/papiere/erhalten", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def receipt() -> ResponseReturnValue:
    """Confirm that my copies have come and that I can store and print them."""
    employee_id = current_employee_id()
    journey = journey_of(employee_id)
    if not receipts.is_asked(journey.pack) or journey.pack is None:
        return redirect(url_for("portal.index"))
    if request.method == "POST":
        receipts.confirm(employee_id, by=_me())
        flash(_("Thank you. It is noted that your papers have come."))
        return redirect(url_for("portal.index"))
    return render_template("portal/receipt.html", journey=journey, labels=PAPER_LABELS)


@bp.get("/unterlagen")
@open_to(Audience.EMPLOYEE)
def documents() -> ResponseReturnValue:
    """Everything that was signed and handed over, to keep."""
    employee_id = current_employee_id()
    return render_template(
        "portal/documents.html",
        journey=journey_of(employee_id),
        papers=agreements.papers_of(employee_id),
        for_reading=is_for_reading,
        labels=PAPER_LABELS,
    )


# Another way than signing here


@bp.route("/papiere/<int:paper_id>/ablehnen", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def decline(paper_id: int) -> ResponseReturnValue:
    """Say that one does not agree with a paper, and why."""
    employee_id = current_employee_id()
    paper = agreements.own_paper(paper_id, employee_id=employee_id)
    if not sittings.is_open(paper) or is_for_reading(paper.kind):
        return redirect(url_for("papers.sign"))
    form = DeclineForm()
    if form.validate_on_submit():
        signing.decline(paper_id, form.reason.data or "", employee_id=employee_id, by=_me())
        flash(_("Said. HR will get in touch with you."))
        return redirect(url_for("portal.index"))
    page = render_template(
        "portal/decline.html",
        form=form,
        paper=paper,
        title=contents.title_of(paper),
        journey=journey_of(employee_id),
    )
    return page, _has_failed(failed=form.errors)


@bp.route("/papiere/<int:paper_id>/frage", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def ask(paper_id: int) -> ResponseReturnValue:
    """Ask about a paper, and see what was asked and answered."""
    employee_id = current_employee_id()
    paper = agreements.own_paper(paper_id, employee_id=employee_id)
    journey = journey_of(employee_id)
    form = QuestionForm()
    if form.validate_on_submit():
        account = journey.contact
        contact = (
            Contact(account.name, account.email, account.language or BINDING_LANGUAGE)
            if account is not None
            else None
        )
        try:
            questions.ask(employee_id, paper_id, form.text.data or "", contact=contact, by=_me())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(_("Asked. You get the answer by mail, and find it here."))
            return redirect(url_for("papers.read", paper_id=paper_id))
    page = render_template(
        "portal/ask.html",
        form=form,
        paper=paper,
        title=contents.title_of(paper),
        asked=sittings.questions_of(employee_id),
        journey=journey,
    )
    return page, _has_failed(failed=form.errors)


@bp.post("/papiere/<int:paper_id>/mit-tinte")
@open_to(Audience.EMPLOYEE)
def want_paper(paper_id: int) -> ResponseReturnValue:
    """Say that I want to sign this one with ink."""
    paper = signing.want_paper(paper_id, employee_id=current_employee_id(), by=_me())
    if paper.kind is PaperKind.HOUSEHOLD:
        flash(_("Noted. HR prints this paper for you."))
        return redirect(url_for("household.answer", paper_id=paper_id))
    flash(_("Noted. HR prints this paper for you; the others you can sign here."))
    return redirect(url_for("papers.sign"))


@bp.post("/papiere/<int:paper_id>/doch-hier")
@open_to(Audience.EMPLOYEE)
def sign_here(paper_id: int) -> ResponseReturnValue:
    """Sign it here after all."""
    signing.sign_here_after_all(paper_id, employee_id=current_employee_id(), by=_me())
    return redirect(url_for("papers.read", paper_id=paper_id))


def _bring(paper_id: int, form: FileForm) -> None:
    with set_aside():
        content = form.file.data.read() if form.file.data else b""
        looked = uploads.looked_at(content, max_mb=settings().upload_max_mb)
    uploads.bring(
        paper_id,
        looked,
        Form(form.form.data),
        employee_id=current_employee_id(),
        by=_me(),
        store=svcs.flask.get(Store),
    )


@bp.route("/papiere/<int:paper_id>/datei", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def bring(paper_id: int) -> ResponseReturnValue:
    """Bring this paper as a file that was signed elsewhere; HR looks at it."""
    employee_id = current_employee_id()
    form = FileForm()
    if form.validate_on_submit():
        refusal = why_not(lambda: _bring(paper_id, form))
        if not refusal:
            flash(_("Thank you. HR looks at your file."))
            return redirect(url_for("papers.sign"))
        form.form_errors.append(refusal)
    paper = agreements.own_paper(paper_id, employee_id=employee_id)
    if not sittings.is_open_behind_link(paper) or is_for_reading(paper.kind):
        return redirect(url_for("papers.sign"))
    page = render_template(
        "portal/bring.html",
        form=form,
        paper=paper,
        title=contents.title_of(paper),
        journey=journey_of(employee_id),
    )
    return page, _has_failed(failed=form.errors)
