"""Reading what was offered to whom, what became of it, and which times people insist on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Kit
from hoffice.notices.models import Notice
from hoffice.people.models import Employee
from hoffice.runs.models import Run, Shift, Slot, SlotOffer, SlotWish, Stop
from hoffice.runs.rules import (
    RUN_OPEN_TO_PLANNING,
    OfferAnswer,
    OfferKind,
    StopState,
    Way,
    WishState,
)

SAME_DEED = timedelta(seconds=10)
"""A promise that ends and one that begins within this time are one window that was moved."""


def offers_to(stop_id: int) -> Sequence[SlotOffer]:
    """Every window that this stop's person was offered, the newest first."""
    return db.session.scalars(
        select(SlotOffer)
        .where(SlotOffer.stop_id == stop_id)
        .options(joinedload(SlotOffer.shift).joinedload(Shift.van))
        .order_by(SlotOffer.offered_at.desc(), SlotOffer.id)
    ).all()


def offered_together(stop_id: int, offered_at: datetime) -> Sequence[SlotOffer]:
    """One set of windows to choose from, once an answer was written down."""
    return db.session.scalars(
        select(SlotOffer)
        .where(
            SlotOffer.stop_id == stop_id,
            SlotOffer.kind == OfferKind.CHOICE,
            SlotOffer.offered_at == offered_at,
        )
        .order_by(SlotOffer.id)
    ).all()


def refused_since(stop_id: int, since: datetime | None) -> Sequence[SlotOffer]:
    """The windows that the person has said no to, all sets of them, the oldest first."""
    wanted = select(SlotOffer).where(
        SlotOffer.stop_id == stop_id,
        SlotOffer.kind == OfferKind.CHOICE,
        SlotOffer.answer == OfferAnswer.REFUSED,
    )
    if since is not None:
        wanted = wanted.where(SlotOffer.offered_at >= since)
    return db.session.scalars(
        wanted.options(joinedload(SlotOffer.shift)).order_by(SlotOffer.id)
    ).all()


def withdrawn_since(stop_id: int, since: datetime) -> Sequence[Slot]:
    """The promises to this stop's person that no longer hold."""
    return db.session.scalars(
        select(Slot)
        .where(Slot.stop_id == stop_id, Slot.withdrawn_at >= since)
        .options(joinedload(Slot.shift))
    ).all()


def open_move(stop_id: int) -> SlotOffer | None:
    """The question whether a promised window may be moved, as long as it is open."""
    return db.session.scalars(
        select(SlotOffer)
        .where(
            SlotOffer.stop_id == stop_id,
            SlotOffer.kind == OfferKind.MOVE,
            SlotOffer.answer.is_(None),
        )
        .options(joinedload(SlotOffer.shift).joinedload(Shift.van))
        .order_by(SlotOffer.id.desc())
        .limit(1)
    ).one_or_none()


def open_moves_of(stop_ids: Iterable[int]) -> dict[int, SlotOffer]:
    """The open questions whether a promised window may be moved, by stop."""
    rows = db.session.scalars(
        select(SlotOffer)
        .where(
            SlotOffer.stop_id.in_(list(stop_ids)),
            SlotOffer.kind == OfferKind.MOVE,
            SlotOffer.answer.is_(None),
        )
        .options(joinedload(SlotOffer.shift))
        .order_by(SlotOffer.id)
    )
    return {row.stop_id: row for row in rows}


def open_moves_to(shift_id: int) -> Sequence[SlotOffer]:
    """The open questions whether a promised window may be moved to this shift."""
    return db.session.scalars(
        select(SlotOffer).where(
            SlotOffer.shift_id == shift_id,
            SlotOffer.kind == OfferKind.MOVE,
            SlotOffer.answer.is_(None),
        )
    ).all()


def agreed_slot(stop_id: int) -> Slot:
    """The window that the person of a promised stop agreed to, or was first given.

    The present one may have been moved since without asking, once or several times.
    """
    agreed, *older = db.session.scalars(
        select(Slot)
        .where(Slot.stop_id == stop_id)
        .options(joinedload(Slot.shift))
        .order_by(Slot.withdrawn_at.is_(None).desc(), Slot.id.desc())
    ).all()
    consent = _last_consent(stop_id)
    for one in older:
        is_moved = (
            one.withdrawn_at is not None and agreed.promised_at - one.withdrawn_at < SAME_DEED
        )
        if not is_moved or (consent is not None and one.promised_at < consent - SAME_DEED):
            break
        agreed = one
    return agreed


def _last_consent(stop_id: int) -> datetime | None:
    """When the person last took a window, or was granted her own."""
    said = [
        db.session.scalar(
            select(func.max(SlotOffer.answered_at)).where(
                SlotOffer.stop_id == stop_id, SlotOffer.answer == OfferAnswer.TAKEN
            )
        ),
        db.session.scalar(
            select(func.max(SlotWish.ended_at)).where(
                SlotWish.stop_id == stop_id, SlotWish.state == WishState.GRANTED
            )
        ),
    ]
    return max((moment for moment in said if moment is not None), default=None)


def moves_of(stop_ids: Iterable[int]) -> dict[int, SlotOffer]:
    """The last question about moving a promised window, open or answered, for each stop."""
    rows = db.session.scalars(
        select(SlotOffer)
        .where(SlotOffer.stop_id.in_(list(stop_ids)), SlotOffer.kind == OfferKind.MOVE)
        .order_by(SlotOffer.id)
    )
    return {row.stop_id: row for row in rows}


def taken_count() -> int:
    """How often somebody has taken an offered window."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(SlotOffer)
            .where(SlotOffer.answer == OfferAnswer.TAKEN, SlotOffer.kind == OfferKind.CHOICE)
        )
        or 0
    )


def wish(wish_id: int, *, lock: bool = False) -> SlotWish:
    """The wish with this number; with ``lock`` nobody else answers it before this transaction."""
    found = db.session.get(SlotWish, wish_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There is no such wish."))
    return found


def open_wish(stop_id: int) -> SlotWish | None:
    """The time that the person insists on, as long as nobody has decided."""
    return db.session.scalars(
        select(SlotWish).where(SlotWish.stop_id == stop_id, SlotWish.state == WishState.OPEN)
    ).one_or_none()


def open_wishes(stop_ids: Iterable[int] | None = None) -> Sequence[SlotWish]:
    """The wishes that wait for a decision, the oldest first."""
    wanted = select(SlotWish).where(SlotWish.state == WishState.OPEN)
    if stop_ids is not None:
        wanted = wanted.where(SlotWish.stop_id.in_(list(stop_ids)))
    return db.session.scalars(
        wanted.options(
            joinedload(SlotWish.stop).options(joinedload(Stop.employee), joinedload(Stop.home))
        ).order_by(SlotWish.said_at, SlotWish.id)
    ).all()


def _is_undecided() -> ColumnElement[bool]:
    """Stops for the van that have a kit and no promise, and are still at the depot."""
    return and_(
        Stop.way == Way.VAN,
        Stop.state == StopState.PROPOSED,
        Stop.kit.has(Kit.dissolved_at.is_(None)),
    )


def to_invite(run_ids: Iterable[int] | None = None) -> Sequence[int]:
    """Stops of planned runs whose people were promised nothing and not asked yet."""
    wanted = (
        select(Stop.id)
        .join(Stop.run)
        .where(_is_undecided(), Stop.invited_at.is_(None), Run.state.in_(RUN_OPEN_TO_PLANNING))
    )
    if run_ids is not None:
        wanted = wanted.where(Stop.run_id.in_(list(run_ids)))
    return db.session.scalars(wanted.order_by(Stop.id)).all()


def is_mailed_since(employee_id: int, template: str, since: datetime) -> bool:
    """Whether the person was written to about this since then."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Notice.employee_id == employee_id,
                    Notice.template == template,
                    Notice.created_at >= since,
                )
            )
        )
    )


def campaign() -> Select[Stop]:
    """Everybody whom a van is to visit: planned, invited or promised; for the list page."""
    return (
        select(Stop)
        .join(Stop.employee)
        .outerjoin(Stop.run)
        .outerjoin(Run.shift)
        .where(
            Stop.way == Way.VAN,
            Stop.state.in_([StopState.PROPOSED, StopState.PROMISED]),
            Stop.kit.has(Kit.dissolved_at.is_(None)),
            or_(Stop.run_id.is_not(None), Stop.invited_at.is_not(None)),
        )
        .options(
            contains_eager(Stop.employee),
            contains_eager(Stop.run).contains_eager(Run.shift).joinedload(Shift.van),
            joinedload(Stop.home),
            joinedload(Stop.slot).joinedload(Slot.shift),
        )
    )


def search_campaign(words: Sequence[str]) -> ColumnElement[bool]:
    """Stops whose person each of these words names."""
    return and_(
        true(),
        *(Employee.search_text.contains(word.lower(), autoescape=True) for word in words),
    )


def _has_open_wish() -> ColumnElement[bool]:
    return exists().where(SlotWish.stop_id == Stop.id, SlotWish.state == WishState.OPEN)


def _has_refused() -> ColumnElement[bool]:
    return exists().where(
        SlotOffer.stop_id == Stop.id,
        SlotOffer.answer == OfferAnswer.REFUSED,
        SlotOffer.offered_at >= Stop.invited_at,
    )


def _has_open_move() -> ColumnElement[bool]:
    return exists().where(
        SlotOffer.stop_id == Stop.id,
        SlotOffer.kind == OfferKind.MOVE,
        SlotOffer.answer.is_(None),
    )


def standing(state: str) -> ColumnElement[bool] | None:
    """Stops of the campaign that stand so: the filters of the list, by their name."""
    promised = Stop.state == StopState.PROMISED
    waits = and_(~promised, Stop.invited_at.is_not(None), ~_has_open_wish())
    return {
        "fresh": and_(~promised, Stop.invited_at.is_(None), ~_has_open_wish()),
        "silent": and_(waits, ~_has_refused()),
        "refused": and_(waits, _has_refused()),
        "wish": _has_open_wish(),
        "move": _has_open_move(),
        "chosen": promised,
        "call": and_(waits, Employee.email == ""),
    }.get(state)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the campaign stands, in figures."""

    fresh: int
    silent: int
    refused: int
    wish: int
    move: int
    chosen: int
    call: int


def campaign_counts() -> Standing:
    """How many people stand how; one statement."""
    names = ("fresh", "silent", "refused", "wish", "move", "chosen", "call")
    inner = campaign().with_only_columns(
        *(func.count().filter(clause) for name in names if (clause := standing(name)) is not None)
    )
    row = db.session.execute(inner.order_by(None)).one()
    return Standing(**dict(zip(names, row, strict=True)))


def refused_rounds(stop_ids: Iterable[int]) -> dict[int, int]:
    """How many sets of windows each of these people has refused since the invitation."""
    rows = db.session.execute(
        select(SlotOffer.stop_id, func.count(SlotOffer.offered_at.distinct()))
        .join(SlotOffer.stop)
        .where(
            SlotOffer.stop_id.in_(list(stop_ids)),
            SlotOffer.answer == OfferAnswer.REFUSED,
            SlotOffer.kind == OfferKind.CHOICE,
            SlotOffer.offered_at >= Stop.invited_at,
        )
        .group_by(SlotOffer.stop_id)
    )
    return {row[0]: row[1] for row in rows}


def offer(offer_id: int) -> SlotOffer:
    """The offered window with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(SlotOffer, offer_id)
    if found is None:
        raise NotFound(N_("There is no such question."))
    return found
