"""What people type about devices and kits: its shape, not its truth."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from babel.numbers import get_decimal_symbol
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import TextInput

from hoffice import clock
from hoffice.kits.models import BulkGood, Item, ItemModel, KitType
from hoffice.kits.rules import (
    CONDITION_LABELS,
    KIND_LABELS,
    LOCATION_LABELS,
    Goods,
    ItemKind,
    LocationKind,
    Wanted,
)
from hoffice.kits.rules.catalogue import is_ean
from hoffice.kits.rules.labels import BY_KEY, LabelFormat, Labelled, usual_format
from hoffice.kits.service import MOST_AT_ONCE
from hoffice.kits.service.bulk import MOST_AT_ONCE as MOST_GOODS
from hoffice.kits.service.bulk import GoodFacts
from hoffice.kits.service.catalogue import MOST_LOCATIONS, ModelFacts
from hoffice.kits.service.stock import ItemFacts

TAG_LENGTH = 40
TYPE_LINES = 12
"""So many lines a new kit type can have."""
MOST_OF_A_KIND = 20
MOST_BOXES = 9
TYPE_GOODS = 8
"""So many sorts of bulk goods a kit type can have."""
MOST_MONTHS = 240
MOST_EURO = 100_000
GRAMS_PER_KG = 1000
CENTS_PER_EURO = 100


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()


def kind_choices() -> list[tuple[str, str]]:
    """Every kind in the reader's language."""
    return [(kind.value, str(_(KIND_LABELS[kind]))) for kind in ItemKind]


def model_choices(models: Sequence[ItemModel], none: str) -> list[tuple[str, str]]:
    """These models with their kinds, after the words for none of them."""
    return [
        ("", none),
        *((str(one.id), f"{_(KIND_LABELS[one.kind])}: {one.name}") for one in models),
    ]


def _number(text: str | None) -> int | None:
    """The number of a row that was chosen; None for none."""
    return int(text) if text and text.isdecimal() else None


def _not_to_come(_form: object, field: DateField) -> None:
    """Nothing was bought on a day that is still to come."""
    if field.data is not None and field.data > clock.today():
        raise ValidationError(_("This day is still to come."))


def _ean(_form: object, field: StringField) -> None:
    """The number under a bar code has a last digit that tells whether the others are right."""
    if field.data and not is_ean(field.data):
        raise ValidationError(
            _(
                "This is no such number: it has 8, 12, 13 or 14 digits, and the last one must fit "
                "the others. Look at the carton once more, or leave the field empty."
            )
        )


def _digits(text: str | None) -> str | None:
    return None if text is None else "".join(text.split())


class _Translated:
    """What every form has: the sentences of WTForms in the reader's language."""

    def get_translations(self, _form: object) -> object:
        return translations


class CommaField(DecimalField):
    """A number with a comma or a point: people type both, and see their own.

    A text field to the browser: a number field takes no comma where the browser speaks English.
    """

    widget = TextInput()

    def _value(self) -> str:
        shown = str(super()._value())  # type: ignore[misc]  # WTForms has no types for it
        return shown if self.raw_data else shown.replace(".", get_decimal_symbol(get_locale()))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the comma as a point."""
        super().process_formdata([text.strip().replace(",", ".") for text in valuelist])


class _SizesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """How large, how heavy, how dear something is."""

    weight_kg = CommaField(_l("Weight in kg"), validators=[Optional(), NumberRange(0, 200)])
    litres = IntegerField(_l("Volume in litres"), validators=[Optional(), NumberRange(0, 2000)])
    value = CommaField(_l("Value in euros"), validators=[Optional(), NumberRange(0, MOST_EURO)])

    @property
    def weight_g(self) -> int:
        """The weight as it is stored."""
        return int((self.weight_kg.data or Decimal(0)) * GRAMS_PER_KG)

    @property
    def value_cents(self) -> int:
        """The value as it is stored."""
        return int((self.value.data or Decimal(0)) * CENTS_PER_EURO)

    def _fill_in_sizes(self, thing: ItemModel | BulkGood | Item) -> None:
        self.weight_kg.data = Decimal(thing.weight_g) / GRAMS_PER_KG if thing.weight_g else None
        self.litres.data = thing.litres or None
        self.value.data = Decimal(thing.value_cents) / CENTS_PER_EURO if thing.value_cents else None


class ItemForm(_SizesForm):
    """One device, or several like ones in a row, of a model or described by hand."""

    model_id = SelectField(_l("Model from the catalogue"), validators=[Optional()])
    kind = SelectField(_l("Kind"))
    asset_tag = StringField(
        _l("Asset tag"),
        description=_l("Of several, the first one: the number at its end is counted up."),
        filters=[_trimmed],
        validators=[DataRequired(), Length(max=TAG_LENGTH)],
    )
    count = IntegerField(
        _l("How many"),
        default=1,
        validators=[InputRequired(), NumberRange(1, MOST_AT_ONCE)],
    )
    model = StringField(_l("Model"), filters=[_trimmed], validators=[Optional(), Length(max=120)])
    serial = StringField(
        _l("Serial number"),
        description=_l("Only of a single device."),
        filters=[_trimmed],
        validators=[Optional(), Length(max=80)],
    )
    bought_on = DateField(_l("Bought on"), validators=[Optional(), _not_to_come])
    is_fragile = BooleanField(_l("Fragile"))

    def __init__(self, models: Sequence[ItemModel] = ()) -> None:
        super().__init__()
        self.kind.choices = kind_choices()
        self.model_id.choices = model_choices(models, str(_("none: I describe it myself")))

    @property
    def chosen_model(self) -> int | None:
        """The model it is of, when one was chosen."""
        return _number(self.model_id.data)

    @property
    def facts(self) -> ItemFacts:
        """What was typed, for a device of no model."""
        return ItemFacts(
            kind=ItemKind(self.kind.data),
            model=self.model.data or "",
            serial=self.serial.data or "",
            is_fragile=bool(self.is_fragile.data),
            litres=self.litres.data or 0,
            weight_g=self.weight_g,
            value_cents=self.value_cents,
            bought_on=self.bought_on.data,
        )

    def validate_serial(self, field: StringField) -> None:
        """One serial number cannot belong to several devices."""
        if field.data and (self.count.data or 1) > 1:
            field.errors = [_("Several devices cannot have the same serial number.")]


class ChangeItemForm(_SizesForm):
    """What is known of a device that is there already."""

    model_id = SelectField(_l("Model from the catalogue"), validators=[Optional()])
    kind = SelectField(_l("Kind"))
    model = StringField(_l("Model"), filters=[_trimmed], validators=[Optional(), Length(max=120)])
    serial = StringField(
        _l("Serial number"), filters=[_trimmed], validators=[Optional(), Length(max=80)]
    )
    condition = SelectField(_l("Condition"), validators=[Optional()])
    bought_on = DateField(_l("Bought on"), validators=[Optional(), _not_to_come])
    warranty_until = DateField(_l("Warranty until"), validators=[Optional()])
    is_fragile = BooleanField(_l("Fragile"))
    note = TextAreaField(_l("Note"), filters=[_trimmed], validators=[Optional(), Length(max=1000)])

    def __init__(self, item: Item, models: Sequence[ItemModel] = ()) -> None:
        super().__init__()
        self.kind.choices = kind_choices()
        self.model_id.choices = model_choices(models, str(_("none: I describe it myself")))
        self.condition.choices = [
            ("", "–"),
            *((word, str(_(label))) for word, label in CONDITION_LABELS.items()),
        ]
        if item.condition and item.condition not in CONDITION_LABELS:
            self.condition.choices.append((item.condition, item.condition))
        if not self.is_submitted():
            self.model_id.data = str(item.model_id or "")
            self.kind.data, self.model.data = item.kind.value, item.model
            self.serial.data, self.condition.data = item.serial, item.condition
            self.bought_on.data, self.warranty_until.data = item.bought_on, item.warranty_until
            self.is_fragile.data, self.note.data = item.is_fragile, item.note
            self._fill_in_sizes(item)

    @property
    def facts(self) -> ItemFacts:
        """What was typed."""
        return ItemFacts(
            kind=ItemKind(self.kind.data),
            model=self.model.data or "",
            serial=self.serial.data or "",
            condition=self.condition.data or "",
            litres=self.litres.data or 0,
            weight_g=self.weight_g,
            is_fragile=bool(self.is_fragile.data),
            value_cents=self.value_cents,
            bought_on=self.bought_on.data,
            warranty_until=self.warranty_until.data,
            model_id=_number(self.model_id.data),
        )


class ModelForm(_SizesForm):
    """A model: what all devices of it have in common."""

    kind = SelectField(_l("Kind"))
    name = StringField(
        _l("Maker and model"), filters=[_trimmed], validators=[DataRequired(), Length(max=120)]
    )
    ean = StringField(
        _l("Number under the bar code of its carton (EAN)"),
        filters=[_digits],
        validators=[Optional(), _ean],
    )
    serial_pattern = StringField(
        _l("How its serial numbers look"),
        description=_l(
            "# stands for a digit, @ for a letter, ? for either, * for any rest; "
            "everything else for itself. Empty: any will do."
        ),
        filters=[_trimmed],
        validators=[Optional(), Length(max=80)],
    )
    warranty_months = IntegerField(
        _l("Warranty in months"), validators=[Optional(), NumberRange(0, MOST_MONTHS)]
    )
    is_fragile = BooleanField(_l("Fragile"))

    def __init__(self, model: ItemModel | None = None) -> None:
        super().__init__()
        self.kind.choices = kind_choices()
        if model is not None and not self.is_submitted():
            self.kind.data, self.name.data = model.kind.value, model.name
            self.ean.data, self.serial_pattern.data = model.ean, model.serial_pattern
            self.warranty_months.data = model.warranty_months or None
            self.is_fragile.data = model.is_fragile
            self._fill_in_sizes(model)

    @property
    def facts(self) -> ModelFacts:
        """What was typed."""
        return ModelFacts(
            kind=ItemKind(self.kind.data),
            name=self.name.data or "",
            ean=self.ean.data or "",
            serial_pattern=self.serial_pattern.data or "",
            litres=self.litres.data or 0,
            weight_g=self.weight_g,
            is_fragile=bool(self.is_fragile.data),
            warranty_months=self.warranty_months.data or 0,
            value_cents=self.value_cents,
        )


class GoodForm(_SizesForm):
    """A bulk good."""

    name = StringField(_l("Name"), filters=[_trimmed], validators=[DataRequired(), Length(max=80)])
    ean = StringField(
        _l("Number under the bar code of its carton (EAN)"),
        filters=[_digits],
        validators=[Optional(), _ean],
    )

    def __init__(self, good: BulkGood | None = None) -> None:
        super().__init__()
        if good is not None and not self.is_submitted():
            self.name.data, self.ean.data = good.name, good.ean
            self._fill_in_sizes(good)

    @property
    def facts(self) -> GoodFacts:
        """What was typed."""
        return GoodFacts(
            name=self.name.data or "",
            ean=self.ean.data or "",
            litres=self.litres.data or 0,
            weight_g=self.weight_g,
            value_cents=self.value_cents,
        )


class TakeInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """So many more of a bulk good."""

    count = IntegerField(
        _l("How many came"), validators=[InputRequired(), NumberRange(1, MOST_GOODS)]
    )


class CountForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What somebody counted in the store."""

    counted = IntegerField(
        _l("How many lie free in the store"),
        validators=[InputRequired(), NumberRange(0, MOST_GOODS)],
    )
    expected = IntegerField(validators=[InputRequired()])
    reason = StringField(
        _l("Why the number was not right"),
        filters=[_trimmed],
        validators=[DataRequired(), Length(max=200)],
    )


class LocationsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One location, or several in a row."""

    kind = SelectField(_l("Kind of location"))
    name = StringField(
        _l("Name"),
        description=_l("Of several, the first one: A-101 and 40 of them make A-101 to A-140."),
        filters=[_trimmed],
        validators=[DataRequired(), Length(max=60)],
    )
    count = IntegerField(
        _l("How many"), default=1, validators=[InputRequired(), NumberRange(1, MOST_LOCATIONS)]
    )

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = [(kind.value, str(_(LOCATION_LABELS[kind]))) for kind in LocationKind]


class LineForm(Form):
    """So many of a kind, in which box; without a kind the line is not there."""

    Meta = _Translated

    kind = SelectField(_l("Kind"), validators=[Optional()])
    count = IntegerField(
        _l("How many"), default=1, validators=[InputRequired(), NumberRange(1, MOST_OF_A_KIND)]
    )
    box_no = IntegerField(
        _l("Box"), default=1, validators=[InputRequired(), NumberRange(1, MOST_BOXES)]
    )
    model_id = SelectField(_l("Usual model"), validators=[Optional()])


class GoodLineForm(Form):
    """So many of a bulk good, in which box; without a good the line is not there."""

    Meta = _Translated

    good_id = SelectField(_l("Small part"), validators=[Optional()])
    count = IntegerField(
        _l("How many"), default=1, validators=[Optional(), NumberRange(1, MOST_OF_A_KIND)]
    )
    box_no = IntegerField(_l("Box"), default=1, validators=[Optional(), NumberRange(1, MOST_BOXES)])


class KitTypeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A kit type: its name, for whom it is, its lines and its bulk goods."""

    name = StringField(_l("Name"), filters=[_trimmed], validators=[DataRequired(), Length(max=80)])
    role = StringField(
        _l("For whom"),
        description=_l("Such as: agent. May stay empty."),
        filters=[_trimmed],
        validators=[Optional(), Length(max=80)],
    )
    lines = FieldList(
        FormField(LineForm), _l("Devices"), min_entries=TYPE_LINES, max_entries=TYPE_LINES
    )
    goods = FieldList(
        FormField(GoodLineForm), _l("Small parts"), min_entries=TYPE_GOODS, max_entries=TYPE_GOODS
    )

    def __init__(
        self,
        models: Sequence[ItemModel] = (),
        goods: Sequence[BulkGood] = (),
        *,
        kit_type: KitType | None = None,
    ) -> None:
        super().__init__(data=None if kit_type is None else _as_typed(kit_type))
        named = model_choices(models, str(_("any")))
        for entry in self.lines:
            entry.form.kind.choices = [("", "–"), *kind_choices()]
            entry.form.model_id.choices = named
        for line in self.goods:
            line.form.good_id.choices = [("", "–"), *((str(one.id), one.name) for one in goods)]

    @property
    def wanted(self) -> list[Wanted]:
        """The lines that name a kind."""
        return [
            Wanted(ItemKind(line["kind"]), line["count"], line["box_no"], _number(line["model_id"]))
            for line in self.lines.data
            if line["kind"]
        ]

    @property
    def wanted_goods(self) -> list[Goods]:
        """The lines that name a bulk good."""
        return [
            Goods(int(line["good_id"]), line["count"] or 1, line["box_no"] or 1)
            for line in self.goods.data
            if line["good_id"]
        ]


def _as_typed(kit_type: KitType) -> dict[str, object]:
    """What a version asks for, as it would be typed."""
    return {
        "name": kit_type.name,
        "role": kit_type.role,
        "lines": [
            {
                "kind": line.kind.value,
                "count": line.count,
                "box_no": line.box_no,
                "model_id": str(line.model_id or ""),
            }
            for line in kit_type.lines
        ],
        "goods": [
            {"good_id": str(row.good_id), "count": row.count, "box_no": row.box_no}
            for row in kit_type.goods
        ],
    }


class TagForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A tag, scanned or typed; what it means is for the house to say."""

    tag = StringField(_l("Asset tag"), filters=[_trimmed], validators=[Length(max=400)])


# --- labels ---------------------------------------------------------------------------------------

REMEMBERED: Final = "label_paper"
"""Where the session keeps the paper used last: for boxes, and for what is small."""


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """The paper, the first free place on it, and whether boxes name their people."""

    paper: LabelFormat
    first_place: int
    with_names: bool

    @classmethod
    def read(
        cls,
        sent: MultiDict[str, str],
        kinds: frozenset[Labelled],
        *,
        kept: MutableMapping[str, Any],
        names: bool,
    ) -> LabelChoice:
        """What was chosen; else the paper used last for such labels, and the house's ``names``.

        A paper that was chosen is ``kept`` for the next time.
        """
        size = Labelled.BOX if Labelled.BOX in kinds else Labelled.ITEM
        remembered: dict[str, str] = kept.get(REMEMBERED) or {}
        paper = BY_KEY.get(sent.get("paper", ""))
        if paper is not None:
            kept[REMEMBERED] = {**remembered, size.value: paper.key}
        else:
            paper = BY_KEY.get(remembered.get(size.value, "")) or usual_format(kinds)
        place = sent.get(f"place-{paper.key}", 1, type=int)
        wanted = sent.get("names", "")
        return cls(
            paper=paper,
            first_place=min(max(place, 1), paper.places),
            with_names=wanted == "1" if wanted in {"0", "1"} else names,
        )
