"""Box labels at the terminal."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

from click.testing import Result
from flask import Flask
from pypdf import PdfReader

from tests.conftest import Given
from tests.kits import scene, zpl_reading


def run(app: Flask, *arguments: str) -> tuple[Result, dict[str, object]]:
    result = app.test_cli_runner().invoke(args=["kits", "labels", *arguments])
    lines = result.output.splitlines()
    return result, json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}


def words_of(path: Path) -> str:
    pages = PdfReader(BytesIO(path.read_bytes())).pages
    return "\n".join(page.extract_text() for page in pages)


def test_labels_of_packed_boxes_are_written(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        packed, unpacked = scene.kit("Ada Ott", packed=True), scene.kit("Bo Rau")
        unpacked_id, codes = unpacked.id, [box.code for box in packed.boxes]

    result, last = run(app, str(tmp_path / "a.pdf"), "--packed")
    assert (result.exit_code, last["labels"], last["written"]) == (0, 2, True)
    assert all(code in words_of(tmp_path / "a.pdf") for code in codes)
    assert "Bo Rau" not in words_of(tmp_path / "a.pdf")

    result, last = run(app, str(tmp_path / "b.pdf"), "--kit", str(unpacked_id), "--without-names")
    assert (result.exit_code, last["labels"]) == (0, 2)
    assert "Bo Rau" not in words_of(tmp_path / "b.pdf")


def test_any_label_goes_to_any_paper_or_printer(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        kit = scene.kit("Ada Ott")
        tag, code = kit.items[0].asset_tag, kit.boxes[0].code
    scanned = tmp_path / "codes.txt"
    scanned.write_text(f"{tag.lower()}\n\n{code}\n")

    result, last = run(app, str(tmp_path / "a.zpl"), "--codes", str(scanned), "--zpl", "203")
    assert (result.exit_code, last["labels"]) == (0, 2)
    labels = zpl_reading.formats((tmp_path / "a.zpl").read_bytes())
    assert [any(code in field.words for field in label.fields) for label in labels] == [False, True]

    result, last = run(app, str(tmp_path / "b.pdf"), "--code", tag, "--format", "5x13")
    assert result.exit_code == 0
    assert tag in words_of(tmp_path / "b.pdf").replace("\n", "")
    result, last = run(app, str(tmp_path / "c.pdf"), "--code", "HW-99999")
    assert last["reason"] == "There is nothing with the code HW-99999."
    result, last = run(app, str(tmp_path / "c.pdf"), "--locations", "all")
    assert (result.exit_code, last["labels"]) == (1, 0)


def test_nothing_to_print_is_a_no_with_its_reason(app: Flask, tmp_path: Path) -> None:
    result, last = run(app, str(tmp_path / "a.pdf"), "--packed")

    assert result.exit_code == 1
    assert last == {"written": False, "labels": 0, "reason": "There is no label to print."}
    assert not (tmp_path / "a.pdf").exists()


def test_a_place_that_the_paper_does_not_have_is_refused(app: Flask, tmp_path: Path) -> None:
    result, _last = run(
        app, str(tmp_path / "a.pdf"), "--packed", "--format", "1x2", "--first-place", "3"
    )

    assert result.exit_code == 2
    assert "3 is no place of 1x2, which has places 1 to 2." in result.output
    assert not (tmp_path / "a.pdf").exists()


def test_which_labels_must_be_said(app: Flask, tmp_path: Path) -> None:
    for arguments in (
        (),
        ("--packed", "--kit", "1"),
        ("--kit", "1", "--format", "roll", "--zpl", "203"),
    ):
        result, _last = run(app, str(tmp_path / "a.pdf"), *arguments)
        assert result.exit_code == 2


def test_a_place_that_cannot_be_written_is_named(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        scene.kit(packed=True)

    result, _last = run(app, str(tmp_path / "none" / "a.pdf"), "--packed")

    assert result.exit_code == 1
    assert "a.pdf" in result.output
