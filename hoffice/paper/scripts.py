"""Letters that the house's typeface lacks: Arabic, Hebrew, Armenian, Georgian, emoji.

They are shown in a second typeface, Arabic letters joined and words from right to left put in the
order in which they are drawn. A sign that this typeface lacks too is shown as its number in
Unicode, such as `[U+5F20]`: never as an empty box, and never left out.

This is enough for a name or an address within a Latin text; long texts from right to left would
need the whole bidirectional algorithm (UAX 9), above all where they break over lines.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from hoffice.paper import fonts

_MIRRORED: Final = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_OPENING: Final = {")": "(", "]": "[", "}": "{"}
_NUMBERS: Final = {"EN", "AN"}
_FROM_THE_RIGHT: Final = {"R", "AL"}


class Piece(NamedTuple):
    """Letters that follow each other in one typeface, in the order in which they are drawn."""

    text: str
    is_foreign: bool


def is_plain(text: str) -> bool:
    """Whether the house's typeface has all letters, as nearly always."""
    return text.isascii() or fonts.KNOWN.issuperset(text)


def is_shown_whole(text: str) -> bool:
    """Whether all letters can be drawn; False where one is shown as its number."""
    return is_plain(text) or not set(text) - fonts.KNOWN - fonts.other_known()


def pieces(text: str) -> tuple[Piece, ...]:
    """The text in pieces of one typeface each; a plain text is one piece."""
    if is_plain(text):
        return (Piece(text, is_foreign=False),)
    drawn = "".join(_in_order(text, lambda run: _turned(_joined(run))))
    return tuple(
        Piece("".join(letters), is_foreign)
        for is_foreign, letters in groupby(_known(drawn), key=lambda sign: sign not in fonts.KNOWN)
    )


def drawn(text: str) -> str:
    """The text in the second typeface only, for a line that has but one."""
    return "".join(piece.text for piece in pieces(text))


def spoken(shown: str) -> str:
    """Words in the order in which they are read, from those that were put in order for drawing.

    Marks on letters from right to left are left out.
    """
    letters = "".join(sign for sign in shown if unicodedata.bidirectional(sign) != "NSM")
    return unicodedata.normalize("NFKC", "".join(_in_order(letters, _turned)))


def _known(text: str) -> Iterator[str]:
    for sign in text:
        if sign in fonts.KNOWN or _has(sign):
            yield sign
        elif unicodedata.category(sign) in {"Mn", "Me"}:
            continue  # a mark on a letter, such as the colour of an emoji
        else:
            yield from f"[U+{ord(sign):04X}]"


def _has(sign: str) -> bool:
    return sign in fonts.other_known()


def _in_order(text: str, turn: Callable[[str], str]) -> Iterator[str]:
    """Runs from right to left, with what stands between their words, turned round."""
    start = 0
    while start < len(text):
        if unicodedata.bidirectional(text[start]) not in _FROM_THE_RIGHT:
            yield text[start]
            start += 1
            continue
        end = last = start
        while end < len(text) and unicodedata.bidirectional(text[end]) != "L":
            if unicodedata.bidirectional(text[end]) in {*_FROM_THE_RIGHT, "NSM"}:
                last = end
            end += 1
        last += _closed(text, start, last + 1)
        yield turn(text[start : last + 1])
        start = last + 1


def _closed(text: str, start: int, end: int) -> int:
    """How many brackets right behind a run close one that was opened in it."""
    run, count = text[start:end], 0
    for sign in text[end : end + 3]:
        opening = _OPENING.get(sign)
        if opening is None or run.count(opening) <= run.count(sign):
            break
        run, count = run + sign, count + 1
    return count


def _turned(text: str) -> str:
    """From the last letter to the first: marks stay with their letters, numbers as they are.

    A mark is drawn before its letter, at the same place, for it has no width of its own.
    """
    clusters: list[str] = []
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        stays = clusters and unicodedata.bidirectional(clusters[-1][-1]) in _NUMBERS
        if clusters and kind == "NSM":
            clusters[-1] = sign + clusters[-1]
        elif clusters and kind in _NUMBERS and stays:
            clusters[-1] += sign
        else:
            clusters.append(sign)
    return "".join(cluster.translate(_MIRRORED) for cluster in reversed(clusters))


class _Forms(NamedTuple):
    isolated: str
    final: str = ""
    initial: str = ""
    medial: str = ""


@lru_cache(maxsize=1)
def _arabic() -> dict[str, _Forms]:
    """For each Arabic letter, or lam with alef, its four forms, out of Unicode's own tables."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBB2), *range(0xFBD3, 0xFC00), *range(0xFE80, 0xFEFD)):
        kind, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        if letters:
            name = "".join(chr(int(letter, 16)) for letter in letters.split())
            found.setdefault(name, {})[kind.strip("<>")] = chr(code)
    return {
        name: _Forms(**{"isolated": name, **forms})
        for name, forms in found.items()
        if len(name) == 1 or set(name) & set("آأإا")
    }


def _joined(text: str) -> str:
    """Arabic letters in the form they have beside their neighbours."""
    forms = _arabic()
    letters = _clusters(text, forms)
    out = []
    for place, (letter, marks) in enumerate(letters):
        own = forms.get(letter)
        if own is None:
            out.append(letter + marks)
            continue
        before = forms.get(letters[place - 1][0]) if place else None
        after = forms.get(letters[place + 1][0]) if place + 1 < len(letters) else None
        joins_before = before is not None and bool(before.initial) and bool(own.final)
        joins_after = bool(own.initial) and after is not None and bool(after.final)
        form = {
            (True, True): own.medial,
            (True, False): own.final,
            (False, True): own.initial,
        }.get((joins_before, joins_after), own.isolated)
        out.append((form or own.isolated) + marks)
    return "".join(out)


def _clusters(text: str, forms: dict[str, _Forms]) -> list[tuple[str, str]]:
    """Letters with the marks on them; lam and alef are one letter."""
    found: list[tuple[str, str]] = []
    for sign in text:
        if found and unicodedata.bidirectional(sign) == "NSM":
            found[-1] = (found[-1][0], found[-1][1] + sign)
        elif found and not found[-1][1] and found[-1][0] + sign in forms:
            found[-1] = (found[-1][0] + sign, "")
        else:
            found.append((sign, ""))
    return found
