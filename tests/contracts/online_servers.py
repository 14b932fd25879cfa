"""A local server that answers as it is told, and writes down what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from hoffice.places.geocoders.online.asking import CarefulAdapter


@dataclass(slots=True)
class Reply:
    """What the server says next."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    pause_s: float = 0.0
    """Between one byte and the next."""
    claims_bytes: int | None = None
    """More bytes than come: an answer cut in half."""


class Server(ThreadingHTTPServer):
    """Answers every question with one reply."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = Reply()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.agents: list[str] = []
        self.over = Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def says(self, said: object, *, status: int = 200, **headers: str) -> None:
        """Answer with this JSON from now on."""
        body = json.dumps(said).encode()
        self.reply = Reply(body, status, {"Content-Type": "application/json", **headers})


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append((parts.path, dict(parse_qsl(parts.query, strict_parsing=True))))
        self.server.agents.append(self.headers["User-Agent"])
        reply = self.server.reply
        if reply.delay_s:
            self.server.over.wait(reply.delay_s)
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(reply.claims_bytes or len(reply.body)))
            self.end_headers()
            size = 1 if reply.pause_s else max(1, len(reply.body))
            for start in range(0, len(reply.body), size):
                self.wfile.write(reply.body[start : start + size])
                self.server.over.wait(reply.pause_s)
        except OSError:
            return  # whoever asked has gone: a time-out

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Server]:
    """A server for one test."""
    server = Server()
    with serving(server):
        yield server


@contextmanager
def serving(server: Server) -> Iterator[None]:
    """Let this server listen."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class ToLoopback(CarefulAdapter):
    """The real adapter, but every host is the local server; remembers which one was meant."""

    def __init__(self, server: Server, meant: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._server, self._meant = server, meant

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Ask the local server instead."""
        parts = urlsplit(url)
        self._meant.append(f"{parts.scheme}://{parts.netloc}")
        host = urlsplit(self._server.url).netloc
        near = urlunsplit(("http", host, parts.path, parts.query, ""))
        text: str = super().get_text(near, timeout=timeout, headers=headers)
        return text
