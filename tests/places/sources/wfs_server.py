"""A server that answers like the one with the addresses of Berlin, on this machine only."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.places.sources.files import collection, feature

EXCEPTION = """<?xml version="1.0" encoding="UTF-8"?>
<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">
<ows:Exception exceptionCode="InvalidParameterValue" locator="typeName"><ows:ExceptionText>
Feature type {name} unknown
</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"""

HITS = """<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection
 xmlns:wfs="http://www.opengis.net/wfs/2.0" numberMatched="{count}" numberReturned="0"/>"""


@dataclass
class Behaviour:
    """What the server has and how it fares; tests change it while it runs."""

    features: list[dict[str, Any]] = field(
        default_factory=lambda: [feature("Lindenweg", str(no), no=no) for no in range(1, 26)]
    )
    asked: list[dict[str, str]] = field(default_factory=list)
    user_agents: set[str] = field(default_factory=set)
    failures: list[int] = field(default_factory=list)
    """HTTP codes of the next answers."""
    dies_at: int | None = None
    """The page (by startIndex) in the middle of which the line breaks."""
    instead: bytes | None = None
    """What is sent for every page."""
    short_at: int | None = None
    is_silent: bool = False
    """It takes questions and answers none of them, as long as it runs."""
    over: threading.Event = field(default_factory=threading.Event)
    location: str | None = None
    overlap: int = 0
    matched_on_pages: int | None = None

    @property
    def pages(self) -> list[int]:
        """The pages that were asked for."""
        return [int(each["startIndex"]) for each in self.asked if "startIndex" in each]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    behaviour: Behaviour

    def do_GET(self) -> None:  # http.server's own
        """Answer like a GeoServer."""
        now = self.behaviour
        asked = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        now.asked.append(asked)
        now.user_agents.add(self.headers["User-Agent"])
        if now.is_silent:
            now.over.wait()
        if now.location is not None:
            self.send_response(302)
            self.send_header("Location", now.location)
            self.end_headers()
        elif now.failures:
            self._send(b"<html>sorry</html>", code=now.failures.pop(0))
        elif asked["typeNames"] != "adressen_berlin:adressen_berlin":
            self._send(EXCEPTION.format(name=asked["typeNames"]).encode(), code=400)
        elif asked.get("resultType") == "hits":
            self._send(HITS.format(count=len(now.features)).encode())
        else:
            self._page(int(asked["startIndex"]), int(asked["count"]))

    def _page(self, start: int, count: int) -> None:
        now = self.behaviour
        begin = max(0, start - now.overlap)
        features = now.features[begin : begin + min(count, len(now.features) - start)]
        if now.short_at == start:
            features = features[:-1]
        body = json.dumps(
            collection(features, numberMatched=now.matched_on_pages or len(now.features))
        ).encode()
        if now.instead is not None:
            body = now.instead
        if now.dies_at == start:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            return
        self._send(body)

    def _send(self, body: bytes, *, code: int = 200) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # who asked has given up
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's own
        """Say nothing."""


@contextmanager
def running() -> Iterator[tuple[str, Behaviour]]:
    """The address of a server, and how it behaves."""
    behaviour = Behaviour()
    handler = type("Bound", (Handler,), {"behaviour": behaviour})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/services/wfs", behaviour
        finally:
            behaviour.over.set()
            server.shutdown()
            thread.join()
