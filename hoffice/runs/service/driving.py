"""From the first box on the van to the last door of the day."""

from __future__ import annotations

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.runs import queries, rules
from hoffice.runs.models import Run, Stop
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.service.promises import withdraw_slot
from hoffice.runs.service.stops import let_go, propose
from hoffice.units import Actor


def begin_loading(run: Run) -> None:
    """The first box goes onto the van."""
    if run.state in {RunState.PLANNED, RunState.PROMISED}:
        run.state = RunState.LOADING


def mark_loaded(stop: Stop, *, is_loaded: bool) -> None:
    """All boxes of a stop are on the van, or no longer all of them."""
    before = StopState.PROMISED if stop.slot is not None else StopState.PROPOSED
    stop.state = StopState.LOADED if is_loaded else before


def start_run(run_id: int, *, by: Actor) -> Run:
    """Drive off: the order is fixed from now on; stops without their boxes stay behind."""
    run = queries.run(run_id)
    if run.state not in {RunState.LOADING, RunState.LOCKED}:
        raise Refused(N_("Load the van first."))
    staying = [stop for stop in run.stops if stop.state is not StopState.LOADED]
    going = [stop for stop in run.stops if stop.state is StopState.LOADED]
    if not going:
        raise Refused(N_("No stop of this run has all its boxes on the van."))
    for stop in staying:
        withdraw_slot(stop)
        let_go(stop)
        record(by, "runs.left_behind", stop, employee_id=stop.employee_id, run=run.id)
    for stop in going:
        stop.state = StopState.UNDER_WAY
        record(by, "runs.under_way", stop, employee_id=stop.employee_id, run=run.id)
    run.state, run.started_at = RunState.UNDER_WAY, clock.now()
    db.session.flush()
    db.session.expire(run, ["stops"])
    record(by, "runs.started", run)
    return run


def end_stop(stop: Stop, state: StopState, *, by: Actor, failure: str | None = None) -> None:
    """Say what came of a stop; a failed one is proposed again by itself, as a new stop."""
    if stop.state in rules.STOP_ENDED:
        raise Refused(N_("This stop has already ended."))
    stop.state, stop.ended_at, stop.failure = state, clock.now(), failure
    db.session.flush()
    record(by, f"runs.stop_{state}", stop, employee_id=stop.employee_id, why=failure)
    if state is StopState.FAILED:
        propose(stop.kit, by=Actor.system())
    run = stop.run
    if run is not None and all(each.state in rules.STOP_ENDED for each in run.stops):
        close_run(run, by=by)


def close_run(run: Run, *, by: Actor) -> None:
    """Every stop has ended: so has the run."""
    run.state, run.closed_at = RunState.CLOSED, clock.now()
    record(by, "runs.closed", run)
