"""The legs that are kept, and those that our own vans have driven."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, func, select

from hoffice.db import db
from hoffice.places.models import DrivenLeg, TravelLeg


def known_legs(
    connection: Connection, engine: str, starts: Sequence[str], ends: Sequence[str]
) -> Sequence[Row[str, str, float, float]]:
    """The legs from these places to those that an engine has worked out: start, end, minutes, km.

    Asked on a connection of one's own, so that no transaction of the caller is begun or prolonged.
    """
    return connection.execute(
        select(TravelLeg.start, TravelLeg.end, TravelLeg.minutes, TravelLeg.km).where(
            TravelLeg.engine == engine, TravelLeg.start.in_(starts), TravelLeg.end.in_(ends)
        )
    ).all()


def legs_by_engine() -> Sequence[Row[str, int]]:
    """How many legs are kept of each engine."""
    return db.session.execute(
        select(TravelLeg.engine, func.count()).group_by(TravelLeg.engine).order_by(TravelLeg.engine)
    ).all()


def driven_ratios(connection: Connection, most: int) -> Sequence[float]:
    """Driven minutes over the model's, of the latest legs of our own vans."""
    return connection.scalars(
        select(DrivenLeg.driven_min / DrivenLeg.model_min)
        .order_by(DrivenLeg.driven_at.desc(), DrivenLeg.id.desc())
        .limit(most)
    ).all()


def taught(references: Sequence[str]) -> set[str]:
    """Those of these legs that have taught already."""
    return set(
        db.session.scalars(select(DrivenLeg.reference).where(DrivenLeg.reference.in_(references)))
    )
