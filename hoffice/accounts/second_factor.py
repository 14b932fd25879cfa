"""The door to one-time codes (TOTP, RFC 6238): secrets, codes, and the picture to scan."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hoffice.errors import N_, Refused

STEP_S = 30
STEPS_ASIDE = 1
"""A clock may go wrong by half a minute either way."""


def new_secret() -> str:
    """A fresh secret, as an authenticator app takes it."""
    return pyotp.random_base32()


def sealed(secret: str, keys: Sequence[str]) -> str:
    """The secret as it may be stored, under the first of the house's keys."""
    return _vault(keys).encrypt(secret.encode()).decode()


def opened(stored: str, keys: Sequence[str]) -> str:
    """The stored secret; refused when none of the house's keys fits any more."""
    try:
        return _vault(keys).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise Refused(
            N_("The house's key was changed. Ask the administration to reset your second step.")
        ) from None


def step_of(secret: str, code: str, *, at: datetime, after: int | None) -> int | None:
    """Which 30-second step a code belongs to; None for a wrong code or one used before."""
    plain = "".join(code.split())
    now = int(at.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret, interval=STEP_S)
    for step in range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1):
        fits = hmac.compare_digest(totp.generate_otp(step).encode(), plain.encode())
        if fits and (after is None or step > after):
            return step
    return None


def picture(secret: str, *, email: str, house: str) -> str:
    """The QR code that an authenticator app scans, as a ``data:`` address for an image."""
    address = pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=email, issuer_name=house)
    code = segno.make(address, error="m")
    return str(code.svg_data_uri(scale=5, border=3, dark="#16252b", light="#ffffff"))


def in_groups(secret: str) -> str:
    """The secret for typing, in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _vault(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(_key_from(key)) for key in keys])


def _key_from(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"hoffice second factor")
    return base64.urlsafe_b64encode(derived.derive(key.encode()))
