"""Stacks of printed papers that come back: each page finds its paper by the code on it.

A paper of which all sheets are there is put together and filed as signed with ink. What cannot be
read is asked; nothing is thrown away: the stack is kept as it came, and a page that was dropped can
be put back.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hoffice import clock
from hoffice.agreements import rules
from hoffice.agreements.models import Paper, ScanBatch, ScanPage
from hoffice.agreements.queries import scans as queries
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import WAITING, Form, PaperState, ScanState
from hoffice.agreements.scanning.isolated import pages_in, pages_of
from hoffice.agreements.scanning.joining import joined
from hoffice.agreements.scanning.stack import (
    ENDINGS,
    JPEG,
    MOST_FILES,
    ReadPage,
    bundled,
    kind_of,
)
from hoffice.agreements.service import uploads
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.files.service import Store, keep
from hoffice.jobs.service import Ticket, enqueue
from hoffice.paper.page_code import PageCode, page_code_in
from hoffice.units import Actor

FILE_SCAN: Final = "agreements.file_scan"
"""The kind of job that reads one stack and files what it can."""
AT_ONCE: Final = 8
"""Pages in one step: so many at most are read again after a worker was lost."""

MOST_NUMBER: Final = 2**31 - 1
"""Of a row, on every database."""
PAPER_LETTER: Final = "P"
COVER_LETTER: Final = "D"
"""First letter of the code on a cover sheet; behind it stands the number of the person."""

NO_CODE = N_("No code could be read on this page.")
STRANGE = N_("The code on this page is none of a page of this house.")
NOT_OURS = N_("The code on this page is of a paper that this house does not have.")
OTHER_HOUSE = N_("This page was printed by another house.")
OTHER_KIND = N_("This page belongs to something that is not filed here, such as a client's answer.")
TWO_SHEETS = N_("Several sheets are in this picture. Take a picture of each one alone.")
BROKEN = N_("This page could not be shown. Scan it once more.")
BLANK = N_("This page is blank.")
COVER = N_("This is a cover sheet.")
READING = N_("Nobody signs this paper; it does not have to be filed.")
TWICE = N_("This sheet came again on page %(page)s of stack %(stack)s; the later one counts.")
BY_HAND = N_("Somebody dropped this page.")
PUT_BACK = N_("Somebody put this page back.")

NO_LONGER: Final[dict[PaperState, str]] = {
    PaperState.DRAFT: N_("This paper was never sent."),
    PaperState.SIGNED: N_("This paper is signed already."),
    PaperState.SEALED: N_("This paper is signed already."),
    PaperState.DECLINED: N_("This paper was declined. Talk to the person before it is filed."),
    PaperState.VOID: N_("This paper was taken back; it no longer counts."),
    PaperState.SUPERSEDED: N_("This paper was replaced by a newer one."),
    PaperState.EXPIRED: N_("This paper has expired; a newer one has to be signed."),
}
"""Why a page of a paper in such a state is not filed."""


# Taking in


@dataclass(frozen=True, slots=True)
class Stack:
    """An upload that was looked through: what is kept, and how many pages it has."""

    content: bytes
    media_type: str
    pages: int


def looked_through(files: Sequence[bytes], *, max_mb: int) -> Stack:
    """Check an upload before anything is stored; refused with a sentence.

    Slow: to be called before the transaction that needs it begins.
    """
    if not any(files):
        raise Refused(N_("Choose a file first."))
    if len(files) > MOST_FILES:
        raise Refused(N_("At most %(most)s files at once."), most=MOST_FILES)
    if sum(map(len, files)) > max_mb * 1_000_000:
        raise Refused(N_("Together the files are larger than %(mb)s MB."), mb=max_mb)
    if any(kind_of(content) is None for content in files):
        raise Refused(
            N_("One of the files is neither a PDF nor a picture (JPEG or PNG) that opens.")
        )
    content, media_type = bundled(files)
    return Stack(content, media_type, pages_in(content))


def begin(stack: Stack, *, by: Actor, store: Store) -> ScanBatch:
    """Keep a stack as it came and let a worker read it."""
    now = clock.now()
    name = f"Stapel-{now.astimezone(clock.BERLIN):%Y-%m-%d-%H%M}.{ENDINGS[stack.media_type]}"
    file = keep(store, stack.content, name=name, media_type=stack.media_type)
    batch = ScanBatch(file=file, created_at=now, created_by=str(by))
    db.session.add(batch)
    db.session.flush()
    args = {"batch": batch.id, "pages": stack.pages}
    batch.job_id = enqueue(FILE_SCAN, args, by=by, total=stack.pages).id
    record(by, "agreements.scan_taken", batch, pages=stack.pages, sha256=file.sha256)
    return batch


# The job


def do_scan(ticket: Ticket, *, store: Store) -> Mapping[str, Any]:
    """Read a stack, some pages a step; then file each paper that is whole, one a step.

    A page and its progress are stored together, so whoever takes the job over goes on behind the
    last page that was stored.
    """
    batch_id, total = int(ticket.args["batch"]), int(ticket.args["pages"])
    by = Actor.read(ticket.owner)
    with ticket.step(total=total):
        sha256 = queries.batch(batch_id).file.sha256
    store.get(sha256)  # is it there, and whole?
    for first in range(ticket.done + 1, total + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, total)
        read = list(pages_of(store.path_of(sha256), range(first, last + 1)))
        with ticket.step(done=last, total=total):
            for page in read:
                _note(batch_id, page, by=by, store=store)
    with ticket.step(done=total, total=total):
        papers = [paper.id for paper in queries.papers_in(batch_id)]
    for paper_id in papers:
        with ticket.step(done=total, total=total):
            file_whole(paper_id, by=by, store=store)
    return {"url": f"/papiere/stapel/{batch_id}"}


def _note(batch_id: int, read: ReadPage, *, by: Actor, store: Store) -> None:
    """Write down one page that was read, and where it belongs."""
    page = ScanPage(batch_id=batch_id, number=read.number, state=ScanState.OPEN)
    if read.picture:
        name = f"Stapel-{batch_id}-Seite-{read.number}.jpg"
        page.file = keep(store, read.picture, name=name, media_type=JPEG)
    found = _place(read, store)
    page.state, page.why, page.sheet = found.state, found.why, found.sheet
    page.paper_id = None if found.paper is None else found.paper.id
    db.session.add(page)
    db.session.flush()
    if found.state is ScanState.FILED:
        _drop_earlier(page, by=by)


# Where a page belongs


@dataclass(frozen=True, slots=True)
class _Place:
    state: ScanState
    why: str = ""
    paper: Paper | None = None
    sheet: int | None = field(default=None, kw_only=True)


def _place(read: ReadPage, store: Store) -> _Place:
    if not read.picture:
        return _Place(ScanState.OPEN, BROKEN)
    if read.is_blank:
        return _Place(ScanState.DROPPED, BLANK)
    if not read.codes:
        return _Place(ScanState.OPEN, NO_CODE)
    codes = list(dict.fromkeys(filter(None, map(page_code_in, read.codes))))
    if len(codes) > 1:
        return _Place(ScanState.OPEN, TWO_SHEETS)
    return _named(codes[0], store) if codes else _Place(ScanState.OPEN, STRANGE)


def _named(code: PageCode, store: Store) -> _Place:
    letter, number = code.reference[0], int(code.reference[1:])
    if letter == COVER_LETTER:
        return _Place(ScanState.DROPPED, COVER)
    if letter != PAPER_LETTER:
        return _Place(ScanState.OPEN, OTHER_KIND)
    paper = queries.known_paper(number) if number <= MOST_NUMBER else None
    if paper is None:
        return _Place(ScanState.OPEN, NOT_OURS)
    return _of_paper(paper, code, store)


def _of_paper(paper: Paper, code: PageCode, store: Store) -> _Place:
    if paper.facts.get("house", "") != code.house:
        return _Place(ScanState.OPEN, OTHER_HOUSE)
    if sheets_of(paper, store) != code.pages:
        return _Place(ScanState.OPEN, NOT_OURS)
    paper.pages = code.pages
    if rules.is_for_reading(paper.kind):
        return _Place(ScanState.DROPPED, READING, paper, sheet=code.page)
    if paper.state not in WAITING:
        return _Place(ScanState.OPEN, NO_LONGER[paper.state], paper, sheet=code.page)
    return _Place(ScanState.FILED, "", paper, sheet=code.page)


def sheets_of(paper: Paper, store: Store) -> int | None:
    """How many pages the frozen file has; None when nothing was frozen yet."""
    if paper.pages is not None or paper.frozen_file is None:
        return paper.pages
    import pikepdf  # noqa: PLC0415  # heavy, and only for papers that were not counted yet

    with pikepdf.open(io.BytesIO(store.get(paper.frozen_file.sha256))) as pdf:
        return len(pdf.pages)


def _drop_earlier(page: ScanPage, *, by: Actor) -> None:
    """Of a sheet that came twice the later one counts; the earlier says so."""
    for former in queries.others_filed(page):
        former.state, former.why = ScanState.DROPPED, TWICE
        former.why_facts = {"page": page.number, "stack": page.batch_id}
        record(by, "agreements.scan_replaced", former, later=page.id)


# Whole papers


def lacking(papers: Sequence[Paper], store: Store) -> dict[int, list[int]]:
    """Which sheets of these papers have not come yet, in whatever stack."""
    there = queries.filed(paper.id for paper in papers)
    return {
        paper.id: [
            sheet
            for sheet in range(1, (sheets_of(paper, store) or 0) + 1)
            if sheet not in there.get(paper.id, {})
        ]
        for paper in papers
    }


def missing_sheets(paper: Paper, store: Store) -> list[int]:
    """Which sheets of one paper have not come yet."""
    return lacking([paper], store)[paper.id]


def file_whole(paper_id: int, *, by: Actor, store: Store) -> bool:
    """File a paper as signed with ink if it waits and all its sheets are there."""
    paper = next(iter(sittings.papers_to_change([paper_id])), None)
    if paper is None or paper.state not in WAITING or missing_sheets(paper, store):
        return False
    there = queries.filed([paper_id]).get(paper_id, {})
    pages = [page for _sheet, page in sorted(there.items())]
    pictures = [store.get(page.file.sha256) for page in pages if page.file is not None]
    if not pictures:
        return False
    record(
        by,
        "agreements.scan_whole",
        paper,
        employee_id=paper.employee_id,
        pages=[page.id for page in pages],
    )
    file = uploads.Looked(joined(pictures), len(pictures), 0)
    uploads.file_away(paper_id, file, Form.PAPER, by=by, store=store)
    return True


# By hand


def assign(  # noqa: PLR0913  # which page is which sheet of which paper, by whom
    batch_id: int, number: int, *, paper_id: int, sheet: int, by: Actor, store: Store
) -> bool:
    """Say what a page is; gives back whether its paper is whole now and filed."""
    paper = next(iter(sittings.papers_to_change([paper_id])), None)
    if paper is None:
        raise Refused(NOT_OURS)
    if rules.is_for_reading(paper.kind):
        raise Refused(READING)
    if paper.state not in WAITING:
        raise Refused(NO_LONGER[paper.state])
    if not 1 <= sheet <= (sheets_of(paper, store) or 0):
        raise Refused(N_("The paper has no such sheet."))
    page = _to_change(batch_id, number)
    if page.file_id is None:
        raise Refused(BROKEN)
    page.state, page.paper_id, page.sheet = ScanState.FILED, paper_id, sheet
    page.why, page.why_facts = "", None
    db.session.flush()
    record(
        by,
        "agreements.scan_assigned",
        paper,
        employee_id=paper.employee_id,
        page=page.id,
        sheet=sheet,
    )
    _drop_earlier(page, by=by)
    return file_whole(paper_id, by=by, store=store)


def drop(batch_id: int, numbers: Sequence[int], *, by: Actor) -> int:
    """Leave pages out; gives back how many were. Each can be put back."""
    dropped = 0
    for number in sorted(set(numbers)):
        page = _to_change(batch_id, number)
        if page.state is ScanState.DROPPED:
            continue
        page.state, page.why, page.why_facts = (
            ScanState.DROPPED,
            page.why or BY_HAND,
            page.why_facts,
        )
        record(by, "agreements.scan_dropped", page)
        dropped += 1
    return dropped


def put_back(batch_id: int, number: int, *, by: Actor) -> ScanPage:
    """Undo what was done with a page: it is open again."""
    page = _to_change(batch_id, number)
    if page.state is not ScanState.OPEN:
        page.state, page.why, page.why_facts = ScanState.OPEN, PUT_BACK, None
        record(by, "agreements.scan_put_back", page)
    return page


def _to_change(batch_id: int, number: int) -> ScanPage:
    """A page that may be changed: not one of a paper that was filed with it."""
    page = queries.page(batch_id, number, lock=True)
    if page.state is ScanState.FILED and page.paper is not None and page.paper.state not in WAITING:
        raise Refused(
            N_("The paper of this page is filed already. Take the paper back if that was wrong.")
        )
    return page
