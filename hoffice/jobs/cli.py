"""The worker at the terminal."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup

from hoffice.jobs import queries, worker
from hoffice.jobs.recurring import Daily, ask_for_todays
from hoffice.jobs.service import Handler

jobs = AppGroup("jobs", help="Work that outlives a request.")

EXTENSION = "hoffice.jobs"
"""Under this name the factory keeps the table of kinds and their handlers."""
DAILY = "hoffice.jobs.daily"
"""Under this name it keeps what comes back every day."""


def handlers() -> dict[str, Handler]:
    """All kinds of work this house knows."""
    return cast("dict[str, Handler]", current_app.extensions[EXTENSION])


def dailies() -> tuple[Daily, ...]:
    """What this house does every day."""
    return cast("tuple[Daily, ...]", current_app.extensions[DAILY])


@jobs.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--lease-seconds", default=30.0, help="How long a silent worker keeps its job.")
def work(*, once: bool, lease_seconds: float) -> None:
    """Do the jobs; ends cleanly on Ctrl-C or SIGTERM."""
    lease = timedelta(seconds=lease_seconds)
    if once:
        ask_for_todays(dailies())
        click.echo(json.dumps({"jobs": worker.work_off(handlers(), lease=lease)}))
        return
    worker.work(handlers(), lease=lease, dailies=dailies())


@jobs.command()
def status() -> None:
    """How many jobs are in each state."""
    click.echo(json.dumps({str(state): count for state, count in queries.count_by_state().items()}))
