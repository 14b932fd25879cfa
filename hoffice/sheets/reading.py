"""The one way in for tables: CSV in any usual dress, XLSX with suspicion.

What a file is, its bytes decide; its name is asked only for kinds that we refuse.
"""

from __future__ import annotations

from hoffice.errors import N_, Refused
from hoffice.sheets.tables import MEGABYTE, Limits, Table, column_letter, column_name
from hoffice.sheets.text_tables import read_text_table
from hoffice.sheets.workbooks import (
    EMPTY_ZIP_MARK,
    OLE_MARK,
    ZIP_MARK,
    read_workbook,
    refuse_macros,
    refuse_ole,
)

__all__ = ["Limits", "Table", "column_letter", "column_name", "read"]

WITH_MACROS = (".xlsm", ".xltm", ".xlam")
OTHER_TABLES = (".xls", ".xlt", ".xlsb", ".ods", ".numbers")
WORKBOOKS = (".xlsx", ".xltx")

DEFAULT_LIMITS = Limits()


def read(name: str, content: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Table:
    """Read an uploaded table as texts; every cell, or nothing at all.

    Cells are never calculated: a cell with a formula is refused with its line and column, and so
    is a CSV cell that a spreadsheet might calculate, unless it is only a number or a phone number.
    Dates from XLSX become ISO, whole numbers lose their ``.0``, texts keep their leading zeros.

    :raises Refused: with a sentence that names the line, where there is one, and the way out.
    """
    if len(content) > limits.file_bytes:
        raise Refused(
            N_(
                "The file has %(size)s MB; at most %(limit)s MB can be read. Delete pictures and "
                "columns that are not needed, or split the file, and upload it again."
            ),
            size=-(-len(content) // MEGABYTE),
            limit=limits.file_bytes // MEGABYTE,
        )
    if not content.strip(b"\0 \t\r\n"):
        raise Refused(N_("The file is empty. Choose the file that holds your table."))
    _refuse_by_name(name.lower(), content)
    if content.startswith((ZIP_MARK, EMPTY_ZIP_MARK)):
        return read_workbook(content, limits)
    return read_text_table(content, limits)


def _refuse_by_name(name: str, content: bytes) -> None:
    """Refuse the kinds of tables that we do not read, each with its own way out."""
    if name.endswith(WITH_MACROS):
        raise refuse_macros()
    if content.startswith(OLE_MARK):
        raise refuse_ole(content)
    if name.endswith(OTHER_TABLES):
        raise Refused(
            N_(
                "Tables of this kind (%(kind)s) cannot be read. Open it in your spreadsheet "
                "program, save it as XLSX, and upload that."
            ),
            kind=name[name.rindex(".") :],
        )
    if name.endswith(WORKBOOKS) and not content.startswith((ZIP_MARK, EMPTY_ZIP_MARK)):
        raise Refused(
            N_(
                "The file is named like a workbook (XLSX), but it is none. Open it in your "
                "spreadsheet program, save it as XLSX, and upload that."
            )
        )
