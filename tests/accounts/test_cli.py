"""Accounts at the terminal."""

from __future__ import annotations

from flask import Flask

from hoffice.accounts import queries
from hoffice.accounts.rules import Role
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient

EMAIL = "ines@spreeruf.example"


def test_the_first_admin_is_invited_and_told_that_the_mail_waits(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["accounts", "invite", EMAIL, "--role", "admin"])

    assert result.exit_code == 0
    assert "outbox" in result.output
    assert "--print-link" in result.output
    assert "/schluessel/" not in result.output
    with app.app_context():
        account = queries.by_email(EMAIL)
        assert account is not None
        assert account.roles == {Role.ADMIN}


def test_without_mail_the_link_is_shown_at_the_terminal(app: Flask) -> None:
    result = app.test_cli_runner().invoke(
        args=["accounts", "invite", EMAIL, "--role", "admin", "--name", "Ines Wolf", "--print-link"]
    )

    address = result.output.split()[-1]
    assert address.startswith("http://localhost/schluessel/")
    page = PageClient(app).get(address.removeprefix("http://localhost"))
    assert "Ines Wolf" in page.text


def test_nonsense_is_refused_in_one_line(app: Flask) -> None:
    run = app.test_cli_runner().invoke

    assert "no mail address" in run(args=["accounts", "invite", "ines", "--role", "it"]).output
    assert run(args=["accounts", "invite", EMAIL]).exit_code == 2
    assert run(args=["accounts", "reset-second-step", EMAIL]).exit_code == 1


def test_the_list_says_who_is_there(app: Flask, given: Given) -> None:
    with given():
        account_id = makers.account(Role.HR, Role.IT, email=EMAIL).id

    result = app.test_cli_runner().invoke(args=["accounts", "list"])

    assert result.output == f"{account_id}\t{EMAIL}\thr,it\tinvited\n"


def test_a_lost_phone_is_no_end(app: Flask, given: Given) -> None:
    with given():
        account_id = makers.account(Role.ADMIN, email=EMAIL).id

    result = app.test_cli_runner().invoke(args=["accounts", "reset-second-step", EMAIL])

    assert result.exit_code == 0
    with app.app_context():
        assert queries.account(account_id).totp_secret is None
