"""What the tests of HR's desk share: people at each point of the way, and the daily morning."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hoffice import clock
from hoffice.agreements import queries, service
from hoffice.agreements.jobs import handlers
from hoffice.agreements.models import Pack, TextVersion
from hoffice.agreements.rules import PaperKind, SignatureMethod, SignerRole, WorkModel, packs_of
from hoffice.agreements.service import signing
from hoffice.agreements.service.daily import DAILY
from hoffice.db import db
from hoffice.files.service import Store
from hoffice.jobs.service import enqueue
from hoffice.jobs.worker import work_off
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests.agreements.scene import DRAWN, HR, TERMS, book, short_texts

KINDS = packs_of(WorkModel.TELEWORK)


def sent(employee: Employee, folder: Path) -> Pack:
    """All papers of telework on their way to this person."""
    short_texts()
    return service.send_pack(
        employee.id,
        store=Store(folder),
        book=book(),
        by=HR,
        signer_name="Svenja Adler",
        terms=TERMS,
        allow_unapproved=True,
        kinds=KINDS,
    )


def sign(pack: Pack, folder: Path) -> None:
    """The employee signs everything that waits for her."""
    db.session.flush()
    waiting = [paper.id for paper in pack.papers if queries.lacks_signature(paper)]
    employee = db.session.get_one(Employee, pack.employee_id)
    signing.sign_pack(
        pack.employee_id,
        name=employee.name,
        method=SignatureMethod.DRAWN,
        strokes=DRAWN,
        read=waiting,
        by=Actor.employee(pack.employee_id),
        store=Store(folder),
    )


def for_house(pack: Pack, folder: Path) -> None:
    """Whoever signs for the house does."""
    for paper in pack.papers:
        for role in (SignerRole.EMPLOYER, SignerRole.TRAINER):
            signing.sign_for_house(
                [paper.id], role, name="Svenja Adler", by=HR, store=Store(folder)
            )


def new_version(kind: PaperKind) -> TextVersion:
    """A newer, approved version of a text, with one more sentence."""
    former = queries.current_text(kind, only_approved=False)
    assert former is not None
    source = former.source.rstrip() + "\n\nEin neuer Satz.\n"
    made = TextVersion(
        kind=kind,
        language=former.language,
        number=former.number + 1,
        source=source,
        sha256=f"{former.number + 1}",
        valid_months=former.valid_months,
        created_at=clock.now(),
        created_by=str(HR),
        approved_at=clock.now(),
        approved_by="staff:99",
    )
    db.session.add(made)
    db.session.flush()
    return made


def approve_all() -> None:
    """All texts count as approved, whatever the linter has to say of them."""
    short_texts()
    for text in queries.texts():
        text.approved_at, text.approved_by = clock.now(), "staff:99"


def morning(folder: Path, *, minute: int = 8 * 60) -> dict[str, int]:
    """The daily job of this day at this minute; gives back what it did."""
    day = clock.today()
    with clock.frozen(clock.at(day, minute)):
        job = enqueue(DAILY, {"day": day.isoformat()}, by=Actor.system())
        number = job.id
        db.session.commit()
        work_off({DAILY: handlers(Store(folder), book())[DAILY]})
    done = db.session.get_one(type(job), number)
    assert done.result is not None
    return dict(done.result)


DAY = timedelta(days=1)
