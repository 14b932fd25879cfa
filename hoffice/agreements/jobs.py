"""Work of this domain that outlives a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoffice.accounts.links import LinkBook
from hoffice.agreements import queries, service
from hoffice.agreements.rules import PackState, Terms
from hoffice.agreements.service.bulk import BULK, do_bulk
from hoffice.agreements.service.daily import DAILY, do_daily
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs.recurring import Daily
from hoffice.jobs.service import Handler, Ticket
from hoffice.units import Actor

DAILIES = (Daily(DAILY, minute=8 * 60),)
"""What comes back every day: at eight in the morning, when mails may go out."""


def handlers(store: Store, book: LinkBook) -> dict[str, Handler]:
    """The kinds of work this domain knows."""

    def send_packs(ticket: Ticket) -> Mapping[str, Any]:
        return _send_packs(ticket, store, book)

    def daily(ticket: Ticket) -> Mapping[str, Any]:
        return do_daily(ticket, book=book)

    def many(ticket: Ticket) -> Mapping[str, Any]:
        return do_bulk(ticket, store=store, book=book)

    return {service.SEND_PACK: send_packs, DAILY: daily, BULK: many}


def _send_packs(ticket: Ticket, store: Store, book: LinkBook) -> Mapping[str, Any]:
    """One person a step: files, signature, mail and progress together, or none of it.

    Whoever has a pack already (this job was here before, or another one) is passed over, and so is
    somebody who cannot get one yet; the list of papers says who and why.
    """
    ids: list[int] = ticket.args["employees"]
    by = Actor.read(ticket.owner)
    terms = Terms(**ticket.args["terms"])
    for place, employee_id in enumerate(ids[ticket.done :], start=ticket.done + 1):
        with ticket.step(done=place, total=len(ids)):
            if queries.pack_of(employee_id) is not None:
                continue
            try:
                with db.session.begin_nested():  # a refusal in the middle leaves no half pack
                    service.send_pack(
                        employee_id,
                        store=store,
                        book=book,
                        by=by,
                        signer_name=ticket.args["signer"],
                        terms=terms,
                        allow_unapproved=ticket.args["allow_unapproved"],
                    )
            except Refused:
                continue
    with ticket.step(done=len(ids), total=len(ids)):
        sent = len(queries.packs_of(ids))
    left = len(ids) - sent
    state = PackState.NONE if left else PackState.SENT
    return {"sent": sent, "left": left, "url": f"/papiere/?state={state}"}
