"""From four columns of wild spelling to what is looked up."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hoffice.places.addresses.reading import LONGEST, Asked, plainer, read
from hoffice.places.rules import Address, Finding

Columns = tuple[str, str, str, str]


def asked(*columns: str) -> Asked:
    return read(Address(*columns))


def parts(one: Asked) -> tuple[str, str, str, str, str]:
    return one.street, one.number, one.postcode, one.city, one.note


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("Sonnenallee", "112", "12045", "Berlin"), ("Sonnenallee", "112", "12045", "Berlin", "")),
        (("Sonnenallee 112", "", "12045", "Berlin"), ("Sonnenallee", "112", "12045", "Berlin", "")),
        (("Sonnenallee 112, 12045 Berlin",), ("Sonnenallee", "112", "12045", "Berlin", "")),
        (("12045 Berlin, Sonnenallee 112",), ("Sonnenallee", "112", "12045", "Berlin", "")),
        (("Sonnenallee 112, HH 3. OG links, 12045 Berlin, Deutschland",),
         ("Sonnenallee", "112", "12045", "Berlin", "HH 3. OG links")),
        (("Sonnenallee 112, 12045",), ("Sonnenallee", "112", "12045", "", "")),
        (("Sonnenallee", "112", "", "12045 Berlin"), ("Sonnenallee", "112", "12045", "Berlin", "")),
        (("Sonnenallee", "112", "", "D-12045 Berlin"),
         ("Sonnenallee", "112", "12045", "Berlin", "")),
        (("Sonnenallee", "112", "", "12045"), ("Sonnenallee", "112", "12045", "", "")),
        (("Sonnenallee", "112 HH, 3. OG", "12045", "Berlin"),
         ("Sonnenallee", "112", "12045", "Berlin", "HH, 3. OG")),
        (("c/o Kaya, Sonnenallee 112", "", "12045", "Berlin"),
         ("Sonnenallee", "112", "12045", "Berlin", "c/o Kaya")),
        (("Sonnenallee 112, Vorderhaus 3. OG links", "", "12045", "Berlin"),
         ("Sonnenallee", "112", "12045", "Berlin", "Vorderhaus 3. OG links")),
        (("Sonnenallee, Hinterhaus", "112", "12045", "Berlin"),
         ("Sonnenallee", "112", "12045", "Berlin", "Hinterhaus")),
        (("Straße des", "17. Juni 135", "10623", "Berlin"),
         ("Straße des 17. Juni", "135", "10623", "Berlin", "")),
        (("Straße des 17. Juni", "135", "10623", "Berlin"),
         ("Straße des 17. Juni", "135", "10623", "Berlin", "")),
        (("Straße 12", "7", "12045", "Berlin"), ("Straße 12", "7", "12045", "Berlin", "")),
        (("Privatstraße 4", "4", "12045", "Berlin"),
         ("Privatstraße 4", "4", "12045", "Berlin", "")),
        (("Kantstr.", "Nr. 5", "10623", "Berlin"), ("Kantstr.", "5", "10623", "Berlin", "")),
        (("Sonnenallee", "", "12045", "Berlin"), ("Sonnenallee", "", "12045", "Berlin", "")),
        (("  Sonnenallee\t", " 112 ", " 12045 ", " Berlin "),
         ("Sonnenallee", "112", "12045", "Berlin", "")),
        (("", "", "", ""), ("", "", "", "", "")),
    ],
)  # fmt: skip
def test_each_part_is_found_whatever_column_it_stands_in(
    columns: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert parts(asked(*columns)) == expected


@pytest.mark.parametrize(
    ("line", "city", "note"),
    [
        ("Sonnenallee 112, Potsdam", "Potsdam", ""),
        ("Sonnenallee 112, HH, Potsdam", "Potsdam", "HH"),
        ("Sonnenallee 112 (Potsdam)", "Potsdam", ""),
        ("Sonnenallee 112, Berlin, Deutschland", "Berlin", ""),
        ("Sonnenallee 112, links", "", "links"),
        ("Sonnenallee 112, 3. OG", "", "3. OG"),
        ("Sonnenallee 112, bei Schmidt", "", "bei Schmidt"),
    ],
)
def test_a_town_behind_the_house_is_no_door_note(line: str, city: str, note: str) -> None:
    one = asked(line)

    assert (one.street, one.number, one.city, one.note) == ("Sonnenallee", "112", city, note)


@pytest.mark.parametrize(
    ("postcode", "read_as"),
    [
        ("12045", "12045"),
        ("D-12045", "12045"),
        ("D 12045", "12045"),
        ("D12045", "12045"),
        ("DE-12045", "12045"),
        ("de 12045", "12045"),
        ("12045.0", "12045"),
        ("1237", "01237"),
        ("120\u200b45", "12045"),
    ],
)
def test_a_postcode_is_read_as_spreadsheets_and_letters_write_it(
    postcode: str, read_as: str
) -> None:
    one = asked("Seestr.", "1", postcode, "")

    assert (one.postcode, one.findings) == (read_as, ())


@pytest.mark.parametrize("postcode", ["keine", "120456", "12", "1204O", "-", "?"])
def test_what_is_no_postcode_is_said_so(postcode: str) -> None:
    one = asked("Seestr.", "1", postcode, "Berlin")

    assert (one.postcode, one.findings) == ("", (Finding.POSTCODE_UNKNOWN,))
    assert not one.stops_here


@pytest.mark.parametrize(
    "columns",
    [
        ("Mariahilfer Straße", "1", "A-1060", "Wien"),
        ("Mariahilfer Straße", "1", "A 1060", "Wien"),
        ("Bahnhofstrasse", "1", "CH-8001", "Zürich"),
        ("Bahnhofstrasse", "1", "CH 8001", "Zürich"),
        ("Vestergade", "1", "DK-1456", ""),
        ("Nowy Świat", "1", "00-950", ""),
        ("Main Street", "1", "06037-1234", ""),
        ("Dlouhá", "1", "110 00", ""),
        ("Berlin Turnpike", "12", "", "Berlin, Connecticut"),
        ("Berlin Turnpike 12, Berlin, Connecticut", "", "", ""),
        ("Hauptstraße", "5", "", "Österreich"),
        ("Hauptstraße", "5", "10115", "Schweiz"),
        ("Hauptstraße", "5", "10115", "Berlin (USA)"),
        ("Hauptstraße", "5", "10115", "Słubice/Polen"),
        ("Hauptstraße 5, 10115 Berlin, Österreich", "", "", ""),
    ],
)
def test_what_lies_abroad_is_not_looked_up(columns: Columns) -> None:
    one = asked(*columns)

    assert one.findings == (Finding.ABROAD,)
    assert one.stops_here


@pytest.mark.parametrize(
    ("city", "kept"),
    [
        ("Berlin, Deutschland", "Berlin"),
        ("Berlin (Germany)", "Berlin"),
        ("Potsdam, Brandenburg", "Potsdam"),
        ("Brandenburg", "Brandenburg"),
        ("Frankfurt (Oder)", "Frankfurt, Oder"),
        ("Deutschland", ""),
    ],
)
def test_the_country_at_home_and_the_state_are_no_part_of_the_town(city: str, kept: str) -> None:
    one = asked("Seestr.", "1", "12045", city)

    assert (one.city, one.findings) == (kept, ())


@pytest.mark.parametrize(
    ("street", "is_box"),
    [
        ("Postfach 1234", True),
        ("PO Box 12", True),
        ("P.O. Box 12", True),
        ("postlagernd", True),
        ("Sonnenallee 112, Postfach 3", True),
        ("Postfachweg", False),
    ],
)
def test_a_post_office_box_has_no_door(street: str, is_box: bool) -> None:  # noqa: FBT001  # a table
    one = asked(street, "", "10115", "Berlin")

    assert (one.findings == (Finding.PO_BOX,)) is is_box


def test_what_is_too_long_is_not_taken_apart() -> None:
    assert asked("x" * 300).findings == (Finding.TOO_LONG,)
    assert asked("x" * LONGEST).findings == ()
    assert asked("x" * 200, "1", "12045", "y" * 60).findings == (Finding.TOO_LONG,)
    assert asked("x" * 1_000_000, "1" * 1_000_000).findings == (Finding.TOO_LONG,)


@pytest.mark.parametrize(
    "street",
    [
        "Sonnen\u00adallee",
        "\u200fSonnenallee\u200e",
        "Sonnen\u200ballee",
        "\ufeffSonnenallee",
        "Sonnenallee\x00",
        "Sonnenallee\r\n",
        "Sonnenallee\u0085",
    ],
)
def test_signs_that_nobody_sees_change_nothing(street: str) -> None:
    one = asked(street, "1\u200b12", "12045", "Ber\u00adlin")

    assert (one.key, one.number, one.city) == ("sonnenallee", "112", "Berlin")


@pytest.mark.parametrize(
    ("number", "key", "alternatives"),
    [
        ("12", "12", ()),
        ("12a", "12a", ("12",)),
        ("12 A", "12a", ("12",)),
        ("012 a", "12a", ("12",)),
        ("21/22", "21/22", ("21",)),
        ("14 – 38", "14-38", ("14",)),
        ("48a/49", "48a/49", ("48a", "48")),
        ("8a-1", "8a-1", ("8a", "8")),
        ("40/p11", "40/p11", ("40",)),
        ("0", "0", ()),
        ("9999", "9999", ()),
        ("10000", "", ()),
        ("", "", ()),
    ],
)
def test_simpler_numbers_are_tried_the_nearest_first(
    number: str, key: str, alternatives: tuple[str, ...]
) -> None:
    one = asked("Sonnenallee", number, "12045", "Berlin")

    assert (one.number, one.alternatives) == (key, alternatives)


@pytest.mark.parametrize(
    ("columns", "street", "number", "is_beside"),
    [
        (("Rütlistraße 1-3", "1", "12045", "Berlin"), "Rütlistraße", "1", False),
        (("Goltzstraße gegenüber", "12", "12045", "Berlin"), "Goltzstraße", "12", True),
        (("Matterhornstraße ggü.", "9", "14129", "Berlin"), "Matterhornstraße", "9", True),
        (("schräg gegenüber Seestraße", "9", "", ""), "Seestraße", "9", True),
        (("Seestraße neben", "9", "", ""), "Seestraße", "9", True),
    ],
)
def test_there_is_a_plainer_reading_of_what_is_unknown_as_written(
    columns: Columns, street: str, number: str, is_beside: bool  # noqa: FBT001  # a table
) -> None:  # fmt: skip
    plain = list(plainer(asked(*columns)))[-1]

    assert (plain.street, plain.number, plain.is_beside) == (street, number, is_beside)


def test_a_plain_address_has_no_plainer_reading() -> None:
    assert list(plainer(asked("Sonnenallee", "112", "12045", "Berlin"))) == []


TEXT = st.one_of(st.text(max_size=60), st.text("aAß1 ./-,()c\u200b5", max_size=40))


@given(TEXT, TEXT, TEXT, TEXT)
@example("\ud800", "\ud800", "\ud800", "\ud800")
@example("😀", "😀", "😀", "😀")
@example(
    "\u202eeellanennoS", "\u0661\u0662", "\u0661\u0662\u0660\u0664\u0665", "\u05d1\u05e8\u05dc"
)
def test_any_text_in_any_column_is_read(street: str, number: str, postcode: str, city: str) -> None:
    one = asked(street, number, postcode, city)

    assert one.postcode == "" or len(one.postcode) == 5
    assert one.key == "" or one.key.isalnum()
    for plain in plainer(one):
        assert plain.key == "" or plain.key.isalnum()


@pytest.mark.parametrize(
    "part", ["1 ", "1a-", "EG ", "1. Stock ", "12345 a ", ", ", "(", "1/", "ecke "]
)
def test_no_address_keeps_us_busy_however_often(part: str) -> None:
    line = (part * 200)[:200]

    for _ in range(100):  # a square of the length is nothing here; a cube would take minutes
        assert asked(line, line[:40], "", "") is not None


@pytest.mark.parametrize(
    ("address", "street", "number", "postcode", "note"),
    [
        (
            Address("c/o Kaya, Sonnenallee", "112", "12045"),
            "Sonnenallee",
            "112",
            "12045",
            "c/o Kaya",
        ),
        (Address("10117"), "", "", "10117", ""),
        (Address("Sonnenallee", "112.0", "12045"), "Sonnenallee", "112", "12045", ""),
        (Address("Dorfstraße 3, 3172 Guben"), "Dorfstraße", "3", "03172", ""),
    ],
)
def test_what_spreadsheets_and_hurried_people_write_is_read(
    address: Address, street: str, number: str, postcode: str, note: str
) -> None:
    asked = read(address)

    assert (asked.street, asked.number, asked.postcode, asked.note) == (
        street,
        number,
        postcode,
        note,
    )


@pytest.mark.parametrize(
    "address",
    [
        Address("Mariahilfer Straße 10, 1060 Wien"),
        Address("Mariahilfer Straße", "10", "1060", "Wien"),
        Address("Berlin, Connecticut"),
        Address("Hauptstraße", "5", "10115", "Zürich"),
    ],
)
def test_an_address_abroad_is_told_as_such_however_it_is_written(address: Address) -> None:
    assert Finding.ABROAD in read(address).findings
