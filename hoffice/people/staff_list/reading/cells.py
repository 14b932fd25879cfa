"""What one cell of a staff list means: dates, hours, yes and no, numbers, names."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Final

from hoffice.errors import N_

MOST_HOURS: Final = Decimal(60)
"""§ 3 ArbZG: six days of ten hours are the most anybody may work in a week."""
PIVOT: Final = 70
"""``24.11.69`` is 2069, ``24.11.70`` is 1970."""
UNLIMITED_FROM: Final = 2200
"""Years from here on mean “without an end” (SAP writes 31.12.9999)."""
FIRST_YEAR: Final = 1940
LONGEST_TEXT: Final = 200
LONGEST_NOTE: Final = 1_000
SHORT_YEAR: Final = 2

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_NOTHING = frozenset({"", "-", "--", "---", "–", "—", "/", "n/a", "k.a.", "k. a.", "keine angabe"})
_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?:\s+0?0:00(?::00)?)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_PACKED_DATE = re.compile(r"((?:19|20|99)\d{2})(\d{2})(\d{2})")
_HOURS = re.compile(r"(\d{1,2})(?:[.,](\d{1,2})0*|:([0-5]\d))?\s*(?:h|std\.?|stunden|hours)?")
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\.]+(?:\.[^\s@<>\"(),:;\[\]\\.]+)+")
_DEGREES = re.compile(r"([+\-]?\d{1,3})(?:[.,](\d{1,15}))?\s*°?\s*[NEO]?")
_POSTCODE = re.compile(r"(?:D|DE)?[-\s]*(\d{4,5})(?:\.0)?", re.IGNORECASE)
_PARTICLES = frozenset(
    {"von", "vom", "van", "de", "der", "den", "del", "della", "di", "da", "dos", "du", "zu", "zur"}
    | {"zum", "el", "al", "bin", "ben", "ibn", "la", "le", "ten", "ter", "af", "av", "mc", "st."}
)
_YES = frozenset({"ja", "j", "yes", "y", "x", "1", "true", "wahr", "vorhanden", "✓", "oui"})
_NO = frozenset({"nein", "n", "no", "0", "false", "falsch", "keiner", "kein", "nicht vorhanden"})
_LANGUAGES = {
    **dict.fromkeys(("de", "d", "deu", "ger", "deutsch", "german", "de-de"), "de"),
    **dict.fromkeys(("en", "e", "eng", "englisch", "english", "en-gb", "en-us"), "en"),
}
_UNLIMITED = frozenset({"unbefristet", "offen", "unlimited", "permanent", "open"})


class Unclear(Exception):
    """A cell cannot be read without guessing; ``reason`` is a message id with line and value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def cleaned(raw: str) -> str:
    """One line of text without invisible signs and needless blanks; a bare dash is nothing."""
    if raw.isascii() and raw.isalnum():
        return raw
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", raw))
    text = " ".join(text.split())
    return "" if text.casefold() in _NOTHING else text


def day(text: str) -> date | None:
    """A German or ISO date; nothing for an empty cell and for “without an end”."""
    if not text or text.casefold() in _UNLIMITED:
        return None
    if match := _GERMAN_DATE.fullmatch(text):
        day_, month, year = match.groups()
    elif match := _ISO_DATE.fullmatch(text) or _PACKED_DATE.fullmatch(text):
        year, month, day_ = match.groups()
    else:
        raise Unclear(
            N_(
                "Line %(line)s, column “%(column)s”: “%(value)s” is not a date we can read. "
                "Write it like 24.11.2026 or 2026-11-24."
            )
        )
    number = int(year)
    if len(year) == SHORT_YEAR:
        number += 2000 if number < PIVOT else 1900
    if number >= UNLIMITED_FROM:
        return None
    try:
        found = date(number, int(month), int(day_))
    except ValueError:
        found = date.min
    if found.year < FIRST_YEAR:
        raise Unclear(
            N_(
                "Line %(line)s, column “%(column)s”: there is no such day as “%(value)s”. "
                "Correct the date in the file."
            )
        )
    return found


def hours(text: str) -> Decimal | None:
    """Weekly hours such as ``38,5``, ``38.5 h`` or ``38:30``."""
    if not text:
        return None
    match = _HOURS.fullmatch(text.casefold())
    if match:
        whole, fraction, minutes = match.groups()
        part = Decimal(int(minutes)) / 60 if minutes else Decimal(f"0.{fraction or 0}")
        found = (Decimal(whole) + part).quantize(Decimal("0.01"))
        if found <= MOST_HOURS:
            return found
    raise Unclear(
        N_(
            "Line %(line)s, column “%(column)s”: “%(value)s” is not a number of weekly hours "
            "between 0 and 60. Write it like 38,5."
        )
    )


def email(text: str) -> str:
    """An e-mail address that looks like one; whether it exists, only a mail can tell."""
    address = text.removeprefix("mailto:").strip("<>;, ")
    if address and (_EMAIL.fullmatch(address) is None or ".." in address):
        raise Unclear(
            N_(
                "Line %(line)s, column “%(column)s”: “%(value)s” is not an e-mail address. "
                "Correct it in the file, or leave the cell empty."
            )
        )
    return address


def language(text: str) -> str:
    """``de`` or ``en``; empty when the cell says nothing."""
    if not text:
        return ""
    found = _LANGUAGES.get(text.casefold())
    if found is None:
        raise Unclear(
            N_(
                "Line %(line)s, column “%(column)s”: we write in German (de) and English (en), "
                "not in “%(value)s”. This person gets German; change it later if that is wrong."
            )
        )
    return found


def yes_or_no(text: str) -> bool | None:
    """Yes, no, or nothing."""
    word = text.casefold()
    if not word:
        return None
    if word in _YES or word in _NO:
        return word in _YES
    raise Unclear(
        N_(
            "Line %(line)s, column “%(column)s”: “%(value)s” is neither “ja” nor “nein”; it is "
            "kept in the access note."
        )
    )


def postcode(text: str) -> tuple[str, bool]:
    """Five digits, and whether a leading zero that a spreadsheet took had to be put back."""
    if not text:
        return "", False
    match = _POSTCODE.fullmatch(text)
    digits = match.group(1).zfill(5) if match else ""
    if not "01001" <= digits <= "99998":
        raise Unclear(
            N_(
                "Line %(line)s, column “%(column)s”: “%(value)s” is not a German postcode. Write "
                "five digits, such as 12045."
            )
        )
    return digits, match is not None and len(match.group(1)) < len(digits)


def degrees(text: str) -> float | None:
    """A coordinate with a decimal comma or point."""
    if not text:
        return None
    match = _DEGREES.fullmatch(text)
    if match is None:
        raise Unclear(
            N_(
                "Line %(line)s, column “%(column)s”: “%(value)s” is not a coordinate. Write "
                "degrees like 52,4812, or leave both coordinates empty."
            )
        )
    return float(f"{match.group(1)}.{match.group(2) or 0}")


def several(text: str) -> tuple[str, ...]:
    """A list in one cell, parted by ``;`` or ``|``, or by commas when there is neither."""
    separators = "[;|]" if ";" in text or "|" in text else ","
    parts = (part.strip() for part in re.split(separators, text))
    return tuple(dict.fromkeys(part for part in parts if part))


def name_parts(text: str) -> tuple[str, str]:
    """First and last name of “Nachname, Vorname” or “Vorname von Nachname”."""
    if "," in text:
        last, _, first = text.partition(",")
        return first.strip(), last.strip()
    words = text.split()
    for index in range(1, len(words)):
        if words[index].casefold() in _PARTICLES and index < len(words) - 1:
            return " ".join(words[:index]), " ".join(words[index:])
    return " ".join(words[:-1]), words[-1] if words else ""
