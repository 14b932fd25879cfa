"""Kits and boxes at the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from hoffice.db import db, unit_of_work
from hoffice.errors import Refused
from hoffice.kits import queries
from hoffice.kits.models import Box
from hoffice.kits.queries import auditing as audited
from hoffice.kits.queries import counting, item_imports
from hoffice.kits.queries import labels as reading
from hoffice.kits.queries.labels import Labelled
from hoffice.kits.rules import LocationKind, item_list, tag_of
from hoffice.kits.rules.labels import BY_KEY, FORMATS, usual_format
from hoffice.kits.rules.labels import Labelled as Kind
from hoffice.kits.service import auditing, item_import
from hoffice.kits.service.labels import Printing, label_file
from hoffice.settings import UNNAMED
from hoffice.sheets.reading import read
from hoffice.units import Actor

kits = AppGroup("kits", help="Kits and boxes.")

NO, NOT_ASKED = 1, 2
"""Exit codes: there was nothing to print, or the list has errors; it cannot be read at all."""
ALL = "all"


@kits.command("labels")
@click.argument("out", metavar="OUT", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kit", "kit_ids", type=int, multiple=True, help="A kit's number; may be repeated.")
@click.option("--packed", is_flag=True, help="All boxes that are packed and still in the house.")
@click.option("--code", "codes", multiple=True, help="A tag, box or location; may be repeated.")
@click.option("--codes", "codes_file", type=click.File("r"), help="A file with one code a line.")
@click.option("--locations", type=click.Choice([ALL, *LocationKind]), help="Locations of a kind.")
@click.option("--format", "key", type=click.Choice([one.key for one in FORMATS]), help="The paper.")
@click.option("--zpl", type=click.Choice(["203", "300"]), help="For a label printer of such dpi.")
@click.option("--first-place", type=click.IntRange(1), default=1, help="First free place, from 1.")
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
@click.option(
    "--with-names/--without-names", default=None, help="Names, or only personnel numbers."
)
def labels(  # noqa: PLR0913  # one option each
    out: Path,
    *,
    kit_ids: tuple[int, ...],
    packed: bool,
    codes: tuple[str, ...],
    codes_file: Iterable[str] | None,
    locations: str | None,
    key: str | None,
    zpl: str | None,
    first_place: int,
    language: str,
    with_names: bool | None,
) -> None:
    """Write labels to OUT: as PDF on sheets or a roll, or as ZPL for a label printer.

    Exit code 0 when they were written, 1 when there is nothing to print. The last line is one JSON
    object with the number of labels.
    """
    is_typed = bool(codes) or codes_file is not None
    if bool(kit_ids) + packed + is_typed + bool(locations) != 1:
        raise click.UsageError(
            "Name kits with --kit, or things with --code or --codes, or take --packed boxes, or "
            "--locations: one of these."
        )
    if key and zpl:
        raise click.UsageError("Choose --format or --zpl.")
    typed = [tag_of(code) for code in (*codes, *(codes_file or ())) if code.strip()]
    wanted = _wanted(kit_ids, typed if is_typed else None, locations)
    key = f"zpl{zpl}" if zpl else key
    boxes = frozenset({Kind.BOX}) if wanted.boxes else frozenset({Kind.ITEM})
    settings = current_app.extensions["hoffice.settings"]
    paper = BY_KEY[key] if key else usual_format(boxes)
    if first_place > paper.places:
        msg = f"{first_place} is no place of {paper.key}, which has places 1 to {paper.places}."
        raise click.BadParameter(msg, param_hint="--first-place")
    printing = Printing(
        house_url=settings.url,
        language=language,
        firm=settings.company if settings.company != UNNAMED else "",
        with_names=settings.label_names if with_names is None else with_names,
        paper=paper,
        first_place=first_place,
    )
    count = len(wanted.boxes) + len(wanted.items) + len(wanted.locations)
    _write(out, wanted, printing, count)


def _wanted(kit_ids: tuple[int, ...], codes: list[str] | None, locations: str | None) -> Labelled:
    """What the options name; all packed boxes when they name nothing else."""
    if locations:
        return Labelled(
            locations=queries.locations_in_use(
                None if locations == ALL else LocationKind(locations)
            )
        )
    if codes is not None:
        return reading.with_codes(codes)
    boxes: list[Box] = []
    for kit_id in kit_ids:
        boxes += queries.boxes_with_label(kit_id=kit_id)
    return Labelled(boxes=boxes if kit_ids else queries.boxes_with_label(packed=True))


def _write(out: Path, wanted: Labelled, printing: Printing, count: int) -> None:
    try:
        content = label_file(wanted, printing)
    except Refused as refusal:
        click.echo(str(refusal), err=True)
        click.echo(json.dumps({"written": False, "labels": 0, "reason": str(refusal)}))
        sys.exit(NO)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.FileError(str(out), error.strerror or "") from error
    click.echo(json.dumps({"written": True, "labels": count, "file": str(out)}))


@kits.command("audit")
@click.option("--count", "count_id", type=int, help="Tell the figures of this stock-take too.")
def audit(count_id: int | None) -> None:
    """Check that every device has one holder, and that ledger, kits and goods agree.

    One line for each fault; the last line is one JSON object. Exit code 0 when all is whole, 1
    when something does not agree, 2 when there is no such stock-take.
    """
    told: dict[str, object] = {}
    if count_id is not None:
        try:
            found = counting.count(count_id)
        except Refused as refusal:
            raise click.BadParameter(str(refusal)) from None
        figures = counting.counters([count_id])[count_id]
        told["stock_take"] = {
            "closed": found.closed_at is not None,
            "expected": figures.expected,
            "found": figures.found,
            "missing": figures.missing,
            "unexpected": figures.unexpected,
            "strangers": figures.strangers,
        }
    wrong = list(auditing.faults())
    for line in wrong:
        click.echo(line)
    sizes = audited.sizes()
    click.echo(json.dumps({"whole": not wrong, "faults": len(wrong), **sizes, **told}))
    sys.exit(NO if wrong else 0)


@kits.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--skip-errors", is_flag=True, help="Leave out lines with errors.")
def import_(file: Path, *, dry_run: bool, skip_errors: bool) -> None:
    """Show line by line what a list of devices would change, then change it.

    Exit code 0 when the list can be taken over (and was, without --dry-run), 1 when it has errors,
    2 when it cannot be read. The last line is one JSON object with the counts.
    """
    by = Actor.system()
    try:
        table = read(file.name, file.read_bytes())
        with unit_of_work():
            number = item_import.begin_import(file.name, table, by=by).id
            found = item_import.preview_of(item_imports.item_import(number))
            _show(found)
            answer: dict[str, object] = {"lines": len(found.lines), **found.counts}
            errors = found.counts[item_list.Fate.ERROR]
            is_good = not errors or (skip_errors and errors < len(found.lines))
            if dry_run or not is_good:
                db.session.rollback()
            else:
                item_import.apply_import(number, by=by, skip_errors=skip_errors)
                answer["import"] = number
    except Refused as refusal:
        click.echo(str(refusal), err=True)
        click.echo(json.dumps({"applied": False, "reason": str(refusal)}))
        sys.exit(NOT_ASKED)
    click.echo(json.dumps({**answer, "applied": is_good and not dry_run}))
    sys.exit(0 if is_good else NO)


def _show(found: item_list.Preview) -> None:
    """One line of output per device that is new or changed, and per problem."""
    for line in found.lines:
        if line.fate is not item_list.Fate.SAME:
            changes = ", ".join(f"{x.name} {x.before!s} -> {x.after!s}" for x in line.changes)
            words = f"line {line.line}: {line.fate} {line.tag}"
            click.echo(f"{words}: {changes}" if changes else words)
        for problem in line.problems:
            click.echo(f"  {problem.severity}: {problem}")
