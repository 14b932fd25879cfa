"""Everything of one person, or of one client, as one file; written to the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import svcs
from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.agreements.approving import STATE_LABELS
from hoffice.agreements.models import Approval, Paper
from hoffice.agreements.queries import desk
from hoffice.agreements.rules import PAPER_LABELS, PAPER_STATE_LABELS
from hoffice.agreements.service import contents
from hoffice.agreements.views.blueprint import bp
from hoffice.audit.service import record
from hoffice.files.models import StoredFile
from hoffice.files.service import Store
from hoffice.people import queries as people
from hoffice.sheets.archive import Entry, Words, streamed
from hoffice.web import formats
from hoffice.web.lists import safe_name


@bp.post("/mappen/<int:employee_id>/alles")
@open_to(Role.HR)
def everything_of_person(employee_id: int) -> ResponseReturnValue:
    """All papers a person was ever sent, with every file of each, as one ZIP."""
    employee = people.employee(employee_id)
    entries = [entry for paper in desk.everything_of(employee_id) for entry in _of_paper(paper)]
    if not entries:
        flash(_("There are no papers yet."), "error")
        return redirect(url_for(".pack", employee_id=employee_id))
    record(
        current_actor(),
        "agreements.exported",
        employee,
        employee_id=employee_id,
        files=len(entries),
    )
    return _archive(f"{employee.personnel_number} {employee.name}", entries)


@bp.post("/auftraggeber/<int:client_id>/alles")
@open_to(Role.HR)
def everything_of_client(client_id: int) -> ResponseReturnValue:
    """All approvals a client was asked for, with question and answer, as one ZIP."""
    client = people.client(client_id)
    entries = [entry for one in desk.approvals_of(client_id) for entry in _of_approval(one)]
    if not entries:
        flash(_("This client was not asked for any approval yet."), "error")
        return redirect(url_for("people.clients"))
    record(current_actor(), "agreements.client_exported", client, files=len(entries))
    return _archive(client.name, entries)


def _of_paper(paper: Paper) -> list[Entry]:
    """Every file of one paper: as it was frozen, signed, sealed, or came back with ink."""
    reference = contents.reference(paper)
    columns = [
        reference,
        _(PAPER_LABELS[paper.kind]),
        str(paper.text_version.number),
        _(PAPER_STATE_LABELS[paper.state]),
        formats.moment_full(paper.signed_at) if paper.signed_at else "",
        formats.day(paper.expires_on) if paper.expires_on else "",
    ]
    files = (
        (_("as sent"), paper.frozen_file),
        (_("signed"), paper.signed_file),
        (_("sealed"), paper.sealed_file),
        (_("uploaded"), paper.uploaded_file),
    )
    folder = f"{reference}-{paper.kind.value}"
    return [_entry(folder, what, file, columns) for what, file in files if file is not None]


def _of_approval(approval: Approval) -> list[Entry]:
    reference = f"F{approval.id:06d}"
    columns = [
        reference,
        approval.project.name,
        str(approval.text_version.number),
        _(STATE_LABELS[approval.state]),
        formats.moment_full(approval.answered_at) if approval.answered_at else "",
        formats.day(approval.valid_to) if approval.valid_to else "",
    ]
    files = ((_("question"), approval.frozen_file), (_("answer"), approval.answer_file))
    folder = f"{reference}-{safe_name(approval.project.name)}"
    return [_entry(folder, what, file, columns) for what, file in files if file is not None]


def _entry(folder: str, what: str, file: StoredFile, columns: Sequence[str]) -> Entry:
    ending = file.name.rpartition(".")[2] if "." in file.name else "pdf"
    return Entry(
        name=f"{folder}/{safe_name(what)}.{safe_name(ending)}",
        sha256=file.sha256,
        size=file.size,
        columns=[*columns, what],
    )


def _archive(whose: str, entries: Sequence[Entry]) -> Response:
    now = clock.now()
    title = _("Papers: %(name)s", name=whose)
    words = Words(
        title=title,
        about=(
            settings().company,
            _("As of %(at)s.", at=formats.moment_full(now)),
            _("SHA-256 is the fingerprint of a file: any tool that computes it can compare."),
        ),
        header=[
            _("Number"),
            _("Title"),
            _("Version of the text"),
            _("State"),
            _("Signed"),
            _("No longer in force from"),
            _("What"),
        ],
        file=_("File"),
        size=_("Bytes"),
        sha256="SHA-256",
        condition=_("Found"),
        whole=_("yes"),
        missing=_("The file is gone or damaged."),
        locale="en" if str(get_locale() or "de").startswith("en") else "de",
    )
    body: Iterable[bytes] = streamed(
        entries,
        words,
        read=svcs.flask.get(Store).get,
        made_at=now.astimezone(clock.BERLIN),
    )
    response = Response(body, mimetype="application/zip")
    name = f"{safe_name(title)}-{clock.today().isoformat()}.zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response
