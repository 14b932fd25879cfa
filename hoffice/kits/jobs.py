"""Work of this domain that outlives a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.jobs.recurring import Daily
from hoffice.jobs.service import Handler, Ticket
from hoffice.kits.service import home_checks, item_import
from hoffice.units import Actor

DAILY: Final = "kits.daily"
DAILIES: Final = (Daily(DAILY, minute=8 * 60),)
"""What comes back every day: at eight in the morning, when mails may go out."""


def handlers(book: LinkBook) -> dict[str, Handler]:
    """The kinds of work this domain knows."""

    def daily(ticket: Ticket) -> Mapping[str, object]:
        return _remind(ticket, book)

    return {DAILY: daily, item_import.APPLY: _import, item_import.UNDO: _undo_import}


def _remind(ticket: Ticket, book: LinkBook) -> Mapping[str, object]:
    """Remind who has not answered a check at home, one person a step.

    Who was reminded is no longer due: a worker that dies in between reminds nobody twice.
    """
    due = home_checks.due_reminders(clock.today())
    db.session.rollback()  # end reading; each step begins a writing transaction
    sent = 0
    for place, person_id in enumerate(due, start=1):
        with ticket.step(done=place, total=len(due)):
            sent += home_checks.remind(person_id, by=Actor.system(), book=book)
    return {"reminded": sent}


def _import(ticket: Ticket) -> Mapping[str, object]:
    """Take over a long list of devices, in one transaction.

    A worker that dies before it is stored leaves nothing behind; after it, the next one finds the
    list taken over.
    """
    import_id = int(ticket.args["import_id"])
    with ticket.step(done=int(ticket.args["lines"])):
        made = item_import.apply_import(
            import_id,
            by=Actor.read(ticket.owner),
            skip_errors=bool(ticket.args["skip_errors"]),
            expected=str(ticket.args["expected"]),
        )
        counts = dict(made.counts)
    return {"url": f"/geraete/import/{import_id}", **counts}


def _undo_import(ticket: Ticket) -> Mapping[str, object]:
    """Undo a long list of devices, in one transaction."""
    import_id = int(ticket.args["import_id"])
    with ticket.step(done=int(ticket.args["lines"])):
        item_import.undo_import(
            import_id,
            by=Actor.read(ticket.owner),
            leave_used=bool(ticket.args["leave_used"]),
        )
    return {"url": f"/geraete/import/{import_id}"}
