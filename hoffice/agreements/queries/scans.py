"""Reading stacks of scanned papers: what came, what is filed, what somebody has to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hoffice.agreements.models import Pack, Paper, ScanBatch, ScanPage
from hoffice.agreements.queries import search_papers
from hoffice.agreements.rules import SIGNERS, WAITING, PaperKind, ScanState
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.jobs.models import Job
from hoffice.people.models import Employee

SIGNED_KINDS = sorted(kind for kind in PaperKind if SIGNERS[kind])
MOST_FOUND = 12
"""Papers that a search offers at once; whoever sees more types another word."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One stack in the list."""

    batch: ScanBatch
    pages: dict[ScanState, int]

    @property
    def total(self) -> int:
        """Pages that were looked at so far."""
        return sum(self.pages.values())


def batches(*, limit: int) -> list[Counted]:
    """The newest stacks, each with its pages by state."""
    rows = db.session.scalars(
        select(ScanBatch)
        .options(joinedload(ScanBatch.file))
        .order_by(ScanBatch.id.desc())
        .limit(limit)
    ).all()
    found = {batch.id: Counted(batch, {}) for batch in rows}
    for batch_id, state, count in db.session.execute(
        select(ScanPage.batch_id, ScanPage.state, func.count())
        .where(ScanPage.batch_id.in_(found))
        .group_by(ScanPage.batch_id, ScanPage.state)
    ):
        found[batch_id].pages[state] = count
    return list(found.values())


def batch(batch_id: int) -> ScanBatch:
    """The stack with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(ScanBatch, batch_id, options=[joinedload(ScanBatch.file)])
    if found is None:
        raise NotFound(N_("There is no such stack."))
    return found


def job_of(batch: ScanBatch) -> Job | None:
    """The job that reads a stack; None when it was tidied away."""
    return None if batch.job_id is None else db.session.get(Job, batch.job_id)


def pages(batch_id: int) -> Sequence[ScanPage]:
    """All pages of a stack in its order, with whose papers they are."""
    return db.session.scalars(
        select(ScanPage)
        .where(ScanPage.batch_id == batch_id)
        .options(joinedload(ScanPage.paper).joinedload(Paper.employee))
        .order_by(ScanPage.number)
    ).all()


def page(batch_id: int, number: int, *, lock: bool = False) -> ScanPage:
    """One page of a stack, or :class:`~hoffice.errors.NotFound`."""
    wanted = select(ScanPage).where(ScanPage.batch_id == batch_id, ScanPage.number == number)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such page."))
    return found


def open_pages(batch_id: int) -> Sequence[ScanPage]:
    """The pages of a stack that somebody has to look at."""
    return db.session.scalars(
        select(ScanPage)
        .where(ScanPage.batch_id == batch_id, ScanPage.state == ScanState.OPEN)
        .order_by(ScanPage.number)
    ).all()


def filed(paper_ids: Iterable[int]) -> dict[int, dict[int, ScanPage]]:
    """Of each paper its sheets, from whatever stacks; of a sheet that came twice the later one."""
    found: dict[int, dict[int, ScanPage]] = {}
    for one in db.session.scalars(
        select(ScanPage)
        .where(ScanPage.paper_id.in_(list(paper_ids)), ScanPage.state == ScanState.FILED)
        .options(joinedload(ScanPage.file))
        .order_by(ScanPage.batch_id, ScanPage.number)
    ):
        if one.paper_id is not None and one.sheet is not None:
            found.setdefault(one.paper_id, {})[one.sheet] = one
    return found


def others_filed(page: ScanPage) -> Sequence[ScanPage]:
    """Other pages that are filed as the same sheet of the same paper."""
    return db.session.scalars(
        select(ScanPage)
        .where(
            ScanPage.paper_id == page.paper_id,
            ScanPage.sheet == page.sheet,
            ScanPage.state == ScanState.FILED,
            ScanPage.id != page.id,
        )
        .order_by(ScanPage.id)
    ).all()


def papers_in(batch_id: int) -> Sequence[Paper]:
    """The papers of which a stack has sheets that are filed, by name."""
    return db.session.scalars(
        select(Paper)
        .join(Paper.employee)
        .where(
            Paper.id.in_(
                select(ScanPage.paper_id).where(
                    ScanPage.batch_id == batch_id, ScanPage.state == ScanState.FILED
                )
            )
        )
        .options(joinedload(Paper.employee), joinedload(Paper.frozen_file))
        .order_by(Employee.last_name, Employee.first_name, Paper.id)
    ).all()


def known_paper(paper_id: int) -> Paper | None:
    """The paper with this number, if there is one; the number stood on a scanned page."""
    return db.session.get(Paper, paper_id, options=[joinedload(Paper.frozen_file)])


def waiting(words: str) -> Sequence[Paper]:
    """Papers that wait for a signature, of people with all these words or with this number."""
    return db.session.scalars(
        select(Paper)
        .join(Paper.employee)
        .where(
            Paper.state.in_(sorted(WAITING)),
            Paper.kind.in_(SIGNED_KINDS),
            search_papers(words),
        )
        .options(joinedload(Paper.employee), joinedload(Paper.frozen_file))
        .order_by(Employee.last_name, Employee.first_name, Paper.id)
        .limit(MOST_FOUND)
    ).all()


def to_print(employee_ids: Iterable[int]) -> Sequence[Paper]:
    """All papers of these people's present packs that still wait, by name and in their order."""
    return db.session.scalars(
        select(Paper)
        .join(Paper.pack)
        .join(Paper.employee)
        .where(
            Pack.employee_id.in_(list(employee_ids)),
            Pack.ended_at.is_(None),
            Paper.state.in_(sorted(WAITING)),
            Paper.frozen_file_id.is_not(None),
        )
        .options(joinedload(Paper.employee), joinedload(Paper.frozen_file))
        .order_by(Employee.last_name, Employee.first_name, Employee.id, Paper.id)
    ).all()
