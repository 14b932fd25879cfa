"""What has changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

WORDS_COMPARED = 3_000
"""A stretch with more words on one side is shown as taken out and put in as a whole."""

CONTEXT_LINES = 2
"""So many lines around a change are shown unchanged."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    """What happened to some words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring words that had the same fate; never empty."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the newer text with what was taken out of it; ``number`` counts the newer ones.

    A line that is only in the older text has the number of the line it stood before.
    """

    number: int
    pieces: tuple[Piece, ...]

    @property
    def has_changed(self) -> bool:
        """Whether anything in it was put in or taken out."""
        return any(piece.change is not Change.KEPT for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines shown together; ``skipped`` lines that are the same in both stand before them."""

    skipped: int
    lines: tuple[Line, ...]


def word_diff(old: str, new: str) -> tuple[Line, ...]:
    """Every line of the newer text, and what was taken out and put in."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [
                Line(number, _pieces(Change.KEPT, after[number - 1]))
                for number in range(k + 1, m + 1)
            ]
        else:
            lines += _changed(before[i:j], after[k:m], first=k + 1)
    return tuple(lines)


def stretches(lines: Sequence[Line], *, context: int = CONTEXT_LINES) -> tuple[Stretch, ...]:
    """The changed lines with those around them; what is the same far away is only counted."""
    near = {
        place
        for index, line in enumerate(lines)
        if line.has_changed
        for place in range(index - context, index + context + 1)
    }
    found: list[Stretch] = []
    skipped = 0
    for is_near, group in groupby(range(len(lines)), key=near.__contains__):
        places = list(group)
        if is_near:
            found.append(Stretch(skipped, tuple(lines[place] for place in places)))
            skipped = 0
        else:
            skipped = len(places)
    return tuple(found)


def _pieces(change: Change, text: str) -> tuple[Piece, ...]:
    return (Piece(change, text),) if text else ()


def _changed(before: Sequence[str], after: Sequence[str], *, first: int) -> Iterator[Line]:
    """The words of some lines against those of others, given back line by line."""
    pieces = _compared("\n".join(before), "\n".join(after), has_both=bool(before and after))
    number, row = first, list[Piece]()
    for piece in pieces:
        head, *rest = piece.text.split("\n")
        row += _pieces(piece.change, head)
        for text in rest:
            yield Line(number, tuple(row))
            number += piece.change is not Change.REMOVED
            row = list(_pieces(piece.change, text))
    if row:
        yield Line(number, tuple(row))


def _compared(old: str, new: str, *, has_both: bool) -> list[Piece]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if not has_both or max(len(before), len(after)) > WORDS_COMPARED:
        return [*_pieces(Change.REMOVED, old), *_between(old, new), *_pieces(Change.ADDED, new)]
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces += _pieces(Change.KEPT, "".join(after[k:m]))
        else:
            pieces += _pieces(Change.REMOVED, "".join(before[i:j]))
            pieces += _pieces(Change.ADDED, "".join(after[k:m]))
    return pieces


def _between(old: str, new: str) -> tuple[Piece, ...]:
    """A line that was taken out ends before the one that was put in begins."""
    return _pieces(Change.REMOVED, "\n") if old and new else ()
