"""The group that all commands about places hang in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click
from flask.cli import AppGroup
from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError

from hoffice.db import db
from hoffice.errors import Refused
from hoffice.places.models import RegisterSource

places = AppGroup("places", help="Addresses, where they are, and how long the way takes.")

NO: Final = 1
"""Exit code: the house said no, with a sentence on standard error."""


@contextmanager
def refusals_end() -> Iterator[None]:
    """A refusal is one sentence and an exit code, not a traceback."""
    try:
        yield
    except Refused as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(NO)
    except DatabaseError:
        db.session.rollback()
        if inspect(db.engine).has_table(RegisterSource.__tablename__):
            raise
        click.echo("The database has no tables for places yet. First: flask db upgrade", err=True)
        sys.exit(NO)
