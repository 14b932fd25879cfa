"""Papers in the browser: who has signed, sending, reminding, taking back, texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

import svcs
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from hoffice import clock
from hoffice.accounts.access import (
    current_account,
    current_actor,
    demo_is_on,
    open_to,
    settings,
)
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.agreements import pdf, queries, rules, service
from hoffice.agreements.forms import SendForm, VoidForm
from hoffice.agreements.models import Pack
from hoffice.agreements.rules import (
    MOST_REMINDERS,
    PACK_STATE_LABELS,
    PAPER_LABELS,
    PAPER_STATE_LABELS,
    PackState,
    Terms,
)
from hoffice.agreements.service import contents
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.wording.html import to_html

bp = Blueprint("agreements", __name__, url_prefix="/papiere")

READERS = (Role.HR, Role.AUDITOR, Role.DPO)
"""Who may see where the papers stand; only HR sees what is in them."""
TEXT_READERS = (*READERS, Role.WORKS_COUNCIL)
"""Texts name nobody."""
NAMES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One person in the list, as the page and the file show her."""

    employee: Employee
    pack: Pack | None
    state: PackState

    @property
    def id(self) -> int:
        """For the tick at the line's beginning."""
        return self.employee.id

    @property
    def name(self) -> str:
        """For screen readers."""
        return self.employee.name

    @property
    def open_papers(self) -> int:
        """How many papers are not signed."""
        papers = self.pack.papers if self.pack is not None else []
        return sum(paper.state not in rules.IN_FORCE for paper in papers)

    @property
    def is_outdated(self) -> bool:
        """Whether the papers name a former address."""
        return self.pack is not None and service.is_outdated(self.pack, self.employee.home)

    @property
    def why_not(self) -> str | None:
        """Why no pack can be sent."""
        return service.cannot_be_sent(self.employee) if self.pack is None else None


def _lines(rows: Iterable[tuple[Employee, Pack | None, str]]) -> list[Line]:
    return [Line(employee, pack, PackState(state)) for employee, pack, state in rows]


@bp.get("/")
@open_to(*READERS)
def index() -> ResponseReturnValue:
    """Who has signed, who has not, and what can be done about it."""
    today = clock.today()
    listing = lists.listed_rows(
        queries.people(today),
        name=N_("Papers"),
        columns=(
            Column(
                "name",
                N_("Person"),
                sort=(Employee.last_name, Employee.first_name),
                text=lambda row: row[0].name,
            ),
            Column(
                "number",
                N_("Personnel number"),
                text=lambda row: row[0].personnel_number,
                hidden=True,
            ),
            Column(
                "state",
                N_("State"),
                sort=queries.state_order(),
                text=lambda row: str(_(PACK_STATE_LABELS[PackState(row[2])])),
            ),
            Column("open", N_("Open"), end=True),
            Column(
                "sent", N_("Sent"), sort=Pack.sent_at, text=lambda row: row[1] and row[1].sent_at
            ),
            Column(
                "reminders",
                N_("Reminded"),
                sort=Pack.reminders,
                text=lambda row: row[1].reminders if row[1] else None,
            ),
            Column("next", N_("Next step")),
        ),
        key=Employee.id,
        search=queries.search_people,
        filters=(
            Filter(
                "state",
                N_("State"),
                [(state.value, str(_(PACK_STATE_LABELS[state]))) for state in PackState],
                queries.in_state,
            ),
        ),
        sort="state",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "agreements/index.html",
        listing=replace(listing, rows=_lines(listing.rows)),
        counts=queries.counts(today),
        states=PackState,
        labels=PACK_STATE_LABELS,
        most=MOST_REMINDERS,
        is_hr=Role.HR in current_account().roles,
    )


def _selected() -> list[int]:
    """The people ticked in the list, in its order."""
    return list(dict.fromkeys(request.form.getlist("ids", type=row_number)))


def _tell(done: int, left: int) -> None:
    """Say how many reminders went out, and for how many people there was nothing to do."""
    if done:
        flash(ngettext("One reminder is on its way.", "%(num)s reminders are on their way.", done))
    if left:
        flash(
            ngettext(
                "For one person there was nothing to do.",
                "For %(num)s people there was nothing to do.",
                left,
            ),
            "success" if done else "error",
        )


# Sending


@bp.post("/auswahl")
@open_to(Role.HR)
def choose() -> ResponseReturnValue:
    """From the ticks of the list to the page that shows what would be sent."""
    ids = _selected()
    if not ids:
        flash(_("Nobody is selected."), "error")
        return redirect(url_for(".index"))
    return redirect(url_for(".send", ids=",".join(map(str, ids))))


def _asked_for(text: str) -> Sequence[Employee]:
    """The people named in the address, or everybody without a pack when none is named."""
    ids = MultiDict([("ids", part) for part in text.split(",")]).getlist("ids", type=row_number)
    return queries.people_with(ids or queries.without_pack(clock.today()))


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
        texts = service.texts_to_send(allow_unapproved=demo_is_on())
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
    return page, _code(has_failed=request.method == "POST")


def _code(*, has_failed: bool) -> HTTPStatus:
    """A page that shows a form again after it was sent is no success."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if has_failed else HTTPStatus.OK


# Reminding and taking back


@bp.post("/erinnern")
@open_to(Role.HR)
def remind() -> ResponseReturnValue:
    """Write to everybody ticked who still has to sign."""
    book, by = svcs.flask.get(LinkBook), current_actor()
    ids = _selected()
    done, why = 0, ""
    for employee_id in ids:
        try:
            service.remind(employee_id, book=book, by=by)
        except Refused as refusal:  # refused before anything was changed
            why = translated(refusal)
        else:
            done += 1
    if len(ids) == 1 and why:
        flash(why, "error")
    else:
        _tell(done, len(ids) - done)
    return redirect(url_for(".pack", employee_id=ids[0]) if len(ids) == 1 else url_for(".index"))


@bp.get("/mappen/<int:employee_id>")
@open_to(Role.HR)
def pack(employee_id: int) -> ResponseReturnValue:
    """One person's papers: where each stands, the files, reminding and taking back."""
    employee = people.employee(employee_id)
    found = queries.pack_of(employee_id)
    states = [paper.state for paper in found.papers] if found is not None else []
    return render_template(
        "agreements/pack.html",
        employee=employee,
        pack=found,
        state=rules.pack_state(states),
        waiting=found is not None and any(map(queries.lacks_signature, found.papers)),
        outdated=found is not None and service.is_outdated(found, employee.home),
        earlier=[
            one for one in queries.papers_of(employee_id) if one.pack_id != getattr(found, "id", 0)
        ],
        why_not=service.cannot_be_sent(employee),
        labels=PAPER_LABELS,
        states=PAPER_STATE_LABELS,
        pack_labels=PACK_STATE_LABELS,
        most=MOST_REMINDERS,
    )


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
    return page, _code(has_failed=request.method == "POST")


@bp.post("/mappen/<int:employee_id>/erneuern")
@open_to(Role.HR)
def renew(employee_id: int) -> ResponseReturnValue:
    """Send a pack anew with the present address."""
    service.renew_pack(
        employee_id,
        store=svcs.flask.get(Store),
        book=svcs.flask.get(LinkBook),
        by=current_actor(),
        allow_unapproved=demo_is_on(),
    )
    flash(_("The former papers are taken back, new ones are on their way."))
    return redirect(url_for(".pack", employee_id=employee_id))


@bp.get("/<int:paper_id>.pdf")
@open_to(Role.HR)
def paper_pdf(paper_id: int) -> ResponseReturnValue:
    """A paper as a file: signed if it is signed, else as it was frozen."""
    paper = queries.paper(paper_id)
    file = paper.signed_file or paper.frozen_file
    if file is None:
        abort(404)
    return _pdf(svcs.flask.get(Store).get(file.sha256), file.name)


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response


# Texts


@bp.get("/texte")
@open_to(*TEXT_READERS)
def texts() -> ResponseReturnValue:
    """All texts with their versions."""
    return render_template(
        "agreements/texts.html",
        texts=queries.texts(),
        labels=PAPER_LABELS,
        is_hr=Role.HR in current_account().roles,
    )


@bp.post("/texte/muster")
@open_to(Role.HR)
def load_samples() -> ResponseReturnValue:
    """Write the sample texts where there is none."""
    service.load_samples(by=current_actor())
    flash(_("The sample texts are there. A lawyer has to approve each before it is used."))
    return redirect(url_for(".texts"))


@bp.get("/texte/<int:text_id>")
@open_to(*TEXT_READERS)
def text(text_id: int) -> ResponseReturnValue:
    """One version of a text as a page, filled with the longest names."""
    found = queries.text(text_id)
    return render_template(
        "agreements/text.html",
        text=found,
        body=to_html(contents.preview(found, terms=_sample_terms()).blocks, table=_("Table")),
        labels=PAPER_LABELS,
        may_approve=Role.HR in current_account().roles
        and found.approved_at is None
        and found.created_by != str(current_actor()),
    )


@bp.get("/texte/<int:text_id>.pdf")
@open_to(*TEXT_READERS)
def text_pdf(text_id: int) -> ResponseReturnValue:
    """One version of a text as it would be printed, with the longest names."""
    found = queries.text(text_id)
    content = pdf.paper(contents.preview(found, terms=_sample_terms()))
    return _pdf(content, f"{found.kind}-{found.language}-v{found.number}.pdf")


def _sample_terms() -> Terms:
    """The terms of the last sending, else gaps that can be seen."""
    last = queries.last_terms()
    return (
        Terms(**last)
        if last
        else Terms(
            company=settings().company,
            company_address="…",
            represented_by="…",
            hotline="…",
            data_protection_contact="…",
        )
    )


@bp.post("/texte/<int:text_id>/freigeben")
@open_to(Role.HR)
def approve_text(text_id: int) -> ResponseReturnValue:
    """Say that a text may be used."""
    service.approve_text(text_id, by=current_actor())
    flash(_("Approved. The text can be sent now."))
    return redirect(url_for(".text", text_id=text_id))
