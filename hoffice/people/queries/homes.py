"""Where people live, how well that is known, and when they are at home."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import String, and_, cast, func, select

from hoffice.db import db
from hoffice.people.models import AtHome, Home
from hoffice.people.queries.portions import portions
from hoffice.people.rules import LISTED
from hoffice.places.rules import Precision
from hoffice.units import Point

IS_ASKING: Final = func.length(cast(Home.candidates, String)) > len("[]")
"""Homes with candidates; the empty list is the shortest that is ever stored."""


def homes_of(employee_ids: Iterable[int]) -> dict[int, Home]:
    """Where these people live now; who has no address is not among them."""
    return {
        home.employee_id: home
        for ids in portions(employee_ids)
        for home in db.session.scalars(
            select(Home).where(Home.employee_id.in_(ids), Home.valid_to.is_(None))
        )
    }


def home_of(employee_id: int) -> Home | None:
    """Where this person lives now."""
    return homes_of([employee_id]).get(employee_id)


def former_homes(employee_id: int) -> Sequence[Home]:
    """Where this person lived before, the last one first."""
    return db.session.scalars(
        select(Home)
        .where(Home.employee_id == employee_id, Home.valid_to.is_not(None))
        .order_by(Home.id.desc())
    ).all()


_MOVABLE: Final = and_(
    Home.valid_to.is_(None),
    Home.precision != Precision.PINNED,
    Home.provider != LISTED,
)
"""Present homes whose point may become better: neither set by hand nor from the list."""


def movable_homes() -> Sequence[int]:
    """The present homes whose point may become better, by their numbers."""
    return db.session.scalars(select(Home.id).where(_MOVABLE).order_by(Home.id)).all()


def movable_among(home_ids: Sequence[int]) -> Sequence[Home]:
    """Those of these homes whose point may still become better, in the order of their numbers."""
    wanted = select(Home).where(Home.id.in_(home_ids), _MOVABLE)
    return db.session.scalars(wanted.order_by(Home.id)).all()


def homes_by_precision() -> dict[Precision, int]:
    """How many present homes are known how well; every word is there, also with none."""
    rows = db.session.execute(
        select(Home.precision, func.count()).where(Home.valid_to.is_(None)).group_by(Home.precision)
    )
    found = {precision: count for precision, count in rows}  # noqa: C416  # rows are no pairs to mypy
    return {precision: found.get(precision, 0) for precision in Precision}


def middle_of_homes() -> Point | None:
    """The middle of all present homes with a point on the map; None without any."""
    lat, lon = db.session.execute(
        select(func.avg(Home.lat), func.avg(Home.lon)).where(
            Home.valid_to.is_(None), Home.lat.is_not(None)
        )
    ).one()
    return None if lat is None else Point(float(lat), float(lon))


def open_questions() -> int:
    """About how many present homes a human has to say which address is meant."""
    return db.session.scalar(select(func.count()).where(Home.valid_to.is_(None), IS_ASKING)) or 0


def at_home(employee_id: int, from_date: date) -> Sequence[AtHome]:
    """When the person says to be at home, from this day on."""
    return at_home_of([employee_id], from_date).get(employee_id, [])


def at_home_of(employee_ids: Iterable[int], from_date: date) -> dict[int, list[AtHome]]:
    """When these people say to be at home, from this day on, in order of time."""
    spans: dict[int, list[AtHome]] = defaultdict(list)
    for ids in portions(employee_ids):
        for span in db.session.scalars(
            select(AtHome)
            .where(AtHome.employee_id.in_(ids), AtHome.on_date >= from_date)
            .order_by(AtHome.employee_id, AtHome.on_date, AtHome.start_min)
        ):
            spans[span.employee_id].append(span)
    return dict(spans)
