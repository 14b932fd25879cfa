"""Files as streams of bytes, packed or not, that never break without a sentence."""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Final, cast

from hoffice.errors import N_, Refused

CHUNK_BYTES: Final = 1 << 20
HEAD_BYTES: Final = 1 << 14

_EXCEPTION_TEXT = re.compile(
    r"<(?:\w+:)?(?:ExceptionText|ServiceException)\b[^>]*>(.*?)</", re.DOTALL | re.IGNORECASE
)
_SHORT: Final = 200


class Packing(StrEnum):
    """How a file is packed; the values are what its name would end with."""

    NONE = ""
    GZIP = "gz"
    BZIP2 = "bz2"


_MAGIC: Final = {b"\x1f\x8b": Packing.GZIP, b"BZh": Packing.BZIP2}


CUT: Final = N_(
    "%(name)s ends in the middle: it is cut off or was not downloaded completely. "
    "Download it again."
)
BROKEN: Final = N_("%(name)s is damaged or is no register that can be read. Download it again.")
NO_COLLECTION: Final = N_("%(name)s is JSON, but holds no addresses (no FeatureCollection).")

_OF_SERVERS: Final = {
    CUT: N_(
        "The answer of %(name)s ends in the middle. Try again: what has been downloaded is kept."
    ),
    BROKEN: N_(
        "The answer of %(name)s is damaged or holds no addresses that can be read. Check the "
        "address of the service, or try again later."
    ),
    NO_COLLECTION: N_(
        "The answer of %(name)s is JSON, but holds no addresses (no FeatureCollection). Check the "
        "address of the service."
    ),
}
"""What is said about a file, as it is said about what a server has sent."""


def of_server(refusal: Refused, host: str) -> Refused:
    """What was found wrong with a file, said about the server that has just sent it."""
    sentence = _OF_SERVERS.get(refusal.reason)
    return refusal if sentence is None else Refused(sentence, name=host)


def cut(path: Path) -> Refused:
    """The sentence about a file that ends too early."""
    return Refused(CUT, name=path.name)


def broken(path: Path) -> Refused:
    """The sentence about a file whose bytes make no sense."""
    return Refused(BROKEN, name=path.name)


@contextmanager
def legible(path: Path) -> Iterator[None]:
    """Turn what unpacking and the disk complain about into a sentence."""
    try:
        yield
    except EOFError as error:
        raise cut(path) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise broken(path) from error
    except OSError as error:
        if error.errno is None:  # bz2 says it this way
            raise broken(path) from error
        raise Refused(
            N_("%(name)s cannot be read: %(reason)s."), name=path.name, reason=error.strerror
        ) from error


def packing_of(head: bytes) -> Packing:
    """How a file that begins like this is packed."""
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), Packing.NONE)


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], float]]]:
    """The bytes of a file without its packing, and how much of it has been read, from 0 to 1."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw:
        packing = packing_of(raw.peek(4))

        def progress() -> float:
            return 1.0 if raw.closed else raw.tell() / size

        if packing is Packing.NONE:
            yield raw, progress
            return
        with (gzip.open if packing is Packing.GZIP else bz2.open)(raw) as stream:
            yield cast("IO[bytes]", stream), progress


def head_of(path: Path) -> bytes:
    """The first bytes of a file without its packing."""
    with legible(path), unpacked(path) as (stream, _progress):
        return stream.read(HEAD_BYTES)


def text_of(head: bytes) -> str:
    """The first bytes as text, whatever the encoding, to look at only."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace").lstrip()
    return head.decode("utf-8-sig", errors="replace").lstrip()


def is_web_page(text: str) -> bool:
    """Whether a text begins like a page for a browser."""
    return re.match(r"\s*<(?:!doctype\s+html|html|head|body)\b", text, re.IGNORECASE) is not None


def web_page(name: str) -> Refused:
    """The sentence about a web page where addresses should be."""
    return Refused(
        N_(
            "%(name)s is a web page, probably an error message of the server. Open it in a "
            "browser to read it, and download the addresses again."
        ),
        name=name,
    )


def web_answer(host: str) -> Refused:
    """The sentence about a server that answers with a web page."""
    return Refused(
        N_(
            "The answer of %(name)s is a web page, probably an error message. Open the address of "
            "the service in a browser to read it, and try again later."
        ),
        name=host,
    )


def complaint(text: str) -> str | None:
    """What a server says in an exception report, shortened; nothing when it is none."""
    if not re.search(r"<(?:\w+:)?(?:Service)?ExceptionReport\b", text[:2000]):
        return None
    found = _EXCEPTION_TEXT.search(text)
    said = " ".join(re.sub(r"<[^>]*>", " ", found.group(1)).split()) if found else ""
    return shortened(said) or "?"


def shortened(text: str) -> str:
    """At most a few lines of somebody else's text."""
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def exception_report(said: str) -> Refused:
    """The sentence about a server that refused."""
    return Refused(
        N_(
            "Instead of addresses the server sent an error: “%(said)s”. Check the address of the "
            "service."
        ),
        said=said,
    )
