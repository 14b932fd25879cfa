"""What people type about a task."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hoffice.accounts import queries as accounts
from hoffice.accounts.models import Account
from hoffice.tasks.rules import OUTCOME_CHARS, may_own


def owner_choices() -> list[tuple[int, str]]:
    """Everybody who can be given a task, by name."""
    working = [one for one in accounts.everybody() if can_own(one)]
    return [(one.id, one.name) for one in sorted(working, key=lambda one: one.name.casefold())]


def can_own(one: Account) -> bool:
    """Whether this account can be given a task."""
    return one.disabled_at is None and may_own(one.roles)


class OutcomeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What came of a task."""

    outcome = TextAreaField(
        _l("What came of it?"), validators=[DataRequired(), Length(max=OUTCOME_CHARS)]
    )


class OwnerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Who does a task, and until when."""

    owner = SelectField(_l("Whose task is it?"), coerce=int, validators=[InputRequired()])
    due_on = DateField(_l("Due on"), validators=[DataRequired()])

    def __init__(self, owner: Account, **known: object) -> None:
        """Whoever has the task now can keep it, also where nobody would be given it any more."""
        super().__init__(**known)
        choices = owner_choices()
        if not can_own(owner):
            name = _("%(name)s (cannot be given tasks any more)", name=owner.name)
            choices.insert(0, (owner.id, name))
        self.owner.choices = choices
