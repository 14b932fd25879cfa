"""The legs that are kept, and those that our own vans have driven."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Row, func, select

from hoffice.db import db
from hoffice.places.models import DrivenLeg, KeptLegs

IN_ONE_GO: Final = 5000
"""So many references stand in one statement; PostgreSQL ends at 65,535."""


def kept_legs(
    connection: Connection, engine: str, starts: Sequence[int], *, lock: bool = False
) -> Sequence[Row[int, str]]:
    """The packed legs that are kept of an engine, by place of departure.

    Asked on a connection of one's own, so that no transaction of the caller is begun or prolonged.
    """
    wanted = select(KeptLegs.start, KeptLegs.legs).where(
        KeptLegs.engine == engine, KeptLegs.start.in_(starts)
    )
    if lock:  # in one order for all, so that two writers never wait for each other
        wanted = wanted.order_by(KeptLegs.start).with_for_update()
    return connection.execute(wanted).all()


def places_by_engine() -> Sequence[Row[str, int]]:
    """From how many places legs are kept, of each engine."""
    return db.session.execute(
        select(KeptLegs.engine, func.count()).group_by(KeptLegs.engine).order_by(KeptLegs.engine)
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
    found: set[str] = set()
    for start in range(0, len(references), IN_ONE_GO):
        some = references[start : start + IN_ONE_GO]
        same = DrivenLeg.reference.in_(some)
        found.update(db.session.scalars(select(DrivenLeg.reference).where(same)))
    return found
