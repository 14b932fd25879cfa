"""Downloading the official addresses of Berlin, page by page, so that nothing is fetched twice.

A Web Feature Service tells how many features there are and sends them in pages. Each page is kept
in a file of its own until all are there; then they are joined into one GeoJSON file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from hoffice import VERSION
from hoffice.errors import N_, Refused
from hoffice.places.sources.contents import (
    HEAD_BYTES,
    complaint,
    exception_report,
    is_web_page,
    legible,
    of_server,
    shortened,
    text_of,
    web_answer,
)
from hoffice.places.sources.geojson import Features

BERLIN_URL: Final = "https://gdi.berlin.de/services/wfs/adressen_berlin"
BERLIN_TYPE: Final = "adressen_berlin:adressen_berlin"
ORDER: Final = "str_name,hnr,hnr_zusatz,plz"
"""What no two addresses of Berlin share: pages in this order do not overlap."""

PAGE_SIZE: Final = 10_000
PAGE_BYTES: Final = 128 << 20
TIMEOUT_S: Final = 60.0
PAGE_TIMEOUT_S: Final = 600.0
"""However slowly it drips, no page may take longer."""
RESTS_S: Final = (2.0, 10.0, 30.0, 90.0)
"""Before the second try, the third …: a server that is down is not helped by haste."""
READ_BYTES: Final = 1 << 16

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_MATCHED = re.compile(r"""["']?numberMatched["']?\s*[=:]\s*["']?(\d{1,9})\b""")
_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERROR: Final = 500

Progress = Callable[[int, int], None]
"""Told after each page: how many addresses are here, and how many there are."""
Rest = Callable[[float, str], None]
"""Told before each rest: for how many seconds, and why the server has to be asked again."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A download that is complete."""

    path: Path
    addresses: int
    kept_pages: int
    """How many pages an earlier, interrupted download had left."""


@dataclass(frozen=True, slots=True)
class State:
    """What the pages on disk belong to."""

    url: str
    page_size: int
    matched: int


class Unsteady(Exception):
    """The server did not answer well this time; the next it may."""


def fetch_berlin(  # noqa: PLR0913  # each is a knob that a test or an admin turns
    url: str,
    into: Path,
    *,
    type_name: str = BERLIN_TYPE,
    page_size: int = PAGE_SIZE,
    on_progress: Progress = lambda _here, _all: None,
    on_rest: Rest = lambda _seconds, _reason: None,
    timeout_s: float = TIMEOUT_S,
    rests_s: tuple[float, ...] = RESTS_S,
    opener: OpenerDirector | None = None,
) -> Fetched:
    """Download all addresses into one GeoJSON file, which appears when it is complete.

    Called again after an interruption it fetches the missing pages only, unless the server has
    another number of addresses by then.

    :raises Refused: with a sentence; what was there before at ``into`` stays.
    """
    _require_safe(url)
    opener = opener or build_opener(SameHost())
    server = Server(url, type_name, timeout_s, rests_s, opener, on_rest=on_rest)
    matched = server.matched()
    with _writable(into):
        pages = Pages(into, State(url, page_size, matched))
        kept = pages.present()
        for number in range(pages.count):
            if number not in kept:
                pages.keep(number, server.page(number * page_size, pages.expected(number)), server)
            on_progress(min(matched, (number + 1) * page_size), matched)
        addresses = pages.join()
    return Fetched(into, addresses, len(kept))


class SameHost(HTTPRedirectHandler):
    """Follows a server only as far as itself: addresses come from nobody else."""

    def redirect_request(  # noqa: PLR0913, PLR0917  # urllib's own
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Refuse another host, and a way without encryption."""
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if after.hostname != before.hostname or after.scheme not in {before.scheme, "https"}:
            raise Refused(
                N_(
                    "The server %(before)s sends us on to %(after)s. Look up the new address of "
                    "the service and name that."
                ),
                before=before.hostname,
                after=after.hostname or "?",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Server:
    """The service on the other side."""

    def __init__(  # noqa: PLR0913  # the knobs of `fetch_berlin`
        self,
        url: str,
        type_name: str,
        timeout_s: float,
        rests_s: tuple[float, ...],
        opener: OpenerDirector,
        *,
        on_rest: Rest,
    ) -> None:
        self._url = url
        self._type_name = type_name
        self._timeout_s = timeout_s
        self._rests_s = rests_s
        self._opener = opener
        self._on_rest = on_rest
        self.host = urlsplit(url).hostname or "?"

    def matched(self) -> int:
        """How many addresses there are."""
        text = text_of(self._asked({"resultType": "hits"}))
        found = _MATCHED.search(text)
        if found is None or int(found.group(1)) == 0:
            raise Refused(
                N_(
                    "%(host)s does not say how many addresses it has. Check the address of the "
                    "service; it has to be a WFS 2.0."
                ),
                host=self.host,
            )
        return int(found.group(1))

    def page(self, start: int, count: int) -> bytes:
        """One page of features as GeoJSON."""
        return self._asked(
            {
                "startIndex": str(start),
                "count": str(count),
                "sortBy": ORDER,
                "outputFormat": "application/json",
            }
        )

    def _asked(self, question: dict[str, str]) -> bytes:
        """The answer to a question, after so many tries as it takes.

        :raises Refused: when there is none, or when it is an error.
        """
        address = self._address(question)
        said = ""
        for rest_s in (0.0, *self._rests_s):
            if said:
                self._on_rest(rest_s, said)
            sleep(rest_s)
            try:
                answer = self._once(address)
            except Unsteady as error:
                said = str(error)
                continue
            text = text_of(answer[:HEAD_BYTES])
            if is_web_page(text):
                raise web_answer(self.host)
            error_text = complaint(text)
            if error_text is not None:
                raise exception_report(error_text)
            return answer
        raise Refused(
            N_(
                "%(host)s does not answer (%(reason)s). Try again later: what has been "
                "downloaded is kept."
            ),
            host=self.host,
            reason=said,
        )

    def _address(self, question: dict[str, str]) -> str:
        asked = {
            "service": "WFS",
            "version": "2.0.0",
            "request": "GetFeature",
            "typeNames": self._type_name,
            **question,
        }
        joint = "&" if urlsplit(self._url).query else "?"
        return f"{self._url}{joint}{urlencode(asked)}"

    def _once(self, address: str) -> bytes:
        """One try.

        :raises Unsteady: when another may help.
        """
        request = Request(address, headers={"User-Agent": f"hoffice/{VERSION}"})  # noqa: S310  # vetted
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                return self._body(answer)
        except HTTPError as error:
            with error:
                said = complaint(text_of(error.read(HEAD_BYTES)))
            if error.code >= _SERVER_ERROR or error.code == _TOO_MANY_REQUESTS:
                raise Unsteady(f"HTTP {error.code}") from error
            raise exception_report(said or f"HTTP {error.code}") from error
        except URLError as error:
            raise Unsteady(shortened(str(error.reason))) from error
        except (HTTPException, OSError) as error:
            raise Unsteady(shortened(str(error) or type(error).__name__)) from error

    def _body(self, answer: Any) -> bytes:
        """All of an answer, within its bounds of size and time."""
        ends = monotonic() + max(self._timeout_s, PAGE_TIMEOUT_S)
        body = bytearray()
        while chunk := answer.read(READ_BYTES):
            body += chunk
            if len(body) > PAGE_BYTES:
                raise Refused(
                    N_(
                        "%(host)s sends more than %(limit)s MB for one page. Ask for fewer at once."
                    ),
                    host=self.host,
                    limit=PAGE_BYTES >> 20,
                )
            if monotonic() > ends:
                raise Unsteady("timed out")
        announced = answer.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) != len(body):
            raise Unsteady("incomplete answer")
        return bytes(body)


class Pages:
    """The pages on disk, in a folder beside the file that they will be joined into."""

    def __init__(self, into: Path, state: State) -> None:
        self._into = into
        self._state = state
        self._folder = into.with_name(f"{into.name}.parts")
        self.count = -(-state.matched // state.page_size)
        remembered = self._folder / "state.json"
        if _remembered(remembered) != asdict(state):
            self.forget()
            self._folder.mkdir(parents=True)
            _write(remembered, json.dumps(asdict(state)).encode())

    def present(self) -> frozenset[int]:
        """The numbers of the pages that are here."""
        return frozenset(number for number in range(self.count) if self._part(number).is_file())

    def expected(self, number: int) -> int:
        """How many addresses a page has."""
        return min(self._state.page_size, self._state.matched - number * self._state.page_size)

    def keep(self, number: int, body: bytes, server: Server) -> None:
        """Put a page on disk, if it is what it should be."""
        unsure = self._folder / f"{number:05}.unsure"
        _write(unsure, body)
        try:
            with legible(unsure), unsure.open("rb") as stream:
                features = Features(unsure, stream)
                for _each in features:
                    pass
        except Refused as refusal:
            unsure.unlink()
            raise of_server(refusal, server.host) from refusal
        if features.matched not in {None, self._state.matched}:
            self.forget()
            raise _changed(server.host)
        if features.read != self.expected(number):
            unsure.unlink()
            raise Refused(
                N_(
                    "%(host)s sent %(read)s addresses instead of %(expected)s on page %(page)s. "
                    "Try again with smaller pages."
                ),
                host=server.host,
                read=features.read,
                expected=self.expected(number),
                page=number + 1,
            )
        unsure.replace(self._part(number))

    def join(self) -> int:
        """Write all pages into one file, which appears at once; the number of addresses."""
        unsure = self._into.with_name(f"{self._into.name}.unsure")
        try:
            with unsure.open("wb") as joined:
                self._write_all(joined)
                joined.flush()
                os.fsync(joined.fileno())
        except Refused:
            unsure.unlink()
            self.forget()
            raise
        unsure.replace(self._into)
        self.forget()
        return self._state.matched

    def forget(self) -> None:
        """Throw the pages away."""
        if self._folder.exists():
            shutil.rmtree(self._folder)

    def _write_all(self, joined: IO[bytes]) -> None:
        seen: set[str] = set()
        system = ""
        joined.write(b'{"type":"FeatureCollection","features":[')
        for number in range(self.count):
            part = self._part(number)
            with legible(part), part.open("rb") as stream:
                features = Features(part, stream)
                for text, feature in features:
                    _require_new(feature, seen)
                    joined.write(b",\n" if len(seen) > 1 else b"\n")
                    joined.write(text.encode())
                system = system or features.system_name
        tail = {"numberMatched": self._state.matched, "numberReturned": len(seen)}
        crs = {"crs": {"type": "name", "properties": {"name": system}}} if system else {}
        joined.write(b"\n]," + json.dumps({**tail, **crs})[1:].encode() + b"\n")

    def _part(self, number: int) -> Path:
        return self._folder / f"{number:05}.json"


def _require_new(feature: dict[str, Any], seen: set[str]) -> None:
    """Refuse what was on a page before: then another address is on none."""
    name = str(feature.get("id") or json.dumps(feature, sort_keys=True))
    if name in seen:
        raise Refused(
            N_(
                "The server sent the address %(name)s twice, so others are missing: its list "
                "changed while it was being read. Start the download again."
            ),
            name=shortened(name),
        )
    seen.add(name)


def _changed(host: str) -> Refused:
    return Refused(
        N_("%(host)s has changed its list just now. Start the download again."), host=host
    )


def _require_safe(url: str) -> None:
    """Refuse what is not encrypted, unless it stays on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return
    raise Refused(
        N_("Addresses are downloaded by https:// only, not from %(url)s. Correct the address."),
        url=shortened(url),
    )


def _remembered(path: Path) -> Any:
    """What an earlier download has noted, if that can still be read."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _write(path: Path, body: bytes) -> None:
    """Write a file that is either there as a whole or not at all."""
    unsure = path.with_name(f"{path.name}.new")
    unsure.write_bytes(body)
    unsure.replace(path)


@contextmanager
def _writable(into: Path) -> Iterator[None]:
    """Turn what the disk complains about into a sentence."""
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise Refused(
            N_("%(path)s cannot be written: %(reason)s."),
            path=str(into),
            reason=error.strerror or str(error),
        ) from error
