"""The record of a closed return: made of facts, kept in the file of the return, and renewed.

A page takes 40 ms and more, so it is not made while others wait to write: :func:`facts_of` reads,
:func:`made_of` makes the file outside of any transaction, :func:`file` keeps it in one of its own.
"""

from __future__ import annotations

from hoffice import clock
from hoffice.db import db
from hoffice.files.service import Store, keep
from hoffice.kits import records
from hoffice.kits.models import Attachment
from hoffice.kits.pdf import returns as pdf
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import AttachmentKind
from hoffice.units import Actor


def facts_of(return_id: int, *, company: str) -> pdf.ReturnFacts:
    """What the record says as things stand now."""
    made = queries.kit_return(return_id)
    return records.return_facts(made, queries.handed_out_by(return_id), company=company)


def made_of(facts: pdf.ReturnFacts) -> bytes:
    """The record as a PDF; nothing is read or written."""
    return pdf.return_record(facts)


def file(  # noqa: PLR0913  # what is kept, of what it was made, and where
    return_id: int,
    facts: pdf.ReturnFacts,
    content: bytes,
    *,
    store: Store,
    company: str,
    by: Actor,
) -> bool:
    """Keep a record that was made of these facts; the newest one counts.

    False when the facts are others by now, such as when somebody has just wiped another device:
    then it has to be made again. The return is locked, so that one record follows the other.
    """
    made = queries.kit_return(return_id, lock=True)
    now = records.return_facts(made, queries.handed_out_by(return_id), company=company)
    if not records.says_the_same(now, facts):
        return False
    kept = keep(
        store,
        content,
        name=f"Rueckgabeprotokoll-{made.employee.personnel_number}.pdf",
        media_type="application/pdf",
    )
    db.session.add(
        Attachment(
            subject=f"return:{return_id}",
            kind=AttachmentKind.OTHER,
            file_id=kept.id,
            at=clock.now(),
            by=str(by),
        )
    )
    db.session.flush()
    return True


def write(return_id: int, *, store: Store, company: str, by: Actor) -> None:
    """Make and keep the record at once, where nobody else waits to write."""
    db.session.flush()
    facts = facts_of(return_id, company=company)
    file(return_id, facts, made_of(facts), store=store, company=company, by=by)
