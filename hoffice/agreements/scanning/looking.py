"""A first look at an upload: what it is, how many pages, and nothing in it that explodes.

Runs in the child process only.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, Final

import pikepdf
from PIL import Image

from hoffice.agreements.scanning.stack import MOST_PAGES, MOST_PIXELS, PDF, members
from hoffice.errors import N_, Refused

NO_STACK: Final = N_("One of the files is neither a PDF nor a picture (JPEG or PNG) that opens.")
LOCKED: Final = N_("This PDF is locked with a password. Save it without one.")
TOO_MANY: Final = N_("A stack has at most %(most)s pages. Upload it in parts.")
TOO_FINE: Final = N_(
    "A picture in it has more than %(most)s million pixels. Scan with 200 to 300 dpi."
)

_BROKEN: Final = (
    pikepdf.PdfError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)


def looked(kept: IO[bytes]) -> int:
    """How many pages a stack has; refused when it is none, or larger than one may be."""
    pages = 0
    for kind, content in members(kept):
        pages += _pages_of(content) if kind == PDF else _checked(content)
        if pages > MOST_PAGES:
            raise Refused(TOO_MANY, most=MOST_PAGES)
    if not pages:
        raise Refused(NO_STACK)
    return pages


def _pages_of(content: bytes) -> int:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if any(one > MOST_PIXELS for one in _pixels(pdf)):
                raise Refused(TOO_FINE, most=MOST_PIXELS // 1_000_000)
            return len(pdf.pages)
    except pikepdf.PasswordError:
        raise Refused(LOCKED) from None
    except _BROKEN:
        raise Refused(NO_STACK) from None


def _pixels(pdf: pikepdf.Pdf) -> Iterator[int]:
    """Of every picture in the file, by what it says of itself; nothing is unpacked."""
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
            yield int(thing.get("/Width", 0)) * int(thing.get("/Height", 0))


def _checked(content: bytes) -> int:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as found:
            pixels = found.width * found.height
            if pixels <= MOST_PIXELS:
                found.draft("L", (100, 100))
                found.load()
    except Image.DecompressionBombError:
        pixels = MOST_PIXELS + 1
    except _BROKEN:
        raise Refused(NO_STACK) from None
    if pixels > MOST_PIXELS:
        raise Refused(TOO_FINE, most=MOST_PIXELS // 1_000_000)
    return 1
