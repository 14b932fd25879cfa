"""What a notice is, and when it is tried again.

Pure: standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

LINK_PLACE = "{{hoffice:link}}"
"""Stands in a written mail where the secret link goes; filled while the mail is handed over."""

MAX_ATTEMPTS = 8


class NoticeState(StrEnum):
    """Where a notice stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class LinkKind(StrEnum):
    """Which kind of secret link a notice carries."""

    PERSONAL = "personal"
    MAILED_KEY = "mailed_key"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it leaves the house, the link already filled in."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    language: str


class MailRefused(Exception):
    """The server will never take this mail (a 5xx answer); trying again does not help."""


class MailUnreachable(Exception):
    """The server could not be asked, or said "later" (a 4xx answer); try again."""


class Mailer(Protocol):
    """The door through which mail leaves."""

    def send(self, mail: Mail) -> None:
        """Hand one mail over; raises :class:`MailRefused` or :class:`MailUnreachable`."""


def pause_before(attempt: int) -> timedelta:
    """How long to wait before this try: 1 min before the second, doubling, 6 h at most."""
    return min(timedelta(minutes=2 ** max(0, attempt - 2)), timedelta(hours=6))
