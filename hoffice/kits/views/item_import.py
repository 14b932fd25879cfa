"""The import of devices in the browser: upload, columns, preview, and what was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from hoffice.accounts import queries as accounts
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import words
from hoffice.kits.models import ItemImport, ItemImportLine
from hoffice.kits.queries import item_imports as reading
from hoffice.kits.rules import STOCK, Holder, ItemKind
from hoffice.kits.rules.item_list import (
    FIELDS,
    LABELS,
    NEW_ONLY,
    Fate,
    Field,
    Line,
    Preview,
    restored,
)
from hoffice.kits.service import item_import
from hoffice.kits.views.blueprint import bp
from hoffice.kits.views.naming import Names
from hoffice.sheets.importing import ImportState, is_at_work, table_of
from hoffice.sheets.reading import read
from hoffice.units import ActorKind
from hoffice.web import importing
from hoffice.web.formats import kg, money
from hoffice.web.importing import PER_PAGE, column_rows, leaf_of, left_out
from hoffice.web.lists import words_of
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside


class ListForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A list of devices."""

    file = FileField(
        _l("List of devices"),
        [FileRequired(_l("Choose a file first."))],
        description=_l("CSV or XLSX, up to 25 MB. Which column holds what is asked next."),
    )


@bp.route("/import", methods=["GET", "POST"])
@open_to(Role.IT)
def upload_items() -> ResponseReturnValue:
    """Upload a list of devices; nothing is changed by that."""
    form = ListForm()
    if form.validate_on_submit():
        name, content = form.file.data.filename or "", form.file.data.read()
        try:
            with set_aside():
                table = read(name, content)
            made = item_import.begin_import(name, table, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            form.file.errors = [translated(refusal)]
        else:
            is_sure = item_import.columns_of(made).is_usable
            return redirect(
                url_for(".preview_items" if is_sure else ".item_columns", import_id=made.id)
            )
    page = render_template(
        "kits/import.html", form=form, imports=reading.newest_item_imports(), who=_who
    )
    return page, 422 if form.errors else 200


@bp.route("/import/<int:import_id>/spalten", methods=["GET", "POST"])
@open_to(Role.IT)
def item_columns(import_id: int) -> ResponseReturnValue:
    """Say which column holds what; our guess is filled in."""
    made = reading.item_import(import_id)
    if made.state is not ImportState.PREVIEW:
        return redirect(url_for(".preview_items", import_id=import_id))
    columns = item_import.columns_of(made)
    shown = list(columns.fields)
    refused = ""
    if request.method == "POST":
        shown = [_field(request.form.get(f"column-{index}")) for index in range(len(shown))]
        try:
            made = item_import.assign_columns(import_id, shown, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            made = reading.item_import(import_id)
            refused = translated(refusal)
        else:
            columns = item_import.columns_of(made)
            if columns.is_usable:
                return redirect(url_for(".preview_items", import_id=import_id))
    page = render_template(
        "kits/import_columns.html",
        made=made,
        columns=list(column_rows(table_of(made), shown)),
        choices=[(one.value, str(_(LABELS[one]))) for one in Field],
        is_missing=not columns.is_usable,
        sentence=refused,
    )
    return page, 422 if refused else 200


def _field(word: str | None) -> Field | None:
    """What somebody chose for a column; anything unknown leaves the column out."""
    return Field(word) if word in set(Field) else None


@bp.get("/import/<int:import_id>")
@open_to(Role.IT)
def preview_items(import_id: int) -> ResponseReturnValue:
    """What the list would do, line by line; afterwards, what it did."""
    made = reading.item_import(import_id)
    if is_at_work(made):
        return redirect(url_for("desk.job", job_id=made.job_id))
    if made.state is ImportState.APPLIED:
        return _applied(made)
    if made.state is ImportState.DISCARDED:
        return render_template("kits/import_gone.html", made=made)
    try:
        found = item_import.preview_of(made)
    except Refused:
        return redirect(url_for(".item_columns", import_id=import_id))
    return _previewed(made, found)


@bp.post("/import/<int:import_id>/uebernehmen")
@open_to(Role.IT)
def apply_items(import_id: int) -> ResponseReturnValue:
    """Take the list over: a short one at once, a long one by a job."""
    try:
        made = item_import.ask_for_import(
            import_id,
            by=current_actor(),
            skip_errors=request.form.get("skip") == "yes",
            expected=request.form.get("expected", ""),
        )
    except Refused as refusal:
        return _back_with(refusal, import_id)
    if made.state is ImportState.APPLYING:
        return redirect(url_for("desk.job", job_id=made.job_id))
    flash(_("The list is taken over."))
    return redirect(url_for(".preview_items", import_id=import_id))


@bp.post("/import/<int:import_id>/rueckgaengig")
@open_to(Role.IT)
def undo_items(import_id: int) -> ResponseReturnValue:
    """Undo a list: a short one at once, a long one by a job."""
    try:
        made = item_import.ask_to_undo(
            import_id, by=current_actor(), leave_used=request.form.get("leave") == "yes"
        )
    except Refused as refusal:
        return _back_with(refusal, import_id)
    if made.undone_at is None:
        return redirect(url_for("desk.job", job_id=made.job_id))
    flash(_("The list is undone."))
    return redirect(url_for(".preview_items", import_id=import_id))


@bp.post("/import/<int:import_id>/verwerfen")
@open_to(Role.IT)
def discard_items(import_id: int) -> ResponseReturnValue:
    """Put the list away; no device was changed."""
    item_import.discard_import(import_id, by=current_actor())
    flash(_("The list is put away. No device was changed."))
    return redirect(url_for(".upload_items"))


def _back_with(refusal: Refused, import_id: int) -> ResponseReturnValue:
    db.session.rollback()
    flash(translated(refusal), "problem")
    return redirect(url_for(".preview_items", import_id=import_id))


def _previewed(made: ItemImport, found: Preview) -> ResponseReturnValue:
    text = " ".join(words_of(request.args.get("q", "")))
    fate = request.args.get("zeige", "")
    fate = fate if fate in set(Fate) or fate == "hints" else ""
    lines = [line for line in found.lines if _is_shown(line, fate, text.lower())]
    leaf = leaf_of(len(lines), zeige=fate, q=text)
    shown = lines[leaf.start : leaf.start + PER_PAGE]
    names = Names()
    names.learn((line.holder.kind, line.holder.id) for line in shown)
    columns = item_import.columns_of(made)
    stored = item_import.with_models(line for line in shown if line.fate is Fate.NEW)
    return render_template(
        "kits/import_preview.html",
        made=made,
        counts=found.counts,
        expected=found.expected,
        fate=fate,
        text=text,
        leaf=leaf,
        lines=shown,
        stored={line.line: _stored(line) for line in stored},
        label=_label,
        shown=_shown,
        sentence=importing.sentence,
        holder=lambda holder: _holder(holder, names),
        back=sum(line.comes_back for line in found.lines),
        used=sum(one is not None for one in columns.fields),
        left_out=left_out(columns.header, columns.fields),
        new_only=[str(_(LABELS[one])) for one in NEW_ONLY if one in columns.fields],
    )


def _is_shown(line: Line, fate: str, text: str) -> bool:
    if fate == "hints" and not line.problems:
        return False
    if fate not in {"", "hints", line.fate.value}:
        return False
    where = f"{line.tag} {line.values.get('serial', '')} {line.values.get('model', '')}".lower()
    return all(word in where for word in text.split())


def _applied(made: ItemImport) -> ResponseReturnValue:
    leaf = leaf_of(reading.count_of_import(made.id))
    lines = reading.lines_of_import(made.id, limit=PER_PAGE, offset=leaf.start)
    return render_template(
        "kits/import_applied.html",
        made=made,
        counts=made.counts,
        leaf=leaf,
        lines=[(line, _changes(line)) for line in lines],
        label=_label,
        shown=_shown,
        who=_who,
    )


def _changes(line: ItemImportLine) -> list[tuple[str, Any, Any]]:
    """The fields that a list changed, before and after; of a new device nothing."""
    return [
        (name, restored(name, value), restored(name, line.after.get(name)))
        for name, value in (line.before or {}).items()
        if name in FIELDS
    ]


def _stored(line: Line) -> list[tuple[str, Any]]:
    """What a new device is said to be, by the list or by the model of the catalogue."""
    return [(name, line.values[name]) for name in FIELDS if line.values.get(name)]


def _holder(holder: Holder, names: Names) -> str:
    return str(_("in the store")) if holder == STOCK else names.of(holder.kind, holder.id)


def _label(name: str) -> str:
    return str(_(FIELDS[name]))


def _shown(name: str, value: Any) -> str:
    """A value of a list as people read it."""
    if value == 0 and not isinstance(value, bool):
        return "–"
    return _SAID[name](value) if value and name in _SAID else importing.shown(value)


_SAID: Mapping[str, Callable[[Any], str]] = {
    "kind": lambda value: words.kind(ItemKind(value)),
    "condition": words.condition,
    "value_cents": money,
    "weight_g": kg,
    "litres": lambda value: f"{value} l",
}


def _who(actor: str) -> str:
    """The name of whoever took the list over."""
    kind, _colon, text = actor.partition(":")
    if kind != ActorKind.STAFF or not text:
        return str(_("at the terminal"))
    return accounts.account(int(text)).name
