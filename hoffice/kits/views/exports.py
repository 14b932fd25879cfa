"""Everything about devices as files: one table each, all of them in one ZIP, and all photos."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

import svcs
from flask import Response, abort, flash, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.audit.service import record
from hoffice.errors import N_
from hoffice.files.models import StoredFile
from hoffice.files.service import Store
from hoffice.kits.models import Attachment
from hoffice.kits.queries import export_records as reading
from hoffice.kits.rules import ATTACHMENT_LABELS
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.export_events import EVENTS
from hoffice.kits.views.export_tables import CATALOGUE, DEVICES, FILE_HEADER, things
from hoffice.kits.views.export_words import Rows, Whole
from hoffice.kits.views.naming import Actors
from hoffice.sheets.archive import Entry, Sink, Words, streamed
from hoffice.web import formats
from hoffice.web.lists import safe_name

MOST_IN_WORKBOOK = 100_000
"""Longer tables come as CSV only: a workbook would take minutes."""
MEGABYTE = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"

GROUPS: Final[Sequence[tuple[str, Mapping[str, Whole]]]] = (
    (N_("Devices and who has them"), DEVICES),
    (N_("Catalogue, places, small parts"), CATALOGUE),
    (N_("What has happened"), EVENTS),
)
"""The tables as the page shows them."""
WHOLES: Final[Mapping[str, Whole]] = {**DEVICES, **CATALOGUE, **EVENTS}


@bp.get("/export")
@open_to(*READERS)
def export() -> ResponseReturnValue:
    """What can be taken home, and how large it is."""
    lengths = reading.lengths()
    count, size = reading.attachment_size()
    return render_template(
        "kits/export.html",
        groups=[
            (
                str(_(title)),
                [
                    (key, str(_(one.name)), lengths[key], lengths[key] <= MOST_IN_WORKBOOK)
                    for key, one in group.items()
                ],
            )
            for title, group in GROUPS
        ],
        files=count,
        megabytes=-(-size // MEGABYTE),
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
        return _sent(stream_with_context(parts), "text/csv", title, kind)
    if reading.lengths()[what] > MOST_IN_WORKBOOK:
        abort(404)
    return _sent([xlsx_bytes(header, whole.rows(), title=title)], XLSX, title, kind)


@bp.get("/export/alles.zip")
@open_to(*READERS)
def export_all() -> ResponseReturnValue:
    """Every table as CSV in one ZIP, written while it is read."""
    tables = [(whole, whole.rows()) for whole in WHOLES.values()]  # each asks now who is here
    return _sent(stream_with_context(_packed(tables)), ZIP, str(_("Devices")), "zip")


def _packed(tables: Iterable[tuple[Whole, Rows]]) -> Iterator[bytes]:
    from hoffice.sheets.writing import csv_parts  # noqa: PLC0415  # openpyxl is slow to load

    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for whole, rows in tables:
            header = [str(_(label)) for label in whole.header]
            name = f"{safe_name(str(_(whole.name)))}.csv"
            with packed.open(name, "w", force_zip64=True) as file:
                for part in csv_parts(header, rows, locale=_language()):
                    file.write(part)
                    yield sink.fetch()
    yield sink.fetch()


@bp.post("/export/fotos")
@open_to(Role.IT)
def export_files() -> ResponseReturnValue:
    """Every photo and paper in one ZIP with a list; only for IT, and written to the log."""
    entries = _entries()
    if not entries:
        flash(_("No photo and no paper yet."), "problem")
        return redirect(url_for(".export"))
    record(current_actor(), "kits.attachments_exported", "kits", files=len(entries))
    title, now = str(_("Photos and papers")), clock.now()
    words = Words(
        title=title,
        about=(
            settings().company,
            _("As of %(at)s.", at=formats.moment_full(now)),
            _("SHA-256 is the fingerprint of a file: any tool that computes it can compare."),
        ),
        header=[str(_(label)) for label in FILE_HEADER],
        file=_("File"),
        size=_("Bytes"),
        sha256="SHA-256",
        condition=_("Found"),
        whole=_("yes"),
        missing=_("The file is gone or damaged."),
        locale=_language(),
    )
    made_at = now.astimezone(clock.BERLIN)
    parts = streamed(entries, words, read=svcs.flask.get(Store).get, made_at=made_at)
    return _sent(parts, ZIP, title, "zip")


def _entries() -> list[Entry]:
    """All that was not removed, in folders by its thing; people are named in the list only."""
    thing, actors = things(), Actors.everybody()

    def entry(one: Attachment, file: StoredFile) -> Entry:
        about, shows = thing(one.subject), str(_(ATTACHMENT_LABELS[one.kind]))
        ending = file.name.rpartition(".")[2]
        return Entry(
            name=f"{safe_name(about)}/{one.id:06d}-{safe_name(shows)}.{safe_name(ending)}",
            sha256=file.sha256,
            size=file.size,
            columns=[about, shows, one.note, formats.moment_full(one.at), actors.of(one.by)],
        )

    return [entry(one, file) for one, file in reading.attachment_rows()]


def _sent(parts: Iterable[bytes], media_type: str, title: str, ending: str) -> Response:
    response = Response(parts, mimetype=media_type)
    name = f"{safe_name(title)}-{clock.today().isoformat()}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response


def _language() -> Literal["de", "en"]:
    return "en" if str(get_locale() or "de").startswith("en") else "de"
