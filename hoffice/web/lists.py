"""One way for every list: find, filter, sort, page through, take home as a file.

A view says which columns there are and which statement gives the rows; the request's query string
says the rest (``?q=kaya&team=3&sort=name&dir=down&page=2&per=100``, ``&export=xlsx``). Whatever
does not make sense in it is ignored, so an old link still opens. A list costs two statements:
one counts, one fetches.

    listing = lists.listed(
        queries.people(),
        name=N_("People"),
        columns=(
            Column("name", N_("Name"), sort=(Employee.family_name, Employee.given_name),
                   text=lambda row: row.name),
            Column("gates", N_("Gates")),
        ),
        key=Employee.id,
        search=queries.matching,
        filters=(Filter("team", N_("Team"), queries.team_choices(), queries.in_team),),
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("people/index.html", listing=listing)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Response, request
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import lazyload

from hoffice import clock
from hoffice.db import db

Row = TypeVar("Row")

Cell = str | int | float | Decimal | date | datetime | None
"""What a cell of an exported table may hold; numbers and dates stay what they are."""

Sort = Any
"""A column of a table or an expression to order by: whatever ``ORDER BY`` takes."""

Where = Callable[[str], "sa.ColumnElement[bool] | None"]
Search = Callable[[Sequence[str]], sa.ColumnElement[bool]]
FileKind = Literal["csv", "xlsx"]

PAGE_SIZES = (25, 50, 100, 200)
PAGE_SIZE = 50
MOST_WORDS = 8
LONGEST_QUERY = 200
OWN_ARGUMENTS = ("q", "sort", "dir", "page", "per", "export")
NEIGHBOURS = 2
"""So many page numbers are offered on either side of the present one."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its head on the page, how to order by it, what stands in the exported file.

    ``label`` is a message id. A column without ``text`` stays on the page, one with ``hidden``
    only goes into the file.
    """

    key: str
    label: str
    sort: Sort | Sequence[Sort] | None = None
    text: Callable[[Row], Cell] | None = None
    end: bool = False
    hidden: bool = False

    @property
    def order(self) -> tuple[Sort, ...]:
        """The expressions to order by; empty when the column cannot be sorted."""
        if self.sort is None:
            return ()
        return tuple(self.sort) if isinstance(self.sort, list | tuple) else (self.sort,)


@dataclass(frozen=True)
class Filter:
    """One choice above the list.

    ``choices`` are (value, text as people read it). ``where`` gets only values that are among the
    choices; ``default`` is in force when the request does not name the filter at all.
    """

    key: str
    label: str
    choices: Sequence[tuple[str, str]]
    where: Where
    default: str = ""
    all_text: str = ""


@dataclass(frozen=True)
class Head:
    """One column head as the template draws it."""

    key: str
    label: str
    end: bool
    url: str | None
    direction: Literal["ascending", "descending"] | None


@dataclass(frozen=True)
class Choice:
    """One filter as the template draws it, with the value in force."""

    key: str
    label: str
    choices: Sequence[tuple[str, str]]
    value: str
    all_text: str
    default: str


@dataclass(frozen=True)
class Asked:
    """What the request wants of a list; nonsense has become the default already."""

    words: str
    sort: str
    down: bool
    page: int
    per: int
    filters: Mapping[str, str]
    export: FileKind | None


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A page of a list, with all links the template needs."""

    name: str
    rows: Sequence[Row]
    total: int
    columns: Sequence[Column[Row]]
    asked: Asked
    choices: Sequence[Choice]
    arguments: Sequence[tuple[str, str]]
    """The query string as it came, without the page and the export."""
    searchable: bool

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        """How many rows this page shows; ``total`` is the whole."""
        return len(self.rows)

    def __bool__(self) -> bool:
        """A listing is always there; ask ``total`` whether it holds anything."""
        return True

    @property
    def export(self) -> FileKind | None:
        """The kind of file the request asks for; the view answers it with ``exported``."""
        return self.asked.export

    @property
    def words(self) -> str:
        """What was searched for."""
        return self.asked.words

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter hides something: an empty list then reads differently."""
        return bool(self.asked.words) or any(
            choice.value != choice.default for choice in self.choices
        )

    @property
    def page(self) -> int:
        """The page shown, from 1."""
        return self.asked.page

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.asked.per))

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1; 0 in an empty list."""
        return (self.page - 1) * self.asked.per + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return min(self.page * self.asked.per, self.total)

    @property
    def page_numbers(self) -> tuple[int | None, ...]:
        """The pages to offer: first, last and the neighbours; None where some are left out."""
        near = range(self.page - NEIGHBOURS, self.page + NEIGHBOURS + 1)
        shown = sorted({1, self.pages, *(n for n in near if 1 <= n <= self.pages)})
        numbers: list[int | None] = []
        for number in shown:
            last = numbers[-1] if numbers else None
            if last is not None and number > last + 1:
                numbers.append(last + 1 if number == last + 2 else None)
            numbers.append(number)
        return tuple(numbers)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The page sizes to choose from."""
        return PAGE_SIZES

    @property
    def heads(self) -> tuple[Head, ...]:
        """The column heads; the second click on one turns the order round."""
        return tuple(self._head(column) for column in self.columns if not column.hidden)

    @property
    def can_export(self) -> bool:
        """Whether a file would have any column."""
        return any(column.text is not None for column in self.columns)

    def link(self, **changes: str | int | None) -> str:
        """The list's address with some arguments changed (None: left out), the others kept.

        Any change but that of the page leads back to the first page.
        """
        kept = [(key, value) for key, value in self.arguments if key not in changes]
        new = [(key, str(value)) for key, value in changes.items() if value is not None]
        return "?" + urlencode(kept + new)

    def page_link(self, number: int) -> str:
        """The address of another page."""
        return self.link(page=None if number == 1 else number)

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """The arguments a form must carry along as hidden fields, except its own."""
        return [(key, value) for key, value in self.arguments if key not in without]

    def _head(self, column: Column[Row]) -> Head:
        is_sorted = column.key == self.asked.sort
        direction: Literal["ascending", "descending"] | None = None
        if is_sorted:
            direction = "descending" if self.asked.down else "ascending"
        turned = "down" if is_sorted and not self.asked.down else None
        url = self.link(sort=column.key, dir=turned) if column.order else None
        label = str(_(column.label)) if column.label else ""
        return Head(column.key, label, column.end, url, direction)


def listed(  # noqa: PLR0913  # all but the statement by name; a list has that many properties
    statement: sa.Select[Row],
    *,
    name: str,
    columns: Sequence[Column[Row]],
    key: Sort,
    search: Search | None = None,
    filters: Sequence[Filter] = (),
    sort: str = "",
    down: bool = False,
) -> Listing[Row]:
    """The page of things the request asks for; ``key`` (the id) breaks ties: no page overlaps.

    ``statement`` selects one entity (or one column); for several see ``listed_rows``. ``sort`` and
    ``down`` hold while the request names no order of its own.
    """
    plan = _Plan(name, columns, key, search, filters, sort=sort, down=down)
    return _fetched(statement, plan, lambda paged: db.session.scalars(paged).unique().all())


def listed_rows(  # noqa: PLR0913  # as above
    statement: sa.Select[*tuple[Any, ...]],
    *,
    name: str,
    columns: Sequence[Column[Any]],
    key: Sort,
    search: Search | None = None,
    filters: Sequence[Filter] = (),
    sort: str = "",
    down: bool = False,
) -> Listing[Any]:
    """``listed`` for a statement that selects several things: each row is a named tuple of them."""
    plan = _Plan(name, columns, key, search, filters, sort=sort, down=down)
    return _fetched(statement, plan, lambda paged: db.session.execute(paged).unique().all())


def exported(listing: Listing[Any], kind: FileKind) -> Response:
    """The whole list as a file to save; the view calls it when ``listing.export`` is set."""
    from hoffice.sheets.writing import csv_bytes, xlsx_bytes  # noqa: PLC0415  # openpyxl is slow to load

    columns = [column for column in listing.columns if column.text is not None]
    header = [str(_(column.label)) for column in columns]
    rows = [
        [_for_file(column.text(row)) for column in columns if column.text is not None]
        for row in listing.rows
    ]
    title = str(_(listing.name))
    if kind == "csv":
        english = str(get_locale() or "de").startswith("en")
        content = csv_bytes(header, rows, locale="en" if english else "de")
        mimetype = "text/csv"
    else:
        content = xlsx_bytes(header, rows, title=title)
        mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = Response(content, mimetype=mimetype)
    filename = f"{safe_name(title)}-{clock.today().isoformat()}.{kind}"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers.set("Cache-Control", "no-store")
    return response


def safe_name(title: str) -> str:
    """A file name in plain ASCII: ``Geräte & Kartons`` becomes ``geraete-kartons``."""
    german = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i"})
    plain = unicodedata.normalize("NFKD", title.casefold().translate(german))
    kept = "".join(c if c.isascii() and c.isalnum() else " " for c in plain if not _is_accent(c))
    return "-".join(kept.split()) or "liste"


def words_of(query: str) -> list[str]:
    """The words somebody typed, the first few of them."""
    return query[:LONGEST_QUERY].split()[:MOST_WORDS]


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0


def _for_file(cell: Cell) -> Cell:
    """Moments as Berlin wall time, as on the page; a blank that holds a line together as any other.

    Whoever looks for ``1 × Maus`` in a file types a blank.
    """
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return cell.astimezone(clock.BERLIN)
    return cell.replace("\xa0", " ") if isinstance(cell, str) else cell


@dataclass(frozen=True)
class _Plan:
    """What the view says about its list."""

    name: str
    columns: Sequence[Column[Any]]
    key: Sort
    search: Search | None
    filters: Sequence[Filter]
    _: KW_ONLY
    sort: str
    down: bool


def _asked(plan: _Plan) -> Asked:
    """Read the request; what does not make sense becomes the default."""
    arguments = request.args
    sort, down = plan.sort, plan.down
    wanted = arguments.get("sort", "")
    if any(column.key == wanted and column.order for column in plan.columns):
        sort, down = wanted, arguments.get("dir") == "down"
    per = arguments.get("per", PAGE_SIZE, type=int)
    export = arguments.get("export", "")
    chosen = {}
    for one in plan.filters:
        value = arguments.get(one.key, one.default)
        known = {choice for choice, _text in one.choices}
        chosen[one.key] = value if value in known else ""
    return Asked(
        words=" ".join(words_of(arguments.get("q", "").replace("\0", ""))),
        sort=sort,
        down=down,
        page=max(1, arguments.get("page", 1, type=int)),
        per=per if per in PAGE_SIZES else PAGE_SIZE,
        filters=chosen,
        export="csv" if export == "csv" else "xlsx" if export == "xlsx" else None,
    )


def _fetched(statement: Any, plan: _Plan, fetch: Callable[[Any], Sequence[Any]]) -> Listing[Any]:
    """Narrow, count, order, cut, fetch."""
    asked = _asked(plan)
    narrowed = _narrowed(statement, plan, asked)
    total = _counted(narrowed)
    last_page = max(1, -(-total // asked.per))
    asked = replace(asked, page=min(asked.page, last_page))
    paged = _ordered(narrowed, plan, asked)
    if not asked.export:  # a file gets everything
        paged = paged.limit(asked.per).offset((asked.page - 1) * asked.per)
    return Listing(
        name=plan.name,
        rows=fetch(paged),
        total=total,
        columns=plan.columns,
        asked=asked,
        choices=[_choice(one, asked) for one in plan.filters],
        arguments=_arguments(),
        searchable=plan.search is not None,
    )


def _narrowed(statement: Any, plan: _Plan, asked: Asked) -> Any:
    """The statement with search and filters put in."""
    if plan.search is not None and asked.words:
        statement = statement.where(plan.search(asked.words.split()))
    for one in plan.filters:
        value = asked.filters[one.key]
        clause = one.where(value) if value else None
        if clause is not None:
            statement = statement.where(clause)
    return statement


def _counted(statement: Any) -> int:
    """How many rows there are in all."""
    inner = statement.options(lazyload("*")).order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(inner)) or 0


def _ordered(statement: Any, plan: _Plan, asked: Asked) -> Any:
    """Ordered as asked, empty values last on every database, the id last of all."""
    order = next((column.order for column in plan.columns if column.key == asked.sort), ())
    if order:
        turned = [sa.desc(one) if asked.down else sa.asc(one) for one in order]
        statement = statement.order_by(None).order_by(*(one.nulls_last() for one in turned))
    return statement.order_by(plan.key)


def _choice(one: Filter, asked: Asked) -> Choice:
    """One filter as the template draws it."""
    return Choice(
        key=one.key,
        label=str(_(one.label)),
        choices=one.choices,
        value=asked.filters[one.key],
        all_text=one.all_text or str(_("All")),
        default=one.default,
    )


def _arguments() -> list[tuple[str, str]]:
    """The query string without page and export; an empty filter stays, it means "all"."""
    return [
        (key, value)
        for key, value in request.args.items(multi=True)
        if key not in {"page", "export"} and (value or key not in OWN_ARGUMENTS)
    ]
