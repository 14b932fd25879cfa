"""Reading photos and papers about items, kits and locations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Attachment, HomeCheckLine


def attachment(attachment_id: int, *, lock: bool = False) -> Attachment:
    """The attachment with this number, also a removed one."""
    found = attachment_or_none(attachment_id, lock=lock)
    if found is None:
        raise NotFound(N_("There is no such photo or paper."))
    return found


def attachment_or_none(attachment_id: int, *, lock: bool = False) -> Attachment | None:
    """The same; None for one that was erased."""
    wanted = (
        select(Attachment)
        .where(Attachment.id == attachment_id)
        .options(joinedload(Attachment.file))
    )
    if lock:
        wanted = wanted.with_for_update(of=Attachment).execution_options(populate_existing=True)
    return db.session.scalars(wanted).one_or_none()


def attachments_of(subject: str) -> Sequence[Attachment]:
    """Everything about this thing (``item:12``), oldest first, removed ones too."""
    return db.session.scalars(
        select(Attachment)
        .where(Attachment.subject == subject)
        .options(joinedload(Attachment.file))
        .order_by(Attachment.id)
    ).all()


def removed_until(moment: datetime) -> Sequence[int]:
    """The numbers of what was removed up to then, the oldest first."""
    return db.session.scalars(
        select(Attachment.id)
        .where(Attachment.removed_at <= moment)
        .order_by(Attachment.removed_at, Attachment.id)
    ).all()


def check_lines_with(file_id: int) -> Sequence[HomeCheckLine]:
    """The answers from home that this photo was sent with."""
    return db.session.scalars(
        select(HomeCheckLine).where(HomeCheckLine.photo_file_id == file_id)
    ).all()
