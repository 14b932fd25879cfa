"""Stops: one for each kit that waits for its way home."""

from __future__ import annotations

from collections.abc import Sequence

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries as kits
from hoffice.kits.models import Kit
from hoffice.people import queries as people
from hoffice.people.models import Home
from hoffice.runs import queries, rules
from hoffice.runs.models import Stop
from hoffice.runs.rules import StopKind, StopState, Way
from hoffice.units import Actor


def propose_stop(employee_id: int, *, by: Actor) -> Stop:
    """Make the stop that brings a person's kit; gives back the open one when there is one."""
    kit = kits.kit_of(employee_id)
    if kit is None:
        raise Refused(N_("This person has no kit yet."))
    present = queries.open_stop_of_kit(kit.id)
    return present or propose(kit, by=by)


def propose_missing(*, by: Actor) -> int:
    """Make a stop for every kit that has none; gives back how many were made.

    People without any address are left out; the first page of the runs names them.
    """
    waiting = queries.kits_without_stop()
    return len([propose(kit, by=by) for kit in waiting if kit.employee.home is not None])


def propose(kit: Kit, *, by: Actor, way: Way = Way.VAN) -> Stop:
    """Make the stop of a kit, to the person's present address."""
    home = people.home_of(kit.employee_id)
    if home is None:
        employee = people.employee(kit.employee_id)
        raise Refused(N_("%(name)s has no address yet."), name=employee.name)
    stop = Stop(
        employee_id=kit.employee_id,
        kit_id=kit.id,
        home_id=home.id,
        kind=StopKind.DELIVER,
        state=StopState.PROPOSED,
        way=way,
        service_min=_minutes_at(kit, home),
        created_at=clock.now(),
    )
    db.session.add(stop)
    flush_or(N_("There is already a stop for this kit."))
    record(by, "runs.proposed", stop, employee_id=kit.employee_id)
    return stop


def bring_up_to_date(stops: Sequence[Stop]) -> None:
    """Let stops that are promised to nobody go where the person lives now.

    Somebody may have moved, and a box may have been added, since the stop was proposed.
    """
    homes = people.homes_of({stop.employee_id for stop in stops})
    for stop in stops:
        home = homes.get(stop.employee_id, stop.home)
        if stop.home_id != home.id:
            stop.home = home
        minutes = _minutes_at(stop.kit, home)
        if stop.service_min != minutes:
            stop.service_min = minutes


def let_go(stop: Stop) -> None:
    """Take a stop out of its run: it waits for the next plan."""
    stop.run_id = stop.position = stop.fixed_at = None
    stop.arrive_min = stop.start_min = stop.leave_min = None
    stop.state = StopState.PROPOSED


def _minutes_at(kit: Kit, home: Home) -> int:
    return rules.minutes_at(
        boxes=len(kit.boxes), floor=rules.floor_number(home.floor), has_lift=bool(home.lift)
    )
