"""Reading accounts, keys and links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select

from hoffice.accounts.models import Account, AccountRole, MailedKey, PersonalLink, SignInFailure
from hoffice.accounts.rules import AccountState, Role
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


def locked(account_id: int) -> Account:
    """The account, kept from other writers until the transaction ends."""
    found = db.session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(N_("There is no such account."))
    return found


def locked_by_email(email: str) -> Account | None:
    """The account with this address, kept from other writers until the transaction ends."""
    return db.session.scalars(
        select(Account)
        .where(Account.email == email.strip().lower())
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def password_hash_of(email: str) -> str | None:
    """What a password for this address is compared with; None when nobody has the address."""
    return db.session.scalar(
        select(Account.password_hash).where(Account.email == email.strip().lower())
    )


def locked_admins() -> Sequence[Account]:
    """Everybody who can administer the house now, kept from other writers."""
    return db.session.scalars(
        select(Account)
        .join(AccountRole)
        .where(
            AccountRole.role == Role.ADMIN,
            Account.disabled_at.is_(None),
            Account.password_hash.is_not(None),
        )
        .order_by(Account.id)
        .with_for_update(of=Account)
    ).all()


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


def everybody() -> Sequence[Account]:
    """All accounts in the order in which they were made."""
    return db.session.scalars(select(Account).order_by(Account.id)).all()


def search(words: Sequence[str]) -> ColumnElement[bool]:
    """Accounts whose name or address contains every one of the words."""
    return and_(
        *(
            or_(
                Account.name.icontains(word, autoescape=True),
                Account.email.icontains(word, autoescape=True),
            )
            for word in words
        )
    )


def has_role(role: Role) -> ColumnElement[bool]:
    """Accounts with this role."""
    return Account.role_rows.any(AccountRole.role == role)


def is_in_state(state: AccountState, now: datetime) -> ColumnElement[bool]:
    """Accounts that stand so; the same answer as ``rules.state_of``."""
    enabled = Account.disabled_at.is_(None)
    resting = and_(Account.locked_until.is_not(None), Account.locked_until > now)
    if state is AccountState.DISABLED:
        return Account.disabled_at.is_not(None)
    if state is AccountState.RESTING:
        return and_(enabled, resting)
    has_password = Account.password_hash.is_not(None)
    return and_(enabled, ~resting, has_password if state is AccountState.ACTIVE else ~has_password)


def mailed_key(key_id: int) -> MailedKey | None:
    """The key with this number."""
    return db.session.get(MailedKey, key_id)


def locked_key(key_id: int) -> MailedKey | None:
    """The key with this number, kept from other writers until the transaction ends."""
    return db.session.get(MailedKey, key_id, with_for_update=True, populate_existing=True)


def unused_keys_of(account_id: int) -> Sequence[MailedKey]:
    """Keys of this account that nobody has used, newest first."""
    return db.session.scalars(
        select(MailedKey)
        .where(MailedKey.account_id == account_id, MailedKey.used_at.is_(None))
        .order_by(MailedKey.id.desc())
    ).all()


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


def locked_failures_from(source: str) -> SignInFailure | None:
    """The same, kept from other writers until the transaction ends."""
    return db.session.get(SignInFailure, source, with_for_update=True, populate_existing=True)


def is_answering() -> bool:
    """Whether the database answers; one statement, for the health check."""
    return db.session.scalar(select(literal(1))) == 1
