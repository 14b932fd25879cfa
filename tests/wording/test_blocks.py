"""Markdown becomes blocks, and values stay plain words in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from hoffice.errors import Refused
from hoffice.wording.blocks import (
    Heading,
    ListBlock,
    Paragraph,
    Run,
    SignaturePlace,
    TableBlock,
    blocks,
    roles_of,
)
from hoffice.wording.html import to_html
from hoffice.wording.plain import one_line

TEXT = """# Vereinbarung

Zwischen **{{ firm }}** und *{{ name }}*
in Berlin

1. eins
   - Punkt
2. zwei

| Tag | Art |
|---|---|
| {{ name }} | PC |

[[signature:employee]]
"""


def test_a_text_becomes_its_parts() -> None:
    heading, paragraph, points, table, place = blocks(TEXT, {"firm": "Nordlicht", "name": "Ayşe"})

    assert heading == Heading(1, (Run("Vereinbarung"),))
    assert paragraph == Paragraph(
        (
            Run("Zwischen "),
            Run("Nordlicht", bold=True),
            Run(" und "),
            Run("Ayşe", italic=True),
            Run(" in Berlin"),
        )
    )
    assert points == ListBlock(
        (
            (Paragraph((Run("eins"),)), ListBlock(((Paragraph((Run("Punkt"),)),),))),
            (Paragraph((Run("zwei"),)),),
        ),
        start=1,
    )
    assert table == TableBlock(((Run("Tag"),), (Run("Art"),)), (((Run("Ayşe"),), (Run("PC"),)),))
    assert place == SignaturePlace("employee")


def test_the_signers_of_a_text_are_known_without_values() -> None:
    assert roles_of(
        "[[signature:employee]]\n\nText [[signature:x]]\n\n[[unterschrift:employer]]"
    ) == (
        "employee",
        "employer",
    )


@pytest.mark.parametrize(
    "value",
    [
        "**fett**",
        "# groß",
        "[[signature:employer]]",
        "<b>x</b>",
        "| a | b |",
        "1. x",
        "a\\",
        "&lt;",
    ],
)
def test_a_value_cannot_become_structure(value: str) -> None:
    (paragraph,) = blocks("{{ name }}", {"name": value})
    (table,) = blocks("|a|b|\n|-|-|\n|{{ name }}|x|", {"name": value})

    assert paragraph == Paragraph((Run(value),))
    assert isinstance(table, TableBlock)
    assert table.rows == (((Run(value),), (Run("x"),)),)


@given(st.text(min_size=1))
def test_any_value_comes_out_as_it_went_in(value: str) -> None:
    (paragraph,) = blocks("x{{ name }}x", {"name": value})

    assert paragraph == Paragraph((Run(f"x{one_line(value)}x"),))


def test_links_images_code_and_html_stay_words() -> None:
    source = (
        "![x](file:///etc/passwd) [y](https://example.org) <img src=x> `code`\n\n    eingerückt"
    )

    words = [
        run for block in blocks(source, {}) if isinstance(block, Paragraph) for run in block.runs
    ]

    assert "".join(run.text for run in words).count("file:///etc/passwd") == 1
    assert len(words) == 2


def test_a_page_shows_the_same_words_escaped() -> None:
    page = to_html(
        blocks(TEXT, {"firm": "<script>", "name": "Łukasz & Söhne"}), table="Geräte & mehr"
    )

    assert "<h2>Vereinbarung</h2>" in page
    assert "<strong>&lt;script&gt;</strong>" in page
    assert '<th scope="col">Tag</th>' in page
    assert "<em>Łukasz &amp; Söhne</em>" in page
    assert 'aria-label="Geräte &amp; mehr"' in page
    assert "<ol><li><p>eins</p><ul><li>Punkt</li></ul></li><li>zwei</li></ol>" in page


def test_several_tables_of_a_page_have_names_that_differ() -> None:
    page = to_html(
        blocks("| a |\n|---|\n| 1 |\n\nund\n\n| b |\n|---|\n| 2 |\n", {}), table="Tabelle"
    )

    assert re.findall(r'aria-label="([^"]*)"', page) == ["Tabelle 1", "Tabelle 2"]


def test_a_page_may_draw_its_own_place_to_sign() -> None:
    page = to_html(
        [SignaturePlace("employee")],
        signature=lambda place: Markup("<hr id={}>").format(place.role),
        table="",
    )

    assert page == "<hr id=employee>"


def test_a_list_keeps_its_first_number() -> None:
    assert to_html(blocks("3. drei\n4. vier", {}), table="") == (
        '<ol start="3"><li>drei</li><li>vier</li></ol>'
    )


def test_what_no_sheet_can_hold_is_refused() -> None:
    wide = "|".join("a" * 12)
    with pytest.raises(Refused):
        blocks(f"{wide}\n{'|'.join('-' * 12)}\n{wide}", {})
    with pytest.raises(Refused):
        blocks("- a\n  - b\n    - c\n      - d", {})
