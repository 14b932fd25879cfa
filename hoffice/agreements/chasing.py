"""Who has to be chased, whose turn it is, and on which days nobody is written to.

Pure: the standard library and the calendar of working days.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from enum import StrEnum

from hoffice.errors import N_
from hoffice.workdays import next_working_day


class Group(StrEnum):
    """What is missing until somebody has signed everything; each person is in exactly one group.

    In the order in which it needs somebody of HR; what waits for the person comes after that.
    """

    DECLINED = "declined"
    OUTDATED = "outdated"
    EXPIRED = "expired"
    WANTS_PAPER = "wants_paper"
    COUNTERSIGN = "countersign"
    """The employee has signed; the trainer or the employer has not."""
    UNREACHABLE = "unreachable"
    """No papers yet, and none can be sent: the address or the e-mail address is missing."""
    NONE = "none"
    SENT = "sent"
    OPENED = "opened"
    SEAL_PENDING = "seal_pending"
    SIGNED = "signed"


GROUP_LABELS: dict[Group, str] = {
    Group.DECLINED: N_("declined"),
    Group.OUTDATED: N_("address has changed"),
    Group.EXPIRED: N_("expired"),
    Group.WANTS_PAPER: N_("wants it on paper"),
    Group.COUNTERSIGN: N_("your signature is missing"),
    Group.UNREACHABLE: N_("cannot be reached"),
    Group.NONE: N_("no pack yet"),
    Group.SENT: N_("not opened"),
    Group.OPENED: N_("opened, not finished"),
    Group.SEAL_PENDING: N_("seal is pending"),
    Group.SIGNED: N_("all signed"),
}

GROUP_STEPS: dict[Group, str] = {
    Group.DECLINED: N_("Talk"),
    Group.OUTDATED: N_("Send new ones"),
    Group.EXPIRED: N_("Send anew"),
    Group.WANTS_PAPER: N_("Print and post"),
    Group.COUNTERSIGN: N_("Sign for the house"),
    Group.UNREACHABLE: N_("Complete the record"),
    Group.NONE: N_("Send the pack"),
    Group.SENT: N_("Remind"),
    Group.OPENED: N_("Remind"),
    Group.SEAL_PENDING: N_("is retried by itself"),
    Group.SIGNED: N_("nothing"),
}

REMINDED_BY_MAIL = frozenset({Group.SENT, Group.OPENED})
"""Only whoever just has not got round to it: the others need HR, not one more mail."""


REMINDER_DAYS = (2, 4, 6)
"""Days after sending on which a reminder is due; then somebody calls."""
MAIL_HOURS = (time(8), time(18))
"""Berlin time in which reminders go out by themselves."""
WARN_DAYS = (30, 7)
"""So long before a paper ends the desk shows it, the second time more urgently."""


def reminder_due_on(sent_on: date, *, reminders: int, last_on: date | None) -> date | None:
    """The day on which the next reminder goes out; None when all have gone out.

    A quiet day moves it to the next working day; never two on one day, whoever wrote the last.
    """
    if reminders >= len(REMINDER_DAYS):
        return None
    wanted = sent_on + timedelta(days=REMINDER_DAYS[reminders])
    if last_on is not None:
        wanted = max(wanted, last_on + timedelta(days=1))
    return next_working_day(wanted)


def warning_of(ends_on: date, today: date) -> int | None:
    """Which warning a paper is in: 7 or 30 days before its end; None when it ends later."""
    left = (ends_on - today).days
    return next((days for days in sorted(WARN_DAYS) if left <= days), None)


class Anew(StrEnum):
    """Why a paper that was signed has to be signed anew."""

    TEXT = "text"
    EXPIRED = "expired"
    ENDING = "ending"
    ADDRESS = "address"
    OPEN = "open"
    """It was not signed yet; it goes into the new pack, so that there is one sitting."""
    MISSING = "missing"
    """The person has never had it."""


ANEW_LABELS: dict[Anew, str] = {
    Anew.TEXT: N_("the text has changed"),
    Anew.EXPIRED: N_("expired"),
    Anew.ENDING: N_("ends soon"),
    Anew.ADDRESS: N_("names a former address"),
    Anew.OPEN: N_("not signed yet"),
    Anew.MISSING: N_("new to this person"),
}
