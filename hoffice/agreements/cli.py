"""Papers at the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import svcs
from flask import current_app
from flask.cli import AppGroup

from hoffice.agreements import pdf, service
from hoffice.agreements.queries import seals as seal_queries
from hoffice.agreements.rules import CertificateUse, Terms
from hoffice.agreements.sealing.known import MOST_BYTES
from hoffice.agreements.sealing.verdict import Fault, Verdict
from hoffice.agreements.service import checking, seals
from hoffice.agreements.service.checking import Checked
from hoffice.agreements.service.seals import Sealer
from hoffice.db import unit_of_work
from hoffice.errors import Refused
from hoffice.people import queries as people
from hoffice.settings import Settings
from hoffice.units import Actor

agreements = AppGroup("agreements", help="Texts and papers.")


@agreements.command("load-samples")
def load_samples() -> None:
    """Write the sample texts as version 1, where there is none yet."""
    with unit_of_work():
        written = service.load_samples(by=Actor.system())
    click.echo(json.dumps({"written": written}))
    click.echo("A lawyer has to approve each text before it is used.", err=True)


@agreements.command("render")
@click.argument("personnel_number")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def render(personnel_number: str, folder: Path) -> None:
    """Make all papers of one person as drafts in FOLDER, without storing or sending anything."""
    settings: Settings = current_app.extensions["hoffice.settings"]
    employee = people.by_number(personnel_number)
    if employee is None:
        raise click.ClickException(f"there is nobody with the number {personnel_number}")
    terms = Terms(
        company=settings.company,
        company_address="…",
        represented_by="…",
        hotline="…",
        data_protection_contact="…",
    )
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for facts in service.drafts(employee, terms=terms):
        target = folder / f"{personnel_number}-{facts.text_version.replace(' ', '-')}.pdf"
        target.write_bytes(pdf.paper(facts))
        names.append(target.name)
    click.echo(json.dumps({"papers": names}))


KEY_PASSWORD = "HOFFICE_IMPORT_PASSWORD"  # noqa: S105  # the name of a variable, not its value
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@agreements.command("verify")
@click.argument("file", type=FILE)
def verify(file: Path) -> None:
    """Say whether FILE was sealed by this house and is unchanged; exit code 0 or 1.

    The answer is one JSON object. The file is read by a process of its own, with limits.
    """
    if file.stat().st_size > MOST_BYTES:
        checked = Checked(Verdict(fault=Fault.TOO_LARGE))
    else:
        content = file.read_bytes()
        checked = checking.compared(checking.judged(content, checking.known()), content)
    told = json.loads(checked.verdict.written())
    del told["house_log"]
    told["in_house_log"] = checked.is_in_house_log
    click.echo(json.dumps(told, ensure_ascii=False))
    sys.exit(0 if checked.verdict.is_valid else 1)


@agreements.group("seal-key")
def seal_key() -> None:
    """The key with which the house seals papers."""


@seal_key.command("make")
def make_seal_key() -> None:
    """Make a key, and its certificate by an authority of the house's own.

    HOFFICE_SEAL_PASSWORD has to be set: the key is kept encrypted only. Papers that were signed
    while there was no key are sealed now.
    """
    settings: Settings = current_app.extensions["hoffice.settings"]
    try:
        with unit_of_work():
            made = seals.make_key(
                _sealer().folder,
                company=settings.company,
                check_url=check_address(settings),
                by=Actor.system(),
            )
            fingerprint = made.fingerprint
    except Refused as refusal:
        raise click.ClickException(refusal.reason) from None
    click.echo(json.dumps({"fingerprint": fingerprint}))


@seal_key.command("import")
@click.argument("file", type=FILE)
@click.password_option(
    "--password",
    envvar=KEY_PASSWORD,
    confirmation_prompt=False,
    help=f"Opens FILE; asked for when neither this nor {KEY_PASSWORD} is given.",
)
def import_seal_key(file: Path, password: str) -> None:
    """Use the key in FILE: PKCS#12, or PEM with its certificates; encrypted."""
    settings: Settings = current_app.extensions["hoffice.settings"]
    try:
        with unit_of_work():
            made = seals.import_key(
                _sealer().folder,
                file.read_bytes(),
                password,
                check_url=check_address(settings),
                by=Actor.system(),
            )
            fingerprint = made.fingerprint
    except Refused as refusal:
        raise click.ClickException(refusal.reason) from None
    click.echo(json.dumps({"fingerprint": fingerprint}))


@seal_key.command("show")
def show_seal_keys() -> None:
    """Say which certificates the house goes by; exit code 1 while it has no key of its own."""
    current = seal_queries.current_certificate()
    told = {
        use.value: [
            {
                "fingerprint": one.fingerprint,
                "current": one.is_current,
                "since": one.created_at.isoformat(timespec="seconds"),
            }
            for one in seal_queries.certificates(use)
        ]
        for use in CertificateUse
    }
    click.echo(json.dumps(told))
    sys.exit(0 if current is not None else 1)


@seal_key.command("certificate")
def print_certificate() -> None:
    """Print the public certificate and those above it, as PEM."""
    current = seal_queries.current_certificate()
    if current is None:
        raise click.ClickException("there is no seal key yet: flask agreements seal-key make")
    click.echo(current.pem, nl=False)


@agreements.command("seal")
def seal_now() -> None:
    """Let the worker try again now to seal what waits, whatever is planned for later."""
    with unit_of_work():
        seals.seal_what_waits(by=Actor.system())
    count, _, _ = seal_queries.pending_since()
    click.echo(json.dumps({"waiting": count}))


def check_address(settings: Settings) -> str:
    """The public page where a file is checked."""
    return f"{settings.url}/pruefen"


def _sealer() -> Sealer:
    with svcs.Container(current_app.extensions["svcs_registry"]) as doors:
        return doors.get(Sealer)
