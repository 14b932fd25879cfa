"""Reading plans, promises and the count of their changes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.runs.models import (
    Plan,
    Slot,
    SlotOffer,
    SlotWish,
    Timetable,
)
from hoffice.runs.rules import WishState


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


def open_questions_of(stop_id: int) -> tuple[Sequence[SlotOffer], SlotWish | None]:
    """The offered windows that nobody has answered, and the time that the person insists on."""
    offers = db.session.scalars(
        select(SlotOffer).where(SlotOffer.stop_id == stop_id, SlotOffer.answer.is_(None))
    ).all()
    wish = db.session.scalars(
        select(SlotWish).where(SlotWish.stop_id == stop_id, SlotWish.state == WishState.OPEN)
    ).one_or_none()
    return offers, wish
