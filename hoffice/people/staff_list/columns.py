"""Which column of a staff list holds what: a guess with its confidence, and the last word to HR."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum

from hoffice.errors import N_, Refused


class Field(StrEnum):
    """What a column may hold; the value is the name under which it is stored and translated."""

    PERSONNEL_NUMBER = "personnel_number"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    TEAM = "team"
    CLIENTS = "clients"
    LANGUAGE = "language"
    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    WEEKLY_HOURS = "weekly_hours"
    STREET = "street"
    HOUSENUMBER = "housenumber"
    STREET_LINE = "street_line"
    POSTCODE = "postcode"
    CITY = "city"
    ADDRESS_LINE = "address_line"
    FLOOR = "floor"
    LIFT = "lift"
    BELL = "bell"
    PARKING = "parking"
    ACCESS_NOTE = "access_note"
    LAT = "lat"
    LON = "lon"
    KIT_TYPE = "kit_type"


LABELS: AnyMapping[Field, str] = {
    Field.PERSONNEL_NUMBER: N_("Personnel number"),
    Field.FIRST_NAME: N_("First name"),
    Field.LAST_NAME: N_("Last name"),
    Field.NAME: N_("Name in one column"),
    Field.EMAIL: N_("E-mail"),
    Field.PHONE: N_("Phone"),
    Field.TEAM: N_("Team"),
    Field.CLIENTS: N_("Clients"),
    Field.LANGUAGE: N_("Language"),
    Field.STARTS_ON: N_("First day"),
    Field.ENDS_ON: N_("Last day"),
    Field.WEEKLY_HOURS: N_("Weekly hours"),
    Field.STREET: N_("Street"),
    Field.HOUSENUMBER: N_("House number"),
    Field.STREET_LINE: N_("Street with house number"),
    Field.POSTCODE: N_("Postcode"),
    Field.CITY: N_("City"),
    Field.ADDRESS_LINE: N_("Address in one column"),
    Field.FLOOR: N_("Floor"),
    Field.LIFT: N_("Lift"),
    Field.BELL: N_("Name at the bell"),
    Field.PARKING: N_("Parking"),
    Field.ACCESS_NOTE: N_("Access note"),
    Field.LAT: N_("Latitude"),
    Field.LON: N_("Longitude"),
    Field.KIT_TYPE: N_("Kit type"),
}
"""How a field is called on a page (a message id)."""

SURE = 0.9
"""From this confidence on a guess need not be asked."""
CERTAIN, IN_CONTEXT, CONTAINED, SIMILAR = 1.0, 0.9, 0.7, 0.6
SHORTEST_PART = 5
SIMILARITY = 0.86

_WORDS: AnyMapping[Field, str] = {
    Field.PERSONNEL_NUMBER: (
        "personalnummer personalnr persnr pernr persnummer pnr mitarbeiternummer mitarbeiternr "
        "manr mitarbeiterid personalid employeenumber employeeno employeeid empid empno "
        "personnelnumber personnelno personnelid staffnumber staffid stammnummer stammnr"
    ),
    Field.FIRST_NAME: "vorname vornamen vorna rufname firstname givenname forename duevovorname",
    Field.LAST_NAME: (
        "nachname nachn familienname zuname lastname surname familyname duevofamilienname"
    ),
    Field.NAME: (
        "name vollername namevorname nachnamevorname vornamenachname vornamename fullname "
        "displayname anzeigename mitarbeiter mitarbeitername mitarbeiterin employee employeename "
        "ename cname"
    ),
    Field.EMAIL: (
        "email emailadresse mail mailadresse emailaddress usridlong emaildienstlich dienstmail "
        "workemail emailprivat"
    ),
    Field.PHONE: (
        "mobil mobiltelefon mobilnummer handy handynummer mobile mobilephone telefon "
        "telefonnummer telefonnr telnr tel phone phonenumber telefonprivat privatetelefonnummer "
        "festnetz rufnummer"
    ),
    Field.TEAM: (
        "team abteilung abt bereich department orgeh organisationseinheit orgeinheit gruppe "
        "teamname kostenstelle costcenter unit"
    ),
    Field.CLIENTS: (
        "auftraggeber auftraggeberin client clients kunde kunden projekt projekte project "
        "projects customer customers mandant mandanten"
    ),
    Field.LANGUAGE: "sprache language korrespondenzsprache sprachschluessel sprsl spras lang",
    Field.STARTS_ON: (
        "eintritt eintrittsdatum eintrittam einstellungsdatum beginn vertragsbeginn begda "
        "startdatum startson startdate hiredate dateofjoining ersteintrittsdatum erstertag "
        "beschaeftigtseit"
    ),
    Field.ENDS_ON: (
        "austritt austrittsdatum austrittam ende vertragsende endda enddatum endson enddate "
        "terminationdate contractenddate letztertag befristetbis lastday"
    ),
    Field.WEEKLY_HOURS: (
        "wochenstunden stundenprowoche wochenarbeitszeit stunden arbeitszeit wostd weeklyhours "
        "weeklyworkinghours hoursperweek hours stdwoche individuellewochenarbeitszeit arbst"
    ),
    Field.STREET: "strassenname street streetname adressestrassenname",
    Field.HOUSENUMBER: (
        "hausnummer hausnr hnr hsnr hsnmr housenumber houseno housenr adressestrassenr streetnumber"
    ),
    Field.STREET_LINE: (
        "strasse stras strassehausnummer strassehausnr strassehnr strassenr strasseundhausnummer "
        "strasseundhausnr strasseundnr strassemithausnummer streetline streetaddress "
        "addressline1 streetandnumber streetandhousenumber"
    ),
    Field.POSTCODE: (
        "plz postleitzahl pstlz postcode postalcode zip zipcode zippostalcode adresseplz"
    ),
    Field.CITY: "ort stadt wohnort ort01 city town adresseort place",
    Field.ADDRESS_LINE: (
        "adresse anschrift wohnanschrift privatadresse privatanschrift lieferadresse address "
        "addressline fulladdress homeaddress plzort ortplz plzundort postcodecity wohnadresse"
    ),
    Field.FLOOR: "etage stock stockwerk geschoss floor storey",
    Field.LIFT: "aufzug fahrstuhl lift elevator aufzugvorhanden",
    Field.BELL: "klingel klingelname klingelschild namederklingel bell doorbell nameatthebell",
    Field.PARKING: "parken parkplatz parkmoeglichkeit parking haltemoeglichkeit",
    Field.ACCESS_NOTE: (
        "zugang zugangshinweis hinweis lieferhinweis hinweise bemerkung bemerkungen notiz "
        "anmerkung adresszusatz zusatz accessnote note notes deliverynote addressline2"
    ),
    Field.LAT: "lat latitude breite breitengrad geobreite",
    Field.LON: "lon lng long longitude laenge laengengrad geolaenge",
    Field.KIT_TYPE: "kit kittyp kittype geraetesatz ausstattung arbeitsplatztyp equipment hardware",
}
SYNONYMS: AnyMapping[str, Field] = {
    word: field for field, words in _WORDS.items() for word in words.split()
}
_OTHER_PEOPLE = re.compile(
    "geburt|birth|notfall|emergency|vorgesetz|manager|leiter|supervisor|iban|steuer|bank|frueher"
)
"""Columns about somebody or something else, whatever they contain besides."""
_PARENTHESES = re.compile(r"\([^)]*\)|\[[^]]*\]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column seems to hold, and how sure that is (1 is certain)."""

    field: Field
    confidence: float


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column holds what; one place per column of the header, None for columns left out."""

    header: tuple[str, ...]
    columns: tuple[Guess | None, ...]

    @property
    def fields(self) -> frozenset[Field]:
        """Every field that some column holds."""
        return frozenset(guess.field for guess in self.columns if guess)

    def index_of(self, field: Field) -> int | None:
        """The column that holds the field."""
        for index, column in enumerate(self.columns):
            if column and column.field is field:
                return index
        return None

    def missing(self) -> tuple[Field, ...]:
        """Required fields without a column; nothing can be imported before HR names them."""
        number = () if Field.PERSONNEL_NUMBER in self.fields else (Field.PERSONNEL_NUMBER,)
        halves = {Field.FIRST_NAME, Field.LAST_NAME} & self.fields
        if Field.NAME in self.fields or len(halves) == 2:  # noqa: PLR2004  # both halves
            return number
        if not halves:
            return (*number, Field.NAME)
        other = Field.LAST_NAME if Field.FIRST_NAME in halves else Field.FIRST_NAME
        return (*number, other)

    def recommended(self) -> tuple[Field, ...]:
        """Fields that are not required, but without which every person must be asked."""
        fields = self.fields
        email = () if Field.EMAIL in fields else (Field.EMAIL,)
        has_street = fields & {Field.STREET, Field.STREET_LINE, Field.ADDRESS_LINE}
        street = () if has_street else (Field.STREET_LINE,)
        has_postcode = fields & {Field.POSTCODE, Field.ADDRESS_LINE}
        return (*email, *street, *(() if has_postcode else (Field.POSTCODE,)))

    def uncertain(self) -> tuple[int, ...]:
        """Columns whose guess should be confirmed by a person."""
        return tuple(
            index
            for index, column in enumerate(self.columns)
            if column and column.confidence < SURE
        )

    def with_column(self, index: int, field: Field | None) -> Mapping:
        """The same mapping with one column decided by a person; a field has only one column."""
        columns = [None if old and old.field is field else old for old in self.columns]
        columns[index] = Guess(field, CERTAIN) if field else None
        return replace(self, columns=tuple(columns))

    def to_json(self) -> dict[str, object]:
        """Plain lists and texts, for a form or a job."""
        return {
            "header": list(self.header),
            "columns": [[c.field.value, c.confidence] if c else None for c in self.columns],
        }

    @classmethod
    def from_json(cls, value: object) -> Mapping:
        """The mapping that ``to_json`` wrote.

        :raises Refused: when it is something else, or gives one field to two columns.
        """
        try:
            header, columns = _checked(value)
        except (LookupError, TypeError, ValueError) as error:
            raise Refused(
                N_("The assignment of the columns is damaged. Upload the list again.")
            ) from error
        mapping = cls(header, columns)
        if len(mapping.fields) < sum(column is not None for column in columns):
            raise Refused(
                N_("Two columns hold the same field. Choose one of them and leave out the other.")
            )
        return mapping


def _checked(value: object) -> tuple[tuple[str, ...], tuple[Guess | None, ...]]:
    if not isinstance(value, dict):
        raise TypeError(value)
    header = tuple(str(name) for name in value["header"])
    columns = tuple(
        Guess(Field(column[0]), float(column[1])) if column else None for column in value["columns"]
    )
    if len(header) != len(columns):
        raise ValueError(value)
    return header, columns


def folded(header: str) -> str:
    """A column name without case, umlauts, blanks and marks: ``Straße / Nr.`` is ``strassenr``."""
    text = unicodedata.normalize("NFKC", header).split("#")[0].casefold().translate(_UMLAUTS)
    bare = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in bare if letter.isalnum() and letter.isascii())


def guess(header: Sequence[str]) -> Mapping:
    """What each column seems to hold, by its name and its neighbours; no field twice."""
    guesses = [_by_name(name) for name in header]
    keys = [folded(name) for name in header]
    _look_around(keys, guesses)
    best: dict[Field, int] = {}
    for index, column in enumerate(guesses):
        if column is None:
            continue
        rival = best.get(column.field)
        rival_guess = None if rival is None else guesses[rival]
        if rival is None or (rival_guess and column.confidence > rival_guess.confidence):
            best[column.field] = index
    kept = set(best.values())
    columns = (column if index in kept else None for index, column in enumerate(guesses))
    return Mapping(tuple(header), tuple(columns))


def _by_name(name: str) -> Guess | None:
    """A guess by the column's name alone."""
    key = folded(name)
    if key in SYNONYMS:
        return Guess(SYNONYMS[key], CERTAIN)
    without = folded(_PARENTHESES.sub("", name))
    if without in SYNONYMS:
        return Guess(SYNONYMS[without], IN_CONTEXT)
    if len(key) < SHORTEST_PART or _OTHER_PEOPLE.search(key):
        return None
    inside = [word for word in SYNONYMS if len(word) >= SHORTEST_PART and word in key]
    if inside:
        return Guess(SYNONYMS[max(inside, key=len)], CONTAINED)
    close = get_close_matches(key, SYNONYMS, 1, SIMILARITY)
    return Guess(SYNONYMS[close[0]], SIMILAR) if close else None


def _look_around(keys: Sequence[str], guesses: list[Guess | None]) -> None:
    """Decide the names that mean different things beside different neighbours."""

    def fields() -> set[Field]:
        return {column.field for column in guesses if column}

    for index, key in enumerate(keys):
        before = guesses[index - 1] if index else None
        if key in {"nr", "nummer", "no", "number"}:
            street = before and before.field in {Field.STREET, Field.STREET_LINE}
            field = Field.HOUSENUMBER if street else Field.PERSONNEL_NUMBER
            guesses[index] = Guess(field, IN_CONTEXT if street else SIMILAR)
    for index, key in enumerate(keys):
        if key == "name" and Field.FIRST_NAME in fields() and Field.LAST_NAME not in fields():
            guesses[index] = Guess(Field.LAST_NAME, IN_CONTEXT)
        elif key == "name" and Field.LAST_NAME in fields() and Field.FIRST_NAME not in fields():
            guesses[index] = Guess(Field.FIRST_NAME, SIMILAR)
        elif key in {"strasse", "stras"} and Field.HOUSENUMBER in fields():
            guesses[index] = Guess(Field.STREET, CERTAIN)
        elif key in {"street", "strassenname"} and Field.HOUSENUMBER not in fields():
            guesses[index] = Guess(Field.STREET_LINE, IN_CONTEXT)
        elif key in {"adresse", "anschrift", "address"} and Field.POSTCODE in fields():
            has_street = fields() & {Field.STREET, Field.STREET_LINE}
            guesses[index] = None if has_street else Guess(Field.STREET_LINE, IN_CONTEXT)
