"""What a staff list would change: who is new, who is different, who is no longer listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hoffice.people.staff_list.columns import Field, folded
from hoffice.people.staff_list.people import KnownPerson, ListedPerson, StaffList

POINT_TOLERANCE: Final = 1e-6
"""A tenth of a metre; nearer points are the same."""

SUPPLIED_BY: Final[Mapping[Field, frozenset[Field]]] = {
    Field.FIRST_NAME: frozenset({Field.FIRST_NAME, Field.NAME}),
    Field.LAST_NAME: frozenset({Field.LAST_NAME, Field.NAME}),
    Field.EMAIL: frozenset({Field.EMAIL}),
    Field.PHONE: frozenset({Field.PHONE}),
    Field.TEAM: frozenset({Field.TEAM}),
    Field.CLIENTS: frozenset({Field.CLIENTS}),
    Field.LANGUAGE: frozenset({Field.LANGUAGE}),
    Field.STARTS_ON: frozenset({Field.STARTS_ON}),
    Field.ENDS_ON: frozenset({Field.ENDS_ON}),
    Field.WEEKLY_HOURS: frozenset({Field.WEEKLY_HOURS}),
    Field.STREET: frozenset({Field.STREET, Field.STREET_LINE, Field.ADDRESS_LINE}),
    Field.HOUSENUMBER: frozenset({Field.HOUSENUMBER, Field.STREET_LINE, Field.ADDRESS_LINE}),
    Field.POSTCODE: frozenset({Field.POSTCODE, Field.ADDRESS_LINE}),
    Field.CITY: frozenset({Field.CITY, Field.ADDRESS_LINE}),
    Field.FLOOR: frozenset({Field.FLOOR}),
    Field.LIFT: frozenset({Field.LIFT}),
    Field.BELL: frozenset({Field.BELL}),
    Field.PARKING: frozenset({Field.PARKING}),
    Field.ACCESS_NOTE: frozenset({Field.ACCESS_NOTE}),
    Field.LAT: frozenset({Field.LAT}),
    Field.LON: frozenset({Field.LON}),
    Field.KIT_TYPE: frozenset({Field.KIT_TYPE}),
}
"""The fields that are compared, in the order of a page, and the columns that speak about them."""


class Kind(StrEnum):
    """What would happen to a person; in the order in which a preview shows it."""

    NEW = "new"
    CHANGED = "changed"
    MISSING = "missing"
    """In the house, but not in the list: only reported, never deleted."""
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after."""

    field: Field
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Change:
    """What the list would do to one person."""

    kind: Kind
    personnel_number: str
    name: str
    line: int | None = None
    """The line of the list; none for a person who is missing there."""
    fields: tuple[FieldChange, ...] = ()
    similar_to: str = ""
    """For a new person: a known number that differs only in leading zeros or case."""


def difference(
    listed: StaffList, known: Mapping[str, KnownPerson], *, blank_clears: bool = False
) -> tuple[Change, ...]:
    """Compare everybody in the list with everybody known, by personnel number.

    Fields without a column are never touched. An empty cell leaves what is known, unless
    ``blank_clears`` says that the list is complete. Sorted by kind, then by name.
    """
    by_core = {_core(number): number for number in known}
    found = [
        _compared(person, known.get(person.personnel_number), listed.fields, by_core, blank_clears)
        for person in listed.people
    ]
    missing = (
        Change(Kind.MISSING, number, person.full_name)
        for number, person in known.items()
        if number not in listed.mentioned
    )
    order = list(Kind)
    return tuple(
        sorted(
            (*found, *missing),
            key=lambda change: (
                order.index(change.kind),
                folded(change.name.rpartition(" ")[2]),
                folded(change.name),
                change.personnel_number,
            ),
        )
    )


def counts(changes: Iterable[Change]) -> dict[Kind, int]:
    """How many people of each kind; every kind is there, also with 0."""
    counter = Counter(change.kind for change in changes)
    return {kind: counter[kind] for kind in Kind}


def _core(number: str) -> str:
    """A personnel number without what spreadsheets take away."""
    return number.casefold().lstrip("0")


def _compared(
    person: ListedPerson,
    before: KnownPerson | None,
    fields: frozenset[Field],
    by_core: Mapping[str, str],
    blank_clears: bool,  # noqa: FBT001  # handed on by the one caller
) -> Change:
    number, name, line = person.personnel_number, person.full_name, person.line
    if before is None:
        similar = by_core.get(_core(number), "")
        return Change(Kind.NEW, number, name, line, similar_to=similar)
    changed = tuple(
        FieldChange(field, _of(before, field), _of(person, field))
        for field, columns in SUPPLIED_BY.items()
        if not _is_same(field, before, person)
        and (_is_filled(_of(person, field)) or (blank_clears and columns & fields))
    )
    kind = Kind.CHANGED if changed else Kind.UNCHANGED
    return Change(kind, number, name, line, changed)


def _of(person: KnownPerson, field: Field) -> object:
    value: object = getattr(person, field.value)
    return value


def _is_filled(value: object) -> bool:
    return value is not None and value not in ("", ())


def _is_same(field: Field, before: KnownPerson, after: KnownPerson) -> bool:
    """Whether two values mean the same, however they are written."""
    old, new = _of(before, field), _of(after, field)
    if isinstance(old, str) and isinstance(new, str):
        return _key(field, old) == _key(field, new)
    if isinstance(old, tuple) and isinstance(new, tuple):
        return sorted(old) == sorted(new)
    if isinstance(old, float) and isinstance(new, float):
        return abs(old - new) < POINT_TOLERANCE
    return old == new


def _key(field: Field, text: str) -> str:
    """Letters that make no difference are gone: case in e-mails, “str.” in streets."""
    if field is Field.EMAIL:
        return text.casefold()
    if field is Field.STREET:
        return _street_key(text)
    if field is Field.HOUSENUMBER:
        return "".join(text.split()).casefold()
    if field is Field.PHONE:
        return "".join(sign for sign in text if sign.isalnum() or sign == "+")
    return text


def _street_key(street: str) -> str:
    words = street.casefold().replace("ß", "ss").replace("str.", "strasse ").split()
    return folded(" ".join("strasse" if word == "str" else word for word in words))
