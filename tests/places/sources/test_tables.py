"""Registers as text tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoffice.errors import Refused
from hoffice.places.sources.entries import Entry, Flaw
from hoffice.places.sources.opening import open_register
from hoffice.places.sources.projection import utm_of_degrees
from tests.places.sources.files import BERLIN_HEADER, HERMANNPLATZ, packed, write

HEADER = "street,housenumber,postcode,city,suburb,lat,lon"
LINE = "Lindenweg,12a,12045,Berlin,Neukölln,52.4865,13.4246"
ENTRY = Entry("Lindenweg", "12a", "12045", "Berlin", "Neukölln", 52.4865, 13.4246)


def test_a_table_with_points_is_read(tmp_path: Path) -> None:
    register = open_register(write(tmp_path / "home.csv", f"{HEADER}\n{LINE}\n"))

    assert list(register) == [ENTRY]
    assert (register.origin.kind, register.origin.name, register.origin.rank) == (
        "table",
        "home",
        30,
    )
    assert register.total == 1
    assert register.progress == 1.0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_dress_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    text = f"{HEADER}\r\n{LINE}\r\n".replace(",", separator)

    assert list(open_register(write(tmp_path / "x", text, encoding))) == [ENTRY]


def test_german_headers_and_decimal_commas_are_read(tmp_path: Path) -> None:
    text = (
        "Straße;Hausnummer;Zusatz;PLZ;Ort;Ortsteil;Breite;Länge\n"
        "Lindenweg;12;a;12045;Berlin;Neukölln;52,4865;13,4246\n"
    )

    assert list(open_register(write(tmp_path / "x.csv", text))) == [ENTRY]


def test_metres_of_the_surveyors_become_degrees(tmp_path: Path) -> None:
    east, north = utm_of_degrees(*HERMANNPLATZ)
    text = f"str;hnr;adz;postplz;gmd;ostwert;nordwert\nAllee;1;;3172;Guben;{east:.3f};{north:.3f}\n"

    register = open_register(write(tmp_path / "x.csv", text.replace(".", ",")))
    [entry] = register

    assert (entry.lat, entry.lon) == pytest.approx(HERMANNPLATZ, abs=1e-8)
    assert entry.postcode == "03172"
    assert register.origin.name == "brandenburg"


def test_the_official_table_of_berlin_names_its_source(tmp_path: Path) -> None:
    east, north = utm_of_degrees(*HERMANNPLATZ)
    text = f"{BERLIN_HEADER},geom\n12,A,Lindenweg,12045,Neukölln,Britz,POINT ({east} {north})\n"

    register = open_register(write(tmp_path / "x.csv", text))
    [entry] = register

    assert entry[:5] == ("Lindenweg", "12A", "12045", "Berlin", "Britz")
    assert (entry.lat, entry.lon) == pytest.approx(HERMANNPLATZ, abs=1e-8)
    assert (register.origin.name, register.origin.rank) == ("berlin", 10)
    assert "Geoportal Berlin" in register.origin.credit


@pytest.mark.parametrize("pack", [packed, write])
def test_the_register_without_points_is_a_source_of_its_own(tmp_path: Path, pack: object) -> None:
    text = f"{BERLIN_HEADER}\n12,A,Lindenweg,12045,Neukölln,Britz\n"
    path = (packed if pack is packed else write)(tmp_path / "x.csv.gz", text)

    register = open_register(path)

    assert list(register) == [Entry("Lindenweg", "12A", "12045", "Berlin", "Britz", None, None)]
    assert (register.origin.name, register.origin.rank) == ("berlin-register", 90)


def test_a_table_that_is_called_berlin_does_not_replace_the_official_one(tmp_path: Path) -> None:
    path = write(tmp_path / "berlin.csv", f"{HEADER}\n{LINE}\n")

    assert open_register(path).origin.name == "berlin-table"


def test_an_emoji_is_no_reason_to_stop(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", f"{HEADER}\n{LINE.replace('Lindenweg', '🌳-Allee')}\n")

    assert [entry.street for entry in open_register(path)] == ["🌳-Allee"]


def test_lines_that_are_no_address_are_counted_with_their_place(tmp_path: Path) -> None:
    lines = [
        HEADER,
        LINE,
        ",1,12045,Berlin,,52.4,13.4",
        "Lindenweg,,12045,Berlin,,52.4,13.4",
        "Lindenweg,0,12045,Berlin,,52.4,13.4",
        f"{'x' * 500},1,12045,Berlin,,52.4,13.4",
        "",
        '"Linden\nweg",2,12045,Berlin,,,',
        "Lindenweg,3,Berlin,,,52.4,13.4",
        "LindenstraÃŸe,3,12045,,,52.4,13.4",
    ]
    register = open_register(write(tmp_path / "x.csv", "\n".join(lines) + "\n"))

    entries = list(register)

    assert [entry.housenumber for entry in entries] == ["12a", "2"]
    assert entries[1].street == "Linden weg"
    assert register.skipped.first == {
        Flaw.NO_STREET: [3],
        Flaw.NO_NUMBER: [4, 5],
        Flaw.TOO_LONG: [6],
        Flaw.ODD_POSTCODE: [10],
        Flaw.GARBLED: [11],
    }
    assert register.skipped.total == 6
    assert len(list(register)) == 2, "it can be read again"
    assert register.skipped.total == 6


@pytest.mark.parametrize(
    ("point", "sentence"),
    [("13.4246,52.4865", "Swap the two"), ("41.6,-72.7", "outside Germany"), ("x,y", "outside")],
)
def test_few_points_in_the_wrong_place_are_skipped_and_many_refused(
    tmp_path: Path, point: str, sentence: str
) -> None:
    wrong = f"Lindenweg,1,12045,Berlin,,{point}\n"

    few = open_register(
        write(tmp_path / "few.csv", f"{HEADER}\n{(LINE + chr(10)) * 97}{wrong * 3}")
    )
    many = open_register(write(tmp_path / "m.csv", f"{HEADER}\n{(LINE + chr(10)) * 97}{wrong * 4}"))

    assert len(list(few)) == 97
    with pytest.raises(Refused, match=sentence):
        list(many)


def test_a_file_of_swapped_points_is_refused_at_its_beginning(tmp_path: Path) -> None:
    wrong = "Lindenweg,1,12045,Berlin,,13.4246,52.4865\n"
    register = open_register(write(tmp_path / "x.csv", f"{HEADER}\n{wrong * 100_000}"))

    with pytest.raises(Refused, match="line 2"):
        list(register)

    assert register.skipped.total < 1000


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{HEADER}\n{LINE}\nLindenweg,12", "not complete"),
        (f"{HEADER}\n{LINE}\nLindenweg,12,12045,Berlin,,52.4865", "not complete"),
        (f"{HEADER}\n" + f"{LINE}\n" * 1000 + LINE[:-2], "not complete"),
        (f"{HEADER}\n", "no usable address"),
        ("name,phone\nAyşe,030\n", "no column “street”"),
        ("street,lat,lon\nLindenweg,52,13\n", "no column “housenumber”"),
        (f'{HEADER}\n{LINE}\n"Lindenweg,12\n' + f"{LINE}\n" * 5000, "never closed"),
        (f"{HEADER}\n" + "x" * 300_000, "characters"),
        (f"{HEADER}\n{LINE}\n" + "Lindenweg,1\n" * 5 + f"{LINE}\n", "not as many columns"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        list(open_register(write(tmp_path / "x.csv", text)))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["Lindenweg,12,12045,Berlin,,95,13.4"], r"1\xa0×\xa0a point outside Germany \(line 2\)"),
        (["Lindenweg,,12045,Berlin,,,"] * 2, r"2\xa0×\xa0no house number \(line 2\)"),
        (["Weg,,12045,B,,,", ",1,12045,B,,,", ",2,12045,B,,,"], r"2\xa0×\xa0no street \(line 3\)"),
    ],
)
def test_a_table_of_flaws_only_is_named_with_the_most_frequent_one(
    tmp_path: Path, lines: list[str], sentence: str
) -> None:
    path = write(tmp_path / "mine.csv", "\n".join([HEADER, *lines, ""]))

    with pytest.raises(Refused, match=rf"^mine\.csv has no usable address.*{sentence}"):
        list(open_register(path))


def test_a_short_table_may_end_without_a_break(tmp_path: Path) -> None:
    assert len(list(open_register(write(tmp_path / "x.csv", f"{HEADER}\n{LINE}")))) == 1


def test_a_line_of_a_hundred_megabytes_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.csv.gz", f"{HEADER}\n".encode() + b"x" * 100_000_000)

    with pytest.raises(Refused, match="more than 131072 characters"):
        list(open_register(path))
