"""Text that people typed, made harmless for paper and pages: one line, no control signs, capped."""

from __future__ import annotations

import unicodedata

FIELD_CHARS = 420
"""A field of a text is a name, an address, a number: longer is a mistake or an attack."""

WORD_CHARS = 60
"""Longer words stall line breaking; the longest German place names have about 60 letters."""

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Unicode categories never printed: control, format (zero width, right-to-left), surrogates."""


def one_line(text: str, *, chars: int = FIELD_CHARS, word: int = WORD_CHARS) -> str:
    """The text on one line: composed letters, single spaces, no invisible signs, at most ``chars``.

    A word beyond ``word`` letters is broken by a plain space, never by a zero-width sign, so that
    what is printed, copied and read aloud is the same.
    """
    composed = unicodedata.normalize("NFC", text[: chars * 4])
    seen = composed if composed.isprintable() else "".join(map(_visible, composed))
    words = seen.split()
    if max(map(len, words), default=0) > word:
        words = [part for whole in words for part in _pieces(whole, word)]
    return _cut(" ".join(words), chars)


def _visible(sign: str) -> str:
    if sign in "\t\n\r\f\v\x1c\x1d\x1e\x1f\x85\u2028\u2029":
        return " "
    return "" if unicodedata.category(sign) in _INVISIBLE else sign


def _pieces(whole: str, size: int) -> list[str]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def _cut(line: str, chars: int) -> str:
    if len(line) <= chars:
        return line
    return line[: chars - 1].rstrip() + "…"
