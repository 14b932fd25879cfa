"""A stack as it is kept: one PDF or picture as it came, several files together in a ZIP.

Nothing of it is changed: what was uploaded can be taken out again byte by byte.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

MOST_PAGES: Final = 600
MOST_FILES: Final = 200
MOST_PIXELS: Final = 64_000_000
"""Of one picture, in a PDF or alone; a sheet at 600 dpi has 35 million, a large photo 50."""

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
ZIP: Final = "application/zip"

_BEGINNINGS: Final = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
_BUNDLE: Final = b"PK\x03\x04"
_HEAD: Final = 1024
"""How far into a file the mark of a PDF may stand."""
ENDINGS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png", ZIP: "zip"}
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page of a stack: its picture, and what was read on it."""

    number: int
    """Its place in the stack, from 1."""
    picture: bytes = b""
    """JPEG, upright; empty when the page could not be shown."""
    codes: tuple[str, ...] = ()
    is_blank: bool = False


def kind_of(beginning: bytes) -> str | None:
    """What a file is by its first bytes, whatever its name says; None for what we do not read.

    What begins like a ZIP is none of ours, wherever a mark of a PDF stands in it: only what
    :func:`bundled` made is unpacked again.
    """
    if beginning.startswith(_BUNDLE):
        return None
    for mark, kind in _BEGINNINGS.items():
        if beginning.startswith(mark):
            return kind
    return PDF if b"%PDF-" in beginning[:_HEAD] else None


def bundled(files: Sequence[bytes]) -> tuple[bytes, str]:
    """One file to keep for all that came, and its media type; the same files give the same one."""
    if len(files) == 1:
        return files[0], kind_of(files[0]) or PDF
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, content in enumerate(files, start=1):
            ending = ENDINGS[kind_of(content) or PDF]
            archive.writestr(zipfile.ZipInfo(f"{number:03}.{ending}", _OLDEST), content)
    return target.getvalue(), ZIP


def members(kept: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The files of a stack in their order, each with its media type."""
    beginning = kept.read(_HEAD)
    kept.seek(0)
    if not beginning.startswith(_BUNDLE):
        yield kind_of(beginning) or PDF, kept.read()
        return
    with zipfile.ZipFile(kept) as archive:
        for entry in archive.infolist():
            content = archive.read(entry)
            yield kind_of(content[:_HEAD]) or PDF, content
