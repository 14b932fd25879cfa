"""What people type about accounts: its shape, not its truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3
from wtforms.validators import DataRequired, Email, EqualTo, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from hoffice.accounts.rules import PASSWORD_MIN_LENGTH, ROLE_LABELS, Role, is_good_password

PASSWORD_MAX_LENGTH = 256
"""Longer than anybody types; hashing more would be a way to keep the house busy."""

TONGUES = (SelectChoice("de", "Deutsch"), SelectChoice("en", "English"))
"""Every language is named in itself."""

Filter = Callable[[str | None], str | None]


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()


def _email(label: Any) -> EmailField:
    return EmailField(
        label,
        filters=[_trimmed],
        validators=[DataRequired(), Email(allow_smtputf8=False), Length(max=254)],
    )


def _name() -> StringField:
    return StringField(_l("Name"), filters=[_trimmed], validators=[DataRequired(), Length(max=120)])


def _password(label: Any) -> PasswordField:
    return PasswordField(label, validators=[InputRequired(), Length(max=PASSWORD_MAX_LENGTH)])


def _code(label: Any) -> StringField:
    return StringField(label, filters=[_trimmed], validators=[DataRequired(), Length(max=12)])


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who, and the proof."""

    email = _email(_l("E-mail"))
    password = _password(_l("Password"))
    weiter = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]  # as above
    """The one-time code after the password."""

    code = _code(_l("Code from your app"))


class ForgottenForm(FlaskForm):  # type: ignore[misc]  # as above
    """Whose password is to be chosen anew."""

    email = _email(_l("E-mail"))


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # as above
    """A new password, typed twice because it cannot be seen."""

    def __init__(self, email: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner = email

    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(), Length(max=PASSWORD_MAX_LENGTH)],
    )
    again = PasswordField(
        _l("The same once more"),
        validators=[InputRequired(), EqualTo("password", _l("The two passwords differ."))],
    )

    def validate_password(self, field: Field) -> None:
        """Length beats rules about signs."""
        if not is_good_password(field.data or "", email=self.owner):
            raise ValidationError(
                _(
                    "Take %(count)s characters or more, not your address and not one key repeated.",
                    count=PASSWORD_MIN_LENGTH,
                )
            )


class ChangePasswordForm(NewPasswordForm):
    """A new password, with the present one as proof."""

    present = _password(_l("Present password"))


class ProfileForm(FlaskForm):  # type: ignore[misc]  # as above
    """How somebody is called, and how pages are shown."""

    name = _name()
    language = SelectField(
        _l("Language"),
        choices=[SelectChoice("", _l("Like the browser")), *TONGUES],
    )
    theme = SelectField(
        _l("Light or dark"),
        choices=[
            SelectChoice("auto", _l("Like the device")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )


class SecondFactorForm(FlaskForm):  # type: ignore[misc]  # as above
    """The first code of a new app; the password too when another app is replaced."""

    code = _code(_l("Code from the app"))


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # as above
    """The own password once more, before something that weakens the account."""

    password = _password(_l("Your password"))


class MultiCheckboxField(SelectMultipleField):
    """Roles as boxes to tick; the form macros know the field by this name."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, **kwargs: Any) -> None:
        choices = [SelectChoice(role.value, _l(text)) for role, text in ROLE_LABELS.items()]
        super().__init__(label, choices=choices, **kwargs)

    @property
    def roles(self) -> list[Role]:
        """What was ticked."""
        return [Role(word) for word in self.data or ()]


class RolesForm(FlaskForm):  # type: ignore[misc]  # as above
    """What somebody does here."""

    roles = MultiCheckboxField(
        _l("Roles"), validators=[InputRequired(_l("Choose at least one role."))]
    )


class InviteForm(FlaskForm):  # type: ignore[misc]  # as above
    """Who is to get an account."""

    name = _name()
    email = _email(_l("E-mail"))
    language = SelectField(_l("Language of the mail"), choices=TONGUES)
    roles = MultiCheckboxField(
        _l("Roles"), validators=[InputRequired(_l("Choose at least one role."))]
    )
