"""Roles, who may be locked out for how long, and what a personal link is good for.

Pure: standard library only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    CLIENT = "client"
    """Who has opened the link of a request to a client; it opens that one and nothing else."""
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

RESET_PAUSE = timedelta(minutes=5)
"""So long one mail for a new password must do: nobody's letter box is filled by others."""
CODE_VALID = timedelta(minutes=10)
"""How long somebody may take between password and code."""

FREE_FAILURES = 4
"""So many slips cost nothing; the fifth one locks."""
FREE_FAILURES_OF_SOURCE = 20
"""A whole office may stand behind one address of the network, and everybody slips sometimes."""
FORGOTTEN_AFTER = timedelta(hours=1)
"""A source that was quiet for so long begins anew."""
KEPT_FOR = timedelta(days=1)
"""How long the counted failures of a source stay in the database."""
LOCK_FIRST = timedelta(seconds=30)
LOCK_MOST = timedelta(hours=1)


def lock_after(failures: int, *, free: int = FREE_FAILURES) -> timedelta:
    """How long a rest follows so many failures in a row: 30 s, doubling, 1 h at most."""
    if failures <= free:
        return timedelta(0)
    doublings = min(failures - free - 1, 20)
    return min(LOCK_FIRST * (1 << doublings), LOCK_MOST)


class Door(StrEnum):
    """Where somebody can guess; each door counts for itself."""

    SIGN_IN = "sign_in"
    ADDRESS = "address"
    """An e-mail address without an account: it rests like a real one, so nobody learns which is."""
    LINK = "link"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a door, as the house counts people it does not know."""

    network: str = field(repr=False)
    secret_key: str = field(repr=False)

    def at(self, door: Door, of: str = "") -> str:
        """A keyed hash of the network address (or of ``of``): it can be counted, not read."""
        message = f"{door}:{of or network_of(self.network)}".encode()
        return hmac.new(self.secret_key.encode(), message, hashlib.sha256).hexdigest()


def network_of(address: str) -> str:
    """What one household has: an IPv4 address, or the first half of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))


DIFFERENT_SIGNS = 5
"""A password with fewer is one key held down."""
TELLING_LENGTH = 4
"""A shorter name before the @ may well stand inside a good password."""


def is_good_password(password: str, *, email: str) -> bool:
    """Whether a password is long enough and not just the address or one repeated sign."""
    plain = password.casefold()
    name = email.casefold().split("@", maxsplit=1)[0]
    return (
        len(password) >= PASSWORD_MIN_LENGTH
        and len(set(plain)) >= DIFFERENT_SIGNS
        and (len(name) < TELLING_LENGTH or name not in plain)
    )


class AccountState(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    RESTING = "resting"
    DISABLED = "disabled"


STATE_LABELS: dict[AccountState, str] = {
    AccountState.INVITED: N_("invited"),
    AccountState.ACTIVE: N_("active"),
    AccountState.RESTING: N_("resting"),
    AccountState.DISABLED: N_("disabled"),
}


def state_of(
    *,
    has_password: bool,
    locked_until: datetime | None,
    disabled_at: datetime | None,
    now: datetime,
) -> AccountState:
    """Where an account stands; a closed door is said before anything else."""
    if disabled_at is not None:
        return AccountState.DISABLED
    if locked_until is not None and locked_until > now:
        return AccountState.RESTING
    return AccountState.ACTIVE if has_password else AccountState.INVITED


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
    if not dot or not rest or not number.isascii() or not number.isdecimal() or len(number) > 9:  # noqa: PLR2004  # ten digits may be more than a table holds
        return None
    return int(number)


def is_token(token: str, secrets: Iterable[str], kind: TokenKind, number: int, nonce: str) -> bool:
    """Whether the token is genuine under one of the house's keys, compared in constant time."""
    return any(
        hmac.compare_digest(token.encode(), token_of(secret, kind, number, nonce).encode())
        for secret in secrets
    )
