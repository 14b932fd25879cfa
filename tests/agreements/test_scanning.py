"""Stacks are read by a process of its own: crooked pages, photos, blanks, and what is no stack."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from hoffice.agreements.scanning import child, isolated, stack
from hoffice.agreements.scanning.isolated import Limits, pages_in, pages_of
from hoffice.agreements.scanning.joining import joined
from hoffice.agreements.scanning.stack import ReadPage, bundled
from hoffice.agreements.service import scans
from hoffice.errors import Refused
from hoffice.paper import flow
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.text import safe
from tests.agreements.stacks import blank, pdf_of, photos_of, rendered, scanned, signed, torn

MADE_AT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def paper() -> bytes:
    """Three pages with a code on each."""
    sheet = Sheet(
        title="Zusatzvereinbarung",
        language="de",
        letterhead=Letterhead("Nordlicht GmbH"),
        made_at=MADE_AT,
        code_reference="P000017",
    )
    return write(
        sheet, [flow.words(safe("Ein langer Absatz. " * 100, chars=200)) for _ in range(55)]
    )


def read(content: bytes, folder: Path, limits: Limits | None = None) -> list[ReadPage]:
    kept = folder / "stack"
    kept.write_bytes(content)
    return list(pages_of(kept, range(1, pages_in(content) + 1), limits))


def codes(pages: list[ReadPage]) -> list[str]:
    return [" ".join(page.codes) for page in pages]


@pytest.mark.parametrize(
    ("dpi", "turns"),
    [(150, (0, 90, 181)), (200, (-5, 183, 268)), (300, (2, 94, 180)), (150, (-6, 6, 274))],
    ids=["150", "200", "300", "crooked"],
)
def test_each_page_is_read_whichever_way_it_lay(
    paper: bytes, tmp_path: Path, dpi: int, turns: tuple[float, ...]
) -> None:
    pages = [
        scanned(page, turn=turn) for page, turn in zip(rendered(paper, dpi=dpi), turns, strict=True)
    ]

    found = read(pdf_of(pages, dpi=dpi), tmp_path)

    assert codes(found) == ["HO1:P000017:1/3", "HO1:P000017:2/3", "HO1:P000017:3/3"]
    for page in found:
        with Image.open(io.BytesIO(page.picture)) as picture:
            code, *_others = zxingcpp.read_barcodes(picture)
            corner = code.position.top_left
            assert picture.height > picture.width
            assert corner.y > picture.height / 2 < picture.height
            assert corner.x > picture.width / 2
            assert abs((code.orientation + 45) % 360 - 45) < 10


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_photos_are_read_as_a_stack_in_their_order(paper: bytes, tmp_path: Path, kind: str) -> None:
    files = photos_of((scanned(page, turn=3) for page in rendered(paper, dpi=200)), kind=kind)

    content, media_type = bundled([files[2], files[0], pdf_of(rendered(paper))])

    assert media_type == "application/zip"
    assert [page.rpartition(":")[2] for page in codes(read(content, tmp_path))] == [
        "3/3",
        "1/3",
        "1/3",
        "2/3",
        "3/3",
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read(archive.namelist()[0]) == files[2]


def test_a_photo_lies_the_way_its_camera_says(paper: bytes, tmp_path: Path) -> None:
    target, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    page = rendered(paper, dpi=200)[0].transpose(Image.Transpose.ROTATE_90)
    page.save(target, "JPEG", exif=exif)

    (found,) = read(target.getvalue(), tmp_path)

    with Image.open(io.BytesIO(found.picture)) as picture:
        assert picture.height > picture.width


def test_only_a_page_with_next_to_nothing_on_it_is_blank(paper: bytes, tmp_path: Path) -> None:
    page = rendered(paper)[0]
    ink = signed(blank(page.size))

    found = read(pdf_of([scanned(blank(page.size)), torn(page), ink, page]), tmp_path)

    assert [one.is_blank for one in found] == [True, False, False, False]
    assert codes(found) == ["", "", "", "HO1:P000017:1/3"]
    assert all(one.picture for one in found)


def test_a_page_that_kills_its_reader_costs_only_itself(paper: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "stack"
    kept.write_bytes(pdf_of(rendered(paper)))
    program = (
        "import os\n"
        "from hoffice.agreements.scanning import reading\n"
        "whole = reading._read\n"
        "reading._read = lambda number, page: os.abort() if number == 2 else whole(number, page)\n"
        + isolated.PROGRAM
    )

    found = list(pages_of(kept, [1, 2, 3], program=program))

    assert [bool(page.picture) for page in found] == [True, False, True]
    assert [page.number for page in found] == [1, 2, 3]


def test_a_page_that_never_ends_is_stopped(paper: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "stack"
    kept.write_bytes(pdf_of(rendered(paper)[:1]))
    program = "import time; time.sleep(60)"

    assert list(pages_of(kept, [1], Limits(page_s=0, start_s=1), program=program)) == [ReadPage(1)]
    with pytest.raises(Refused, match="too long"):
        pages_in(kept.read_bytes(), Limits(start_s=1), program=program)


def test_too_little_memory_is_a_page_that_could_not_be_shown(paper: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "stack"
    kept.write_bytes(pdf_of(rendered(paper)[:1]))

    assert list(pages_of(kept, [1], Limits(memory_bytes=60_000_000))) == [ReadPage(1)]


def test_what_was_cut_off_in_the_middle_is_left_out() -> None:
    words = b'{"number": 1}'
    whole = child.SIZE.pack(len(words), 3) + words + b"abc"

    assert list(isolated._messages(whole + whole[:-1])) == [({"number": 1}, b"abc")]  # noqa: SLF001


# What is no stack


def bomb() -> bytes:
    """A PNG that unpacks to gigabytes."""
    target = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(target, "PNG")
    return target.getvalue()


def exploding_pdf() -> bytes:
    """A PDF with a picture of more pixels than a scanner has."""
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        image = pikepdf.Stream(
            pdf, b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=90_000,
            Height=90_000,
        )  # fmt: skip
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=image))
        pdf.save(target)
    return target.getvalue()


def many_pages() -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        for _page in range(stack.MOST_PAGES + 1):
            pdf.add_blank_page()
        pdf.save(target)
    return target.getvalue()


def locked() -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(target, encryption=pikepdf.Encryption(owner="a", user="b"))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bomb, "million pixels"),
        (exploding_pdf, "million pixels"),
        (many_pages, "at most"),
        (locked, "password"),
        (lambda: b"%PDF-1.7 and nothing else", "neither"),
        (lambda: b"\xff\xd8\xff and nothing else", "neither"),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 100, "neither"),
    ],
    ids=["bomb", "exploding", "many", "locked", "no_pdf", "no_jpeg", "no_png"],
)
def test_what_is_no_stack_is_refused_with_a_sentence(content: object, why: str) -> None:
    assert callable(content)
    with pytest.raises(Refused, match=why):
        pages_in(content())


# Putting together


def test_pages_are_put_together_as_they_were_and_always_the_same(paper: bytes) -> None:
    pictures = photos_of(rendered(paper, dpi=100))

    made = joined(pictures)

    assert made == joined(pictures)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 3
        inside = [page.Resources.XObject.Scan.read_raw_bytes() for page in pdf.pages]
        assert inside == pictures
    (first, *_others) = rendered(made, dpi=100)
    with Image.open(io.BytesIO(pictures[0])) as before:
        assert abs(first.width - before.width) < 3


def test_a_zip_that_says_it_is_a_pdf_is_neither() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("%PDF-1.7.txt", b"bomb")

    assert stack.kind_of(target.getvalue()) is None
    with pytest.raises(Refused, match="neither a PDF nor a picture"):
        scans.looked_through([target.getvalue()], max_mb=1)
