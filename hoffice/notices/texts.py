"""The door for text messages: a gateway over HTTP, a file in the demo, or none."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from hoffice import clock
from hoffice.notices.rules import TextRefused, TextUnreachable

TIMEOUT_S = 10
SHOWN = 50


class NoGateway:
    """No gateway is configured: nobody is written to by text message."""

    is_there = False

    def send(self, to: str, text: str) -> None:
        """Say so."""
        del to, text
        raise TextRefused("no-gateway")


class HttpGateway:
    """Posts ``{"to": …, "text": …}`` as JSON to one address; any answer of 2xx means taken."""

    is_there = True

    def __init__(self, url: str, *, token: str = "") -> None:
        self._parts = urlsplit(url)
        self._token = token

    def send(self, to: str, text: str) -> None:
        """Hand one over; raises :class:`TextRefused` or :class:`TextUnreachable`."""
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        body = json.dumps({"to": to, "text": text}).encode()
        connection = self._connection()
        try:
            path = self._parts.path or "/"
            target = f"{path}?{self._parts.query}" if self._parts.query else path
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
        except (OSError, HTTPException, ssl.SSLError) as error:
            raise TextUnreachable(type(error).__name__) from None
        finally:
            connection.close()
        _check(status)

    def _connection(self) -> HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
        return HTTPConnection(host, port, timeout=TIMEOUT_S)


def _check(status: int) -> None:
    """What the gateway's answer means; to be led elsewhere is no answer that we follow."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    word = f"http-{status}"
    is_later = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
    raise TextUnreachable(word) if is_later else TextRefused(word)


@dataclass(frozen=True, slots=True)
class Written:
    """One text message as it lies in the demo's file."""

    at: str
    to: str
    text: str

    @property
    def moment(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.at)


class ToFile:
    """The demo: text messages are written into a file, shown on its page, and go nowhere."""

    def __init__(self, file: Path, is_on: Callable[[], bool]) -> None:
        self.file = file
        self._is_on = is_on

    @property
    def is_there(self) -> bool:
        """Only in a house that the demo has filled."""
        return self._is_on()

    def send(self, to: str, text: str) -> None:
        """Write one line."""
        if not self._is_on():
            NoGateway().send(to, text)
        line = json.dumps({"at": clock.now().isoformat(), "to": to, "text": text})
        with self.file.open("a", encoding="utf-8") as out:
            out.write(line + "\n")

    def newest(self) -> Sequence[Written]:
        """The last messages, newest first."""
        if not self.file.exists():
            return ()
        lines = self.file.read_text(encoding="utf-8").splitlines()[-SHOWN:]
        return [Written(**json.loads(line)) for line in reversed(lines)]
