"""Reading the depot, the vans and their shifts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.runs.models import (
    Depot,
    Run,
    Shift,
    Van,
)


def depot() -> Depot | None:
    """Where runs begin, when somebody has said so."""
    return db.session.scalars(select(Depot).order_by(Depot.id).limit(1)).one_or_none()


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


def numbers_on_their_days(shift_ids: Iterable[int]) -> dict[int, int]:
    """Which shift of its day each of these is, from 1: that gives its run colour and shape."""
    wanted = list(shift_ids)
    days = select(Shift.on_date).where(Shift.id.in_(wanted))
    rows = db.session.execute(
        select(Shift.id, func.row_number().over(partition_by=Shift.on_date, order_by=Shift.van_id))
        .where(Shift.on_date.in_(days))
        .order_by(Shift.id)
    )
    numbers = {row[0]: row[1] for row in rows}
    return {shift_id: numbers[shift_id] for shift_id in wanted}


def shifts_of_drivers(driver_ids: Iterable[int], from_date: date, to_date: date) -> Sequence[Shift]:
    """The shifts of these drivers on these days that are driven, with their vans."""
    return db.session.scalars(
        select(Shift)
        .where(
            Shift.driver_id.in_(list(driver_ids)),
            Shift.on_date >= from_date,
            Shift.on_date <= to_date,
            Shift.off_at.is_(None),
        )
        .options(joinedload(Shift.van), joinedload(Shift.driver))
        .order_by(Shift.driver_id, Shift.on_date, Shift.start_min, Shift.id)
    ).all()


def shifts_by_id(ids: Iterable[int]) -> Sequence[Shift]:
    """These shifts with van and run, in the order of their days."""
    return db.session.scalars(
        select(Shift)
        .where(Shift.id.in_(list(ids)))
        .options(joinedload(Shift.van), joinedload(Shift.run))
        .order_by(Shift.on_date, Shift.van_id)
    ).all()
