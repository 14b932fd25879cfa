"""Reading what the planner's board shows: the shifts of some days with their runs and stops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hoffice.db import db
from hoffice.kits.models import Kit
from hoffice.runs.models import Run, Shift, Slot, Stop
from hoffice.runs.queries.stops import waits_for_van, whole_stop


def _spot() -> tuple[_AbstractLoad, ...]:
    """Load options: what the map shows of a stop."""
    return joinedload(Stop.employee), joinedload(Stop.home)


def _card() -> tuple[_AbstractLoad, ...]:
    """Load options: what stands on a card; the items are left in the boxes."""
    return (
        *_spot(),
        joinedload(Stop.slot).joinedload(Slot.shift),
        joinedload(Stop.kit).selectinload(Kit.boxes),
    )


def days_with_shifts(first: date, *, limit: int, is_back: bool = False) -> list[date]:
    """The next days from this one on that have shifts, or those just before it; in their order."""
    bound = Shift.on_date < first if is_back else Shift.on_date >= first
    order = Shift.on_date.desc() if is_back else Shift.on_date
    found = db.session.scalars(
        select(Shift.on_date).where(bound).distinct().order_by(order).limit(limit)
    ).all()
    return sorted(found)


def board_shifts(first: date, last: date, *, with_cards: bool = True) -> Sequence[Shift]:
    """The shifts of these days with van, driver, run and stops.

    ``with_cards`` brings everything that stands on the cards of the stops, else only what the map
    shows of them.
    """
    return db.session.scalars(
        select(Shift)
        .where(Shift.on_date >= first, Shift.on_date <= last)
        .options(
            joinedload(Shift.van),
            joinedload(Shift.driver),
            joinedload(Shift.run)
            .selectinload(Run.stops)
            .options(*(_card() if with_cards else _spot())),
        )
        .order_by(Shift.on_date, Shift.van_id)
    ).all()


def board_waiting() -> Sequence[Stop]:
    """Stops for the van that no run has taken, with what stands on their cards."""
    return db.session.scalars(
        select(Stop).where(waits_for_van()).options(*_card()).order_by(Stop.id)
    ).all()


def arranged_shifts(ids: Iterable[int]) -> Sequence[Shift]:
    """These shifts with their vans, and their runs with everything about each stop."""
    return db.session.scalars(
        select(Shift)
        .where(Shift.id.in_(list(ids)))
        .options(
            joinedload(Shift.van),
            joinedload(Shift.run).selectinload(Run.stops).options(*whole_stop()),
        )
        .order_by(Shift.on_date, Shift.van_id)
    ).all()
