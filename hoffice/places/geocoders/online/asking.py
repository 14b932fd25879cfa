"""The door: one question to one provider, over geopy, and every way in which it can fail."""

from __future__ import annotations

import io
import logging
import math
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any, Final
from urllib.request import (
    BaseHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)
from urllib.response import addinfourl

from geopy.adapters import AdapterHTTPError, URLLibAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)

from hoffice.places.geocoders.online import words
from hoffice.places.geocoders.online.judging import in_germany, judged
from hoffice.places.geocoders.online.providers import PROVIDERS, PUBLIC_HOSTS, public_host
from hoffice.places.geocoders.online.words import Found, ProviderFailed, Question
from hoffice.places.rules import Located
from hoffice.settings import OnlineProvider

TIMEOUT_S: Final = 10
"""geopy's own second is too short for a provider that wakes up."""
MOST_BYTES: Final = 2_000_000
"""Ten addresses take some ten thousand."""
PIECE_BYTES: Final = 65_536

_REASONS: Final[tuple[tuple[type[GeopyError], str], ...]] = (
    (GeocoderTimedOut, words.TIMED_OUT),
    (GeocoderRateLimited, words.ASKS_TO_WAIT),
    (GeocoderQuotaExceeded, words.QUOTA_USED_UP),
    (GeocoderAuthenticationFailure, words.KEY_REFUSED),
    (GeocoderInsufficientPrivileges, words.REFUSED),
    (GeocoderUnavailable, words.UNREACHABLE),
    (GeocoderParseError, words.UNREADABLE),
    (GeocoderQueryError, words.QUESTION_REFUSED),
)
"""From the special to the general: some of geopy's errors are subclasses of others."""

_NOT_UNDERSTOOD: Final = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What geopy's readers, and ours, stumble over when JSON is not what the provider promises."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Refuse: the address was meant for one server, not for whomever that one names."""


class _TooMuch(HTTPException):
    """An answer longer than any that has ten addresses in it."""


class _Bounded(BaseHandler):
    """Reads an answer within a size and a time: a socket waits anew for each byte."""

    handler_order = 100  # before the one that turns bad status codes into errors

    def http_response(self, request: Request, response: HTTPResponse) -> addinfourl:
        """The same response, with its body read."""
        with response:
            body = _body(response, until=time.monotonic() + (request.timeout or TIMEOUT_S))
        whole = addinfourl(io.BytesIO(body), response.headers, response.url, response.status)
        whole.msg = response.reason  # type: ignore[attr-defined]  # urllib reads it there
        return whole

    https_response = http_response


def _body(response: HTTPResponse, *, until: float) -> bytes:
    said = response.headers.get("Content-Length", "")
    whole = int(said) if said.isdecimal() else None
    body = bytearray()
    while whole is None or len(body) < whole:
        piece = response.read1(PIECE_BYTES)
        if not piece:
            break
        body += piece
        if len(body) > MOST_BYTES:
            raise _TooMuch
        if time.monotonic() > until:
            raise TimeoutError
    if whole is not None and len(body) < whole:
        raise IncompleteRead(bytes(body))
    return bytes(body)


class CarefulAdapter(URLLibAdapter):  # type: ignore[misc]  # geopy is untyped
    """One question, asked once: no redirect, no second try, no answer without end.

    (geopy's adapter for ``requests`` would repeat a question up to three times by itself, which no
    rate limit of ours would see.)
    """

    def __init__(self, *, proxies: Mapping[str, str] | None, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        proxy = ProxyHandler(dict(proxies) if proxies is not None else None)
        https = HTTPSHandler(context=ssl_context)
        self.urlopen = build_opener(https, proxy, _NoRedirect(), _Bounded()).open


class _Silent(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Drop it: geopy writes whole URLs, and both the key and a home address are in them."""
        del record
        return False


_SILENT: Final = _Silent()


class OnlineGeocoder:
    """One online provider: asks over the network, believes only what fits the question."""

    def __init__(
        self,
        access: OnlineProvider,
        *,
        user_agent: str,
        timeout_s: float = TIMEOUT_S,
        adapter: Callable[..., Any] = CarefulAdapter,
    ) -> None:
        logging.getLogger("geopy").addFilter(_SILENT)
        provider = PROVIDERS[access.name]
        self.provider = access.name
        self.label = provider.label
        self.credit = provider.credit
        self.keep_days = provider.keep_days
        public = public_host(access)
        self.is_public = bool(public)
        """Whether it lives on donations: single questions only, never lists."""
        self.interval_s = PUBLIC_HOSTS[public] if public else provider.interval_s
        """Seconds between two questions, of all processes of this house together."""
        self._ask, self._read = provider.ask, provider.read
        common = {"user_agent": user_agent, "timeout": timeout_s, "adapter_factory": adapter}
        self._geopy = provider.make(access, common)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.provider!r})"

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The point of an address, straight from the provider, without cache or turn.

        Raises :class:`ProviderFailed` when there is no answer.
        """
        question = Question.of(street, housenumber, postcode, city)
        return judged(question, self.ask(question), provider=self.provider)

    def ask(self, question: Question) -> tuple[Found, ...]:
        """What the provider knows in Germany; empty when it knows nothing.

        Raises :class:`ProviderFailed`. It is raised outside of the ``except`` on purpose: as a
        cause, geopy's error would carry the URL with the key into every traceback.
        """
        try:
            answers = self._ask(self._geopy, question) or ()
        except GeopyError as error:
            failed = _failure(error)
        except _NOT_UNDERSTOOD as error:
            failed = ProviderFailed(words.UNREADABLE, kind=type(error).__name__)
        else:
            return self._read_all([answer.raw for answer in answers])
        raise failed

    def _read_all(self, raws: list[Mapping[str, Any]]) -> tuple[Found, ...]:
        try:
            found = [self._read(raw) for raw in raws]
        except _NOT_UNDERSTOOD as error:
            failed = ProviderFailed(words.UNREADABLE, kind=type(error).__name__)
        else:
            return tuple(in_germany(one for one in found if math.isfinite(one.lat + one.lon)))
        raise failed


def _failure(error: GeopyError) -> ProviderFailed:
    """Our word for geopy's error; looks behind what geopy calls just a service error."""
    kind, cause = type(error).__name__, error.__cause__ or error.__context__
    if isinstance(cause, AdapterHTTPError):
        kind = f"{kind} {cause.status_code}"
        if 300 <= cause.status_code < 400:  # noqa: PLR2004  # HTTP's redirects
            return ProviderFailed(words.SENT_AWAY, kind=kind)
        if cause.status_code == 503:  # noqa: PLR2004  # geopy takes it for a time-out
            return ProviderFailed(words.UNREACHABLE, kind=kind)
    for known, reason in _REASONS:
        if isinstance(error, known):
            wait = getattr(error, "retry_after", None)
            return ProviderFailed(reason, retry_after=wait, kind=kind)
    if isinstance(cause, TimeoutError):
        return ProviderFailed(words.TIMED_OUT, kind=kind)
    if isinstance(cause, HTTPException):
        return ProviderFailed(words.UNREADABLE, kind=kind)  # it stopped in the middle
    answered = isinstance(cause, AdapterHTTPError) or not isinstance(cause, OSError)
    return ProviderFailed(words.BROKEN if answered else words.UNREACHABLE, kind=kind)
