"""What devices need every day: reminders of checks at home, and removed photos erased for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.files.service import Store
from hoffice.jobs.recurring import Daily
from hoffice.jobs.service import Handler, Ticket
from hoffice.kits.service import attachments, home_checks
from hoffice.units import Actor

DAILY = "kits.daily"
"""The kind of job that reminds."""
ERASING = "kits.erasing"
"""The kind of job that erases."""
DAILIES = (Daily(DAILY, minute=8 * 60), Daily(ERASING, minute=3 * 60))
"""What comes back every day: reminders at eight, when mails may go out, and erasing at night."""


def handlers(book: LinkBook, store: Store) -> dict[str, Handler]:
    """Both kinds of work."""

    def daily(ticket: Ticket) -> Mapping[str, Any]:
        return do_daily(ticket, book=book)

    def erasing(ticket: Ticket) -> Mapping[str, Any]:
        return do_erasing(ticket, store=store)

    return {DAILY: daily, ERASING: erasing}


def do_daily(ticket: Ticket, *, book: LinkBook) -> Mapping[str, Any]:
    """Remind people of checks that end soon, one a step; done twice nobody hears twice."""
    with ticket.step():
        due = home_checks.due_reminders(clock.today())
    written = 0
    for place, person_id in enumerate(due, start=1):
        with ticket.step(done=place, total=len(due)):
            written += home_checks.remind(person_id, by=Actor.system(), book=book)
    return {"reminded": written}


def do_erasing(ticket: Ticket, *, store: Store) -> Mapping[str, Any]:
    """Erase what was removed and nobody can bring back, one a step; done twice it does no harm."""
    with ticket.step():
        due = attachments.due_to_erase()
    erased = 0
    for place, attachment_id in enumerate(due, start=1):
        with ticket.step(done=place, total=len(due)):
            erased += attachments.erase(attachment_id, store=store, by=Actor.system())
    return {"erased": erased}
