"""Whole lists of addresses located at once."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from hoffice.db import db
from hoffice.errors import Refused
from hoffice.places.cli.group import places, refusals_end
from hoffice.places.rules import Geocoder, Located, note_of
from hoffice.places.service.locating import HouseGeocoder

ASKED: Final = ("street", "housenumber", "postcode", "city")
ANSWERED: Final = ("lat", "lon", "precision", "radius_m", "matched", "provider", "note")
MOST_BYTES: Final = 200_000_000
"""A larger list is no list of people's addresses."""


@places.command("locate")
@click.argument("in_csv", type=click.Path(path_type=Path))
@click.argument("out_csv", type=click.Path(path_type=Path))
def locate(in_csv: Path, out_csv: Path) -> None:
    """Find every address of IN_CSV and write OUT_CSV.

    Reads the columns street, housenumber, postcode and city (postcode or city may be missing), and
    adds lat, lon, precision, radius_m, matched, provider and note, replacing columns of these
    names. Lines keep their order and their number; other columns pass through. Only the register
    of this house is asked, never an online provider.
    """
    with refusals_end():
        header, rows = _read(in_csv)
        places_of = _places(in_csv, header)
        kept = [place for place, name in enumerate(header) if name.strip() not in ANSWERED]
        geocoder = HouseGeocoder()
        with click.progressbar(rows, label=in_csv.name, file=sys.stderr) as bar:
            lines = [_line(geocoder, row, places_of, kept) for row in bar]
        db.session.rollback()
        _write(out_csv, [[header[place] for place in kept] + list(ANSWERED), *lines])


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header and every line after it, blank ones too."""
    try:
        if not path.is_file():
            raise Refused(f"There is no file {path}.")
        if path.stat().st_size > MOST_BYTES:
            raise Refused(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
        raw = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    if b"\0" in raw:
        raise Refused(f"{path.name} is no CSV file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Refused(f"{path.name} cannot be read as CSV: {error}.") from None
    if not lines:
        raise Refused(f"{path.name} is empty. Its first line must name the columns.")
    return lines[0], lines[1:]


def _places(path: Path, header: Sequence[str]) -> dict[str, int]:
    """Where the columns stand that are asked for."""
    names = [name.strip().lower() for name in header]
    found: dict[str, int] = {name: names.index(name) for name in ASKED if name in names}
    if "street" not in found:
        raise Refused(
            f"{path.name} has no column “street”. Its first line must name the columns: "
            f"{', '.join(ASKED)}."
        )
    return found


def _line(
    geocoder: Geocoder, row: list[str], places_of: dict[str, int], kept: Iterable[int]
) -> list[str]:
    """A line with its answer; a blank line stays blank but for its note."""
    cells = {name: row[place] if place < len(row) else "" for name, place in places_of.items()}
    located = geocoder.locate(*(cells.get(name, "") for name in ASKED))
    return [row[place] if place < len(row) else "" for place in kept] + list(_answer(located))


def _answer(located: Located) -> Iterator[str]:
    yield "" if located.lat is None else f"{located.lat:.6f}"
    yield "" if located.lon is None else f"{located.lon:.6f}"
    yield located.precision.value
    yield "" if located.radius_m is None else str(located.radius_m)
    yield located.matched
    yield located.provider
    yield note_of(located)


def _write(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """Write the answer beside its place, then put it there: never half a file.

    What is no file, such as /dev/stdout, is written to and never replaced.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            _fill(path, lines)
            return
        target = path.resolve()
        part = target.with_name(f".{target.name[:200]}.part")
        try:
            _fill(part, lines)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None


def _fill(path: Path, lines: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
