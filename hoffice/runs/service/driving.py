"""From the first box on the van to the last door of the day."""

from __future__ import annotations

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits.rules import BoxState
from hoffice.paper.words import speaks
from hoffice.runs import queries, rules
from hoffice.runs.models import Run, Stop
from hoffice.runs.rules import OfferAnswer, RunState, StopState
from hoffice.runs.service.lessons import learn_from_runs
from hoffice.runs.service.letters import write_to
from hoffice.runs.service.promises import withdraw_slot
from hoffice.runs.service.slots import ask_anew, times_of
from hoffice.runs.service.stops import let_go, propose
from hoffice.runs.service.timetable import settle_state
from hoffice.units import Actor

NOT_READY = N_("Your boxes could not be loaded today.")
"""What somebody reads whose window was promised and whose boxes stayed behind."""


def begin_loading(run: Run) -> None:
    """The first box goes onto the van."""
    if run.state in {RunState.PLANNED, RunState.PROMISED}:
        run.state = RunState.LOADING


def mark_loaded(stop: Stop, *, is_loaded: bool) -> None:
    """All boxes of a stop are on the van, or no longer all of them."""
    before = StopState.PROMISED if stop.slot is not None else StopState.PROPOSED
    stop.state = StopState.LOADED if is_loaded else before


def give_up_loading(run: Run) -> None:
    """The last box is off the van again: plans may change the run as before the first one."""
    is_empty = all(box.state is not BoxState.LOADED for stop in run.stops for box in stop.kit.boxes)
    if run.state is RunState.LOADING and is_empty:
        run.state = RunState.PLANNED
        settle_state(run)


def due_trip(run: Run) -> int | None:
    """Which trip of this run the van is loaded for now; None while it drives or has ended."""
    return rules.trip_to_load(run.state, ((stop.trip, stop.state) for stop in run.stops))


def start_run(run_id: int, *, by: Actor, book: LinkBook | None = None) -> Run:
    """Drive off with what is loaded: the order is fixed from now on.

    Stops of this trip without their boxes stay behind; the trips after it are loaded later. Whoever
    was promised a window and stays behind is told by mail, and chooses anew.
    """
    run = queries.run(run_id, lock=True)
    going = [stop for stop in run.stops if stop.state is StopState.LOADED]
    if due_trip(run) is None or run.state not in {RunState.LOADING, RunState.UNDER_WAY}:
        raise Refused(N_("Load the van first."))
    if not going:
        raise Refused(N_("No stop of this run has all its boxes on the van."))
    last = max(stop.trip for stop in going)
    for stop in left_behind(run, last):
        _leave_behind(stop, run, by=by, book=book)
    for stop in going:
        stop.state = StopState.UNDER_WAY
        record(by, "runs.under_way", stop, employee_id=stop.employee_id, run=run.id)
    run.state, run.started_at = RunState.UNDER_WAY, run.started_at or clock.now()
    db.session.flush()
    db.session.expire(run, ["stops"])
    record(by, "runs.started", run, trip=last)
    return run


def _leave_behind(stop: Stop, run: Run, *, by: Actor, book: LinkBook | None) -> None:
    slot = stop.slot
    facts = {} if slot is None else times_of(slot.shift, slot.start_min, slot.end_min, stop)
    withdraw_slot(stop)
    let_go(stop)
    record(by, "runs.left_behind", stop, employee_id=stop.employee_id, run=run.id)
    if slot is None:
        return
    questions, _wish = queries.open_questions_of(stop.id)
    for question in questions:
        question.answer, question.answered_at = OfferAnswer.LAPSED, clock.now()
    ask_anew(stop, by=by)
    if book is not None:
        why = speaks(stop.employee.language)(NOT_READY)
        write_to(stop, "slot_off", {**facts, "why": why}, by=by, links=book)


def left_behind(run: Run, last_trip: int) -> list[Stop]:
    """The stops that do not come along when the van leaves for trips up to this one."""
    return [
        stop
        for stop in run.stops
        if stop.trip <= last_trip
        and stop.state is not StopState.LOADED
        and stop.state not in rules.STOP_ENDED
    ]


def end_stop(stop: Stop, state: StopState, *, by: Actor, failure: str | None = None) -> None:
    """Say what came of a stop; a failed one is proposed again by itself, as a new stop."""
    if stop.state in rules.STOP_ENDED:
        raise Refused(N_("This stop has already ended."))
    stop.state, stop.ended_at, stop.failure = state, clock.now(), failure
    db.session.flush()
    record(by, f"runs.stop_{state}", stop, employee_id=stop.employee_id, why=failure)
    if state is StopState.FAILED:
        again = propose(stop.kit, by=Actor.system(), way=stop.way)
        again.crew, again.priority = stop.crew, stop.priority
    run = stop.run
    if run is not None and all(each.state in rules.STOP_ENDED for each in run.stops):
        close_run(run, by=by)


def close_run(run: Run, *, by: Actor) -> None:
    """Every stop has ended: so has the run, and its drives teach how long drives take."""
    run.state, run.closed_at = RunState.CLOSED, clock.now()
    record(by, "runs.closed", run)
    learn_from_runs([run])
