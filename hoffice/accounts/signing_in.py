"""Coming in: password, code, and the rest that follows too many failures.

A part of the service room. Failures are stored with the answer that tells of them, so the views
answer them with a page, never with an error: an error would undo the count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.accounts import queries, rules, second_factor
from hoffice.accounts.models import Account, SignInFailure
from hoffice.accounts.passwords import Proof
from hoffice.accounts.rules import Door, Visitor
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.units import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of a try: somebody is in, still owes the code, must rest, or was simply wrong."""

    account: Account | None = None
    owes_code: bool = False
    rests_until: datetime | None = None


def sign_in(email: str, proof: Proof, *, visitor: Visitor) -> Entry:
    """Let somebody in who gave the right password, or lead on to the code.

    An address without an account behaves like one with a wrong password, locks included.
    """
    account = queries.locked_by_email(email)
    resting = _rests_until(account, email, visitor)
    if resting is not None:
        return Entry(rests_until=resting)
    if account is None or account.disabled_at is not None or not proof.matches:
        return _failed(account, email, visitor)
    if proof.fresh_hash is not None:
        account.password_hash = proof.fresh_hash
    if account.totp_secret is not None:
        return Entry(account=account, owes_code=True)
    return _come_in(account, second_step=False)


def enter_code(account_id: int, code: str, *, keys: Sequence[str], visitor: Visitor) -> Entry:
    """Let somebody in who gave the password before and the right code now; each code works once."""
    account = queries.locked(account_id)
    resting = _rests_until(account, account.email, visitor)
    if resting is not None:
        return Entry(rests_until=resting)
    if account.disabled_at is not None or account.totp_secret is None:
        return Entry()
    secret = second_factor.opened(account.totp_secret, keys)
    step = second_factor.step_of(secret, code, at=clock.now(), after=account.totp_last_step)
    if step is None:
        return _failed(account, account.email, visitor)
    account.totp_last_step = step
    return _come_in(account, second_step=True)


def set_second_factor(account_id: int, stored: str, code: str, *, keys: Sequence[str]) -> Account:
    """Take a new second factor into use, once its first code proves that the app has it.

    Every other browser is signed out.
    """
    account = queries.locked(account_id)
    secret = second_factor.opened(stored, keys)
    step = second_factor.step_of(secret, code, at=clock.now(), after=None)
    if step is None:
        raise Refused(N_("This code does not fit. Take the one that the app shows now."))
    account.totp_secret, account.totp_last_step = stored, step
    account.session_epoch += 1
    record(Actor.staff(account.id), "accounts.second_factor_set", account)
    return account


def remove_second_factor(account_id: int) -> Account:
    """Do without the second step again; who needs one by role must set it up anew at once.

    Every other browser is signed out.
    """
    account = queries.locked(account_id)
    if account.totp_secret is None:
        raise Refused(N_("This account has no second step."))
    account.totp_secret, account.totp_last_step = None, None
    account.session_epoch += 1
    record(Actor.staff(account.id), "accounts.second_factor_removed", account)
    return account


def confirm(account_id: int, proof: Proof, *, visitor: Visitor) -> Entry:
    """Whether somebody who is in gave the own password once more; wrong ones count as failures."""
    account = queries.locked(account_id)
    resting = _rests_until(account, account.email, visitor)
    if resting is not None:
        return Entry(rests_until=resting)
    return Entry(account=account) if proof.matches else _failed(account, account.email, visitor)


def rests_until(visitor: Visitor, door: Door) -> datetime | None:
    """When this door opens again for somebody who guessed too often; None when it is open."""
    return _source_rests_until(visitor.at(door))


def note_failure(visitor: Visitor, door: Door) -> None:
    """Count a wrong guess at a door that belongs to nobody."""
    _count(visitor.at(door), free=rules.FREE_FAILURES_OF_SOURCE)


def _come_in(account: Account, *, second_step: bool) -> Entry:
    account.failures, account.locked_until = 0, None
    account.last_sign_in_at = clock.now()
    record(Actor.staff(account.id), "accounts.signed_in", account, second_step=second_step)
    return Entry(account=account)


def _failed(account: Account | None, email: str, visitor: Visitor) -> Entry:
    """Count the failure where it belongs: with the account or its stand-in, and with the source."""
    stand_in = _count(visitor.at(Door.ADDRESS, of=email.strip().lower()), free=rules.FREE_FAILURES)
    if account is not None:  # yesterday's slips are forgotten for both
        account.failures = 1 if stand_in.failures == 1 else account.failures + 1
        rest = rules.lock_after(account.failures)
        if rest:
            account.locked_until = clock.now() + rest
        record(Actor.system(), "accounts.sign_in_failed", account, failures=account.failures)
    _count(visitor.at(Door.SIGN_IN), free=rules.FREE_FAILURES_OF_SOURCE)
    return Entry(rests_until=_rests_until(account, email, visitor))


def _rests_until(account: Account | None, email: str, visitor: Visitor) -> datetime | None:
    """The later of the two rests: that of the account (or its stand-in) and that of the source."""
    if account is None:
        own = _source_rests_until(visitor.at(Door.ADDRESS, of=email.strip().lower()))
    else:
        own = account.locked_until
    moments = (own, _source_rests_until(visitor.at(Door.SIGN_IN)))
    ahead = [moment for moment in moments if moment is not None and moment > clock.now()]
    return max(ahead, default=None)


def _source_rests_until(source: str) -> datetime | None:
    known = queries.failures_from(source)
    if known is None or known.locked_until is None or known.locked_until <= clock.now():
        return None
    return known.locked_until


def _count(source: str, *, free: int) -> SignInFailure:
    now = clock.now()
    known = queries.locked_failures_from(source) or _first_from(source)
    quiet = now - known.last_at > rules.FORGOTTEN_AFTER
    known.failures = 1 if quiet else known.failures + 1
    known.last_at = now
    rest = rules.lock_after(known.failures, free=free)
    known.locked_until = now + rest if rest else None
    if rest and free == rules.FREE_FAILURES_OF_SOURCE:
        record(Actor.system(), "accounts.source_locked", "source", failures=known.failures)
    db.session.execute(
        delete(SignInFailure)
        .where(SignInFailure.last_at < now - rules.KEPT_FOR, SignInFailure.source != source)
        .execution_options(synchronize_session=False)
    )
    return known


def _first_from(source: str) -> SignInFailure:
    """A fresh row for this source, or the one that somebody else has just made."""
    made = SignInFailure(source=source, failures=0, last_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        known = queries.locked_failures_from(source)
        if known is None:
            raise
        return known
    return made
