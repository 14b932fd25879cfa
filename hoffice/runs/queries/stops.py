"""Reading stops, and the kits that wait for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Box, Kit, KitItem
from hoffice.kits.rules import BoxState
from hoffice.people.models import Employee, Home
from hoffice.runs.models import (
    Booking,
    Run,
    Shift,
    Slot,
    Stop,
)
from hoffice.runs.rules import STOP_ENDED, StopKind, StopState, Way

OPEN_STOPS = sorted(set(StopState) - STOP_ENDED)


def whole_stop() -> tuple[_AbstractLoad, ...]:
    """Load options: a stop with person, home, promise, boxes and items."""
    return (
        joinedload(Stop.employee).joinedload(Employee.home),
        joinedload(Stop.home),
        joinedload(Stop.slot).joinedload(Slot.shift),
        joinedload(Stop.kit).selectinload(Kit.boxes),
        joinedload(Stop.kit).selectinload(Kit.kit_items).joinedload(KitItem.item),
    )


def on_its_way() -> tuple[_AbstractLoad, ...]:
    """How a kit gets home without the van."""
    return joinedload(Stop.booking).joinedload(Booking.counter), joinedload(Stop.parcel)


def stop(stop_id: int, *, afresh: bool = False) -> Stop:
    """The stop with this number, with everything about it; ``afresh``, as it is now."""
    found = db.session.scalars(
        select(Stop)
        .where(Stop.id == stop_id)
        .options(*whole_stop(), *on_its_way(), joinedload(Stop.run).joinedload(Run.shift))
        .execution_options(populate_existing=afresh)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such stop."))
    return found


def has_kit() -> ColumnElement[bool]:
    """Stops whose kit was not dissolved: nobody drives for the others any more."""
    return Stop.kit.has(Kit.dissolved_at.is_(None))


def open_stop_of(employee_id: int) -> Stop | None:
    """The person's stop that has not ended, newest first."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.employee_id == employee_id, Stop.state.in_(OPEN_STOPS), has_kit())
        .options(*on_its_way(), joinedload(Stop.slot), joinedload(Stop.run).joinedload(Run.shift))
        .order_by(Stop.id.desc())
        .limit(1)
    ).one_or_none()


def stops_of(employee_id: int) -> Sequence[Stop]:
    """All stops of one person, newest first."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.employee_id == employee_id)
        .options(joinedload(Stop.slot), joinedload(Stop.run).joinedload(Run.shift))
        .order_by(Stop.id.desc())
    ).all()


def open_stop_of_kit(kit_id: int) -> Stop | None:
    """The stop that waits for this kit."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.kit_id == kit_id, Stop.state.in_(OPEN_STOPS))
        .options(joinedload(Stop.run).joinedload(Run.shift))
    ).one_or_none()


def open_stops_on_runs(kit_ids: Iterable[int]) -> Sequence[tuple[Stop, Run]]:
    """The stops at which a run brings one of these kits and that have not ended; at most one each.

    Each with its run, and that with shift and van; in the order of their days.
    """
    rows = db.session.execute(
        select(Stop, Run)
        .join(Stop.run)
        .join(Run.shift)
        .where(
            Stop.kit_id.in_(list(kit_ids)),
            Stop.state.in_(OPEN_STOPS),
            Stop.kind != StopKind.PICKUP,
        )
        .options(contains_eager(Run.shift).joinedload(Shift.van))
        .order_by(Shift.on_date, Shift.van_id, Stop.position)
    )
    return [(row[0], row[1]) for row in rows]


def waits_for_van() -> ColumnElement[bool]:
    """Stops for the van that no run has taken yet."""
    return and_(
        Stop.state == StopState.PROPOSED, Stop.run_id.is_(None), Stop.way == Way.VAN, has_kit()
    )


def unplanned_stops(*, lock: bool = False) -> Sequence[Stop]:
    """Stops for the van that no run has taken yet, the oldest first.

    With ``lock`` no other plan takes them.
    """
    wanted = select(Stop).where(waits_for_van()).options(*whole_stop()).order_by(Stop.id)
    if lock:
        wanted = wanted.with_for_update(of=Stop).execution_options(populate_existing=True)
    return db.session.scalars(wanted).all()


def promised_in_vain() -> Sequence[Stop]:
    """Stops whose promised window cannot be kept: the kit was dissolved, or she lives elsewhere.

    The next window first.
    """
    return db.session.scalars(
        select(Stop)
        .join(Stop.slot)
        .join(Slot.shift)
        .where(
            Stop.state == StopState.PROMISED,
            or_(~has_kit(), Stop.home.has(Home.valid_to.is_not(None))),
        )
        .options(
            joinedload(Stop.employee),
            joinedload(Stop.kit),
            contains_eager(Stop.slot).contains_eager(Slot.shift),
        )
        .order_by(Shift.on_date, Slot.start_min, Stop.id)
    ).all()


@dataclass(frozen=True, slots=True)
class OpenStops:
    """How the stops stand that have not ended."""

    waiting: int
    planned: int
    promised: int
    on_the_way: int
    """Loaded or under way."""


def open_stops() -> OpenStops:
    """How many stops of the van wait for a run, are planned, promised, or on their way."""
    rows = db.session.execute(
        select(Stop.state, Stop.run_id.is_(None), func.count())
        .where(Stop.state.in_(OPEN_STOPS), Stop.way == Way.VAN, has_kit())
        .group_by(Stop.state, Stop.run_id.is_(None))
    )
    count = {(state, bool(is_free)): number for state, is_free, number in rows}

    def of(*states: StopState) -> int:
        return sum(number for (state, _), number in count.items() if state in states)

    return OpenStops(
        waiting=count.get((StopState.PROPOSED, True), 0),
        planned=count.get((StopState.PROPOSED, False), 0),
        promised=of(StopState.PROMISED),
        on_the_way=of(StopState.LOADED, StopState.UNDER_WAY),
    )


def stop_key(stop_id: int) -> str:
    """What problems and plans call a stop."""
    return f"stop-{stop_id}"


def stop_number(key: str) -> int:
    """The stop behind its name in a plan."""
    return int(key.removeprefix("stop-"))


def stops_by_id(ids: Iterable[int]) -> Sequence[Stop]:
    """These stops with everything about them."""
    return db.session.scalars(
        select(Stop).where(Stop.id.in_(list(ids))).options(*whole_stop()).order_by(Stop.id)
    ).all()


def kits_without_stop() -> Sequence[Kit]:
    """Kits for which no stop was ever made, or whose stops all failed; with their boxes.

    A kit need not be packed: who plans first can offer the windows that fit, and the gates hold
    every box back that is not ready when the van is loaded. What came back waits to be packed anew.
    """
    served = select(Stop.kit_id).where(Stop.state != StopState.FAILED)
    back = select(Box.kit_id).where(Box.state == BoxState.RETURNED)
    return db.session.scalars(
        select(Kit)
        .where(
            Kit.dissolved_at.is_(None),
            Kit.id.not_in(served),
            Kit.id.in_(select(Box.kit_id)),
            Kit.id.not_in(back),
        )
        .options(joinedload(Kit.employee).joinedload(Employee.home), selectinload(Kit.boxes))
        .order_by(Kit.id)
    ).all()


def locked_stop(stop_id: int) -> Stop:
    """The stop, kept from everybody else until this transaction ends, and read anew.

    Its run is locked before it, as whoever loads a van does it; else the two would wait for each
    other. Locked by one statement and read by the next: whoever waited for the lock would else see
    what belongs to the stop as it was before.
    """
    run_id = db.session.scalar(select(Stop.run_id).where(Stop.id == stop_id))
    if run_id is not None:
        db.session.execute(select(Run.id).where(Run.id == run_id).with_for_update())
    db.session.execute(select(Stop.id).where(Stop.id == stop_id).with_for_update())
    return stop(stop_id, afresh=True)
