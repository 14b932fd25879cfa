"""Stacks of printed papers: uploading a scan, what is open on it, and printing stacks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby

import svcs
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.agreements.exports.print_stack import Person, Printed, Words, print_stack
from hoffice.agreements.models import Paper, ScanPage
from hoffice.agreements.queries import scans as queries
from hoffice.agreements.rules import PAPER_LABELS, PAPER_STATE_LABELS, WAITING, ScanState
from hoffice.agreements.scanning.stack import MOST_PAGES
from hoffice.agreements.service import scans
from hoffice.agreements.service.contents import reference
from hoffice.agreements.views.blueprint import bp, code, pdf_answer
from hoffice.agreements.views.selection import Selection
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.files.service import Store
from hoffice.jobs.rules import FINISHED
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

MOST_STACKS = 100
"""In the list; older ones are found by the papers that were filed from them."""
MOST_PRINTED = 50
"""People in one file for the printer; more sheets than that no tray holds."""


class StackForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """One PDF, or many files."""

    files = MultipleFileField(
        _l("The scan"),
        description=_l("One PDF, or photos (JPEG, PNG); several files at once are one stack."),
    )


# Stacks


@bp.get("/stapel")
@open_to(Role.HR)
def stacks() -> ResponseReturnValue:
    """The stacks that came, and on which something is open."""
    found = queries.batches(limit=MOST_STACKS)
    return render_template(
        "agreements/scans.html",
        stacks=found,
        open_pages=sum(one.pages.get(ScanState.OPEN, 0) for one in found),
        states=ScanState,
    )


@bp.route("/stapel/neu", methods=["GET", "POST"])
@open_to(Role.HR)
def new_stack() -> ResponseReturnValue:
    """Upload a scan; a worker reads it."""
    form = StackForm()
    if form.validate_on_submit():
        try:
            with set_aside():
                files = [content for one in form.files.data or () if (content := _taken(one))]
                looked = scans.looked_through(files, max_mb=settings().upload_max_mb)
            batch = scans.begin(looked, by=current_actor(), store=svcs.flask.get(Store))
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            return redirect(url_for("desk.job", job_id=batch.job_id))
    page = render_template(
        "agreements/scan_new.html", form=form, most=MOST_PAGES, mb=settings().upload_max_mb
    )
    return page, code(has_failed=bool(form.errors))


def _taken(sent: FileStorage) -> bytes:
    """What somebody sent; a large file lay on the disk meanwhile and need not stay there."""
    with closing(sent):
        content: bytes = sent.read()
    return content


@dataclass(frozen=True, slots=True)
class Whole:
    """A paper of a stack, and which of its sheets are missing."""

    paper: Paper
    missing: Sequence[int]

    @property
    def is_filed(self) -> bool:
        """Whether nothing of it is waited for."""
        return self.paper.state not in WAITING


@bp.get("/stapel/<int:batch_id>")
@open_to(Role.HR)
def stack(batch_id: int) -> ResponseReturnValue:
    """One stack: what is filed, what is missing, what somebody has to look at."""
    batch, pages, store = queries.batch(batch_id), queries.pages(batch_id), svcs.flask.get(Store)
    found = queries.papers_in(batch_id)
    missing = scans.lacking([paper for paper in found if paper.state in WAITING], store)
    papers = [Whole(paper, missing.get(paper.id, ())) for paper in found]
    job = queries.job_of(batch)
    return render_template(
        "agreements/scan.html",
        batch=batch,
        pages=pages,
        groups=_by_reason([page for page in pages if page.state is ScanState.OPEN]),
        dropped=[page for page in pages if page.state is ScanState.DROPPED],
        filed=[one for one in papers if one.is_filed],
        waiting=[one for one in papers if not one.is_filed],
        job=job,
        is_read=job is None or job.state in FINISHED,
        labels=PAPER_LABELS,
        states=PAPER_STATE_LABELS,
    )


def _by_reason(pages: Sequence[ScanPage]) -> list[tuple[str, list[ScanPage]]]:
    """Open pages by why they are open, so that all of one kind can be dropped at once."""
    ordered = sorted(pages, key=lambda page: (page.why, page.number))
    return [(why, list(group)) for why, group in groupby(ordered, key=lambda page: page.why)]


@bp.get("/stapel/<int:batch_id>/datei")
@open_to(Role.HR)
def stack_file(batch_id: int) -> ResponseReturnValue:
    """The stack as it was uploaded."""
    file = queries.batch(batch_id).file
    response = Response(svcs.flask.get(Store).get(file.sha256), mimetype=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers.set("Cache-Control", "no-store")
    return response


# Pages


@bp.get("/stapel/<int:batch_id>/seiten/<int:number>.jpg")
@open_to(Role.HR)
def stack_picture(batch_id: int, number: int) -> ResponseReturnValue:
    """The picture of one page."""
    file = queries.page(batch_id, number).file
    if file is None:
        abort(404)
    response = Response(svcs.flask.get(Store).get(file.sha256), mimetype=file.media_type)
    response.headers.set("Cache-Control", "no-store")
    return response


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that a page may belong to, and which of its sheets are missing."""

    paper: Paper
    sheets: Sequence[tuple[int, bool]]
    """Each with whether it has come already."""


@bp.route("/stapel/<int:batch_id>/seiten/<int:number>", methods=["GET", "POST"])
@open_to(Role.HR)
def stack_page(batch_id: int, number: int) -> ResponseReturnValue:
    """Show a page and let somebody say whose paper it is, and which sheet."""
    store = svcs.flask.get(Store)
    error = ""
    if request.method == "POST":
        paper_id = request.form.get("paper", type=row_number) or 0
        sheet = request.form.get("sheet", type=row_number) or 0
        try:
            is_whole = scans.assign(
                batch_id, number, paper_id=paper_id, sheet=sheet, by=current_actor(), store=store
            )
        except Refused as refusal:
            db.session.rollback()
            error = translated(refusal)
        else:
            flash(
                _("Filed; the paper is whole and counts from now on.")
                if is_whole
                else _("Filed as sheet %(sheet)s.", sheet=sheet)
            )
            return redirect(_next(batch_id, number))
    page = queries.page(batch_id, number)
    words = " ".join(request.values.get("q", "").split())
    found = (
        queries.waiting(words)
        if words
        else [paper for paper in queries.papers_in(batch_id) if paper.state in WAITING]
    )
    missing = scans.lacking(found, store)
    shown = render_template(
        "agreements/scan_page.html",
        page=page,
        words=words,
        offers=[_offer(one, missing[one.id], store) for one in found],
        most=queries.MOST_FOUND,
        labels=PAPER_LABELS,
        states=ScanState,
        error=error,
        left=len(queries.open_pages(batch_id)),
    )
    return shown, code(has_failed=bool(error))


def _offer(paper: Paper, missing: Sequence[int], store: Store) -> Offer:
    count = scans.sheets_of(paper, store) or 0
    return Offer(paper, [(sheet, sheet not in missing) for sheet in range(1, count + 1)])


def _next(batch_id: int, number: int) -> str:
    """The next open page behind this one, else the first, else the stack."""
    left = [page.number for page in queries.open_pages(batch_id)]
    if not left:
        return url_for(".stack", batch_id=batch_id)
    then = next((one for one in left if one > number), left[0])
    return url_for(".stack_page", batch_id=batch_id, number=then)


@bp.post("/stapel/<int:batch_id>/seiten/<int:number>/weglassen")
@open_to(Role.HR)
def drop_page(batch_id: int, number: int) -> ResponseReturnValue:
    """Leave a page out and go on with the next."""
    scans.drop(batch_id, [number], by=current_actor())
    flash(_("Page %(page)s is left out. It can be put back.", page=number))
    return redirect(_next(batch_id, number))


@bp.post("/stapel/<int:batch_id>/weglassen")
@open_to(Role.HR)
def drop_pages(batch_id: int) -> ResponseReturnValue:
    """Leave several pages out at once."""
    numbers = request.form.getlist("numbers", type=row_number)
    done = scans.drop(batch_id, numbers, by=current_actor())
    flash(ngettext("One page is left out.", "%(num)s pages are left out.", done))
    return redirect(url_for(".stack", batch_id=batch_id))


@bp.post("/stapel/<int:batch_id>/seiten/<int:number>/zurueck")
@open_to(Role.HR)
def put_page_back(batch_id: int, number: int) -> ResponseReturnValue:
    """Undo what was done with a page; it is open again."""
    scans.put_back(batch_id, number, by=current_actor())
    flash(_("Page %(page)s is open again.", page=number))
    return redirect(url_for(".stack_page", batch_id=batch_id, number=number))


# Printing


@bp.post("/drucken", endpoint="print_stack")
@open_to(Role.HR)
def print_stack_of() -> ResponseReturnValue:
    """All papers that wait of the people selected, as one file for the printer."""
    ids = Selection.read(request.form).people()
    if len(ids) > MOST_PRINTED:
        raise Refused(N_("At most %(most)s people at once are printed."), most=MOST_PRINTED)
    store = svcs.flask.get(Store)
    papers = queries.to_print(ids)
    if not papers:
        raise Refused(N_("None of them has papers that wait."))
    people = _people(papers, store)
    printed = [(paper.id, paper.employee_id) for paper in papers]
    with set_aside():
        content = print_stack(
            people, _words(), company=settings().company, made_at=clock.now(), read=store.get
        )
    for paper_id, employee_id in printed:
        record(current_actor(), "agreements.printed", f"paper:{paper_id}", employee_id=employee_id)
    return pdf_answer(content, f"Stapel-{clock.today().isoformat()}.pdf")


def _people(papers: Sequence[Paper], store: Store) -> list[Person]:
    return [
        Person(
            name=employee.name,
            note=employee.personnel_number
            + (f" · {employee.team.name}" if employee.team is not None else ""),
            code=f"{scans.COVER_LETTER}{employee.id:06}",
            papers=[
                Printed(
                    str(_(PAPER_LABELS[paper.kind])),
                    reference(paper),
                    paper.frozen_file.sha256,
                    scans.sheets_of(paper, store),
                )
                for paper in group
                if paper.frozen_file is not None
            ],
        )
        for employee, group in groupby(papers, key=lambda paper: paper.employee)
    ]


def _words() -> Words:
    return Words(
        language="en" if str(get_locale() or "de").startswith("en") else "de",
        title=_("Cover sheet"),
        told=_(
            "Please read all papers and sign where a place is marked. Then give all sheets back, "
            "in any order: the code at the foot of each page says where it belongs."
        ),
        header=(_("Paper"), _("Number"), _("Pages")),
    )
