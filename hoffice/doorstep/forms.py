"""What the driver's phone may send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3
from wtforms.validators import InputRequired, Length

from hoffice.agreements.rules import Strokes, checked_name, strokes_in
from hoffice.errors import N_, Refused
from hoffice.handover.rules import FAILURE_LABELS, FailureReason, ItemOutcome
from hoffice.handover.service import Said

NOTE_CHARS = 500


class BoxForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A box code, scanned or typed."""

    code = StringField(_l("Box number"), validators=[InputRequired(), Length(max=40)])


class FailForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Why nothing could be handed over."""

    reason = RadioField(
        _l("What happened?"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in FAILURE_LABELS.items()],
        validators=[InputRequired(message=_l("Choose what happened."))],
    )
    note = TextAreaField(_l("Note"), validators=[Length(max=NOTE_CHARS)])

    @property
    def failure(self) -> FailureReason:
        """The chosen reason."""
        return FailureReason(self.reason.data)


class VisitForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Who took the boxes; the items come beside it, one choice each."""

    received_by = StringField(_l("Who takes the boxes?"), validators=[Length(max=200)])
    note = TextAreaField(_l("Note"), validators=[Length(max=NOTE_CHARS)])
    signature_kind = HiddenField()
    signature_strokes = HiddenField()
    signature_typed = StringField()

    def signer(self) -> str:
        """The name of whoever took the boxes, typed or as said above."""
        typed = (self.signature_typed.data or "").strip()
        return checked_name(typed or (self.received_by.data or "").strip())

    def strokes(self) -> Strokes:
        """The drawn signature, or none when the name was typed."""
        if self.signature_kind.data == "drawn":
            return strokes_in(self.signature_strokes.data or "")
        return ()


def said_about(form: MultiDict[str, str], item_ids: Iterable[int]) -> Mapping[int, Said]:
    """What the form says about each item; refused while one has no word."""
    said: dict[int, Said] = {}
    for item_id in item_ids:
        word = form.get(f"item-{item_id}", "")
        if word not in set(ItemOutcome):
            raise Refused(N_("Say something about every item before you finish the visit."))
        note = form.get(f"note-{item_id}", "").strip()[:NOTE_CHARS]
        said[item_id] = Said(ItemOutcome(word), note)
    return said
