"""Exports that Excel opens as they are, that we can read again, and in which nothing is live."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.sheets.formulas import ERRORS, disarm, looks_live, rearm
from hoffice.sheets.reading import read
from hoffice.sheets.writing import Value, csv_bytes, xlsx_bytes

ATTACKS = ["=1+1", "+1+x", "-1+x", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", "=cmd|'/c calc'!A0"]

texts = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        max_size=40,
    )
    | st.text("=+-@'\t\n;,|\"0aÄ _x", max_size=12)
    | st.sampled_from(["_x000D_", "_x005F_", "0815", "+49 30 123", "-5"])
)
lines = st.lists(
    st.tuples(texts, texts, texts).filter(
        lambda cells: (
            any(cell and not cell.isspace() for cell in cells) and not ERRORS.intersection(cells)
        )
    ),
    min_size=1,
    max_size=8,
)
HEADER = ("Nr", "Name", "Ort")


def sheet(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


@given(lines)
@settings(max_examples=200, deadline=None)
def test_what_was_written_as_csv_is_read_as_the_same_texts(rows: list[tuple[str, ...]]) -> None:
    table = read("export.csv", csv_bytes(HEADER, rows))

    assert table.header == HEADER
    assert [cells for _, cells in table.rows] == rows


@given(lines)
@settings(max_examples=50, deadline=None)
def test_what_was_written_as_xlsx_is_read_as_the_same_texts(rows: list[tuple[str, ...]]) -> None:
    table = read("export.xlsx", xlsx_bytes(HEADER, rows, title="Liste"))

    assert [cells for _, cells in table.rows] == rows


@given(texts)
def test_disarming_can_always_be_undone_and_leaves_nothing_live(text: str) -> None:
    safe = disarm(text)

    assert rearm(safe) == text
    assert not looks_live(text) or safe.startswith("'") or not text.strip("-0123456789.,")


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_csv_cell_is_a_live_formula(attack: str) -> None:
    content = csv_bytes((attack, "b"), [(attack, "x")]).decode("utf-8-sig")

    assert content.count("'") >= 2
    assert all(line.startswith(("'", "\"'")) for line in content.split("\r\n")[:2] if line)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_xlsx_cell_is_a_formula(attack: str) -> None:
    written = sheet(xlsx_bytes((attack, "b"), [(attack, "x")], title="x"))

    assert [cell.data_type for row in written.iter_rows() for cell in row] == ["s"] * 4
    assert written["A2"].quotePrefix


def test_csv_is_what_german_excel_opens() -> None:
    content = csv_bytes(
        ["Nr", "Name"],
        [
            ["0815", "Müller; Anna"],
            [38.5, Decimal("-1.50")],
            [date(2026, 11, 24), datetime(2026, 11, 24, 8, 5, tzinfo=UTC)],
            [True, None],
            [4711.0, time(8, 30)],
            ["+49 30 123", "-5"],
        ],
    )

    assert (
        content
        == (
            '\ufeffNr;Name\r\n0815;"Müller; Anna"\r\n38,5;-1,50\r\n24.11.2026;24.11.2026 08:05\r\n'
            "ja;\r\n4711;08:30\r\n'+49 30 123;-5\r\n"
        ).encode()
    )


def test_english_csv_has_commas_points_and_iso_dates() -> None:
    content = csv_bytes(
        ["a", "b"],
        [[38.5, date(2026, 11, 24)], [False, datetime(2026, 1, 2, 3, 4, tzinfo=UTC)]],
        locale="en",
    )

    assert content.decode("utf-8-sig") == "a,b\r\n38.5,2026-11-24\r\nno,2026-01-02 03:04\r\n"


def test_xlsx_has_a_bold_frozen_header_a_filter_and_fitting_columns() -> None:
    written = sheet(xlsx_bytes(["Nr", "Name"], [["1", "x" * 30], ["2", "y" * 300]], title="Liste"))

    assert written.title == "Liste"
    assert written["A1"].font.bold
    assert not written["A2"].font.bold
    assert written.freeze_panes == "A2"
    assert written.auto_filter.ref == "A1:B3"
    assert written.column_dimensions["A"].width == 8
    assert written.column_dimensions["B"].width == 60


def test_xlsx_keeps_numbers_and_dates_as_such_and_texts_as_texts() -> None:
    row: list[Value] = [4711, 38.5, date(2026, 11, 24)]
    row += [datetime(2026, 11, 24, 8, 5, tzinfo=UTC), "0815", "#N/A"]

    written = sheet(xlsx_bytes(list("abcdef"), [row], title="x"))

    assert [cell.data_type for cell in written[2]] == ["n", "n", "d", "d", "s", "s"]


def test_control_characters_are_removed_and_endless_texts_are_cut() -> None:
    rows = [["a\x00b\x07\x0bc", "x" * 40_000]]

    for name, content in (
        ("a.csv", csv_bytes(["a", "b"], rows)),
        ("a.xlsx", xlsx_bytes(["a", "b"], rows, title="x")),
    ):
        cells = read(name, content).rows[0][1]
        assert cells[0] == "abc"
        assert len(cells[1]) == 32_767
        assert cells[1].endswith("…")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Geräte [2026] / Q4?", "Geräte 2026 Q4"),
        ("x" * 50, "x" * 31),
        ("", "Tabelle"),
        ("'''", "Tabelle"),
        ("History", "Tabelle"),
        ("a\x00b", "ab"),
    ],
)
def test_sheet_titles_are_made_legal(title: str, expected: str) -> None:
    assert sheet(xlsx_bytes(["a"], [["b"]], title=title)).title == expected


def test_an_export_without_lines_still_has_its_header() -> None:
    assert csv_bytes(["a"], []).decode("utf-8-sig") == "a\r\n"
    assert sheet(xlsx_bytes(["a"], [], title="x"))["A1"].value == "a"
