"""What the tables that are taken home have in common: cells in words, names, papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext as _

from hoffice import clock
from hoffice.kits.queries import exports as reading
from hoffice.kits.views.naming import PAPERS, Names

CENTS: Final = 100
GRAMS: Final = 1000

Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Whole:
    """One table that can be taken home as a whole."""

    name: str
    header: Sequence[str]
    rows: Callable[[], Rows]


def known_names() -> Names:
    """Everybody and every place of the ledger, asked once for a whole table."""
    names = Names()
    names.learn(reading.holders())
    return names


def papers() -> Callable[[str], str]:
    """Says by which paper or deed, many times over, each sentence translated once."""
    sentences = {key: str(_(label)) for key, (label, _endpoint, _argument) in PAPERS.items()}

    def paper(because: str) -> str:
        kind, _colon, number = because.partition(":")
        return sentences[kind] % {"number": number} if kind in sentences else because

    return paper


def here(moment: datetime | None) -> datetime | None:
    """A moment as the clock on the wall says it."""
    return None if moment is None else moment.astimezone(clock.BERLIN)


def euros(cents: int) -> Decimal | None:
    """An amount; an empty cell where none is known."""
    return Decimal(cents) / CENTS if cents else None


def kilos(grams: int) -> Decimal | None:
    """A weight; an empty cell where none is known."""
    return Decimal(grams) / GRAMS if grams else None


def yes(is_so: bool) -> str:  # noqa: FBT001  # the cell of a table
    """Yes or no, as lists are read again."""
    return str(_("yes") if is_so else _("no"))


def said(labels: Mapping[Any, str], word: Any) -> str:
    """The label of a word in the reader's language; empty for None."""
    return str(_(labels[word])) if word is not None else ""


def name_in(row: Any) -> str:
    """The name in a row that has it in two columns; empty where nobody is joined."""
    return f"{row.first_name} {row.last_name}" if row.first_name is not None else ""
