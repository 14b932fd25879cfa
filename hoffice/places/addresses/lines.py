"""Addresses as people write them: street, house number, and what belongs on the access note."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LONGEST_LINE: Final = 300
"""Longer texts are no address; they are not searched."""

_NUMBER: Final = (
    r"\d{1,4}(?!\d)\s?[a-zA-Z]?(?![a-zA-Z])"
    r"(?:\s?[-–/+]\s?(?:\d{1,4}(?!\d)\s?[a-zA-Z]?|[pP]\d{1,3}|[a-zA-Z])(?![a-zA-Z\d]))*"
)
"""Whole digits only: of “18AC” the house is never 1, and of “10000” never 1000. “40/p11” is how
Brandenburg's surveyors write a flat."""
_STREET_LINE = re.compile(
    rf"(?P<street>.*?[^\d\s]\.?\s*|.*?\d[a-zA-Z]?[\s,]+)(?P<number>{_NUMBER})"
)
_HOUSENUMBER = re.compile(
    r"(?:(?i:hausnummer|haus-?nr|nr|no)\.?\s*)?"
    rf"(?P<number>{_NUMBER}|\d{{1,4}}(?!\d))(?P<rest>.*)"
)
_NUMBER_WORD = re.compile(r"[\s,]+(?:nr|no|hausnummer)\.?\s*$", re.IGNORECASE)
_BARE_STREET = re.compile(r"(?:str(?:aße|asse|\.)?|weg|allee|platz)", re.IGNORECASE)
_NOTE = re.compile(
    r"(?<![\w-])(?:"
    r"c\s?/\s?o\b|co\.?/|z\.\s?h(?:d)?\.|bei\s+[A-ZÄÖÜ]"
    r"|(?i:hinterhaus|hinterhof|vorderhaus|seitenflügel|seitenfluegel|quergebäude|quergebaeude"
    r"|gartenhaus|remise|innenhof|aufgang|eingang|treppe|haus|gebäude|block|wohnung|whg|apartment"
    r"|apt|app|hinten|vorne|klingel|klingeln|erdgeschoss|dachgeschoss|souterrain|hochparterre"
    r"|parterre|tür|zimmer)\b"
    r"|(?:HH|VH|GH|SF|QG|QGB|EG|DG|UG|WE|HP)\b"
    r"|\d{1,2}\s?\.?\s?(?i:og|etage|stock|stockwerk|obergeschoss|hof|hh|ug)\b"
    r"|(?i:erster|zweiter|dritter|vierter|fünfter|[1-9]\.)\s(?i:stock|etage|hof|hinterhof)\b"
    r")"
)
_CARE_OF = re.compile(r"(?P<note>c\s?/\s?o\s[^,;]{1,80})[,;]\s*(?P<line>.+)", re.IGNORECASE)
_PLACE = re.compile(r"(?:^|[\s,;])(?:D-|DE-|D |)(?P<postcode>\d{5})\s+(?P<city>[^\d\s,;][^,;]*)")
_SHORT_PLACE = re.compile(r",\s*(?:[A-Z]{1,2}-)?(?P<postcode>\d{4})\s+(?P<city>[^\d\s,;][^,;]+)$")
"""A postcode without its leading zero, or one of a neighbouring country; behind a comma only."""
_COUNTRY = re.compile(r"[\s,;]+(?:deutschland|germany|brd)\s*$", re.IGNORECASE)
_UPPER_FLOOR = re.compile(
    r"(\d{1,2})\s?\.?\s?(?:og|etage|stock|stockwerk|obergeschoss)\b", re.IGNORECASE
)
_GROUND_FLOOR = re.compile(
    r"\b(?:eg|erdgeschoss|parterre|hochparterre|ground floor)\b", re.IGNORECASE
)
_BELOW = re.compile(r"\b(?:ug|souterrain|untergeschoss|keller)\b", re.IGNORECASE)
_BARE_FLOOR = re.compile(r"(-?\d{1,2})(?!\d)\.?")
_EDGES: Final = " ,;/-–("
HIGHEST_FLOOR: Final = 60


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an address; what could not be told apart stays in the street."""

    street: str = ""
    housenumber: str = ""
    postcode: str = ""
    city: str = ""
    note: str = ""


def split_street(line: str) -> Parts:
    """Street, house number and door note of a line such as “Sonnenallee 112, HH 3. OG”.

    The house number is the last group of digits that ends the line: “Straße des 17. Juni 135” has
    135, “Straße 12 7” has 7, and “Straße des 17. Juni” has none.
    """
    if len(line) > LONGEST_LINE:
        return Parts(street=line)
    if care_of := _CARE_OF.fullmatch(line):
        home = split_street(care_of["line"])
        return Parts(home.street, home.housenumber, note=joined(care_of["note"], home.note))
    note = _NOTE.search(line)
    while note:
        parts = _street_and_number(line[: note.start()].rstrip(_EDGES))
        if parts:
            return Parts(*parts, note=_note(line[note.start() :]))
        note = _NOTE.search(line, note.start() + 1)
    parts = _street_and_number(line.rstrip(_EDGES))
    if parts:
        return Parts(*parts)
    head, _, tail = line.partition(",")
    parts = _street_and_number(head.rstrip(_EDGES))
    if parts and tail.strip():
        return Parts(*parts, note=_note(tail))
    head, bracket, tail = line.partition("(")
    parts = _street_and_number(head.rstrip(_EDGES)) if bracket else None
    return Parts(*parts, note=_note(tail)) if parts else Parts(street=line)


def _street_and_number(text: str) -> tuple[str, str] | None:
    match = _STREET_LINE.fullmatch(text)
    if match is None:
        return None
    street = _NUMBER_WORD.sub("", match["street"]).strip(" ,;")
    if _BARE_STREET.fullmatch(street):
        return None  # “Straße 12” is the name of a street in Berlin, not a house
    return street, tight(match["number"])


def tight(housenumber: str) -> str:
    """A house number without blanks: ``12 a`` is ``12a``, ``14 - 38`` is ``14-38``."""
    return "".join(housenumber.split()).replace("–", "-")


def split_housenumber(text: str) -> tuple[str, str]:
    """The house number of its own column, and what people wrote behind it."""
    match = _HOUSENUMBER.fullmatch(text)
    if match is None:
        return "", text
    return tight(match["number"]), _note(match["rest"])


def is_door_note(text: str) -> bool:
    """Whether a word of the text is about the door: a floor, a back house, “c/o”."""
    return bool(_NOTE.search(text))


def split_care_of(text: str) -> tuple[str, str]:
    """The address behind “c/o somebody,” and that beginning, which may be missing."""
    care_of = _CARE_OF.fullmatch(text)
    return (care_of["line"], care_of["note"]) if care_of else (text, "")


def split_note(text: str) -> tuple[str, str]:
    """The street of a column without house numbers, and the door note behind it."""
    comma = text.partition(",")
    if comma[2] and _NOTE.match(comma[2].strip()):
        return comma[0].strip(), _note(comma[2])
    return text, ""


def split_address(line: str) -> Parts:
    """All parts of an address in one cell; without a postcode the whole line is the street."""
    if len(line) > LONGEST_LINE:
        return Parts(street=line)
    text = _COUNTRY.sub("", line)
    place = None
    for place in _PLACE.finditer(text):  # noqa: B007  # the last one counts
        pass
    place = place or _SHORT_PLACE.search(text)
    if place is None:
        return split_street(text)
    before, after = text[: place.start()].strip(_EDGES), text[place.end() :].strip(_EDGES)
    city = place["city"].strip()
    if not before:
        home = split_street(after) if after else Parts()
        return Parts(home.street, home.housenumber, place["postcode"], city, home.note)
    home = split_street(before)
    note = joined(home.note, after)
    return Parts(home.street, home.housenumber, place["postcode"], city, note)


def floor_of(note: str) -> int | None:
    """The floor a note speaks of in words: “3. OG links” is 3, “EG” is 0, “Souterrain” is -1."""
    if upper := _UPPER_FLOOR.search(note):
        floor = int(upper[1])
        return floor if floor <= HIGHEST_FLOOR else None
    if _GROUND_FLOOR.search(note):
        return 0
    return -1 if _BELOW.search(note) else None


def floor_in_column(text: str) -> int | None:
    """The floor of a cell in the column for it, where a bare number is one: “3 links” is 3."""
    floor = floor_of(text)
    bare = _BARE_FLOOR.match(text)
    if floor is None and bare and abs(int(bare[1])) <= HIGHEST_FLOOR:
        return int(bare[1])
    return floor


def is_bare_floor(text: str) -> bool:
    """Whether the text is a floor and nothing else, so that no note is lost."""
    rest = _BARE_FLOOR.sub("", _BELOW.sub("", _GROUND_FLOOR.sub("", _UPPER_FLOOR.sub("", text, 1))))
    return not rest.strip(_EDGES + ".")


def joined(*notes: str) -> str:
    """Notes behind each other, each said only once."""
    kept: list[str] = []
    for note in notes:
        if note and not any(note in other for other in kept):
            kept.append(note)
    return ", ".join(kept)


def _note(text: str) -> str:
    """A note without the marks that parted it from the address."""
    note = text.strip(_EDGES)
    return note if "(" in note else note.rstrip(" )")
