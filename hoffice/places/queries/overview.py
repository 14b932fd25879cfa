"""What the register's page shows: where addresses come from, and other names of streets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.places.models import (
    RegisterEdition,
    RegisterHouse,
    RegisterSource,
    RegisterStreet,
    StreetAlias,
)


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source of addresses, and its import that counts."""

    source: RegisterSource
    edition: RegisterEdition | None


def source_states() -> list[SourceState]:
    """Every source with its import that counts, the one believed first on top; one statement.

    A source of which no import counts, as one was killed or is under way, is shown only where
    there is no other.
    """
    rows = db.session.execute(
        select(RegisterSource, RegisterEdition)
        .outerjoin(
            RegisterEdition,
            and_(RegisterEdition.source_id == RegisterSource.id, RegisterEdition.is_current),
        )
        .order_by(RegisterSource.rank, RegisterSource.name)
    )
    states = [SourceState(source, edition) for source, edition in rows]
    return [state for state in states if state.edition is not None] or states


def is_empty() -> bool:
    """Whether no import of any source counts."""
    return not db.session.scalar(select(exists().where(RegisterEdition.is_current)))


def has_street(*keys: str) -> bool:
    """Whether a street of one of these normalised names has a house that counts."""
    house, street = RegisterHouse, RegisterStreet
    seen = (
        select(street.id)
        .join(house, house.street_id == street.id)
        .join(RegisterEdition, RegisterEdition.id == house.edition_id)
        .where(street.key.in_(keys), RegisterEdition.is_current)
    )
    return bool(db.session.scalar(select(seen.exists())))


def aliases() -> Sequence[StreetAlias]:
    """Every name of a street that was entered by hand, by the old name."""
    return db.session.scalars(select(StreetAlias).order_by(func.lower(StreetAlias.old_name))).all()


def alias(alias_id: int) -> StreetAlias:
    """The other name of a street with this number."""
    found = db.session.get(StreetAlias, alias_id)
    if found is None:
        raise NotFound(N_("There is no such name of a street."))
    return found
