"""Which column of a list of devices holds what: a guess by its heading, and the last word to IT."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hoffice.errors import N_, Refused
from hoffice.people.staff_list.columns import folded


class Field(StrEnum):
    """What a column may hold; the value is the name under which it is stored."""

    TAG = "tag"
    SERIAL = "serial"
    KIND = "kind"
    MAKER = "maker"
    MODEL = "model"
    MODEL_NO = "model_no"
    CONDITION = "condition"
    BOUGHT_ON = "bought_on"
    VALUE = "value"
    WARRANTY = "warranty"
    WARRANTY_UNTIL = "warranty_until"
    WEIGHT = "weight"
    LITRES = "litres"
    FRAGILE = "fragile"
    NOTE = "note"
    HOLDER = "holder"
    HOLDER_NUMBER = "holder_number"
    LOCATION = "location"
    STATUS = "status"


LABELS: Final[AnyMapping[Field, str]] = {
    Field.TAG: N_("Asset tag"),
    Field.SERIAL: N_("Serial number"),
    Field.KIND: N_("Kind"),
    Field.MAKER: N_("Maker"),
    Field.MODEL: N_("Model"),
    Field.MODEL_NO: N_("Model number"),
    Field.CONDITION: N_("Condition"),
    Field.BOUGHT_ON: N_("Bought on"),
    Field.VALUE: N_("Value in euros"),
    Field.WARRANTY: N_("Warranty in months"),
    Field.WARRANTY_UNTIL: N_("Warranty until"),
    Field.WEIGHT: N_("Weight in kg"),
    Field.LITRES: N_("Volume in litres"),
    Field.FRAGILE: N_("Fragile"),
    Field.NOTE: N_("Note"),
    Field.HOLDER: N_("Who has it"),
    Field.HOLDER_NUMBER: N_("Personnel number of who has it"),
    Field.LOCATION: N_("Location"),
    Field.STATUS: N_("State"),
}
"""How a field is called on a page (a message id)."""

NEW_ONLY: Final = (Field.HOLDER, Field.HOLDER_NUMBER, Field.LOCATION, Field.STATUS)
"""Said of new devices only: where a known one is, its ledger knows better than a list."""

_WORDS: Final[AnyMapping[Field, str]] = {
    Field.TAG: (
        "assettag asset tag inventarnummer inventarnr inventar invnr invnummer inventoryno "
        "inventorynumber inventarisierungsnummer anlagennummer geraetenummer geraetenr assetid "
        "assetno assetnumber etikett kennung"
    ),
    Field.SERIAL: (
        "serial serialnumber serialno serialnr sn seriennummer seriennr seriennummern servicetag "
        "snr fabriknummer"
    ),
    Field.KIND: (
        "kind category kategorie art geraeteart geraetetyp typ type devicetype assettype "
        "itemtype klasse geraet"
    ),
    Field.MAKER: "manufacturer hersteller maker marke brand vendor",
    Field.MODEL: ("model modell modellname modelname modellbezeichnung"),
    Field.MODEL_NO: "modelno modelnumber modellnummer modellnr artikelnummer partnumber",
    Field.CONDITION: "condition zustand",
    Field.BOUGHT_ON: (
        "purchasedate purchased boughton gekauftam kaufdatum anschaffungsdatum angeschafftam "
        "anschaffung rechnungsdatum lieferdatum einkaufsdatum"
    ),
    Field.VALUE: (
        "purchasecost cost price preis kaufpreis anschaffungskosten anschaffungswert wert value "
        "wertineuro valueineuros purchaseprice einkaufspreis betrag nettopreis"
    ),
    Field.WARRANTY: (
        "warranty garantie gewaehrleistung warrantymonths garantiemonate garantieinmonaten "
        "warrantyinmonths garantiezeit"
    ),
    Field.WARRANTY_UNTIL: (
        "warrantyuntil warrantyexpires warrantyexpiration warrantyend warrantyenddate "
        "garantiebis garantieende garantieablauf endedergarantie garantieendetam"
    ),
    Field.WEIGHT: "weight gewicht gewichtinkg weightinkg gewichtkg weightkg kg",
    Field.LITRES: "litres liters liter volumen volume volumeninlitern volumeinlitres",
    Field.FRAGILE: "fragile zerbrechlich",
    Field.NOTE: "note notes notiz notizen bemerkung bemerkungen kommentar comment anmerkung",
    Field.HOLDER: (
        "checkedoutto checkedout assignedto assignee werhates wereshat whohasit ausgegebenan "
        "zugewiesenan nutzer benutzer user besitzer inhaber mitarbeiter mitarbeiterin employee "
        "person holder verwender"
    ),
    Field.HOLDER_NUMBER: (
        "employeenumber employeeno employeenum personnelnumber personalnummer personalnr "
        "mitarbeiternummer personalnummerderperson personnelnumberofwhohasit "
        "personnelnumberofholder"
    ),
    Field.LOCATION: (
        "location standort ort platz raum arbeitsplatz lagerort lagerplatz room desk place"
    ),
    Field.STATUS: "status state stand statuslabel statustype bestandsstatus",
}
SYNONYMS: Final[AnyMapping[str, Field]] = {
    word: field for field, words in _WORDS.items() for word in words.split()
}
_LEAST: Final = (
    "bezeichnung beschreibung description produkt product artikel geraetename assetname "
    "itemname name"
)
_ELSE: Final = dict.fromkeys(_LEAST.split(), Field.MODEL)
"""What counts where no column is called by a better name."""
_ASIDE: Final = re.compile(r"\([^)]*\)|\[[^]]*\]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; one place per column of the header, None for those left out."""

    header: tuple[str, ...]
    fields: tuple[Field | None, ...]

    def index_of(self, field: Field) -> int | None:
        """The column that holds the field."""
        return self.fields.index(field) if field in self.fields else None

    @property
    def is_usable(self) -> bool:
        """Whether a device can be told from another: by its tag."""
        return Field.TAG in self.fields

    def to_json(self) -> dict[str, object]:
        """As it is stored with the list."""
        return {"fields": [None if field is None else field.value for field in self.fields]}

    @classmethod
    def from_json(cls, header: Sequence[str], value: AnyMapping[str, object]) -> Columns:
        """What ``to_json`` wrote."""
        names = value.get("fields")
        if not isinstance(names, list) or len(names) != len(header):
            raise Refused(N_("The assignment of the columns is damaged. Upload the list again."))
        return cls(tuple(header), tuple(Field(name) if name else None for name in names))


def guess(header: Sequence[str]) -> Columns:
    """What each column holds, by its heading in German, English or a Snipe-IT export.

    No field twice: the first column of that name counts, an exact heading before a longer one.
    """
    exact = [SYNONYMS.get(folded(name)) for name in header]
    loose = [SYNONYMS.get(folded(_ASIDE.sub("", name))) for name in header]
    least = [_ELSE.get(folded(name)) for name in header]
    taken: set[Field] = set()
    found: list[Field | None] = [None] * len(header)
    for choices in (exact, loose, least):
        for index, field in enumerate(choices):
            if field is not None and found[index] is None and field not in taken:
                found[index] = field
                taken.add(field)
    return Columns(tuple(header), tuple(found))


def assigned(header: Sequence[str], fields: Sequence[Field | None]) -> Columns:
    """The columns as somebody says.

    :raises Refused: when a field has two columns, or the form did not fit the list.
    """
    if len(fields) != len(header):
        raise Refused(N_("The assignment of the columns is damaged. Upload the list again."))
    given = [field for field in fields if field is not None]
    if len(given) != len(set(given)):
        raise Refused(
            N_("Two columns hold the same field. Choose one of them and leave out the other.")
        )
    return Columns(tuple(header), tuple(fields))
