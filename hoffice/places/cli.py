"""Addresses at the terminal."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from hoffice.places import queries

places = AppGroup("places", help="Addresses, where they are, and the register they are found in.")


@places.command("sources")
def sources() -> None:
    """List where the register's addresses come from."""
    for source in queries.sources():
        click.echo(f"{source.name}\t{source.kind}\t{source.credit}")
