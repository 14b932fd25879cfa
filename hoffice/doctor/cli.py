"""What is configured and what would fail; backup and restore; what `make run` prepares."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

house = AppGroup("house", help="What the start of the house needs.")


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
