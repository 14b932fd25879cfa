"""What people type about devices and kits: its shape, not its truth."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from hoffice.kits.rules import KIND_LABELS, ItemKind, Wanted
from hoffice.kits.rules.labels import BY_KEY, LabelFormat, Labelled, usual_format
from hoffice.kits.service import MOST_AT_ONCE

TAG_LENGTH = 40
TYPE_LINES = 12
"""So many lines a new kit type can have."""
MOST_OF_A_KIND = 20
MOST_BOXES = 9
GRAMS_PER_KG = 1000


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()


def kind_choices() -> list[tuple[str, str]]:
    """Every kind in the reader's language."""
    return [(kind.value, str(_(KIND_LABELS[kind]))) for kind in ItemKind]


class KilogramField(DecimalField):
    """A number with a comma or a point: people type both."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the comma as a point."""
        super().process_formdata([text.strip().replace(",", ".") for text in valuelist])


class ItemForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One device, or several like ones in a row."""

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
    weight_kg = KilogramField(_l("Weight in kg"), validators=[Optional(), NumberRange(0, 200)])
    litres = IntegerField(_l("Volume in litres"), validators=[Optional(), NumberRange(0, 2000)])
    is_fragile = BooleanField(_l("Fragile"))

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = kind_choices()

    @property
    def weight_g(self) -> int:
        """The weight as it is stored."""
        return int((self.weight_kg.data or Decimal(0)) * GRAMS_PER_KG)

    def validate_serial(self, field: StringField) -> None:
        """One serial number cannot belong to several devices."""
        if field.data and (self.count.data or 1) > 1:
            field.errors = [_("Several devices cannot have the same serial number.")]


class LineForm(Form):
    """So many of a kind, in which box; without a kind the line is not there."""

    kind = SelectField(_l("Kind"), validators=[Optional()])
    count = IntegerField(
        _l("How many"), default=1, validators=[InputRequired(), NumberRange(1, MOST_OF_A_KIND)]
    )
    box_no = IntegerField(
        _l("Box"), default=1, validators=[InputRequired(), NumberRange(1, MOST_BOXES)]
    )


class KitTypeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A kit type: its name and its lines."""

    name = StringField(_l("Name"), filters=[_trimmed], validators=[DataRequired(), Length(max=80)])
    lines = FieldList(FormField(LineForm), min_entries=TYPE_LINES, max_entries=TYPE_LINES)

    def __init__(self) -> None:
        super().__init__()
        for entry in self.lines:
            entry.form.kind.choices = [("", "–"), *kind_choices()]

    @property
    def wanted(self) -> list[Wanted]:
        """The lines that name a kind."""
        return [
            Wanted(ItemKind(line["kind"]), line["count"], line["box_no"])
            for line in self.lines.data
            if line["kind"]
        ]


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
