"""What every table has in common: a header, numbered lines, limits, and what is refused in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hoffice.errors import N_, Refused

MEGABYTE = 1_000_000
LETTERS = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a file is read before it is refused; the product of rows and columns too."""

    file_bytes: int = 25 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    unpacked_ratio: int = 200
    """A part of a workbook that grows more than this when unpacked is no honest table."""
    members: int = 2_000
    rows: int = 100_000
    columns: int = 200
    cell_chars: int = 32_767
    """What Excel itself can hold in one cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the lines beneath it; every line has exactly as many cells as the header.

    Empty lines are gone, but each line still carries its number in the file, so that a person
    finds in her file what we talk about.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    header_line: int = 1
    encoding: str = ""
    """How the text was stored (``utf-8``, ``cp1252`` …); empty for a workbook."""
    separator: str = ""
    """What stood between the cells; empty for a workbook."""


class Live(str):
    """A cell that a spreadsheet would calculate; the text is the formula."""

    __slots__ = ()


class Broken(str):
    """A cell in which a spreadsheet shows an error such as ``#N/A``."""

    __slots__ = ()


class Garbled(str):
    """A cell whose text was stored with two encodings in one file."""

    __slots__ = ()


def column_letter(index: int) -> str:
    """The name a spreadsheet gives the column: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    rest = index + 1
    while rest:
        rest, letter = divmod(rest - 1, LETTERS)
        letters = chr(ord("A") + letter) + letters
    return letters


def column_name(header: Sequence[str], index: int) -> str:
    """The header's word for a column, or its letter where the header is silent."""
    return header[index] if index < len(header) and header[index] else column_letter(index)


def assemble(
    lines: Iterable[tuple[int, Sequence[str]]],
    limits: Limits,
    *,
    encoding: str = "",
    separator: str = "",
) -> Table:
    """Make a table of numbered lines: the first line with text is the header.

    :raises Refused: at the first line that cannot be read without guessing.
    """
    filled = _filled(lines)
    header_line, first = next(filled, (0, ()))
    if not first:
        raise Refused(N_("The file is empty. Choose the file that holds your table."))
    header = _header(header_line, first, limits)
    rows = tuple(_rows(filled, header, limits))
    if not rows:
        raise Refused(
            N_(
                "The file has a header in line %(line)s but no line beneath it. "
                "Add at least one line and upload it again."
            ),
            line=header_line,
        )
    return Table(header, rows, header_line, encoding, separator)


def _filled(lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    """Every line in which some cell holds more than blanks."""
    for line, cells in lines:
        if any(cell and not cell.isspace() for cell in cells):
            yield line, cells


def _header(line: int, cells: Sequence[str], limits: Limits) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while not names[-1]:
        names.pop()
    if len(names) > limits.columns:
        raise Refused(
            N_(
                "The table has %(columns)s columns; at most %(limit)s can be read. "
                "Delete the columns that are not needed and upload it again."
            ),
            columns=len(names),
            limit=limits.columns,
        )
    for index, cell in enumerate(cells):
        _vet(cell, line, column_letter(index), limits)
    return tuple(names)


def _rows(
    lines: Iterator[tuple[int, Sequence[str]]], header: tuple[str, ...], limits: Limits
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every line as wide as the header."""
    width = len(header)
    for count, (line, cells) in enumerate(lines, start=1):
        if count > limits.rows:
            raise Refused(
                N_(
                    "The table has more than %(limit)s lines (line %(line)s is the first too "
                    "many). Split the file and upload the parts one after the other."
                ),
                limit=limits.rows,
                line=line,
            )
        for index, cell in enumerate(cells):
            if type(cell) is not str or len(cell) > limits.cell_chars:
                _vet(cell, line, column_name(header, index), limits)
        if len(cells) > width:
            _require_blank(cells, width, line)
        yield line, (*cells[:width], *("",) * (width - len(cells)))


def _require_blank(cells: Sequence[str], width: int, line: int) -> None:
    """Refuse text to the right of the last column of the header."""
    for index in range(width, len(cells)):
        if cells[index].strip():
            raise Refused(
                N_(
                    "Line %(line)s has text in column %(column)s, where the header has no name. "
                    "Delete title lines above the header, and put cells that contain the "
                    "separator into quotation marks."
                ),
                line=line,
                column=column_letter(index),
            )


def _vet(cell: str, line: int, column: str, limits: Limits) -> None:
    """Refuse a cell that is not simply a text."""
    if isinstance(cell, Live):
        raise Refused(
            N_(
                "Line %(line)s, column “%(column)s”: the cell holds a formula. Replace formulas "
                "by their values (copy the column, then paste “values only”) and upload the file "
                "again."
            ),
            line=line,
            column=column,
        )
    if isinstance(cell, Broken):
        raise Refused(
            N_(
                "Line %(line)s, column “%(column)s”: the cell shows the error %(error)s. "
                "Correct it in the file and upload it again."
            ),
            line=line,
            column=column,
            error=str(cell),
        )
    if isinstance(cell, Garbled):
        raise Refused(
            N_(
                "Line %(line)s, column “%(column)s”: the umlauts are garbled, because the file "
                "mixes two encodings. Save it again as “CSV UTF-8” and upload it again."
            ),
            line=line,
            column=column,
        )
    if len(cell) > limits.cell_chars:
        raise Refused(
            N_(
                "Line %(line)s, column “%(column)s”: the cell holds more than %(limit)s "
                "characters. Shorten it, or look for a quotation mark that is never closed."
            ),
            line=line,
            column=column,
            limit=limits.cell_chars,
        )
