"""Devices, the catalogue, places and small parts as tables that can be taken home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _

from hoffice.errors import N_
from hoffice.kits import words
from hoffice.kits.queries import export_records as records
from hoffice.kits.queries import exports as reading
from hoffice.kits.rules import ATTACHMENT_LABELS, LOCATION_LABELS, HolderKind
from hoffice.kits.rules.item_list import LABELS, Field
from hoffice.kits.views.export_words import (
    Rows,
    Whole,
    euros,
    here,
    kilos,
    known_names,
    name_in,
    papers,
    said,
    yes,
)
from hoffice.kits.views.naming import AT_LOCATIONS, Actors

# --- devices --------------------------------------------------------------------------------------


def _items() -> Rows:
    """As a list of devices is read again: what is exported here comes back as unchanged."""
    names = known_names()
    numbers = reading.personnel_numbers(names.people)
    for item, kind, number in reading.item_rows():
        is_person, is_place = kind is HolderKind.EMPLOYEE, kind in AT_LOCATIONS
        yield (
            item.asset_tag,
            words.kind(item.kind),
            item.model,
            item.serial,
            words.condition(item.condition),
            words.item_state(item.state),
            names.people.get(number, "") if is_person else "",
            numbers.get(number, "") if is_person else "",
            names.locations.get(number, "") if is_place else "",
            item.bought_on,
            euros(item.value_cents),
            item.warranty_until,
            kilos(item.weight_g),
            item.litres or None,
            yes(item.is_fragile),
            item.note,
        )


def _kits() -> Rows:
    loose = reading.tags_without_box()
    for row in reading.kit_rows():
        yield (
            row.id,
            name_in(row),
            row.personnel_number,
            row.name,
            row.version,
            row.devices,
            ", ".join(loose.get(row.id, [])),
            here(row.created_at),
            here(row.dissolved_at),
        )


def _boxes() -> Rows:
    tags, goods = reading.tags_by_box(), reading.goods_by_box()
    for row in reading.box_rows():
        yield (
            row.code,
            row.kit_id,
            name_in(row),
            row.personnel_number,
            row.number,
            words.box_state(row.state),
            ", ".join(tags.get(row.id, [])),
            ", ".join(goods.get(row.id, [])),
            here(row.packed_at),
            here(row.loaded_at),
            here(row.handed_over_at),
        )


def _ledger() -> Rows:
    names, actors, paper = known_names(), Actors.everybody(), papers()
    for row in reading.ledger_rows():
        yield (
            row.id,
            row.asset_tag,
            here(row.at),
            names.of(row.from_kind, row.from_id),
            names.of(row.to_kind, row.to_id),
            actors.of(row.by),
            paper(row.because),
            here(row.recorded_at),
            row.corrects_id,
            row.note,
        )


def _files() -> Rows:
    actors, thing = Actors.everybody(), things()
    for one, file in records.attachment_rows():
        yield (
            thing(one.subject),
            said(ATTACHMENT_LABELS, one.kind),
            one.note,
            here(one.at),
            actors.of(one.by),
            file.name,
            file.size,
            file.sha256,
        )


def things() -> Callable[[str], str]:
    """Says what a photo is about: a tag, the number of a kit or a return, a label; never a name."""
    tags, codes = records.tags_with_files(), records.codes_of_locations()
    others = {"kit": str(_("Kit %(number)s")), "return": str(_("Return %(number)s"))}

    def thing(subject: str) -> str:
        kind, _colon, text = subject.partition(":")
        number = int(text) if text.isdigit() else 0
        known = {"item": tags, "location": codes}.get(kind, {}).get(number)
        return known or (others[kind] % {"number": number} if kind in others else subject)

    return thing


# --- the catalogue, small parts, places -----------------------------------------------------------


def _models() -> Rows:
    for (one,) in reading.model_rows():
        yield (
            words.kind(one.kind),
            one.name,
            one.ean,
            one.serial_pattern,
            one.litres or None,
            kilos(one.weight_g),
            yes(one.is_fragile),
            one.warranty_months or None,
            euros(one.value_cents),
            here(one.retired_at),
        )


def _types() -> Rows:
    for row in reading.type_rows():
        yield (
            row.name,
            row.role,
            row.version,
            row.box_no,
            row.count,
            words.kind(row.kind) if row.kind is not None else row.count and str(_("Small part")),
            row.model,
            here(row.superseded_at),
            here(row.retired_at),
        )


def _locations() -> Rows:
    for row in reading.location_rows():
        yield (
            row.code,
            row.name,
            said(LOCATION_LABELS, row.kind),
            row.devices,
            here(row.created_at),
            here(row.retired_at),
        )


def _goods() -> Rows:
    for (one,) in reading.good_rows():
        yield (
            one.name,
            one.ean,
            one.litres or None,
            kilos(one.weight_g),
            euros(one.value_cents),
            here(one.retired_at),
        )


def _good_holders() -> Rows:
    names = known_names()
    for row in reading.good_holder_rows():
        yield (row.name, names.of(row.holder_kind, row.holder_id), row.count)


def _good_ledger() -> Rows:
    names, actors, paper = known_names(), Actors.everybody(), papers()
    for row in reading.good_ledger_rows():
        yield (
            row.id,
            row.name,
            row.count,
            here(row.at),
            names.of(row.from_kind, row.from_id),
            names.of(row.to_kind, row.to_id),
            actors.of(row.by),
            paper(row.because),
            here(row.recorded_at),
            row.note,
        )


FILE_HEADER: Final = (
    N_("What it is about"),
    N_("What it shows"),
    N_("Note"),
    N_("Kept on"),
    N_("By whom"),
)
"""What is said of a photo; name, size and fingerprint come after."""

DEVICES: Final[Mapping[str, Whole]] = {
    "devices": Whole(
        N_("Devices"),
        [
            LABELS[field]
            for field in (
                Field.TAG,
                Field.KIND,
                Field.MODEL,
                Field.SERIAL,
                Field.CONDITION,
                Field.STATUS,
                Field.HOLDER,
                Field.HOLDER_NUMBER,
                Field.LOCATION,
                Field.BOUGHT_ON,
                Field.VALUE,
                Field.WARRANTY_UNTIL,
                Field.WEIGHT,
                Field.LITRES,
                Field.FRAGILE,
                Field.NOTE,
            )
        ],
        _items,
    ),
    "kits": Whole(
        N_("Kits"),
        (
            N_("Number"),
            N_("Person"),
            N_("Personnel number"),
            N_("Kit type"),
            N_("Version"),
            N_("Devices"),
            N_("Not in a box"),
            N_("Given on"),
            N_("Dissolved on"),
        ),
        _kits,
    ),
    "boxes": Whole(
        N_("Boxes"),
        (
            N_("Box"),
            N_("Kit"),
            N_("Person"),
            N_("Personnel number"),
            N_("No."),
            N_("State"),
            N_("Content"),
            N_("Small parts"),
            N_("Packed on"),
            N_("Loaded on"),
            N_("Handed over on"),
        ),
        _boxes,
    ),
    "ledger": Whole(
        N_("Ledger"),
        (
            N_("No."),
            N_("Asset tag"),
            N_("Since"),
            N_("From"),
            N_("To"),
            N_("By whom"),
            N_("Because of"),
            N_("Written on"),
            N_("Corrects no."),
            N_("Note"),
        ),
        _ledger,
    ),
    "files": Whole(
        N_("Photos and papers"),
        (*FILE_HEADER, N_("File"), N_("Bytes"), N_("SHA-256")),
        _files,
    ),
}

CATALOGUE: Final[Mapping[str, Whole]] = {
    "models": Whole(
        N_("Models"),
        (
            N_("Kind"),
            N_("Model"),
            N_("EAN"),
            N_("How its serial numbers look"),
            N_("Litres"),
            N_("Weight in kg"),
            N_("Fragile"),
            N_("Warranty in months"),
            N_("Value in €"),
            N_("No longer offered since"),
        ),
        _models,
    ),
    "types": Whole(
        N_("Kit types"),
        (
            N_("Kit type"),
            N_("For whom"),
            N_("Version"),
            N_("Box no."),
            N_("Count"),
            N_("Kind"),
            N_("Model"),
            N_("Replaced on"),
            N_("No longer offered since"),
        ),
        _types,
    ),
    "locations": Whole(
        N_("Locations"),
        (
            N_("Label"),
            N_("Name"),
            N_("Kind"),
            N_("Devices"),
            N_("Since"),
            N_("No longer used since"),
        ),
        _locations,
    ),
    "parts": Whole(
        N_("Small parts"),
        (
            N_("Small part"),
            N_("EAN"),
            N_("Litres"),
            N_("Weight in kg"),
            N_("Value in €"),
            N_("No longer offered since"),
        ),
        _goods,
    ),
    "parts-held": Whole(
        N_("Small parts: who has them"),
        (N_("Small part"), N_("Who has it"), N_("Count")),
        _good_holders,
    ),
    "parts-ledger": Whole(
        N_("Small parts: ledger"),
        (
            N_("No."),
            N_("Small part"),
            N_("Count"),
            N_("Since"),
            N_("From"),
            N_("To"),
            N_("By whom"),
            N_("Because of"),
            N_("Written on"),
            N_("Note"),
        ),
        _good_ledger,
    ),
}
