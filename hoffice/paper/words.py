"""A paper speaks the language of its reader, not of the one who prints it.

So the words come from the catalogue by the paper's own language, without asking any request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.messages.pofile import read_po

from hoffice.units import Window

Speak = Callable[[str], str]
"""An English message in, the paper's language out."""

BERLIN = ZoneInfo("Europe/Berlin")
CATALOGUES = Path(__file__).parents[2] / "translations"


def speaks(language: str) -> Speak:
    """The words of a language, such as `de`; a language without a catalogue speaks English."""
    known = _catalogue(language.partition("-")[0].partition("_")[0].lower())
    return lambda message: known.get(message, message)


@lru_cache(maxsize=8)
def _catalogue(language: str) -> Mapping[str, str]:
    if not language.isalpha():
        return {}
    words: dict[str, str] = {}
    for source in sorted((CATALOGUES / language).glob("*.po")):
        with source.open("rb") as stream:
            words |= {
                message.id: message.string
                for message in read_po(stream, locale=language)
                if isinstance(message.id, str) and isinstance(message.string, str) and message.id
            }
    return {message: words[message] or message for message in words}


def day(on: date, language: str) -> str:
    """`24. November 2026`."""
    return format_date(on, "long", locale=language)


def weekday(on: date, language: str) -> str:
    """`Dienstag, 24. November 2026`."""
    return format_date(on, "full", locale=language)


def moment(at: datetime, language: str) -> str:
    """`24.11.2026, 09:30:12 MEZ`: to the second and with its zone, for what must be proved."""
    local = at.astimezone(BERLIN)
    if language.startswith("de"):
        return format_datetime(local, "dd.MM.yyyy, HH:mm:ss z", locale="de_DE")
    return format_datetime(local, "d MMM yyyy, HH:mm:ss z", locale="en_GB")


def time_of_day(at: datetime) -> str:
    """`09:30`, Berlin time."""
    return format_time(at.astimezone(BERLIN), "HH:mm", locale="de_DE")


def span(window: Window) -> str:
    """`08:00–10:30`."""
    return f"{_clock(window.start_min)}–{_clock(window.end_min)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
