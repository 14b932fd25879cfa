"""Which certificates a check goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 50_000_000
"""No paper comes near; what is larger is not even read."""


@dataclass(frozen=True, slots=True)
class Known:
    """Which certificates the house knows: its own, each with those above it, and time services'."""

    seals: tuple[str, ...]
    """PEM; the first certificate of each is the one that seals."""
    time_services: tuple[str, ...] = ()
