"""Photos and papers about devices, kits and locations: sent in, shown, removed, brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import svcs
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional

from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.kits import queries
from hoffice.kits.models import Attachment
from hoffice.kits.queries import attachments as reading
from hoffice.kits.rules import ATTACHMENT_LABELS, AttachmentKind
from hoffice.kits.service import attachments
from hoffice.kits.views.blueprint import READERS, bp, elsewhere
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

MOST_AT_ONCE = 12


class FilesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Photos or a PDF, and what they show."""

    kind = SelectField(_l("What it shows"))
    files = MultipleFileField(
        _l("Photos"),
        [FileRequired(_l("Take a photo or choose a file first."))],
        description=_l("JPEG, PNG or WebP; an invoice as PDF too. Where it was taken is erased."),
    )
    note = StringField(_l("Note"), [Optional(), Length(max=attachments.NOTE_CHARS)])

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = [(one.value, str(_(ATTACHMENT_LABELS[one]))) for one in AttachmentKind]


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo or paper as a page shows it."""

    row: Attachment
    label: str
    alt: str
    url: str
    is_picture: bool


@bp.context_processor
def files() -> dict[str, Any]:
    """What the parts with photos and papers ask, once they are drawn."""
    return {
        "attachments_of": attachments_of,
        "attachment_choices": lambda: [
            (one.value, str(_(ATTACHMENT_LABELS[one]))) for one in AttachmentKind
        ],
        "upload_max_mb": settings().upload_max_mb,
        "undo_days": attachments.UNDO.days,
    }


def attachments_of(subject: str) -> tuple[Sequence[Shown], Sequence[Shown]]:
    """What is attached to a thing, and what was removed from it."""
    rows = [_shown(one) for one in reading.attachments_of(subject)]
    return (
        [one for one in rows if one.row.removed_at is None],
        [one for one in rows if one.row.removed_at is not None],
    )


def _shown(row: Attachment) -> Shown:
    label = str(_(ATTACHMENT_LABELS[row.kind]))
    return Shown(
        row,
        label,
        f"{label}: {row.note}" if row.note else label,
        url_for("kits.attachment", attachment_id=row.id),
        row.file.media_type.startswith("image/"),
    )


@bp.route("/anlagen/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def attach() -> ResponseReturnValue:
    """Send photos or a PDF about the thing that ``zu`` names; each is taken or refused by itself.

    A page of its own, to which an upload that was too large leads back.
    """
    subject = request.args.get("zu", "")
    title, back = _thing(subject)
    form = FilesForm()
    if form.validate_on_submit():
        kind, note = AttachmentKind(form.kind.data), form.note.data or ""
        sent = [(file.filename or "", file.read()) for file in form.files.data[:MOST_AT_ONCE]]
        looked: list[tuple[str, attachments.Sent]] = []
        wrong: list[str] = []
        with set_aside():
            for name, content in sent:
                try:
                    looked.append((name, attachments.looked_at(content, kind)))
                except Refused as refusal:
                    wrong.append(f"{name}: {translated(refusal)}" if name else translated(refusal))
        store = svcs.flask.get(Store)
        for name, one in looked:
            attachments.attach(
                subject, kind, one, store=store, by=current_actor(), name=name, note=note
            )
        if looked:
            flash(ngettext("One file is kept.", "%(num)s files are kept.", len(looked)))
            for sentence in wrong:
                flash(sentence, "problem")
            return redirect(f"{back}#files")
        form.files.errors = wrong
    page = render_template("kits/attach.html", form=form, title=title, back=back)
    return page, 422 if form.errors else 200


def _thing(subject: str) -> tuple[str, str]:
    """What a subject is called, and where its page is."""
    kind, _colon, text = subject.partition(":")
    try:
        number = row_number(text)
    except ValueError:
        kind, number = "", 0
    if kind == "item":
        return queries.item(number).asset_tag, url_for(".item", item_id=number)
    if kind == "kit":
        name = queries.kit(number).employee.name
        return str(_("Kit of %(name)s", name=name)), url_for(".kit", kit_id=number)
    if kind == "location":
        place = queries.location(number)
        page = elsewhere("kits.location", code=place.code)
        return place.name, page or url_for(".items")
    raise NotFound(N_("There is no such thing to attach it to."))


@bp.get("/anlagen/<int:attachment_id>")
@open_to(*READERS)
def attachment(attachment_id: int) -> ResponseReturnValue:
    """A photo to look at, a paper to save; never one that was removed."""
    found = reading.attachment(attachment_id)
    if found.removed_at is not None:
        raise NotFound(N_("This was removed. Its page offers to bring it back."))
    return attached(found)


def attached(found: Attachment) -> Response:
    """The file itself, as it is sent."""
    file = found.file
    response = Response(svcs.flask.get(Store).get(file.sha256), mimetype=file.media_type)
    way = "inline" if file.media_type.startswith("image/") else "attachment"
    response.headers.set("Content-Disposition", way, filename=file.name)
    response.headers.set("X-Content-Type-Options", "nosniff")
    response.headers.set("Cache-Control", "private, max-age=600")
    return response


@bp.post("/anlagen/<int:attachment_id>/entfernen")
@open_to(Role.IT)
def remove_attachment(attachment_id: int) -> ResponseReturnValue:
    """Take a photo or paper out of sight."""
    found = attachments.remove(attachment_id, by=current_actor())
    flash(
        _(
            "It is removed. For %(days)s days it can be brought back, below the photos; then it is "
            "erased.",
            days=attachments.UNDO.days,
        )
    )
    return redirect(f"{_thing(found.subject)[1]}#files")


@bp.post("/anlagen/<int:attachment_id>/wieder")
@open_to(Role.IT)
def bring_back_attachment(attachment_id: int) -> ResponseReturnValue:
    """Show a removed photo or paper again."""
    found = attachments.bring_back(attachment_id, by=current_actor())
    flash(_("It is back."))
    return redirect(f"{_thing(found.subject)[1]}#files")
