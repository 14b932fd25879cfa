"""Reading photos and papers about items, kits and locations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Attachment


def attachment(attachment_id: int, *, lock: bool = False) -> Attachment:
    """The attachment with this number, also a removed one."""
    wanted = (
        select(Attachment)
        .where(Attachment.id == attachment_id)
        .options(joinedload(Attachment.file))
    )
    if lock:
        wanted = wanted.with_for_update(of=Attachment).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such photo or paper."))
    return found


def attachments_of(subject: str) -> Sequence[Attachment]:
    """Everything about this thing (``item:12``), oldest first, removed ones too."""
    return db.session.scalars(
        select(Attachment)
        .where(Attachment.subject == subject)
        .options(joinedload(Attachment.file))
        .order_by(Attachment.id)
    ).all()
