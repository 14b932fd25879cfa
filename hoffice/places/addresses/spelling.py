"""One spelling for every way to write a street, a house number or a town.

Two names with the same key are the same name; the keys of the 9,766 street names of the official
Berlin register make no two addresses one (see docs/places.md#spelling).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_SPELLED_OUT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "ł": "l", "đ": "d"}
)
_ABBREVIATIONS: Final = (
    (re.compile(r"str(?:\.|(?![a-z]))"), "strasse"),
    (re.compile(r"pl\.|pl(?=$)"), "platz"),
    (re.compile(r"(?<![a-z])st\.\s?"), "sankt "),
    (re.compile(r"(?<![a-z])(?:al\.)"), "allee"),
    (re.compile(r"(?<![a-z])ch\.|chauss?\."), "chaussee"),
    (re.compile(r"(?<![a-z])dr\."), "doktor "),
    (re.compile(r"(?<![a-z])prof\."), "professor "),
)
_NOT_IN_A_KEY: Final = re.compile(r"[^a-z0-9]+")
_NUMBER_WORD: Final = re.compile(r"^(?:hausnummer|haus-?nr|nr|no|№|#)\.?\s*")
_BLANKS: Final = re.compile(r"\s+")
_LEADING_ZEROS: Final = re.compile(r"(?<![\da-z])0+(?=\d)")
_NUMBER: Final = re.compile(r"(\d+)([a-z]*)(.*)")
_TOWN_NOISE: Final = re.compile(
    r"\([^()]*\)|(?<![a-z])(?:ot|ortsteil|bezirk|gemeinde|stadt|landeshauptstadt)(?![a-z])\.?"
)


@lru_cache(maxsize=65_536)
def street_key(name: str) -> str:
    """The key of a street: lower case, umlauts spelled out, “Str.” as “strasse”, no other signs."""
    text = _folded(name)
    for pattern, word in _ABBREVIATIONS:
        text = pattern.sub(word, text)
    return _NOT_IN_A_KEY.sub("", text)


def number_key(number: str) -> str:
    """The key of a house number: ``12 A`` is ``12a``, ``014`` is ``14``, ``14 – 38`` ``14-38``."""
    if number.isdigit() and number.isascii() and number[0] != "0":
        return number
    text = _folded(number).strip()
    text = _NUMBER_WORD.sub("", text)
    text = _BLANKS.sub("", text).replace("–", "-").replace("—", "-").replace("\\", "/").strip(".,;")
    return _LEADING_ZEROS.sub("", text)


def bare_number(key: str) -> int | None:
    """The number a house number begins with: 12 of ``12a``, 14 of ``14-38``, None without one."""
    found = _NUMBER.match(key)
    return int(found[1]) if found and len(found[1]) <= LONGEST_NUMBER else None


LONGEST_NUMBER: Final = 5
"""More digits are no house number."""


def is_range(key: str) -> bool:
    """Whether a house number names several houses: ``14-38``, ``21/22``."""
    return "-" in key or "/" in key or "+" in key


@lru_cache(maxsize=8_192)
def town_key(name: str) -> str:
    """The key of a town or district, without “OT”, “Stadt” and what stands in brackets."""
    return _NOT_IN_A_KEY.sub("", _TOWN_NOISE.sub(" ", _folded(name)))


def _folded(text: str) -> str:
    """Lower case, umlauts spelled out, other accents taken off."""
    low = unicodedata.normalize("NFC", text).lower().translate(_SPELLED_OUT)
    if low.isascii():
        return low
    bare = unicodedata.normalize("NFKD", low)
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).lower()
