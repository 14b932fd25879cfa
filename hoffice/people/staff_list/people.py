"""A table and its mapping become people; what cannot be read is named, line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from hoffice.errors import N_, Refused
from hoffice.people.staff_list.columns import Field
from hoffice.people.staff_list.columns import Mapping as Columns
from hoffice.people.staff_list.reading import cells
from hoffice.places.addresses import lines as homes

SOUTH, NORTH, WEST, EAST = 47.2, 55.1, 5.8, 15.1
"""A frame around Germany, in degrees."""
SHOWN_CHARS: Final = 60
NOTES: Final = frozenset({Field.ACCESS_NOTE, Field.ADDRESS_LINE, Field.CLIENTS})

T = TypeVar("T")


class Sheet(Protocol):
    """What a table must show: its header, and lines with their number in the file."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def rows(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Line number and cells, as many as the header has."""


class Severity(StrEnum):
    """Whether a problem keeps the list from being imported."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one line; ``message`` is a message id that is filled from ``facts``."""

    line: int
    field: Field
    column: str
    severity: Severity
    message: str
    facts: Mapping[str, object] = with_default(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in English, for the terminal and for tests."""
        return self.message % self.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """What can be compared between a list and the house; empty means “not known”."""

    personnel_number: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    team: str = ""
    clients: tuple[str, ...] = ()
    language: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    weekly_hours: Decimal | None = None
    street: str = ""
    housenumber: str = ""
    postcode: str = ""
    city: str = ""
    floor: int | None = None
    lift: bool | None = None
    bell: str = ""
    parking: str = ""
    access_note: str = ""
    lat: float | None = None
    lon: float | None = None
    kit_type: str = ""

    @property
    def full_name(self) -> str:
        """First and last name, as a person is greeted."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson(KnownPerson):
    """A person as a line of the list shows her."""

    line: int


@dataclass(frozen=True, slots=True)
class StaffList:
    """Everybody who could be read, and everything that was noticed on the way."""

    people: tuple[ListedPerson, ...]
    problems: tuple[Problem, ...]
    fields: frozenset[Field]
    """What the list has columns for; about everything else it is silent."""
    mentioned: frozenset[str]
    """Every personnel number of the list, also of lines that could not be read."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be corrected first."""
        return tuple(one for one in self.problems if one.severity is Severity.ERROR)

    @property
    def is_importable(self) -> bool:
        """Whether the whole list may be taken over; it is all or nothing."""
        return bool(self.people) and not self.errors


class _Line:
    """One line while it is read: its cells by field, and the problems found in it."""

    def __init__(self, number: int, texts: Mapping[Field, str], names: Mapping[Field, str]) -> None:
        self.number = number
        self.texts = texts
        self.names = names
        self.problems: list[Problem] = []

    def text(self, field: Field) -> str:
        """The cell as it is; too long a text is a problem and becomes empty."""
        text = self.texts.get(field, "")
        limit = cells.LONGEST_NOTE if field in NOTES else cells.LONGEST_TEXT
        if len(text) > limit:
            self.complain(
                field,
                N_(
                    "Line %(line)s, column “%(column)s”: the text is longer than %(limit)s "
                    "characters. Shorten it in the file."
                ),
                limit=limit,
            )
            return ""
        return text

    def read(self, field: Field, reader: Callable[[str], T], empty: T) -> T:
        """The meaning of a cell; when it is unclear, a problem and nothing."""
        text = self.text(field)
        try:
            return reader(text)
        except cells.Unclear as unclear:
            self.complain(field, unclear.reason)
            return empty

    def complain(self, field: Field, message: str, **facts: object) -> None:
        """Note an error."""
        self._note(Severity.ERROR, field, message, facts)

    def warn(self, field: Field, message: str, **facts: object) -> None:
        """Note something that we dealt with, but that somebody should know."""
        self._note(Severity.WARNING, field, message, facts)

    def _note(
        self, severity: Severity, field: Field, message: str, facts: Mapping[str, object]
    ) -> None:
        column = self.names[field]
        value = _short(self.texts.get(field, ""))
        known = {"line": self.number, "column": column, "value": value, **facts}
        self.problems.append(Problem(self.number, field, column, severity, message, known))


def parse(table: Sheet, mapping: Columns) -> StaffList:
    """Read every line; a line with an error yields problems instead of a person.

    :raises Refused: when the mapping is for another table, or lacks a required column.
    """
    _require_columns(table, mapping)
    places = [(c.field, i) for i, c in enumerate(mapping.columns) if c]
    names = {field: table.header[index] or _letters(index) for field, index in places}
    lines = [
        _Line(
            number, {field: cells.cleaned(_one_line(row[i], field)) for field, i in places}, names
        )
        for number, row in table.rows
    ]
    _complain_about_twins(lines)
    read = [(line, _person(line)) for line in lines]
    return StaffList(
        people=tuple(person for line, person in read if not _has_error(line)),
        problems=tuple(problem for line in lines for problem in line.problems),
        fields=mapping.fields,
        mentioned=frozenset(person.personnel_number for _, person in read) - {""},
    )


def _require_columns(table: Sheet, mapping: Columns) -> None:
    if mapping.header != table.header:
        raise Refused(
            N_(
                "The columns of this file are not the ones that were assigned. Assign the columns "
                "again."
            )
        )
    for field in mapping.missing():
        raise Refused(_NO_COLUMN[field])
    if len({Field.LAT, Field.LON} & mapping.fields) == 1:
        raise Refused(
            N_(
                "Only one of the two coordinates has a column. Assign latitude and longitude, or "
                "leave out both."
            )
        )


_NO_COLUMN: Final[Mapping[Field, str]] = {
    Field.PERSONNEL_NUMBER: N_(
        "No column holds the personnel number. Say which one it is, or add it in the file and "
        "upload it again."
    ),
    Field.NAME: N_(
        "No column holds the name. Say which one it is, or add first and last name in the file "
        "and upload it again."
    ),
    Field.FIRST_NAME: N_(
        "No column holds the first name. Say which one it is; if first and last name stand in one "
        "column, assign that as “Name in one column”."
    ),
    Field.LAST_NAME: N_(
        "No column holds the last name. Say which one it is; if first and last name stand in one "
        "column, assign that as “Name in one column”."
    ),
}


def _letters(index: int) -> str:
    """The spreadsheet's name of a column whose header is empty."""
    tens, ones = divmod(index, 26)
    return (chr(ord("A") + tens - 1) if tens else "") + chr(ord("A") + ones)


def _one_line(raw: str, field: Field) -> str:
    """A line break inside an address or a note parts its lines like a comma."""
    return raw.replace("\n", ", ") if "\n" in raw and field in _LONG else raw


_LONG: Final = frozenset({Field.ADDRESS_LINE, Field.STREET_LINE, Field.ACCESS_NOTE})


def _has_error(line: _Line) -> bool:
    return any(problem.severity is Severity.ERROR for problem in line.problems)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…"


def _complain_about_twins(lines: Sequence[_Line]) -> None:
    """The same number twice is an error in both lines; the same e-mail twice is worth a look."""
    numbers: dict[str, _Line] = {}
    emails: dict[str, _Line] = {}
    for line in lines:
        number = line.texts[Field.PERSONNEL_NUMBER].casefold()
        first = numbers.setdefault(number, line)
        if number and first is not line:
            for one, other in ((line, first), (first, line)):
                one.complain(
                    Field.PERSONNEL_NUMBER,
                    N_(
                        "Line %(line)s has the same personnel number %(value)s as line %(other)s. "
                        "Keep one of the two lines, or correct the number."
                    ),
                    other=other.number,
                )
        email = line.texts.get(Field.EMAIL, "").casefold()
        first = emails.setdefault(email, line)
        if email and first is not line:
            line.warn(
                Field.EMAIL,
                N_(
                    "Line %(line)s has the same e-mail address %(value)s as line %(other)s; both "
                    "would get their personal links there. Give one of them another address."
                ),
                other=first.number,
            )


def _person(line: _Line) -> ListedPerson:
    first_name, last_name = _names(line)
    starts_on, ends_on = _days(line)
    home = _home(line)
    lat, lon = _point(line)
    floor, lift, note = _way_to_the_door(line, home.note)
    return ListedPerson(
        line=line.number,
        personnel_number=_number(line),
        first_name=first_name,
        last_name=last_name,
        email=_email(line),
        phone=line.text(Field.PHONE),
        team=line.text(Field.TEAM),
        clients=cells.several(line.text(Field.CLIENTS)),
        language=_language(line),
        starts_on=starts_on,
        ends_on=ends_on,
        weekly_hours=line.read(Field.WEEKLY_HOURS, cells.hours, None),
        street=home.street,
        housenumber=home.housenumber,
        postcode=home.postcode,
        city=home.city,
        floor=floor,
        lift=lift,
        bell=line.text(Field.BELL),
        parking=line.text(Field.PARKING),
        access_note=note,
        lat=lat,
        lon=lon,
        kit_type=line.text(Field.KIT_TYPE),
    )


def _number(line: _Line) -> str:
    number = line.text(Field.PERSONNEL_NUMBER)
    if not line.texts[Field.PERSONNEL_NUMBER]:
        line.complain(
            Field.PERSONNEL_NUMBER,
            N_(
                "Line %(line)s has no personnel number. Add it in column “%(column)s”; without it "
                "nobody is recognised the next time."
            ),
        )
    return number


def _names(line: _Line) -> tuple[str, str]:
    """First and last name; the columns of their own win over the combined one."""
    first, last = cells.name_parts(line.text(Field.NAME))
    first, last = line.text(Field.FIRST_NAME) or first, line.text(Field.LAST_NAME) or last
    field = Field.NAME if Field.NAME in line.names else Field.LAST_NAME
    if not first and not last:
        line.complain(
            field,
            N_("Line %(line)s has no name. Add it in column “%(column)s”, or delete the line."),
        )
    elif not first or not last:
        line.warn(
            field,
            N_(
                "Line %(line)s has only one name, “%(name)s”. Letters will begin with it; add the "
                "other part if there is one."
            ),
            name=first or last,
        )
    return first, last


def _email(line: _Line) -> str:
    if Field.EMAIL in line.names and not line.texts[Field.EMAIL]:
        line.warn(
            Field.EMAIL,
            N_(
                "Line %(line)s has no e-mail address. This person gets no links by mail; add an "
                "address, or hand over the link on paper."
            ),
        )
    return line.read(Field.EMAIL, cells.email, "")


def _language(line: _Line) -> str:
    try:
        return cells.language(line.text(Field.LANGUAGE))
    except cells.Unclear as unclear:
        line.warn(Field.LANGUAGE, unclear.reason)
        return ""


def _days(line: _Line) -> tuple[date | None, date | None]:
    starts_on = line.read(Field.STARTS_ON, cells.day, None)
    ends_on = line.read(Field.ENDS_ON, cells.day, None)
    if starts_on and ends_on and ends_on < starts_on:
        line.complain(
            Field.ENDS_ON,
            N_(
                "Line %(line)s: the last day %(value)s lies before the first day %(start)s. "
                "Correct one of them."
            ),
            start=line.texts[Field.STARTS_ON],
        )
    return starts_on, ends_on


def _home(line: _Line) -> homes.Parts:
    """The address from whatever columns there are; columns of their own win."""
    whole = homes.split_address(line.text(Field.ADDRESS_LINE))
    column = line.text(Field.STREET_LINE) or line.text(Field.STREET)
    number, rest = homes.split_housenumber(line.text(Field.HOUSENUMBER))
    if number:
        street, note = homes.split_note(column or whole.street)
        own = homes.Parts(street, number, note=homes.joined(note, rest))
    else:
        split = homes.split_street(column) if column else whole
        own = homes.Parts(split.street, split.housenumber, note=homes.joined(split.note, rest))
    if own.street and not own.housenumber:
        field = next(f for f in _STREETS if line.texts.get(f))
        line.warn(
            field,
            N_(
                "Line %(line)s: “%(street)s” has no house number. The person will be asked; add "
                "the number if you know it."
            ),
            street=_short(own.street),
        )
    note = homes.joined(own.note, whole.note)
    postcode = _postcode(line) or whole.postcode
    city = line.text(Field.CITY) or whole.city
    return homes.Parts(own.street, own.housenumber, postcode, city, note)


_STREETS: Final = (Field.STREET_LINE, Field.STREET, Field.ADDRESS_LINE)


def _postcode(line: _Line) -> str:
    postcode, was_padded = line.read(Field.POSTCODE, cells.postcode, ("", False))
    if was_padded:
        line.warn(
            Field.POSTCODE,
            N_(
                "Line %(line)s: the postcode %(value)s has four digits and was read as "
                "%(postcode)s; spreadsheets drop the leading zero. Check it."
            ),
            postcode=postcode,
        )
    return postcode


def _way_to_the_door(line: _Line, found: str) -> tuple[int | None, bool | None, str]:
    """Floor, lift and access note; what is neither a floor nor yes or no joins the note."""
    written = line.text(Field.FLOOR)
    floor = homes.floor_in_column(written)
    note = homes.joined(line.text(Field.ACCESS_NOTE), found)
    if written and (floor is None or not homes.is_bare_floor(written)):
        note = homes.joined(note, written)
    if floor is None:
        floor = homes.floor_of(found)
    try:
        lift = cells.yes_or_no(line.text(Field.LIFT))
    except cells.Unclear as unclear:
        line.warn(Field.LIFT, unclear.reason)
        lift, note = None, homes.joined(note, line.text(Field.LIFT))
    return floor, lift, note


def _point(line: _Line) -> tuple[float | None, float | None]:
    """Both coordinates inside Germany, or none."""
    before = len(line.problems)
    lat = line.read(Field.LAT, cells.degrees, None)
    lon = line.read(Field.LON, cells.degrees, None)
    if len(line.problems) > before or (lat is None and lon is None):
        return None, None
    if lat is None or lon is None:
        line.complain(
            Field.LAT if lat is None else Field.LON,
            N_(
                "Line %(line)s has only one of the two coordinates. Add the other one in column "
                "“%(column)s”, or leave both empty."
            ),
        )
        return None, None
    if _is_inside(lat, lon):
        return lat, lon
    facts = {"lat": line.texts[Field.LAT], "lon": line.texts[Field.LON]}
    if _is_inside(lon, lat):
        message = N_(
            "Line %(line)s: latitude %(lat)s and longitude %(lon)s seem to be swapped. Swap the "
            "two columns."
        )
    else:
        message = N_(
            "Line %(line)s: latitude %(lat)s and longitude %(lon)s do not lie in Germany. Correct "
            "them, or leave both empty."
        )
    line.complain(Field.LAT, message, **facts)
    return None, None


def _is_inside(lat: float, lon: float) -> bool:
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST
