"""Reading accounts, keys and links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from hoffice.accounts.models import Account, AccountRole, MailedKey, PersonalLink, SignInFailure
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, NotFound


def account(account_id: int) -> Account:
    """The account with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Account, account_id)
    if found is None:
        raise NotFound(N_("There is no such account."))
    return found


def account_or_none(account_id: int) -> Account | None:
    """The account with this number, if it is there and not disabled."""
    found = db.session.get(Account, account_id)
    return None if found is None or found.disabled_at is not None else found


def by_email(email: str) -> Account | None:
    """The account with this address, whatever its case."""
    return db.session.scalars(
        select(Account).where(Account.email == email.strip().lower())
    ).one_or_none()


def with_role(role: Role) -> Sequence[Account]:
    """Everybody with this role who may sign in, by name."""
    return db.session.scalars(
        select(Account)
        .join(AccountRole)
        .where(AccountRole.role == role, Account.disabled_at.is_(None))
        .order_by(Account.name)
    ).all()


def count() -> int:
    """How many accounts there are."""
    return db.session.scalar(select(func.count()).select_from(Account)) or 0


def accounts() -> Select[Account]:
    """All accounts, for the list page."""
    return select(Account)


def search(words: str) -> ColumnElement[bool]:
    """Accounts whose name or address contains the words."""
    return or_(
        Account.name.icontains(words, autoescape=True),
        Account.email.icontains(words, autoescape=True),
    )


def mailed_key(key_id: int) -> MailedKey | None:
    """The key with this number."""
    return db.session.get(MailedKey, key_id)


def personal_link(link_id: int) -> PersonalLink | None:
    """The link with this number."""
    return db.session.get(PersonalLink, link_id)


def open_link_of(holder: str, now: datetime) -> PersonalLink | None:
    """The newest link of this holder that still opens."""
    return db.session.scalars(
        select(PersonalLink)
        .where(
            PersonalLink.holder == holder,
            PersonalLink.revoked_at.is_(None),
            PersonalLink.expires_at > now,
        )
        .order_by(PersonalLink.id.desc())
        .limit(1)
    ).one_or_none()


def open_links_of(holder: str) -> Sequence[PersonalLink]:
    """All links of this holder that were not revoked."""
    return db.session.scalars(
        select(PersonalLink).where(PersonalLink.holder == holder, PersonalLink.revoked_at.is_(None))
    ).all()


def failures_from(source: str) -> SignInFailure | None:
    """What is known of failed tries from this source."""
    return db.session.get(SignInFailure, source)
