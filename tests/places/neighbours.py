"""Houses of a register with their points, as an import would leave them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from hoffice.db import db
from hoffice.places.models import RegisterEdition, RegisterHouse, RegisterSource, RegisterStreet
from tests import makers


def neighbours(
    houses: Mapping[str, tuple[float, float] | None],
    *,
    street: str,
    source: str = "berlin",
    rank: int = 1,
    is_current: bool = True,
    postcode: str = "12045",
) -> None:
    """Store these house numbers of a street with their points."""
    origin = db.session.scalar(select(RegisterSource).where(RegisterSource.name == source))
    if origin is None:
        origin = RegisterSource(name=source, kind="csv", rank=rank)
        db.session.add(origin)
        db.session.flush()
    edition = db.session.scalar(
        select(RegisterEdition).where(
            RegisterEdition.source == origin, RegisterEdition.is_current == is_current
        )
    ) or RegisterEdition(
        source=origin,
        is_current=is_current,
        file_names="x.csv",
        began_at=makers.MONDAY,
        made_by="system",
    )
    its = db.session.scalar(
        select(RegisterStreet).where(RegisterStreet.key == street.lower())
    ) or RegisterStreet(
        key=street.lower(),
        name=street,
        postcode=postcode,
        city="Berlin",
        city_key="berlin",
        district="Neukölln",
    )
    db.session.add_all([origin, edition, its])
    db.session.flush()
    for number, point in houses.items():
        db.session.add(
            RegisterHouse(
                street_id=its.id,
                number=number,
                edition_id=edition.id,
                lat_e6=None if point is None else round(point[0] * 1e6),
                lon_e6=None if point is None else round(point[1] * 1e6),
            )
        )
    db.session.flush()
