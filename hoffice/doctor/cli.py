"""What is configured and what would fail; backup and restore; what `make run` prepares."""

from __future__ import annotations

import click
import flask_migrate
from flask.cli import AppGroup, with_appcontext

from hoffice.accounts.access import demo_is_on, settings
from hoffice.demo.cli import load_if_empty, print_sign_ins
from hoffice.doctor import migrations

house = AppGroup("house", help="What the start of the house needs.")


@house.command()
def prepare() -> None:
    """Migrate, load the demo when it is asked for and nothing is there, print the sign-ins.

    The standard output carries nothing but the lines to sign in with; `make run` shows them.
    """
    if not migrations.is_newest():
        flask_migrate.upgrade()
    if not settings().demo:
        return
    load_if_empty()
    if demo_is_on():
        print_sign_ins()
    else:
        click.echo(
            "This database was not filled by the demo, so nobody signs in with one click here.",
            err=True,
        )


@click.command()
@with_appcontext
def doctor() -> None:
    """Say what is configured and what would fail."""


@click.command()
@with_appcontext
def backup() -> None:
    """Write database, files and keys into one archive."""


@click.command()
@with_appcontext
def restore() -> None:
    """Put a backup back into an empty house."""
