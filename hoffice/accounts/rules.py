"""Roles, who may be locked out for how long, and what a personal link is good for.

Pure: standard library only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from hoffice.errors import N_


class Role(StrEnum):
    """What somebody with an account does here."""

    ADMIN = "admin"
    IT = "it"
    HR = "hr"
    LEAD = "lead"
    DRIVER = "driver"
    WORKS_COUNCIL = "works_council"
    DPO = "dpo"
    AUDITOR = "auditor"


class Audience(StrEnum):
    """Who has no account and may still open some pages."""

    PUBLIC = "public"
    """Anybody; such a page tells nothing about anybody."""
    SIGNED_IN = "signed_in"
    """Every account, whatever its role."""
    EMPLOYEE = "employee"
    """Who has opened a personal link."""
    DEMO = "demo"
    """Anybody, and only while the demo is on."""


ROLE_LABELS: dict[Role, str] = {
    Role.ADMIN: N_("Administration"),
    Role.IT: N_("IT"),
    Role.HR: N_("HR"),
    Role.LEAD: N_("Team lead"),
    Role.DRIVER: N_("Driver"),
    Role.WORKS_COUNCIL: N_("Works council"),
    Role.DPO: N_("Data protection"),
    Role.AUDITOR: N_("Auditor"),
}

SECOND_FACTOR_ROLES = frozenset({Role.ADMIN, Role.HR})
"""Who must have a second factor outside the demo: they see papers, or who may see them."""

PASSWORD_MIN_LENGTH = 12
"""Length beats rules about signs (NIST SP 800-63B, 3.1.1.2 asks for 8 and advises 15)."""

INVITATION_VALID = timedelta(days=7)
RESET_VALID = timedelta(hours=2)

FREE_FAILURES = 4
LOCK_FIRST = timedelta(seconds=30)
LOCK_MOST = timedelta(hours=1)


def lock_after(failures: int) -> timedelta:
    """How long an account rests after so many failures in a row: 30 s, doubling, 1 h at most."""
    if failures <= FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES - 1, 20)
    return min(LOCK_FIRST * (1 << doublings), LOCK_MOST)


def is_good_password(password: str, *, email: str) -> bool:
    """Whether a password is long enough and not just the address or one repeated sign."""
    plain = password.casefold()
    return (
        len(password) >= PASSWORD_MIN_LENGTH
        and len(set(plain)) > FREE_FAILURES
        and email.casefold().split("@", maxsplit=1)[0] not in plain
    )


def needs_second_factor(roles: frozenset[Role], *, demo: bool) -> bool:
    """Whether these roles must sign in with a second factor."""
    return not demo and bool(roles & SECOND_FACTOR_ROLES)


class TokenKind(StrEnum):
    """What a token opens; part of what is signed, so one kind cannot pass for another."""

    PERSONAL = "personal"
    MAILED_KEY = "mailed_key"


TOKEN_HASH_BYTES = 24
"""192 bits of the HMAC: far beyond guessing, and the address stays short."""


def token_of(secret: str, kind: TokenKind, number: int, nonce: str) -> str:
    """The secret part of a link's address, derived, so that it need not be stored anywhere."""
    message = f"{kind}:{number}:{nonce}".encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()[:TOKEN_HASH_BYTES]
    return f"{number}." + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def number_in(token: str) -> int | None:
    """Which link a token claims to be, before anything is believed; None when it is no token."""
    number, dot, rest = token.partition(".")
    if not dot or not rest or not number.isascii() or not number.isdecimal() or len(number) > 12:  # noqa: PLR2004  # more than any table holds
        return None
    return int(number)


def is_token(token: str, secrets: Iterable[str], kind: TokenKind, number: int, nonce: str) -> bool:
    """Whether the token is genuine under one of the house's keys, compared in constant time."""
    return any(
        hmac.compare_digest(token.encode(), token_of(secret, kind, number, nonce).encode())
        for secret in secrets
    )
