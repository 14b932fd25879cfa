"""What the house may refuse; the web layer alone turns these into HTTP answers."""

from __future__ import annotations

from collections.abc import Mapping


def N_(message: str) -> str:  # noqa: N802  # the gettext world's name for "mark, translate later"
    """Mark a text for the message catalogues; it is translated where it is shown."""
    return message


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
