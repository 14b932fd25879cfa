"""Papers signed outside this house: a scan with ink, or a file with a qualified signature.

What HR brings closes the paper at once. What an employee brings waits until somebody of HR has
looked at it: a file is no signature only because it is a PDF.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

from hoffice import clock
from hoffice.agreements import queries, rules
from hoffice.agreements.models import Paper
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import WAITING, Form, SignerRole
from hoffice.agreements.service.signing import PDF, checked_reason, file_name, put_in_force
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.files.service import Store, keep
from hoffice.units import Actor
from hoffice.wording.isolated import isolated

MOST_PAGES = 200
GIVEN = (Form.PAPER, Form.QUALIFIED)
"""What somebody may say of a file: ink that was scanned, or a qualified signature."""

_NO_PDF = N_("This is no PDF that can be read. Scan the paper as a PDF, or save it as one.")
_ENCRYPTED = N_("This PDF is locked with a password. Save it without one.")
_TOO_LARGE = N_("This file is larger than %(mb)s MB. Scan it with less detail.")


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was found to be a PDF within the limits."""

    content: bytes
    pages: int
    signatures: int
    """How many electronic signatures it carries; whose, and of what kind, people have to check."""


def looked_at(content: bytes, *, max_mb: int) -> Looked:
    """Check a file before anything is stored, in a process with little time and room.

    Slow: to be called before the transaction that needs it begins.
    """
    if len(content) > max_mb * 1_000_000:
        raise Refused(_TOO_LARGE, mb=max_mb)
    if b"%PDF-" not in content[:1024]:
        raise Refused(_NO_PDF)
    try:
        told = json.loads(isolated(look, content))
    except Refused as refusal:
        raise Refused(refusal.reason if refusal.reason == _ENCRYPTED else _NO_PDF) from None
    if not 0 < told["pages"] <= MOST_PAGES:
        raise Refused(N_("A paper has between one and %(most)s pages."), most=MOST_PAGES)
    return Looked(content, told["pages"], told["signatures"])


def look(content: bytes) -> bytes:
    """Count pages and signatures; runs in the child process."""
    import pikepdf  # noqa: PLC0415  # only the child opens what people send

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pages = len(pdf.pages)
            form = pdf.Root.get("/AcroForm")
            fields = list(form.get("/Fields", [])) if form is not None else []
            signed = [
                one for one in fields if one.get("/FT") == "/Sig" and one.get("/V") is not None
            ]
            has_range = sum("/ByteRange" in one["/V"] for one in signed)
    except pikepdf.PasswordError:
        raise Refused(_ENCRYPTED) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        raise Refused(_NO_PDF) from None
    return json.dumps({"pages": pages, "signatures": has_range}).encode()


def bring(  # noqa: PLR0913  # what is brought, by whom, and where it is kept
    paper_id: int, file: Looked, form: Form, *, employee_id: int, by: Actor, store: Store
) -> Paper:
    """The employee brings a signed file in place of signing here; HR has to look at it.

    Until then nothing is signed here: the paper waits as one that is wanted with ink.
    """
    queries.pack_to_change(employee_id)
    paper = queries.own_paper(paper_id, employee_id=employee_id)
    if not sittings.is_open_behind_link(paper):
        raise Refused(N_("This paper is no longer waiting for you."))
    _put(paper, file, form, by=by, store=store)
    paper.paper_wanted_at = paper.paper_wanted_at or clock.now()
    return paper


def file_away(paper_id: int, file: Looked, form: Form, *, by: Actor, store: Store) -> Paper:
    """HR files a signed paper; that puts it in force."""
    paper = _to_change(paper_id)
    _put(paper, file, form, by=by, store=store)
    _take(paper, by=by)
    return paper


def accept(paper_id: int, *, file_id: int | None, by: Actor) -> Paper:
    """HR has looked at the file that the employee brought: the paper is in force.

    ``file_id`` names the file that was looked at; another one that came meanwhile does not count.
    """
    paper = _to_change(paper_id)
    if paper.state not in WAITING or paper.uploaded_file_id is None:
        raise Refused(N_("There is no file to look at."))
    if paper.uploaded_file_id != file_id:
        raise Refused(N_("Another file was brought in the meantime. Look at that one first."))
    _take(paper, by=by)
    return paper


def send_back(paper_id: int, reason: str, *, by: Actor) -> Paper:
    """The file that the employee brought does not do; the paper waits again."""
    paper = _to_change(paper_id)
    if paper.state not in WAITING or paper.uploaded_file_id is None:
        raise Refused(N_("There is no file to look at."))
    why = checked_reason(reason)
    record(
        by,
        "agreements.upload_sent_back",
        paper,
        employee_id=paper.employee_id,
        personal={"reason": why},
        file=paper.uploaded_file_id,
    )
    paper.uploaded_file, paper.uploaded_form, paper.reason = None, None, why
    return paper


def _to_change(paper_id: int) -> Paper:
    found = sittings.papers_to_change([paper_id])
    return found[0] if found else queries.paper(paper_id)


def _put(paper: Paper, file: Looked, form: Form, *, by: Actor, store: Store) -> None:
    if paper.state not in WAITING or rules.is_for_reading(paper.kind):
        raise Refused(N_("This paper no longer waits for a signature."))
    if form not in GIVEN or not rules.closes(paper.text_version.form, form):
        raise Refused(N_("This is not the form that the paper needs."))
    if form is Form.QUALIFIED and not file.signatures:
        raise Refused(N_("There is no electronic signature in this file."))
    paper.uploaded_file = keep(store, file.content, name=file_name(paper), media_type=PDF)
    paper.uploaded_form, paper.reason = form, None
    db.session.flush()
    record(
        by,
        "agreements.uploaded",
        paper,
        employee_id=paper.employee_id,
        form=form,
        pages=file.pages,
        sha256=paper.uploaded_file.sha256,
    )


def _take(paper: Paper, *, by: Actor) -> None:
    now = clock.now()
    put_in_force(paper, by=by, at=now)
    if paper.pack.receipt_asked_at is None and rules.waits_for(paper.kind, SignerRole.EMPLOYEE):
        paper.pack.receipt_asked_at = now
    sha256 = paper.uploaded_file.sha256 if paper.uploaded_file is not None else None
    record(by, "agreements.completed", paper, employee_id=paper.employee_id, at=now, sha256=sha256)
