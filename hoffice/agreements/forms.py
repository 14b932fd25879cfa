"""What HR sends: the terms of a sending, a reason for taking back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from hoffice import clock
from hoffice.agreements.rules import (
    FORM_LABELS,
    NAME_CHARS,
    WORK_MODEL_LABELS,
    Form,
    Terms,
    WorkModel,
)

MORE = (
    "trainer",
    "it_hotline",
    "safety_contact",
    "doctor_contact",
    "works_council",
    "accident_insurer",
    "authority",
    "home_hours",
    "internet_mbit",
)

LONG = Length(max=NAME_CHARS, message=_l("This is longer than 200 characters."))

USUAL_MODEL = "alternierende Telearbeit"
"""As the German text says it."""


def _stripped(text: str | None) -> str:
    return " ".join((text or "").split())


def _line(label: Any, *, required: bool = False, about: Any = "") -> StringField:
    """One line of text that ends up in the papers."""
    needed = InputRequired(_l("The papers need this.")) if required else Optional()
    return StringField(label, filters=[_stripped], validators=[needed, LONG], description=about)


def _number(label: Any, pattern: str, *, about: Any) -> StringField:
    """A number that ends up in the papers as it was typed; it may be left out."""
    fits = Regexp(rf"{pattern}\Z", message=_l("Type a number, without its unit."))
    return StringField(label, filters=[_stripped], validators=[Optional(), fits], description=about)


class SendForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What stands in all papers of one sending, and who signs for the employer."""

    ids = HiddenField()
    signer_name = _line(_l("Who signs for the employer"), required=True)
    company_address = _line(_l("Address of the company"), required=True)
    hotline = _line(_l("Phone for questions and faults"), required=True)
    data_protection_contact = _line(_l("Data protection contact"), required=True)
    work_model = SelectField(
        _l("Kind of work"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in WORK_MODEL_LABELS.items()],
        default=WorkModel.TELEWORK.value,
        description=_l("It decides which papers are sent: mobile work has no loan of equipment."),
    )
    needs_code = BooleanField(
        _l("Ask for a one-time code before signing"),
        description=_l("By text message where there is a mobile number, else by mail."),
    )
    model = _line(_l("Model"), required=True, about=_l("As it stands in the German text."))
    starts_on = DateField(_l("From"), validators=[Optional()])
    ends_on = DateField(_l("Until"), validators=[Optional()])
    days = _line(_l("Days at home"))
    reachable_from = _line(_l("Can be reached from"), required=True)
    reachable_to = _line(_l("Can be reached until"), required=True)
    allowance = _line(_l("Monthly allowance"), about=_l("Such as 30 €; empty: none."))
    visit_notice_days = _line(_l("Days of notice before a visit"), required=True)
    notice_period = _line(_l("Notice period of the addendum"), required=True)
    works_agreement = _line(_l("Works agreement"))
    professional_secrecy = BooleanField(_l("With professional secrecy (§ 203 StGB)"))
    telecommunications = BooleanField(_l("With secrecy of telecommunications (§ 3 TDDDG)"))
    trainer = _line(
        _l("Who gives the safety instruction"), about=_l("Empty: who signs for the employer.")
    )
    it_hotline = _line(
        _l("Phone for lost devices and incidents"),
        about=_l("At any hour; empty: the phone for questions and faults."),
    )
    safety_contact = _line(_l("Safety engineer"), about=_l("Name or department, and how to reach."))
    doctor_contact = _line(_l("Company doctor"), about=_l("Name or department, and how to reach."))
    works_council = _line(
        _l("Works council"),
        about=_l("Empty: there is none, and the texts leave its sentences out."),
    )
    accident_insurer = _line(_l("Statutory accident insurer"), about=_l("Such as VBG, Hamburg."))
    authority = _line(
        _l("Data protection authority"),
        about=_l("To which people may complain; that of the state where the company sits."),
    )
    home_hours = _number(
        _l("Hours a week at home"),
        r"\d{1,2}([.,]\d{1,2})?",
        about=_l("Empty: those of each person's contract."),
    )
    internet_mbit = _number(
        _l("Least speed of the internet connection (Mbit/s)"),
        r"[1-9]\d{0,4}",
        about=_l("Asked for in the self-assessment; empty: 16."),
    )

    @property
    def more(self) -> tuple[Field, ...]:
        """What the texts name besides, and most houses say once: folded away on the page."""
        return tuple(self[name] for name in MORE)

    def show(self, terms: dict[str, object], *, signer_name: str) -> None:
        """Start from the last sending, else from the usual words."""
        self.signer_name.data = signer_name
        for one in fields(Terms):
            if one.name not in self:
                continue
            value = terms.get(one.name, one.default if isinstance(one.default, str | bool) else "")
            if one.name in {"starts_on", "ends_on"}:
                value = date.fromisoformat(str(value)) if value else None
            self[one.name].data = value

    def terms(self, company: str) -> Terms:
        """What was typed, for the deed."""
        values = {one.name: self[one.name].data for one in fields(Terms) if one.name in self}
        for name in ("starts_on", "ends_on"):
            values[name] = values[name].isoformat() if values[name] else ""
        if not values["internet_mbit"]:
            del values["internet_mbit"]
        return Terms(company=company, represented_by=str(self.signer_name.data or ""), **values)


class VoidForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why papers are taken back."""

    reason = TextAreaField(
        _l("Why are these papers taken back?"),
        validators=[
            DataRequired(_l("Say why, in a few words.")),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
    )


class TextForm(FlaskForm):  # type: ignore[misc]  # as above
    """A new version of a text. Its words are looked through by the deed, not here."""

    based_on = HiddenField()
    source = TextAreaField(_l("Text"))
    form = SelectField(
        _l("What closes a paper of this text"),
        choices=[SelectChoice(form.value, _l(label)) for form, label in FORM_LABELS.items()],
    )
    valid_months = IntegerField(
        _l("Has to be signed anew after so many months"),
        validators=[
            Optional(),
            NumberRange(1, 120, message=_l("A text is valid for 1 to 120 months.")),
        ],
        description=_l("Empty: as long as it is true."),
    )
    note = StringField(
        _l("What has changed, and why"),
        validators=[
            Optional(),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
        description=_l("For whoever approves it, and for later."),
    )


class VoidManyForm(VoidForm):
    """The same for many people, and whom it is meant for."""

    ids = HiddenField()
    group = HiddenField()
    ends = HiddenField()


class RenewForm(FlaskForm):  # type: ignore[misc]  # as above
    """Which papers are sent anew, to whom, and who signs for the employer."""

    ids = HiddenField()
    group = HiddenField()
    ends = HiddenField()
    kinds = SelectMultipleField(
        _l("Which papers"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[DataRequired(_l("Tick at least one paper."))],
    )
    signer_name = _line(_l("Who signs for the employer"), required=True)
    ends_on = DateField(
        _l("New end of the addendum"),
        validators=[Optional()],
        description=_l(
            "Only where an end was agreed and has come or comes near; empty: as agreed."
        ),
    )


class CallForm(FlaskForm):  # type: ignore[misc]  # as above
    """What was said on the phone."""

    note = TextAreaField(
        _l("What was said?"),
        validators=[
            DataRequired(_l("Say in a few words what came of it.")),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
        description=_l("Such as: signs tonight, wants the papers by post, on leave until Monday."),
    )


class AnswerForm(FlaskForm):  # type: ignore[misc]  # as above
    """What somebody is answered who asked about a paper."""

    text = TextAreaField(
        _l("Your answer to the question"),
        validators=[
            DataRequired(_l("Write the answer.")),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
    )


class FileAwayForm(FlaskForm):  # type: ignore[misc]  # as above
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


class SendBackForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why a file that somebody brought does not do."""

    reason = StringField(
        _l("Why does this file not do?"),
        validators=[Length(max=2000, message=_l("This is longer than 2000 characters."))],
    )


class AskForm(FlaskForm):  # type: ignore[misc]  # as above
    """What a client is asked; the people are ticked beside it."""

    role = _line(_l("What they do"), about=_l("Empty: the team of each person."))
    data_kinds = _line(_l("Kinds of data"), about=_l("Such as names, addresses and contracts."))
    measures = TextAreaField(
        _l("Further measures of this project"),
        description=_l("One a line; the usual ones stand in the text."),
        validators=[
            Optional(),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
    )
    wanted_to = DateField(_l("Ask for it until"), validators=[Optional()])
    language = SelectField(
        _l("Write to the contact in"),
        choices=[SelectChoice("de", _l("German")), SelectChoice("en", _l("English"))],
    )
    shows_names = BooleanField(
        _l("The client needs names"), description=_l("Else it sees number and task only.")
    )
    needs_file = BooleanField(
        _l("The contract wants the written form"),
        description=_l("Then only a signed PDF closes it."),
    )
    represented_by = _line(_l("Who asks for the company"), required=True)
    company_address = _line(_l("Address of the company"), required=True)
    hotline = _line(_l("Phone for questions"), required=True)
    data_protection_contact = _line(_l("Data protection contact"), required=True)
    visit_notice_days = _line(_l("Days of notice before a visit"), required=True)

    def show(self, facts: Mapping[str, Any], terms: Mapping[str, Any], *, signer: str) -> None:
        """Start from the last request for this project, else from the last sending."""
        for name in ("role", "data_kinds"):
            self[name].data = facts.get(name, "")
        self.measures.data = "\n".join(facts.get("measures", ()))
        self.language.data = facts.get("language", "de")
        known = {**terms, **facts.get("terms", {})}
        for name in ("company_address", "hotline", "data_protection_contact"):
            self[name].data = known.get(name, "")
        self.represented_by.data = known.get("represented_by") or signer
        self.visit_notice_days.data = known.get("visit_notice_days", "5")

    def terms(self, company: str) -> Terms:
        """What the firm says about itself."""
        return Terms(
            company=company,
            represented_by=self.represented_by.data or "",
            company_address=self.company_address.data or "",
            hotline=self.hotline.data or "",
            data_protection_contact=self.data_protection_contact.data or "",
            visit_notice_days=self.visit_notice_days.data or "",
        )


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why a request or an approval is taken back."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[
            DataRequired(_l("Say why, in a few words.")),
            Length(max=2000, message=_l("This is longer than 2000 characters.")),
        ],
    )


class EnterForm(FlaskForm):  # type: ignore[misc]  # as above
    """A client's answer that came by another way, with the file that proves it."""

    verdict = RadioField(
        _l("What was answered"),
        choices=[
            SelectChoice("all", _l("all people approved")),
            SelectChoice("some", _l("only those ticked below")),
            SelectChoice("none", _l("nobody approved")),
        ],
        default="all",
    )
    name = _line(_l("Who answered for the client"), required=True)
    conditions = TextAreaField(_l("Conditions"), validators=[Optional(), Length(max=2000)])
    valid_to = DateField(_l("Last day of the approval"), validators=[Optional()])
    reason = TextAreaField(_l("Why not, if nobody"), validators=[Optional(), Length(max=2000)])
    file = FileField(_l("The answer as a PDF"))


# Papers outside of the usual pack


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
