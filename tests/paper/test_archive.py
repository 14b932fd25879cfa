"""The file for the archive, as checkers that are not ours see it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from hoffice.paper import colour, flow
from hoffice.paper.archive import Conformance, archived
from hoffice.paper.blocks import story_of
from hoffice.paper.sheet import Letterhead, Sheet, pages, write, write_behind
from hoffice.paper.text import safe
from hoffice.wording.blocks import SignaturePlace, parsed
from tests.paper import reading

MADE_AT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
JARS = ("preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io")
JARS_FOR_XML = ("jaxb-api", "javax.activation")
TEXT = f"""# Überlassung

Ayşe Şahin und محمد العلي bekommen *Geräte*. {"Ein langer Absatz. " * 40}

## Liste

| Gerät | Nummer |
|---|---|
{"".join(f"| Bildschirm | HO-{row} |" + chr(10) for row in range(50))}

1. **Erstens**
   - darunter
2. Zweitens
"""


def made(conformance: Conformance = Conformance.A_3U, *, title: str = "Überlassung") -> bytes:
    sheet = Sheet(
        title=title,
        language="de",
        letterhead=Letterhead("Nordlicht GmbH", ("Köpenicker Straße 99",)),
        made_at=MADE_AT,
        reference="P000017 · Fassung 3",
        code_reference="P000017",
    )

    def places(wheres: Sequence[SignaturePlace]) -> list[Any]:
        return [flow.said(where.role) for where in wheres]

    story = story_of(parsed(TEXT), sheet.width, places=places)
    return write(sheet, story, conformance=conformance)


def short(title: str) -> bytes:
    sheet = Sheet(title, "de", Letterhead("Nordlicht"), MADE_AT)
    return write(sheet, [flow.words(safe(title))])


def behind(first: bytes, conformance: Conformance = Conformance.A_3U) -> bytes:
    sheet = Sheet("Anhang", "de", Letterhead("Nordlicht"), MADE_AT, part="Anhang")
    story = [flow.heading("Anhang", 1), flow.words(safe("Dahinter."))]
    return write_behind(first, sheet, story, conformance=conformance)


def preflight(tmp_path: Path, pdf: bytes) -> str:
    """What PDFBox says of a file as PDF/A-1b."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    jars = [f"/usr/share/java/{name}.jar" for name in (*JARS, *JARS_FOR_XML)]
    done = subprocess.run(
        [
            "java",
            "-cp",
            os.pathsep.join(jars),
            "org.apache.pdfbox.preflight.Validator_A1b",
            str(file),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return done.stdout + done.stderr


def test_a_paper_is_valid_for_the_archive(tmp_path: Path) -> None:
    assert "is a valid PDF/A-1b file" in preflight(tmp_path, made(Conformance.A_1B))


def test_a_paper_with_pages_behind_it_is_valid_too(tmp_path: Path) -> None:
    pdf = behind(made(Conformance.A_1B), Conformance.A_1B)

    assert "is a valid PDF/A-1b file" in preflight(tmp_path, pdf)


def test_what_reportlab_writes_by_itself_is_refused(tmp_path: Path) -> None:
    sheet = Sheet("Text", "de", Letterhead("Nordlicht"), MADE_AT)
    raw = pages(sheet, [flow.words(safe("Ein Satz."))])

    told = preflight(tmp_path, raw)

    assert "is not a valid PDF/A-1b file" in told
    assert "Stream length is invalid" in told


@pytest.mark.parametrize("pdf", [made(), behind(made())], ids=["frozen", "signed"])
def test_a_checker_of_tags_finds_nothing(tmp_path: Path, pdf: bytes) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)

    done = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", str(file)],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert "PASS (no findings)" in done.stdout
    assert done.returncode == 0


def test_a_screen_reader_gets_the_same_tree_as_ever(tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(behind(made()))
    done = subprocess.run(
        ["pdfinfo", "-struct-text", str(file)], check=True, capture_output=True, text=True
    )
    golden = Path(__file__).with_name("tags.txt")

    assert done.stdout == golden.read_text(encoding="utf-8")


def test_the_file_says_twice_the_same_of_itself() -> None:
    for conformance, part in ((Conformance.A_3U, "3"), (Conformance.A_1B, "1")):
        file = reading.reader(made(conformance, title="Möbel & <Geräte>"))
        xmp = file.xmp_metadata

        assert file.metadata is not None
        assert xmp is not None
        assert (xmp.dc_title or {})["x-default"] == file.metadata.title == "Möbel & <Geräte>"
        assert xmp.dc_creator == [file.metadata.author]
        assert xmp.pdf_producer == file.metadata.producer
        assert xmp.xmp_create_date is not None
        assert xmp.xmp_create_date.replace(tzinfo=UTC) == file.metadata.creation_date == MADE_AT
        assert xmp.pdfaid_part == part


def test_only_the_newer_form_claims_to_be_readable_aloud() -> None:
    assert b"pdfuaid:part>1<" in metadata(made())
    assert b"pdfuaid:part" not in metadata(made(Conformance.A_1B))


def metadata(pdf: bytes) -> bytes:
    root: Any = reading.reader(pdf).root_object
    found: bytes = root["/Metadata"].get_data()
    return found


def test_each_form_has_its_version_and_identifiers() -> None:
    assert made().startswith(b"%PDF-1.7")
    assert made(Conformance.A_1B).startswith(b"%PDF-1.4")
    for conformance in Conformance:
        identifiers: Any = reading.reader(made(conformance)).trailer["/ID"]
        assert len(identifiers) == 2


def test_the_same_bytes_give_the_same_file() -> None:
    first = made()

    assert archived(first) == archived(first)
    assert behind(first) == behind(first)
    assert archived(archived(first, Conformance.A_1B)).startswith(b"%PDF-1.7")


def test_pages_behind_count_as_part_of_the_tree() -> None:
    pdf = behind(made())

    for seen, known in reading.marks(pdf):
        assert seen == list(range(known))
    assert [str(entry["/Title"]) for entry in reading.outline(pdf)] == ["Überlassung", "Anhang"]


def test_the_colours_are_those_of_srgb() -> None:
    ours = ImageCms.ImageCmsProfile(BytesIO(colour.srgb()))
    steps = Image.frombytes("RGB", (16, 16), bytes(range(256)) * 3)

    shown = ImageCms.profileToProfile(steps, ours, ImageCms.createProfile("sRGB"))

    assert shown is not None
    pairs = zip(steps.tobytes(), shown.tobytes(), strict=True)
    assert max(abs(before - after) for before, after in pairs) <= 1
    assert ImageCms.getProfileDescription(ours).strip() == colour.NAME


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=60))
def test_any_title_can_be_archived(title: str) -> None:
    assert reading.reader(short(title)).xmp_metadata is not None
