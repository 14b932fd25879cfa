"""What a check says: valid or not, and why.

Pure: standard library only. Of a file that is not valid nothing is told but the reason: what it
says of itself is worth nothing then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from hoffice.errors import N_


class Fault(StrEnum):
    """Why a file is not valid."""

    NO_PDF = "no_pdf"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    NO_SEAL = "no_seal"
    MORE_SEALS = "more_seals"
    APPENDED = "appended"
    CONTAINER = "container"
    FOREIGN = "foreign"
    CHANGED = "changed"
    OPEN_SEAL = "open_seal"
    OUT_OF_TIME = "out_of_time"
    TIME_STAMP = "time_stamp"
    PARTS = "parts"
    PROTOCOL = "protocol"
    FROZEN = "frozen"
    OTHER_COPY = "other_copy"


FAULT_TEXTS: dict[Fault, str] = {
    Fault.NO_PDF: N_("This is not a PDF file."),
    Fault.TOO_LARGE: N_("This file is larger than any paper of this house."),
    Fault.UNREADABLE: N_("The file cannot be read: it is damaged, or it was changed."),
    Fault.TOO_LONG: N_("Reading the file took more time or memory than any real paper needs."),
    Fault.NO_SEAL: N_("The file carries no seal."),
    Fault.MORE_SEALS: N_("The file carries more signatures than the one seal of a paper."),
    Fault.APPENDED: N_("The file was changed after it was sealed, or something was added to it."),
    Fault.CONTAINER: N_("The place in the file that holds the seal was changed."),
    Fault.FOREIGN: N_("The file was not sealed by this house."),
    Fault.CHANGED: N_("The file was changed after it was sealed."),
    Fault.OPEN_SEAL: N_("The seal would allow changes; a seal of this house never does."),
    Fault.OUT_OF_TIME: N_("The file was sealed at a time when the certificate was not valid."),
    Fault.TIME_STAMP: N_("The time stamp is missing, broken, or not from a service we ask."),
    Fault.PARTS: N_("The log or the paper as it was shown is missing in the file."),
    Fault.PROTOCOL: N_("The log in the file is broken: its chain does not hold."),
    Fault.FROZEN: N_("The paper in the file is not the one that was signed."),
    Fault.OTHER_COPY: N_("The file differs from the one that this house has sealed and kept."),
}


@dataclass(frozen=True, slots=True)
class SignedBy:
    """One signature, as the file's own log has it."""

    name: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a file is a paper of this house, unchanged; with a ``fault`` it is not."""

    fault: Fault | None = None
    sealed_at: datetime | None = None
    """By the house's own clock, as written into the seal."""
    stamped_at: datetime | None = None
    """By a time-stamp service."""
    stamped_by: str = ""
    sealed_by: str = ""
    fingerprint: str = ""
    reference: str = ""
    title: str = ""
    text_version: str = ""
    frozen_sha256: str = ""
    """Recomputed from the file inside the file, and the same as the log says."""
    log_head: str = ""
    house_log: tuple[tuple[int, str], ...] = ()
    """Number and hash of the lines of the house's log that the file carries."""
    signed_by: tuple[SignedBy, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Sealed by this house and unchanged."""
        return self.fault is None

    @property
    def reason(self) -> str:
        """Why not, as a message id; empty when it is valid."""
        return "" if self.fault is None else FAULT_TEXTS[self.fault]

    def written(self) -> str:
        """As JSON, for another process and for the terminal."""
        told = asdict(self)
        return json.dumps({"valid": self.is_valid, **told, "reason": self.reason}, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def read(text: str) -> Verdict:
    """A verdict from JSON; ``ValueError``, ``KeyError`` or ``TypeError`` when it is none."""
    told: Mapping[str, Any] = json.loads(text)
    return Verdict(
        fault=None if told["fault"] is None else Fault(told["fault"]),
        sealed_at=_moment(told["sealed_at"]),
        stamped_at=_moment(told["stamped_at"]),
        signed_by=tuple(
            SignedBy(one["name"], one["role"], datetime.fromisoformat(one["at"]))
            for one in told["signed_by"]
        ),
        house_log=tuple((int(seq), str(digest)) for seq, digest in told["house_log"]),
        **{
            name: str(told[name])
            for name in (
                *("stamped_by", "sealed_by", "fingerprint", "reference", "title"),
                *("text_version", "frozen_sha256", "log_head"),
            )
        },
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
