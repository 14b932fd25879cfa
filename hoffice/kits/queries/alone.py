"""What has no row yet that could be locked: only one at a time looks for it and then writes it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from hoffice.db import db

LOCK: Final = 0x6B697473
"""The first of the two numbers under which PostgreSQL keeps these locks."""


def hold_count_of(location_id: int | None) -> None:
    """Until the transaction ends nobody else opens a count of this place, or of the whole house."""
    _hold(f"count:{location_id or 'all'}")


def hold_serial(serial: str) -> None:
    """Until the transaction ends nobody else gives this serial number to a device.

    Asked once the device is locked, and of one device in a transaction: nobody waits crosswise.
    """
    _hold(f"serial:{serial.strip().casefold()}")


def _hold(what: str) -> None:
    """SQLite has one writer at a time and needs no lock."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(what))))
