"""What the pages of every import need: leaves of many lines, columns to choose from, sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _

from hoffice.sheets.tables import Table
from hoffice.web.formats import day_full

PER_PAGE: Final = 50
SAMPLES: Final = 3


@dataclass(frozen=True)
class Leaf:
    """One page of the lines of a list."""

    number: int
    pages: int
    total: int
    arguments: Mapping[str, str]

    @property
    def start(self) -> int:
        """How many lines come before."""
        return (self.number - 1) * PER_PAGE

    def url(self, number: int) -> str:
        """The address of another page."""
        return "?" + urlencode({**self.arguments, "seite": number})


def leaf_of(total: int, **arguments: str) -> Leaf:
    """The page that the request asks for, or the nearest there is."""
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, request.args.get("seite", 1, type=int)), pages)
    kept = {name: value for name, value in arguments.items() if value}
    return Leaf(number, pages, total, kept)


@dataclass(frozen=True)
class ColumnRow:
    """One column of the list, as the page asks about it."""

    index: int
    name: str
    samples: Sequence[str]
    value: str
    is_unsure: bool


def column_rows(
    table: Table, shown: Sequence[str | None], unsure: Collection[int] = ()
) -> Iterator[ColumnRow]:
    """Each column with what it holds, and what stands in its first filled cells."""
    for index, (name, field) in enumerate(zip(table.header, shown, strict=True)):
        filled = (cells[index] for _line, cells in table.rows if cells[index].strip())
        samples = tuple(islice(filled, SAMPLES))
        is_unsure = field is not None and index in unsure
        yield ColumnRow(index, name, samples, field or "", is_unsure)


def left_out(header: Sequence[str], fields: Sequence[object]) -> list[str]:
    """The headings of the columns that are not used."""
    return [name for name, field in zip(header, fields, strict=True) if field is None and name]


class Sentence(Protocol):
    """What is wrong with a line: a message id, and what its places are filled with."""

    @property
    def message(self) -> str:
        """The message id."""

    @property
    def facts(self) -> Mapping[str, object]:
        """What is filled in."""


def sentence(problem: Sentence) -> str:
    """A problem in the reader's language."""
    return str(_(problem.message)) % problem.facts


def shown(value: Any) -> str:
    """A value of a list as people read it."""
    if value is None or value in ("", (), []):
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return day_full(value) if hasattr(value, "isoformat") else str(value)
