"""What the address register knows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from hoffice.db import db
from hoffice.places.models import RegisterEdition, RegisterHouse, RegisterSource, RegisterStreet
from hoffice.places.rules import metres_between
from hoffice.units import Point

METRES_PER_DEGREE: Final = 111_195.0
"""Of latitude, on the sphere that distances are measured on."""


def sources() -> Sequence[RegisterSource]:
    """Every source that was imported, the one whose points are believed first."""
    return db.session.scalars(
        select(RegisterSource)
        .join(RegisterEdition, RegisterEdition.source_id == RegisterSource.id)
        .where(RegisterEdition.is_current)
        .order_by(RegisterSource.rank, RegisterSource.name)
    ).all()


def source_named(name: str) -> RegisterSource | None:
    """The source with this name."""
    return db.session.scalar(select(RegisterSource).where(RegisterSource.name == name))


def current_edition(source_id: int) -> RegisterEdition | None:
    """The import of a source that counts."""
    return db.session.scalar(
        select(RegisterEdition).where(
            RegisterEdition.source_id == source_id, RegisterEdition.is_current
        )
    )


@dataclass(frozen=True, slots=True)
class NearHouse:
    """A house of the register with its point."""

    street: str
    number: str
    postcode: str
    district: str
    lat: float
    lon: float

    @property
    def point(self) -> Point:
        """Where it stands."""
        return Point(self.lat, self.lon)


def houses_near(lat: float, lon: float, radius_m: int, limit: int) -> Sequence[NearHouse]:
    """The houses with a point within so many metres, the nearest first, each house once.

    Where several sources know a house, the one that is believed first gives the point. There is no
    index on positions: the whole register is looked through, which takes a tenth of a second and
    happens only while somebody moves a pin.
    """
    north = radius_m / METRES_PER_DEGREE
    east = north / max(0.1, math.cos(math.radians(lat)))
    house, street = RegisterHouse, RegisterStreet
    found = db.session.execute(
        select(house.street_id, house.number, house.lat_e6, house.lon_e6, street)
        .join(street, street.id == house.street_id)
        .join(RegisterEdition, RegisterEdition.id == house.edition_id)
        .join(RegisterSource, RegisterSource.id == RegisterEdition.source_id)
        .where(
            RegisterEdition.is_current,
            house.lat_e6.between(round((lat - north) * 1e6), round((lat + north) * 1e6)),
            house.lon_e6.between(round((lon - east) * 1e6), round((lon + east) * 1e6)),
        )
        .order_by(RegisterSource.rank, RegisterSource.id)
    )
    houses: dict[tuple[int, str], NearHouse] = {}
    for street_id, number, lat_e6, lon_e6, its in found:
        if lat_e6 is not None and lon_e6 is not None:
            houses.setdefault(
                (street_id, number),
                NearHouse(its.name, number, its.postcode, its.district, lat_e6 / 1e6, lon_e6 / 1e6),
            )
    here = Point(lat, lon)
    far = sorted(
        (metres_between(here, one.point), index, one) for index, one in enumerate(houses.values())
    )
    return [one for metres, _index, one in far if metres <= radius_m][:limit]
