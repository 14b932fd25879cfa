"""Papers: their kinds, their states, and what is still missing.

Pure: standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from hoffice.errors import N_


class PaperKind(StrEnum):
    """The document types; the value is the key of the sample text."""

    ADDENDUM = "zusatz_telearbeit"
    DATA_PROTECTION = "datenschutz"


PAPER_LABELS: dict[PaperKind, str] = {
    PaperKind.ADDENDUM: N_("Home-office addendum"),
    PaperKind.DATA_PROTECTION: N_("Data protection and confidentiality"),
}


class PaperState(StrEnum):
    """Where a paper stands."""

    DRAFT = "draft"
    SENT = "sent"
    OPENED = "opened"
    SIGNED = "signed"
    SEALED = "sealed"
    DECLINED = "declined"
    VOID = "void"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


PAPER_STATE_LABELS: dict[PaperState, str] = {
    PaperState.DRAFT: N_("draft"),
    PaperState.SENT: N_("sent"),
    PaperState.OPENED: N_("opened"),
    PaperState.SIGNED: N_("signed"),
    PaperState.SEALED: N_("sealed"),
    PaperState.DECLINED: N_("declined"),
    PaperState.VOID: N_("void"),
    PaperState.SUPERSEDED: N_("superseded"),
    PaperState.EXPIRED: N_("expired"),
}

WAITING = frozenset({PaperState.SENT, PaperState.OPENED})
"""The employee has not decided yet."""
IN_FORCE = frozenset({PaperState.SIGNED, PaperState.SEALED})
"""Signed by everybody who has to."""


class SignerRole(StrEnum):
    """Who signs a paper."""

    EMPLOYEE = "employee"
    EMPLOYER = "employer"


class SignatureMethod(StrEnum):
    """How somebody signed."""

    DRAWN = "drawn"
    TYPED = "typed"


PACK = (PaperKind.ADDENDUM, PaperKind.DATA_PROTECTION)
"""What everybody signs before a box leaves, in the order in which it is read."""

SIGNERS: dict[PaperKind, tuple[SignerRole, ...]] = {
    PaperKind.ADDENDUM: (SignerRole.EMPLOYEE, SignerRole.EMPLOYER),
    PaperKind.DATA_PROTECTION: (SignerRole.EMPLOYEE,),
}


def is_complete(kind: PaperKind, signed: Iterable[SignerRole]) -> bool:
    """Whether everybody who has to sign this kind of paper has signed."""
    return set(SIGNERS[kind]) <= set(signed)
