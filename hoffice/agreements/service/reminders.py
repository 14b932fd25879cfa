"""Reminders that go out by themselves, and the calls after them."""

from __future__ import annotations

from datetime import date, datetime

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.agreements import chasing, queries, rules, service
from hoffice.agreements.models import Pack
from hoffice.agreements.queries import desk
from hoffice.agreements.service.signing import checked_reason
from hoffice.audit.service import record
from hoffice.errors import N_, Refused
from hoffice.units import Actor
from hoffice.workdays import is_quiet


def may_write(now: datetime) -> bool:
    """Whether reminders go out by themselves in this moment: working days, by day."""
    berlin = now.astimezone(clock.BERLIN)
    first, last = chasing.MAIL_HOURS
    return not is_quiet(berlin.date()) and first <= berlin.time() < last


def due(now: datetime) -> list[int]:
    """Everybody to whom a reminder is due now; nobody at quiet times."""
    if not may_write(now):
        return []
    today = now.astimezone(clock.BERLIN).date()
    return [
        slow.employee_id
        for slow in desk.slow(today)
        if _is_due(slow.sent_at, slow.reminders, slow.reminded_at, today)
    ]


def _is_due(sent_at: datetime, reminders: int, reminded_at: datetime | None, today: date) -> bool:
    due_on = chasing.reminder_due_on(
        _day(sent_at), reminders=reminders, last_on=_day(reminded_at) if reminded_at else None
    )
    return due_on is not None and due_on <= today


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.BERLIN).date()


def next_due_on(pack: Pack) -> date | None:
    """The day of a pack's next reminder; None when all went out, or nothing was sent."""
    if pack.sent_at is None:
        return None
    last = _day(pack.reminded_at) if pack.reminded_at else None
    return chasing.reminder_due_on(_day(pack.sent_at), reminders=pack.reminders, last_on=last)


def remind_if_due(employee_id: int, *, book: LinkBook) -> bool:
    """Write one reminder, if it is still due once the pack is locked; a second run writes none."""
    pack = queries.pack_to_change(employee_id)
    today = clock.today()
    if pack.sent_at is None or not _is_due(pack.sent_at, pack.reminders, pack.reminded_at, today):
        return False
    try:
        service.remind(employee_id, book=book, by=Actor.system())
    except Refused:  # signed a moment ago, or HR has just written
        return False
    return True


def last_reminder_before(today: date) -> datetime:
    """Whoever got the last reminder before this moment has had a day to sign."""
    return clock.at(today, 0)


def note_call(employee_id: int, note: str, *, by: Actor) -> Pack:
    """Somebody of HR has called a person who did not sign; what was said goes into the log."""
    pack = queries.pack_to_change(employee_id)
    if not any(map(queries.lacks_signature, pack.papers)):
        raise Refused(N_("There is nothing left to sign."))
    if pack.reminders < rules.MOST_REMINDERS:
        raise Refused(N_("Reminders are still going out; a call comes after the third one."))
    why = checked_reason(note)
    pack.called_at = clock.now()
    record(by, "agreements.called", pack, employee_id=employee_id, personal={"note": why})
    return pack
