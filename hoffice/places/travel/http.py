"""Asking a road engine over HTTP: bounded in time and size, never sent on to another address."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from hoffice.places.travel.answers import (
    FAULTY,
    NONSENSE,
    SENT_ELSEWHERE,
    TOO_LARGE,
    TOO_SLOW,
    UNREACHABLE,
    RoadsDown,
)

TIMEOUT_S: Final = 20.0
"""For one request, to its last byte. A table of 100 × 100 takes OSRM 0.1 s; Valhalla took 11 s for
150 × 150."""

ANSWER_MAX_BYTES: Final = 32_000_000
"""A table of 500 × 500 with minutes and kilometres has some 4 MB."""

PIECE_BYTES: Final = 65_536

BAD_REQUEST: Final = 400
SERVER_FAULT: Final = 500


class Declined(Exception):
    """The engine answered, and its answer is no; ``code`` is the engine's own word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message:.200}")
        self.code = code


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows nobody: the points asked about are people's homes."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse, wherever it leads: the answer then counts as an error."""


class HttpDoor:
    """JSON from one server; every fault becomes ``RoadsDown``, every refusal ``Declined``.

    Proxies of the environment are not used: what is asked goes to the address that was set and
    nowhere else.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            msg = f"a road engine needs an address with http or https, not {url!r}"
            raise ValueError(msg)
        self.url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere())

    def ask(self, path: str, question: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The object, or list as ``{"": […]}``, that the server answers; posted with a question."""
        body = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(  # noqa: S310  # http or https only, see __init__
            f"{self.url}{path}",
            data=body,
            headers={"Accept": "application/json", "Content-Type": "application/json"},
        )
        until = time.monotonic() + self._timeout_s
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                return _object(_body(response, until=until))
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error, until=until) from error
        except TimeoutError as error:
            raise RoadsDown(TOO_SLOW, self.url) from error
        except urllib.error.URLError as error:
            is_slow = isinstance(error.reason, TimeoutError)
            raise RoadsDown(TOO_SLOW if is_slow else UNREACHABLE, str(error.reason)) from error
        except (OSError, http.client.HTTPException) as error:
            raise RoadsDown(UNREACHABLE, type(error).__name__) from error


def _body(response: Any, *, until: float) -> bytes:
    """What a server sends, up to a size and a moment: a socket waits anew for each byte."""
    body = bytearray()
    while piece := response.read1(PIECE_BYTES):
        body += piece
        if len(body) > ANSWER_MAX_BYTES:
            raise RoadsDown(TOO_LARGE)
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(body)


def _refusal(error: urllib.error.HTTPError, *, until: float) -> Exception:
    """What stands behind an answer that is no answer."""
    if error.code < BAD_REQUEST:
        return RoadsDown(SENT_ELSEWHERE)
    if error.code >= SERVER_FAULT:
        return RoadsDown(FAULTY, f"HTTP {error.code}")
    try:
        said = _object(_body(error, until=until))
    except (OSError, http.client.HTTPException, RoadsDown):
        return RoadsDown(FAULTY, f"HTTP {error.code}")
    code = said.get("code", said.get("error_code"))
    if code is None:
        return RoadsDown(FAULTY, f"HTTP {error.code}")
    return Declined(str(code), str(said.get("message", said.get("error", ""))))


def _object(body: bytes) -> dict[str, Any]:
    try:
        made = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RoadsDown(NONSENSE, "no JSON") from error
    if isinstance(made, list):
        return {"": made}
    if not isinstance(made, dict):
        raise RoadsDown(NONSENSE, "no object")
    return made


def _no_constant(word: str) -> float:
    """NaN and Infinity are no JSON, whatever Python's reader thinks."""
    msg = f"{word} is no number"
    raise ValueError(msg)
