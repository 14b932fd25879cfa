"""XLSX, read with suspicion: looked at from outside first, unpacked only when it is small enough.

The only door to openpyxl for reading. defusedxml stands behind openpyxl and refuses entities.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from hoffice.errors import N_, Refused
from hoffice.sheets.tables import MEGABYTE, Broken, Limits, Live, Table, assemble

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

ZIP_MARK = b"PK\x03\x04"
EMPTY_ZIP_MARK = b"PK\x05\x06"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

LINES_OF_EXCEL = 1_048_576
SMALL_BYTES = MEGABYTE
"""Below this a part may be packed as tightly as it likes."""
WHOLE_DIGITS = 15
"""Up to here Excel's floating numbers are exact."""
IS_ENCRYPTED = 0x1
USUAL_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_ARCHIVES = (".zip", ".xlsx", ".xlsm", ".docx", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar")
_ZEROS = re.compile(r"0{2,15}")
_ESCAPED = re.compile(r"_x005F_|_x000D_")

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ParseError,
    DefusedXmlException,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
)
"""What zipfile and openpyxl raise, unwrapped, when parts of a workbook are missing or broken."""


def read_workbook(content: bytes, limits: Limits) -> Table:
    """Read the first visible sheet with text; see `hoffice.sheets.reading.read` for the promise."""
    _inspect(content, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns about styles and extensions; we need none
        workbook = _opened(content)
        try:
            return assemble(_lines(workbook, limits), limits)
        finally:
            workbook.close()


def refuse_ole(content: bytes) -> Refused:
    """The refusal for the container of Office 97, in which Excel also puts encrypted workbooks."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _locked()
    return Refused(
        N_(
            "This is a workbook of an old Excel (.xls). Open it in your spreadsheet program, save "
            "it as XLSX, and upload that."
        )
    )


def _locked() -> Refused:
    return Refused(
        N_(
            "The workbook is protected with a password. Save a copy without the password and "
            "upload that."
        )
    )


def _damaged() -> Refused:
    return Refused(
        N_(
            "The workbook cannot be read; it is damaged or not a real XLSX file. Open it in your "
            "spreadsheet program, save it as XLSX under a new name, and upload that."
        )
    )


def _inspect(content: bytes, limits: Limits) -> None:
    """Refuse by the table of contents, before a single byte is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _refuse_bombs(members, limits)
            _refuse_kinds(archive, members)
            _refuse_nested(archive, members)
    except _UNREADABLE as error:
        raise _damaged() from error


def _refuse_bombs(members: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    """Python never unpacks more of a part than its declared size, so the declared sizes count."""
    total = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > SMALL_BYTES
        and member.file_size > limits.unpacked_ratio * max(1, member.compress_size)
        for member in members
    )
    if total > limits.unpacked_bytes or swollen or len(members) > limits.members:
        raise Refused(
            N_(
                "Unpacked, the workbook would be far larger than a table may be (%(size)s MB in "
                "%(parts)s parts), so it was not opened. Copy the lines into a new workbook or "
                "save them as CSV, and upload that."
            ),
            size=total // MEGABYTE,
            parts=len(members),
        )


def _refuse_kinds(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
    names = {member.filename for member in members}
    if any(member.flag_bits & IS_ENCRYPTED for member in members):
        raise _locked()
    is_foreign = any(member.compress_type not in USUAL_PACKING for member in members)
    if is_foreign or "[Content_Types].xml" not in names:
        raise _damaged()
    has_macros = b"macroEnabled" in archive.read("[Content_Types].xml")
    if has_macros or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse_macros()


def refuse_macros() -> Refused:
    """The refusal for workbooks that carry programs."""
    return Refused(
        N_("The workbook contains macros (.xlsm). Save it as XLSX without macros and upload that.")
    )


def _refuse_nested(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
    for member in members:
        with archive.open(member) as part:
            start = part.read(len(ZIP_MARK))
        if start == ZIP_MARK or member.filename.lower().endswith(_ARCHIVES):
            raise Refused(
                N_(
                    "The workbook has another file packed inside (%(part)s). Remove embedded "
                    "files or save the sheet as CSV, and upload that."
                ),
                part=member.filename,
            )


def _opened(content: bytes) -> Workbook:
    import openpyxl  # noqa: PLC0415  # slow to load, and it loads numpy

    if openpyxl.LXML or not openpyxl.DEFUSEDXML:
        message = "openpyxl runs without defusedxml: import hoffice.sheets before it"
        raise RuntimeError(message)
    try:
        # data_only=False: a formula must be seen as a formula, not as its last result
        return openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=False, keep_links=False
        )
    except _UNREADABLE as error:
        raise _damaged() from error


def _lines(workbook: Workbook, limits: Limits) -> Iterator[tuple[int, Sequence[str]]]:
    """The lines of the first visible sheet that has any text."""
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        is_filled = False
        for line, cells in _sheet_lines(sheet, limits):
            is_filled = is_filled or any(cells)
            yield line, cells
        if is_filled:
            return


def _sheet_lines(sheet: Any, limits: Limits) -> Iterator[tuple[int, Sequence[str]]]:
    """Every line of one sheet, whatever size the sheet says it has."""
    sheet.reset_dimensions()
    budget = limits.rows * limits.columns
    rows = iter(sheet.iter_rows())
    line = 0
    while True:
        try:
            row = next(rows, None)
            if row is None:
                return
            line += 1
            budget -= len(row)
            if budget < 0 or line > LINES_OF_EXCEL:
                raise _too_wide(line)
            cells = [_text(cell) for cell in row]
        except _UNREADABLE as error:
            raise _damaged() from error
        yield line, cells


def _too_wide(line: int) -> Refused:
    return Refused(
        N_(
            "The sheet is far larger than a table may be: reading stopped at line %(line)s. Copy "
            "only the filled lines and columns into a new workbook and upload that."
        ),
        line=line,
    )


def _text(cell: Any) -> str:
    """The text a person sees in the cell, as far as it can be known without her settings."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Live(value if isinstance(value, str) else "=")
    if cell.data_type == "e":
        return Broken(value)
    if isinstance(value, str):
        plain = _ESCAPED.sub(lambda match: "_" if match[0] == "_x005F_" else "", value)
        return plain.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _padded(_number(value), lambda: str(cell.number_format))
    return _moment(value)


def _number(value: float) -> str:
    """4711.0 is 4711; 38.5 stays 38.5."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 10**WHOLE_DIGITS:
        return str(int(value))
    return repr(value)


def _padded(number: str, number_format: Callable[[], str]) -> str:
    """With the leading zeros that a format such as ``00000`` shows: postcodes, mostly."""
    if not number.isdigit():
        return number
    zeros = number_format()
    return number.zfill(len(zeros)) if _ZEROS.fullmatch(zeros) else number


def _moment(value: object) -> str:
    """Dates and times in ISO, true and false in words of Excel's file format."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.time() == time(0):
            return value.date().isoformat()
        return value.isoformat(timespec="seconds")
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return value.isoformat() if isinstance(value, date) else str(value)
