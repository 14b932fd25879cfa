"""The door to the mail server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage

from hoffice.notices.rules import Mail, MailRefused, MailUnreachable
from hoffice.settings import Smtp

TIMEOUT_S = 20
PERMANENT = 500
"""SMTP answers from here on are final (RFC 5321, 4.2.1)."""


class SmtpMailer:
    """Hands mails to the configured server, one connection each."""

    def __init__(self, server: Smtp, *, sender: str, name: str) -> None:
        self.server = server
        self.sender = sender
        self.name = name

    def send(self, mail: Mail) -> None:
        """Hand one mail over; raises :class:`MailRefused` or :class:`MailUnreachable`."""
        message = self._message(mail)
        try:
            with self._connect() as smtp:
                smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _answer(code) from None
        except smtplib.SMTPResponseException as error:
            raise _answer(error.smtp_code) from None
        except (smtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise MailUnreachable(type(error).__name__) from None

    def _message(self, mail: Mail) -> EmailMessage:
        """The mail; refused without its words when nobody could be reached at such an address."""
        try:
            message = message_of(mail, sender=self.sender, name=self.name)
        except (ValueError, IndexError, MessageError):
            raise MailRefused("no-address") from None
        if "@" not in mail.to:
            raise MailRefused("no-address")
        return message

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        context = ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.implicit_tls:
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        try:
            if server.starttls:
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:  # whatever it was: close the line, then let it go on
            smtp.close()
            raise
        return smtp


class NoServer:
    """No mail server is configured: mails wait, visibly."""

    def send(self, mail: Mail) -> None:
        """Say so; the notice is tried again later."""
        del mail
        raise MailUnreachable("NoMailServer")


class MailboxOnly:
    """The demo: mails are shown on its mailbox page and go nowhere.

    Where a demo was asked for but never filled the database, there is no such page: mails wait.
    """

    def __init__(self, is_on: Callable[[], bool]) -> None:
        self._is_on = is_on

    def send(self, mail: Mail) -> None:
        """Nothing leaves the computer."""
        if not self._is_on():
            NoServer().send(mail)


def _answer(code: int) -> MailRefused | MailUnreachable:
    word = f"smtp-{code}"
    return MailRefused(word) if code >= PERMANENT else MailUnreachable(word)


def message_of(mail: Mail, *, sender: str, name: str) -> EmailMessage:
    """The mail as it goes over the wire: plain text first, HTML beside it, no tracking."""
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
