"""Windows to choose from: who is asked, what is offered, and what becomes a promise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.paper.words import weekday
from hoffice.people import queries as people
from hoffice.runs import queries, rules
from hoffice.runs.models import Shift, Slot, SlotOffer, Stop
from hoffice.runs.planning.frame import Roads
from hoffice.runs.planning.problem import Window
from hoffice.runs.planning.slots.further import Search
from hoffice.runs.planning.slots.offers import Offer, offers
from hoffice.runs.queries import slots as records
from hoffice.runs.rules import OfferAnswer, StopState, Way, WishState
from hoffice.runs.service import timetable
from hoffice.runs.service.letters import clock_text, write_to
from hoffice.runs.service.offered import Choices, Offered, OffersLapsed, note
from hoffice.runs.service.outlook import first_day, held, outlook, own_times
from hoffice.runs.service.promises import withdraw_slot
from hoffice.runs.service.tidying import ask_for_tidying
from hoffice.runs.service.witness import Witness, only_for, witness, write
from hoffice.units import Actor, ActorKind

COUNT = 3
ROUNDS = 2
"""After so many sets that were refused, people name a time of their own."""
NEAR_S = 300
"""A detour of five minutes is none that a person would notice: the van is near."""
REMINDER_PAUSE = timedelta(hours=1)
"""Nobody is written to twice because a button was pressed twice."""
INVITATION = "slot_choice"


class SlotGone(Refused):
    """The window can no longer be kept; whoever shows this offers others at once."""

    def __init__(self) -> None:
        super().__init__(N_("This window has just gone to somebody else. Here are others."))


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was asked to choose: how many by mail, and who must be called."""

    mailed: int
    to_call: tuple[str, ...]


def invite(
    stop_ids: Iterable[int] | None = None,
    *,
    run_ids: Iterable[int] | None = None,
    by: Actor,
    book: LinkBook,
) -> Invited:
    """Ask people to choose their window: these, those of these runs, or all who are planned.

    Who was promised something, or was asked already, is left out. People without a mail address
    are asked too: somebody calls them, and chooses for them.
    """
    held()
    free = set(records.to_invite(run_ids))
    wanted = free if stop_ids is None else free & set(stop_ids)
    stops = queries.stops_by_id(wanted)
    for stop in stops:
        _invite(stop, by=by, book=book)
    return _invited(stops)


def _invite(stop: Stop, *, by: Actor, book: LinkBook) -> None:
    stop.invited_at = clock.now()
    record(by, "runs.invited", stop, employee_id=stop.employee_id)
    _ask(stop, is_reminder=False, by=by, book=book)


def _invited(stops: Sequence[Stop]) -> Invited:
    to_call = tuple(stop.employee.name for stop in stops if not stop.employee.email)
    return Invited(len(stops) - len(to_call), to_call)


def _ask(stop: Stop, *, is_reminder: bool, by: Actor, book: LinkBook) -> None:
    facts = {"boxes": len(stop.kit.boxes), "is_reminder": is_reminder}
    write_to(stop, INVITATION, facts, by=by, links=book)


def remind(stop_ids: Iterable[int], *, by: Actor, book: LinkBook) -> Invited:
    """Ask once more who was asked and has not chosen."""
    held()
    since = clock.now() - REMINDER_PAUSE
    stops = [
        stop
        for stop in queries.stops_by_id(stop_ids)
        if stop.invited_at is not None
        and stop.slot is None
        and _is_open(stop)
        and not records.is_mailed_since(stop.employee_id, INVITATION, since)
    ]
    for stop in stops:
        record(by, "runs.invited_again", stop, employee_id=stop.employee_id)
        _ask(stop, is_reminder=True, by=by, book=book)
    return _invited(stops)


def ask_anew(stop: Stop, *, by: Actor) -> None:
    """Open a new round: what was refused before counts no more. The mail is the caller's."""
    stop.invited_at = clock.now()
    record(by, "runs.invited", stop, employee_id=stop.employee_id)


def open_round(stop_id: int, *, by: Actor, book: LinkBook) -> None:
    """Let a person choose anew, all windows again; a wish of hers that is open is answered so."""
    held()
    stop = queries.stop(stop_id)
    refuse_settled(stop)
    ask_anew(stop, by=by)
    close_questions(stop, by=by)
    _ask(stop, is_reminder=False, by=by, book=book)


def may_change(stop: Stop) -> bool:
    """Whether the person may still choose another window than the promised one."""
    slot = stop.slot
    if slot is None or stop.fixed_at is not None or not _is_open(stop):
        return False
    return slot.shift.on_date >= first_day()


def _is_open(stop: Stop) -> bool:
    """Whether the stop still stands at the depot and goes by van."""
    is_planned = stop.run is None or stop.run.state in rules.RUN_OPEN_TO_PLANNING
    is_waiting = stop.state in {StopState.PROPOSED, StopState.PROMISED}
    return stop.way is Way.VAN and stop.kit.dissolved_at is None and is_waiting and is_planned


def refuse_settled(stop: Stop) -> None:
    """Refused for a stop that nothing can be offered to any more, or not yet."""
    if stop.way is not Way.VAN:
        raise Refused(N_("These boxes do not come by van."))
    if stop.state in rules.STOP_ENDED or stop.kit.dissolved_at is not None:
        raise Refused(N_("This visit has ended; there is nothing to choose."))
    if not _is_open(stop):
        raise Refused(N_("The boxes are on the van already; the time can no longer be changed."))
    if stop.slot is not None and not may_change(stop):
        raise Refused(N_("It is too late to change this window. Call IT."))
    home = people.home_of(stop.employee_id)
    if home is not None and home.id != stop.home_id:
        raise Refused(N_("The address has changed; IT plans this visit anew first."))


def look_ahead(roads: Roads) -> None:
    """Ask the roads what the days ahead need to know, so that no transaction waits for them."""
    if queries.depot() is not None:
        outlook(roads)


def windows_for(stop_id: int, *, roads: Roads, search: Search | None = None) -> Choices:
    """The windows that cost the present plan least, each proved with everything promised.

    Reads only. The set is empty once two were refused, or when nothing is left: then the person
    names a time of her own. ``search`` takes its time, and is asked only if the set would not be
    complete; never hold anything meanwhile.
    """
    stop = queries.stop(stop_id)
    refuse_settled(stop)
    number = 1 + sets_refused(stop)
    found: tuple[Offered, ...] = ()
    if number <= ROUNDS:
        found = _fixed_windows(stop) if _is_fixed(stop) else _offers(stop, roads, search)
    return Choices(stop.id, number, clock.now(), found)


def sets_refused(stop: Stop) -> int:
    """How many sets of windows the person has said no to in this round."""
    return len({row.offered_at for row in records.refused_since(stop.id, _since(stop))})


def _since(stop: Stop) -> datetime | None:
    """From when on refusals count: the invitation, or the promise that is to be changed."""
    moments = [stop.invited_at, stop.slot.promised_at if stop.slot else None]
    return max((moment for moment in moments if moment is not None), default=None)


def _is_fixed(stop: Stop) -> bool:
    return stop.run is not None and stop.run.fixed_at is not None


def _excluded(stop: Stop) -> list[Window]:
    """Windows that are not offered again: refused ones, called off ones, the promised one."""
    since = _since(stop)
    rows: list[SlotOffer | Slot] = [*records.refused_since(stop.id, since)]
    if since is not None:
        rows += records.withdrawn_since(stop.id, since)
    if stop.slot is not None:
        rows.append(stop.slot)
    return [Window(one.shift.on_date, one.start_min, one.end_min) for one in rows]


def _offers(stop: Stop, roads: Roads, search: Search | None) -> tuple[Offered, ...]:
    ahead = outlook(roads)
    node = None if ahead is None else ahead.node(stop)
    if ahead is None or node is None:
        return ()
    found = offers(
        ahead.for_person(stop, node),
        ahead.routes,
        node,
        count=COUNT,
        refused=_excluded(stop),
        earliest=(first_day(), 0),
        search=None if search is None else only_for(node, search),
    )
    shifts = ahead.by_key
    return tuple(_offered(one, shifts[one.van, one.window.day].id) for one in found)


def _offered(one: Offer, shift_id: int) -> Offered:
    return Offered(
        shift_id,
        one.window.day,
        one.window.start,
        one.window.end,
        round(one.detour_min * 60),
        round(one.detour_km * 1000),
        is_near=one.is_own or one.detour_min * 60 <= NEAR_S,
    )


def _fixed_windows(stop: Stop) -> tuple[Offered, ...]:
    """Round the visit of a run that nobody may change: the windows that hold its very minute."""
    run, start = stop.run, stop.start_min
    if run is None or start is None or run.shift.on_date < first_day():
        return ()
    own = [(w.start, w.end) for w in own_times(stop) if w.day == run.shift.on_date]
    if not own and own_times(stop):
        return ()
    gone = {(w.day, w.start) for w in _excluded(stop)}
    spans = {
        rules.window_around(start + aside, own, shift=(run.shift.start_min, run.shift.end_min))
        for aside in (0, -rules.STEP_MIN, rules.STEP_MIN)
    }
    return tuple(
        Offered(run.shift_id, run.shift.on_date, first, last, is_near=True)
        for first, last in sorted(spans)
        if first <= start <= last and (run.shift.on_date, first) not in gone
    )


def work_out(
    choices: Choices, number: int, *, roads: Roads, search: Search | None = None
) -> Witness | None:
    """The plan with this window, found before anything is held; None if none was found.

    Reads only. What ``choose`` finds changed by then it works out again.
    """
    if not 0 <= number < len(choices.windows):
        return None
    stop, window = queries.stop(choices.stop_id), choices.windows[number].window
    is_kept = stop.slot is not None and is_same(stop.slot, window)
    if is_kept or _is_fixed(stop) or not _is_open(stop) or queries.depot() is None:
        return None
    return witness(stop, window, roads=roads, search=search)


def choose(  # noqa: PLR0913  # who, what, and the doors
    choices: Choices,
    number: int,
    *,
    roads: Roads,
    by: Actor,
    book: LinkBook,
    found: Witness | None = None,
) -> Slot:
    """Promise one window of a set that was shown; chosen twice it is promised once.

    ``found`` is what :func:`work_out` gave back. Raises :class:`SlotGone` when the window can no
    longer be kept beside everything promised by now. An old promise holds until the new one is
    there.
    """
    held()
    stop = queries.stop(choices.stop_id)
    if not 0 <= number < len(choices.windows):
        raise Refused(N_("Choose one of the windows."))
    wanted = choices.windows[number]
    window = wanted.window
    if stop.slot is not None and is_same(stop.slot, window):
        return stop.slot
    refuse_settled(stop)
    if stop.invited_at is not None and choices.offered_at < stop.invited_at:
        raise OffersLapsed  # what was called off since is not to be had from an old page
    slot = promise(stop, window, roads=roads, by=by, found=found)
    note(choices, taken=wanted, by=by)
    close_questions(stop, by=by)
    tell_promised(stop, slot, by=by, book=book)
    ask_for_tidying()
    return slot


def is_same(slot: Slot, window: Window) -> bool:
    """Whether this window is the promised one."""
    return (slot.shift.on_date, slot.start_min, slot.end_min) == (
        window.day,
        window.start,
        window.end,
    )


def promise(  # noqa: PLR0913  # who, what, and the doors
    stop: Stop,
    window: Window,
    *,
    roads: Roads,
    by: Actor,
    may_open: bool = False,
    found: Witness | None = None,
) -> Slot:
    """Make a window hard: the plan is changed so that it and everything promised is kept.

    The timetable must be held. ``may_open`` lets a shift leave the yard for it; ``found`` was
    worked out before, and is taken if nothing has changed since. Raises :class:`SlotGone`, with
    nothing written, when there is no such plan.
    """
    if window.day < first_day():
        raise SlotGone
    if _is_fixed(stop):
        _refuse_elsewhere(stop, window)
        _withdraw(stop)
        timetable.changed()
    else:
        if found is None or not found.still_holds(stop, window):
            found = witness(stop, window, roads=roads, may_open=may_open)
        if found is None:
            raise SlotGone
        _withdraw(stop)
        write(found.frame, found.changed, found.ahead.shifts)
    return _promised(stop, window, by=by)


def _refuse_elsewhere(stop: Stop, window: Window) -> None:
    """A fixed run is not written, so it is locked here: nobody begins to load it meanwhile."""
    run = None if stop.run_id is None else queries.run(stop.run_id, lock=True)
    start = stop.start_min
    if run is not None and run.state not in rules.RUN_OPEN_TO_PLANNING:
        raise SlotGone
    is_held = (
        run is not None
        and start is not None
        and run.shift.on_date == window.day
        and window.start <= start <= window.end
    )
    if not is_held:
        raise SlotGone


def _withdraw(stop: Stop) -> None:
    """The old promise ends, in the transaction in which the new one begins."""
    if stop.slot is not None:
        withdraw_slot(stop)
        stop.state = StopState.PROPOSED
        db.session.flush()


def _promised(stop: Stop, window: Window, *, by: Actor) -> Slot:
    run = stop.run
    if run is None:
        raise SlotGone
    slot = Slot(
        stop_id=stop.id,
        shift_id=run.shift_id,
        seat=queries.free_seat(run.shift_id),
        start_min=window.start,
        end_min=window.end,
        promised_at=clock.now(),
    )
    db.session.add(slot)
    flush_or(N_("This window has just gone to somebody else. Here are others."))
    stop.state = StopState.PROMISED
    db.session.flush()
    db.session.expire(stop, ["slot"])
    timetable.settle_state(run)
    record(
        by,
        "runs.slot_promised",
        stop,
        employee_id=stop.employee_id,
        date=window.day.isoformat(),
        start=window.start,
        end=window.end,
    )
    return slot


def close_questions(stop: Stop, *, by: Actor, wish: WishState = WishState.WITHDRAWN) -> None:
    """What was still asked of this person, or by her, is settled by the new promise."""
    questions, open_wish = queries.open_questions_of(stop.id)
    now = clock.now()
    for question in questions:
        question.answer, question.answered_at = OfferAnswer.LAPSED, now
    if open_wish is not None:
        open_wish.state, open_wish.ended_at, open_wish.ended_by = wish, now, str(by)
    db.session.flush()


def tell_promised(stop: Stop, slot: Slot, *, by: Actor, book: LinkBook) -> None:
    """Confirm the window by mail."""
    facts = {
        "boxes": len(stop.kit.boxes),
        **times_of(slot.shift, slot.start_min, slot.end_min, stop),
    }
    write_to(stop, "slot", facts, by=by, links=book)


def times_of(shift: Shift, start_min: int, end_min: int, stop: Stop) -> dict[str, object]:
    """A window as mails say it."""
    return {
        "day": weekday(shift.on_date, stop.employee.language),
        "start": clock_text(start_min),
        "end": clock_text(end_min),
    }


def refuse_all(choices: Choices, *, by: Actor) -> None:
    """None of these suits: they are not offered again. Said twice it counts once."""
    held()
    stop = queries.stop(choices.stop_id)
    refuse_settled(stop)
    if records.offered_together(choices.stop_id, choices.offered_at):
        return
    note(choices, by=by, others=OfferAnswer.REFUSED)
    record(
        by,
        "runs.windows_refused",
        stop,
        employee_id=stop.employee_id,
        round=choices.round,
        by_phone=by.kind is ActorKind.STAFF,
    )


def lapse(choices: Choices, *, by: Actor) -> None:
    """The window that was chosen is gone: the set is over, and stays on record."""
    held()
    if not records.offered_together(choices.stop_id, choices.offered_at):
        note(choices, by=by, others=OfferAnswer.LAPSED)
