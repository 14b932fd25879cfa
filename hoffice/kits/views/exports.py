"""Everything about devices as files: one table each, or all of them in one ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from flask import Response, abort, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import open_to
from hoffice.errors import N_
from hoffice.kits import words
from hoffice.kits.queries import exports as reading
from hoffice.kits.rules import HolderKind
from hoffice.kits.rules.item_list import LABELS, Field
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.naming import AT_LOCATIONS, Names
from hoffice.web.lists import safe_name

CENTS = 100
GRAMS = 1000
MOST_IN_WORKBOOK = 100_000
"""Longer tables come as CSV only: a workbook would take minutes."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Whole:
    """One table that can be taken home as a whole."""

    name: str
    header: Sequence[str]
    rows: Callable[[], Rows]


@bp.get("/export")
@open_to(*READERS)
def export() -> ResponseReturnValue:
    """What can be taken home, and how large it is."""
    length = reading.ledger_length()
    return render_template(
        "kits/export.html",
        tables=[
            (key, str(_(one.name)), key != "ledger" or length <= MOST_IN_WORKBOOK)
            for key, one in WHOLES.items()
        ],
        length=length,
    )


@bp.get("/export/<what>.<kind>")
@open_to(*READERS)
def export_file(what: str, kind: str) -> ResponseReturnValue:
    """One table as a file, written while it is read."""
    from hoffice.sheets.writing import csv_parts, xlsx_bytes  # noqa: PLC0415  # openpyxl is slow to load

    whole = WHOLES.get(what)
    if whole is None or kind not in {"csv", "xlsx"}:
        abort(404)
    title = str(_(whole.name))
    header = [str(_(label)) for label in whole.header]
    if kind == "csv":
        parts = csv_parts(header, whole.rows(), locale=_language())
        response = Response(stream_with_context(parts), mimetype="text/csv")
    else:
        if what == "ledger" and reading.ledger_length() > MOST_IN_WORKBOOK:
            abort(404)
        response = Response(xlsx_bytes(header, whole.rows(), title=title), mimetype=XLSX)
    filename = f"{safe_name(title)}-{clock.today().isoformat()}.{kind}"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers.set("Cache-Control", "no-store")
    return response


@bp.get("/export/alles.zip")
@open_to(*READERS)
def export_all() -> ResponseReturnValue:
    """Every table as CSV in one ZIP."""
    from hoffice.sheets.writing import csv_parts  # noqa: PLC0415  # openpyxl is slow to load

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for whole in WHOLES.values():
            header = [str(_(label)) for label in whole.header]
            with packed.open(f"{safe_name(str(_(whole.name)))}.csv", "w") as file:
                for part in csv_parts(header, whole.rows(), locale=_language()):
                    file.write(part)
    name = f"{safe_name(str(_('Devices')))}-{clock.today().isoformat()}.zip"
    response = Response(target.getvalue(), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response


def _language() -> Literal["de", "en"]:
    return "en" if str(get_locale() or "de").startswith("en") else "de"


def _names() -> Names:
    names = Names()
    names.learn(reading.holders())
    return names


def _items() -> Rows:
    """As a list of devices is read again: what is exported here comes back as unchanged."""
    names = _names()
    numbers = reading.personnel_numbers(names.people)
    for item, kind, number in reading.item_rows():
        is_person, is_place = kind is HolderKind.EMPLOYEE, kind in AT_LOCATIONS
        yield (
            item.asset_tag,
            words.kind(item.kind),
            item.model,
            item.serial,
            words.condition(item.condition),
            words.item_state(item.state),
            names.people.get(number, "") if is_person else "",
            numbers.get(number, "") if is_person else "",
            names.locations.get(number, "") if is_place else "",
            item.bought_on,
            Decimal(item.value_cents) / CENTS if item.value_cents else None,
            item.warranty_until,
            Decimal(item.weight_g) / GRAMS if item.weight_g else None,
            item.litres or None,
            str(_("yes") if item.is_fragile else _("no")),
            item.note,
        )


def _kits() -> Rows:
    for row in reading.kit_rows():
        yield (
            row.id,
            f"{row.first_name} {row.last_name}",
            row.personnel_number,
            row.name,
            row.version,
            row.devices,
            _here(row.created_at),
            _here(row.dissolved_at),
        )


def _boxes() -> Rows:
    tags = reading.tags_by_box()
    for row in reading.box_rows():
        yield (
            row.code,
            row.kit_id,
            f"{row.first_name} {row.last_name}",
            row.personnel_number,
            row.number,
            words.box_state(row.state),
            ", ".join(tags.get(row.id, [])),
            _here(row.packed_at),
            _here(row.loaded_at),
            _here(row.handed_over_at),
        )


def _ledger() -> Rows:
    names = _names()
    for row in reading.ledger_rows():
        yield (
            row.id,
            row.asset_tag,
            _here(row.at),
            names.of(row.from_kind, row.from_id),
            names.of(row.to_kind, row.to_id),
            row.by,
            row.because,
            _here(row.recorded_at),
            row.corrects_id,
            row.note,
        )


def _here(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(clock.BERLIN)


WHOLES: dict[str, Whole] = {
    "devices": Whole(
        N_("Devices"),
        [
            LABELS[field]
            for field in (
                Field.TAG,
                Field.KIND,
                Field.MODEL,
                Field.SERIAL,
                Field.CONDITION,
                Field.STATUS,
                Field.HOLDER,
                Field.HOLDER_NUMBER,
                Field.LOCATION,
                Field.BOUGHT_ON,
                Field.VALUE,
                Field.WARRANTY_UNTIL,
                Field.WEIGHT,
                Field.LITRES,
                Field.FRAGILE,
                Field.NOTE,
            )
        ],
        _items,
    ),
    "kits": Whole(
        N_("Kits"),
        (
            N_("Number"),
            N_("Person"),
            N_("Personnel number"),
            N_("Kit type"),
            N_("Version"),
            N_("Devices"),
            N_("Given on"),
            N_("Dissolved on"),
        ),
        _kits,
    ),
    "boxes": Whole(
        N_("Boxes"),
        (
            N_("Box"),
            N_("Kit"),
            N_("Person"),
            N_("Personnel number"),
            N_("No."),
            N_("State"),
            N_("Content"),
            N_("Packed on"),
            N_("Loaded on"),
            N_("Handed over on"),
        ),
        _boxes,
    ),
    "ledger": Whole(
        N_("Ledger"),
        (
            N_("No."),
            N_("Asset tag"),
            N_("Since"),
            N_("From"),
            N_("To"),
            N_("By whom"),
            N_("Because of"),
            N_("Written on"),
            N_("Corrects no."),
            N_("Note"),
        ),
        _ledger,
    ),
}
