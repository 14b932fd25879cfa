"""What the tests of papers share: the firm's terms, texts, a sent pack, a drawing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.agreements import queries, rules, service
from hoffice.agreements.models import Pack, TextVersion
from hoffice.agreements.rules import IN_FORCE, PaperKind, Terms
from hoffice.agreements.samples import SAMPLES
from hoffice.db import db
from hoffice.files.service import Store
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests import houses

HR = Actor.staff(7)
VALID_MONTHS = {PaperKind(sample.key): sample.valid_months for sample in SAMPLES}
TERMS = Terms(
    company="Spreeruf Kundendialog GmbH",
    company_address="Spittelmarkt 7, 10117 Berlin",
    represented_by="Svenja Adler",
    hotline="030 23125 000",
    data_protection_contact="datenschutz@spreeruf.example",
    needs_code=False,
)
"""Without a code, which has tests of its own."""
DRAWN = [[[0.1, 0.5], [0.2, 0.2], [0.3, 0.8], [0.4, 0.3], [0.5, 0.6]], [[0.6, 0.5], [0.8, 0.5]]]


def book() -> LinkBook:
    """The links of a house under test."""
    return LinkBook(
        secret_key=houses.SECRET,
        old_secret_keys=(),
        url="http://localhost",
        valid=timedelta(days=30),
    )


TWO = (PaperKind.ADDENDUM, PaperKind.DATA_PROTECTION)
"""Enough papers for most tests; whole packs have tests of their own."""


def short_texts() -> None:
    """One page for each document type that has no text yet: the samples have tests of their own."""
    for kind in PaperKind:
        if queries.current_text(kind, only_approved=False) is not None:
            continue
        places = "".join(f"\n\n[[unterschrift:{role}]]" for role in rules.SIGNERS[kind])
        words = "Für {{ name }} ({{ anschrift }}) von {{ firma }}."
        source = f"# {rules.PAPER_LABELS[kind]}\n\n{words}{places}\n"
        db.session.add(
            TextVersion(
                kind=kind,
                language=rules.BINDING_LANGUAGE,
                number=1,
                source=source,
                sha256=hashlib.sha256(source.encode()).hexdigest(),
                valid_months=VALID_MONTHS.get(kind),
                created_at=clock.now(),
                created_by=str(HR),
            )
        )
    db.session.flush()


def sent(
    employee: Employee,
    folder: Path,
    *,
    terms: Terms = TERMS,
    kinds: Collection[PaperKind] | None = TWO,
) -> Pack:
    """Papers on their way to this person; the texts are short, and not approved."""
    short_texts()
    return service.send_pack(
        employee.id,
        store=Store(folder),
        book=book(),
        by=HR,
        signer_name="Svenja Adler",
        terms=terms,
        allow_unapproved=True,
        kinds=kinds,
    )


def in_force(employee_id: int) -> set[PaperKind]:
    """Which papers of this person are signed by everybody and neither void nor superseded."""
    papers = queries.papers_of(employee_id)
    return {paper.kind for paper in papers if paper.state in IN_FORCE}
