"""From blocks to a file that can be read, searched and read aloud."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from hoffice.paper import draw, flow
from hoffice.paper.blocks import story_of
from hoffice.paper.sheet import WIDTH, Letterhead, Sheet, write
from hoffice.paper.tags import Element, TaggedCanvas, tagged
from hoffice.paper.text import safe, safe_runs
from hoffice.wording.blocks import Run, parsed
from tests.paper import reading

MADE_AT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
NAMES = "Ayşe Şahin, Łukasz Żółć, Thị Minh Nguyễn, Jörg Groß"
LONG = f"""# Zusatzvereinbarung

{NAMES} arbeiten zu Hause.

{"Ein Absatz läuft über das Ende der Seite hinaus und bleibt doch einer. " * 90}

1. Erstens **fett** und *kursiv*
   - Unterpunkt
2. Zweitens

| Gerät | Nummer |
|---|---|
""" + "\n".join(f"| Bildschirm {row} | HO-{row:05d} |" for row in range(80))


def made(markdown: str, *, title: str = "Zusatzvereinbarung", is_landscape: bool = False) -> bytes:
    sheet = Sheet(
        title=title,
        language="de",
        letterhead=Letterhead("Nordlicht GmbH", ("Köpenicker Straße 99", "10179 Berlin")),
        made_at=MADE_AT,
        reference="Fassung 3",
        is_landscape=is_landscape,
    )
    return write(sheet, story_of(parsed(markdown), sheet.width, places=lambda _: ()))


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert made(LONG) == made(LONG)
    assert made(LONG) != made(LONG + "\n\nEin Satz mehr.")


def test_names_from_everywhere_can_be_searched() -> None:
    text = reading.text(made(LONG))

    for name in NAMES.split(", "):
        assert name in text


def test_the_file_says_what_it_is() -> None:
    file = reading.reader(made(LONG, title="Vereinbarung über Möbel"))

    assert file.metadata is not None
    assert file.metadata.title == "Vereinbarung über Möbel"
    assert file.metadata.author == "Nordlicht GmbH"
    assert file.metadata.creation_date == MADE_AT
    root: Any = file.root_object
    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert [str(entry["/Title"]) for entry in file.outline if not isinstance(entry, list)] == [
        "Zusatzvereinbarung"
    ]


def test_every_page_says_which_of_how_many_it_is() -> None:
    file = reading.reader(made(LONG))
    pages = [page.extract_text() for page in file.pages]

    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Seite {number} von" in page
    resources: Any = file.pages[0]["/Resources"]
    forms = resources["/XObject"]
    assert any(
        f"({len(pages)})".encode() in form.get_object().get_data() for form in forms.values()
    )


def test_every_font_is_embedded() -> None:
    fonts = reading.fonts(made(LONG))

    assert len(fonts) == 3
    assert all(fonts.values())


def test_every_mark_has_its_way_back() -> None:
    pdf = made(LONG)

    assert reading.is_balanced(pdf)
    for seen, known in reading.marks(pdf):
        assert seen == list(range(known))


def test_what_breaks_over_pages_is_read_aloud_once() -> None:
    roles = reading.roles(made(LONG))

    assert roles["H1"] == 1
    assert roles["Table"] == 1
    assert roles["TR"] == 81
    assert roles["TH"] == 2
    assert roles["TD"] == 160
    assert roles["L"] == 2
    assert roles["LI"] == 3


def test_a_column_head_says_that_it_is_one() -> None:
    heads = [e for e in reading.elements(made(LONG)) if e["/S"] == "/TH"]

    assert [head["/A"]["/Scope"] for head in heads] == ["/Column", "/Column"]


def test_a_picture_is_described_and_decoration_is_not() -> None:
    sheet = Sheet("Bild", "de", Letterhead("Nordlicht"), MADE_AT)
    story: list[Flowable] = [
        flow.Picture(60, 60, lambda canvas: draw.qr(canvas, "https://x.example", 0, 0, 60), "Code"),
        flow.Picture(9, 9, lambda canvas: draw.tick_box(canvas, 0, 0, 9)),
    ]

    figures = [e for e in reading.elements(write(sheet, story)) if e["/S"] == "/Figure"]

    assert [figure["/Alt"] for figure in figures] == ["Code"]
    left, bottom, right, top = (float(value) for value in figures[0]["/A"]["/BBox"])
    assert (right - left, top - bottom) == pytest.approx((60, 60))


def test_a_text_that_skips_a_level_still_gets_bookmarks() -> None:
    outline = reading.reader(made("### drei\n\n# eins\n\n### tief\n\n## zwei")).outline

    assert len(outline) == 3


def test_a_cell_longer_than_a_page_goes_on_over_pages() -> None:
    pdf = made(f"| a | b |\n|---|---|\n| {'viele Worte ' * 1500} | x |")

    assert len(reading.reader(pdf).pages) > 1


def test_an_endless_word_does_not_stop_the_press() -> None:
    started = time.perf_counter()

    made("x" * 1_000_000)
    made(f"| a |\n|---|\n| {'y' * 50_000} |")

    assert time.perf_counter() - started < 5


def test_a_landscape_sheet_is_wider_than_high() -> None:
    box = reading.reader(made("Text", is_landscape=True)).pages[0].mediabox

    assert box.width > box.height


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_and_any_title_can_be_printed(markdown: str, title: str) -> None:
    assert made(f"# {title}\n\n{markdown}", title=title).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "text", ["<img src='/dev/zero'/>", "<b>fett", "&lt;", "</para>", '<font color="red">']
)
def test_typed_markup_stays_words(text: str) -> None:
    sheet = Sheet("Text", "de", Letterhead("Nordlicht"), MADE_AT)

    assert text in reading.text(write(sheet, [flow.words(safe(text))]))


def test_runs_keep_the_spaces_between_them() -> None:
    assert safe_runs([Run("ein "), Run("fettes", bold=True), Run(" <Wort>", italic=True)]) == (
        "ein <b>fettes</b> <i>&lt;Wort&gt;</i>"
    )


def test_a_mark_inside_a_mark_is_a_mistake() -> None:
    sheet = Sheet("Text", "de", Letterhead("Nordlicht"), MADE_AT)

    def nested(canvas: TaggedCanvas) -> None:
        with canvas.marked(Element("P")):
            pass

    with pytest.raises(ValueError, match="inside another"):
        write(sheet, [flow.Picture(9, 9, nested, "verschachtelt")])


def test_a_plain_canvas_is_not_enough() -> None:
    with pytest.raises(TypeError):
        tagged(Canvas("never-saved.pdf"))


def test_the_text_is_as_wide_as_the_margins_leave() -> None:
    assert 450 < WIDTH < 500


def test_papers_made_at_the_same_time_do_not_mix() -> None:
    texts = [f"# Papier {number}\n\n{NAMES} **{number}** {'Satz. ' * 50}" for number in range(4)]
    alone = [made(text) for text in texts]

    with ThreadPoolExecutor(max_workers=4) as hands:
        together = list(hands.map(made, texts * 5))

    assert together == alone * 5
