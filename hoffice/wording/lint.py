"""What is wrong with a text, or may be: line by line, while it is written and before it is used.

An error forbids that the text is approved; a warning is shown to whoever approves it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hoffice.errors import N_
from hoffice.wording.fields import (
    NEVER_ENDS,
    NOT_READABLE,
    SOURCE_CHARS,
    check,
    fields_of,
    printed_unasked,
)
from hoffice.wording.limits import limits_of_employment


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; ``line`` is 0 where it is about the text as a whole.

    ``reason`` is a message id with places for ``line`` and ``name``; ``name`` may be one itself.
    """

    line: int
    severity: Severity
    reason: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """Something that a text of this kind has to say: by naming a field, or by some words."""

    label: str
    """What is missing where it is missing, as a message id."""
    fields: frozenset[str] = frozenset()
    """One of these fields says it."""
    words: Mapping[str, str] = field(default_factory=dict)
    """By language, a pattern of which the text has to have a match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What is expected of a text."""

    language: str
    fields: Collection[str]
    """As ``wording.fields.check`` wants them."""
    optional: Collection[str] = ()
    """Those that may have no value."""
    roles: Sequence[str] = ()
    """Who signs."""
    clauses: Sequence[Clause] = ()
    may_limit_employment: bool = False
    """The form is paper with ink or a qualified signature."""
    binding: str | None = None
    """The text that this one puts into another language; None for the text that is signed."""


_MISSING_CLAUSE = N_("A clause is missing: %(name)s.")
_NO_VALUE = N_(
    "Line %(line)s: “%(name)s” may have no value. Print it only inside a condition on it."
)
_NO_PLACE = N_("There is no place to sign for this role: %(name)s.")
_STRANGER = N_("Line %(line)s: “%(name)s” does not sign this kind of paper.")
_TWICE = N_("Line %(line)s: “%(name)s” has a place to sign already.")
_NOT_ALONE = N_("Line %(line)s: a place to sign stands alone between two empty lines.")
_CONDITIONAL = N_("Line %(line)s: a place to sign must not depend on a condition or a loop.")
_NO_PLACES_HERE = N_("Line %(line)s: a reading version is not signed; its place is left out.")
_LIMITED = N_(
    "Line %(line)s: this says that the employment itself is limited or prolonged. That needs paper "
    "with ink or a qualified signature (§ 14 Abs. 4 TzBfG): choose this form, or say that only the "
    "addendum is limited."
)
_MAYBE_LIMITED = N_(
    "Line %(line)s: this sentence speaks of the employment and of a limit. If the employment "
    "itself is limited or prolonged, only ink or a qualified signature will do (§ 14 Abs. 4 TzBfG)."
)
_NO_TITLE = N_("The text has no heading of its own (a line that begins with “# ”).")
_HEADING_MISSING = N_("The reading version lacks a section of the binding text: %(name)s.")
_HEADING_MORE = N_("Line %(line)s: the binding text has no section “%(name)s”.")
_PICTURE = N_("Line %(line)s: pictures, links and HTML are printed as they stand here.")
_EMPTY = N_("The text is empty.")

_PLACE = re.compile(r"\[\[(?:signature|unterschrift):([a-z_]{1,40})\]\]")
_LOOKS_LIKE_PLACE = re.compile(r"\[\[|\]\]|\[(?:signature|unterschrift)\b", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"\{%-?\s*(if|for|endif|endfor)\b")
_HEADING = re.compile(r"^ {0,3}(#{1,3})[ \t]+(\S.*)$")
_NUMBER = re.compile(r"^((?:§+\s*)?\d+[a-z]?|[A-Z]|[IVX]+)(?:[.)]|\s|$)")
_MARKUP = re.compile(
    r"!?\[[^\]\n]{0,200}\]\([^)\n]{0,200}\)|</?[a-z][a-z0-9]*[\s/>]", re.IGNORECASE
)


def lint(source: str, brief: Brief) -> tuple[Finding, ...]:
    """Everything that is wrong with a text or may be, errors first, then in order of the lines."""
    if not source.strip():
        return (Finding(0, Severity.ERROR, _EMPTY),)
    problems = [
        Finding(problem.line, Severity.ERROR, problem.reason, problem.name)
        for problem in check(source, brief.fields)
    ]
    if len(source) > SOURCE_CHARS or any(
        problem.reason in {NEVER_ENDS, NOT_READABLE} for problem in problems
    ):  # what nobody can read has no clauses that could be missing
        return tuple(problems)
    found = [*problems, *_values(source, brief), *_clauses(source, brief), *_places(source, brief)]
    found += [*_employment(source, brief), *_headings(source, brief), *_markup(source)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda one: (order.index(one.severity), one.line)))


def errors(findings: Collection[Finding]) -> tuple[Finding, ...]:
    """Those that forbid to approve the text."""
    return tuple(one for one in findings if one.severity is Severity.ERROR)


def _values(source: str, brief: Brief) -> Iterator[Finding]:
    for name, line in printed_unasked(source).items():
        if name in brief.optional:
            yield Finding(line, Severity.ERROR, _NO_VALUE, name)


def _clauses(source: str, brief: Brief) -> Iterator[Finding]:
    used = fields_of(source)
    for clause in brief.clauses:
        pattern = clause.words.get(brief.language)
        by_field = bool(used & clause.fields)
        by_words = pattern is not None and re.search(pattern, source, re.IGNORECASE) is not None
        is_asked = bool(clause.fields) or pattern is not None
        if is_asked and not by_field and not by_words:
            yield Finding(0, Severity.ERROR, _MISSING_CLAUSE, clause.label)


def _places(source: str, brief: Brief) -> Iterator[Finding]:
    lines = source.splitlines()
    seen: Counter[str] = Counter()
    depth = 0
    for number, line in enumerate(lines, 1):
        place = _PLACE.fullmatch(line.strip())
        if place is not None and brief.binding is not None:
            yield Finding(number, Severity.WARNING, _NO_PLACES_HERE)
        elif place is not None:
            seen[place[1]] += 1
            yield from _place(place[1], number, lines, brief, is_second=seen[place[1]] > 1)
            if depth > 0:
                yield Finding(number, Severity.ERROR, _CONDITIONAL)
        elif _LOOKS_LIKE_PLACE.search(line):
            yield Finding(number, Severity.ERROR, _NOT_ALONE)
        for tag in _BLOCK_TAG.findall(line):
            depth += -1 if tag.startswith("end") else 1
    if brief.binding is None:
        for role in brief.roles:
            if role not in seen:
                yield Finding(0, Severity.ERROR, _NO_PLACE, role)


def _place(
    role: str, number: int, lines: Sequence[str], brief: Brief, *, is_second: bool
) -> Iterator[Finding]:
    around = [*lines[max(0, number - 2) : number - 1], *lines[number : number + 1]]
    if any(line.strip() for line in around) or lines[number - 1].startswith(("    ", "\t")):
        yield Finding(number, Severity.ERROR, _NOT_ALONE)
    if role not in brief.roles:
        yield Finding(number, Severity.ERROR, _STRANGER, role)
    elif is_second:
        yield Finding(number, Severity.ERROR, _TWICE, role)


def _employment(source: str, brief: Brief) -> Iterator[Finding]:
    if brief.may_limit_employment:
        return
    for one in limits_of_employment(source):
        if one.is_sure:
            yield Finding(one.line, Severity.ERROR, _LIMITED)
        else:
            yield Finding(one.line, Severity.WARNING, _MAYBE_LIMITED)


def _headings(source: str, brief: Brief) -> Iterator[Finding]:
    own = list(_sections(source))
    if not any(level == 1 for _line, level, _text in own):
        yield Finding(0, Severity.WARNING, _NO_TITLE)
    if brief.binding is None:
        return
    theirs = [(level, text) for _line, level, text in _sections(brief.binding)]
    mine = [(level, text) for _line, level, text in own]
    for level in (1, 2, 3):
        here = _keys([text for depth, text in mine if depth == level])
        there = _keys([text for depth, text in theirs if depth == level])
        for key, text in there.items():
            if key not in here:
                yield Finding(0, Severity.ERROR, _HEADING_MISSING, text)
        for key, text in here.items():
            if key not in there:
                line = next(line for line, depth, one in own if (depth, one) == (level, text))
                yield Finding(line, Severity.WARNING, _HEADING_MORE, text)


def _sections(source: str) -> Iterator[tuple[int, int, str]]:
    for number, line in enumerate(source.splitlines(), 1):
        heading = _HEADING.match(line)
        if heading is not None:
            yield number, len(heading[1]), heading[2].rstrip(" \t#")


def _keys(headings: Sequence[str]) -> dict[str, str]:
    """Each heading by its number (`§ 3`, `4.`, `B`), or by its place among those without one."""
    found: dict[str, str] = {}
    without = 0
    for text in headings:
        number = _NUMBER.match(text)
        if number is None:
            without += 1
        key = number[1].replace(" ", "") if number else f"without {without}"
        found[key] = text
    return found


def _markup(source: str) -> Iterator[Finding]:
    for number, line in enumerate(source.splitlines(), 1):
        if _MARKUP.search(line):
            yield Finding(number, Severity.WARNING, _PICTURE)
