"""A list of devices is read as offices and Snipe-IT write it, and never by a wrong guess."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind, item_list
from hoffice.kits.rules.item_list import Fate, Field, House, KnownBox, KnownItem, cells
from hoffice.sheets.tables import Table

SNIPE = (
    "ID,Company,Asset Name,Asset Tag,Serial,Model,Model No.,Category,Manufacturer,Status,"
    "Checked Out To,Location,Purchase Date,Purchase Cost,Warranty,Notes,Order Number"
)
SNIPE_LINE = (
    "7",
    "Spreeruf",
    "",
    "bs-7",
    "CN-0X",
    "OptiPlex 3080",
    "3080",
    "Desktop PCs",
    "Dell",
    "Deployed",
    "Ayşe Kaya (akaya)",
    "Berlin",
    "2025-02-28",
    "1,299.50",
    "36 months",
    "Kratzer",
    "9",
)
EMPTY = House({}, {}, {})


def preview(header: str, *rows: tuple[str, ...], house: House = EMPTY) -> item_list.Preview:
    names = tuple(header.split(","))
    table = Table(names, tuple((n, row) for n, row in enumerate(rows, start=2)))
    listed = item_list.read(table, item_list.guess(names), today=date(2026, 11, 22))
    return item_list.compare(listed, house)


def known(number: int, **values: Any) -> KnownItem:
    return KnownItem(number, {"kind": ItemKind.MONITOR, "serial": "", **values})


def said(line: item_list.Line) -> str:
    return " ".join(map(str, line.problems))


def test_a_snipe_it_export_is_read_as_it_is() -> None:
    columns = item_list.guess(SNIPE.split(","))
    assert columns.is_usable
    house = House({}, {"aysekaya": (4,)}, {})
    [line] = preview(SNIPE, SNIPE_LINE, house=house).lines

    assert (line.fate, line.tag) == (Fate.NEW, "BS-7")
    assert line.holder == Holder(HolderKind.EMPLOYEE, 4)
    assert line.values == {
        "serial": "CN-0X",
        "kind": ItemKind.PC,
        "model": "Dell OptiPlex 3080",
        "value_cents": 129950,
        "bought_on": date(2025, 2, 28),
        "warranty_until": date(2028, 2, 28),
        "note": "Kratzer",
    }


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1.299,50 €", 129950),
        ("1,299.50", 129950),
        ("1299,5", 129950),
        ("EUR 1 299", 129900),
        ("1.299", 129900),
        ("1.299.000", None),
        ("29.000", 2900000),
        ("12,00", 1200),
        ("0", 0),
        ("0,125", 12),
        ("849,-", 84900),
        ("1'299.00", 129900),
        ("199.99 USD", 19999),
        ("12a", None),
        ("-5", None),
        ("1,2,3", None),
        ("", None),
    ],
)
def test_money_is_read_with_comma_and_with_point(text: str, cents: int | None) -> None:
    if cents is None or cents > cells.MOST_CENTS:
        with pytest.raises(cells.Unclear):
            cells.cents_of(text)
    else:
        assert cells.cents_of(text) == cents


@pytest.mark.parametrize(
    ("column", "days"),
    [
        (["24.11.2026", "1.2.26"], [date(2026, 11, 24), date(2026, 2, 1)]),
        (["2026-11-24", "2026-02-01 00:00:00"], [date(2026, 11, 24), date(2026, 2, 1)]),
        (["11/24/2026", "02/01/2026"], [date(2026, 11, 24), date(2026, 2, 1)]),
        (["24/11/2026", "01/02/2026"], [date(2026, 11, 24), date(2026, 2, 1)]),
        (["Nov 24, 2026", "Sun Feb 1, 2026"], [date(2026, 11, 24), date(2026, 2, 1)]),
        (["24. November 2026", "1. März 2026"], [date(2026, 11, 24), date(2026, 3, 1)]),
        (["02/01/2026", "03/04/2026"], None),
        (["24/11/2026", "11/24/2026"], None),
        (["31.02.2026"], None),
    ],
)
def test_days_are_read_as_the_whole_column_writes_them(
    column: list[str], days: list[date] | None
) -> None:
    lines = preview("Tag,Gekauft am", *((f"T-{n}", text) for n, text in enumerate(column))).lines
    if days is None:
        assert all(line.fate is Fate.ERROR for line in lines)
    else:
        assert [line.values["bought_on"] for line in lines] == days


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Monitore", ItemKind.MONITOR),
        ("USB headset", ItemKind.HEADSET),
        ("Notebook", ItemKind.LAPTOP),
        ("Docking station", ItemKind.DOCK),
        ("Bürostühle", ItemKind.CHAIR),
        ("Mobile Phones", ItemKind.PHONE),
        ("desktop pc", ItemKind.PC),
        ("Mäuse", ItemKind.MOUSE),
        ("printer", ItemKind.PRINTER),
        ("Blumentopf", None),
        ("", None),
    ],
)
def test_kinds_are_known_by_words_of_both_languages(word: str, kind: ItemKind | None) -> None:
    assert cells.kind_of(word) is kind


def test_every_mistake_names_its_line_and_the_way_out_and_the_others_stay_good() -> None:
    house = House({"A-1": known(1, serial="S-1")}, {"mia": (1, 2)}, {})
    found = preview(
        "Inventarnummer,Seriennummer,Wert,Ausgegeben an,Garantie",
        ("B-1", "S-9", "12", "", ""),
        ("", "S-2", "", "", ""),
        ("B-1", "", "", "", ""),
        ("B-2", "s-9", "", "", ""),
        ("B-3", "S-1", "", "", ""),
        ("B-4", "", "viel", "", ""),
        ("B-5", "", "", "Niemand Hier", ""),
        ("B-6", "", "", "Mia", ""),
        ("K00017-1", "", "", "", ""),
        ("B-7", "", "", "", "lange"),
        house=house,
    )
    wrong = {line.line: said(line) for line in found.lines if line.fate is Fate.ERROR}

    assert found.counts == {"error": 9, "new": 1, "changed": 0, "same": 0, "hints": 0}
    assert "Line 3 has no asset tag." in wrong[3]
    assert "the tag B-1 stands in line 2 already" in wrong[4]
    assert "serial number s-9 stands in line 2 already, for B-1" in wrong[5]
    assert "serial number S-1 belongs to A-1 here" in wrong[6]
    assert "column “Wert”: “viel” is not an amount" in wrong[7]
    assert "nobody here is called “Niemand Hier”" in wrong[8]
    assert "several people are called “Mia”" in wrong[9]
    assert "is the number of a box" in wrong[10]
    assert "“lange” is" in wrong[11]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        pytest.param("5cg0012", "5cg0012 belongs to OLD here", id="the_same_in_small_letters"),
        pytest.param("5CGO0I2", "looks like 5CG0012, which belongs to OLD", id="letters_o_and_i"),
        pytest.param("5\u0421G0012", "looks like 5CG0012, which belongs to OLD", id="cyrillic"),
        pytest.param("5CG-00 12", "looks like 5CG0012, which belongs to OLD", id="signs_between"),
        pytest.param("5CG0013", "", id="another_number"),
    ],
)
def test_a_serial_number_of_the_house_is_known_again_however_it_is_written(
    written: str, sentence: str
) -> None:
    found = preview(
        "Tag,SN", ("NEW", written), house=House({"OLD": known(1, serial="5CG0012")}, {}, {})
    )
    assert sentence in said(found.lines[0])
    assert bool(found.lines[0].problems) is bool(sentence)
    assert found.lines[0].fate is (Fate.ERROR if sentence.startswith("5cg") else Fate.NEW)


def test_what_only_looks_the_same_in_one_list_is_a_hint_and_what_is_the_same_an_error() -> None:
    found = preview(
        "Tag,SN", ("A-1", "X0"), ("A-l", "XO"), ("A-L", "xo"), ("B", "xo"),
        house=House({"A–1": known(1)}, {}, {}),
    )  # fmt: skip
    lines = {line.line: line for line in found.lines}
    fates = [lines[number].fate for number in (2, 3, 4, 5)]
    assert fates == [Fate.NEW, Fate.NEW, Fate.ERROR, Fate.ERROR]
    assert "A-1 looks like A–1, which is here already" in said(lines[2])
    assert "the tag A-L looks like A-1 in line 2" in said(lines[3])
    assert "the serial number XO looks like X0 in line 2, for A-1" in said(lines[3])
    assert "the tag A-L stands in line 3 already" in said(lines[4])
    assert "the serial number xo stands in line 3 already, for A-L" in said(lines[5])


@pytest.mark.parametrize("written", ["1,23457E+17", "1.234567890123457e+18", "5E+17"])
def test_a_number_that_the_spreadsheet_rounded_is_no_serial_and_no_tag(written: str) -> None:
    lines = preview("Tag,SN", ("A", written), (written, "S")).lines
    assert [line.fate for line in lines] == [Fate.ERROR, Fate.ERROR]
    assert "Line 2, column “SN”: the spreadsheet has rounded" in said(lines[0])
    assert "Line 3, column “Tag”: the spreadsheet has rounded" in said(lines[1])


def test_known_devices_change_field_by_field_and_an_empty_cell_deletes_nothing() -> None:
    house = House(
        {
            "A-1": known(1, serial="S-1", model="Alt", note="bleibt"),
            "A-2": known(2, serial="S-2"),
            "A-3": known(3, serial="S-3", is_fragile=False, value_cents=0),
        },
        {},
        {},
    )
    found = preview(
        "Asset tag,Serial number,Model,Note,Status,Fragile,Value in euros",
        ("a-1", "S-2", "Neu", "", "Archived", "", ""),  # their serial numbers were mixed up
        ("A-2", "S-1", "", "", "", "", ""),
        ("A-3", "S-3", "", "", "", "nein", "0,00"),
        house=house,
    )
    by_tag = {line.tag: line for line in found.lines}

    assert {tag: line.fate for tag, line in by_tag.items()} == {
        "A-1": Fate.CHANGED,
        "A-2": Fate.CHANGED,
        "A-3": Fate.SAME,
    }
    changes = {one.name: (one.before, one.after) for one in by_tag["A-1"].changes}
    assert changes == {"model": ("Alt", "Neu"), "serial": ("S-1", "S-2")}


def test_a_new_device_is_where_its_line_says() -> None:
    house = House({}, {"p00007": (7,)}, {"platz12": Holder(HolderKind.DESK, 3)})
    found = preview(
        "Tag,Personalnummer,Status,Standort,Ausgegeben an",
        ("A", "P00007", "", "Platz 12", ""),
        ("B", "", "Archiviert", "Platz 12", ""),
        ("C", "", "In Reparatur", "", ""),
        ("D", "", "Lost/Stolen", "", ""),
        ("E", "", "Ready to Deploy", "Platz 12", "Lager"),
        ("F", "", "", "Mond", ""),
        ("G", "", "", "", "Platz 12"),
        house=house,
    )
    assert [line.holder for line in found.lines] == [
        Holder(HolderKind.EMPLOYEE, 7),
        Holder(HolderKind.RETIRED),
        Holder(HolderKind.REPAIR),
        Holder(HolderKind.LOST),
        Holder(HolderKind.DESK, 3),
        Holder(HolderKind.STOCK),
        Holder(HolderKind.DESK, 3),
    ]
    assert "knows no location “Mond”" in said(found.lines[5])


def test_no_field_has_two_columns_and_unknown_headings_are_left_out() -> None:
    columns = item_list.guess(["Asset Tag", "Inventarnummer", "Model", "Kommentar (intern)", "???"])
    assert columns.fields == (Field.TAG, None, Field.MODEL, Field.NOTE, None)
    assert item_list.Columns.from_json(columns.header, columns.to_json()) == columns


def test_what_cannot_be_is_an_error_and_what_the_house_calls_so_already_stays() -> None:
    house = House({"A-4": known(4, condition="wie neu, OVP")}, {}, {})
    header = "Asset Tag,Purchase Date,Condition"
    lines = preview(
        header,
        ("A-1", "2026-11-23", ""),
        ("A-2", "2026-11-22", "kaputt"),
        ("A-3", "", "halb verbrannt"),
        ("A-4", "", "wie neu, OVP"),
        house=house,
    ).lines

    by_tag = {line.tag: line for line in lines}
    assert "“Purchase Date”: 2026-11-23 is still to come" in said(by_tag["A-1"])
    assert by_tag["A-2"].values["condition"] == "damaged"
    assert "no condition “halb verbrannt”" in said(by_tag["A-3"])
    assert [by_tag[tag].fate for tag in sorted(by_tag)] == [
        Fate.ERROR, Fate.NEW, Fate.ERROR, Fate.SAME
    ]  # fmt: skip


def test_what_an_undone_list_had_brought_comes_back_unless_the_list_says_retired() -> None:
    undone = KnownItem(1, {"kind": ItemKind.MOUSE}, is_undone=True)
    house = House({"A-1": undone, "A-2": undone}, {}, {})
    retired, back = preview(
        "Asset Tag,Category,Status", ("A-1", "Maus", "Ausgemustert"), ("A-2", "Maus", "Lager"),
        house=house,
    ).lines[::-1]  # fmt: skip

    assert (back.fate, back.comes_back, back.holder.kind) == (Fate.NEW, True, HolderKind.STOCK)
    assert (retired.fate, retired.comes_back) == (Fate.SAME, False)
    assert "empty its state" in said(retired)


@pytest.mark.parametrize(
    ("state", "fate", "words"),
    [
        (BoxState.OPEN, Fate.CHANGED, ""),
        (BoxState.RELEASED, Fate.CHANGED, "packed anew"),
        (BoxState.HANDED_OVER, Fate.ERROR, "when it is back"),
    ],
)
def test_another_kind_is_told_of_its_box(state: BoxState, fate: Fate, words: str) -> None:
    lying = KnownItem(1, {"kind": ItemKind.MOUSE}, box=KnownBox("K00001-1", state))
    [line] = preview(
        "Asset Tag,Category", ("A-1", "Monitor"), house=House({"A-1": lying}, {}, {})
    ).lines

    assert line.fate is fate
    assert words in said(line)
    assert bool(words) == ("K00001-1" in said(line))
