"""A real mail server of our own on loopback, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from hoffice.settings import Smtp
from tests.ports import free_port


class Postbox:
    """Takes mails, or answers what it is told to."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.answer = "250 OK"

    async def handle_DATA(  # noqa: N802  # the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take one mail."""
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.raw.append(envelope.content)
        return self.answer

    @property
    def mails(self) -> list[Any]:
        """The mails taken so far, parsed, oldest first."""
        return [message_from_bytes(raw, policy=default) for raw in self.raw]


@contextmanager
def served() -> Iterator[tuple[Postbox, Smtp]]:
    """The server and the settings that lead to it; ends with the block."""
    box = Postbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=120)
    controller.start()
    try:
        yield box, Smtp(host="127.0.0.1", port=port, starttls=False)
    finally:
        controller.stop()
