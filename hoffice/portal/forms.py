"""What employees send: an address, a reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from hoffice.agreements.rules import Form
from hoffice.people.models import Home
from hoffice.people.rules import HomeFields

LONG = Length(max=200, message=_l("This is longer than 200 characters."))
LIFT = {"yes": True, "no": False, "": None}


def _stripped(text: str | None) -> str:
    return " ".join((text or "").split())


class AddressForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Where somebody lives, and how to get to the door."""

    street = StringField(
        _l("Street"),
        filters=[_stripped],
        validators=[InputRequired(_l("Which street?")), LONG],
    )
    housenumber = StringField(
        _l("House number"),
        filters=[_stripped],
        validators=[
            InputRequired(_l("Which house number?")),
            Length(max=20, message=_l("This is longer than 20 characters.")),
        ],
    )
    postcode = StringField(
        _l("Postcode"),
        filters=[_stripped],
        validators=[Regexp(r"\d{5}$", message=_l("A postcode has five digits, such as 12045."))],
    )
    city = StringField(
        _l("Town"), filters=[_stripped], validators=[InputRequired(_l("Which town?")), LONG]
    )
    floor = StringField(
        _l("Floor"),
        description=_l("Such as ground floor, 3, or 2nd courtyard left."),
        filters=[_stripped],
        validators=[Optional(), Length(max=100, message=_l("This is longer than 100 characters."))],
    )
    lift = RadioField(
        _l("Is there a lift?"),
        choices=[
            SelectChoice("yes", _l("Yes")),
            SelectChoice("no", _l("No")),
            SelectChoice("", _l("I do not know")),
        ],
        validators=[Optional()],
        default="",
    )
    bell = StringField(_l("Name at the bell"), filters=[_stripped], validators=[Optional(), LONG])
    parking = StringField(
        _l("Where can a van stop?"), filters=[_stripped], validators=[Optional(), LONG]
    )
    access_note = TextAreaField(
        _l("Anything else about the way to your door"),
        validators=[
            Optional(),
            Length(max=1000, message=_l("This is longer than 1000 characters.")),
        ],
    )

    def show(self, home: Home) -> None:
        """Fill the form with what is known."""
        for field in HomeFields.__slots__:
            self[field].data = getattr(home, field)
        self.lift.data = {True: "yes", False: "no", None: ""}[home.lift]

    def fields(self) -> HomeFields:
        """What was typed, for the deed."""
        return HomeFields(
            street=self.street.data or "",
            housenumber=self.housenumber.data or "",
            postcode=self.postcode.data or "",
            city=self.city.data or "",
            floor=self.floor.data or "",
            lift=LIFT[self.lift.data or ""],
            bell=self.bell.data or "",
            parking=self.parking.data or "",
            access_note=(self.access_note.data or "").strip(),
        )


class QuestionForm(FlaskForm):  # type: ignore[misc]  # as above
    """What somebody asks about a paper."""

    text = TextAreaField(
        _l("Your question"),
        validators=[
            DataRequired(_l("Write your question.")),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
    )


class FileForm(FlaskForm):  # type: ignore[misc]  # as above
    """A paper that was signed elsewhere."""

    file = FileField(_l("The signed paper as a PDF"))
    form = RadioField(
        _l("How is it signed?"),
        choices=[
            SelectChoice(Form.PAPER.value, _l("with ink, then scanned")),
            SelectChoice(Form.QUALIFIED.value, _l("with a qualified electronic signature")),
        ],
        default=Form.PAPER.value,
    )


class DeclineForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why somebody does not sign."""

    reason = TextAreaField(
        _l("What do you not agree with?"),
        validators=[
            DataRequired(_l("Say why, in a few words.")),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
    )
