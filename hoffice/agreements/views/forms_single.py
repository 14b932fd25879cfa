"""What HR types for one paper outside of the usual pack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from hoffice import clock
from hoffice.agreements.rules import NAME_CHARS, Terms

LONG = Length(max=NAME_CHARS, message=_l("This is longer than 200 characters."))


USUAL_MODEL = "alternierende Telearbeit"
"""As the German text says it."""


def _stripped(text: str | None) -> str:
    return " ".join((text or "").split())


def _line(label: Any, *, required: bool = False, about: Any = "") -> StringField:
    needed = InputRequired(_l("The papers need this.")) if required else Optional()
    return StringField(label, filters=[_stripped], validators=[needed, LONG], description=about)


def _last_day() -> DateField:
    return DateField(
        _l("Last day at home"),
        validators=[InputRequired(_l("Say which day is the last one at home."))],
    )


class HouseholdForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who of the household is asked."""

    person = _line(
        _l("Adult of the household"),
        required=True,
        about=_l("First and last name. Each adult gets a sheet of her own."),
    )


class ReturnForm(FlaskForm):  # type: ignore[misc]  # as above
    """When somebody returns to the office, and who says so."""

    last_day = _last_day()
    signer_name = _line(_l("Who signs for the employer"), required=True)


class ReturnManyForm(ReturnForm):
    """The same for many people, and whom it is meant for."""

    ids = HiddenField()
    group = HiddenField()
    ends = HiddenField()


class WithdrawPaperForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why one paper is taken back."""

    reason = TextAreaField(
        _l("Why is this paper taken back?"),
        validators=[
            DataRequired(_l("Say why, in a few words.")),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
    )


class CouncilForm(FlaskForm):  # type: ignore[misc]  # as above
    """What the works council is told besides the list of people."""

    ids = HiddenField()
    group = HiddenField()
    ends = HiddenField()
    represented_by = _line(_l("Who acts for the company"), required=True)
    company_address = _line(_l("Address of the company"), required=True)
    works_council = _line(_l("Addressee at the works council"))
    hotline = _line(_l("Phone for questions"), required=True)
    data_protection_contact = _line(_l("Data protection contact"), required=True)
    safety_contact = _line(_l("Safety engineer"))
    model = _line(_l("Model"), required=True, about=_l("As it stands in the German text."))
    starts_on = DateField(
        _l("From"), validators=[InputRequired(_l("Say on which day the measure begins."))]
    )
    ends_on = DateField(_l("Until"), validators=[Optional()])
    works_agreement = _line(_l("Works agreement"))

    LINES = (
        "company_address",
        "works_council",
        "hotline",
        "data_protection_contact",
        "safety_contact",
        "model",
        "works_agreement",
    )

    def validate_starts_on(self, field: DateField) -> None:
        """The council is told before a measure begins."""
        if field.data and field.data < clock.today():
            raise ValidationError(_("This day is over: the council is told before a beginning."))

    def show(self, terms: Mapping[str, Any], *, signer: str) -> None:
        """Start from the last sending, else from the usual words; a day that is over is left."""
        for name in self.LINES:
            self[name].data = terms.get(name, "")
        self.model.data = self.model.data or USUAL_MODEL
        self.represented_by.data = terms.get("represented_by") or signer
        for name in ("starts_on", "ends_on"):
            said = terms.get(name)
            self[name].data = date.fromisoformat(said) if said else None
        if self.starts_on.data and self.starts_on.data < clock.today():
            self.starts_on.data = None

    def terms(self, company: str) -> Terms:
        """What was typed, for the notice."""
        said = {name: str(self[name].data or "") for name in self.LINES}
        return Terms(
            company=company,
            represented_by=self.represented_by.data or "",
            starts_on=self.starts_on.data.isoformat() if self.starts_on.data else "",
            ends_on=self.ends_on.data.isoformat() if self.ends_on.data else "",
            **said,  # type: ignore[arg-type]  # only lines of text
        )
