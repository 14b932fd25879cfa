"""Deeds with accounts, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts import links, passwords, queries, second_factor, service, signing_in
from hoffice.accounts.links import LinkBook
from hoffice.accounts.models import Account, KeyPurpose, MailedKey, SignInFailure
from hoffice.accounts.passwords import Proof
from hoffice.accounts.rules import Door, Role, TokenKind, Visitor
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.notices.models import Notice
from hoffice.units import Actor
from tests import houses, makers

Given = Callable[[], AbstractContextManager[None]]

ADMIN = Actor.staff(1)
KEYS = (houses.SECRET,)
BOOK = LinkBook(houses.SECRET, (), "http://localhost", timedelta(days=30))
OFFICE = Visitor("192.0.2.7", houses.SECRET)
RIGHT, WRONG = Proof(matches=True), Proof(matches=False)


def _account(*roles: Role, email: str = "ines@spreeruf.example") -> Account:
    account = makers.account(*(roles or (Role.IT,)), email=email)
    account.password_hash, account.totp_secret = "stored", None
    return account


def _actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(AuditLine.action).order_by(AuditLine.seq)))


def _invite(email: str = "Ines@Spreeruf.example", *roles: Role) -> MailedKey:
    return service.invite(
        email, "Ines Wolf", roles or (Role.HR,), language="de", company="Spreeruf", by=ADMIN
    )


def _token(key: MailedKey) -> str:
    return BOOK.token(TokenKind.MAILED_KEY, key.id, key.nonce)


def test_an_invitation_makes_an_account_and_a_mail_without_the_link(
    app: Flask, given: Given
) -> None:
    with given():
        _invite()

    with app.app_context():
        account = queries.by_email("ines@spreeruf.example")
        assert account is not None
        assert account.roles == {Role.HR}
        assert account.password_hash is None
        notice = db.session.scalars(db.select(Notice)).one()
        assert notice.template == "invitation"
        assert notice.facts.keys() == {"name", "company", "until"}
    assert "accounts.invited" in _actions(app)


def test_a_second_invitation_ends_the_first_one(given: Given) -> None:
    with given():
        first = _token(_invite())
    with given():
        second = _token(_invite())

    with given():
        service.find_key(second, book=BOOK)
        with pytest.raises(Refused, match="ended"):
            service.find_key(first, book=BOOK)


def test_whoever_has_an_account_is_not_invited_again(given: Given) -> None:
    with given():
        account_id = _account().id

    with given(), pytest.raises(Refused, match="already"):
        _invite("ines@spreeruf.example")
    with given(), pytest.raises(Refused, match="opened"):
        service.invite_again(account_id, company="Spreeruf", by=ADMIN)


def test_a_key_sets_the_password_once_and_ends_all_sessions_and_rests(
    app: Flask, given: Given
) -> None:
    with given():
        token = _token(_invite())
        account = queries.by_email("ines@spreeruf.example")
        assert account is not None
        account.failures, account.locked_until = 9, clock.now() + timedelta(hours=1)

    with given():
        service.use_key(token, "hash", book=BOOK)
    with given(), pytest.raises(Refused, match="ended"):
        service.use_key(token, "another hash", book=BOOK)

    with app.app_context():
        account = queries.by_email("ines@spreeruf.example")
        assert account is not None
        assert (account.password_hash, account.session_epoch) == ("hash", 2)
        assert (account.failures, account.locked_until) == (0, None)


def test_a_key_ends_after_its_time(given: Given) -> None:
    with given():
        token = _token(_invite())

    later = clock.now() + timedelta(days=7, minutes=1)
    with clock.frozen(later), given(), pytest.raises(Refused, match="ended"):
        service.use_key(token, "hash", book=BOOK)


def test_a_changed_token_opens_nothing(given: Given) -> None:
    with given():
        token = _token(_invite())

    for wrong in (token[:-1] + "!", token + "x", "999." + token, "", "x"):
        with given(), pytest.raises(NotFound):
            service.find_key(wrong, book=BOOK)


def test_a_new_password_is_mailed_to_the_owner_and_not_more_often_than_every_five_minutes(
    app: Flask, given: Given
) -> None:
    with given():
        _account()

    with given():
        assert service.ask_for_password(" INES@spreeruf.example", company="Spreeruf")
        assert not service.ask_for_password("ines@spreeruf.example", company="Spreeruf")
        assert not service.ask_for_password("nobody@spreeruf.example", company="Spreeruf")

    with app.app_context():
        key = db.session.scalars(db.select(MailedKey)).one()
        assert key.purpose is KeyPurpose.RESET
    with clock.frozen(clock.now() + timedelta(minutes=6)), given():
        assert service.ask_for_password("ines@spreeruf.example", company="Spreeruf")


def test_the_right_password_lets_in_and_forgets_the_slips(app: Flask, given: Given) -> None:
    with given():
        _account()
    with given():
        signing_in.sign_in("ines@spreeruf.example", WRONG, visitor=OFFICE)

    with given():
        entry = signing_in.sign_in("Ines@spreeruf.example ", RIGHT, visitor=OFFICE)
        assert entry.account is not None
        assert not entry.owes_code

    with app.app_context():
        account = queries.by_email("ines@spreeruf.example")
        assert account is not None
        assert account.failures == 0
        assert account.last_sign_in_at is not None
    assert _actions(app) == ["accounts.sign_in_failed", "accounts.signed_in"]


@pytest.mark.parametrize("email", ["ines@spreeruf.example", "nobody@spreeruf.example"])
def test_after_five_wrong_passwords_even_the_right_one_rests_whoever_it_is(
    given: Given, email: str
) -> None:
    with given():
        _account()
    rests = []
    for _ in range(5):
        with given():
            entry = signing_in.sign_in(email, WRONG, visitor=OFFICE)
            rests.append(entry.rests_until is not None)

    with given():
        entry = signing_in.sign_in(email, RIGHT, visitor=OFFICE)

    assert rests == [False, False, False, False, True]
    assert entry.account is None
    assert entry.rests_until is not None


def test_after_the_rest_the_right_password_opens_again(given: Given) -> None:
    with given():
        _account()
    for _ in range(5):
        with given():
            signing_in.sign_in("ines@spreeruf.example", WRONG, visitor=OFFICE)

    with clock.frozen(clock.now() + timedelta(seconds=31)), given():
        entry = signing_in.sign_in("ines@spreeruf.example", RIGHT, visitor=OFFICE)

    assert entry.account is not None


def test_guessing_many_accounts_from_one_place_rests_too(app: Flask, given: Given) -> None:
    with given():
        _account()
    for number in range(21):
        with given():
            signing_in.sign_in(f"guess{number}@spreeruf.example", WRONG, visitor=OFFICE)

    with given():
        here = signing_in.sign_in("ines@spreeruf.example", RIGHT, visitor=OFFICE)
        elsewhere = Visitor("198.51.100.1", houses.SECRET)
        there = signing_in.sign_in("ines@spreeruf.example", RIGHT, visitor=elsewhere)

    assert here.rests_until is not None
    assert there.account is not None
    with app.app_context():
        sources = db.session.scalars(db.select(SignInFailure.source)).all()
        assert not any("192.0.2.7" in source or "guess" in source for source in sources)


def test_counted_failures_are_thrown_away_after_a_day(app: Flask, given: Given) -> None:
    with given():
        signing_in.note_failure(OFFICE, Door.LINK)
    with clock.frozen(clock.now() + timedelta(days=2)), given():
        signing_in.note_failure(Visitor("198.51.100.1", houses.SECRET), Door.LINK)

    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(SignInFailure)) == 1


def test_a_disabled_account_stays_closed_to_the_right_password(given: Given) -> None:
    with given():
        account_id = _account().id
    with given():
        service.disable(account_id, by=ADMIN)

    with given():
        assert signing_in.sign_in("ines@spreeruf.example", RIGHT, visitor=OFFICE).account is None


def _with_code(given: Given) -> tuple[int, str]:
    secret = second_factor.new_secret()
    with given():
        account = _account(Role.HR)
        account.totp_secret = second_factor.sealed(secret, KEYS)
        return account.id, secret


def _code(secret: str, at: datetime | None = None) -> str:
    return str(pyotp.TOTP(secret).at(at or clock.now()))


def test_with_a_second_step_the_password_alone_lets_nobody_in(given: Given) -> None:
    account_id, secret = _with_code(given)
    moment = clock.now()

    with clock.frozen(moment), given():
        entry = signing_in.sign_in("ines@spreeruf.example", RIGHT, visitor=OFFICE)
        assert entry.owes_code
        code = _code(secret, moment)
        entry = signing_in.enter_code(account_id, code, keys=KEYS, visitor=OFFICE)
        assert entry.account is not None
    with clock.frozen(moment), given():
        again = signing_in.enter_code(account_id, code, keys=KEYS, visitor=OFFICE)
        assert again.account is None, "a code works once"


def test_guessing_codes_rests_although_the_password_is_right_each_time(given: Given) -> None:
    account_id, _secret = _with_code(given)
    for _ in range(5):
        with given():
            signing_in.sign_in("ines@spreeruf.example", RIGHT, visitor=OFFICE)
            entry = signing_in.enter_code(account_id, "000", keys=KEYS, visitor=OFFICE)

    assert entry.rests_until is not None


def test_a_second_step_counts_from_its_first_code_on(app: Flask, given: Given) -> None:
    secret = second_factor.new_secret()
    stored = second_factor.sealed(secret, KEYS)
    with given():
        account_id = _account(Role.HR).id

    with given(), pytest.raises(Refused, match="does not fit"):
        signing_in.set_second_factor(account_id, stored, "000", keys=KEYS)
    with given():
        signing_in.set_second_factor(account_id, stored, _code(secret), keys=KEYS)

    with app.app_context():
        account = queries.account(account_id)
        assert account.totp_secret == stored
        assert account.session_epoch == 2
        assert secret not in account.totp_secret


def test_the_administration_resets_a_lost_second_step(app: Flask, given: Given) -> None:
    account_id, _secret = _with_code(given)

    with given():
        service.reset_second_factor(account_id, by=ADMIN)
    with given(), pytest.raises(Refused, match="no second step"):
        service.reset_second_factor(account_id, by=ADMIN)

    with app.app_context():
        account = queries.account(account_id)
        assert (account.totp_secret, account.totp_last_step) == (None, None)
        assert account.session_epoch == 2


def test_the_last_admin_cannot_be_removed(app: Flask, given: Given) -> None:
    with given():
        account_id = _account(Role.ADMIN, Role.IT).id
        makers.account(Role.ADMIN)  # invited, has never been in: does not count

    with given(), pytest.raises(Refused, match="last account"):
        service.disable(account_id, by=ADMIN)
    with given(), pytest.raises(Refused, match="last account"):
        service.set_roles(account_id, [Role.IT], by=ADMIN)
    with given():
        _account(Role.ADMIN, email="second@spreeruf.example")
    with given():
        service.set_roles(account_id, [Role.IT], by=ADMIN)

    with app.app_context():
        assert queries.account(account_id).roles == {Role.IT}


def test_nobody_is_left_without_a_role(given: Given) -> None:
    with given():
        account_id = _account().id

    with given(), pytest.raises(Refused, match="at least one"):
        service.set_roles(account_id, [], by=ADMIN)


def test_roles_that_stay_are_kept_and_a_change_is_written_once(app: Flask, given: Given) -> None:
    with given():
        account_id = _account(Role.IT, Role.DRIVER).id

    with given():
        service.set_roles(account_id, [Role.IT, Role.HR], by=ADMIN)
    with given():
        service.set_roles(account_id, [Role.HR, Role.IT], by=ADMIN)

    assert _actions(app) == ["accounts.roles_changed"]


def test_an_enabled_account_comes_back_but_its_old_cookies_do_not(app: Flask, given: Given) -> None:
    with given():
        account_id = _account().id
    with given():
        service.disable(account_id, by=ADMIN)
        with pytest.raises(Refused, match="disabled already"):
            service.disable(account_id, by=ADMIN)
    with given():
        service.enable(account_id, by=ADMIN)
        with pytest.raises(Refused, match="not disabled"):
            service.enable(account_id, by=ADMIN)

    with app.app_context():
        account = queries.account(account_id)
        assert (account.disabled_at, account.session_epoch) == (None, 2)


def test_a_password_is_changed_with_the_present_one_and_wrong_ones_count(
    app: Flask, given: Given
) -> None:
    with given():
        account_id = _account().id

    with given():
        assert signing_in.confirm(account_id, WRONG, visitor=OFFICE).account is None
        assert signing_in.confirm(account_id, RIGHT, visitor=OFFICE).account is not None
        service.change_password(account_id, "new", by=Actor.staff(account_id))

    with app.app_context():
        account = queries.account(account_id)
        assert (account.password_hash, account.failures, account.session_epoch) == ("new", 1, 2)


def test_no_log_line_of_a_sign_in_holds_an_address(app: Flask, given: Given) -> None:
    with given():
        _account()
    with given():
        signing_in.sign_in("ines@spreeruf.example", WRONG, visitor=OFFICE)
        signing_in.sign_in("ines@spreeruf.example", RIGHT, visitor=OFFICE)

    with app.app_context():
        for line in db.session.scalars(db.select(AuditLine)):
            assert "ines" not in f"{line.actor} {line.subject} {line.details}"
            assert line.personal_hash is None


def test_a_personal_link_opens_for_its_holder_until_it_is_revoked(app: Flask, given: Given) -> None:
    with given():
        link = links.new_link("employee:17", book=BOOK, by=ADMIN, employee_id=17)
        token = BOOK.token(TokenKind.PERSONAL, link.id, link.nonce)

    with given():
        links.open_link(token, book=BOOK)
        links.open_link(token, book=BOOK)
    with given():
        assert links.revoke_all("employee:17", by=ADMIN, employee_id=17) == 1
    with given(), pytest.raises(Refused, match="ended"):
        links.open_link(token, book=BOOK)

    assert _actions(app) == [
        "accounts.link_made",
        "accounts.link_opened",
        "accounts.links_revoked",
    ]


def test_a_mailed_key_is_no_personal_link(given: Given) -> None:
    with given():
        key = _invite()
        links.new_link("employee:17", book=BOOK, by=ADMIN, employee_id=17)
        token = _token(key)

    with given(), pytest.raises(NotFound):
        links.find(token, book=BOOK)


def test_a_stored_hash_is_renewed_on_the_way_in(app: Flask, given: Given) -> None:
    with given():
        _account()

    with given():
        fresh = Proof(matches=True, fresh_hash=passwords.hashed("vier kleine Worte"))
        signing_in.sign_in("ines@spreeruf.example", fresh, visitor=OFFICE)

    with app.app_context():
        assert queries.password_hash_of("ines@spreeruf.example") == fresh.fresh_hash
