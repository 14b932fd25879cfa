"""What the handover record shows, gathered from the rows of a visit."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hoffice.gates.rules import GATE_LABELS, Gate
from hoffice.handover import pdf
from hoffice.handover.models import Handover, HandoverLine, Receipt
from hoffice.handover.rules import ItemOutcome, ReceiptAnswer
from hoffice.kits.models import Item, Release
from hoffice.kits.rules import CONDITION_LABELS, KIND_LABELS
from hoffice.paper.sheet import Letterhead
from hoffice.paper.signing import Mark
from hoffice.paper.words import speaks
from hoffice.runs.models import Stop
from hoffice.runs.rules import WAY_LABELS, Way, carrier_name

OUTCOMES: dict[ItemOutcome, pdf.Outcome] = {
    ItemOutcome.GIVEN: pdf.Outcome.GIVEN,
    ItemOutcome.MISSING: pdf.Outcome.MISSING,
    ItemOutcome.DAMAGED: pdf.Outcome.DAMAGED,
}
ANSWERS: dict[ReceiptAnswer, pdf.Answer] = {
    ReceiptAnswer.YES: pdf.Answer.HERE,
    ReceiptAnswer.NO: pdf.Answer.NOT_HERE,
    ReceiptAnswer.BROKEN: pdf.Answer.DEFECTIVE,
}


def record_of(  # noqa: PLR0913  # all that a record shows
    visit: Handover,
    stop: Stop,
    release: Release | None,
    *,
    goods: Mapping[str, int],
    driver: str,
    company: str,
) -> bytes:
    """The handover record as a PDF, with the receipt once it is there.

    ``goods`` are the small parts that changed hands at this visit, by name.
    """
    employee = visit.employee
    strokes = tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in visit.strokes)
    signed = pdf.Signed(Mark(visit.received_by, strokes, typed=visit.received_by), at=visit.at)
    by_parcel = stop.way is Way.PARCEL
    made_at = visit.receipt.confirmed_at if visit.receipt else visit.at
    return pdf.handover_record(
        pdf.HandoverFacts(
            visit=pdf.Visit.DELIVERED,
            reference=f"H{visit.id:05d}",
            letterhead=Letterhead(company),
            happened_at=visit.at,
            made_at=made_at,
            person=employee.name,
            personnel_number=employee.personnel_number,
            address=stop.home.line,
            crew_name=company if by_parcel else driver,
            way=_way(stop),
            is_sent=by_parcel,
            items=tuple(_item(line) for line in visit.lines),
            goods=tuple(goods.items()),
            note=visit.note,
            person_signed=None if by_parcel else signed,
            receipt=_receipt(visit.receipt) if visit.receipt else None,
            gates=_gates(release),
            released_at=release.released_at if release else None,
        )
    )


def _way(stop: Stop) -> str:
    """How the kit came; the van is the rule and needs no word."""
    speak = speaks("de")
    if stop.way is Way.VAN:
        return ""
    if stop.parcel is None:
        return speak(WAY_LABELS[stop.way])
    carrier = speak(carrier_name(stop.parcel.carrier))
    return f"{speak(WAY_LABELS[stop.way])}, {carrier} {stop.parcel.number}"


def _kind(item: Item) -> str:
    return speaks("de")(KIND_LABELS[item.kind])


def _condition(word: str) -> str:
    return speaks("de")(CONDITION_LABELS[word]) if word in CONDITION_LABELS else word


def _item(line: HandoverLine) -> pdf.ItemLine:
    return pdf.ItemLine(
        outcome=OUTCOMES[line.outcome],
        kind=_kind(line.item),
        tag=line.item.asset_tag,
        model=line.item.model,
        serial_number=line.item.serial,
        condition=_condition(line.item.condition),
        note=line.note,
    )


def _receipt(receipt: Receipt) -> pdf.Receipt:
    return pdf.Receipt(
        confirmed_at=receipt.confirmed_at,
        lines=tuple(
            pdf.ReceiptLine(
                kind=_kind(line.item),
                tag=line.item.asset_tag,
                answer=ANSWERS[line.answer],
                note=line.note,
            )
            for line in receipt.lines
        ),
    )


def _gates(release: Release | None) -> tuple[pdf.GateLine, ...]:
    if release is None:
        return ()
    speak = speaks("de")
    return tuple(
        pdf.GateLine(
            name=speak(GATE_LABELS[Gate(said["gate"])]),
            is_open=said["open"],
            why=speak(said["reason"]),
        )
        for said in json.loads(release.gates)
        if said["binding"]
    )
