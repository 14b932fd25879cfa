"""Work of this domain that outlives a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import force_locale, gettext

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.agreements import queries, service
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.service import codes, contents
from hoffice.agreements.service.bulk import BULK, Left, do_bulk, left_of, note
from hoffice.agreements.service.daily import DAILY, do_daily
from hoffice.agreements.service.scans import FILE_SCAN, do_scan
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs import queries as jobs
from hoffice.jobs.recurring import Daily
from hoffice.jobs.service import Handler, Ticket, enqueue
from hoffice.notices.rules import (
    LinkKind,
    TextMessages,
    TextRefused,
    TextUnreachable,
    mobile_of,
)
from hoffice.notices.texts import NoGateway
from hoffice.units import Actor

DAILIES = (Daily(DAILY, minute=8 * 60),)
"""What comes back every day: at eight in the morning, when mails may go out."""


TEXT_TRIES = 3
TEXT_PAUSE = timedelta(seconds=20)
"""Between two tries of a text message: its code is good for ten minutes only."""


def secret_of(book: LinkBook) -> Callable[[LinkKind, int], str]:
    """What stands in a mail's empty place: a link's address, or a one-time code."""

    def secret(kind: LinkKind, number: int) -> str:
        if kind is LinkKind.CODE:
            return codes.code_of(sittings.code(number), secret=book.secret_key)
        return book.address(kind, number)

    return secret


def handlers(store: Store, book: LinkBook, texts: TextMessages | None = None) -> dict[str, Handler]:
    """The kinds of work this domain knows; without a door for text messages none are sent."""

    def send_code(ticket: Ticket) -> None:
        _send_code(ticket, book, texts or NoGateway())

    def send_packs(ticket: Ticket) -> Mapping[str, Any]:
        return _send_packs(ticket, store, book)

    def daily(ticket: Ticket) -> Mapping[str, Any]:
        return do_daily(ticket, book=book)

    def many(ticket: Ticket) -> Mapping[str, Any]:
        return do_bulk(ticket, store=store, book=book)

    def file_scan(ticket: Ticket) -> Mapping[str, Any]:
        return do_scan(ticket, store=store)

    return {
        FILE_SCAN: file_scan,
        service.SEND_PACK: send_packs,
        DAILY: daily,
        BULK: many,
        codes.SEND_CODE: send_code,
    }


def _send_code(ticket: Ticket, book: LinkBook, texts: TextMessages) -> None:
    """One text message; the gateway is asked outside of any transaction."""
    code_id, tries = int(ticket.args["code"]), int(ticket.args.get("tries", 0)) + 1
    with ticket.step(total=1):
        code = sittings.code(code_id)
        employee = code.pack.employee
        to = mobile_of(employee.phone)
        with force_locale(employee.language):
            text = gettext(
                "%(code)s is your code for your papers. It works for ten minutes. "
                "Tell it to nobody.",
                code=codes.code_of(code, secret=book.secret_key),
            )
    try:
        (texts if to else NoGateway()).send(to or "", text)
    except TextRefused:
        with ticket.step(done=1):
            codes.not_sent(code_id)
    except TextUnreachable:
        with ticket.step(done=1):
            if tries >= TEXT_TRIES:
                codes.not_sent(code_id)
            else:
                again = {"code": code_id, "tries": tries}
                enqueue(codes.SEND_CODE, again, by=Actor.system(), run_at=clock.now() + TEXT_PAUSE)
    else:
        with ticket.step(done=1):
            codes.was_sent(code_id)


def _send_packs(ticket: Ticket, store: Store, book: LinkBook) -> Mapping[str, Any]:
    """One person a step: files, signature, mail and progress together, or none of it.

    Whoever has a pack already (this job was here before, or another one) is passed over. Who
    cannot get one is noted with the reason, for the page that says what came of it.
    """
    ids: list[int] = ticket.args["employees"]
    by = Actor.read(ticket.owner)
    terms = contents.terms_in(ticket.args["terms"])
    for place, employee_id in enumerate(ids[ticket.done :], start=ticket.done + 1):
        with ticket.step(done=place, total=len(ids)):
            if queries.packs_of([employee_id]):
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
            except Refused as refusal:
                facts = {name: str(fact) for name, fact in refusal.facts.items()}
                note(ticket.job_id, Left(employee_id, refusal.reason, facts))
    with ticket.step(done=len(ids), total=len(ids)):
        sent = len(queries.packs_of(ids))
        left = left_of(jobs.job(ticket.job_id))
    return {
        "done": sent,
        "left": [[one.id, one.why, dict(one.facts)] for one in left],
        "url": f"/papiere/ergebnis/{ticket.job_id}",
    }
