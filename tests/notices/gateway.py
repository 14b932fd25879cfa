"""A gateway for text messages of our own on loopback, for tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Gateway:
    """Takes text messages, or answers what it is told to."""

    url: str = ""
    answer: int = 202
    taken: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)


@contextmanager
def served() -> Iterator[Gateway]:
    """The gateway, with its address; ends with the block."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        """One message a request."""

        def do_POST(self) -> None:  # the server's name for it
            """Take one message."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.taken.append(json.loads(body))
            gateway.tokens.append(self.headers.get("Authorization"))
            self.send_response(gateway.answer)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/send?from=hoffice"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
