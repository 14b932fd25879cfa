"""What can come of a visit, item by item.

Pure: standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from hoffice.errors import N_


class ItemOutcome(StrEnum):
    """What the driver says about one item."""

    GIVEN = "given"
    MISSING = "missing"
    DAMAGED = "damaged"


OUTCOME_LABELS: dict[ItemOutcome, str] = {
    ItemOutcome.GIVEN: N_("handed over"),
    ItemOutcome.MISSING: N_("missing"),
    ItemOutcome.DAMAGED: N_("damaged"),
}


class VisitOutcome(StrEnum):
    """How the visit ended."""

    DELIVERED = "delivered"
    PARTLY = "partly"
    FAILED = "failed"


VISIT_LABELS: dict[VisitOutcome, str] = {
    VisitOutcome.DELIVERED: N_("delivered"),
    VisitOutcome.PARTLY: N_("partly delivered"),
    VisitOutcome.FAILED: N_("not delivered"),
}


class FailureReason(StrEnum):
    """Why a visit failed."""

    NOBODY_HOME = "nobody_home"
    WRONG_ADDRESS = "wrong_address"
    NO_ACCESS = "no_access"
    REFUSED = "refused"
    OTHER = "other"


FAILURE_LABELS: dict[FailureReason, str] = {
    FailureReason.NOBODY_HOME: N_("nobody at home"),
    FailureReason.WRONG_ADDRESS: N_("the address is wrong"),
    FailureReason.NO_ACCESS: N_("no way in"),
    FailureReason.REFUSED: N_("the person does not want it"),
    FailureReason.OTHER: N_("another reason"),
}


class ReceiptAnswer(StrEnum):
    """What the employee says about one item."""

    YES = "yes"
    NO = "no"
    BROKEN = "broken"


def outcome_of(lines: Iterable[ItemOutcome]) -> VisitOutcome:
    """How a visit ended, from its items: delivered only when every item was given unharmed."""
    said = list(lines)
    if said and all(line is ItemOutcome.GIVEN for line in said):
        return VisitOutcome.DELIVERED
    if all(line is ItemOutcome.MISSING for line in said):
        return VisitOutcome.FAILED
    return VisitOutcome.PARTLY


Strokes = list[list[list[float]]]
"""A drawn signature: lines of points, each ``[x, y]`` between 0 and 1 of the box."""

MOST_POINTS = 20_000
"""More than any hand draws; keeps a form from filling the disk."""


def ink_of(strokes: Sequence[Sequence[Sequence[float]]]) -> int:
    """How many points a drawn signature has."""
    return sum(len(stroke) for stroke in strokes)
