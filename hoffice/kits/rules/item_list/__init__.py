"""The pure rules of a list of devices: its columns, its cells, and what it would change."""

from hoffice.kits.rules.item_list.comparing import (
    FIELDS,
    Fate,
    FieldChange,
    House,
    KnownBox,
    KnownItem,
    Line,
    Preview,
    compare,
    plain,
    restored,
)
from hoffice.kits.rules.item_list.fields import (
    LABELS,
    NEW_ONLY,
    Columns,
    Field,
    assigned,
    guess,
)
from hoffice.kits.rules.item_list.reading import ListedItem, Problem, Severity, Sheet, read

__all__ = [
    "FIELDS",
    "LABELS",
    "NEW_ONLY",
    "Columns",
    "Fate",
    "Field",
    "FieldChange",
    "House",
    "KnownBox",
    "KnownItem",
    "Line",
    "ListedItem",
    "Preview",
    "Problem",
    "Severity",
    "Sheet",
    "assigned",
    "compare",
    "guess",
    "plain",
    "read",
    "restored",
]
