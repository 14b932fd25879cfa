"""What devices need every morning: a reminder of checks at home that end soon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.jobs.recurring import Daily
from hoffice.jobs.service import Handler, Ticket
from hoffice.kits.service import home_checks
from hoffice.units import Actor

DAILY = "kits.daily"
"""The kind of job."""
DAILIES = (Daily(DAILY, minute=8 * 60),)
"""What comes back every day: at eight in the morning, when mails may go out."""


def handlers(book: LinkBook) -> dict[str, Handler]:
    """The one kind of work."""

    def daily(ticket: Ticket) -> Mapping[str, Any]:
        return do_daily(ticket, book=book)

    return {DAILY: daily}


def do_daily(ticket: Ticket, *, book: LinkBook) -> Mapping[str, Any]:
    """Remind people of checks that end soon, one a step; done twice nobody hears twice."""
    with ticket.step():
        due = home_checks.due_reminders(clock.today())
    written = 0
    for place, person_id in enumerate(due, start=1):
        with ticket.step(done=place, total=len(due)):
            written += home_checks.remind(person_id, by=Actor.system(), book=book)
    return {"reminded": written}
