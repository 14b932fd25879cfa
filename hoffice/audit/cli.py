"""The log at the terminal."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from hoffice.audit import queries

audit = AppGroup("audit", help="The hash-chained log.")


@audit.command()
def verify() -> None:
    """Walk the chain; name the first broken line. Exit code 0 when it holds, 1 when not."""
    fault = queries.first_break()
    seq, digest = queries.head()
    answer: dict[str, object] = {"valid": fault is None, "lines": seq, "head": digest}
    if fault is not None:
        answer |= {"line": fault.seq, "reason": fault.reason}
    click.echo(json.dumps(answer))
    sys.exit(0 if fault is None else 1)
