"""Papers at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from hoffice.agreements import pdf, service
from hoffice.agreements.rules import Terms
from hoffice.db import unit_of_work
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
    """Make both papers of one person as drafts in FOLDER, without storing or sending anything."""
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
