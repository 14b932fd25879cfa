"""Accounts at the terminal: the first one, and a way back in for somebody locked out."""

from __future__ import annotations

import click
import svcs
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from hoffice.accounts import queries, service
from hoffice.accounts.access import settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import unit_of_work
from hoffice.errors import Refused
from hoffice.notices.rules import LinkKind
from hoffice.units import Actor

accounts = AppGroup("accounts", help="Accounts of staff.")


@accounts.command()
@click.argument("email")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="What the person does here; may be given several times.",
)
@click.option("--name", default="", help="How the person is called; else the part before the @.")
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
@click.option(
    "--print-link", is_flag=True, help="Show the one-time link here, for a house without mail."
)
def invite(email: str, roles: tuple[str, ...], name: str, language: str, print_link: bool) -> None:
    """Give EMAIL an account; its owner chooses the password with a one-time link by mail."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} is no mail address: {error}") from None
    link = ""
    try:
        with unit_of_work():
            key = service.invite(
                address,
                name or address.split("@", maxsplit=1)[0],
                [Role(role) for role in roles],
                language=language,
                company=settings().company,
                by=Actor.system(),
            )
            link = svcs.flask.get(LinkBook).address(LinkKind.MAILED_KEY, key.id)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{address} is invited. The mail lies in the outbox.")
    if print_link:
        click.echo(f"One-time link, good for seven days, for nobody else's eyes:\n{link}")
    elif settings().smtp is None:
        click.echo(
            "No mail server is configured (HOFFICE_SMTP_URL), so the mail waits. "
            "The same command with --print-link shows the link here."
        )


@accounts.command("list")
def list_accounts() -> None:
    """Show all accounts: number, address, roles, and whether they are open."""
    for account in queries.everybody():
        state = "disabled" if account.disabled_at else "" if account.password_hash else "invited"
        roles = ",".join(sorted(account.roles))
        click.echo("\t".join((str(account.id), account.email, roles, state)).rstrip())


@accounts.command("reset-second-step")
@click.argument("email")
def reset_second_step(email: str) -> None:
    """Take the second step away from EMAIL, when the phone is lost and no other admin is there."""
    try:
        with unit_of_work():
            account = queries.by_email(email)
            if account is None:
                raise click.ClickException(f"there is no account {email}")
            service.reset_second_factor(account.id, by=Actor.system())
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{email} sets up a new second step at the next sign-in.")
