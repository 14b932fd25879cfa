"""What sealing gives back, apart from what does it: that takes half a second to load."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


class TimeStampDown(Exception):
    """No time-stamp service gave a usable answer; the file is not sealed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A closed file, and when and by which service its time was stamped, if it was."""

    content: bytes
    stamped_at: datetime | None = None
    stamped_by: bytes | None = None
    """The service's certificate (DER)."""


def sha256(content: bytes) -> str:
    """The hash by which files are compared."""
    return hashlib.sha256(content).hexdigest()
