"""Reading how much room people have to choose: who is still to, and who was shown too little."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from hoffice.db import db
from hoffice.kits.models import Kit
from hoffice.runs.models import Run, Shift, SlotOffer, Stop
from hoffice.runs.rules import RUN_OPEN_TO_PLANNING, OfferKind, StopState, Way


def undecided() -> int:
    """How many people are planned or asked, and have no window yet."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Stop)
            .outerjoin(Stop.run)
            .where(
                Stop.way == Way.VAN,
                Stop.state == StopState.PROPOSED,
                Stop.kit.has(Kit.dissolved_at.is_(None)),
                or_(
                    Run.state.in_(RUN_OPEN_TO_PLANNING),
                    Stop.run_id.is_(None) & Stop.invited_at.is_not(None),
                ),
            )
        )
        or 0
    )


def last_booked() -> datetime | None:
    """When a van-day was booked last so that people can choose."""
    return db.session.scalar(select(func.max(Shift.booked_at)))


def shown_too_little(count: int, since: datetime | None) -> Sequence[int]:
    """Stops whose people answered fewer windows than so many, or windows of one date only.

    Sets of the present round count, from ``since`` on; in runs that are fixed nothing else could
    be shown.
    """
    answered = (
        select(SlotOffer.stop_id)
        .join(SlotOffer.stop)
        .join(SlotOffer.shift)
        .outerjoin(Stop.run)
        .where(
            SlotOffer.kind == OfferKind.CHOICE,
            SlotOffer.offered_at >= Stop.invited_at,
            Stop.state.in_([StopState.PROPOSED, StopState.PROMISED]),
            Run.fixed_at.is_(None),
        )
        .group_by(SlotOffer.stop_id, SlotOffer.offered_at)
        .having(or_(func.count() < count, func.count(Shift.on_date.distinct()) == 1))
    )
    if since is not None:
        answered = answered.where(SlotOffer.offered_at >= since)
    return sorted(set(db.session.scalars(answered)))
