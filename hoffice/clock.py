"""The only place that asks what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
"""Seen by the thread or task that froze it only: a heartbeat beside it keeps the real time."""


def now() -> datetime:
    """The present moment, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Berlin, which is the day people mean."""
    return now().astimezone(BERLIN).date()


def at(day: date, minute: int) -> datetime:
    """The moment of ``minute`` minutes after midnight, Berlin wall time, as UTC."""
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=BERLIN)
    return wall.astimezone(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let the house believe that it is ``moment``; for tests and for the demo's past days."""
    if moment.tzinfo is None:
        msg = "the clock needs a moment with a time zone"
        raise ValueError(msg)
    before = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(before)
