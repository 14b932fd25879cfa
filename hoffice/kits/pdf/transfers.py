"""The record of a transfer: which devices went from whom to whom, and when each said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.units import mm

from hoffice.errors import N_
from hoffice.kits.pdf.returns import Thing
from hoffice.paper import flow
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.text import safe
from hoffice.paper.words import moment, speaks


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two, and when this one said that it has happened."""

    name: str
    personnel_number: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """One transfer to which both have said yes."""

    reference: str
    letterhead: Letterhead
    made_at: datetime
    proposed_at: datetime
    giver: Party
    receiver: Party
    things: tuple[Thing, ...]
    note: str = ""
    language: str = "de"


def transfer_record(facts: TransferFacts) -> bytes:
    """The record as a PDF."""
    _ = speaks(facts.language)
    sheet = Sheet(
        title=_(N_("Transfer record")),
        language=facts.language,
        letterhead=facts.letterhead,
        made_at=facts.made_at,
        reference=facts.reference,
    )
    rows = [
        (_(N_("Passed on by")), _who(facts.giver)),
        (_(N_("Handing over confirmed on")), safe(moment(facts.giver.said_at, facts.language))),
        (_(N_("Passed on to")), _who(facts.receiver)),
        (_(N_("Receipt confirmed on")), safe(moment(facts.receiver.said_at, facts.language))),
        (_(N_("Proposed on")), safe(moment(facts.proposed_at, facts.language))),
        (_(N_("Note")), safe(facts.note)),
    ]
    head = [_(N_("Item")), _(N_("Model")), _(N_("Serial number")), _(N_("Asset tag"))]
    cells = [
        [safe(one.kind), safe(one.model), safe(one.serial_number), f"<b>{safe(one.tag)}</b>"]
        for one in facts.things
    ]
    widths = [sheet.width * share for share in (0.2, 0.3, 0.27, 0.23)]
    told = _(
        N_(
            "Each of the two confirmed it on a page of their own, behind a personal link. The "
            "devices still belong to the company."
        )
    )
    return write(
        sheet,
        [
            flow.heading(safe(sheet.title), 1),
            flow.pairs([row for row in rows if row[1]], (50 * mm, sheet.width - 50 * mm)),
            flow.heading(f"{_(N_('Devices'))} ({len(cells)})", 2),
            flow.table(head, cells, widths),
            flow.said(told),
        ],
    )


def _who(one: Party) -> str:
    told = " · ".join(part for part in (one.name, one.personnel_number) if part)
    return f"<b>{safe(told)}</b>"
