"""A paper speaks the language of its reader."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

import hoffice
from hoffice.paper import words
from hoffice.units import Window

HOFFICE = Path(hoffice.__file__).parent
PRINTED = sorted(
    [*HOFFICE.glob("paper/*.py"), *HOFFICE.glob("wording/*.py"), *HOFFICE.glob("*/pdf.py")]
)


@pytest.mark.parametrize("source", PRINTED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_printed_text_has_its_german(source: Path) -> None:
    german = words.speaks("de")
    same_in_both = {"Name", "%(weight)s kg"}

    texts = {str(found[1]) for found in extract_from_file("python", source)}

    assert {text for text in texts - same_in_both if german(text) == text} == set()


def test_an_unknown_language_speaks_english() -> None:
    assert words.speaks("tr")("Box labels") == "Box labels"
    assert words.speaks("../de")("Box labels") == "Box labels"
    assert words.speaks("de-AT")("Box labels") == "Kartonetiketten"


def test_moments_are_told_to_the_second_with_their_zone() -> None:
    summer = datetime(2026, 7, 1, 12, 0, 5, tzinfo=UTC)
    winter = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

    assert words.moment(summer, "de") == "01.07.2026, 14:00:05 MESZ"
    assert words.moment(winter, "de") == "22.11.2026, 00:30:00 MEZ"
    assert words.moment(winter, "en") == "22 Nov 2026, 00:30:00 CET"


def test_days_and_windows_are_told_in_words() -> None:
    on = date(2026, 11, 24)

    assert words.day(on, "de") == "24. November 2026"
    assert words.weekday(on, "de") == "Dienstag, 24. November 2026"
    assert words.span(Window(480, 630)) == "08:00–10:30"
    assert words.time_of_day(datetime(2026, 11, 24, 7, 5, tzinfo=UTC)) == "08:05"
