"""What the tests of papers share: the firm's terms, texts, a sent pack, a drawing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from hoffice.accounts.links import LinkBook
from hoffice.agreements import service
from hoffice.agreements.models import Pack
from hoffice.agreements.rules import PaperKind, Terms
from hoffice.files.service import Store
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests import houses

HR = Actor.staff(7)
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


def sent(
    employee: Employee,
    folder: Path,
    *,
    terms: Terms = TERMS,
    kinds: Collection[PaperKind] | None = TWO,
) -> Pack:
    """Papers on their way to this person; the texts are the samples, not approved."""
    service.load_samples(by=HR)
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
