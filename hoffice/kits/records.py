"""What the record of a return shows, gathered from its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.kits.models import CustodyEntry, Item, Kit, Return, ReturnLine
from hoffice.kits.pdf import returns as pdf
from hoffice.kits.pdf.receipts import ReceiptFacts
from hoffice.kits.queries import bulk, ledger
from hoffice.kits.rules import (
    CONDITION_LABELS,
    KIND_LABELS,
    RETURN_REASON_LABELS,
    WIPE_LABELS,
    Holder,
    HolderKind,
    ReturnOutcome,
)
from hoffice.paper.sheet import Letterhead
from hoffice.paper.words import Speak, day, speaks
from hoffice.units import Actor, ActorKind

LANGUAGES = frozenset({"de", "en"})
FOUND: dict[ReturnOutcome | None, pdf.Found] = {
    ReturnOutcome.BACK: pdf.Found.BACK,
    ReturnOutcome.DAMAGED: pdf.Found.DAMAGED,
    ReturnOutcome.MISSING: pdf.Found.MISSING,
    ReturnOutcome.NOT_DUE: pdf.Found.NOT_DUE,
}


def return_facts(made: Return, given: Iterable[Item], *, company: str) -> pdf.ReturnFacts:
    """What the record of a return says, in the person's language."""
    person = made.employee
    language = person.language if person.language in LANGUAGES else "de"
    speak = speaks(language)
    closed_at = made.closed_at or clock.now()
    wiped = [line.wiped_at for line in made.lines if line.wiped_at is not None]
    return pdf.ReturnFacts(
        reference=f"R{made.id:05d}",
        letterhead=Letterhead(company),
        language=language,
        made_at=clock.now(),
        opened_at=made.opened_at,
        closed_at=closed_at,
        person=person.name,
        personnel_number=person.personnel_number,
        reason=speak(RETURN_REASON_LABELS[made.reason]),
        taken_by=_name_of(made.closed_by, company),
        lines=tuple(_line(line, speak, language) for line in made.lines),
        given=tuple(_item(item, speak) for item in given),
        has_more=_has_more(person.id, closed_at),
        note=made.note,
        is_renewed=any(at > closed_at for at in wiped),
    )


def receipt_facts(entry: CustodyEntry, item: Item, kit: Kit, *, company: str) -> ReceiptFacts:
    """What the receipt for a device says that was handed out, in the person's language."""
    person = kit.employee
    language = person.language if person.language in LANGUAGES else "de"
    return ReceiptFacts(
        reference=f"A{entry.id:05d}",
        letterhead=Letterhead(company),
        handed_at=entry.at,
        made_at=clock.now(),
        person=person.name,
        personnel_number=person.personnel_number,
        given_by=_name_of(entry.by, company),
        thing=_item(item, speaks(language)),
        language=language,
    )


def _has_more(employee_id: int, at: datetime) -> bool:
    """Whether somebody had anything of the house then, by all that is known now."""
    person = Holder(HolderKind.EMPLOYEE, employee_id)
    return bool(ledger.item_ids_at(at, person) or bulk.held_then(person, at))


def says_the_same(one: pdf.ReturnFacts, other: pdf.ReturnFacts) -> bool:
    """Whether two records say the same, whenever they were made."""
    return replace(one, made_at=other.made_at) == other


def _line(line: ReturnLine, speak: Speak, language: str) -> pdf.Line:
    found = FOUND[line.outcome or ReturnOutcome.BACK]
    if line.item is None:
        return pdf.Line(
            found=found,
            thing=pdf.Thing(kind=line.good.name if line.good is not None else ""),
            expected=line.expected,
            came=line.came,
            note=line.note,
        )
    return pdf.Line(
        found=found if line.expected else pdf.Found.EXTRA,
        thing=_item(line.item, speak),
        expected=line.expected,
        came=line.came,
        condition=_said(line.condition, speak),
        wiped=_wiped(line, speak, language),
        note=line.note,
    )


def _wiped(line: ReturnLine, speak: Speak, language: str) -> str:
    """How the data on a device were erased, and when."""
    if line.wipe_method is None or line.wiped_at is None:
        return ""
    on = day(line.wiped_at.astimezone(clock.BERLIN).date(), language)
    return f"{speak(WIPE_LABELS[line.wipe_method])}, {on}"


def _item(item: Item, speak: Speak) -> pdf.Thing:
    return pdf.Thing(
        kind=speak(KIND_LABELS[item.kind]),
        tag=item.asset_tag,
        model=item.model,
        serial_number=item.serial,
    )


def _said(condition: str, speak: Speak) -> str:
    return speak(CONDITION_LABELS[condition]) if condition in CONDITION_LABELS else condition


def _name_of(actor: str, company: str) -> str:
    who = Actor.read(actor) if actor else Actor.system()
    if who.kind is not ActorKind.STAFF:
        return company
    return next((one.name for one in accounts.everybody() if one.id == who.id), company)
