"""Registers as text tables: any usual encoding and separator, half a million lines in seconds.

`hoffice.sheets` reads what offices upload, whole and in memory, and warns of formulas; a register
is twenty times as long, is never opened in a spreadsheet again, and comes line by line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

from hoffice.errors import N_, Refused
from hoffice.places.sources import columns as named
from hoffice.places.sources.contents import CHUNK_BYTES, broken, cut, legible, unpacked
from hoffice.places.sources.entries import Entry, Flaw, Making, RegisterFile, number_of
from hoffice.places.sources.points import system_of

SEPARATORS: Final = (",", ";", "\t", "|")
LINE_CHARS: Final = 1 << 17
"""A line that is longer is no address."""
LONG_FILE_LINES: Final = 1_000
"""Nobody types so many lines by hand: where the last one does not end, the file was cut."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_RUBBISH = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_POINT = re.compile(
    r"(?:SRID=(\d+);)?\s*POINT\s*Z?M?\s*\(\s*([-+.\deE]+)\s+([-+.\deE]+)", re.IGNORECASE
)


class Rows(Protocol):
    """What the csv module reads with."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """Row after row."""
        ...

    def __next__(self) -> list[str]:
        """The next row."""
        ...


@dataclass(frozen=True, slots=True)
class Shape:
    """What one look through the whole file tells about it."""

    encoding: str
    lines: int
    is_ended: bool
    """Whether the last line has an end."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of a table are to be read."""

    separator: str
    header: tuple[str, ...]


class Table(RegisterFile):
    """A register in a text table."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._shape = _shape(path)
        with (
            legible(path),
            unpacked(path) as (stream, _progress),
            closing(_lines(path, stream, self._shape.encoding)) as lines,
        ):
            first = next(lines, "")
        self._dialect = _dialect(first)
        header = self._dialect.header
        self._columns = named.assigned(header)
        named.require_address(self._columns, header, path)
        with_points = named.has_point(self._columns)
        self.origin = named.origin(path, "table", header, with_points=with_points)
        self.total = max(0, self._shape.lines - 1)

    def entries(self, making: Making) -> Iterator[Entry]:
        """One entry per line; a cell may go over several."""
        with (
            legible(self.path),
            unpacked(self.path) as (stream, self._progress),
            closing(_lines(self.path, stream, self._shape.encoding)) as lines,
        ):
            rows = csv.reader(lines, delimiter=self._dialect.separator)
            try:
                yield from self._read_rows(rows, making)
            except csv.Error as error:
                raise Refused(
                    N_(
                        "Line %(line)s of %(name)s cannot be read: it is too long, or a quotation "
                        "mark is never closed. Export the addresses again."
                    ),
                    line=rows.line_num,
                    name=self.path.name,
                ) from error

    def _read_rows(self, rows: Rows, making: Making) -> Iterator[Entry]:
        next(rows)
        width = len(self._dialect.header)
        last: Sequence[str] = ("",) * width
        take = _picker(self._dialect.header, self._columns)
        for row in rows:
            if len(row) != width:
                if not any(row):
                    continue
                last = row
                if any(row[width:]) or len(row) < width:
                    making.seen += 1
                    making.flawed(Flaw.MISFIT, rows.line_num)
                    continue
            last = row
            entry = self._entry(row, take, making, rows.line_num)
            if entry is not None:
                yield entry
        is_torn = not self._shape.is_ended and self._shape.lines > LONG_FILE_LINES
        if len(last) < width or is_torn:
            raise Refused(
                N_(
                    "The last line of %(name)s (%(line)s) is not complete: the file is cut off. "
                    "Download or export it again; if it is complete, end the line with a break."
                ),
                name=self.path.name,
                line=rows.line_num,
            )

    def _entry(
        self, row: Sequence[str], take: Sequence[int], making: Making, line: int
    ) -> Entry | None:
        *words_at, x_at, y_at, wkt_at = take
        cells = (*row, "")  # -1 is a column that is not there
        try:
            if wkt_at >= 0:
                x, y = _of_wkt(cells[wkt_at], making)
            else:
                x, y = number_of(cells[x_at]), number_of(cells[y_at])
        except ValueError:
            making.unreadable_point(line)
            return None
        words = [cells[at] for at in words_at]
        return making.entry(words, x, y, line)


def _picker(header: Sequence[str], columns: dict[str, str]) -> tuple[int, ...]:
    """Where each part of an address stands in a row; -1 where it has no column."""
    where = {part: header.index(name) for part, name in columns.items()}
    if "x" in where and "y" in where:
        where.pop("wkt", None)
    return tuple(where.get(part, -1) for part in named.SYNONYMS)


def _of_wkt(cell: str, making: Making) -> tuple[float | None, float | None]:
    """The point of ``POINT (13.4 52.5)``, which may name its system.

    :raises ValueError: when it is no point.
    """
    if not cell.strip():
        return None, None
    found = _POINT.match(cell.strip())
    if found is None:
        raise ValueError(cell)
    srid, x, y = found.groups()
    if srid is not None and making.system is None:
        making.system = system_of(srid)
    return float(x), float(y)


def _shape(path: Path) -> Shape:
    """Look through the file once: encoding, number of lines, and that it is text to its end."""
    with legible(path), unpacked(path) as (stream, _progress):
        head = stream.read(4)
        bom = next((name for mark, name in _BOMS if head.startswith(mark)), None)
        encoding = bom or "utf-8"
        decoder = codecs.getincrementaldecoder(encoding)()
        lines, last, chunk = 0, b"", head
        while chunk:
            if encoding != "utf-16" and _RUBBISH.search(chunk):
                raise broken(path)
            lines += chunk.count(b"\n")
            last = chunk[-2:]
            if encoding != "cp1252":
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    if bom is not None:
                        raise broken(path) from error
                    encoding = "cp1252"
            chunk = stream.read(CHUNK_BYTES)
        if encoding == "utf-8" and decoder.getstate()[0]:
            raise cut(path)  # in the middle of a character
    is_ended = b"\n" in last or last.endswith(b"\r")
    return Shape(encoding, lines + (not is_ended), is_ended)


def _lines(path: Path, stream: IO[bytes], encoding: str) -> Generator[str]:
    """The lines of the text, none of them too long."""
    text = io.TextIOWrapper(stream, encoding, newline="")
    try:
        while line := text.readline(LINE_CHARS):
            if len(line) == LINE_CHARS:
                raise Refused(
                    N_(
                        "%(name)s has a line of more than %(limit)s characters: it is no table of "
                        "addresses."
                    ),
                    name=path.name,
                    limit=LINE_CHARS,
                )
            yield line
    except UnicodeDecodeError as error:
        raise broken(path) from error
    finally:
        text.detach()


def _dialect(first: str) -> Dialect:
    """The separator with which the first line names most parts of an address."""
    guesses = []
    for separator in SEPARATORS:
        cells = next(csv.reader([first], delimiter=separator), [])
        guesses.append(Dialect(separator, tuple(cell.strip() for cell in cells)))
    return max(guesses, key=lambda guess: (len(named.assigned(guess.header)), len(guess.header)))
