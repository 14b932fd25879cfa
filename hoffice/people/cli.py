"""Employees at the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
import svcs
from flask import current_app
from flask.cli import AppGroup

from hoffice.db import db, unit_of_work
from hoffice.errors import Refused
from hoffice.people import queries, service
from hoffice.people.models import StaffImport
from hoffice.people.staff_list import LABELS, Field, FieldChange, Problem
from hoffice.people.staff_list.preview import Fate, Preview, PreviewLine
from hoffice.places.rules import Geocoder
from hoffice.places.service.locating import for_lists
from hoffice.units import Actor

people = AppGroup("people", help="Employees.")

NO, NOT_ASKED = 1, 2
"""Exit codes: the answer is no; the question could not be asked."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--skip-errors", is_flag=True, help="Leave out lines that cannot be read.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADER",
    help="Say which column holds what, such as personnel_number=PersNr; may be repeated.",
)
def import_(file: Path, columns: tuple[str, ...], *, dry_run: bool, skip_errors: bool) -> None:
    """Show line by line what a staff list would change, then change it.

    Exit code 0 when the list can be imported (and was, without --dry-run), 1 when it has errors,
    2 when it cannot be read. The last line is one JSON object with the counts.
    """
    by = Actor.system()
    try:
        with _forgotten() if dry_run else unit_of_work():
            staff_import = service.begin_import(file.name, file.read_bytes(), by=by)
            _assign(staff_import, columns, by=by)
            import_id = staff_import.id
            preview = service.preview_of(staff_import)
    except Refused as refusal:
        _end(str(refusal), {"applied": False, "reason": str(refusal)}, NOT_ASKED)
    _show(preview)
    counts: dict[str, object] = {"lines": len(preview.lines), **preview.counts}
    is_good = bool(preview.listed.people) and (skip_errors or not preview.listed.errors)
    if dry_run:
        _end("", {**counts, "applied": False}, 0 if is_good else NO)
    staff_import = queries.staff_import(import_id)
    prepared = service.prepare(staff_import, geocoder=_geocoder(), found=preview)
    try:
        with unit_of_work():
            service.apply_import(import_id, prepared, by=by, skip_errors=skip_errors)
    except Refused as refusal:
        with unit_of_work():
            service.discard_import(import_id, by=by)
        _end(str(refusal), {**counts, "applied": False, "reason": str(refusal)}, NO)
    _end("", {**counts, "applied": True}, 0)


@people.command()
def relocate() -> None:
    """Ask again where everybody lives, after the address register has become better.

    Points that were set by hand or came with the staff list stay, and no answer gives way to a
    lesser one. The last line is one JSON object with the homes by precision, before and after.
    """
    before, home_ids = queries.homes_by_precision(), queries.movable_homes()
    changed = 0
    with click.progressbar(length=len(home_ids), label="Homes", file=sys.stderr) as bar:
        for start in range(0, len(home_ids), service.STEP):
            some = home_ids[start : start + service.STEP]
            answers = service.answers_about(some, geocoder=_geocoder())
            db.session.rollback()  # end reading; writing begins
            with unit_of_work():
                changed += service.relocate_homes(some, answers, by=Actor.system())
            bar.update(len(some))
    after, asking = queries.homes_by_precision(), queries.open_questions()
    _end("", {"changed": changed, "before": before, "after": after, "asking": asking}, 0)


@contextmanager
def _forgotten() -> Iterator[None]:
    """A transaction of which nothing is stored."""
    try:
        yield
    finally:
        db.session.rollback()


def _geocoder() -> Geocoder:
    """The geocoder of this house, as a list may use it."""
    with svcs.Container(current_app.extensions["svcs_registry"]) as doors:
        geocoder: Geocoder = doors.get_abstract(Geocoder)
    return for_lists(geocoder)


def _assign(staff_import: StaffImport, columns: Iterable[str], *, by: Actor) -> None:
    """Overrule the guess where the command line says so."""
    mapping = service.columns_of(staff_import)
    for word in columns:
        field, _, header = word.partition("=")
        if field not in set(Field) or header not in mapping.header:
            known = ", ".join(Field)
            raise Refused(
                f"--column {word}: write FIELD=HEADER with a column of the file; fields: {known}"
            )
        mapping = mapping.with_column(mapping.header.index(header), Field(field))
    fields = [None if column is None else column.field for column in mapping.columns]
    if columns:
        service.assign_columns(staff_import.id, fields, by=by)


def _show(preview: Preview) -> None:
    """One line of output per person who is new, changed or missing, and per problem."""
    out = []
    for line in preview.lines:
        if line.fate is not Fate.UNCHANGED:
            out.append(_sentence(line))
        out += [_problem(problem) for problem in line.problems]
    if out:
        click.echo("\n".join(out))


def _sentence(line: PreviewLine) -> str:
    where = "-" if line.line is None else f"line {line.line}"
    words = f"{where}: {line.fate} {line.number} {line.name}".rstrip()
    if line.fields:
        words += ": " + ", ".join(_change(field) for field in line.fields)
    if line.similar_to:
        words += f" (similar to {line.similar_to})"
    return words


def _change(change: FieldChange) -> str:
    return f"{LABELS[change.field]} {_word(change.before)} -> {_word(change.after)}"


def _word(value: object) -> str:
    if value is None or value in ("", ()):
        return "-"
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def _problem(problem: Problem) -> str:
    return f"  {problem.severity}: {problem}"


def _end(sentence: str, answer: dict[str, object], code: int) -> NoReturn:
    """Say how it went, the JSON object last, and leave."""
    if sentence:
        click.echo(sentence, err=True)
    click.echo(json.dumps(answer, ensure_ascii=False))
    sys.exit(code)
