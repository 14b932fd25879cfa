"""What people type about a task."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hoffice.accounts import queries as accounts
from hoffice.tasks.rules import MAY_OWN, OUTCOME_CHARS


def owner_choices() -> list[tuple[int, str]]:
    """Everybody who can be given a task, by name."""
    working = [
        one for one in accounts.everybody() if one.disabled_at is None and one.roles & MAY_OWN
    ]
    return [(one.id, one.name) for one in sorted(working, key=lambda one: one.name.casefold())]


class OutcomeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What came of a task."""

    outcome = TextAreaField(
        _l("What came of it?"), validators=[DataRequired(), Length(max=OUTCOME_CHARS)]
    )


class OwnerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Who does a task, and until when."""

    owner = SelectField(_l("Whose task is it?"), coerce=int, validators=[InputRequired()])
    due_on = DateField(_l("Due on"), validators=[DataRequired()])

    def __init__(self, **known: object) -> None:
        super().__init__(**known)
        self.owner.choices = owner_choices()
