"""Moving a promised window, with the person's consent, and taking a promise back."""

from __future__ import annotations

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.places.service.legs import travel_times
from hoffice.runs import queries, rules
from hoffice.runs.models import Run, Shift, Slot, SlotOffer, Stop
from hoffice.runs.planning.frame import Roads
from hoffice.runs.planning.problem import Window
from hoffice.runs.planning.slots.keeping import keep
from hoffice.runs.planning.slots.offers import Offer
from hoffice.runs.queries import slots as records
from hoffice.runs.rules import OfferAnswer, OfferKind, StopState
from hoffice.runs.service import slots, timetable
from hoffice.runs.service.letters import write_to
from hoffice.runs.service.outlook import first_day, held, outlook, own_times
from hoffice.runs.service.promises import withdraw_slot
from hoffice.runs.service.question import key_of
from hoffice.runs.service.ways import leave_run
from hoffice.units import Actor

WHY_CHARS = 300


def ask_to_move(  # noqa: PLR0913  # who, where to, and the doors
    stop_id: int,
    shift_id: int,
    start_min: int,
    *,
    by: Actor,
    book: LinkBook,
    roads: Roads | None = None,
) -> SlotOffer | None:
    """Move a promised window to where the van would come at this minute of this shift.

    Up to ``CONSENT_FROM_MIN`` from what she agreed to it is moved with a mail that says so, and
    None is given back; several small moves count together. Beyond it the person is asked by mail;
    the old promise holds until she says yes. Refused when nothing is promised, or when the new
    window could not be kept. Without ``roads`` the embedded model says how far it is.
    """
    held()
    known = roads or travel_times(None)
    stop, slot = _promised(stop_id)
    shift = queries.shift(shift_id)
    window = _window(stop, shift, start_min)
    if slots.is_same(slot, window):
        raise Refused(N_("That is the window that was promised already."))
    if is_small(slot, window) and is_small(records.agreed_slot(stop_id), window):
        before = slots.times_of(slot.shift, slot.start_min, slot.end_min, stop)
        slot = slots.promise(stop, window, roads=known, by=by)
        _lapse(stop)
        facts = {
            **slots.times_of(slot.shift, slot.start_min, slot.end_min, stop),
            "old_start": before["start"],
            "old_end": before["end"],
        }
        write_to(stop, "slot_moved", facts, by=by, links=book)
        return None
    return _ask(stop, slot, shift, window, by=by, book=book, roads=known)


def _promised(stop_id: int) -> tuple[Stop, Slot]:
    stop = queries.stop(stop_id)
    if stop.slot is None:
        raise Refused(N_("Nothing is promised to %(name)s yet."), name=stop.employee.name)
    slots.refuse_settled(stop)
    return stop, stop.slot


def _window(stop: Stop, shift: Shift, start_min: int) -> Window:
    if shift.on_date < first_day():
        raise Refused(N_("Nothing is promised before tomorrow."))
    if shift.off_at is not None or not shift.start_min <= start_min <= shift.end_min:
        raise Refused(N_("The van does not drive then."))
    own = [(w.start, w.end) for w in own_times(stop) if w.day == shift.on_date]
    first, last = rules.window_around(start_min, own, shift=(shift.start_min, shift.end_min))
    return Window(shift.on_date, first, last)


def is_small(slot: Slot, window: Window) -> bool:
    """Whether a promise may be moved so far with a mail, without asking."""
    if slot.shift.on_date != window.day:
        return False
    moved = max(abs(slot.start_min - window.start), abs(slot.end_min - window.end))
    return moved <= rules.CONSENT_FROM_MIN


def _ask(  # noqa: PLR0913  # as above
    stop: Stop, slot: Slot, shift: Shift, window: Window, *, by: Actor, book: LinkBook, roads: Roads
) -> SlotOffer:
    present = records.open_move(stop.id)
    if present is not None and (present.shift_id, present.start_min, present.end_min) == (
        shift.id,
        window.start,
        window.end,
    ):
        return present
    found = _proof(stop, window, roads)
    _lapse(stop)
    offer = SlotOffer(
        stop_id=stop.id,
        shift_id=shift.id,
        kind=OfferKind.MOVE,
        start_min=window.start,
        end_min=window.end,
        detour_s=round(found.detour_min * 60),
        detour_m=round(found.detour_km * 1000),
        offered_at=clock.now(),
        offered_by=str(by),
    )
    db.session.add(offer)
    db.session.flush()
    record(
        by,
        "runs.move_asked",
        stop,
        employee_id=stop.employee_id,
        date=window.day.isoformat(),
        start=window.start,
    )
    old = slots.times_of(slot.shift, slot.start_min, slot.end_min, stop)
    facts = {
        **slots.times_of(shift, window.start, window.end, stop),
        **{f"old_{name}": value for name, value in old.items()},
    }
    write_to(stop, "slot_move", facts, by=by, links=book)
    return offer


def _proof(stop: Stop, window: Window, roads: Roads) -> Offer:
    ahead = outlook(roads)
    node = None if ahead is None else ahead.node(stop)
    found = None
    if ahead is not None and node is not None and (stop.run is None or stop.run.fixed_at is None):
        found = keep(ahead.for_person(stop, node), ahead.routes, node, window)
    if found is None:
        raise Refused(
            N_("%(name)s cannot be visited then beside what is promised to others."),
            name=stop.employee.name,
        )
    return found


def _lapse(stop: Stop) -> None:
    """Questions about moving that are still open no longer stand."""
    offers, _wish = queries.open_questions_of(stop.id)
    for offer in offers:
        offer.answer, offer.answered_at = OfferAnswer.LAPSED, clock.now()
    db.session.flush()


def answer_move(  # noqa: PLR0913  # as above
    offer_id: int, *, stop_id: int, is_yes: bool, roads: Roads, by: Actor, book: LinkBook
) -> None:
    """The person's answer: yes moves the promise, all proved again; no leaves everything as it is.

    Raises :class:`~hoffice.runs.service.slots.SlotGone` when the new window can no longer be kept.
    Said twice it counts once; another person's question does not exist here.
    """
    held()
    offer = records.offer(offer_id)
    if offer.stop_id != stop_id or offer.kind is not OfferKind.MOVE:
        raise NotFound(N_("There is no such question."))
    answer = OfferAnswer.TAKEN if is_yes else OfferAnswer.REFUSED
    if offer.answer is answer:
        return
    if offer.answer is not None:
        raise Refused(N_("This question no longer stands; your window is as it was."))
    stop = queries.stop(stop_id)
    slots.refuse_settled(stop)
    if is_yes:
        window = Window(offer.shift.on_date, offer.start_min, offer.end_min)
        slot = slots.promise(stop, window, roads=roads, by=by)
        slots.tell_promised(stop, slot, by=by, book=book)
    else:
        record(by, "runs.move_refused", stop, employee_id=stop.employee_id)
    offer.answer, offer.answered_at = answer, clock.now()
    db.session.flush()


def lapse_move(stop_id: int, *, by: Actor) -> None:
    """The question no longer stands: IT takes it back, or the new window has gone."""
    held()
    stop = queries.stop(stop_id)
    _lapse(stop)
    record(by, "runs.move_lapsed", stop, employee_id=stop.employee_id)


def call_off(
    stop_id: int, why: str, *, by: Actor, book: LinkBook, roads: Roads | None = None
) -> Stop:
    """Take a promise back, because we cannot come: the person is told why and chooses anew.

    With ``roads`` (:func:`~hoffice.runs.service.retiming.roads_ahead`) the rest of the run is timed
    anew.
    """
    held()
    stop, _slot = _promised_by_us(stop_id)
    why = _reason(why)
    run = stop.run
    if run is not None:
        _refuse_closed(run)
    _take_back(stop, why, by=by, book=book)
    if run is not None:
        leave_run(stop, queries.run(run.id, lock=True), roads)
    return stop


def call_off_run(run_id: int, why: str, *, by: Actor, book: LinkBook) -> list[Stop]:
    """Nobody drives this run: its promises are taken back, its stops wait for the next plan."""
    held()
    run = queries.run(run_id, lock=True)
    _refuse_closed(run)
    why = _reason(why)
    promised = [stop for stop in run.stops if stop.slot is not None]
    for stop in promised:
        _take_back(stop, why, by=by, book=book)
    _empty(run)
    record(by, "runs.called_off", f"run:{run_id}", stops=[stop.id for stop in promised])
    return promised


def _refuse_closed(run: Run) -> None:
    facts = {"van": run.shift.van.name, "date": run.shift.on_date}
    if run.state not in rules.RUN_OPEN_TO_PLANNING:
        raise Refused(
            N_("The run of %(van)s on %(date)s is already being loaded; it stays as it is."),
            **facts,
        )
    if run.fixed_at is not None:
        raise Refused(N_("The run of %(van)s on %(date)s is fixed; release it first."), **facts)


def _empty(run: Run) -> None:
    key = key_of(run.shift)
    timetable.write([], {key: run.shift}, emptied=[key])


def _reason(why: str) -> str:
    text = " ".join(why.split())[:WHY_CHARS]
    if not text:
        raise Refused(N_("Say in a sentence why we cannot come; the person reads it."))
    return text


def _promised_by_us(stop_id: int) -> tuple[Stop, Slot]:
    stop = queries.stop(stop_id)
    if stop.slot is None or stop.state is not StopState.PROMISED:
        raise Refused(N_("Nothing is promised to %(name)s yet."), name=stop.employee.name)
    return stop, stop.slot


def _take_back(stop: Stop, why: str, *, by: Actor, book: LinkBook) -> None:
    slot = stop.slot
    if slot is None:
        return
    times = slots.times_of(slot.shift, slot.start_min, slot.end_min, stop)
    _lapse(stop)
    slots.ask_anew(stop, by=by)
    withdraw_slot(stop)
    stop.state = StopState.PROPOSED
    db.session.flush()
    record(by, "runs.slot_called_off", stop, employee_id=stop.employee_id, personal={"reason": why})
    write_to(stop, "slot_off", {**times, "why": why}, by=by, links=book)
