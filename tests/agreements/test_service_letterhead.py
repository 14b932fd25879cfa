"""The letterhead: what is taken in, and that an old paper keeps the one it was made with."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from hoffice.agreements import pdf
from hoffice.agreements.queries import letterhead as queries
from hoffice.agreements.service import contents, letterhead
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.paper.logo import taken_in
from tests import makers
from tests.agreements.scene import HR, sent
from tests.conftest import Given
from tests.paper import reading


@pytest.fixture
def house(given: Given) -> Iterator[None]:
    with given():
        yield


LINES = ("Köpenicker Straße 99", "10179 Berlin", "www.nordlicht.example")


def picture(kind: str = "PNG", *, mode: str = "RGB", size: tuple[int, int] = (300, 100)) -> bytes:
    target = BytesIO()
    Image.new(mode, size, 0).save(target, kind)
    return target.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that says it is as large as a field."""

    def chunk(name: bytes, content: bytes) -> bytes:
        whole = name + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.usefixtures("house")
def test_a_frozen_paper_carries_the_letterhead_and_keeps_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    letterhead.write(LINES, logo=picture(), store=store, by=HR)
    paper = sent(makers.employee(), tmp_path).papers[0]
    assert paper.frozen_file is not None
    before = store.get(paper.frozen_file.sha256)

    letterhead.write(("Anderswo 1",), logo=picture(size=(100, 100)), store=store, by=HR)
    facts = contents.paper_facts(paper.text_version, paper.facts)
    again = pdf.paper(letterhead.dressed(facts, paper.facts["letterhead"], store))

    assert again == before
    assert all(line in reading.text(before) for line in LINES)
    figures = [str(e["/Alt"]) for e in reading.elements(before) if e["/S"] == "/Figure"]
    assert figures[0] == paper.facts["terms"]["company"]


@pytest.mark.usefixtures("house")
def test_a_paper_from_before_there_was_a_letterhead_says_what_its_terms_say(tmp_path: Path) -> None:
    paper = sent(makers.employee(), tmp_path).papers[0]
    facts = contents.paper_facts(paper.text_version, paper.facts)

    assert paper.facts["letterhead"] is None
    assert letterhead.dressed(facts, None, Store(tmp_path)) is facts


@pytest.mark.usefixtures("house")
def test_a_logo_stays_until_it_shall_go(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = letterhead.write(LINES, logo=picture(), store=store, by=HR)

    second = letterhead.write(LINES[:1], logo=None, store=store, by=HR)
    third = letterhead.write(LINES, logo=None, without_logo=True, store=store, by=HR)

    assert first.logo_file is second.logo_file is not None
    assert third.logo_file is None
    assert queries.current() is third


@pytest.mark.usefixtures("house")
def test_a_letterhead_with_four_lines_or_a_long_one_is_refused(tmp_path: Path) -> None:
    for lines in ((*LINES, "noch eine"), ("x " * 50,)):
        with pytest.raises(Refused):
            letterhead.write(lines, logo=None, store=Store(tmp_path), by=HR)
    assert queries.current() is None


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (b"", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (b"%PDF-1.7", "no picture"),
        (picture("GIF"), "no picture"),
        (picture()[:-30], "no picture"),
        (picture(size=(5, 500)), "smaller than 20"),
        (bomb(20_000), "too many pixels"),
        (bomb(2_900), "too many pixels"),
        (bomb(2_000), "no picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5_000_001), "larger than 5 MB"),
    ],
    ids=["empty", "svg", "pdf", "gif", "cut", "thin", "bomb", "large", "lies", "heavy"],
)
def test_what_is_no_logo_is_refused_with_a_sentence(upload: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        taken_in(upload)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_a_flat_one(mode: str) -> None:
    kept = Image.open(BytesIO(taken_in(picture(mode=mode, size=(2000, 500)))))

    assert (kept.format, kept.mode) == ("PNG", "RGB")
    assert kept.size == (900, 225)


def test_a_jpeg_for_print_is_taken_too() -> None:
    kept = Image.open(BytesIO(taken_in(picture("JPEG", mode="CMYK"))))

    assert (kept.format, kept.mode) == ("PNG", "RGB")


def test_what_shines_through_lies_on_white() -> None:
    target = BytesIO()
    Image.new("RGBA", (40, 40), (200, 0, 0, 0)).save(target, "PNG")

    kept = Image.open(BytesIO(taken_in(target.getvalue())))

    assert kept.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.usefixtures("house")
def test_only_the_hash_of_a_logo_stands_in_the_papers_facts(tmp_path: Path) -> None:
    made = letterhead.write((), logo=picture(), store=Store(tmp_path), by=HR)

    assert made.logo_file is not None
    assert letterhead.noted() == {"lines": [], "logo_sha256": made.logo_file.sha256}
