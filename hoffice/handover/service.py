"""Loading, the visit at the door item by item, the receipt, and the record of it all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.links import LinkBook
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store, keep
from hoffice.gates import rules as gate_rules
from hoffice.gates import service as gates
from hoffice.handover import queries, records, rules
from hoffice.handover.models import Handover, HandoverLine, Receipt, ReceiptLine
from hoffice.handover.rules import (
    FailureReason,
    ItemOutcome,
    ReceiptAnswer,
    Strokes,
    VisitOutcome,
)
from hoffice.kits import queries as kits
from hoffice.kits import service as kit_deeds
from hoffice.kits.models import Box, Item, Return
from hoffice.kits.queries import bulk as goods
from hoffice.kits.queries import replacements
from hoffice.kits.rules import STOCK, BoxState, Holder, HolderKind, HomeAnswer
from hoffice.kits.service import due, exchanging, handing_out
from hoffice.people import queries as people
from hoffice.runs import queries as runs
from hoffice.runs import service as run_deeds
from hoffice.runs.models import Parcel, Run, Stop
from hoffice.runs.rules import StopState, Way
from hoffice.runs.service import driving, timetable
from hoffice.units import Actor, ActorKind

ALREADY_WRITTEN = N_("This visit is already written down.")
"""Two taps at the same moment: the constraint lets the first one through."""

STOP_AFTER: dict[VisitOutcome, StopState] = {
    VisitOutcome.DELIVERED: StopState.DONE,
    VisitOutcome.PARTLY: StopState.PARTLY_DONE,
    VisitOutcome.FAILED: StopState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the driver says about one item."""

    outcome: ItemOutcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the employee says about one item."""

    answer: ReceiptAnswer
    note: str = ""


def load_box(code: str, *, run_id: int, by: Actor) -> Box:
    """Put a box onto the van: only one of this run, and only when its gates are open.

    Raises :class:`~hoffice.gates.service.GateClosed` with every closed gate, and ``Refused`` for
    a box that belongs elsewhere.
    """
    run = runs.run(run_id, lock=True)
    box = kits.box_by_code(code)
    stop = _stop_of(box, run)
    if run_deeds.due_trip(run) is None:
        raise Refused(N_("This run is no longer being loaded."))
    if box.state is BoxState.LOADED:
        raise Refused(N_("Box %(code)s is already on the van."), code=box.code)
    if box.state is BoxState.HANDED_OVER:
        raise Refused(N_("Box %(code)s was already handed over."), code=box.code)
    home = people.home_of(stop.employee_id)
    if home is None or home.id != stop.home_id:
        raise Refused(
            N_("%(name)s has moved since this stop was planned: plan it again."),
            name=box.kit.employee.name,
        )
    gates.check_load(box, by=by)
    kit_deeds.set_box_state(box, BoxState.LOADED, by=by)
    _hand([box], Holder(HolderKind.VAN, run.shift.van_id), by=by, because=f"run:{run.id}")
    run_deeds.begin_loading(run)
    run_deeds.mark_loaded(
        stop, is_loaded=all(each.state is BoxState.LOADED for each in stop.kit.boxes)
    )
    return box


def unload_box(code: str, *, run_id: int, by: Actor) -> Box:
    """Take a box off the van again, before it drives; its release stays.

    Once no box is left on the van, plans may change the run again.
    """
    timetable.changed()
    run = runs.run(run_id, lock=True)
    box = kits.box_by_code(code)
    stop = _stop_of(box, run)
    if run_deeds.due_trip(run) is None or box.state is not BoxState.LOADED:
        raise Refused(N_("Box %(code)s is not on a van that is being loaded."), code=box.code)
    kit_deeds.set_box_state(box, BoxState.RELEASED, by=by)
    _hand([box], STOCK, by=by, because=f"run:{run.id}")
    run_deeds.mark_loaded(stop, is_loaded=False)
    driving.give_up_loading(run)
    return box


def start(run_id: int, *, by: Actor, links: LinkBook | None = None) -> Run:
    """Drive off. Boxes of stops that stay behind are taken off the van first.

    Whoever was promised a window and stays behind gets a mail.
    """
    run = runs.run(run_id, lock=True)
    loaded = [stop.trip for stop in run.stops if stop.state is StopState.LOADED]
    left = [
        box
        for stop in run_deeds.left_behind(run, max(loaded, default=0))
        for box in stop.kit.boxes
        if box.state is BoxState.LOADED
    ]
    for box in left:
        kit_deeds.set_box_state(box, BoxState.RELEASED, by=by)
    _hand(left, STOCK, by=by, because=f"run:{run.id}")
    return run_deeds.start_run(run_id, by=by, book=links)


def deliver(  # noqa: PLR0913  # a visit has these facts
    stop_id: int,
    lines: Mapping[int, Said],
    *,
    received_by: str,
    strokes: Strokes,
    note: str,
    by: Actor,
    store: Store,
    company: str,
) -> Handover:
    """Write down a visit, item by item; what was given is with the employee from now on.

    Every item of the kit needs a word. What is missing goes back into the search as it is: its
    holder stays the van, or the store, so that the next stock-take asks for it.

    At the counter of the office the boxes leave at this moment: their gates are asked first, and
    :class:`~hoffice.gates.service.GateClosed` is raised when they may not go.
    """
    stop = _stop_at_hand(stop_id)
    outcome = _outcome_of(stop, lines, received_by=received_by, strokes=strokes)
    if stop.way is Way.OFFICE:
        for box in stop.kit.boxes:
            gates.check_load(box, by=by)
    visit = _visit(stop, outcome, note=note, by=by)
    visit.received_by, visit.strokes = received_by.strip(), strokes
    for item_id, said in lines.items():
        visit.lines.append(HandoverLine(item_id=item_id, outcome=said.outcome, note=said.note))
    flush_or(ALREADY_WRITTEN)
    for box in stop.kit.boxes:
        kit_deeds.set_box_state(box, BoxState.HANDED_OVER, by=by)
    given = [item_id for item_id, said in lines.items() if said.outcome is not ItemOutcome.MISSING]
    person, because = Holder(HolderKind.EMPLOYEE, stop.employee_id), f"handover:{visit.id}"
    kit_deeds.hand_to(given, person, by=by, because=because, at=visit.at)
    kit_deeds.hand_goods_to(_boxes_with(given, stop), person, by=by, because=because, at=visit.at)
    due.arrived(
        {
            item_id: (HomeAnswer.BROKEN, said.note)
            for item_id, said in lines.items()
            if said.outcome is ItemOutcome.DAMAGED
        },
        employee_id=stop.employee_id,
        name=stop.employee.name,
        by=by,
    )
    record(
        by,
        "handover.delivered" if outcome is VisitOutcome.DELIVERED else "handover.partly",
        visit,
        employee_id=visit.employee_id,
        given=len(given),
        items=len(lines),
        personal={"received_by": visit.received_by, **({"note": note} if note else {})},
    )
    run_deeds.free_the_place(stop)
    run_deeds.end_stop(stop, STOP_AFTER[outcome], by=by)
    _write_record(visit.id, store=store, company=company)
    return visit


def post(stop_id: int, carrier: str, number: str, *, by: Actor, links: LinkBook) -> Parcel:
    """Give the boxes to a carrier: only when their gates are open, as with the van.

    Raises :class:`~hoffice.gates.service.GateClosed` with every closed gate. From now on the
    parcel holds the items, until it arrives or comes back.
    """
    stop = run_deeds.stop_to_post(stop_id)
    for box in stop.kit.boxes:
        gates.check_load(box, by=by)
    parcel = run_deeds.post_parcel(stop, carrier, number, by=by, links=links)
    for box in stop.kit.boxes:
        kit_deeds.set_box_state(box, BoxState.LOADED, by=by)
    _hand(
        stop.kit.boxes, Holder(HolderKind.PARCEL, parcel.id), by=by, because=f"parcel:{parcel.id}"
    )
    return parcel


def arrive(stop_id: int, *, by: Actor, store: Store, company: str) -> Handover:
    """The parcel is there, as the employee or the carrier says; what was in it, as packed.

    The employee's receipt tells afterwards, item by item, what really was.
    """
    stop = runs.locked_stop(stop_id)
    if stop.way is not Way.PARCEL or stop.state is not StopState.UNDER_WAY:
        raise Refused(N_("No parcel is on its way here."))
    visit = _visit(stop, VisitOutcome.DELIVERED, note="", by=by)
    visit.received_by = stop.employee.name
    items = [row.item_id for row in stop.kit.kit_items]
    for item_id in items:
        visit.lines.append(HandoverLine(item_id=item_id, outcome=ItemOutcome.GIVEN, note=""))
    flush_or(ALREADY_WRITTEN)
    person, because = Holder(HolderKind.EMPLOYEE, stop.employee_id), f"handover:{visit.id}"
    kit_deeds.hand_to(items, person, by=by, because=because, at=visit.at)
    kit_deeds.hand_goods_to(stop.kit.boxes, person, by=by, because=because, at=visit.at)
    for box in stop.kit.boxes:
        kit_deeds.set_box_state(box, BoxState.HANDED_OVER, by=by)
    record(by, "handover.arrived", visit, employee_id=visit.employee_id, items=len(items))
    run_deeds.parcel_arrived(stop, by=by)
    _write_record(visit.id, store=store, company=company)
    return visit


def fail(
    stop_id: int, failure: FailureReason, *, note: str, by: Actor, links: LinkBook
) -> Handover:
    """Nobody could take the boxes: they go back to the store, and the stop is proposed again.

    Whom the van did not reach gets a mail that says so.
    """
    stop = _stop_under_way(stop_id)
    visit = _visit(stop, VisitOutcome.FAILED, note=note, by=by)
    visit.failure, visit.strokes = failure, []
    flush_or(ALREADY_WRITTEN)
    for box in stop.kit.boxes:
        kit_deeds.set_box_state(box, BoxState.RETURNED, by=by)
        kit_deeds.pack_again(box, by=by)
    _hand(stop.kit.boxes, STOCK, by=by, because=f"handover:{visit.id}")
    run_deeds.withdraw_slot(stop)
    record(
        by,
        "handover.failed",
        visit,
        employee_id=visit.employee_id,
        why=failure.value,
        personal={"note": note} if note else None,
    )
    run_deeds.end_stop(stop, StopState.FAILED, by=by, failure=failure.value)
    run_deeds.tell_of_failure(stop, failure.value, by=by, links=links)
    return visit


def confirm_receipt(  # noqa: PLR0913  # a receipt has these facts
    handover_id: int,
    answers: Mapping[int, Confirmed],
    *,
    employee_id: int,
    by: Actor,
    store: Store,
    company: str,
) -> Receipt:
    """The employee says what has arrived, item by item; the record is made anew with it."""
    visit = queries.handover(handover_id)
    if visit.employee_id != employee_id or visit.outcome is VisitOutcome.FAILED:
        raise NotFound(N_("There is no such handover."))
    if visit.receipt is not None:
        raise Refused(N_("You have already confirmed this receipt."))
    if set(answers) != {line.item_id for line in visit.lines}:
        raise Refused(N_("Answer for every item, then confirm."))
    receipt = Receipt(handover=visit, employee_id=employee_id, confirmed_at=clock.now())
    for item_id, said in answers.items():
        receipt.lines.append(ReceiptLine(item_id=item_id, answer=said.answer, note=said.note))
    db.session.add(receipt)
    flush_or(N_("You have already confirmed this receipt."))
    due.arrived(
        {item_id: (HomeAnswer(said.answer.value), said.note) for item_id, said in answers.items()},
        employee_id=employee_id,
        name=visit.employee.name,
        by=by,
    )
    notes = {str(item_id): said.note for item_id, said in answers.items() if said.note}
    record(
        by,
        "handover.received",
        receipt,
        employee_id=employee_id,
        yes=sum(said.answer is ReceiptAnswer.YES for said in answers.values()),
        items=len(answers),
        personal={"notes": notes} if notes else None,
    )
    _write_record(visit.id, store=store, company=company)
    return receipt


class NothingLeavesYet(Refused):
    """Somebody gets no device at the moment; says which gates are closed, why, and whose turn."""

    def __init__(self, name: str, closed: tuple[gate_rules.Answer, ...]) -> None:
        super().__init__(N_("Nothing may leave the house for %(name)s at the moment."), name=name)
        self.closed = closed


def swap(old_item_id: int, *, received_by: str, condition: str, by: Actor) -> Return:
    """At the counter: the replacement that is kept goes out, the old device comes in.

    The gates are asked first, as of everything that leaves: what was open on the day of the first
    handover may be closed now. Where the old one came before, the kit lacks it until this deed:
    the kit is not asked then. Raises :class:`NothingLeavesYet`.
    """
    kept = replacements.replacement_for(old_item_id)
    if kept is not None:
        binding = gate_rules.BINDING_FOR_DELIVERY
        if exchanging.hands_out_only(kept):
            binding -= {gate_rules.Gate.KIT}
        closed = gate_rules.closed(gates.answers_about(kept.employee_id), binding=binding)
        if closed:
            raise NothingLeavesYet(kept.employee.name, closed)
    return exchanging.exchange(old_item_id, received_by=received_by, condition=condition, by=by)


def hand_out(kit_id: int, code: str, *, received_by: str, by: Actor) -> Item:
    """At the counter: one more device for somebody whose kit is at home, from the store.

    The gates are asked first, as of everything that leaves; not the kit, which lacks it until now.
    Raises :class:`NothingLeavesYet`.
    """
    employee = kits.kit(kit_id).employee
    binding = gate_rules.BINDING_FOR_DELIVERY - {gate_rules.Gate.KIT}
    closed = gate_rules.closed(gates.answers_about(employee.id), binding=binding)
    if closed:
        raise NothingLeavesYet(employee.name, closed)
    return handing_out.hand_out(kit_id, code, received_by=received_by, by=by)


def _stop_of(box: Box, run: Run) -> Stop:
    stop = next((stop for stop in run.stops if stop.kit_id == box.kit_id), None)
    if stop is not None:
        return stop
    other = runs.open_stop_of_kit(box.kit_id)
    if other is not None and other.run is not None:
        raise Refused(
            N_("Box %(code)s is for %(name)s and belongs to the run on %(date)s."),
            code=box.code,
            name=box.kit.employee.name,
            date=other.run.shift.on_date,
        )
    raise Refused(
        N_("Box %(code)s is for %(name)s, who is on no run."),
        code=box.code,
        name=box.kit.employee.name,
    )


def _outcome_of(
    stop: Stop, lines: Mapping[int, Said], *, received_by: str, strokes: Strokes
) -> VisitOutcome:
    """How the visit ends, from what is said of it; refused while something is not said."""
    if set(lines) != {row.item_id for row in stop.kit.kit_items}:
        raise Refused(N_("Say something about every item before you finish the visit."))
    if rules.ink_of(strokes) > rules.MOST_POINTS:
        raise Refused(N_("The signature is too large; clear it and sign again."))
    outcome = rules.outcome_of(said.outcome for said in lines.values())
    if outcome is VisitOutcome.FAILED:
        raise Refused(N_("Nothing was handed over: mark the visit as failed, with its reason."))
    if not received_by.strip():
        raise Refused(N_("Write down who took the boxes."))
    return outcome


def _stop_at_hand(stop_id: int) -> Stop:
    """The stop whose boxes stand before the person: at her door, or at the counter."""
    if runs.stop(stop_id).way is not Way.OFFICE:
        return _stop_under_way(stop_id)
    stop = runs.locked_stop(stop_id)
    if stop.state not in {StopState.PROPOSED, StopState.PROMISED}:
        raise Refused(N_("This kit was handed out already."))
    if stop.kit.dissolved_at is not None:
        raise Refused(N_("This kit was dissolved; there is nothing to hand out."))
    return stop


def _stop_under_way(stop_id: int) -> Stop:
    """The stop that is being visited; its run is locked, so that the last door is noticed."""
    stop = runs.stop(stop_id)
    if stop.run_id is not None:
        runs.run(stop.run_id, lock=True)
    if queries.of_stop(stop_id) is not None or stop.state is not StopState.UNDER_WAY:
        raise Refused(N_("This visit is already written down, or the run has not started."))
    return stop


def _visit(stop: Stop, outcome: VisitOutcome, *, note: str, by: Actor) -> Handover:
    visit = Handover(
        stop_id=stop.id,
        employee_id=stop.employee_id,
        outcome=outcome,
        note=note,
        received_by="",
        strokes=[],
        by=str(by),
        at=clock.now(),
    )
    db.session.add(visit)
    return visit


def _hand(boxes: Sequence[Box], to: Holder, *, by: Actor, because: str) -> None:
    """All that lies in these boxes has a new holder: devices and bulk goods."""
    items = [row.item_id for box in boxes for row in box.kit_items]
    kit_deeds.hand_to(items, to, by=by, because=because)
    kit_deeds.hand_goods_to(boxes, to, by=by, because=because)


def _boxes_with(given: Collection[int], stop: Stop) -> list[Box]:
    """The boxes that were there: all but those of whose devices not one was given."""
    return [
        box
        for box in stop.kit.boxes
        if not box.kit_items or any(row.item_id in given for row in box.kit_items)
    ]


def _write_record(handover_id: int, *, store: Store, company: str) -> None:
    """Make the handover record as a PDF and put it into the person's file."""
    db.session.flush()
    visit = queries.handover(handover_id)
    stop = runs.stop(visit.stop_id)
    content = records.record_of(
        visit,
        stop,
        kits.release_of(stop.kit_id),
        goods=goods.goods_by_paper(f"handover:{visit.id}"),
        driver=_name_of(visit.by),
        company=company,
    )
    visit.record_file_id = keep(
        store,
        content,
        name=f"Uebergabeprotokoll-{visit.employee.personnel_number}.pdf",
        media_type="application/pdf",
    ).id


def _name_of(actor: str) -> str:
    kind, _, number = actor.partition(":")
    if kind == ActorKind.STAFF and number:
        return accounts.account(int(number)).name
    return "hoffice"
