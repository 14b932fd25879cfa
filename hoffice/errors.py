"""What the house may refuse; the web layer alone turns these into HTTP answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def N_(message: str) -> str:  # noqa: N802  # the gettext world's name for "mark, translate later"
    """Mark a text for the message catalogues; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Counted:
    """Things with their numbers as a fact of a refusal, such as "2 × Monitor, 1 × Mouse".

    The names are message ids; they are translated where the refusal is shown. A number and its
    thing stay on one line.
    """

    parts: tuple[tuple[int, str], ...]

    def said(self, speak: Callable[[str], str]) -> str:
        """The things in the language that ``speak`` speaks."""
        return ", ".join(f"{count}\xa0×\xa0{speak(name)}" for count, name in self.parts)

    def __str__(self) -> str:
        return self.said(str)


class Refused(Exception):
    """A rule of the house said no.

    ``reason`` is an English message id from the catalogues with ``%(name)s`` places, filled from
    ``facts`` after translation, so the same refusal can be read in every language.
    """

    def __init__(self, reason: str, /, **facts: object) -> None:
        super().__init__(reason % facts if facts else reason)
        self.reason = reason
        self.facts: Mapping[str, object] = facts


class NotFound(Refused):
    """The thing is not there, or this person may not know that it is."""
