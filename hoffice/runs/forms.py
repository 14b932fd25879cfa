"""What people type about vans, shifts, plans and the depot: its shape, not its truth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from hoffice.runs.rules import (
    CARRIER_LABELS,
    CREW_MOST,
    MOST_PLACES,
    PLAN_MODE_LABELS,
    PRIORITY_MOST,
    Carrier,
    PlanMode,
)
from hoffice.web.numbers import row_number

QUICK_S, THOROUGH_S = 5, 60
MOST_DAYS = 62
"""So many days at once are a campaign; more are a slip of the hand."""
SUNDAY = 6
SATURDAY = 5
NOBODY = 0
"""The choice of no driver."""


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()


def _minute(value: time | None) -> int:
    return 0 if value is None else value.hour * 60 + value.minute


def clock_of(minute: int) -> time:
    """The time of a minute of the day, as a field holds it; the end of the day is a minute less."""
    return time(*divmod(min(minute, 24 * 60 - 1), 60))


def _hours(label: str) -> TimeField:
    return TimeField(label, validators=[InputRequired()])


def _euros(label: str) -> DecimalField:
    return DecimalField(
        label, places=2, default=Decimal(0), validators=[InputRequired(), NumberRange(0, 100_000)]
    )


def _driver() -> SelectField:
    return SelectField(_l("Driver"), coerce=int, default=NOBODY)


def driver_choices(drivers: Iterable[tuple[int, str]]) -> list[SelectChoice]:
    """Nobody yet, and these people."""
    nobody = SelectChoice(NOBODY, _("nobody yet"))
    return [nobody, *(SelectChoice(number, name) for number, name in drivers)]


class PlanForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which shifts are planned anew, and how long the engine may think."""

    shifts = SelectMultipleField(
        _l("Shifts"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[DataRequired(_l("Choose at least one shift."))],
    )
    seconds = RadioField(
        _l("How thoroughly"),
        coerce=int,
        default=QUICK_S,
        choices=[
            SelectChoice(QUICK_S, _l("quick: 5 seconds")),
            SelectChoice(THOROUGH_S, _l("thorough: a minute")),
        ],
    )
    mode = RadioField(
        _l("What may change"),
        default=PlanMode.EVERYTHING.value,
        choices=[SelectChoice(mode.value, _l(text)) for mode, text in PLAN_MODE_LABELS.items()],
    )

    @property
    def plan_mode(self) -> PlanMode:
        """What the new plan may change."""
        return PlanMode(self.mode.data)


class NeedsForm(FlaskForm):  # type: ignore[misc]  # as above
    """What one door needs, and how much it matters."""

    crew = IntegerField(
        _l("People needed at the door"),
        description=_l("Only a van with so many people on board is sent."),
        validators=[InputRequired(), NumberRange(1, CREW_MOST)],
    )
    priority = IntegerField(
        _l("Priority"),
        description=_l("1 as a rule; whoever has more is left out last."),
        validators=[InputRequired(), NumberRange(1, PRIORITY_MOST)],
    )


class VanForm(FlaskForm):  # type: ignore[misc]  # as above
    """A van: what fits in and what it costs."""

    name = StringField(_l("Name"), filters=[_trimmed], validators=[DataRequired(), Length(max=60)])
    plate = StringField(
        _l("Number plate"), filters=[_trimmed], validators=[Optional(), Length(max=20)]
    )
    boxes = IntegerField(
        _l("Boxes"),
        description=_l("How many boxes fit in at a time."),
        validators=[InputRequired(), NumberRange(1, 1000)],
    )
    litres = IntegerField(
        _l("Load space in litres"), validators=[InputRequired(), NumberRange(1, 100_000)]
    )
    kg = IntegerField(_l("Load in kilograms"), validators=[InputRequired(), NumberRange(1, 40_000)])
    crew = IntegerField(
        _l("People on board"), default=1, validators=[InputRequired(), NumberRange(1, 5)]
    )
    per_day = _euros(_l("Euros per day"))
    per_km = _euros(_l("Euros per kilometre"))
    per_hour = _euros(_l("Euros per hour of work"))
    co2_g_per_km = IntegerField(
        _l("Grams of CO2 per kilometre"),
        description=_l("Field V.7 of the registration certificate; left empty, none is shown."),
        validators=[Optional(), NumberRange(0, 2000)],
    )

    def cents(self, field: DecimalField) -> int:
        """An amount as we store it."""
        return round((field.data or Decimal(0)) * 100)


class HoursForm(FlaskForm):  # type: ignore[misc]  # as above
    """From when to when a shift lasts, and who drives."""

    start = _hours(_l("Begin"))
    end = _hours(_l("End"))
    driver = _driver()
    crew_note = StringField(
        _l("Who rides along"), filters=[_trimmed], validators=[Optional(), Length(max=120)]
    )

    def set_drivers(self, drivers: Iterable[tuple[int, str]]) -> None:
        """Whom one may choose; nobody is a choice as well."""
        self.driver.choices = driver_choices(drivers)

    @property
    def start_min(self) -> int:
        """When the shift begins, in minutes after midnight."""
        return _minute(self.start.data)

    @property
    def end_min(self) -> int:
        """When the shift ends, in minutes after midnight."""
        return _minute(self.end.data)

    @property
    def driver_id(self) -> int | None:
        """Who drives, if anybody is chosen."""
        return self.driver.data or None

    def validate_end(self, field: Field) -> None:
        """A shift lasts some time."""
        if self.start.data is not None and field.data <= self.start.data:
            raise ValidationError(_("The shift ends before it begins."))


class DaysForm(FlaskForm):  # type: ignore[misc]  # as above
    """The same on several days."""

    first = DateField(_l("First day"), validators=[InputRequired()])
    last = DateField(_l("Last day"), validators=[InputRequired()])
    on_saturdays = BooleanField(_l("Saturdays as well"))

    def validate_first(self, field: Field) -> None:
        """Nobody works in the past."""
        if field.data < self.today:
            raise ValidationError(_("This day is over."))

    def validate_last(self, field: Field) -> None:
        """The last day is not before the first, nor far from it, and some day lies between."""
        if self.first.data is None:
            return
        if field.data < self.first.data:
            raise ValidationError(_("The last day lies before the first."))
        if (field.data - self.first.data).days >= MOST_DAYS:
            raise ValidationError(_("At most %(days)s days at once.", days=MOST_DAYS))
        if not self.days:
            raise ValidationError(
                _("Only Sundays or Saturdays lie between these days; nobody drives then.")
            )

    today: date = date.min
    """Set by the page before the form is looked at."""

    @property
    def days(self) -> list[date]:
        """The days that are meant: no Sundays, and Saturdays only when asked for."""
        if self.first.data is None or self.last.data is None:
            return []
        count = (self.last.data - self.first.data).days + 1
        every = (self.first.data + timedelta(days=n) for n in range(max(0, count)))
        closed = {SUNDAY} if self.on_saturdays.data else {SATURDAY, SUNDAY}
        return [day for day in every if day.weekday() not in closed]


class ShiftsForm(HoursForm, DaysForm):
    """One van, the same hours on several days."""

    van = SelectField(_l("Van"), coerce=int, validators=[InputRequired()])


def quarter_in(text: str) -> tuple[int, int] | None:
    """The hours at the counter and the minute that a form names, such as ``12-540``."""
    hours, _dash, start = text.partition("-")
    try:
        return row_number(hours), row_number(start)
    except ValueError:
        return None


class CounterForm(FlaskForm):  # type: ignore[misc]  # as above
    """From when to when kits are handed out at the office, and to how many people at a time."""

    start = _hours(_l("Begin"))
    end = _hours(_l("End"))
    places = IntegerField(
        _l("People per quarter of an hour"),
        default=1,
        description=_l("A handover takes about a quarter of an hour."),
        validators=[InputRequired(), NumberRange(1, MOST_PLACES)],
    )
    note = StringField(
        _l("Note"),
        filters=[_trimmed],
        description=_l("Such as who hands out, or which door. Only staff see it."),
        validators=[Optional(), Length(max=120)],
    )

    @property
    def start_min(self) -> int:
        """When it begins, in minutes after midnight."""
        return _minute(self.start.data)

    @property
    def end_min(self) -> int:
        """When it ends, in minutes after midnight."""
        return _minute(self.end.data)


class CountersForm(CounterForm, DaysForm):
    """The same hours on several days."""


class ParcelForm(FlaskForm):  # type: ignore[misc]  # as above
    """Who carries a parcel, and under which number."""

    carrier = SelectField(_l("Carrier"), validators=[InputRequired()])
    other = StringField(
        _l("Which other carrier"), filters=[_trimmed], validators=[Optional(), Length(max=40)]
    )
    number = StringField(
        _l("Parcel number"),
        description=_l("As it stands on the receipt; blanks do not matter."),
        filters=[_trimmed],
        validators=[InputRequired(), Length(max=80)],
    )

    @property
    def chosen(self) -> str:
        """The carrier as it is stored: one of the known ones, or a name."""
        is_other = self.carrier.data == Carrier.OTHER
        return (self.other.data or "") if is_other else str(self.carrier.data)

    def show(self, carrier: str, number: str) -> None:
        """Fill the form with what is known."""
        self.number.data = number
        is_known = carrier in set(Carrier)
        self.carrier.data = carrier if is_known else Carrier.OTHER.value
        self.other.data = "" if is_known else carrier

    def set_carriers(self) -> None:
        """Whom one may choose, the own names translated."""
        self.carrier.choices = [
            SelectChoice(carrier.value, _(label)) for carrier, label in CARRIER_LABELS.items()
        ]


class DriverForm(FlaskForm):  # type: ignore[misc]  # as above
    """Who drives a run."""

    driver = _driver()

    def set_drivers(self, drivers: Iterable[tuple[int, str]]) -> None:
        """Whom one may choose; nobody is a choice as well."""
        self.driver.choices = driver_choices(drivers)


class DegreesField(FloatField):
    """A latitude or longitude; people here may write the comma as on paper."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number with point or comma."""
        super().process_formdata([value.replace(",", ".") for value in valuelist])


class DepotForm(FlaskForm):  # type: ignore[misc]  # as above
    """Where runs begin and end."""

    name = StringField(_l("Name"), filters=[_trimmed], validators=[DataRequired(), Length(max=60)])
    address = StringField(
        _l("Address"), filters=[_trimmed], validators=[DataRequired(), Length(max=200)]
    )
    lat = DegreesField(
        _l("Latitude"),
        description=_l("In degrees, such as 52.5219. A click on the map fills this in."),
        validators=[InputRequired(), NumberRange(-90, 90)],
    )
    lon = DegreesField(_l("Longitude"), validators=[InputRequired(), NumberRange(-180, 180)])
    load_min_per_trip = IntegerField(
        _l("Minutes to load the van"),
        default=15,
        description=_l("Counted once for every trip that begins here."),
        validators=[InputRequired(), NumberRange(0, 240)],
    )
