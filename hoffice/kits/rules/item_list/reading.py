"""A table and its columns become devices; what cannot be read is named, line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from hoffice.errors import N_
from hoffice.kits.rules.catalogue import warranty_end
from hoffice.kits.rules.codes import is_box_code
from hoffice.kits.rules.item_list import cells
from hoffice.kits.rules.item_list.fields import Columns, Field
from hoffice.kits.rules.kinds import HolderKind, ItemKind

TAG_CHARS: Final = 40
SERIAL_CHARS: Final = 80
TEXT_CHARS: Final = 200
NOTE_CHARS: Final = 2_000
GRAMS: Final = 1000
MOST_KG: Final = 500
MOST_LITRES: Final = 5_000
SHOWN_CHARS: Final = 60
DAYS: Final = (Field.BOUGHT_ON, Field.WARRANTY, Field.WARRANTY_UNTIL)

T = TypeVar("T")
Value = str | int | bool | date | ItemKind
"""What a list says about one thing of a device; what it does not say is not there."""


class Sheet(Protocol):
    """What a table must show: its header, and lines with their number in the file."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def rows(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Line number and cells, as many as the header has."""


class Severity(StrEnum):
    """Whether a problem keeps the line from being taken over."""

    ERROR = "error"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one line: a message id that is filled from its facts."""

    severity: Severity
    message: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        """The sentence in English, for the terminal and for tests."""
        return self.message % self.facts


@dataclass(slots=True)
class ListedItem:
    """A device as one line of the list shows it."""

    line: int
    tag: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    """By the name of the item's column; empty cells are left out."""
    kind_by_model: ItemKind | None = None
    """What its model sounds like; for a new device of which nothing else says the kind."""
    holder: str = ""
    holder_number: str = ""
    location: str = ""
    status: HolderKind | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether something must be corrected before it can be taken over."""
        return any(one.severity is Severity.ERROR for one in self.problems)

    def complain(self, message: str, severity: Severity = Severity.ERROR, **facts: object) -> None:
        """Note a problem of this line."""
        self.problems.append(Problem(severity, message, {"line": self.line, **facts}))


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one line by field, and where complaints about them go."""

    item: ListedItem
    texts: Mapping[Field, str]
    names: Mapping[Field, str]

    def text(self, field: Field, most: int = TEXT_CHARS) -> str:
        text = self.texts.get(field, "")
        if len(text) > most:
            self.complain(
                field,
                N_(
                    "Line %(line)s, column “%(column)s”: the text is longer than %(most)s "
                    "characters. Shorten it in the file."
                ),
                most=most,
            )
            return ""
        return text

    def read(self, field: Field, how: Callable[[str], T | None]) -> T | None:
        """What the cell means; nothing when it is empty or unclear, which is then a problem."""
        text = self.text(field)
        if not text:
            return None
        try:
            return how(text)
        except cells.Unclear as unclear:
            self.complain(field, unclear.reason)
            return None

    def complain(
        self,
        field: Field,
        message: str,
        severity: Severity = Severity.ERROR,
        **facts: object,
    ) -> None:
        value = self.texts.get(field, "")
        self.item.complain(
            message,
            severity,
            column=self.names.get(field, ""),
            value=value if len(value) <= SHOWN_CHARS else f"{value[:SHOWN_CHARS]}…",
            **facts,
        )


def read(sheet: Sheet, columns: Columns, *, today: date) -> tuple[ListedItem, ...]:
    """Every line of the list; a tag or serial number that comes again is an error.

    Nothing was bought after ``today``.
    """
    places = {one: index for index, one in enumerate(columns.fields) if one is not None}
    names = {one: sheet.header[index] for one, index in places.items()}
    month_first: dict[Field, bool | None] = {
        one: cells.month_comes_first(cells.cleaned(row[places[one]]) for _line, row in sheet.rows)
        for one in DAYS
        if one in places
    }
    found = []
    for line, row in sheet.rows:
        texts = {one: cells.cleaned(row[index]) for one, index in places.items()}
        item = ListedItem(line)
        row_of = _Cells(item, texts, names)
        _fill(row_of, month_first)
        bought = item.values.get("bought_on")
        if isinstance(bought, date) and bought > today:
            row_of.complain(Field.BOUGHT_ON, cells.NOT_YET)
        found.append(item)
    _refuse_twins(found)
    return tuple(found)


def _fill(row: _Cells, month_first: Mapping[Field, bool | None]) -> None:
    item = row.item
    item.tag = _tag(row)
    model = _model(row)
    said: dict[str, Value | None] = {
        "serial": _serial(row),
        "kind": _kind(row),
        "model": model,
        "condition": cells.condition_of(row.text(Field.CONDITION)),
        "value_cents": row.read(Field.VALUE, cells.cents_of),
        "weight_g": _whole(row, Field.WEIGHT, MOST_KG, GRAMS),
        "litres": _whole(row, Field.LITRES, MOST_LITRES, 1),
        "is_fragile": _yes(row),
        "note": row.text(Field.NOTE, NOTE_CHARS),
        **_days(row, month_first),
    }
    item.values = {name: value for name, value in said.items() if value not in (None, "")}
    item.kind_by_model = cells.kind_of(model)
    item.holder = row.text(Field.HOLDER)
    item.holder_number = row.text(Field.HOLDER_NUMBER)
    item.location = row.text(Field.LOCATION)
    item.status = cells.status_of(row.text(Field.STATUS))


def _tag(row: _Cells) -> str:
    tag = row.texts.get(Field.TAG, "").upper()
    if not tag:
        row.item.complain(
            N_("Line %(line)s has no asset tag. Give the device one, or delete the line.")
        )
    elif len(tag) > TAG_CHARS or "/" in tag:
        row.complain(
            Field.TAG,
            N_(
                "Line %(line)s: “%(value)s” cannot be a tag. It has at most %(most)s characters "
                "and no “/”."
            ),
            most=TAG_CHARS,
        )
        return tag[:TAG_CHARS]
    elif cells.is_rounded(tag):
        row.complain(Field.TAG, cells.ROUNDED)
    elif is_box_code(tag):
        row.complain(
            Field.TAG,
            N_("Line %(line)s: %(value)s is the number of a box. Write the tag of the device."),
        )
    return tag


def _serial(row: _Cells) -> str:
    serial = row.text(Field.SERIAL, SERIAL_CHARS)
    if cells.is_rounded(serial):
        row.complain(Field.SERIAL, cells.ROUNDED)
    return serial


def _model(row: _Cells) -> str:
    """Maker and model in one, the maker once."""
    model = row.text(Field.MODEL) or row.text(Field.MODEL_NO)
    maker = row.text(Field.MAKER)
    if not maker or not model or maker.casefold() in model.casefold():
        return model
    return f"{maker} {model}"


def _kind(row: _Cells) -> ItemKind | None:
    text = row.text(Field.KIND)
    found = cells.kind_of(text)
    if found is None and text:
        row.complain(
            Field.KIND,
            N_(
                "Line %(line)s, column “%(column)s”: “%(value)s” is no kind we know. A new device "
                "is taken for what its model sounds like, else for “Other”."
            ),
            Severity.HINT,
        )
    return found


def _whole(row: _Cells, field: Field, most: int, factor: int) -> int | None:
    number = row.read(field, cells.number_of)
    if number is not None and number > most:
        row.complain(field, cells.NO_NUMBER)
        return None
    return None if number is None else int((number * factor).to_integral_value())


def _yes(row: _Cells) -> bool | None:
    text = row.text(Field.FRAGILE)
    try:
        return cells.yes_or_no(text)
    except cells.Unclear:
        row.complain(
            Field.FRAGILE,
            N_("Line %(line)s, column “%(column)s”: “%(value)s” is neither “yes” nor “no”."),
        )
        return None


def _days(row: _Cells, month_first: Mapping[Field, bool | None]) -> dict[str, date | None]:
    """When it was bought, and the last day of its warranty: said itself, or so many months on."""

    def read_day(field: Field) -> date | None:
        return row.read(field, lambda text: cells.date_of(text, month_first=month_first.get(field)))

    bought, until = read_day(Field.BOUGHT_ON), read_day(Field.WARRANTY_UNTIL)
    if until is None and row.texts.get(Field.WARRANTY):
        months = row.read(Field.WARRANTY, cells.months_of)
        if months is not None:
            until = warranty_end(bought, months)
            if months and bought is None:
                row.complain(
                    Field.WARRANTY,
                    N_(
                        "Line %(line)s: a warranty of %(value)s months, but no day on which it was "
                        "bought; so its end is not known."
                    ),
                    Severity.HINT,
                )
        elif not row.item.is_wrong:
            until = read_day(Field.WARRANTY)
    return {"bought_on": bought, "warranty_until": until}


def _refuse_twins(items: Sequence[ListedItem]) -> None:
    """A tag or serial number names one device: the second line that has it is wrong.

    One that only looks the same is worth a hint.
    """
    tags: dict[str, ListedItem] = {}
    serials: dict[str, ListedItem] = {}
    looks: dict[tuple[Field, str], ListedItem] = {}
    for item in items:
        if item.tag:
            first = tags.setdefault(item.tag, item)
            alike = looks.setdefault((Field.TAG, cells.look(item.tag)), item)
            if first is not item:
                item.complain(
                    N_(
                        "Line %(line)s: the tag %(tag)s stands in line %(first)s already. Delete "
                        "one of the two lines, or correct its tag."
                    ),
                    tag=item.tag,
                    first=first.line,
                )
            elif alike is not item:
                item.complain(
                    N_(
                        "Line %(line)s: the tag %(tag)s looks like %(other)s in line %(first)s, "
                        "but is another one. If it is one device, delete one of the two lines."
                    ),
                    Severity.HINT,
                    tag=item.tag,
                    other=alike.tag,
                    first=alike.line,
                )
        serial = str(item.values.get("serial", ""))
        if serial:
            first = serials.setdefault(serial.casefold(), item)
            alike = looks.setdefault((Field.SERIAL, cells.look_of_serial(serial)), item)
            _refuse_serial(item, serial, first, alike)


def _refuse_serial(item: ListedItem, serial: str, first: ListedItem, alike: ListedItem) -> None:
    if first is not item:
        item.complain(
            N_(
                "Line %(line)s: the serial number %(serial)s stands in line %(first)s "
                "already, for %(tag)s. Look at both devices and correct one of the lines, "
                "or leave its serial number empty."
            ),
            serial=serial,
            first=first.line,
            tag=first.tag or "–",
        )
    elif alike is not item:
        item.complain(
            N_(
                "Line %(line)s: the serial number %(serial)s looks like %(other)s in line "
                "%(first)s, for %(tag)s. If it is one device, delete one of the two lines."
            ),
            Severity.HINT,
            serial=serial,
            other=alike.values["serial"],
            first=alike.line,
            tag=alike.tag or "–",
        )
