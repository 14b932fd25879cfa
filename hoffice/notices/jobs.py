"""Handing mails over: rendered, the secret link put in at the last moment, sent, booked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import force_locale

from hoffice.jobs.service import Ticket
from hoffice.notices import rules, service
from hoffice.notices.models import Notice
from hoffice.notices.rules import LinkKind, Mail, Mailer

AddressOf = Callable[[LinkKind, int], str]
"""Turns a link's number into its secret address; asked only while a mail is handed over."""


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as people read it, still with the placeholder where the link goes."""

    subject: str
    text: str
    html: str


def write(notice: Notice) -> Written:
    """Render a notice in its language; the first line of the text template is the subject."""
    with force_locale(notice.language):
        facts = {**notice.facts, "link": rules.LINK_PLACE, "locale": notice.language}
        whole = render_template(f"mail/{notice.template}.txt", **facts)
        html = render_template(f"mail/{notice.template}.html", **facts)
    subject, _, text = whole.partition("\n")
    return Written(subject=subject.strip(), text=text.strip() + "\n", html=html)


def deliver(mailer: Mailer, address_of: AddressOf) -> Callable[[Ticket], Mapping[str, Any] | None]:
    """The handler of ``notices.deliver``, bound to its two doors."""

    def handle(ticket: Ticket) -> None:
        notice_id = int(ticket.args["notice"])
        with ticket.step(total=1):
            notice = service.begin(notice_id)
            if notice is None:
                return
            mail = _filled(notice, address_of)
        # the server is asked outside of any transaction: it may take its time
        try:
            mailer.send(mail)
        except rules.MailRefused as error:
            with ticket.step(done=1):
                service.failed(notice_id, str(error))
        except rules.MailUnreachable as error:
            with ticket.step(done=1):
                service.put_off(notice_id, str(error))
        else:
            with ticket.step(done=1):
                service.sent(notice_id)

    return handle


def _filled(notice: Notice, address_of: AddressOf) -> Mail:
    written = write(notice)
    address = ""
    if notice.link_kind is not None and notice.link_id is not None:
        address = address_of(notice.link_kind, notice.link_id)
    return Mail(
        to=notice.to,
        subject=written.subject,
        text=written.text.replace(rules.LINK_PLACE, address),
        html=written.html.replace(rules.LINK_PLACE, address),
        message_id=notice.message_id,
        language=notice.language,
    )
