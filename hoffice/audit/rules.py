"""How a line of the log is hashed, and how a broken chain is told.

Pure: standard library only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ERASED = "audit.erased"
"""The action of a line that says whose personal values were erased; ``lines`` names them."""
GENESIS = "0" * 64
"""What the first line of all points back to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the chain sees it; everything here is part of its hash."""

    seq: int
    at: str
    """The moment, ISO 8601 in UTC with microseconds."""
    actor: str
    action: str
    subject: str
    employee_id: int | None
    details: Mapping[str, Any]
    personal_hash: str | None
    """Salted hash of the erasable side row, or None when the line has none."""
    previous_hash: str


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line as it was found in the database, with what it claims to be."""

    line: Line
    hash: str
    personal: tuple[str, str] | None
    """Salt and canonical JSON of the side row, when it is still there."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold."""

    seq: int
    reason: str


def canonical(value: object) -> str:
    """JSON in one spelling only (sorted keys, no spaces), fit for hashing."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(line: Line) -> str:
    """SHA-256 over the line and its predecessor's hash, in hexadecimal."""
    text = canonical(
        [
            line.seq,
            line.at,
            line.actor,
            line.action,
            line.subject,
            line.employee_id,
            dict(line.details),
            line.personal_hash,
            line.previous_hash,
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def personal_hash(salt: str, values: str) -> str:
    """Hash of a side row; the salt keeps a short value (a name, a date) from being guessed.

    With the row the salt is erased too, so the hash that stays in the chain tells nothing.
    """
    return hashlib.sha256(f"{salt}\n{values}".encode()).hexdigest()


def first_break(
    lines: Iterable[StoredLine], *, head: tuple[int, str], erased: frozenset[int]
) -> Break | None:
    """Walk the chain from the first line; None when all of it holds.

    ``head`` is the number and hash that the house remembers as the last ones, so that lines cut
    off at the end are missed too. ``erased`` are the lines whose side row was lawfully erased,
    as other lines of the same log say.
    """
    expected_seq, previous = 1, GENESIS
    for stored in lines:
        line = stored.line
        if line.seq != expected_seq:
            return Break(expected_seq, f"line {expected_seq} is missing")
        if line.previous_hash != previous:
            return Break(line.seq, "the line does not follow the one before it")
        if hash_of(line) != stored.hash:
            return Break(line.seq, "the line was changed")
        reason = _personal_fault(stored, was_erased=line.seq in erased)
        if reason:
            return Break(line.seq, reason)
        expected_seq, previous = line.seq + 1, stored.hash
    if (expected_seq - 1, previous) != head:
        return Break(expected_seq, "lines at the end are missing")
    return None


def _personal_fault(stored: StoredLine, *, was_erased: bool) -> str | None:
    claimed = stored.line.personal_hash
    if claimed is None:
        return "personal values were added later" if stored.personal else None
    if stored.personal is None:
        return (
            None if was_erased else "personal values are missing, and no line says they were erased"
        )
    if personal_hash(*stored.personal) != claimed:
        return "personal values were changed"
    return None
