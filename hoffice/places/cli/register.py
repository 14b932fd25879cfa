"""The address register: filling it, looking at it, correcting it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from hoffice.db import unit_of_work
from hoffice.errors import Refused
from hoffice.places import queries
from hoffice.places.cli.group import places, refusals_end
from hoffice.places.service import register
from hoffice.places.sources import wfs
from hoffice.places.sources.entries import FLAW_TEXTS, Entry, Reading
from hoffice.places.sources.filling import filled
from hoffice.places.sources.opening import open_register
from hoffice.places.sources.wfs import BERLIN_URL, PAGE_SIZE
from hoffice.units import Actor

STEPS: Final = 1_000
"""Of a progress bar, where only the read part of the file is known."""
BY: Final = Actor.system()

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=True)
)
MAY_SHRINK = click.option(
    "--may-shrink", is_flag=True, help="Take it although it has less than half of last time."
)


@places.command("import-register")
@FILES
@click.option("--source", help="A name of your own for where these addresses come from.")
@MAY_SHRINK
def import_register(files: tuple[Path, ...], source: str | None, *, may_shrink: bool) -> None:
    """Take addresses from FILES into the register, each kind of file as a source of its own.

    Reads the official Berlin addresses (GeoJSON, CSV, GML), Brandenburg's GeoPackage, an
    OpenStreetMap extract (.osm.pbf), the register without points, and any CSV with points.
    Importing again replaces what the same source said before; several sources live together.
    Files of one source belong into one command. Nothing counts until all of it was read.
    """
    with refusals_end():
        if source is not None and not source.strip():
            raise Refused("The source has no name. Give one behind --source, or leave it out.")
        groups: dict[str, list[Reading]] = {}
        names: dict[str, list[str]] = {}
        for path in files:
            reading = open_register(path)
            name = source.strip() if source else reading.origin.name
            groups.setdefault(name, []).append(reading)
            names.setdefault(name, []).append(path.name)
        for name, readings in groups.items():
            _import(name, readings, names[name], may_shrink=may_shrink)


def _import(name: str, readings: list[Reading], file_names: list[str], *, may_shrink: bool) -> None:
    """Read the files of one source into an edition, then make it count."""
    origin = replace(readings[0].origin, name=name)
    with unit_of_work():
        edition = register.begin(origin, file_names, by=BY)
    try:
        for reading, file_name in zip(readings, file_names, strict=True):
            with click.progressbar(
                length=STEPS, label=file_name, show_pos=False, file=sys.stderr
            ) as bar:
                whole = filled(reading) if reading.origin.kind == "osm" else reading
                for entries in register.chunks(whole):
                    _add(edition, entries)
                    bar.update(int(STEPS * (reading.progress or 0)) - bar.pos)
                bar.update(STEPS - bar.pos)
            _tell_skipped(reading)
        with unit_of_work():
            report = register.finish(edition, by=BY, may_shrink=may_shrink)
    except (Refused, KeyboardInterrupt):
        with unit_of_work():
            register.give_up(edition)
        raise
    was = f", {report.before:,} before" if report.before else ""
    click.echo(
        f"{report.source}: {report.houses:,} addresses, {report.points:,} with a point{was}."
    )


def _add(edition: register.Edition, entries: list[Entry]) -> None:
    with unit_of_work():
        register.add(edition, entries)


def _tell_skipped(reading: Reading) -> None:
    """Say which lines were left out, and why."""
    for flaw, count in reading.skipped.counts.most_common():
        first = reading.skipped.first[flaw]
        lines = ", ".join(map(str, first)) + (", …" if count > len(first) else "")
        click.echo(f"  {count:,} left out: {FLAW_TEXTS[flaw]} (line {lines})", err=True)


@places.command("fetch-berlin")
@click.argument("into", type=click.Path(path_type=Path), default="adressen_berlin.geojson")
@click.option("--url", default=BERLIN_URL, show_default=True, help="Where the service answers.")
@click.option(
    "--page-size", type=click.IntRange(100, 100_000), default=PAGE_SIZE, show_default=True
)
def fetch_berlin(into: Path, url: str, page_size: int) -> None:
    """Download the official addresses of Berlin into a file, ready for import-register.

    Asks for one page after the other. Run it again after an interruption: only missing pages are
    fetched.
    """
    host = urlsplit(url).hostname

    def rest(seconds: float, reason: str) -> None:
        line = f"{host} does not answer ({reason}); trying again in {seconds:g} seconds."
        click.echo(f"\n{line}" if sys.stdout.isatty() else line, err=True)

    with refusals_end(), click.progressbar(length=1, label=into.name) as bar:

        def show(here: int, all_of_them: int) -> None:
            bar.length = all_of_them
            bar.update(here - bar.pos)

        fetched = wfs.fetch_berlin(url, into, page_size=page_size, on_progress=show, on_rest=rest)
    click.echo(f"{fetched.path}: {fetched.addresses:,} addresses.")
    click.echo(f"Next: flask places import-register {fetched.path}")


@places.command("sources")
def sources() -> None:
    """List where the register's addresses come from, whose points are believed first on top."""
    with refusals_end():
        known = queries.sources()
    if not known:
        click.echo("The register is empty: see `flask places import-register --help`.")
    for source in known:
        edition = queries.current_edition(source.id)
        if edition is None or edition.done_at is None:
            click.echo(f"{source.name}\tno import yet")
            continue
        click.echo(
            f"{source.name}\t{edition.houses:,} addresses\t{edition.points:,} with a point\t"
            f"{edition.done_at:%Y-%m-%d}\t{edition.file_names}\t{source.credit}"
        )


@places.command("remove-source")
@click.argument("name")
def remove_source(name: str) -> None:
    """Take a source out of the register with every address it brought."""
    with refusals_end(), unit_of_work():
        register.remove_source(name, by=BY)
    click.echo(f"{name} is out of the register.")


@places.command("rename-street")
@click.argument("old_name")
@click.argument("new_name")
def rename_street(old_name: str, new_name: str) -> None:
    """Say that a street has another name now; both names will find it."""
    with refusals_end(), unit_of_work():
        alias = register.rename_street(old_name, new_name, by=BY)
        line = f"{alias.old_name} = {alias.new_name}"
    click.echo(line)
