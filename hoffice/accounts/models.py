"""Accounts of staff, one-time keys by mail, and the personal links of people without accounts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hoffice.accounts.rules import Role
from hoffice.db import Model, Word


class Account(Model):
    """Somebody on staff who signs in."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str | None]
    theme: Mapped[str | None]
    password_hash: Mapped[str | None]
    """Argon2id; None until the invitation was accepted."""
    totp_secret: Mapped[str | None]
    """Encrypted with a key derived from the house's secret key."""
    totp_last_step: Mapped[int | None]
    """The last 30-second step that was used, so that a code works once."""
    session_epoch: Mapped[int] = mapped_column(default=1)
    """Counts up to sign out everywhere: an older cookie no longer fits."""
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    role_rows: Mapped[list[AccountRole]] = relationship(
        back_populates="account", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """What this person does here."""
        return frozenset(row.role for row in self.role_rows)


class AccountRole(Model):
    """One role of one account."""

    __tablename__ = "account_role"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(Word(Role), primary_key=True)

    account: Mapped[Account] = relationship(back_populates="role_rows")


class KeyPurpose(StrEnum):
    """What a mailed key opens."""

    INVITATION = "invitation"
    RESET = "reset"


class MailedKey(Model):
    """A one-time key sent by mail to somebody with an account.

    The token is not stored anywhere: it is derived from the house's secret key, ``id`` and
    ``nonce`` while the mail is handed over.
    """

    __tablename__ = "mailed_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[KeyPurpose] = mapped_column(Word(KeyPurpose))
    nonce: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class PersonalLink(Model):
    """The one link of somebody without an account; derived like a mailed key, never stored.

    ``holder`` names whose link it is, such as ``employee:17``; staff never see the address.
    """

    __tablename__ = "personal_link"
    __table_args__ = (Index(None, "holder", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str]
    nonce: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    first_opened_at: Mapped[datetime | None]
    last_opened_at: Mapped[datetime | None]


class SignInFailure(Model):
    """Failed tries by one address of the network, so that guessing many accounts is slow too."""

    __tablename__ = "sign_in_failure"

    source: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash of the network address: it can be counted, not read."""
    failures: Mapped[int]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
