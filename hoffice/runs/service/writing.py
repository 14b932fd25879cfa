"""Asking the database's constraints, which are the last word when two people are at it."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from hoffice.db import db
from hoffice.errors import Refused


def flush_or(reason: str, **facts: object) -> None:
    """Write what is pending now; ``Refused`` with this reason when a constraint says no."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Refused(reason, **facts) from None
