"""Tables as offices send them, and files that only look like tables."""

from __future__ import annotations

import codecs
import io
import struct
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles.numbers import FORMAT_TEXT

from hoffice.errors import Refused
from hoffice.sheets.reading import Limits, Table, column_letter, column_name, read

LIST = "Nr;Name;Ort\r\n0815;Müller, Anna;Köpenick\r\n"
ROWS = ((2, ("0815", "Müller, Anna", "Köpenick")),)


def refusal(name: str, content: bytes, **limits: int) -> Refused:
    with pytest.raises(Refused) as caught:
        read(name, content, limits=Limits(**limits))
    assert "%(" not in str(caught.value)
    return caught.value


def workbook(*rows: list[Any], title: str = "Liste") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xlsx(*rows: list[Any]) -> bytes:
    return saved(workbook(*rows))


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The workbook with some parts replaced or added; names have ``__`` for ``/``."""
    buffer = io.BytesIO()
    changes = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            if member not in changes:
                new.writestr(member, old.read(member))
        for member, part in changes.items():
            new.writestr(member, part)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LIST.encode("cp1252"), "cp1252"),
        (LIST.encode(), "utf-8"),
        (LIST.encode("utf-8-sig"), "utf-8"),
        (codecs.BOM_UTF16_LE + LIST.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + LIST.encode("utf-16-be"), "utf-16"),
        (LIST.encode("utf-16-le"), "utf-16-le"),
        (LIST.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_umlauts_survive_every_usual_encoding(content: bytes, encoding: str) -> None:
    table = read("liste.csv", content)

    assert table == Table(("Nr", "Name", "Ort"), ROWS, 1, encoding, ";")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found_although_names_contain_the_others(separator: str) -> None:
    others = "".join(sign for sign in ";,\t|" if sign != separator)
    line = separator.join(["1", f"a{others}b" if separator != "," else '"a;b"', "Köln"])
    content = f"{separator.join(['Nr', 'Name', 'Ort'])}\n{line}\n{line}\n".encode()

    table = read("liste.csv", content)

    assert table.separator == separator
    assert [len(cells) for _, cells in table.rows] == [3, 3]


def test_a_comma_in_every_name_and_in_the_header_does_not_beat_the_semicolons() -> None:
    table = read("liste.csv", b"Nr;Name, Vorname;Ort\n1;Kaya, Aylin;Berlin\n2;Roth, Jan;Potsdam\n")

    assert table.header == ("Nr", "Name, Vorname", "Ort")


def test_decimal_commas_do_not_part_the_columns() -> None:
    table = read("liste.csv", b"Nr;lat;lon\n1;52,5;13,4\n2;52,6;13,5\n")

    assert table.rows[0] == (2, ("1", "52,5", "13,4"))


def test_excels_hint_of_the_separator_is_followed_and_counted_as_a_line() -> None:
    table = read("liste.csv", b"sep=,\r\nNr,Name\r\n1,a;b\r\n")

    assert (table.header_line, table.rows) == (2, ((3, ("1", "a;b")),))


def test_empty_lines_vanish_but_the_others_keep_their_numbers() -> None:
    table = read("liste.csv", b"\r\n;;\r\nNr;Name\r\n\r\n1;a\r\n ; \r\n2;b\r\n")

    assert table.header_line == 3
    assert [line for line, _ in table.rows] == [5, 7]


def test_a_line_break_in_a_cell_belongs_to_the_cell_and_counts_as_a_line() -> None:
    table = read("liste.csv", b'Nr;Hinweis\r\n1;"Hof\r\nlinks"\r\n2;x\r\n')

    assert table.rows == ((2, ("1", "Hof\nlinks")), (4, ("2", "x")))


def test_a_file_from_an_old_mac_is_read() -> None:
    assert read("liste.csv", b"Nr;Name\r1;a\r2;b").rows == ((2, ("1", "a")), (3, ("2", "b")))


def test_short_lines_are_filled_and_empty_cells_beyond_the_header_are_dropped() -> None:
    table = read("liste.csv", b"Nr;Name;Ort;;\n1;a\n2;b;c;;\n")

    assert table.rows == ((2, ("1", "a", "")), (3, ("2", "b", "c")))


def test_text_beyond_the_header_is_refused_with_its_line() -> None:
    no = refusal("liste.csv", b"Nr;Name\n1;a\n2;b;c\n")

    assert (no.facts["line"], no.facts["column"]) == (3, "C")


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "-2+x", "@SUM(A1)", '"\t=1"', '"\r=1"', " =1"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_refused_with_line_and_column(
    cell: str,
) -> None:
    no = refusal("liste.csv", f"Nr;Name\n1;a\n2;{cell}\n".encode())

    assert (no.facts["line"], no.facts["column"]) == (3, "Name")
    assert "formula" in str(no)


def test_a_live_header_is_refused() -> None:
    no = refusal("liste.csv", b"Nr;=1+1\n1;a\n")

    assert (no.facts["line"], no.facts["column"]) == (1, "B")


@pytest.mark.parametrize(
    "cell", ["+49 30 123", "-5", "+4915112345678", "+49 (0)30/123-45", "-", "--", "-3,5 %", "-12€"]
)
def test_numbers_and_phone_numbers_are_not_taken_for_formulas(cell: str) -> None:
    assert read("liste.csv", f"Nr;Tel\n1;{cell}\n".encode()).rows == ((2, ("1", cell)),)


def test_the_apostrophe_of_our_own_exports_is_taken_away_and_no_other() -> None:
    table = read("liste.csv", b"Nr;Name\n1;'=1+1\n2;'s Gravenhage\n")

    assert [cells[1] for _, cells in table.rows] == ["=1+1", "'s Gravenhage"]


def test_a_cell_with_an_excel_error_is_refused() -> None:
    no = refusal("liste.csv", b"Nr;Name\n1;#NV\n")

    assert (no.facts["line"], no.facts["error"]) == (2, "#NV")


def test_a_quotation_mark_that_is_never_closed_is_named_with_its_line() -> None:
    assert refusal("liste.csv", b'Nr;Name\n1;a\n2;"b\n3;c\n').facts["line"] == 3


def test_a_quotation_mark_that_swallows_a_long_list_is_named_with_its_line() -> None:
    content = b'Nr,Name\n1,a\n2,"b\n' + b"3,c\n" * 50_000

    assert refusal("liste.csv", content).facts["line"] == 3


def test_inches_are_no_quotation() -> None:
    assert read("liste.csv", b'Nr;Monitor\n1;24" Monitor\n').rows[0][1][1] == '24" Monitor'


def test_two_encodings_in_one_file_are_named_with_their_line() -> None:
    content = "Nr;Name\n1;Köln\n".encode() + "2;Müller\n".encode("cp1252")

    no = refusal("liste.csv", content)

    assert (no.facts["line"], no.facts["column"]) == (2, "Name")


def test_text_in_an_unknown_encoding_is_refused_with_its_line() -> None:
    assert refusal("liste.csv", b"Nr;Name\n1;a\n2;M\x81ller\n").facts["line"] == 3


def test_half_a_utf16_character_is_refused() -> None:
    assert "UTF-8" in str(refusal("liste.csv", codecs.BOM_UTF16_LE + b"N\0r\0x"))


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0",
        b"Nr;Name\n1;a\0b\n",
        b"Nr;Name\n1;a\x07b\n",
        bytes(range(256)) * 40,
    ],
)
def test_binary_junk_named_csv_is_refused(content: bytes) -> None:
    assert "not a table" in str(refusal("liste.csv", content))


@pytest.mark.parametrize("content", [b"<html><table>", b" <!DOCTYPE html>", b"%PDF-1.7 x"])
def test_a_web_page_or_document_named_like_a_table_is_refused(content: bytes) -> None:
    assert "web page" in str(refusal("liste.csv", content))


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n", b";;;\r\n;;", codecs.BOM_UTF8, b"\0\0"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert "empty" in str(refusal("liste.csv", content))


def test_a_header_without_lines_is_refused() -> None:
    assert refusal("liste.csv", b"\nNr;Name\n;\n").facts["line"] == 2


def test_more_than_is_allowed_is_refused() -> None:
    assert refusal("a.csv", b"Nr;A\n" + b"1;2\n" * 9, rows=5).facts["line"] == 7
    assert refusal("a.csv", b"A;B;C\n1;2;3\n", columns=2).facts["columns"] == 3
    assert refusal("a.csv", b"A;B\n1;xxxxxx\n", cell_chars=5).facts["column"] == "B"
    assert refusal("a.csv", b"A;B\n1;2\n", file_bytes=5).facts["size"] == 1
    assert refusal("a.csv", b'A;B\n1;"' + b"x" * 200_000 + b'"\n').facts["line"] == 2


@pytest.mark.parametrize(
    ("name", "word"),
    [("a.xls", ".xls"), ("a.XLSM", "macros"), ("a.ods", ".ods"), ("a.xlsb", ".xlsb")],
)
def test_other_kinds_of_tables_are_refused_by_their_names(name: str, word: str) -> None:
    assert word in str(refusal(name, b"Nr\tName\n1\ta\n"))


def test_text_named_xlsx_is_refused() -> None:
    assert "but it is none" in str(refusal("a.xlsx", b"Nr;Name\n1;a\n"))


def test_the_container_of_office_97_is_refused_and_a_password_is_recognised() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "old Excel" in str(refusal("a.csv", ole))

    locked = ole + "EncryptedPackage".encode("utf-16-le")
    assert "password" in str(refusal("a.xlsx", locked))


def test_a_workbook_gives_texts_as_a_person_sees_them() -> None:
    header = ["Nr", "PLZ", "Text", "Zeit", "Dauer", "Stunden", "Lift", "Tag"]
    long = timedelta(hours=38, minutes=30)
    one = [4711.0, 1234.0, "01067", time(8, 30), long, 38.5, True, date(2026, 11, 24)]
    moment = datetime.fromisoformat("2026-11-24T08:05")
    two = ["a\r\nb", 10115, "x", time(8, 30, 5), None, -5, False, moment]
    content = xlsx(header, one, two)

    table = read("liste.xlsx", content)

    assert table.rows[0][1] == (
        *("4711", "1234", "01067", "08:30", "38:30", "38.5", "true", "2026-11-24"),
    )
    assert table.rows[1][1] == (
        *("a\nb", "10115", "x", "08:30:05", "", "-5", "false", "2026-11-24T08:05:00"),
    )
    assert (table.encoding, table.separator) == ("", "")


def test_leading_zeros_that_only_the_format_shows_are_kept() -> None:
    book = workbook(["Nr", "PLZ", "Text"], [1, 1067, "007"])
    sheet = book.active
    assert sheet is not None
    sheet["B2"].number_format = "00000"
    sheet["C2"].number_format = FORMAT_TEXT

    assert read("liste.xlsx", saved(book)).rows == ((2, ("1", "01067", "007")),)


def test_empty_lines_of_a_workbook_keep_the_numbers_of_the_others() -> None:
    content = xlsx([], ["Nr", "Name"], [], [1, "a"], [None, " "], [2, "b"])

    table = read("liste.xlsx", content)

    assert table.header_line == 2
    assert [line for line, _ in table.rows] == [4, 6]


def test_a_formula_in_a_workbook_is_refused_with_line_and_column() -> None:
    no = refusal("a.xlsx", xlsx(["Nr", "Name"], [1, "a"], [2, '=HYPERLINK("http://x","y")']))

    assert (no.facts["line"], no.facts["column"]) == (3, "Name")


def test_an_error_value_in_a_workbook_is_refused_with_line_and_column() -> None:
    no = refusal("a.xlsx", xlsx(["Nr", "Name"], [1, "#N/A"]))

    assert (no.facts["line"], no.facts["column"], no.facts["error"]) == (2, "Name", "#N/A")


def test_merged_cells_have_their_text_once_and_a_merged_title_is_refused_with_its_line() -> None:
    book = workbook(["Tag", "Art"], ["A-1", "Maus"], ["A-2", None])
    sheet = book["Liste"]
    sheet.merge_cells("B2:B3")
    merged = saved(book)
    sheet.insert_rows(1)
    sheet["A1"] = "Inventar 2026"
    sheet.merge_cells("A1:B1")

    assert read("a.xlsx", merged).rows == ((2, ("A-1", "Maus")), (3, ("A-2", "")))
    assert "Line 2 has text in column B" in str(refusal("a.xlsx", saved(book)))


def test_the_first_visible_sheet_with_text_is_read() -> None:
    book = workbook(["hidden"], ["x"])
    sheet = book.active
    assert sheet is not None
    sheet.sheet_state = "hidden"
    book.create_sheet("leer")
    book.create_sheet("gefüllt").append(["Nr"])
    book["gefüllt"].append([7])
    book.create_sheet("danach").append(["nie"])

    assert read("a.xlsx", saved(book)).rows == ((2, ("7",)),)


def test_a_workbook_named_csv_is_read_by_its_bytes() -> None:
    assert read("a.csv", xlsx(["Nr"], [1])).rows == ((2, ("1",)),)


def test_an_empty_workbook_is_refused() -> None:
    assert "empty" in str(refusal("a.xlsx", xlsx()))


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = repacked(xlsx(["Nr"], [1]), xl__bomb_dot_xml=bytes(50_000_000))

    def unpack(*_: object, **__: object) -> None:
        pytest.fail("something was unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)

    assert "not opened" in str(refusal("a.xlsx", bomb))
    assert len(bomb) < 100_000


def test_too_much_in_total_and_too_many_parts_are_refused() -> None:
    content = xlsx(["Nr"], [1])

    assert "not opened" in str(refusal("a.xlsx", content, unpacked_bytes=1_000))
    assert "not opened" in str(refusal("a.xlsx", content, members=3))


def test_an_archive_inside_a_workbook_is_refused() -> None:
    by_name = repacked(xlsx(["Nr"], [1]), xl__inner_dot_zip=b"x")
    by_bytes = repacked(xlsx(["Nr"], [1]), xl__harmless_dot_bin=xlsx(["x"]))

    assert refusal("a.xlsx", by_name).facts["part"] == "xl/inner.zip"
    assert refusal("a.xlsx", by_bytes).facts["part"] == "xl/harmless.bin"


def test_macros_are_refused_whatever_the_name() -> None:
    with_macros = repacked(xlsx(["Nr"], [1]), xl__vbaProject_dot_bin=b"x")

    assert "macros" in str(refusal("a.xlsx", with_macros))


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(xlsx(["Nr"], [1]))
    place = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, place + 8, 1)

    assert "password" in str(refusal("a.xlsx", bytes(content)))


def test_entities_in_a_workbook_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    content = repacked(xlsx(["Nr"], [1]), xl__worksheets__sheet1_dot_xml=bomb)

    assert "damaged" in str(refusal("a.xlsx", content))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and then nothing",
        b"PK\x05\x06" + bytes(18),
        xlsx(["Nr"], [1])[:-200],
        repacked(xlsx(["Nr"], [1]), xl__workbook_dot_xml=b"<broken"),
        repacked(xlsx(["Nr"], [1]), xl__worksheets__sheet1_dot_xml=b"<worksheet><sheetData>"),
    ],
)
def test_a_damaged_workbook_is_refused(content: bytes) -> None:
    assert "cannot be read" in str(refusal("a.xlsx", content))


def sheet_xml(data: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{data}</sheetData></worksheet>'.encode()


def test_a_line_far_below_all_others_does_not_keep_us_busy() -> None:
    data = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2000000000"><c><v>1</v></c></row>'
    content = repacked(xlsx(["Nr"], [1]), xl__worksheets__sheet1_dot_xml=sheet_xml(data))

    assert "far larger" in str(refusal("a.xlsx", content))


def test_a_sheet_that_is_wide_but_empty_does_not_keep_us_busy() -> None:
    data = "".join(f'<row r="{n}"><c r="ZZZ{n}"/></row>' for n in range(1, 50))
    content = repacked(xlsx(["Nr"], [1]), xl__worksheets__sheet1_dot_xml=sheet_xml(data))

    assert "far larger" in str(refusal("a.xlsx", content, rows=1_000))


def test_a_shared_string_that_is_not_there_is_refused() -> None:
    data = '<row r="1"><c r="A1" t="s"><v>999</v></c></row>'
    content = repacked(xlsx(["Nr"], [1]), xl__worksheets__sheet1_dot_xml=sheet_xml(data))

    assert "damaged" in str(refusal("a.xlsx", content))


def test_openpyxl_reads_xml_through_defusedxml() -> None:
    assert openpyxl.DEFUSEDXML


@given(st.binary(max_size=200), st.sampled_from([b"", b"Nr;Name\n1;", codecs.BOM_UTF16_LE]))
def test_any_bytes_are_a_table_or_refused(junk: bytes, start: bytes) -> None:
    try:
        table = read("liste.csv", start + junk)
    except Refused as no:
        assert "%(" not in str(no)  # noqa: PT017  # most junk is refused, some is a table
    else:
        assert all(len(cells) == len(table.header) for _, cells in table.rows)


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
@settings(deadline=None)
def test_a_workbook_with_flipped_bytes_is_a_table_or_refused(place: int, junk: bytes) -> None:
    content = bytearray(xlsx(["Nr", "Name"], [1, "a"]))
    place %= len(content)
    content[place : place + len(junk)] = junk

    try:
        table = read("liste.xlsx", bytes(content))
    except Refused as no:
        assert str(no)  # noqa: PT017
    else:
        assert table.rows


@given(st.binary(max_size=60), st.sampled_from(["", "<sheetData>", "<row><c t='s'><v>"]))
@settings(deadline=None)
def test_a_workbook_with_any_sheet_inside_is_a_table_or_refused(junk: bytes, start: str) -> None:
    sheet = b"<worksheet>" + start.encode() + junk
    content = repacked(xlsx(["Nr"], [1]), xl__worksheets__sheet1_dot_xml=sheet)

    with pytest.raises(Refused):
        read("liste.xlsx", content)


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
    ]
    assert column_name(("Nr", ""), 0) == "Nr"
    assert column_name(("Nr", ""), 1) == "B"
