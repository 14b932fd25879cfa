"""Where a home is known to lie, and how a person is named.

Pure: standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hoffice.errors import N_


class Precision(StrEnum):
    """How exactly an address is known, the best first."""

    PINNED = "pinned"
    HOUSE = "house"
    STREET = "street"
    POSTCODE = "postcode"
    NONE = "none"


PRECISION_LABELS: dict[Precision, str] = {
    Precision.PINNED: N_("set by hand"),
    Precision.HOUSE: N_("to the house"),
    Precision.STREET: N_("to the street"),
    Precision.POSTCODE: N_("approximately"),
    Precision.NONE: N_("not found"),
}

EXACT = frozenset({Precision.PINNED, Precision.HOUSE})
"""Good enough to send somebody to the door."""


@dataclass(frozen=True, slots=True)
class Availability:
    """When somebody is at home on one day, in minutes after midnight, Berlin time."""

    start_min: int
    end_min: int


def initials(first_name: str, last_name: str) -> str:
    """Two letters for the round mark beside a name."""
    return f"{first_name[:1]}{last_name[:1]}".upper()
