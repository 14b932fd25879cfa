"""Writing mails into the outbox, and keeping book of what became of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.jobs.service import enqueue
from hoffice.notices import queries, rules
from hoffice.notices.models import Notice
from hoffice.notices.rules import LinkKind, NoticeState
from hoffice.units import Actor

DELIVER = "notices.deliver"
"""The kind of job that hands one notice over."""


def send(  # noqa: PLR0913  # what a mail needs to be told
    template: str,
    *,
    to: str,
    language: str,
    by: Actor,
    facts: Mapping[str, Any] | None = None,
    employee_id: int | None = None,
    link: tuple[LinkKind, int] | None = None,
) -> Notice:
    """Put one mail into the outbox, in the transaction of the deed that wants it sent.

    The mail is handed over by a job after the commit; a deed that is undone sends nothing.
    """
    now = clock.now()
    notice = Notice(
        template=template,
        to=to,
        language=language,
        facts=dict(facts or {}),
        employee_id=employee_id,
        link_kind=link[0] if link else None,
        link_id=link[1] if link else None,
        state=NoticeState.QUEUED,
        attempts=0,
        run_at=now,
        message_id=f"{secrets.token_hex(16)}@hoffice",
        created_at=now,
    )
    db.session.add(notice)
    db.session.flush()
    _ask_for_delivery(notice, by=by, run_at=now)
    record(by, "notices.queued", notice, employee_id=employee_id, template=template)
    return notice


def begin(notice_id: int) -> Notice | None:
    """Mark a notice as being handed over; None when there is nothing left to do."""
    notice = queries.notice(notice_id, lock=True)
    if notice.state not in {NoticeState.QUEUED, NoticeState.SENDING}:
        return None
    notice.state = NoticeState.SENDING
    notice.attempts += 1
    return notice


def sent(notice_id: int) -> None:
    """The server has taken it."""
    notice = queries.notice(notice_id)
    notice.state, notice.sent_at, notice.note = NoticeState.SENT, clock.now(), None
    record(
        Actor.system(),
        "notices.sent",
        notice,
        employee_id=notice.employee_id,
        template=notice.template,
    )


def put_off(notice_id: int, why: str) -> None:
    """The server could not be asked: later again, or never after the last try."""
    notice = queries.notice(notice_id)
    notice.note = why
    if notice.attempts >= rules.MAX_ATTEMPTS:
        failed(notice_id, why)
        return
    notice.state = NoticeState.QUEUED
    notice.run_at = clock.now() + rules.pause_before(notice.attempts + 1)
    _ask_for_delivery(notice, by=Actor.system(), run_at=notice.run_at)


def failed(notice_id: int, why: str) -> None:
    """It will not be sent; ``why`` is a code, never an address."""
    notice = queries.notice(notice_id)
    notice.state, notice.note = NoticeState.FAILED, why
    record(
        Actor.system(),
        "notices.failed",
        notice,
        employee_id=notice.employee_id,
        template=notice.template,
        why=why,
    )


def bounced(notice_id: int, why: str, *, by: Actor) -> None:
    """It came back: somebody noted it; ``why`` is a code, never the words of the bounce."""
    notice = queries.notice(notice_id, lock=True)
    if notice.state is not NoticeState.SENT:
        raise Refused(N_("Only a mail that was sent can come back."))
    notice.state, notice.note = NoticeState.BOUNCED, why
    record(by, "notices.bounced", notice, employee_id=notice.employee_id, why=why)


def again(notice_id: int, *, by: Actor) -> Notice:
    """Try a failed notice once more, from the first try on."""
    notice = queries.notice(notice_id, lock=True)
    if notice.state not in {NoticeState.FAILED, NoticeState.BOUNCED}:
        raise Refused(N_("Only a mail that did not arrive can be sent again."))
    notice.state, notice.attempts, notice.run_at = NoticeState.QUEUED, 0, clock.now()
    _ask_for_delivery(notice, by=by, run_at=notice.run_at)
    record(by, "notices.repeated", notice, employee_id=notice.employee_id)
    return notice


def _ask_for_delivery(notice: Notice, *, by: Actor, run_at: datetime) -> None:
    enqueue(DELIVER, {"notice": notice.id}, by=by, run_at=run_at)
