"""Roles, rests and tokens: facts in, answers out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.accounts import passwords, rules, second_factor
from hoffice.accounts.rules import AccountState, Door, Role, TokenKind, Visitor
from hoffice.errors import Refused

NOW = datetime(2020, 3, 23, 8, 0, tzinfo=UTC)
KEYS = ("k" * 40,)


def test_four_slips_cost_nothing_and_the_fifth_one_rests() -> None:
    assert rules.lock_after(4) == timedelta(0)
    assert rules.lock_after(5) == timedelta(seconds=30)
    assert rules.lock_after(6) == timedelta(minutes=1)


@given(st.integers(0, 10_000))
def test_a_rest_never_gets_shorter_and_never_longer_than_an_hour(failures: int) -> None:
    assert rules.lock_after(failures) <= rules.lock_after(failures + 1) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("vier kleine Worte", True),
        ("kurz", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("jonas.reuter2020", False),
    ],
)
def test_length_beats_rules_about_signs(password: str, *, is_good: bool) -> None:
    assert rules.is_good_password(password, email="jonas.reuter@spreeruf.example") is is_good


def test_a_short_name_may_stand_inside_a_password() -> None:
    assert rules.is_good_password("mit Zeit und Weile", email="it@spreeruf.example")


def test_only_admin_and_hr_need_a_second_step_and_nobody_in_the_demo() -> None:
    needing = {role for role in Role if rules.needs_second_factor(frozenset({role}), demo=False)}

    assert needing == {Role.ADMIN, Role.HR}
    assert not rules.needs_second_factor(frozenset(Role), demo=True)


def test_a_source_can_be_counted_but_not_read() -> None:
    source = Visitor("192.0.2.7", "k" * 40).at(Door.SIGN_IN)

    assert source == Visitor("192.0.2.7", "k" * 40).at(Door.SIGN_IN)
    assert source != Visitor("192.0.2.8", "k" * 40).at(Door.SIGN_IN)
    assert source != Visitor("192.0.2.7", "l" * 40).at(Door.SIGN_IN)
    assert source != Visitor("192.0.2.7", "k" * 40).at(Door.LINK)
    assert "192.0.2.7" not in source
    assert "192.0.2.7" not in repr(Visitor("192.0.2.7", "k" * 40))


def test_one_household_is_one_source_whatever_address_it_takes_next() -> None:
    assert rules.network_of("2001:db8:1:2:3::4") == rules.network_of("2001:db8:1:2:9::9")
    assert rules.network_of("2001:db8:1:2:3::4") != rules.network_of("2001:db8:1:3:3::4")
    assert rules.network_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert rules.network_of("nowhere") == "nowhere"


def test_a_disabled_account_is_disabled_before_anything_else() -> None:
    ahead = NOW + timedelta(minutes=1)
    assert _state(disabled_at=NOW, locked_until=ahead) is AccountState.DISABLED
    assert _state(locked_until=ahead) is AccountState.RESTING
    assert _state(locked_until=NOW) is AccountState.ACTIVE
    assert _state(has_password=False) is AccountState.INVITED


def _state(
    *,
    has_password: bool = True,
    locked_until: datetime | None = None,
    disabled_at: datetime | None = None,
) -> AccountState:
    return rules.state_of(
        has_password=has_password, locked_until=locked_until, disabled_at=disabled_at, now=NOW
    )


@given(st.text(max_size=40))
def test_no_made_up_token_is_genuine(token: str) -> None:
    assert not rules.is_token(token, KEYS, TokenKind.PERSONAL, 1, "nonce")


def test_a_token_is_good_for_its_kind_its_number_and_its_key_only() -> None:
    token = rules.token_of(KEYS[0], TokenKind.PERSONAL, 17, "nonce")

    assert rules.number_in(token) == 17
    assert rules.is_token(token, ("new" * 20, *KEYS), TokenKind.PERSONAL, 17, "nonce")
    assert not rules.is_token(token, KEYS, TokenKind.MAILED_KEY, 17, "nonce")
    assert not rules.is_token(token, KEYS, TokenKind.PERSONAL, 18, "nonce")
    assert not rules.is_token(token, ("new" * 20,), TokenKind.PERSONAL, 17, "nonce")


@pytest.mark.parametrize("token", ["", "17", "17.", ".x", "-1.x", "٣.x", "1" * 13 + ".x", "a.x"])
def test_what_is_no_token_has_no_number(token: str) -> None:
    assert rules.number_in(token) is None


def test_a_password_is_known_again_however_its_umlauts_were_typed() -> None:
    stored = passwords.hashed("schöne Grüße 2020")

    assert passwords.checked(stored, "scho\u0308ne Gru\u0308\u00dfe 2020").matches
    assert not passwords.checked(stored, "schone Grusse 2020").matches


def test_nobody_has_a_password_not_even_the_stand_in() -> None:
    assert not passwords.checked(None, "nobody has this password").matches
    assert not passwords.checked("no hash", "anything").matches


def test_an_old_weak_hash_is_made_anew_when_the_password_is_right() -> None:
    from argon2 import PasswordHasher  # noqa: PLC0415  # only here: the product has one door to it

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("vier kleine Worte")

    proof = passwords.checked(weak, "vier kleine Worte")

    assert proof.matches
    assert proof.fresh_hash is not None
    assert passwords.checked(proof.fresh_hash, "vier kleine Worte") == passwords.Proof(matches=True)


def test_a_code_works_once_and_half_a_minute_early_or_late() -> None:
    secret = second_factor.new_secret()
    code = _code(secret, NOW)

    step = second_factor.step_of(secret, f" {code[:3]} {code[3:]}", at=NOW, after=None)

    assert step is not None
    assert second_factor.step_of(secret, code, at=NOW, after=step) is None
    later = NOW + timedelta(seconds=30)
    assert second_factor.step_of(secret, code, at=later, after=None) == step
    assert second_factor.step_of(secret, code, at=NOW + timedelta(seconds=90), after=None) is None


def _code(secret: str, at: datetime) -> str:
    import pyotp  # noqa: PLC0415  # stands for the phone

    return str(pyotp.TOTP(secret).at(at))


def test_a_secret_is_stored_sealed_and_opens_with_an_old_key_too() -> None:
    stored = second_factor.sealed("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", KEYS)

    assert "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" not in stored
    assert second_factor.opened(stored, ("new" * 20, *KEYS)) == "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    with pytest.raises(Refused, match="key was changed"):
        second_factor.opened(stored, ("new" * 20,))


def test_the_picture_is_an_image_of_our_own() -> None:
    picture = second_factor.picture(
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", email="a@b.example", house="Spreeruf"
    )

    assert picture.startswith("data:image/svg+xml")
    assert second_factor.in_groups("JBSWY3DPEHPK3PXP") == "JBSW Y3DP EHPK 3PXP"
