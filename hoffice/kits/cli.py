"""Kits and boxes at the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from hoffice.errors import Refused
from hoffice.kits import queries, service

kits = AppGroup("kits", help="Kits and boxes.")

NO = 1
"""Exit code: there was nothing to print."""


@kits.command("labels")
@click.argument("out", metavar="OUT.pdf", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kit", "kit_ids", type=int, multiple=True, help="A kit's number; may be repeated.")
@click.option("--packed", is_flag=True, help="All boxes that are packed and still in the house.")
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
@click.option("--without-names", is_flag=True, help="Print only personnel numbers.")
def labels(
    out: Path, kit_ids: tuple[int, ...], language: str, *, packed: bool, without_names: bool
) -> None:
    """Write box labels as PDF: eight on a sheet of A4.

    Exit code 0 when they were written, 1 when there is no such box. The last line is one JSON
    object with the number of labels.
    """
    if bool(kit_ids) == packed:
        raise click.UsageError("Name kits with --kit, or take all packed boxes with --packed.")
    settings = current_app.extensions["hoffice.settings"]
    wanted = list(queries.boxes_with_label(packed=True)) if packed else []
    for kit_id in kit_ids:
        wanted.extend(queries.boxes_with_label(kit_id=kit_id))
    try:
        content = service.label_sheet(
            wanted,
            house_url=settings.url,
            language=language,
            firm=settings.company,
            with_names=not without_names,
        )
    except Refused as refusal:
        click.echo(str(refusal), err=True)
        click.echo(json.dumps({"written": False, "labels": 0, "reason": str(refusal)}))
        sys.exit(NO)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.FileError(str(out), error.strerror or "") from error
    click.echo(json.dumps({"written": True, "labels": len(wanted), "file": str(out)}))
