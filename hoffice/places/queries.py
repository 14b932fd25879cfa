"""What the address register knows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hoffice.db import db
from hoffice.places.models import RegisterSource


def sources() -> Sequence[RegisterSource]:
    """Every source of addresses, the one whose points are believed first."""
    return db.session.scalars(
        select(RegisterSource).order_by(RegisterSource.rank, RegisterSource.name)
    ).all()
