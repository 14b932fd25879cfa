"""Reading the outbox."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.notices.models import Notice
from hoffice.notices.rules import NoticeState


def notice(notice_id: int, *, lock: bool = False) -> Notice:
    """The notice with this number, or :class:`~hoffice.errors.NotFound`.

    With ``lock`` it is kept from other writers until the transaction ends.
    """
    found = db.session.get(Notice, notice_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There is no such mail."))
    return found


def notices() -> Select[Notice]:
    """All notices, for the list page."""
    return select(Notice)


def search(words: Sequence[str]) -> ColumnElement[bool]:
    """Notices to an address or from a template with each of these words."""
    return and_(
        *(
            or_(
                Notice.to.icontains(word, autoescape=True),
                Notice.template.icontains(word, autoescape=True),
            )
            for word in words
        )
    )


def count_failed() -> int:
    """How many mails did not arrive."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Notice)
            .where(Notice.state.in_([NoticeState.FAILED, NoticeState.BOUNCED]))
        )
        or 0
    )
