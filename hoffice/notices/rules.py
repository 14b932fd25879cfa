"""What a notice is, and when it is tried again.

Pure: standard library only.
"""

from __future__ import annotations

import re
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
    CODE = "code"
    """A one-time code, which is a secret like a link."""


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


class TextRefused(Exception):
    """The gateway will never take this message; trying again does not help."""


class TextUnreachable(Exception):
    """The gateway could not be asked; try again."""


class TextMessages(Protocol):
    """The door through which text messages leave."""

    @property
    def is_there(self) -> bool:
        """Whether text messages can be sent at all."""

    def send(self, to: str, text: str) -> None:
        """Hand one over; raises :class:`TextRefused` or :class:`TextUnreachable`."""


_GERMAN_MOBILE = re.compile(r"\+491[5-7]\d{8,10}")
_FOREIGN = re.compile(r"\+(?!49)[1-9]\d{7,14}")


def mobile_of(phone: str) -> str | None:
    """A number that can take text messages, as ``+491713920071``; None when it cannot."""
    digits = "".join(sign for sign in phone.replace("(0)", "") if sign in "+0123456789")
    if digits.startswith("00"):
        digits = "+" + digits.removeprefix("00")
    elif digits.startswith("0"):
        digits = "+49" + digits.removeprefix("0")
    is_mobile = _GERMAN_MOBILE.fullmatch(digits) or _FOREIGN.fullmatch(digits)
    return digits if is_mobile else None


def pause_before(attempt: int) -> timedelta:
    """How long to wait before this try: 1 min before the second, doubling, 6 h at most."""
    return min(timedelta(minutes=2 ** max(0, attempt - 2)), timedelta(hours=6))
