"""The story's past, made after the start: it takes hundreds of PDFs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.demo import service
from hoffice.demo.loading.history import History
from hoffice.demo.loading.mails import WRITE_NONE, settle_mails
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs.service import Handler, Ticket


def handlers(store: Store, book: LinkBook) -> dict[str, Handler]:
    """The kinds of work this domain knows."""

    def history(ticket: Ticket) -> Mapping[str, Any] | None:
        return _history(ticket, store, book)

    return {service.HISTORY: history}


def _history(ticket: Ticket, store: Store, book: LinkBook) -> Mapping[str, Any] | None:
    """One deed of the story a step, at its own moment; on resume the deeds that are done stay.

    A job does a slice of the story and asks for the next one, so that the worker can end quickly
    and other people's jobs come in between. Somebody may already be at work in the demo, and have
    done a deed before us or made it impossible: then it is left out.
    """
    first, until = int(ticket.args["first"]), int(ticket.args["of"])
    with ticket.step():
        made = service.mark()
        if made is None:
            return None
        history = History(service.scene_of(made, book=book, store=store))
    entries = history.entries[first : min(first + service.SLICE, until)]
    for number, entry in enumerate(entries[ticket.done :], start=ticket.done + 1):
        with ticket.step(done=number, total=len(entries)), clock.frozen(history.moment(entry)):
            try:
                with db.session.begin_nested():
                    history.do(entry)
                    if entry.deed not in WRITE_NONE:
                        settle_mails()
            except Refused:
                continue
    with ticket.step():
        service.tell_on(first + service.SLICE, total=until)
    return {"url": "/"}
