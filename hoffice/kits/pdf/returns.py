"""The record of a return: what was handed over and what came back, thing by thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether

from hoffice.errors import N_
from hoffice.paper import flow, signing
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.text import safe, with_firm_units
from hoffice.paper.words import Speak, moment, speaks


class Found(StrEnum):
    """What was found of one thing."""

    MISSING = "missing"
    DAMAGED = "damaged"
    BACK = "back"
    EXTRA = "extra"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Thing:
    """One device, or a counted good; ``kind`` in the record's language."""

    kind: str
    tag: str = ""
    model: str = ""
    serial_number: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: how many were handed over and how many came back; words in its language."""

    found: Found
    thing: Thing
    expected: int
    came: int
    condition: str = ""
    wiped: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """One return that is closed."""

    reference: str
    letterhead: Letterhead
    made_at: datetime
    opened_at: datetime
    closed_at: datetime
    person: str
    personnel_number: str
    reason: str
    taken_by: str
    lines: tuple[Line, ...]
    given: tuple[Thing, ...] = ()
    """What the person got in exchange."""
    has_more: bool = False
    """The person still had something of the house when it was closed: not all was asked for."""
    note: str = ""
    is_renewed: bool = False
    """Data were erased since it was closed, and this record says so."""
    language: str = "de"


def return_record(facts: ReturnFacts) -> bytes:
    """The record of one return, with what is missing first."""
    _ = speaks(facts.language)
    sheet = Sheet(
        title=_(N_("Return record")),
        language=facts.language,
        letterhead=facts.letterhead,
        made_at=facts.made_at,
        reference=facts.reference,
    )
    story: list[Flowable] = [
        flow.heading(safe(sheet.title), 1),
        _about(facts, sheet.width, _),
        flow.said(_sum(facts, _)),
        *_lines(facts, sheet.width, _),
        *_given(facts, sheet.width, _),
    ]
    if facts.is_renewed:
        told = _(
            N_(
                "This record was made anew after the return was closed: it also says how the data "
                "on what came back were erased."
            )
        )
        story.append(flow.said(told))
    if facts.note:
        story += [flow.heading(_(N_("Note")), 2), flow.words(safe(facts.note, chars=2_000))]
    story.append(_signatures(facts, sheet.width, _))
    return write(sheet, story)


def _about(facts: ReturnFacts, width: float, _: Speak) -> Flowable:
    who = " · ".join(part for part in (facts.person, facts.personnel_number) if part)
    rows = [
        (_(N_("Returned by")), f"<b>{safe(who)}</b>"),
        (_(N_("Why")), safe(facts.reason)),
        (_(N_("Asked for on")), safe(moment(facts.opened_at, facts.language))),
        (_(N_("Closed on")), safe(moment(facts.closed_at, facts.language))),
        (_(N_("Taken back by")), safe(facts.taken_by)),
    ]
    return flow.pairs(rows, (44 * mm, width - 44 * mm))


def _sum(facts: ReturnFacts, _: Speak) -> str:
    """The result in one sentence."""
    lines = [line for line in facts.lines if line.found is not Found.NOT_DUE]
    expected = sum(line.expected for line in lines)
    came = sum(min(line.came, line.expected) for line in lines)
    if came == expected and facts.has_more:
        return _(N_("Everything that was asked for is back."))
    if came == expected:
        return _(N_("Everything that was handed over is back."))
    told = _(N_("%(came)s of %(all)s things that were asked for are back."))
    return told % {"came": came, "all": expected}


def _lines(facts: ReturnFacts, width: float, _: Speak) -> list[Flowable]:
    headings = {
        Found.MISSING: _(N_("Missing")),
        Found.DAMAGED: _(N_("Back, damaged")),
        Found.BACK: _(N_("Back")),
        Found.EXTRA: _(N_("Came along without having been asked for")),
        Found.NOT_DUE: _(N_("No longer due")),
    }
    head = [
        _(N_("Item")),
        _(N_("Model, serial number")),
        _(N_("Asset tag")),
        _(N_("Given")),
        _(N_("Came")),
        _(N_("Condition, note")),
    ]
    widths = [width * share for share in (0.16, 0.23, 0.18, 0.1, 0.09, 0.24)]
    story: list[Flowable] = []
    for found, title in headings.items():
        lines = [line for line in facts.lines if line.found is found]
        if lines:
            story.append(flow.heading(f"{title} ({len(lines)})", 2))
            story.append(flow.table(head, [_cells(line) for line in lines], widths))
    return story


def _cells(line: Line) -> list[str]:
    return [
        safe(with_firm_units(line.thing.kind)),
        safe(with_firm_units(_what(line.thing))),
        f"<b>{safe(line.thing.tag)}</b>",
        str(line.expected),
        str(line.came),
        safe(", ".join(part for part in (line.condition, line.wiped, line.note) if part)),
    ]


def _what(thing: Thing) -> str:
    return ", ".join(part for part in (thing.model, thing.serial_number) if part)


def _given(facts: ReturnFacts, width: float, _: Speak) -> list[Flowable]:
    if not facts.given:
        return []
    head = [_(N_("Item")), _(N_("Model, serial number")), _(N_("Asset tag"))]
    rows = [[safe(one.kind), safe(_what(one)), f"<b>{safe(one.tag)}</b>"] for one in facts.given]
    return [
        flow.heading(_(N_("Handed over in exchange")), 2),
        flow.table(head, rows, [width * share for share in (0.3, 0.45, 0.25)]),
    ]


def _signatures(facts: ReturnFacts, width: float, _: Speak) -> Flowable:
    below = _(N_("Place, date, signature"))
    places = [
        signing.field(None, facts.person, _(N_("employee")), below, facts.language),
        signing.field(None, facts.taken_by, _(N_("for the employer")), below, facts.language),
    ]
    told = _(
        N_(
            "This record says what came back and how it looked from outside. Who bears what is "
            "missing or damaged is not decided by it."
        )
    )
    return KeepTogether(
        [
            flow.heading(_(N_("Signatures")), 2),
            flow.said(told),
            *signing.beside(places, width),
        ]
    )
