"""The door to Argon2id: passwords in, hashes and answers out.

Slow and hungry on purpose (some 50 ms and 64 MiB each, RFC 9106), so it is asked outside of any
transaction: nobody's guessing may hold up other people's work.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a password was right, and its hash in today's strength when the stored one is old."""

    matches: bool
    fresh_hash: str | None = None


def hashed(password: str) -> str:
    """What is stored of a password."""
    return _hasher.hash(_normal(password))


def checked(password_hash: str | None, password: str) -> Proof:
    """Compare; without a stored hash it takes as long and says no."""
    stranger = _hash_of_nobody()
    try:
        _hasher.verify(password_hash or stranger, _normal(password))
    except (VerificationError, InvalidHashError):
        return Proof(matches=False)
    if password_hash is None:
        return Proof(matches=False)
    stale = _hasher.check_needs_rehash(password_hash)
    return Proof(matches=True, fresh_hash=hashed(password) if stale else None)


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    """The same password typed on another keyboard is the same (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
