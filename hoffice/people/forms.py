"""The shape of what people type about people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from hoffice.people.models import Employee, Home
from hoffice.people.rules import HomeFields, PersonFields
from hoffice.people.staff_list.people import EAST, NORTH, SOUTH, WEST
from hoffice.people.staff_list.reading import cells
from hoffice.units import Point

LONGEST: Final = Length(max=cells.LONGEST_TEXT)
LONGEST_NOTE: Final = Length(max=cells.LONGEST_NOTE)
NOBODY: Final = "0"
"""The choice that means none."""


def _line(text: str | None) -> str:
    """What was typed, without needless blanks."""
    return cells.cleaned(text or "")


def _is_email(_form: FlaskForm, field: Field) -> None:
    try:
        cells.email(_line(field.data))
    except cells.Unclear as unclear:
        raise ValidationError(
            _l("That is not an e-mail address. Write it like name@firma.de.")
        ) from unclear


def _is_postcode(_form: FlaskForm, field: Field) -> None:
    try:
        cells.postcode(_line(field.data))
    except cells.Unclear as unclear:
        raise ValidationError(
            _l("That is not a German postcode. Write five digits, such as 12045.")
        ) from unclear


def _is_hours(_form: FlaskForm, field: Field) -> None:
    try:
        cells.hours(_line(field.data))
    except cells.Unclear as unclear:
        raise ValidationError(
            _l("That is not a number of hours between 0 and 60. Write it like 38,5.")
        ) from unclear


def _is_degrees(_form: FlaskForm, field: Field) -> None:
    try:
        cells.degrees(_line(field.data))
    except cells.Unclear as unclear:
        raise ValidationError(_l("That is not a coordinate. Write it like 52,4812.")) from unclear


def _choices(pairs: list[tuple[int, str]]) -> list[SelectChoice]:
    return [SelectChoice(str(number), name) for number, name in pairs]


class MultiCheckboxField(SelectMultipleField):
    """Several choices, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PersonForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Somebody, without where she lives."""

    personnel_number = StringField(_l("Personnel number"), [InputRequired(), LONGEST])
    first_name = StringField(_l("First name"), [Optional(), LONGEST])
    last_name = StringField(_l("Last name"), [InputRequired(), LONGEST])
    email = StringField(
        _l("E-mail"),
        [Optional(), LONGEST, _is_email],
        description=_l("Links and papers go there."),
    )
    phone = StringField(
        _l("Phone"), [Optional(), LONGEST], description=_l("For the driver, at the door.")
    )
    team_id = SelectField(_l("Team"))
    project_ids = MultiCheckboxField(_l("Works for"))
    language = SelectField(
        _l("Language"), choices=[SelectChoice("de", "Deutsch"), SelectChoice("en", "English")]
    )
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])
    weekly_hours = StringField(_l("Weekly hours"), [Optional(), _is_hours])

    def offer(self, teams: list[tuple[int, str]], projects: list[tuple[int, str]]) -> None:
        """Say which teams and projects there are to choose from."""
        self.team_id.choices = [SelectChoice(NOBODY, _l("no team")), *_choices(teams)]
        self.project_ids.choices = _choices(projects)

    def show_person(self, person: Employee) -> None:
        """Fill in what is known."""
        for name in ("personnel_number", "first_name", "last_name", "email", "phone", "language"):
            self[name].data = getattr(person, name)
        self.starts_on.data, self.ends_on.data = person.starts_on, person.ends_on
        hours = person.weekly_hours
        self.weekly_hours.data = "" if hours is None else f"{hours:g}".replace(".", ",")
        self.team_id.data = str(person.team_id or NOBODY)
        self.project_ids.data = [str(project.id) for project in person.projects]

    def validate_ends_on(self, field: Field) -> None:
        """Nobody leaves before she comes."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The last day lies before the first."))

    @property
    def person(self) -> PersonFields:
        """What was typed, cleaned; only after the form was found valid."""
        hours: Decimal | None = cells.hours(_line(self.weekly_hours.data))
        return PersonFields(
            personnel_number=_line(self.personnel_number.data),
            first_name=_line(self.first_name.data),
            last_name=_line(self.last_name.data),
            email=cells.email(_line(self.email.data)),
            phone=_line(self.phone.data),
            team_id=None if self.team_id.data == NOBODY else int(self.team_id.data),
            project_ids=tuple(int(number) for number in self.project_ids.data or ()),
            language=self.language.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            weekly_hours=None if hours is None else float(hours),
        )


class HomeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Where somebody lives, and the way to the door."""

    street = StringField(_l("Street"), [InputRequired(), LONGEST])
    housenumber = StringField(_l("House number"), [Optional(), LONGEST])
    postcode = StringField(_l("Postcode"), [Optional(), _is_postcode])
    city = StringField(_l("City"), [Optional(), LONGEST])
    floor = StringField(_l("Floor"), [Optional(), LONGEST])
    lift = SelectField(
        _l("Lift"),
        choices=[
            SelectChoice("", _l("not known")),
            SelectChoice("yes", _l("yes")),
            SelectChoice("no", _l("no")),
        ],
    )
    bell = StringField(_l("Name at the bell"), [Optional(), LONGEST])
    parking = StringField(_l("Parking"), [Optional(), LONGEST])
    access_note = TextAreaField(
        _l("Access note"),
        [Optional(), LONGEST_NOTE],
        description=_l("What the driver should know: back building, entrance, a dog."),
    )

    def show_home(self, home: Home) -> None:
        """Fill in what is known."""
        for name in ("street", "housenumber", "postcode", "city", "floor", "bell", "parking"):
            self[name].data = getattr(home, name)
        self.access_note.data = home.access_note
        self.lift.data = {None: "", True: "yes", False: "no"}[home.lift]

    @property
    def home(self) -> HomeFields:
        """What was typed, cleaned; only after the form was found valid."""
        return HomeFields(
            street=_line(self.street.data),
            housenumber=_line(self.housenumber.data),
            postcode=cells.postcode(_line(self.postcode.data))[0],
            city=_line(self.city.data),
            floor=_line(self.floor.data),
            lift={"yes": True, "no": False}.get(self.lift.data),
            bell=_line(self.bell.data),
            parking=_line(self.parking.data),
            access_note=_line(self.access_note.data),
        )


class PointForm(FlaskForm):  # type: ignore[misc]  # as above
    """A point on the map, set by hand."""

    lat = StringField(
        _l("Latitude"),
        [Optional(), _is_degrees],
        description=_l("Only when the point is known exactly; it then wins over the address."),
    )
    lon = StringField(_l("Longitude"), [Optional(), _is_degrees])

    def validate(self, extra_validators: Any = None) -> bool:
        """Both coordinates inside Germany, or none."""
        is_valid = bool(super().validate(extra_validators))
        if self.lat.errors or self.lon.errors:
            return False
        point = self._typed_point()
        if point is None:
            if not _line(self.lat.data) and not _line(self.lon.data):
                return is_valid
            empty = self.lon if _line(self.lat.data) else self.lat
            refused(empty, _l("Give both coordinates, or none."))
            return False
        if not (SOUTH <= point.lat <= NORTH and WEST <= point.lon <= EAST):
            refused(self.lat, _l("This point does not lie in Germany."))
            return False
        return is_valid

    def _typed_point(self) -> Point | None:
        try:
            lat = cells.degrees(_line(self.lat.data))
            lon = cells.degrees(_line(self.lon.data))
        except cells.Unclear:
            return None
        return None if lat is None or lon is None else Point(lat, lon)

    @property
    def point(self) -> Point | None:
        """The point that was set by hand."""
        return self._typed_point()


class PinForm(PointForm):
    """Where exactly somebody lives; far from where it was, the distance is to be confirmed."""

    lat = StringField(_l("Latitude"), [DataRequired(_l("Put the pin on the map.")), _is_degrees])
    lon = StringField(_l("Longitude"), [DataRequired(_l("Put the pin on the map.")), _is_degrees])
    confirmed_m = IntegerField(validators=[Optional()])

    def show_point(self, home: Home) -> None:
        """Fill in what is known."""
        if home.lat is not None and home.lon is not None:
            self.lat.data, self.lon.data = f"{home.lat:.6f}", f"{home.lon:.6f}"


class NewPersonForm(PersonForm, HomeForm, PointForm):
    """Somebody and her home on one page; the address may follow later."""

    street = StringField(_l("Street"), [Optional(), LONGEST])

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was typed about the address."""
        return not any(
            _line(self[name].data)
            for name in ("street", "housenumber", "postcode", "city", "lat", "lon")
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """An address without a street cannot be found."""
        is_valid = super().validate(extra_validators)
        if not self.is_empty and not _line(self.street.data):
            refused(self.street, _l("The street is missing."))
            return False
        return is_valid


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A staff list."""

    file = FileField(
        _l("Staff list"),
        [FileRequired(_l("Choose a file first."))],
        description=_l("CSV or XLSX, up to 25 MB. Which column holds what is asked next."),
    )


class TeamForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A team and its lead."""

    name = StringField(_l("Name"), [InputRequired(), LONGEST])
    lead = SelectField(_l("Team lead"))

    def offer(self, leads: list[tuple[int, str]]) -> None:
        """Say who can lead a team."""
        self.lead.choices = [SelectChoice(NOBODY, _l("nobody")), *_choices(leads)]

    @property
    def lead_account_id(self) -> int | None:
        """Whose team it is."""
        return None if self.lead.data == NOBODY else int(self.lead.data)


class ClientForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A client and whom to write to there."""

    name = StringField(_l("Name"), [InputRequired(), LONGEST])
    contact_name = StringField(_l("Contact person"), [Optional(), LONGEST])
    contact_email = StringField(_l("Contact's e-mail"), [Optional(), LONGEST, _is_email])


class ProjectForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A project of a client."""

    name = StringField(_l("Name"), [InputRequired(), LONGEST], id="project-name")


def refused(field: Any, sentence: object) -> None:
    """Show at the field what the house said."""
    field.errors = [*field.errors, sentence]
