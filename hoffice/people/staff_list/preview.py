"""What an import would do, line by line, for the page and for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from hoffice.people.staff_list.changes import Change, FieldChange, Kind, difference
from hoffice.people.staff_list.columns import Field
from hoffice.people.staff_list.columns import Mapping as Columns
from hoffice.people.staff_list.people import KnownPerson, Problem, Severity, Sheet, StaffList, parse

ADDRESS: Final = frozenset({Field.STREET, Field.HOUSENUMBER, Field.POSTCODE, Field.CITY})
"""If one of these changes, it is another address."""
POINT: Final = frozenset({Field.LAT, Field.LON})


class Fate(StrEnum):
    """What becomes of a line; in the order in which a preview shows it."""

    ERROR = "error"
    NEW = "new"
    CHANGED = "changed"
    MISSING = "missing"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One person, or one line that cannot be read, with everything to be said about it."""

    fate: Fate
    line: int | None
    number: str
    name: str
    fields: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    similar_to: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole comparison of a list with the house."""

    listed: StaffList
    changes: tuple[Change, ...]
    lines: tuple[PreviewLine, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines of each fate, and how many sentences that are only a hint."""
        found = dict.fromkeys(map(str, Fate), 0)
        for line in self.lines:
            found[line.fate.value] += 1
        found["warnings"] = sum(one.severity is Severity.WARNING for one in self.listed.problems)
        return found

    @property
    def expected(self) -> str:
        """What somebody agrees to when she applies it; differs when the house has moved on."""
        counts = self.counts
        return "-".join(str(counts[fate]) for fate in Fate)


def usable(columns: Columns) -> Columns:
    """The columns without those that name nothing a person has; kits are given elsewhere."""
    index = columns.index_of(Field.KIT_TYPE)
    return columns if index is None else columns.with_column(index, None)


def preview(
    sheet: Sheet,
    columns: Columns,
    known: Mapping[str, KnownPerson],
    pinned: frozenset[str],
    *,
    listed: StaffList | None = None,
) -> Preview:
    """Read the list and compare it; ``pinned`` are the numbers of homes that were set by hand.

    ``listed`` saves the reading when the same list was read with the same columns before.

    :raises Refused: when a required column is missing.
    """
    columns = usable(columns)
    listed = listed or parse(sheet, columns)
    changes = compared(listed, known, pinned)
    return Preview(
        listed, changes, (*_unreadable(sheet, columns, listed), *_readable(listed, changes))
    )


def compared(
    listed: StaffList, known: Mapping[str, KnownPerson], pinned: frozenset[str]
) -> tuple[Change, ...]:
    """The difference; a point that was set by hand stays as long as the address does."""
    found = difference(listed, known)
    if not pinned:
        return found
    kept = tuple(_without_point(one) if one.personnel_number in pinned else one for one in found)
    order = list(Kind)
    return tuple(sorted(kept, key=lambda change: order.index(change.kind)))


def _without_point(change: Change) -> Change:
    if change.kind is not Kind.CHANGED or any(one.field in ADDRESS for one in change.fields):
        return change
    fields = tuple(one for one in change.fields if one.field not in POINT)
    return replace(change, fields=fields, kind=Kind.CHANGED if fields else Kind.UNCHANGED)


def _readable(listed: StaffList, changes: Iterable[Change]) -> Iterable[PreviewLine]:
    problems = _by_line(listed.problems)
    for change in changes:
        yield PreviewLine(
            Fate(change.kind.value),
            change.line,
            change.personnel_number,
            change.name,
            change.fields,
            () if change.line is None else problems.get(change.line, ()),
            change.similar_to,
        )


def _unreadable(sheet: Sheet, columns: Columns, listed: StaffList) -> Iterable[PreviewLine]:
    """The lines with errors, with whatever number and name stand in them."""
    wrong = {one.line for one in listed.errors}
    if not wrong:
        return
    problems = _by_line(listed.problems)
    number = columns.index_of(Field.PERSONNEL_NUMBER)
    names = [
        index
        for field in (Field.FIRST_NAME, Field.LAST_NAME, Field.NAME)
        if (index := columns.index_of(field)) is not None
    ]
    for line, cells in sheet.rows:
        if line in wrong:
            yield PreviewLine(
                Fate.ERROR,
                line,
                "" if number is None else cells[number].strip(),
                " ".join(cells[index].strip() for index in names).strip(),
                problems=problems[line],
            )


def _by_line(problems: Sequence[Problem]) -> dict[int, tuple[Problem, ...]]:
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.line, []).append(problem)
    return {line: tuple(several) for line, several in found.items()}
