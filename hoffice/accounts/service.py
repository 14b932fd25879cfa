"""What is done with accounts: invited, opened by a mailed key, given roles, closed.

Signing in has a module of its own beside this one, and so have personal links. Passwords arrive
here as hashes: making and comparing them is slow and happens outside the transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from hoffice import clock
from hoffice.accounts import queries, rules
from hoffice.accounts.links import LinkBook
from hoffice.accounts.models import Account, AccountRole, KeyPurpose, MailedKey
from hoffice.accounts.rules import Role, TokenKind
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.notices import service as notices
from hoffice.notices.rules import LinkKind
from hoffice.units import Actor

VALID: dict[KeyPurpose, timedelta] = {
    KeyPurpose.INVITATION: rules.INVITATION_VALID,
    KeyPurpose.RESET: rules.RESET_VALID,
}


def invite(  # noqa: PLR0913  # whom, as what, in which language, for which house, by whom
    email: str,
    name: str,
    roles: Collection[Role],
    *,
    language: str,
    company: str,
    by: Actor,
) -> MailedKey:
    """Make an account and send its owner a key to choose a password with.

    An account that is there and was never opened is invited again, with these roles.
    """
    if not roles:
        raise Refused(N_("Choose at least one role."))
    email = email.strip().lower()
    account = queries.locked_by_email(email)
    if account is not None and account.password_hash is not None:
        raise Refused(N_("There is an account with this address already."))
    if account is None:
        account = Account(
            email=email,
            name=name,
            language=language,
            failures=0,
            session_epoch=1,
            created_at=clock.now(),
        )
        db.session.add(account)
    elif account.disabled_at is not None:
        raise Refused(N_("This account is disabled. Enable it first."))
    account.name = name
    _give(account, roles)
    db.session.flush()
    key = _mail_key(account, KeyPurpose.INVITATION, company=company, by=by)
    record(
        by,
        "accounts.invited",
        account,
        roles=_words(roles),
        personal={"email": email, "name": name},
    )
    return key


def invite_again(account_id: int, *, company: str, by: Actor) -> MailedKey:
    """Send a fresh key to somebody who has not chosen a password yet; the old key ends."""
    account = queries.locked(account_id)
    if account.password_hash is not None:
        raise Refused(N_("This account was opened already."))
    if account.disabled_at is not None:
        raise Refused(N_("This account is disabled. Enable it first."))
    key = _mail_key(account, KeyPurpose.INVITATION, company=company, by=by)
    record(by, "accounts.invited", account, roles=_words(account.roles))
    return key


def ask_for_password(email: str, *, company: str) -> bool:
    """Mail a key for a new password to whoever owns the address; says whether a mail goes out.

    The page must not tell the answer: it would say who has an account.
    """
    account = queries.locked_by_email(email)
    if account is None or account.disabled_at is not None:
        return False
    now = clock.now()
    if any(key.created_at > now - rules.RESET_PAUSE for key in queries.unused_keys_of(account.id)):
        return False
    opened = account.password_hash is not None
    purpose = KeyPurpose.RESET if opened else KeyPurpose.INVITATION
    _mail_key(account, purpose, company=company, by=Actor.system())
    record(Actor.system(), "accounts.password_asked", account)
    return True


def _mail_key(account: Account, purpose: KeyPurpose, *, company: str, by: Actor) -> MailedKey:
    """Make a key and put its mail into the outbox; keys mailed before it end."""
    now = clock.now()
    _end_keys(account, now)
    key = MailedKey(
        account=account,
        purpose=purpose,
        nonce=secrets.token_hex(16),
        created_at=now,
        expires_at=now + VALID[purpose],
    )
    db.session.add(key)
    db.session.flush()
    until = key.expires_at.astimezone(clock.BERLIN)
    notices.send(
        purpose.value,
        to=account.email,
        language=account.language or "de",
        by=by,
        facts={"name": account.name, "company": company, "until": f"{until:%d.%m.%Y, %H:%M}"},
        link=(LinkKind.MAILED_KEY, key.id),
    )
    return key


def _end_keys(account: Account, now: datetime) -> None:
    for key in queries.unused_keys_of(account.id):
        key.used_at = now


def find_key(token: str, *, book: LinkBook) -> MailedKey:
    """The key a token stands for. Looking changes nothing, so a preview robot uses nothing up.

    Raises :class:`NotFound` for a token that is not ours, :class:`Refused` for an ended key.
    """
    number = rules.number_in(token)
    key = None if number is None else queries.mailed_key(number)
    if key is None or not book.is_genuine(token, TokenKind.MAILED_KEY, key.id, key.nonce):
        raise NotFound(N_("This link is not valid. Copy it from the mail as a whole."))
    if key.used_at is not None or key.expires_at <= clock.now() or key.account.disabled_at:
        raise Refused(N_("This link has ended: it opens once, and only for a while."))
    return key


def use_key(token: str, password_hash: str, *, book: LinkBook) -> Account:
    """Set the password with a mailed key. The key is used up, all sessions and locks end."""
    number = rules.number_in(token)
    if number is not None:
        queries.locked_key(number)  # two browsers with the same key: the second one waits, then no
    key = find_key(token, book=book)
    account = queries.locked(key.account_id)
    account.password_hash = password_hash
    account.session_epoch += 1
    account.failures, account.locked_until = 0, None
    _end_keys(account, clock.now())
    record(Actor.staff(account.id), "accounts.password_set", account, purpose=key.purpose.value)
    return account


def change_password(account_id: int, password_hash: str, *, by: Actor) -> Account:
    """Set another password; every other browser is signed out."""
    account = queries.locked(account_id)
    account.password_hash = password_hash
    account.session_epoch += 1
    _end_keys(account, clock.now())
    record(by, "accounts.password_changed", account)
    return account


def change_profile(
    account_id: int, *, name: str, language: str | None, theme: str | None, by: Actor
) -> Account:
    """Set the name and how pages are shown; None leaves that to browser and device."""
    account = queries.account(account_id)
    changed = (account.name, account.language, account.theme) != (name, language, theme)
    account.name, account.language, account.theme = name, language, theme
    if changed:
        record(by, "accounts.profile_changed", account, personal={"name": name})
    return account


def choose_language(account_id: int, language: str) -> None:
    """Remember the language in which somebody reads; a taste, so no line in the log."""
    queries.account(account_id).language = language


def choose_theme(account_id: int, theme: str) -> None:
    """Remember light or dark; a taste, so no line in the log."""
    queries.account(account_id).theme = theme


def set_roles(account_id: int, roles: Collection[Role], *, by: Actor) -> Account:
    """Say what somebody does here; the house always keeps somebody who administers it."""
    account = queries.locked(account_id)
    if not roles:
        raise Refused(N_("Choose at least one role."))
    if Role.ADMIN not in roles:
        _keep_an_admin(account)
    before = account.roles
    if before == frozenset(roles):
        return account
    _give(account, roles)
    record(by, "accounts.roles_changed", account, before=_words(before), roles=_words(roles))
    return account


def _words(roles: Collection[Role]) -> list[str]:
    return sorted(role.value for role in roles)


def _give(account: Account, roles: Collection[Role]) -> None:
    kept = [row for row in account.role_rows if row.role in roles]
    known = {row.role for row in kept}
    account.role_rows = kept + [AccountRole(role=one) for one in sorted(roles) if one not in known]


def _keep_an_admin(account: Account) -> None:
    """Refuse what would leave the house without anybody who can sign in and administer it."""
    if Role.ADMIN not in account.roles or account.disabled_at is not None:
        return
    if not any(other.id != account.id for other in queries.locked_admins()):
        raise Refused(
            N_("This is the last account that administers the house. Make another one first.")
        )


def disable(account_id: int, *, by: Actor) -> Account:
    """Close an account at once: every session and every mailed key of it ends."""
    account = queries.locked(account_id)
    if account.disabled_at is not None:
        raise Refused(N_("This account is disabled already."))
    _keep_an_admin(account)
    account.disabled_at = clock.now()
    account.session_epoch += 1
    _end_keys(account, clock.now())
    record(by, "accounts.disabled", account)
    return account


def enable(account_id: int, *, by: Actor) -> Account:
    """Open a closed account again, with the password and the roles it had."""
    account = queries.locked(account_id)
    if account.disabled_at is None:
        raise Refused(N_("This account is not disabled."))
    account.disabled_at = None
    account.failures, account.locked_until = 0, None
    record(by, "accounts.enabled", account)
    return account


def sign_out_everywhere(account_id: int, *, by: Actor) -> Account:
    """End every session of an account; cookies of before no longer fit."""
    account = queries.locked(account_id)
    account.session_epoch += 1
    record(by, "accounts.signed_out_everywhere", account)
    return account


def reset_second_factor(account_id: int, *, by: Actor) -> Account:
    """Take the second factor away from somebody who lost it; every session ends.

    Who needs one by role is led to set up a new one at the next sign-in.
    """
    account = queries.locked(account_id)
    if account.totp_secret is None:
        raise Refused(N_("This account has no second step."))
    account.totp_secret, account.totp_last_step = None, None
    account.session_epoch += 1
    account.failures, account.locked_until = 0, None
    record(by, "accounts.second_factor_reset", account)
    return account
