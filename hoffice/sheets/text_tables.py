"""CSV as it comes from offices: any usual encoding and separator, and no wrong guess."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from hoffice.errors import N_, Refused
from hoffice.sheets.formulas import ERRORS, is_plain, looks_live, rearm
from hoffice.sheets.tables import Broken, Garbled, Limits, Live, Table, assemble

SEPARATORS = (";", "\t", "|", ",")
"""In the order of preference when two fit equally well."""

SAMPLE_LINES = 100
SAMPLE_BYTES = 4_096
MOSTLY = 0.4
"""Share of NUL bytes on one side of each pair that makes a text UTF-16 beyond doubt."""
HARDLY = 0.05

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_TWICE_ENCODED = re.compile(r"Ã[¤¶¼„–œŸ©¨¡³]")
"""``ä`` and its kin when UTF-8 is read as cp1252: no name looks like this."""
_MARKUP = re.compile(r"\s*<(?:!doctype|html|table|\?xml|\?mso|head|meta)\b", re.IGNORECASE)
_SEPARATOR_HINT = re.compile(r"sep=([;,|\t])(?:\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Text:
    body: str
    encoding: str


def read_text_table(content: bytes, limits: Limits) -> Table:
    """Read a CSV file; see `hoffice.sheets.reading.read` for the promise."""
    text = _decoded(content)
    _require_table(text)
    hint = _SEPARATOR_HINT.match(text.body)
    body = text.body[hint.end() :] if hint else text.body
    separator = hint.group(1) if hint else _detected(body)
    mixed = text.encoding == "cp1252" and _TWICE_ENCODED.search(body) is not None
    lines = _lines(body, separator, 1 if hint else 0, is_mixed=mixed)
    return assemble(lines, limits, encoding=text.encoding, separator=separator)


def _decoded(content: bytes) -> _Text:
    """The text, by its mark, by its pattern of NUL bytes, or by trying."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _as(content, encoding)
    if b"\0" in content[:SAMPLE_BYTES]:
        return _as(content, _utf16_without_mark(content))
    try:
        return _Text(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _as(content, "cp1252")


def _as(content: bytes, encoding: str) -> _Text:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    try:
        return _Text(content.decode(encoding), name)
    except UnicodeDecodeError as error:
        raise Refused(
            N_(
                "Line %(line)s holds characters that are neither UTF-8 nor Windows-1252 text. "
                "Open the file in your spreadsheet program, save it as “CSV UTF-8” or as XLSX, "
                "and upload that."
            ),
            line=content[: error.start].count(b"\n") + 1,
        ) from error


def _utf16_without_mark(content: bytes) -> str:
    """The byte order that the NUL bytes betray; refused when it is no text at all."""
    sample = content[:SAMPLE_BYTES]
    pairs = max(1, len(sample) // 2)
    low, high = sample[0::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if high > MOSTLY and low < HARDLY:
        return "utf-16-le"
    if low > MOSTLY and high < HARDLY:
        return "utf-16-be"
    raise _junk(1)


def _junk(line: int) -> Refused:
    return Refused(
        N_(
            "This is not a table of text: line %(line)s holds characters that only other kinds "
            "of files have. Save your table as CSV or XLSX and upload that."
        ),
        line=line,
    )


def _require_table(text: _Text) -> None:
    """Refuse web pages and pictures that merely carry the name of a table."""
    if text.body.startswith("%PDF") or _MARKUP.match(text.body):
        raise Refused(
            N_(
                "This file is a web page or a document that is only named like a table. Open it "
                "in your spreadsheet program, save it as XLSX, and upload that."
            )
        )
    control = _CONTROL.search(text.body)
    if control is not None:
        raise _junk(text.body.count("\n", 0, control.start()) + 1)


def _detected(body: str) -> str:
    """The separator with which header and lines agree best on the number of columns."""
    return max(SEPARATORS, key=lambda separator: _agreement(body, separator))


def _agreement(body: str, separator: str) -> float:
    """Columns of the header, times the share of lines that have as many; 0 for one column."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator)
    filled = (cells for cells in reader if any(cell.strip(" ;,|\t") for cell in cells))
    sample: list[list[str]] = []
    with suppress(csv.Error):  # a quotation mark is never closed: judge by the lines before it
        sample.extend(islice(filled, SAMPLE_LINES))
    if not sample:
        return 0.0
    header, *rows = sample
    columns = len(header)
    torn = any(cell.count('"') % 2 for cell in header)
    if columns == 1 or torn:
        return 0.0
    fitting = sum(len(cells) == columns for cells in rows)
    return columns * (0.01 + fitting / max(1, len(rows)))


def _lines(
    body: str, separator: str, skipped: int, *, is_mixed: bool
) -> Iterator[tuple[int, Sequence[str]]]:
    """Every line with the number under which an editor shows its beginning."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Refused(
                N_(
                    "Line %(line)s has a quotation mark that is not closed, or text behind a "
                    "closing one. Correct it there, or save the table as XLSX, and upload it "
                    "again."
                ),
                line=line,
            ) from error
        if cells is None:
            return
        yield line, [_cell(cell, is_mixed=is_mixed) for cell in cells]


def _cell(raw: str, *, is_mixed: bool) -> str:
    """One cell with unified line breaks; what is not simply a text says so by its type."""
    if raw.isalnum() and not is_mixed:
        return raw
    text = raw
    if looks_live(raw) and not is_plain(raw) and not raw.isspace():
        text = rearm(raw)
        if text == raw:
            return Live(raw)
    if text in ERRORS:
        return Broken(text)
    if is_mixed and _TWICE_ENCODED.search(text):
        return Garbled(text)
    return text.replace("\r\n", "\n").replace("\r", "\n")
