"""From four columns of wild spelling to what is looked up.

What belongs to the door and not to the point (“c/o Kaya”, “Hinterhaus, 3. OG links”) is kept as a
note; what cannot be an address in Germany is said so, before anything is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from hoffice.places.addresses import lines
from hoffice.places.addresses.spelling import is_range, number_key, street_key, town_key
from hoffice.places.rules import Address, Finding

LONGEST: Final = 250
"""Characters of a whole address; the longest real one has about 110."""

_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]")
_COUNTRY_MARK = re.compile(r"^(?:D|DE)\s*[-–]?\s*(?=\d)", re.IGNORECASE)
_FOREIGN_POSTCODE = re.compile(
    r"(?!DE?[^A-Z])[A-Z]{1,3}\s*[-–]?\s*\d{3,6}|\d{2}-\d{3}|\d{3}\s\d{2}|\d{5}-\d{4}"
)
_POSTCODE = re.compile(r"\d{5}")
_LOST_ZERO = re.compile(r"\d{4}")
_TOWN_WITH_POSTCODE = re.compile(r"(?:(?:D|DE)\s*[-–]?\s*)?(\d{5})(?:\s+(.+))?", re.IGNORECASE)
_NO_DIGITS = re.compile(r"[^\W\d][^\d]*")
_SIDE = re.compile(r"(?:links|rechts|mitte|hinten|vorne|li|re|mi)\.?", re.IGNORECASE)
_PO_BOX = re.compile(r"(?<!\w)(?:postfach|p\.?\s?o\.?\s?box|postlagernd)(?!\w)", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?<!\w)(?:schräg\s+)?(?:ggü|ggue|gegenüber(?:\s+(?:von|vom))?|gegenueber|zwischen|zw|neben"
    r"|(?:auf\s+|in\s+)?höhe|nähe|ecke|eingang|hausnr|hausnummer)(?!\w)[.:]?",
    re.IGNORECASE,
)
_WHOLE_FLOAT = re.compile(r"(\d{1,4})[.,]0")
"""A house number that a spreadsheet took for an amount."""
_PLAIN_STREET = re.compile(r"[A-ZÄÖÜ][A-Za-zÄÖÜäöüßé.-]+(?:[ -][A-ZÄÖÜ][A-Za-zÄÖÜäöüßé.-]+)*")
_PLAIN_NUMBER = re.compile(r"\d{1,4}[A-Za-z]?")
"""Nine addresses in ten: nothing to take apart."""
_DATE_BEGINS = re.compile(r"(?<!\w)(?:des|am|vom)$", re.IGNORECASE)
_NUMBER_AT_END = re.compile(r"(?<=[a-zß.])\s?(\d{1,4}[a-z]?)$", re.IGNORECASE)
_GERMANY = frozenset({"deutschland", "germany", "brd", "de", "allemagne"})
_STATES_OF_GERMANY = frozenset({"brandenburg", "berlin"})
_ABROAD = frozenset(
    """
    oesterreich austria schweiz switzerland suisse polen poland polska daenemark denmark
    frankreich france niederlande netherlands nederland holland belgien belgium luxemburg
    luxembourg tschechien czechia tschechischerepublik czechrepublic italien italy spanien
    spain portugal grossbritannien greatbritain england unitedkingdom uk irland ireland
    schweden sweden norwegen norway finnland finland ungarn hungary rumaenien romania
    bulgarien bulgaria kroatien croatia slowenien slovenia slowakei slovakia griechenland
    greece tuerkei turkey tuerkiye ukraine russland russia litauen lithuania lettland latvia
    estland estonia liechtenstein usa us unitedstates unitedstatesofamerica amerika kanada
    canada mexiko mexico brasilien brazil indien india china japan israel australien
    australia alabama alaska arizona arkansas california kalifornien colorado connecticut
    delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana
    maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska
    nevada newhampshire newjersey newmexico newyork northcarolina northdakota ohio oklahoma
    oregon pennsylvania rhodeisland southcarolina southdakota tennessee texas utah vermont
    virginia washington westvirginia wisconsin wyoming
    wien vienna zuerich zurich basel bern genf geneve lausanne salzburg innsbruck klagenfurt
    bregenz warschau warszawa stettin szczecin breslau wroclaw posen poznan danzig gdansk
    krakau krakow slubice prag praha kopenhagen kobenhavn paris strassburg strasbourg london
    amsterdam rotterdam bruessel bruxelles brussels mailand milano madrid barcelona budapest
    bratislava kyjiw kiew istanbul
    """.split()  # noqa: SIM905  # a list of ninety quoted words reads worse
)
"""Countries, large cities near by, and the states that have a Berlin of their own; compared as
keys of what follows a comma, stands in brackets, or is the whole town."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An address ready to be looked up."""

    typed: Address
    """As written, cleaned of invisible signs and needless blanks."""
    street: str
    number: str
    """Normalised house number; empty when there is none."""
    alternatives: tuple[str, ...]
    """Simpler numbers to try, the best first: the first of a range, then without its letter."""
    postcode: str
    """Five digits, or empty."""
    city: str
    note: str
    is_beside: bool = False
    """The number is only near: “gegenüber”, “zwischen 88 und 89”."""
    findings: tuple[Finding, ...] = ()
    """What forbids looking it up, or is to be said in any case."""

    @property
    def key(self) -> str:
        """The normalised street."""
        return street_key(self.street)

    @property
    def stops_here(self) -> bool:
        """Whether looking it up makes no sense."""
        return any(finding in _STOPS for finding in self.findings)


_STOPS: Final = frozenset({Finding.TOO_LONG, Finding.PO_BOX, Finding.ABROAD})


def read(address: Address) -> Asked:
    """Take an address apart, whichever column its parts were written into."""
    typed = Address(
        _cleaned(address.street),
        _cleaned(address.housenumber),
        _cleaned(address.postcode),
        _cleaned(address.city),
    )
    if sum(map(len, (typed.street, typed.housenumber, typed.postcode, typed.city))) > LONGEST:
        return _unread(typed, Finding.TOO_LONG)
    if _PO_BOX.search(typed.street):
        return _unread(typed, Finding.PO_BOX)
    parts = _parts(typed)
    postcode, postcode_finding = _postcode(parts.postcode)
    city, is_abroad = _city(parts.city)
    is_abroad = is_abroad or _city(parts.street.partition(",")[2])[1]  # “Berlin, Connecticut”
    findings: tuple[Finding, ...] = (postcode_finding,) if postcode_finding else ()
    if is_abroad and Finding.ABROAD not in findings:
        findings += (Finding.ABROAD,)
    key = number_key(parts.housenumber)
    return Asked(
        typed, parts.street, key, _alternatives(key), postcode, city, parts.note, findings=findings
    )


def _unread(typed: Address, finding: Finding) -> Asked:
    return Asked(typed, typed.street, "", (), "", "", "", findings=(finding,))


def plainer(asked: Asked) -> Iterator[Asked]:
    """Other readings, to be tried only when the street as written is not known.

    “Rütlistraße 1-3” with the number once more in its own column; “Goltzstraße gegenüber”. Streets
    such as “Privatstraße 4” and “Kreuzberger Höhe” exist, so the words as written come first.
    """
    doubled = lines.split_street(asked.street)
    if asked.number and _agree(doubled.housenumber, asked.number):
        yield replace(asked, street=doubled.street, note=lines.joined(doubled.note, asked.note))
    street, count = _BESIDE.subn(" ", asked.street)
    street = " ".join(street.split()).strip(" ,:;")
    if not count or not street:
        return
    number = asked.number
    glued = _NUMBER_AT_END.search(street.partition(",")[0])
    if glued:
        number, street = number_key(glued[1]), street.partition(",")[0][: glued.start()].strip()
    yield replace(
        asked,
        street=street,
        number=number,
        alternatives=_alternatives(number),
        note=lines.joined(asked.typed.street, asked.note),
        is_beside=True,
    )


def _cleaned(text: str) -> str:
    if text.isalnum():
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _parts(typed: Address) -> lines.Parts:
    """Street, number, postcode, town and door note from whatever column holds them."""
    if _is_plain(typed):
        return lines.Parts(typed.street, typed.housenumber, typed.postcode, typed.city)
    if _DATE_BEGINS.search(typed.street):  # “Straße des” and “17. Juni 135” in two columns
        typed = replace(typed, street=f"{typed.street} {typed.housenumber}", housenumber="")
    if _POSTCODE.fullmatch(typed.street) and not typed.postcode:
        return lines.Parts("", typed.housenumber, typed.street, typed.city)
    whole = lines.split_address(typed.street)
    number, rest = lines.split_housenumber(_WHOLE_FLOAT.sub(r"\1", typed.housenumber))
    if number:
        if whole.postcode or (whole.housenumber and ("," in typed.street or "(" in typed.street)):
            street, note = whole.street, whole.note
            if whole.housenumber and not _agree(whole.housenumber, number):
                street = f"{street} {whole.housenumber}"  # which of the two counts is asked
        else:
            street, care_of = lines.split_care_of(typed.street)
            street, note = lines.split_note(street)
            note = lines.joined(care_of, note)
        note = lines.joined(note, rest)
    else:
        if not typed.postcode and not typed.city:
            whole = _with_place(whole)
        street, number, note = whole.street, whole.housenumber, lines.joined(whole.note, rest)
    city = typed.city
    postcode = typed.postcode
    town = _TOWN_WITH_POSTCODE.fullmatch(city)
    if town:
        postcode, city = postcode or town[1], town[2] or ""
    return lines.Parts(street, number, postcode or whole.postcode, city or whole.city, note)


def _agree(in_street: str, in_column: str) -> bool:
    """Whether two columns name one house: the same number, or a range and where it begins."""
    written, number = number_key(in_street), number_key(in_column)
    return written == number or (is_range(written) and number in _alternatives(written)[:1])


def _with_place(whole: lines.Parts) -> lines.Parts:
    """An address in one column; a town or a country behind the house is no door note.

    “Sonnenallee 112, Potsdam” would else be looked for in Berlin.
    """
    pieces = [piece.strip() for piece in whole.note.split(",")]
    places: list[str] = []
    while pieces and _is_place(pieces[-1], is_country_only=bool(whole.city)):
        places.insert(0, pieces.pop())
    note, postcode = ", ".join(pieces), whole.postcode
    if pieces and not postcode and _POSTCODE.fullmatch(pieces[-1]):
        note, postcode = ", ".join(pieces[:-1]), pieces[-1]
    city = ", ".join(filter(None, (whole.city, *places)))
    return replace(whole, postcode=postcode, city=city, note=note)


def _is_place(piece: str, *, is_country_only: bool) -> bool:
    """Whether it can be a town or a country, rather than a word about the door."""
    if is_country_only:
        return town_key(piece) in _ABROAD
    is_door = lines.is_door_note(piece) or _SIDE.fullmatch(piece)
    return bool(_NO_DIGITS.fullmatch(piece)) and not is_door


def _is_plain(typed: Address) -> bool:
    """Whether every column holds what it is called."""
    return bool(
        _PLAIN_NUMBER.fullmatch(typed.housenumber)
        and _PLAIN_STREET.fullmatch(typed.street)
        and (typed.city.isalpha() or not _TOWN_WITH_POSTCODE.fullmatch(typed.city))
        and not _BESIDE.search(typed.street)
    )


def _alternatives(key: str) -> tuple[str, ...]:
    """Simpler house numbers: of ``48a/49`` they are ``48a`` and ``48``."""
    if key.isdigit():
        return ()
    tries = []
    first = re.match(r"\d+[a-z]?", key)
    if first and is_range(key):
        tries.append(first[0])
    bare = re.match(r"\d+", key)
    if bare and bare[0] not in (key, *tries):
        tries.append(bare[0])
    return tuple(tries)


def _postcode(text: str) -> tuple[str, Finding | None]:
    """Five digits, or nothing and why."""
    if not text:
        return "", None
    if _FOREIGN_POSTCODE.fullmatch(text.upper()):
        return "", Finding.ABROAD
    bare = _COUNTRY_MARK.sub("", text).replace(" ", "").removesuffix(".0")
    if _POSTCODE.fullmatch(bare):
        return bare, None
    if _LOST_ZERO.fullmatch(bare):
        return f"0{bare}", None  # spreadsheets drop the leading zero
    return "", Finding.POSTCODE_UNKNOWN


def _city(text: str) -> tuple[str, bool]:
    """The town without its country, and whether it lies abroad."""
    if not text:
        return "", False
    pieces = [piece.strip() for piece in re.split(r"[,;()/]", text) if piece.strip()]
    keys = [town_key(piece) for piece in pieces]
    if any(key in _ABROAD for key in keys):
        return text, True
    kept = [
        piece
        for place, (piece, key) in enumerate(zip(pieces, keys, strict=True))
        if key not in _GERMANY and not (place and key in _STATES_OF_GERMANY)
    ]
    return ", ".join(kept), False
