"""Reads ZPL back as a printer would: which commands, where, and what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass

COMMAND = re.compile(r"[\^~]([A-Z0-9]{2})([^\^~]*)")


@dataclass(frozen=True)
class Field:
    """One field: where it begins, its commands with their parameters, and its words."""

    x: int
    y: int
    commands: dict[str, str]
    words: str = ""


@dataclass(frozen=True)
class Format:
    """One label: its size in dots and its fields."""

    width: int
    length: int
    fields: tuple[Field, ...]
    names: frozenset[str]
    """Every command that the printer would see."""


def formats(content: bytes) -> list[Format]:
    """Every label of a file."""
    return [_format(part) for part in content.decode().split("^XZ") if part.strip()]


def _format(part: str) -> Format:
    seen = [(name, rest.strip("\n")) for name, rest in COMMAND.findall(part)]
    sizes = dict(seen)
    fields: list[Field] = []
    waiting: dict[str, str] = {}
    for name, rest in seen:
        if name == "FO":
            waiting = {"FO": rest}
        elif name == "FS":
            x, y = (int(number) for number in waiting["FO"].split(","))
            words = _words(waiting.get("FD", ""), waiting.get("FH", ""))
            fields.append(Field(x, y, waiting, words))
            waiting = {}
        else:
            waiting[name[:2] if name[0] != "A" else "A0"] = rest
    return Format(
        int(sizes["PW"]), int(sizes["LL"]), tuple(fields), frozenset(name for name, _rest in seen)
    )


def _words(text: str, sign: str) -> str:
    """What the printer prints: after ``^FH_`` two signs behind each ``_`` are a byte."""
    if not sign:
        return text
    raw = re.sub(
        re.escape(sign).encode() + b"([0-9A-F]{2})",
        lambda found: bytes([int(found[1], 16)]),
        text.encode(),
    )
    return raw.decode()
