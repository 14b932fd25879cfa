"""How serial numbers look: the patterns that a model carries.

``#`` stands for a digit, ``@`` for a letter, ``?`` for either of them, ``*`` for any rest;
everything else stands for itself. Capitals and small letters are the same.
Pure: standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

SIGNS = {"#": "[0-9]", "@": "[A-Z]", "?": "[A-Z0-9]", "*": ".*"}


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    single = re.sub(r"\*+", "*", pattern.strip())
    return re.compile(
        "".join(SIGNS.get(sign) or re.escape(sign) for sign in single), re.IGNORECASE | re.ASCII
    )


def fits(pattern: str, text: str) -> bool:
    """Whether a serial number looks like this; an empty pattern is content with any."""
    return not pattern.strip() or _compiled(pattern).fullmatch(text.strip()) is not None


def tells(pattern: str) -> bool:
    """Whether a pattern says anything at all about a number: not the empty one, and not ``*``."""
    return bool(pattern.strip(" *"))


def own_signs(pattern: str) -> int:
    """How many signs of a pattern stand for themselves: the more, the surer it is."""
    return sum(sign not in SIGNS for sign in pattern.strip())


def fitting(text: str, patterns: Iterable[tuple[int, str]]) -> tuple[int, ...]:
    """The numbers of those whose pattern tells something and fits, the strictest ones first.

    A pattern is stricter the more signs of it stand for themselves, and then the longer it is.
    """
    found = [
        (-own_signs(pattern), -len(pattern), number)
        for number, pattern in patterns
        if tells(pattern) and fits(pattern, text)
    ]
    return tuple(number for _own, _length, number in sorted(found))


def shape_of(text: str) -> str:
    """The shape of a number as a pattern: ``SR-0412`` has the shape ``@@-####``."""
    return re.sub("[A-Z]", "@", re.sub("[0-9]", "#", text.strip().upper()))


def looks_like_any(text: str, others: Iterable[str]) -> bool:
    """Whether a text is built like one of the others: ``SR-7`` like ``SR-0412``, ``lamp`` is not.

    How many digits or letters stand in a row does not count; which follow upon which does.
    """
    built = _built(text)
    return any(_built(other) == built for other in others)


@lru_cache(maxsize=4096)
def _built(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", shape_of(text))
