"""What is configured and what would fail; backup and restore; what `make run` prepares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import flask_migrate
import svcs
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import OperationalError

from hoffice.accounts.access import demo_is_on, settings
from hoffice.agreements.cli import check_address
from hoffice.agreements.service import seals
from hoffice.agreements.service.seals import Sealer
from hoffice.db import unit_of_work
from hoffice.demo.cast.company import OFFICE
from hoffice.demo.cli import load_if_empty, print_sign_ins
from hoffice.doctor import checks, migrations, service
from hoffice.doctor.checks import Verdict
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.units import Actor

house = AppGroup("house", help="What the start of the house needs.")


@house.command()
@click.option(
    "--first-morning",
    is_flag=True,
    help="Begin the demo on its first morning: nearly nobody has papers yet.",
)
def prepare(*, first_morning: bool) -> None:
    """Migrate, load the demo when it is asked for and nothing is there, print the sign-ins.

    The standard output carries nothing but the lines to sign in with; `make run` shows them.
    """
    if not migrations.is_newest():
        flask_migrate.upgrade()
    if not settings().demo:
        return
    load_if_empty(only_first_morning=first_morning)
    if demo_is_on():
        _make_demo_seal()
        print_sign_ins()
    else:
        click.echo(
            "This database was not filled by the demo, so nobody signs in with one click here.",
            err=True,
        )


def _make_demo_seal() -> None:
    """A seal key for the demo, where there is none: what it seals proves nothing."""
    with unit_of_work():
        if seals.is_ready() or not settings().seal_password:
            return
        with svcs.Container(current_app.extensions["svcs_registry"]) as doors:
            folder = doors.get(Sealer).folder
        seals.make_key(
            folder,
            company=OFFICE.firm,
            check_url=check_address(settings()),
            by=Actor.system(),
        )


@click.command()
@with_appcontext
def doctor() -> None:
    """Say what is configured and what would fail.

    One line per check; the last line is one JSON object. Exit code 1 when something will fail.
    """
    try:
        present, why = migrations.present(), ""
    except OperationalError as error:
        present, why = "", type(error.orig).__name__
    seen = {}
    for finding in checks.findings(settings(), present=present, newest=migrations.newest()):
        click.echo(f"  {finding.verdict:<6} {finding.name:<10} {finding.text}")
        seen[finding.name] = finding.verdict.value
    if why:
        click.echo(f"  {Verdict.FAULT:<6} {'database':<10} it does not answer: {why}")
    is_well = Verdict.FAULT.value not in seen.values()
    click.echo(json.dumps({"ok": is_well, "checks": seen}))
    sys.exit(0 if is_well else 1)


ARCHIVE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=ARCHIVE)
@with_appcontext
def backup(file: Path) -> None:
    """Write database, stored files and keys into the archive FILE, while the house works on.

    Exit code 1 when a stored file was gone or damaged; everything else is in the archive then.
    """
    if not migrations.is_newest():
        raise click.ClickException("the database is not at the newest migration: flask db upgrade")
    if not file.parent.is_dir():
        raise click.ClickException(f"there is no folder {file.parent}")
    made = service.backup(file, settings=settings(), store=_store(), revision=migrations.newest())
    for sha256 in made.missing_files:
        click.echo(f"a stored file is gone or damaged: {sha256}", err=True)
    click.echo(
        json.dumps(
            {
                "file": str(file),
                "bytes": file.stat().st_size,
                "rows": sum(made.tables.values()),
                "files": sum(part.name.startswith(service.FILES) for part in made.parts),
                "missing_files": len(made.missing_files),
                "log_lines": made.head[0],
            }
        )
    )
    sys.exit(1 if made.missing_files else 0)


@click.command()
@click.argument("file", type=ARCHIVE)
@with_appcontext
def restore(file: Path) -> None:
    """Put the archive FILE back into an empty house: all of it, or nothing.

    Every part is checked against its hash before anything is written, and the log afterwards.
    Exit code 1 when the restored log does not hold or files are missing in the backup.
    """
    if not file.is_file():
        raise click.ClickException(f"there is no file {file}")
    if not migrations.is_newest():
        flask_migrate.upgrade()
    try:
        with unit_of_work():
            done = service.restore(
                file, settings=settings(), store=_store(), revision=migrations.newest()
            )
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    if not done.is_same_key:
        click.echo(
            "The backup was made with another HOFFICE_SECRET_KEY: personal links and second steps "
            "stay closed until that key is set, or named in HOFFICE_OLD_SECRET_KEYS.",
            err=True,
        )
    if done.fault is not None:
        click.echo(f"The log does not hold at line {done.fault.seq}: {done.fault.reason}", err=True)
    missing = len(done.manifest.missing_files)
    click.echo(
        json.dumps(
            {
                "rows": sum(done.manifest.tables.values()),
                "missing_files": missing,
                "log_lines": done.manifest.head[0],
                "log_holds": done.fault is None,
                "same_key": done.is_same_key,
            }
        )
    )
    sys.exit(1 if missing or done.fault is not None else 0)


def _store() -> Store:
    with svcs.Container(current_app.extensions["svcs_registry"]) as doors:
        return doors.get(Store)
