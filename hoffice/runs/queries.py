"""Reading vans, shifts, runs, stops and plans. Every ``select`` of this domain is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hoffice.accounts.models import Account
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Box, Kit, KitItem
from hoffice.kits.rules import BoxState
from hoffice.people.models import Employee
from hoffice.places.travel.answers import STRAIGHT_LINE
from hoffice.places.travel.straight import UNCERTAINTY
from hoffice.runs.models import (
    Booking,
    Counter,
    Depot,
    Parcel,
    Plan,
    Run,
    Shift,
    Slot,
    SlotOffer,
    SlotWish,
    Stop,
    Timetable,
    Van,
)
from hoffice.runs.planning.plan import Travel
from hoffice.runs.rules import STOP_ENDED, RunState, StopState, Way, WishState

OPEN_STOPS = sorted(set(StopState) - STOP_ENDED)


def depot() -> Depot | None:
    """Where runs begin, when somebody has said so."""
    return db.session.scalars(select(Depot).order_by(Depot.id).limit(1)).one_or_none()


def timetable(*, lock: bool = False) -> Timetable:
    """The row that counts the changes of runs and promises; with ``lock`` nobody else changes any.

    Hold it before a run: that is the order of locks.
    """
    return db.session.get_one(Timetable, 1, with_for_update=lock, populate_existing=lock)


def free_seat(shift_id: int) -> int:
    """A number that no promise of this shift has yet."""
    highest = db.session.scalar(
        select(func.max(Slot.seat)).where(Slot.shift_id == shift_id, Slot.withdrawn_at.is_(None))
    )
    return (highest or 0) + 1


def vans() -> Sequence[Van]:
    """The vans in use, by name."""
    return db.session.scalars(select(Van).where(Van.retired_at.is_(None)).order_by(Van.name)).all()


def van(van_id: int) -> Van:
    """The van with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Van, van_id)
    if found is None:
        raise NotFound(N_("There is no such van."))
    return found


def van_names() -> dict[int, str]:
    """The name of every van by its number, those out of use too."""
    rows = db.session.execute(select(Van.id, Van.name)).all()
    return {row[0]: row[1] for row in rows}


def shift(shift_id: int) -> Shift:
    """The shift with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Shift, shift_id)
    if found is None:
        raise NotFound(N_("There is no such shift."))
    return found


def shifts(from_date: date, *, to_date: date | None = None) -> Sequence[Shift]:
    """The shifts from this day on, with van, driver and run."""
    wanted = (
        select(Shift)
        .where(Shift.on_date >= from_date)
        .options(
            joinedload(Shift.van),
            joinedload(Shift.driver),
            joinedload(Shift.run).selectinload(Run.stops),
        )
        .order_by(Shift.on_date, Shift.van_id)
    )
    if to_date is not None:
        wanted = wanted.where(Shift.on_date <= to_date)
    return db.session.scalars(wanted).all()


def shifts_by_id(ids: Iterable[int]) -> Sequence[Shift]:
    """These shifts with van and run, in the order of their days."""
    return db.session.scalars(
        select(Shift)
        .where(Shift.id.in_(list(ids)))
        .options(joinedload(Shift.van), joinedload(Shift.run))
        .order_by(Shift.on_date, Shift.van_id)
    ).all()


def _whole_stop() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Stop.employee).joinedload(Employee.home),
        joinedload(Stop.home),
        joinedload(Stop.slot).joinedload(Slot.shift),
        joinedload(Stop.kit).selectinload(Kit.boxes),
        joinedload(Stop.kit).selectinload(Kit.kit_items).joinedload(KitItem.item),
    )


def _on_its_way() -> tuple[_AbstractLoad, ...]:
    """How a kit gets home without the van."""
    return joinedload(Stop.booking).joinedload(Booking.counter), joinedload(Stop.parcel)


def _whole_run() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Run.shift).joinedload(Shift.van),
        joinedload(Run.shift).joinedload(Shift.driver),
        selectinload(Run.stops).options(*_whole_stop()),
    )


def run(run_id: int, *, lock: bool = False) -> Run:
    """The run with this number, with stops, people, homes and boxes loaded.

    With ``lock`` nobody else changes the run or its stops before this transaction ends, and what
    was read of them before is read again.
    """
    wanted = select(Run).where(Run.id == run_id).options(*_whole_run())
    if lock:
        wanted = wanted.with_for_update(of=Run).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such run."))
    return found


def travel_of_run(run: Run) -> dict[str, Any] | None:
    """Where the travel times of the run came from, as its plan keeps it.

    A run that no plan has made, as in the demo, was timed with the embedded model.
    """
    if run.plan_id is None:
        return Travel(STRAIGHT_LINE, UNCERTAINTY).to_json()
    return db.session.scalars(select(Plan.travel).where(Plan.id == run.plan_id)).one_or_none()


def runs_between(first: date, last: date) -> Sequence[Run]:
    """The runs of these days with everything about their stops."""
    return db.session.scalars(
        select(Run)
        .join(Run.shift)
        .where(Shift.on_date >= first, Shift.on_date <= last)
        .options(*_whole_run())
        .order_by(Shift.on_date, Shift.van_id)
    ).all()


def closed_runs() -> Sequence[Run]:
    """All runs that have ended, the first one first."""
    return db.session.scalars(
        select(Run).where(Run.closed_at.is_not(None)).options(*_whole_run()).order_by(Run.closed_at)
    ).all()


def runs_on(day: date) -> Sequence[Run]:
    """The runs of one day."""
    return runs_between(day, day)


def runs_of_driver(account_id: int, from_date: date) -> Sequence[Run]:
    """What this driver drives from this day on."""
    return db.session.scalars(
        select(Run)
        .join(Run.shift)
        .where(Shift.driver_id == account_id, Shift.on_date >= from_date)
        .options(*_whole_run())
        .order_by(Shift.on_date, Shift.van_id)
    ).all()


def stop(stop_id: int) -> Stop:
    """The stop with this number, with everything about it."""
    found = db.session.scalars(
        select(Stop)
        .where(Stop.id == stop_id)
        .options(*_whole_stop(), *_on_its_way(), joinedload(Stop.run).joinedload(Run.shift))
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such stop."))
    return found


def _has_kit() -> ColumnElement[bool]:
    """Stops whose kit was not dissolved: nobody drives for the others any more."""
    return Stop.kit.has(Kit.dissolved_at.is_(None))


def open_stop_of(employee_id: int) -> Stop | None:
    """The person's stop that has not ended, newest first."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.employee_id == employee_id, Stop.state.in_(OPEN_STOPS), _has_kit())
        .options(*_on_its_way(), joinedload(Stop.slot), joinedload(Stop.run).joinedload(Run.shift))
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


def unplanned_stops(*, lock: bool = False) -> Sequence[Stop]:
    """Stops for the van that no run has taken yet, the oldest first.

    With ``lock`` no other plan takes them.
    """
    wanted = (
        select(Stop)
        .where(
            Stop.state == StopState.PROPOSED,
            Stop.run_id.is_(None),
            Stop.way == Way.VAN,
            _has_kit(),
        )
        .options(*_whole_stop())
        .order_by(Stop.id)
    )
    if lock:
        wanted = wanted.with_for_update(of=Stop).execution_options(populate_existing=True)
    return db.session.scalars(wanted).all()


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
        .where(Stop.state.in_(OPEN_STOPS), Stop.way == Way.VAN, _has_kit())
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
        select(Stop).where(Stop.id.in_(list(ids))).options(*_whole_stop()).order_by(Stop.id)
    ).all()


def kits_without_stop() -> Sequence[Kit]:
    """Packed kits for which no stop was ever made, or whose stops all failed; with their boxes."""
    served = select(Stop.kit_id).where(Stop.state != StopState.FAILED)
    unpacked = select(Box.kit_id).where(Box.state.in_([BoxState.OPEN, BoxState.RETURNED]))
    return db.session.scalars(
        select(Kit)
        .where(
            Kit.dissolved_at.is_(None),
            Kit.id.not_in(served),
            Kit.id.in_(select(Box.kit_id)),
            Kit.id.not_in(unpacked),
        )
        .options(joinedload(Kit.employee).joinedload(Employee.home), selectinload(Kit.boxes))
        .order_by(Kit.id)
    ).all()


def plan(plan_id: int, *, lock: bool = False) -> Plan:
    """The plan with this number, or :class:`~hoffice.errors.NotFound`.

    With ``lock`` it is kept from other writers until the transaction ends.
    """
    found = db.session.get(Plan, plan_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There is no such plan."))
    return found


def answered_plans(*, limit: int = 10) -> Sequence[Plan]:
    """The last plans that have an answer, newest first, without question and answer."""
    return db.session.scalars(
        select(Plan)
        .where(Plan.answer.is_not(None))
        .options(load_only(Plan.id, Plan.created_at, Plan.taken_at, Plan.mode))
        .order_by(Plan.id.desc())
        .limit(limit)
    ).all()


def newest_plans(*, limit: int = 10) -> Sequence[Plan]:
    """The last plans, newest first."""
    return db.session.scalars(select(Plan).order_by(Plan.id.desc()).limit(limit)).all()


def runs() -> Select[Run]:
    """All runs with shift, van and driver, for the list page."""
    return (
        select(Run)
        .join(Run.shift)
        .join(Shift.van)
        .outerjoin(Shift.driver)
        .options(
            contains_eager(Run.shift).contains_eager(Shift.van),
            contains_eager(Run.shift).contains_eager(Shift.driver),
            selectinload(Run.stops),
        )
    )


def search_runs(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Runs where each word names the van, the driver or somebody who is visited."""
    each = words.split() if isinstance(words, str) else words
    return and_(true(), *(_names_run(word) for word in each))


def _names_run(word: str) -> ColumnElement[bool]:
    to_person = (
        select(Stop.run_id)
        .join(Employee, Employee.id == Stop.employee_id)
        .where(
            Stop.run_id.is_not(None), Employee.search_text.contains(word.lower(), autoescape=True)
        )
    )
    return or_(
        Van.name.icontains(word, autoescape=True),
        Account.name.icontains(word, autoescape=True),
        Run.id.in_(to_person),
    )


def in_state(state: RunState) -> ColumnElement[bool]:
    """Runs that stand so."""
    return Run.state == state


def from_day(day: date) -> ColumnElement[bool]:
    """Runs on this day or later."""
    return Shift.on_date >= day


def locked_stop(stop_id: int) -> Stop:
    """The stop, kept from everybody else until this transaction ends, and read anew."""
    found = db.session.scalars(
        select(Stop)
        .where(Stop.id == stop_id)
        .options(*_whole_stop(), *_on_its_way())
        .with_for_update(of=Stop)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such stop."))
    return found


def open_questions_of(stop_id: int) -> tuple[Sequence[SlotOffer], SlotWish | None]:
    """The offered windows that nobody has answered, and the time that the person insists on."""
    offers = db.session.scalars(
        select(SlotOffer).where(SlotOffer.stop_id == stop_id, SlotOffer.answer.is_(None))
    ).all()
    wish = db.session.scalars(
        select(SlotWish).where(SlotWish.stop_id == stop_id, SlotWish.state == WishState.OPEN)
    ).one_or_none()
    return offers, wish


def counter(counter_id: int, *, lock: bool = False) -> Counter:
    """These hours at the counter; with ``lock`` nobody else books or changes them meanwhile."""
    found = db.session.get(Counter, counter_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There are no such hours at the counter."))
    return found


def counters(from_date: date, *, to_date: date | None = None) -> Sequence[Counter]:
    """The hours at the counter from this day on, in their order."""
    wanted = select(Counter).where(Counter.on_date >= from_date)
    if to_date is not None:
        wanted = wanted.where(Counter.on_date <= to_date)
    return db.session.scalars(wanted.order_by(Counter.on_date, Counter.start_min)).all()


def bookings_at(counter_ids: Iterable[int]) -> Sequence[Booking]:
    """Who comes in these hours, in the order of the quarters, with everything about the stops."""
    return db.session.scalars(
        select(Booking)
        .where(Booking.counter_id.in_(list(counter_ids)), Booking.withdrawn_at.is_(None))
        .options(joinedload(Booking.stop).options(*_whole_stop()))
        .order_by(Booking.start_min, Booking.seat)
    ).all()


def seats_taken(counter_ids: Iterable[int]) -> dict[tuple[int, int], set[int]]:
    """Which places are taken, by hours and beginning of the quarter; one statement."""
    rows = db.session.execute(
        select(Booking.counter_id, Booking.start_min, Booking.seat).where(
            Booking.counter_id.in_(list(counter_ids)), Booking.withdrawn_at.is_(None)
        )
    )
    taken: dict[tuple[int, int], set[int]] = {}
    for counter_id, start_min, seat in rows:
        taken.setdefault((counter_id, start_min), set()).add(seat)
    return taken


def withdrawn_bookings(counter_id: int) -> Sequence[Booking]:
    """Bookings of these hours that no longer hold."""
    return db.session.scalars(
        select(Booking).where(Booking.counter_id == counter_id, Booking.withdrawn_at.is_not(None))
    ).all()


def waiting_on(way: Way) -> Sequence[Stop]:
    """Stops that go this way and for which nothing is agreed yet, the oldest first."""
    return db.session.scalars(
        select(Stop)
        .where(Stop.way == way, Stop.state == StopState.PROPOSED, _has_kit())
        .options(*_whole_stop())
        .order_by(Stop.id)
    ).all()


def bookings() -> Select[Booking]:
    """All bookings that hold, past and ahead, for the list page."""
    return (
        select(Booking)
        .join(Booking.counter)
        .join(Booking.stop)
        .join(Stop.employee)
        .where(Booking.withdrawn_at.is_(None))
        .options(
            contains_eager(Booking.counter),
            contains_eager(Booking.stop).options(
                contains_eager(Stop.employee), joinedload(Stop.kit).selectinload(Kit.boxes)
            ),
        )
    )


def parcels() -> Select[Stop]:
    """All stops that go by parcel, posted or not, for the list page."""
    return (
        select(Stop)
        .join(Stop.employee)
        .outerjoin(Parcel, Parcel.stop_id == Stop.id)
        .where(Stop.way == Way.PARCEL, Stop.kit.has(Kit.dissolved_at.is_(None)))
        .options(
            contains_eager(Stop.employee),
            contains_eager(Stop.parcel),
            joinedload(Stop.home),
            joinedload(Stop.kit).selectinload(Kit.boxes),
        )
    )


def search_parcels(words: Sequence[str]) -> ColumnElement[bool]:
    """Parcels where each word names the person, the carrier, or is part of the number."""
    return and_(
        true(),
        *(
            or_(
                Employee.search_text.contains(word.lower(), autoescape=True),
                Parcel.number.icontains(word, autoescape=True),
                Parcel.carrier.icontains(word, autoescape=True),
            )
            for word in words
        ),
    )


def open_ways() -> Select[Stop]:
    """Every stop that has not ended, with its person and its way, for the list page."""
    return (
        select(Stop)
        .join(Stop.employee)
        .where(Stop.state.in_(OPEN_STOPS), _has_kit())
        .options(
            contains_eager(Stop.employee),
            *_on_its_way(),
            joinedload(Stop.slot),
            joinedload(Stop.home),
            joinedload(Stop.run).joinedload(Run.shift),
        )
    )
