"""Mails of the story's past: they were delivered when they were written."""

from __future__ import annotations

from sqlalchemy import select, update

from hoffice import clock
from hoffice.agreements.service.codes import SEND_CODE
from hoffice.db import db
from hoffice.demo.loading.timetable import Deed
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.notices import service as notices
from hoffice.notices.models import Notice
from hoffice.notices.rules import NoticeState

WRITE_NONE = frozenset({Deed.GIVE_KIT, Deed.PACK, Deed.BEGIN_DESK, Deed.READ})
"""The many deeds by which no mail is written: whoever tells them need not look for one."""


def settle_mails() -> None:
    """Book every mail written up to this (frozen) moment as sent, and its delivery as done.

    Text messages of the past were read on the people's phones.

    Later mails are somebody's who is already at work in the demo; they go the usual way.
    """
    now = clock.now()
    waiting = db.session.scalars(
        select(Notice).where(Notice.state == NoticeState.QUEUED, Notice.created_at <= now)
    ).all()
    for notice in waiting:
        notice.attempts = 1
        notices.sent(notice.id)
    db.session.execute(
        update(Job)
        .where(
            Job.kind.in_([notices.DELIVER, SEND_CODE]),
            Job.state == JobState.QUEUED,
            Job.created_at <= now,
        )
        .values(state=JobState.DONE, finished_at=now, attempts=1)
        .execution_options(synchronize_session=False)
    )
