"""The receipt for one device that somebody takes at the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether

from hoffice.errors import N_
from hoffice.kits.pdf.returns import Thing
from hoffice.paper import flow, signing
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.text import safe
from hoffice.paper.words import moment, speaks


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """One device that was handed out."""

    reference: str
    letterhead: Letterhead
    handed_at: datetime
    made_at: datetime
    person: str
    personnel_number: str
    given_by: str
    thing: Thing
    language: str = "de"


def counter_receipt(facts: ReceiptFacts) -> bytes:
    """The receipt as a PDF, to be signed by both."""
    _ = speaks(facts.language)
    sheet = Sheet(
        title=_(N_("Receipt for a device")),
        language=facts.language,
        letterhead=facts.letterhead,
        made_at=facts.made_at,
        reference=facts.reference,
    )
    who = " · ".join(part for part in (facts.person, facts.personnel_number) if part)
    thing = facts.thing
    rows = [
        (_(N_("Handed over to")), f"<b>{safe(who)}</b>"),
        (_(N_("Handed over on")), safe(moment(facts.handed_at, facts.language))),
        (_(N_("Handed over by")), safe(facts.given_by)),
        (_(N_("Item")), safe(thing.kind)),
        (_(N_("Asset tag")), f"<b>{safe(thing.tag)}</b>"),
        (_(N_("Model")), safe(thing.model)),
        (_(N_("Serial number")), safe(thing.serial_number)),
    ]
    told = _(
        N_(
            "The device belongs to the company. It comes beside what was handed over before, under "
            "the same agreements, and is given back with it."
        )
    )
    below = _(N_("Place, date, signature"))
    places = [
        signing.field(None, facts.person, _(N_("employee")), below, facts.language),
        signing.field(None, facts.given_by, _(N_("for the employer")), below, facts.language),
    ]
    return write(
        sheet,
        [
            flow.heading(safe(sheet.title), 1),
            flow.pairs([row for row in rows if row[1]], (44 * mm, sheet.width - 44 * mm)),
            flow.said(told),
            KeepTogether(
                [flow.heading(_(N_("Signatures")), 2), *signing.beside(places, sheet.width)]
            ),
        ],
    )
