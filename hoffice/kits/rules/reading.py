"""What a scanned code is: a device, a serial number, a box, a place, an article, or nobody's.

Codes come from hand scanners, cameras and fingers. A hand scanner types like a keyboard; one that
believes in another keyboard than the machine behind it types ``K00017ß1`` for ``K00017-1``. What
was meant is found by asking for every spelling at once:

1. :func:`spellings` names all the ways in which the code may be written in the tables,
2. whoever reads tables fetches what is :class:`Known` under them (``scanning.read`` does both),
3. :func:`read` decides.

Pure: standard library and the house's own words only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from hoffice.kits.rules import patterns
from hoffice.kits.rules.codes import is_box_code

LONGEST: Final = 400
"""So many signs of a code are looked at."""
LOCATION_CODE: Final = re.compile(r"L\d{5,}")
OWN_PATH: Final = "/geraete/"
"""Where the addresses on our own labels lead."""

_AMERICAN: Final = "yzYZ-_=+[]{}\\|;:'\"/?<>@#^&*()`~"
_GERMAN: Final = "zyZYß?´`ü+Ü*#'öÖäÄ-_;:\"§&/()=^°"
_MEANT_BY_AMERICAN: Final = str.maketrans(_GERMAN, _AMERICAN)
"""What a scanner set to an American keyboard meant, by what a German machine understood."""
_MEANT_BY_GERMAN: Final = str.maketrans(_AMERICAN, _GERMAN)
"""The other way round: a scanner set to German at a machine set to English."""
_ONLY_GERMAN: Final = frozenset("ßöäüÖÄÜ§´°")
"""Signs that stand on no label; where they come, a scanner types them by mistake."""
_ON_NO_LABEL: Final = frozenset("{}[]|\\;'\"<>@^`~")
"""American signs that stand on no label either: what becomes one of these, fingers have typed."""

_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""What some scanners put before each code to say which kind of bar code it was."""
_CALLED_SERIAL: Final = re.compile(r"(?:S/N|SN|SER(?:IAL)?(?: ?NO)?)\.?(?:: ?| )", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"\d{12,14}")


class What(StrEnum):
    """What a code turned out to be."""

    NOTHING = "nothing"
    ITEM = "item"
    """The tag of a device; ``id`` is the item."""
    SERIAL = "serial"
    """A serial number of devices we have; ``id`` is the item, None when several have it."""
    BOX = "box"
    """A box; ``id`` is None when there is no such box."""
    PLACE = "place"
    """A desk, shelf, room or repair shop; ``id`` is None when there is no such place."""
    MODEL = "model"
    """The article number of a model; ``id`` is the model."""
    GOOD = "good"
    """The article number of a bulk good; ``id`` is the good."""
    ARTICLE = "article"
    """An article number (EAN) that no model and no good has."""
    ADDRESS = "address"
    """A web address that is not one of ours."""
    NEW_SERIAL = "new_serial"
    """Nobody's yet, but it says itself that it is a serial number ("S/N: …")."""
    UNKNOWN = "unknown"
    """Nobody's yet: a new tag, or a new serial number; ``models`` may tell."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables know under the spellings of a code: texts in capitals to row numbers."""

    tags: Mapping[str, int] = field(default_factory=dict)
    serials: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    boxes: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)
    models: Mapping[str, int] = field(default_factory=dict)
    """Article numbers of models, without zeros at the front."""
    goods: Mapping[str, int] = field(default_factory=dict)
    """Article numbers of bulk goods, without zeros at the front."""
    patterns: tuple[tuple[int, str], ...] = ()
    """Model and serial pattern of all models in use."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a code is."""

    what: What
    text: str
    """What the label says, in capitals; of an address of ours the last part."""
    id: int | None = None
    items: tuple[int, ...] = ()
    """Of a serial number, all devices that have it."""
    models: tuple[int, ...] = ()
    """Of a code that nobody knows, the models whose serial numbers look like this."""
    is_put_right: bool = False
    """The scanner believes in another keyboard; ``text`` is what it meant."""


def capitals(text: str) -> str:
    """A text in capitals, sign for sign: ``ß`` stays one sign."""
    return "".join(sign if sign == "ß" else sign.upper() for sign in text)


def cleaned(code: str) -> str:
    """A code without what scanners put around it: control signs, blanks, the kind of bar code."""
    plain = "".join(sign for sign in code[:LONGEST] if sign.isprintable()).strip()
    prefix = _SYMBOLOGY.match(plain)
    return plain[prefix.end() :].strip() if prefix else plain


def _ways(code: str, *, swapped: bool) -> list[tuple[str, bool]]:
    """The code as it came, and as another keyboard would have had it; the likeliest first."""
    plain = cleaned(code)
    meant = [(cleaned(plain.translate(_MEANT_BY_AMERICAN)), True)]
    other = [(cleaned(plain.translate(_MEANT_BY_GERMAN)), True)]
    asis = [(plain, False)]
    found = meant + asis + other if swapped else asis + meant + other
    first: dict[str, bool] = {}
    for text, is_put_right in found:
        first.setdefault(text, is_put_right and text != plain)
    return list(first.items())


def _is_address(text: str) -> bool:
    return "://" in text


def _label(text: str) -> str:
    """What stands on the label: of an address its last part."""
    if _is_address(text):
        text = text.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return capitals(text.strip())


def _serials(text: str) -> tuple[str, ...]:
    """The serial numbers that a code may hold: itself, or without the letters that name it.

    By ANSI MH10.8.2 an ``S`` before it says that a serial number follows.
    """
    label = _label(text)
    bare = _CALLED_SERIAL.sub("", label, count=1)
    return tuple(dict.fromkeys((bare, label, label.removeprefix("S"))))


def spellings(code: str) -> frozenset[str]:
    """Every text under which this code may stand in the tables: in capitals, and as it came."""
    found: set[str] = set()
    for text, _put_right in _ways(code, swapped=False):
        found.add(text)
        for spelling in (_label(text), *_serials(text)):
            digits = spelling.lstrip("0")
            found.add(spelling)
            if digits.isdecimal():
                found |= {digits, digits.zfill(8), digits.zfill(12), digits.zfill(13)}
    return frozenset(found - {""})


def read(code: str, known: Known, *, swapped: bool = False) -> Reading:
    """What this code is.

    What is known counts, in this order: a tag, a box, a place, a serial number, an article; in
    each spelling, as it came first. ``swapped`` says that this scanner was seen to believe in an
    American keyboard: then what it meant comes first.
    """
    ways = [way for way in _ways(code, swapped=swapped) if way[0]]
    if not ways:
        return Reading(What.NOTHING, "")
    for text, is_put_right in ways:
        found = _known(text, known, is_put_right=is_put_right)
        if found is not None:
            return found
    return _unknown(cleaned(code), known, swapped=swapped)


def _known(text: str, known: Known, *, is_put_right: bool) -> Reading | None:
    label = _label(text)
    for what, table in (
        (What.ITEM, known.tags),
        (What.BOX, known.boxes),
        (What.PLACE, known.places),
    ):
        if label in table:
            return Reading(what, label, table[label], is_put_right=is_put_right)
    for serial in _serials(text):
        items = known.serials.get(serial, ())
        if items:
            only = items[0] if len(items) == 1 else None
            return Reading(What.SERIAL, serial, only, items, is_put_right=is_put_right)
    article = label.lstrip("0") if label.isdecimal() else ""
    for what, table in ((What.MODEL, known.models), (What.GOOD, known.goods)):
        if article and article in table:
            return Reading(what, label, table[article], is_put_right=is_put_right)
    return None


def _unknown(plain: str, known: Known, *, swapped: bool) -> Reading:
    """What a code is that no table has, by its looks."""
    meant = cleaned(plain.translate(_MEANT_BY_AMERICAN))
    is_odd = bool(_ONLY_GERMAN & set(plain)) and not _ONLY_GERMAN & set(meant)
    is_typed = bool(_ON_NO_LABEL & set(meant))
    text, is_put_right = plain, False
    is_likelier = (_looks(meant) and not _looks(plain)) or (
        bool(_fits(meant, known)) and not _fits(plain, known)
    )
    if meant != plain and (is_likelier or ((swapped or is_odd) and not is_typed)):
        text, is_put_right = meant, True
    label, models = _label(text), _fits(text, known)
    what = What.UNKNOWN
    if is_box_code(label):
        what = What.BOX
    elif LOCATION_CODE.fullmatch(label):
        what = What.PLACE
    elif _CALLED_SERIAL.match(label):
        label, what = _serials(text)[0], What.NEW_SERIAL
    elif _is_address(text) and OWN_PATH not in text.lower() and not models:
        what, label = What.ADDRESS, text
    elif is_article_number(label) and not models:
        what = What.ARTICLE
    return Reading(what, label, models=models, is_put_right=is_put_right)


def _looks(text: str) -> bool:
    """Whether a text looks like the number of a box or a place, of which we know the form."""
    label = _label(text)
    return is_box_code(label) or LOCATION_CODE.fullmatch(label) is not None


def _fits(text: str, known: Known) -> tuple[int, ...]:
    for serial in _serials(text):
        found = patterns.fitting(serial, known.patterns)
        if found:
            return found
    return ()


def is_article_number(text: str) -> bool:
    """Whether this is a GTIN of 12 to 14 digits (UPC, EAN) whose last digit is right.

    Shorter ones are left out: every tenth number of eight digits would pass for one.
    """
    if _ARTICLE.fullmatch(text) is None:
        return False
    return (
        sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(text[:-1])))
        % (10)
        == (10 - int(text[-1])) % 10
    )
