"""What the papers need every morning: ends that have come or come near, reminders, left seals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.agreements.service import approvals, expiry, reminders, seals
from hoffice.errors import NotFound
from hoffice.jobs.service import Ticket
from hoffice.units import Actor

DAILY = "agreements.daily"
"""The kind of job."""


def do_daily(ticket: Ticket, *, book: LinkBook) -> Mapping[str, Any]:
    """Let papers end and write reminders, one person a step; done twice it does nothing twice.

    What is due is asked anew each time, so a day that was missed is made up for on the next one.
    """
    ended = 0
    while True:
        with ticket.step():
            some = expiry.expire_due(clock.today())
        ended += some
        if some < expiry.AT_ONCE:
            break
    with ticket.step():
        seen = approvals.look_at_approvals(clock.today())
    with ticket.step():
        seals.seal_what_was_left(by=Actor.system())
    with ticket.step():
        due = reminders.due(clock.now())
    written = 0
    for place, employee_id in enumerate(due, start=1):
        with ticket.step(done=place, total=len(due)):
            try:
                written += reminders.remind_if_due(employee_id, book=book)
            except NotFound:  # taken back a moment ago
                continue
    return {
        "expired": ended,
        "reminded": written,
        "approvals_ended": seen.ended,
        "approvals_warned": seen.warned,
    }
