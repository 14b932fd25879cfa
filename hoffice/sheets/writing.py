"""The one way out for tables: files that Excel opens as they are, and in which nothing is live."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from hoffice.sheets.formulas import disarm
from hoffice.sheets.tables import Limits

Value = str | int | float | Decimal | bool | date | datetime | time | None
"""What may stand in a cell. Moments come in the time zone in which they shall be read."""

Locale = Literal["de", "en"]

CELL_CHARS = Limits().cell_chars
TITLE_CHARS = 31
NARROWEST, WIDEST = 8, 60
SAMPLE_LINES = 500
PART_CHARS = 60_000

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\\/*?:\[\]]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[Value]], *, locale: Locale = "de"
) -> bytes:
    """A CSV file as the spreadsheet of this language opens it with a double click.

    UTF-8 with its mark and CRLF; ``;`` and decimal commas in German, ``,`` and points in English.
    A text that looks like a formula gets a leading apostrophe, which `hoffice.sheets.reading`
    takes away again.
    """
    return b"".join(csv_parts(header, rows, locale=locale))


def csv_parts(
    header: Sequence[str], rows: Iterable[Sequence[Value]], *, locale: Locale = "de"
) -> Iterator[bytes]:
    """The same file piece by piece, for tables that nobody wants to hold in memory."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";" if locale == "de" else ",", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([_shown(name, locale) for name in header])
    for row in rows:
        writer.writerow([_shown(value, locale) for value in row])
        if buffer.tell() > PART_CHARS:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[Value]], *, title: str) -> bytes:
    """A workbook with one sheet: bold frozen header, filter, fitting widths, and no formula.

    Texts are written as texts whatever they look like; numbers and dates stay what they are.
    """
    lines = [tuple(row) for row in rows]
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_title(title))
    sheet.freeze_panes = "A2"
    for index, name in enumerate(header):
        sheet.column_dimensions[get_column_letter(index + 1)].width = _width(name, lines, index)
    if header:
        last = get_column_letter(len(header))
        sheet.auto_filter.ref = f"A1:{last}{len(lines) + 1}"
    sheet.append([_bold(_cell(sheet, name)) for name in header])
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _cleaned(text: str) -> str:
    """Without characters that XML forbids, with unified line breaks, as long as Excel allows."""
    legal = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return legal if len(legal) <= CELL_CHARS else f"{legal[: CELL_CHARS - 1]}…"


def _shown(value: Value, locale: Locale) -> str:
    """The text of a cell in a CSV file."""
    if isinstance(value, str):
        return disarm(_cleaned(value))
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES_NO[locale][value]
    if isinstance(value, int | float | Decimal):
        whole = isinstance(value, float) and value.is_integer()
        number = format(value, ".0f" if whole else "f" if isinstance(value, Decimal) else "")
        return number.replace(".", ",") if locale == "de" else number
    return _MOMENTS[locale](value)


def _german(moment: date | time) -> str:
    if isinstance(moment, time):
        return f"{moment:%H:%M}"
    return f"{moment:%d.%m.%Y %H:%M}" if isinstance(moment, datetime) else f"{moment:%d.%m.%Y}"


def _iso(moment: date | time) -> str:
    if isinstance(moment, time):
        return f"{moment:%H:%M}"
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}"


_YES_NO: dict[Locale, tuple[str, str]] = {"de": ("nein", "ja"), "en": ("no", "yes")}
_MOMENTS: dict[Locale, Callable[[date | time], str]] = {"de": _german, "en": _iso}


def _cell(sheet: Any, value: Any) -> Any:
    """A cell that is exactly what the value is, a text always a text."""
    if not isinstance(value, str):
        naive: Any = value.replace(tzinfo=None) if isinstance(value, datetime | time) else value
        return WriteOnlyCell(sheet, value=naive)
    text = _ESCAPE.sub("_x005F_", _cleaned(value))
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # openpyxl takes “=…” for a formula and “#N/A” for an error
    if disarm(text) != text:
        cell.quotePrefix = True  # stays a text when somebody edits it in Excel
    return cell


def _bold(cell: Any) -> Any:
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _width(name: str, lines: Sequence[Sequence[Value]], index: int) -> int:
    """As wide as its longest line of text, judged by the first lines of the table."""
    texts = [name, *(str(line[index]) for line in lines[:SAMPLE_LINES] if index < len(line))]
    longest = max(len(part) for text in texts for part in text.split("\n"))
    return min(WIDEST, max(NARROWEST, longest + 2))


def _title(title: str) -> str:
    """A title that Excel accepts: no brackets or slashes, at most 31 characters, never empty."""
    legal = _NOT_IN_TITLES.sub(" ", _ILLEGAL.sub("", title))
    short = " ".join(legal.split())[:TITLE_CHARS].strip(" '")
    return "Tabelle" if not short or short.lower() in {"history", "verlauf"} else short
