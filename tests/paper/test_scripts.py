"""Names in every script: shown in a sensible way, never as empty boxes."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.paper import flow, fonts, scripts
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.text import safe
from hoffice.wording.plain import one_line
from tests.paper import reading

MADE_AT = datetime(2026, 11, 21, tzinfo=UTC)


def drawn(text: str) -> str:
    return "".join(piece.text for piece in scripts.pieces(text))


def test_letters_of_the_house_typeface_stay_as_they_are() -> None:
    for name in ("Ayşe Şahin", "Łukasz Żółć", "Nguyễn", "Γιώργος", "Сергій"):
        assert scripts.pieces(name) == (scripts.Piece(name, is_foreign=False),)


def test_hebrew_is_drawn_from_the_right() -> None:
    assert drawn("Sara שרה כהן, Berlin") == "Sara ןהכ הרש, Berlin"


def test_numbers_and_brackets_between_hebrew_words_stay_readable() -> None:
    assert drawn("\u05d0\u05d1 12 (\u05d2)") == "(\u05d2) 12 \u05d1\u05d0"
    assert drawn("Sara (\u05d2)") == "Sara (\u05d2)"


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("محمد", ("INITIAL", "MEDIAL", "MEDIAL", "FINAL")),
        ("دار", ("ISOLATED", "ISOLATED", "ISOLATED")),
        ("سلام", ("INITIAL", "FINAL", "ISOLATED")),
        ("گل", ("INITIAL", "FINAL")),
    ],
)
def test_arabic_letters_join_their_neighbours(name: str, forms: tuple[str, ...]) -> None:
    shown = drawn(name)

    assert [unicodedata.name(letter).split()[-2] for letter in reversed(shown)] == [
        f"{form}" for form in forms
    ]


def test_what_no_typeface_has_is_shown_as_its_number() -> None:
    assert drawn("Jürgen 😀 张") == "Jürgen [U+1F600] [U+5F20]"
    assert not scripts.is_shown_whole("张")
    assert scripts.is_shown_whole("محمد und שרה")


def test_a_screen_reader_gets_the_words_in_the_order_of_reading() -> None:
    sheet = Sheet("Name", "de", Letterhead("شركة نور"), MADE_AT)
    pdf = write(sheet, [flow.heading(safe("Herr محمد العلي 12"), 1)])

    told = [
        str(element["/ActualText"]) for element in reading.elements(pdf) if "/ActualText" in element
    ]

    assert told == ["شركة نور", "Herr محمد العلي 12"]
    assert str(reading.outline(pdf)[0]["/Title"]) == "Herr محمد العلي 12"


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_every_sign_drawn_is_one_that_its_typeface_has(text: str) -> None:
    for piece in scripts.pieces(one_line(text)):
        known = fonts.other_known() if piece.is_foreign else fonts.KNOWN
        assert known.issuperset(piece.text)


@settings(max_examples=300, deadline=None)
@given(st.text("abאבגدسلا ()12", max_size=30))
def test_no_sign_is_lost(text: str) -> None:
    shown = unicodedata.normalize("NFKC", drawn(text))
    mirrored = str.maketrans("()", "..")

    assert sorted(shown.translate(mirrored)) == sorted(text.translate(mirrored))
