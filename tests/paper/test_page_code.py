"""A printed stack files itself: the code on each page is found in a bad scan."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno
import zxingcpp
from PIL import Image, ImageFilter

from hoffice.paper import flow
from hoffice.paper.page_code import PageCode, can_be_coded, house_letters, page_code_in
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.text import safe
from tests.paper import reading

MADE_AT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


def made(reference: str = "P000017", *, house: str = "", is_landscape: bool = False) -> bytes:
    sheet = Sheet(
        title="Zusatzvereinbarung über das Arbeiten zu Hause, mit einem sehr langen Titel dahinter",
        language="de",
        letterhead=Letterhead("Nordlicht GmbH"),
        made_at=MADE_AT,
        reference=f"{reference} · Fassung 3",
        is_landscape=is_landscape,
        code_reference=reference + house,
    )
    return write(sheet, [flow.words(safe("Ein langer Absatz. " * 100)) for _ in range(40)])


def scanned(tmp_path: Path, pdf: bytes, dpi: int) -> list[Image.Image]:
    """The pages as a cheap scanner sees them: grey, a little askew and blurred."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    command = ["pdftoppm", "-gray", "-r", str(dpi), "-png", str(file), str(tmp_path / "page")]
    subprocess.run(command, check=True)
    pages = [Image.open(path) for path in sorted(tmp_path.glob("page-*.png"))]
    return [
        page.rotate(1.5, expand=True, fillcolor=245, resample=Image.Resampling.BILINEAR)
        .filter(ImageFilter.GaussianBlur(0.8))
        .point(lambda grey: 40 + grey * 4 // 5)
        for page in pages
    ]


@pytest.mark.parametrize("dpi", [150, 200])
@pytest.mark.parametrize("is_landscape", [False, True], ids=["upright", "landscape"])
def test_each_page_of_a_scan_says_which_one_it_is(
    tmp_path: Path, dpi: int, *, is_landscape: bool
) -> None:
    pdf = made(house="KRTW", is_landscape=is_landscape)
    count = len(reading.reader(pdf).pages)

    found = [
        [page_code_in(code.text) for code in zxingcpp.read_barcodes(page)]
        for page in scanned(tmp_path, pdf, dpi)
    ]

    assert count > 2
    assert found == [[PageCode("P000017", number, count, "KRTW")] for number in range(1, count + 1)]


def test_a_paper_without_a_code_has_none(tmp_path: Path) -> None:
    pages = scanned(tmp_path, made(""), 150)

    assert not any(zxingcpp.read_barcodes(page) for page in pages)


def test_the_code_is_decoration_and_not_read_aloud() -> None:
    assert reading.roles(made()) == reading.roles(made(""))
    assert reading.is_balanced(made())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HO1:P000017:0/5",
        "HO1:P000017:6/5",
        "HO2:P000017:1/5",
        "HO1:17:1/5",
        "HO1:P000017:1/5000",
        "https://hoffice.example/P000017",
        "HO1:P000017:1/5;drop",
        "HO1:P٠٠٠٠١٧:1/5",
        "HO1:P000017KRT:1/5",
        "HO1:P000017AEIO:1/5",
        "HO1:P000017krtw:1/5",
    ],
)
def test_another_code_is_none_of_ours(text: str) -> None:
    assert page_code_in(text) is None


def test_what_is_written_is_what_is_read() -> None:
    for code in (
        PageCode("P000017", 3, 5),
        PageCode("A1234567", 12, 120),
        PageCode("P000017", 3, 5, "KRTW"),
    ):
        assert page_code_in(f" {code}\n") == code


def test_only_a_reference_of_this_house_is_coded() -> None:
    assert can_be_coded("P000017")
    assert not can_be_coded("NK-1002")
    assert not can_be_coded("")


def test_the_letters_of_a_house_differ_with_the_paper_and_are_the_same_each_time() -> None:
    letters = {house_letters(f"Spreeruf, Papier {number}") for number in range(500)}

    assert len(letters) > 490
    assert house_letters("Spreeruf") == house_letters("Spreeruf") != house_letters("Nordlicht")
    assert all(page_code_in(str(PageCode("P000017", 1, 2, one))) for one in letters)


def test_with_its_letters_the_code_of_a_short_paper_is_as_coarse_as_without() -> None:
    def modules(code: PageCode) -> int:
        return len(segno.make_qr(str(code), error="m").matrix)

    for page, pages in ((1, 1), (9, 9)):
        plain, lettered = PageCode("P000017", page, pages), PageCode("P000017", page, pages, "KRTW")
        assert modules(lettered) == modules(plain) == 21
