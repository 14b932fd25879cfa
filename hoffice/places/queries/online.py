"""What online providers have answered, and when they may be asked next.

Each takes a connection: these are read outside of the caller's transaction, see ``service.online``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from hoffice.places.models import OnlineAnswer, OnlineTurn


def kept(
    connection: Connection, provider: str, question: str
) -> Row[dict[str, Any], datetime] | None:
    """What this provider has answered to this question, and when."""
    answer = select(OnlineAnswer.answer, OnlineAnswer.asked_at)
    mine = answer.where(OnlineAnswer.provider == provider, OnlineAnswer.question == question)
    return connection.execute(mine).one_or_none()


def free_at(connection: Connection, provider: str) -> datetime:
    """When this provider may be asked next; the row is held until the transaction ends."""
    turn = select(OnlineTurn.free_at).where(OnlineTurn.provider == provider)
    return connection.execute(turn.with_for_update()).scalar_one()
