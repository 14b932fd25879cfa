"""Reading the catalogue: kit types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Kit,
    KitType,
    Location,
)
from hoffice.kits.queries.kits import several


def kit_types(*, also_retired: bool = False) -> Sequence[KitType]:
    """The catalogue, by name."""
    wanted = (
        select(KitType)
        .where(KitType.superseded_at.is_(None))
        .options(selectinload(KitType.lines))
        .order_by(KitType.name)
    )
    if not also_retired:
        wanted = wanted.where(KitType.retired_at.is_(None))
    return db.session.scalars(wanted).all()


def catalogue() -> Select[KitType]:
    """All kit types, retired ones too, for the list page."""
    return select(KitType).options(selectinload(KitType.lines))


def search_types(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Kit types whose name contains each of the words."""
    return and_(*(KitType.name.icontains(word, autoescape=True) for word in several(words)))


def kit_type(kit_type_id: int) -> KitType:
    """The kit type with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(KitType, kit_type_id)
    if found is None:
        raise NotFound(N_("There is no such kit type."))
    return found


def kits_per_type() -> dict[int, int]:
    """How many present kits there are of each type."""
    rows = db.session.execute(
        select(Kit.kit_type_id, func.count())
        .where(Kit.dissolved_at.is_(None))
        .group_by(Kit.kit_type_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def location_names(location_ids: Iterable[int]) -> dict[int, str]:
    """The names of these locations, in one statement."""
    rows = db.session.execute(
        select(Location.id, Location.name).where(Location.id.in_(set(location_ids)))
    ).all()
    return {row[0]: row[1] for row in rows}
