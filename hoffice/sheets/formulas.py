"""Which texts a spreadsheet would calculate, and the apostrophe that keeps it from doing so.

``disarm`` and ``rearm`` undo each other for every text, so what we export can be imported again.
Source of the characters: OWASP, "CSV Injection"; see docs/staff-list.md#formulas.
"""

from __future__ import annotations

import re

_LOOKS_LIVE = re.compile(r"'*(?:[\t\r\n]|[\s\u200b\u200c\u200d\u2060\ufeff]*[=+\-@＝＋－＠])")
"""An apostrophe in front changes nothing: it may be one of ours."""

_PLAIN = re.compile(r"[+\-]?[\d\s()./,\-]*[%€]?|[+\-]{1,3}")
"""A number, a phone number, or the dash that people put where nothing is."""

_LEFT_BARE = re.compile(r"-(?:\d+(?:[.,]\d+)?)?")
"""A negative number or a single dash: Excel shows both as they are."""

ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
    | {"#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!", "#KALK!"}
)
"""What Excel writes into a cell it could not calculate, in English and German."""


def looks_live(text: str) -> bool:
    """Whether a spreadsheet might calculate this text when it stands bare in a CSV file."""
    return _LOOKS_LIVE.match(text) is not None


def is_plain(text: str) -> bool:
    """Whether the text is only a number or a phone number, such as ``+49 30 123`` or ``-5``."""
    return _PLAIN.fullmatch(text.strip()) is not None


def disarm(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet might calculate.

    Phone numbers get one too: Excel would make 49 of ``+49``.
    """
    if looks_live(text) and _LEFT_BARE.fullmatch(text) is None:
        return f"'{text}"
    return text


def rearm(text: str) -> str:
    """The text as it was before ``disarm``."""
    if text.startswith("'") and looks_live(text[1:]):
        return text[1:]
    return text
