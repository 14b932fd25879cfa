"""Many stored files as one ZIP with an index, made while it is sent: facts in, bytes out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from hoffice.errors import NotFound

if TYPE_CHECKING:
    from hoffice.sheets.writing import Locale, Value

PDF_IS_PACKED = zipfile.ZIP_STORED
"""PDFs are compressed inside; packing them again costs time and saves nothing."""
UNIX_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored file: where it goes in the archive, what it is, and what the index says of it."""

    name: str
    sha256: str
    size: int
    columns: Sequence[str]
    """Reference, title, version, state and dates, as people read them."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the index says around the entries, in the reader's language."""

    title: str
    about: Sequence[str]
    header: Sequence[str]
    """Heads of an entry's own columns; file, size, SHA-256 and state of the file come after."""
    file: str
    size: str
    sha256: str
    condition: str
    whole: str
    missing: str
    locale: Locale


class Sink(io.RawIOBase):
    """Where the archive is written to; what came in is handed on at once."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        """It takes bytes and gives none."""
        return True

    def write(self, given: object) -> int:
        """Keep a piece until it is fetched."""
        piece = bytes(given)  # type: ignore[call-overload]  # a buffer of any kind
        self.parts.append(piece)
        return len(piece)

    def fetch(self) -> bytes:
        """All that has come in since the last time."""
        piece = b"".join(self.parts)
        self.parts.clear()
        return piece


def streamed(
    entries: Sequence[Entry], words: Words, *, read: Callable[[str], bytes], made_at: datetime
) -> Iterator[bytes]:
    """The archive, piece by piece; no more than one file is in memory.

    A file that is gone or damaged does not stop the others: the index, which comes last, says so.
    """
    sink = Sink()
    found: list[bool] = []
    with zipfile.ZipFile(sink, "w") as archive:
        for entry in entries:
            try:
                content = read(entry.sha256)
            except NotFound:
                found.append(False)
                continue
            found.append(True)
            archive.writestr(_member(entry.name, made_at), content)
            yield sink.fetch()
        archive.writestr(_member("index.csv", made_at), _table(entries, words, found))
        archive.writestr(_member("index.txt", made_at), _text(entries, words, found))
        yield sink.fetch()
    yield sink.fetch()


def _member(name: str, made_at: datetime) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, date_time=made_at.timetuple()[:6])
    packs = name.startswith("index.")
    member.compress_type = zipfile.ZIP_DEFLATED if packs else PDF_IS_PACKED
    member.external_attr = UNIX_FILE
    return member


def _table(entries: Sequence[Entry], words: Words, found: Sequence[bool]) -> bytes:
    header = [*words.header, words.file, words.size, words.sha256, words.condition]
    rows: list[list[Value]] = [
        [*one.columns, one.name, one.size, one.sha256, words.whole if is_there else words.missing]
        for one, is_there in zip(entries, found, strict=True)
    ]
    from hoffice.sheets.writing import csv_bytes  # noqa: PLC0415  # openpyxl is slow to load

    return csv_bytes(header, rows, locale=words.locale)


def _text(entries: Sequence[Entry], words: Words, found: Sequence[bool]) -> bytes:
    """The same for the eye: one block for each file."""
    lines = [words.title, "=" * len(words.title), "", *words.about]
    for one, is_there in zip(entries, found, strict=True):
        lines += ["", one.name]
        lines += [
            f"  {head}: {text}"
            for head, text in zip(words.header, one.columns, strict=True)
            if text
        ]
        lines += [f"  {words.sha256}: {one.sha256}"]
        lines += [] if is_there else [f"  {words.missing}"]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
