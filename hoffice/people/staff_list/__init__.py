"""The pure rules of the staff import: columns, cells, people, and what a list would change."""

from hoffice.people.staff_list.changes import (
    Change,
    FieldChange,
    Kind,
    counts,
    difference,
)
from hoffice.people.staff_list.columns import LABELS, Field, Guess, Mapping, guess
from hoffice.people.staff_list.people import (
    KnownPerson,
    ListedPerson,
    Problem,
    Severity,
    Sheet,
    StaffList,
    parse,
)

__all__ = [
    "LABELS",
    "Change",
    "Field",
    "FieldChange",
    "Guess",
    "Kind",
    "KnownPerson",
    "ListedPerson",
    "Mapping",
    "Problem",
    "Severity",
    "Sheet",
    "StaffList",
    "counts",
    "difference",
    "guess",
    "parse",
]
