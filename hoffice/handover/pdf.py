"""The handover record: what changed hands at one door, item by item, and who signed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether

from hoffice.errors import N_
from hoffice.paper import flow, look, signing
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.text import safe
from hoffice.paper.words import Speak, day, moment, speaks


class Visit(StrEnum):
    """What was to be done at the door."""

    DELIVERED = "delivered"
    PICKED_UP = "picked_up"
    SWAPPED = "swapped"


class Outcome(StrEnum):
    """What happened to one item."""

    GIVEN = "given"
    TAKEN = "taken"
    MISSING = "missing"
    DAMAGED = "damaged"


class Answer(StrEnum):
    """What the employee says of one item afterwards."""

    HERE = "here"
    DEFECTIVE = "defective"
    NOT_HERE = "not_here"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of the visit; ``condition`` in the record's language."""

    outcome: Outcome
    kind: str
    tag: str
    model: str = ""
    serial_number: str = ""
    condition: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """The employee's own answer to one item."""

    kind: str
    tag: str
    answer: Answer
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The employee's confirmation, given later and without the crew."""

    confirmed_at: datetime
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True, slots=True)
class GateLine:
    """One gate as it stood when the boxes were released."""

    name: str
    is_open: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A gate that two people set aside, and why."""

    gate: str
    reason: str
    by: tuple[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature at the door."""

    mark: signing.Mark
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """One visit; a missing signature leaves a line for ink."""

    visit: Visit
    reference: str
    letterhead: Letterhead
    happened_at: datetime
    made_at: datetime
    person: str
    personnel_number: str
    address: str
    crew_name: str
    items: tuple[ItemLine, ...]
    goods: tuple[tuple[str, int], ...] = ()
    """Small parts that are counted, by name."""
    language: str = "de"
    run_name: str = ""
    way: str = ""
    """How it came, such as the van's name, self-pick-up, or carrier and tracking number."""
    is_sent: bool = False
    """Nobody stood face to face: there is nothing to sign, the receipt says what arrived."""
    note: str = ""
    person_signed: Signed | None = None
    crew_signed: Signed | None = None
    receipt: Receipt | None = None
    gates: tuple[GateLine, ...] = ()
    released_at: datetime | None = None
    overrides: tuple[Override, ...] = ()
    equipped_since: date | None = None
    """The day on which the workplace at home counts as set up, if everything is there."""


def handover_record(facts: HandoverFacts) -> bytes:
    """The record of one visit, complete with what was not as it should be."""
    _ = speaks(facts.language)
    titles = {
        Visit.DELIVERED: _(N_("Handover record")),
        Visit.PICKED_UP: _(N_("Return record")),
        Visit.SWAPPED: _(N_("Swap record")),
    }
    sheet = Sheet(
        title=titles[facts.visit],
        language=facts.language,
        letterhead=facts.letterhead,
        made_at=facts.made_at,
        reference=facts.reference,
    )
    story: list[Flowable] = [flow.heading(safe(sheet.title), 1), _visit(facts, sheet.width, _)]
    story += _items(facts, sheet.width, _)
    if not facts.is_sent:
        story.append(_signatures(facts, sheet.width, _))
    if facts.receipt is not None:
        story += _receipt(facts.receipt, facts.language, sheet.width, _)
    story += _gates(facts, sheet.width, _)
    return write(sheet, story)


def _visit(facts: HandoverFacts, width: float, _: Speak) -> Flowable:
    who = " · ".join(part for part in (facts.person, facts.personnel_number) if part)
    how = " · ".join(part for part in (facts.run_name, facts.way) if part)
    rows = [
        (_(N_("Handed over with")), f"<b>{safe(who)}</b>"),
        (_(N_("Address")), safe(facts.address)),
        (_(N_("When")), safe(moment(facts.happened_at, facts.language))),
        (_(N_("For the employer")), safe(facts.crew_name)),
    ]
    if how:
        rows.append((_(N_("Way of delivery")), safe(how)))
    if facts.equipped_since is not None:
        since = day(facts.equipped_since, facts.language)
        rows.append((_(N_("Workplace at home set up since")), f"<b>{safe(since)}</b>"))
    return flow.pairs(rows, (44 * mm, width - 44 * mm))


def _items(facts: HandoverFacts, width: float, _: Speak) -> list[Flowable]:
    headings = {
        Outcome.GIVEN: _(N_("Handed over")),
        Outcome.TAKEN: _(N_("Taken back")),
        Outcome.DAMAGED: _(N_("Damaged")),
        Outcome.MISSING: _(N_("Missing")),
    }
    head = [
        _(N_("Item")),
        _(N_("Model")),
        _(N_("Asset tag")),
        _(N_("Serial number")),
        _(N_("Condition, note")),
    ]
    widths = [width * share for share in (0.18, 0.22, 0.17, 0.18, 0.25)]
    story: list[Flowable] = []
    for outcome, title in headings.items():
        lines = [line for line in facts.items if line.outcome is outcome]
        if not lines:
            continue
        story.append(flow.heading(f"{title} ({len(lines)})", 2))
        story.append(flow.table(head, [_item(line) for line in lines], widths))
    if facts.goods:
        story.append(flow.heading(_(N_("Small parts")), 2))
        parts = ", ".join(f"{count} × {safe(name)}" for name, count in facts.goods)
        story.append(flow.words(parts))
    if not story:
        story.append(flow.said(_(N_("Nothing changed hands."))))
    if facts.note:
        story.append(flow.heading(_(N_("Note")), 2))
        story.append(flow.words(safe(facts.note, chars=2_000)))
    return story


def _item(line: ItemLine) -> list[str]:
    remarks = ", ".join(part for part in (line.condition, line.note) if part)
    return [
        safe(line.kind),
        safe(line.model),
        f"<b>{safe(line.tag)}</b>",
        safe(line.serial_number),
        safe(remarks),
    ]


def _signatures(facts: HandoverFacts, width: float, _: Speak) -> Flowable:
    places = [
        _place(facts.person_signed, facts.person, _(N_("employee")), facts.language),
        _place(facts.crew_signed, facts.crew_name, _(N_("for the employer")), facts.language),
    ]
    told = _(
        N_(
            "Both confirm which items changed hands and how they looked from outside. "
            "The employee can report defects and missing parts that show later."
        )
    )
    return KeepTogether(
        [
            flow.heading(_(N_("Signatures")), 2),
            flow.said(told),
            *signing.beside(places, width),
        ]
    )


def _place(signed: Signed | None, name: str, title: str, language: str) -> Sequence[Flowable]:
    _ = speaks(language)
    if signed is None:
        return signing.field(None, name, title, _(N_("Place, date, signature")), language)
    below = _(N_("signed on the device on %(at)s (simple electronic signature)"))
    return signing.field(
        signed.mark, name, title, below % {"at": moment(signed.at, language)}, language
    )


def _receipt(receipt: Receipt, language: str, width: float, _: Speak) -> list[Flowable]:
    answers = {
        Answer.HERE: _(N_("here and working")),
        Answer.DEFECTIVE: _(N_("here, but defective")),
        Answer.NOT_HERE: _(N_("not here")),
    }
    told = _(N_("Confirmed by the employee on %(at)s, item by item."))
    rows = [
        [safe(line.kind), f"<b>{safe(line.tag)}</b>", _loud(answers, line), safe(line.note)]
        for line in receipt.lines
    ]
    head = [_(N_("Item")), _(N_("Asset tag")), _(N_("Answer")), _(N_("Note"))]
    return [
        flow.heading(_(N_("Receipt of the employee")), 2),
        flow.said(told % {"at": moment(receipt.confirmed_at, language)}, look.INTRO),
        flow.table(head, rows, [width * share for share in (0.25, 0.2, 0.25, 0.3)]),
    ]


def _loud(answers: dict[Answer, str], line: ReceiptLine) -> str:
    """What is not as it should be stands in bold."""
    said = answers[line.answer]
    return said if line.answer is Answer.HERE else f"<b>{said}</b>"


def _gates(facts: HandoverFacts, width: float, _: Speak) -> list[Flowable]:
    story: list[Flowable] = []
    if facts.gates:
        story.append(flow.heading(_(N_("Conditions at the time of release")), 2))
        if facts.released_at is not None:
            told = _(N_("Released on %(at)s."))
            at = moment(facts.released_at, facts.language)
            story.append(flow.said(told % {"at": at}, look.INTRO))
        states = {True: _(N_("met")), False: "<b>" + _(N_("not met")) + "</b>"}
        rows = [[safe(gate.name), states[gate.is_open], safe(gate.why)] for gate in facts.gates]
        head = [_(N_("Condition of release")), _(N_("Met or not")), _(N_("Reason"))]
        story.append(flow.table(head, rows, [width * share for share in (0.3, 0.15, 0.55)]))
    for override in facts.overrides:
        told = _(N_("Set aside: %(gate)s, by %(first)s and %(second)s on %(at)s. %(reason)s"))
        story.append(
            flow.said(
                told
                % {
                    "gate": override.gate,
                    "first": override.by[0],
                    "second": override.by[1],
                    "at": moment(override.at, facts.language),
                    "reason": override.reason,
                },
                look.NOTE,
            )
        )
    return story
