"""Whether a text says that the employment itself ends on a day, or is prolonged.

Then a signature given here is not enough: without ink or a qualified signature the limit is void
and the employment runs without end (§ 14 Abs. 4 TzBfG). A limit of the addendum alone needs
neither (BAG 18.06.2008, 7 AZR 245/07), so both are told apart by who is limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SENTENCE_CHARS = 600
OVERLAP = 200

_EMPLOYMENT = (
    r"(?:(?:(?:arbeits|anstellungs|beschäftigungs|dienst)(?:verhältnis\w*|vertr[aä]g\w*))"
    r"|(?:employment(?:\s+(?:contract|relationship))?|contract\s+of\s+employment))"
)
_LIMIT = (
    r"(?:befrist\w*|verlänger\w*|fixed[-\s]term\w*|limit(?:ed|s)?\s+in\s+time|time[-\s]limited"
    r"|prolong\w*|extend\w*|extension\w*)"
)
_ENDS = (
    r"(?:endet|läuft\s+(?:\w+\s+){0,3}aus|ends|expires|terminates)\b.{0,80}?"
    r"\b(?:am|zum|spätestens|automatisch|mit\s+(?:dem\s+)?ablauf|ohne\s+dass|on|at\s+the\s+end"
    r"|automatically|without)\b"
)
_SUBJECT = (
    r"(?<!mit )(?<!aus )\b(?:das|der|ein|ihr|sein|dein|dieses|dieser|the|her|his|your|this)\s+"
    rf"(?:(?!vereinbarung)\w+\s+){{0,2}}?{_EMPLOYMENT}"
)
_WHILE = re.compile(
    r"\b(?:wenn|falls|sobald|sofern|soweit|solange|bevor|nachdem|if|when|once|after|before)\b"
    r"|^\W*(?:endet|läuft)\b"
)

_HARMLESS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bunbefrist\w*",
        r"\bweder\b.{0,120}?\bnoch\s+\w+",
        r"\bneither\b.{0,120}?\bnor\s+\w+",
        rf"\b(?:nicht|kein\w*|nie|not|no|never)\s+(?:\w+\s+){{0,3}}?{_EMPLOYMENT}",
        rf"\b(?:nicht|kein\w*|nie|not|no|never)\s+(?:\w+\s+){{0,2}}?{_LIMIT}",
        rf"{_EMPLOYMENT}.{{0,80}}?\b(?:unberührt|unaffected|untouched)\b",
        rf"\b(?:unberührt|unaffected|untouched)\b.{{0,60}}?{_EMPLOYMENT}",
        rf"\b(?:unabhängig|independent\w*)\s+\w+\s+(?:\w+\s+)?{_EMPLOYMENT}",
        r"\bverlängerungs(?:schnur|kabel|schnüre)\w*|\bextension\s+(?:lead|cord|cable)s?",
    )
)
"""Taken out before anybody looks: here the words say the opposite, or something else."""

_SURELY = (
    re.compile(rf"\b{_LIMIT}\s+(?:\w+\s+)?{_EMPLOYMENT}"),
    re.compile(rf"\b(?:befristung|verlängerung)\s+(?:des|seines|ihres|deines|eines|dieses)\s+"
               rf"(?:\w+\s+)?{_EMPLOYMENT}"),
    re.compile(rf"\b(?:limitation|prolongation|extension)\s+of\s+(?:\w+\s+)?{_EMPLOYMENT}"),
    re.compile(rf"{_EMPLOYMENT}\b[^,]*?\b{_LIMIT}"),
    re.compile(rf"\b(?:verlänger\w*|befrist\w*|prolong\w*|extend\w*)\b[^,]*?\b{_SUBJECT}"),
)  # fmt: skip
_ENDS_SURELY = re.compile(rf"{_SUBJECT}\b.{{0,80}}?\b{_ENDS}")
_ENDS_TURNED = re.compile(rf"\b(?:endet|ends)\s+{_SUBJECT}\s+(?:\w+\s+)?(?:am|zum|on|mit\s+ablauf)")
_MAYBE = re.compile(rf"{_EMPLOYMENT}.*\b{_LIMIT}|\b{_LIMIT}.*{_EMPLOYMENT}")

_TAG = re.compile(r"\{%.{0,200}?%\}|\{\{.{0,200}?\}\}", re.DOTALL)
_STOP = re.compile(
    r"(?:(?<!\babs)(?<!\bart)(?<!\bnr)(?<!\bvgl)(?<!\bbzw)(?<!\bca)(?<!\b[a-zäöü])(?<!\b\d)"
    r"(?<!\b\d\d)\.|[!?;:|])(?=\s|$)"
)
_CLAUSES = re.compile(r",|\bund\b|\bsowie\b|\baber\b|\band\b|\bbut\b")


@dataclass(frozen=True, slots=True)
class LimitOfEmployment:
    """A sentence that limits the employment; ``is_sure`` where no other reading is likely."""

    line: int
    is_sure: bool


def limits_of_employment(source: str) -> tuple[LimitOfEmployment, ...]:
    """The sentences of a text (German or English) that seem to limit or prolong the employment."""
    found = []
    for line, sentence in _sentences(source):
        plain = sentence
        for harmless in _HARMLESS:
            plain = harmless.sub(" ", plain)
        if _is_sure(plain):
            found.append(LimitOfEmployment(line, is_sure=True))
        elif _MAYBE.search(plain):
            found.append(LimitOfEmployment(line, is_sure=False))
    return tuple(found)


def _is_sure(sentence: str) -> bool:
    clauses = _CLAUSES.split(sentence)
    if any(pattern.search(clause) for clause in clauses for pattern in _SURELY):
        return True
    if _ENDS_TURNED.search(sentence):
        return True
    return _WHILE.search(sentence) is None and _ENDS_SURELY.search(sentence) is not None


def _sentences(source: str) -> Iterator[tuple[int, str]]:
    """Each sentence in small letters with the line it begins in; tags of fields are one word."""
    plain = _TAG.sub(_blank, source).replace("*", " ").replace("_", " ").lower()
    line = 1
    for paragraph in re.split(r"(\n[ \t]*\n)", plain):
        start = 0
        for stop in (*_STOP.finditer(paragraph), None):
            end = stop.end() if stop else len(paragraph)
            part = paragraph[start:end]
            head = len(part) - len(part.lstrip())
            if part.strip():
                yield from _windows(line + part[:head].count("\n"), " ".join(part.split()))
            line += part.count("\n")
            start = end


def _windows(line: int, sentence: str) -> Iterator[tuple[int, str]]:
    """A sentence that never ends is read in pieces that overlap, so that reading it ends."""
    for start in range(0, max(1, len(sentence) - OVERLAP), SENTENCE_CHARS - OVERLAP):
        yield line, sentence[start : start + SENTENCE_CHARS]


def _blank(tag: re.Match[str]) -> str:
    """A field's value is some word; its lines are kept, so that the count stays right."""
    word = " x " if tag[0].startswith("{{") else " "
    return word + "\n" * tag[0].count("\n")
