"""Files and services that addresses come from, read one address at a time."""

from __future__ import annotations

from hoffice.places.sources.entries import FLAW_TEXTS, Entry, Flaw, Origin, Reading, Skipped
from hoffice.places.sources.filling import Filling, filled
from hoffice.places.sources.opening import open_register

__all__ = [
    "FLAW_TEXTS",
    "Entry",
    "Filling",
    "Flaw",
    "Origin",
    "Reading",
    "Skipped",
    "filled",
    "open_register",
]
