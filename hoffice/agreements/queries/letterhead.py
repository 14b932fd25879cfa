"""Reading how the firm's papers look."""

from __future__ import annotations

from sqlalchemy import select

from hoffice.agreements.models import Letterhead
from hoffice.db import db


def current() -> Letterhead | None:
    """The newest letterhead; None while nobody has made one."""
    return db.session.scalars(select(Letterhead).order_by(Letterhead.id.desc()).limit(1)).first()
