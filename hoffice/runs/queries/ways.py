"""Reading what goes home without a van: the counter at the office, and parcels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Kit
from hoffice.people.models import Employee
from hoffice.runs.models import (
    Booking,
    Counter,
    Parcel,
    Run,
    Stop,
)
from hoffice.runs.queries.stops import OPEN_STOPS, has_kit, on_its_way, whole_stop
from hoffice.runs.rules import StopState, Way


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
        .options(joinedload(Booking.stop).options(*whole_stop()))
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
        .where(Stop.way == way, Stop.state == StopState.PROPOSED, has_kit())
        .options(*whole_stop())
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
        .where(Stop.state.in_(OPEN_STOPS), has_kit())
        .options(
            contains_eager(Stop.employee),
            *on_its_way(),
            joinedload(Stop.slot),
            joinedload(Stop.home),
            joinedload(Stop.run).joinedload(Run.shift),
        )
    )
