"""The staff import in the browser: upload, columns, preview, and what was changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import svcs.flask
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts import queries as accounts
from hoffice.accounts.access import current_actor, open_to
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.people import queries, service
from hoffice.people.access import CHANGES_PEOPLE
from hoffice.people.forms import UploadForm, refused
from hoffice.people.models import StaffImport
from hoffice.people.staff_list import LABELS, Field
from hoffice.people.staff_list.preview import Fate, Preview, PreviewLine
from hoffice.people.views.blueprint import bp
from hoffice.places.rules import PRECISION_LABELS, Geocoder, Precision
from hoffice.sheets.importing import ImportState, is_at_work, table_of
from hoffice.units import ActorKind
from hoffice.web import importing
from hoffice.web.importing import PER_PAGE, column_rows, leaf_of, left_out
from hoffice.web.lists import words_of
from hoffice.web.pages import translated


@bp.route("/import", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def upload() -> ResponseReturnValue:
    """Upload a staff list; nobody is changed by that."""
    form = UploadForm()
    if form.validate_on_submit():
        file = form.file.data
        try:
            made = service.begin_import(file.filename or "", file.read(), by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            refused(form.file, translated(refusal))
        else:
            columns = service.columns_of(made)
            is_sure = not columns.missing() and not columns.uncertain()
            return redirect(url_for(".preview" if is_sure else ".columns", import_id=made.id))
    return render_template(
        "people/import.html", form=form, imports=queries.newest_imports(), who=_who
    )


@bp.route("/import/<int:import_id>/spalten", methods=["GET", "POST"])
@open_to(*CHANGES_PEOPLE)
def columns(import_id: int) -> ResponseReturnValue:
    """Say which column holds what; our guess is filled in."""
    staff_import = queries.staff_import(import_id)
    if staff_import.state is not ImportState.PREVIEW:
        return redirect(url_for(".preview", import_id=import_id))
    chosen = service.columns_of(staff_import)
    shown = [None if one is None else one.field for one in chosen.columns]
    sentence = ""
    if request.method == "POST":
        shown = [_field(request.form.get(f"column-{index}")) for index in range(len(shown))]
        try:
            service.assign_columns(import_id, shown, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            sentence = translated(refusal)
        else:
            chosen = service.columns_of(queries.staff_import(import_id))
            if not chosen.missing():
                return redirect(url_for(".preview", import_id=import_id))
    staff_import = queries.staff_import(import_id)
    return render_template(
        "people/import_columns.html",
        staff_import=staff_import,
        columns=list(column_rows(table_of(staff_import), shown, chosen.uncertain())),
        choices=[(str(one), str(_(LABELS[one]))) for one in Field if one is not Field.KIT_TYPE],
        missing=[str(_(LABELS[one])) for one in chosen.missing()],
        recommended=[str(_(LABELS[one])) for one in chosen.recommended()],
        sentence=sentence,
    )


@bp.route("/import/<int:import_id>")
@open_to(*CHANGES_PEOPLE)
def preview(import_id: int) -> ResponseReturnValue:
    """What the list would change, line by line; afterwards, what it did change."""
    staff_import = queries.staff_import(import_id)
    if staff_import.state is ImportState.APPLIED:
        return _applied(staff_import)
    if staff_import.state is ImportState.DISCARDED:
        return render_template("people/import_gone.html", staff_import=staff_import)
    if is_at_work(staff_import):
        return redirect(url_for("desk.job", job_id=staff_import.job_id))
    try:
        found = service.preview_of(staff_import)
    except Refused:
        return redirect(url_for(".columns", import_id=import_id))
    return _previewed(staff_import, found)


@bp.post("/import/<int:import_id>/uebernehmen")
@open_to(*CHANGES_PEOPLE)
def apply(import_id: int) -> ResponseReturnValue:
    """Take the list over: a short one at once, a long one by a job."""
    try:
        staff_import = service.ask_for_import(
            import_id,
            geocoder=svcs.flask.get_abstract(Geocoder),
            by=current_actor(),
            skip_errors=request.form.get("skip") == "yes",
            expected=request.form.get("expected", ""),
        )
    except Refused as refusal:
        db.session.rollback()
        flash(translated(refusal), "problem")
        return redirect(url_for(".preview", import_id=import_id))
    if staff_import.state is ImportState.APPLYING:
        return redirect(url_for("desk.job", job_id=staff_import.job_id))
    flash(_("The list is taken over."))
    return redirect(url_for(".preview", import_id=import_id))


@bp.post("/import/<int:import_id>/verwerfen")
@open_to(*CHANGES_PEOPLE)
def discard(import_id: int) -> ResponseReturnValue:
    """Put the list away; nobody was changed."""
    service.discard_import(import_id, by=current_actor())
    flash(_("The list is put away. Nobody was changed."))
    return redirect(url_for(".upload"))


def _field(word: str | None) -> Field | None:
    """What somebody chose for a column; anything unknown leaves the column out."""
    return Field(word) if word in set(Field) and word != Field.KIT_TYPE else None


def _previewed(staff_import: StaffImport, found: Preview) -> ResponseReturnValue:
    words = " ".join(words_of(request.args.get("q", "")))
    fate = request.args.get("zeige", "")
    fate = fate if fate in set(Fate) or fate == "warnings" else ""
    lines = [line for line in found.lines if _is_shown(line, fate, words.lower())]
    leaf = leaf_of(len(lines), zeige=fate, q=words)
    columns = service.columns_of(staff_import)
    return render_template(
        "people/import_preview.html",
        staff_import=staff_import,
        counts=found.counts,
        expected=found.expected,
        can_apply=bool(found.listed.people),
        fate=fate,
        words=words,
        leaf=leaf,
        lines=lines[leaf.start : leaf.start + PER_PAGE],
        label=lambda field: str(_(LABELS[field])),
        shown=importing.shown,
        sentence=importing.sentence,
        used=sum(column is not None for column in columns.columns),
        left_out=left_out(columns.header, columns.columns),
        recommended=[str(_(LABELS[one])) for one in columns.recommended()],
    )


def _is_shown(line: PreviewLine, fate: str, words: str) -> bool:
    if fate == "warnings" and not line.problems:
        return False
    if fate not in {"", "warnings", line.fate.value}:
        return False
    where = f"{line.number} {line.name}".lower()
    return all(word in where for word in words.split())


def _applied(staff_import: StaffImport) -> ResponseReturnValue:
    counts = staff_import.counts
    leaf = leaf_of(int(counts["new"]) + int(counts["changed"]))
    done = []
    if staff_import.applied_at is not None:
        for line, personal in queries.imported_lines(
            staff_import.applied_at, limit=PER_PAGE, offset=leaf.start
        ):
            values = {} if personal is None else json.loads(personal.values)
            done.append((line, values))
    people = {
        row.id: row for row in queries.rows_of([line.employee_id or 0 for line, _values in done])
    }
    return render_template(
        "people/import_applied.html",
        staff_import=staff_import,
        counts=counts,
        done=done,
        people=people,
        addresses=_address_tiles(counts.get("addresses") or {}),
        leaf=leaf,
        label=lambda field: str(_(LABELS[Field(field)])) if field in set(Field) else field,
        shown=importing.shown,
        who=_who,
    )


def _address_tiles(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """How well the new addresses are known; each figure leads to such people."""
    if not any(counts.values()):
        return []
    words = {
        Precision.HOUSE: ("", "check-lg"),
        Precision.STREET: ("waiting", "hourglass-split"),
        Precision.POSTCODE: ("waiting", "hourglass-split"),
        Precision.NONE: ("problem", "exclamation-triangle-fill"),
    }
    found = [
        {
            "label": str(_(PRECISION_LABELS[precision])),
            "value": counts[precision],
            "state": state if counts[precision] else "",
            "icon": icon,
            "url": url_for("people.index", precision=precision.value),
        }
        for precision, (state, icon) in words.items()
    ]
    asking = {
        "label": str(_("which address?")),
        "value": counts["asking"],
        "state": "problem" if counts["asking"] else "",
        "icon": "question-circle",
        "url": url_for("people.index", asking="open"),
    }
    return [*found, asking]


def _who(actor: str) -> str:
    """The name of whoever imported."""
    kind, _colon, number = actor.partition(":")
    if kind != ActorKind.STAFF or not number:
        return str(_("at the terminal"))
    return accounts.account(int(number)).name
