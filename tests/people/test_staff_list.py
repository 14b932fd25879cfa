"""Staff lists as HR departments keep them: what is understood, what is asked, what is refused."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.errors import Refused
from hoffice.people.staff_list import (
    LABELS,
    Field,
    Guess,
    Kind,
    KnownPerson,
    ListedPerson,
    Mapping,
    Severity,
    StaffList,
    counts,
    difference,
    guess,
    parse,
)
from hoffice.sheets.reading import Table, read
from hoffice.sheets.writing import csv_bytes

BASE = {"Personalnummer": "0815", "Name": "Kaya, Aylin"}


def listed(*rows: dict[str, str]) -> StaffList:
    """The staff list of lines that are given as ``{column: cell}``; the columns are guessed."""
    header = tuple(dict.fromkeys(name for row in rows for name in row))
    table = Table(
        header,
        tuple(
            (line, tuple(row.get(name, "") for name in header))
            for line, row in enumerate(rows, start=2)
        ),
    )
    return parse(table, guess(header))


def person(**cells: str) -> ListedPerson:
    """The one person of a list with these further columns (``_`` for a blank)."""
    staff = listed(BASE | {name.replace("_", " "): cell for name, cell in cells.items()})
    assert staff.errors == ()
    return staff.people[0]


def problems(**cells: str) -> list[str]:
    """The sentences about a list with one line with these further columns."""
    staff = listed(BASE | {name.replace("_", " "): cell for name, cell in cells.items()})
    return [str(problem) for problem in staff.problems]


def fields(*header: str) -> list[str | None]:
    return [column.field.value if column else None for column in guess(header).columns]


# --- columns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "Personalnummer;Vorname;Nachname;E-Mail;Telefon;Straße;Hausnummer;PLZ;Ort",
            "personnel_number;first_name;last_name;email;phone;street;housenumber;postcode;city",
        ),
        (
            "PERNR;NACHN;VORNA;STRAS;PSTLZ;ORT01;TELNR;BEGDA;ENDDA",
            "personnel_number;last_name;first_name;street_line;postcode;city;phone;starts_on;ends_on",
        ),
        (
            "pnr#psd;duevo_familienname#psd;adresse_strassenname#psd;adresse_strasse_nr#psd",
            "personnel_number;last_name;street;housenumber",
        ),
        (
            "Employee ID;First name;LAST_NAME;Email;Hire date;Weekly working hours;Department",
            "personnel_number;first_name;last_name;email;starts_on;weekly_hours;team",
        ),
        (
            "Mitarbeiter;personal-nr.;E-Mail (dienstlich);Strasse, Hausnr.;Aufzug (ja/nein)",
            "name;personnel_number;email;street_line;lift",
        ),
        ("Nr.;Name;Vorname;Straße;Nr.;PLZ/Ort",
         "personnel_number;last_name;first_name;street;housenumber;address_line"),
        ("Name;Adresse;PLZ;Ort", "name;street_line;postcode;city"),
        ("Name;Adresse;Klingel;Breitengrad;Längengrad;Gerätesatz;Auftraggeber;Sprache",
         "name;address_line;bell;lat;lon;kit_type;clients;language"),
    ],
)  # fmt: skip
def test_usual_columns_are_recognised(header: str, expected: str) -> None:
    assert fields(*header.split(";")) == expected.split(";")


def test_a_column_about_somebody_else_is_left_alone() -> None:
    assert fields("Geburtsname", "Notfallkontakt Telefon", "Vorgesetzter", "IBAN", "") == [None] * 5


def test_a_typing_error_in_a_column_is_understood_but_asked() -> None:
    mapping = guess(["Personalnumer", "Nachname", "Vorname"])

    assert mapping.index_of(Field.PERSONNEL_NUMBER) == 0
    assert mapping.uncertain() == (0,)


def test_of_two_columns_for_one_field_the_surer_one_wins() -> None:
    assert fields("Telefonliste", "Telefon", "Mobil") == [None, "phone", None]


def test_missing_columns_are_named() -> None:
    assert guess(["Ort"]).missing() == (Field.PERSONNEL_NUMBER, Field.NAME)
    assert guess(["Nr", "Vorname"]).missing() == (Field.LAST_NAME,)
    assert guess(["Nr", "Nachname"]).missing() == (Field.FIRST_NAME,)
    assert guess(["Nr", "Name"]).missing() == ()
    assert guess(["Nr", "Name"]).recommended() == (
        *(Field.EMAIL, Field.STREET_LINE, Field.POSTCODE),
    )
    assert guess(["E-Mail", "Adresse"]).recommended() == ()


def test_nothing_is_read_while_a_required_column_is_missing() -> None:
    for header in (("Ort",), ("Nr", "Ort"), ("Nr", "Vorname"), ("Nr", "Nachname")):
        table = Table(header, ((2, ("x",) * len(header)),))
        with pytest.raises(Refused, match="No column holds"):
            parse(table, guess(header))


def test_a_person_has_the_last_word_on_a_column() -> None:
    mapping = guess(["Kennung", "Wer", "Mobil", "Telefon"])
    assert mapping.missing() == (Field.PERSONNEL_NUMBER, Field.NAME)

    chosen = mapping.with_column(0, Field.PERSONNEL_NUMBER).with_column(1, Field.NAME)
    chosen = chosen.with_column(3, Field.PHONE)

    assert chosen.missing() == ()
    assert chosen.uncertain() == ()
    assert (chosen.columns[2], chosen.index_of(Field.PHONE)) == (None, 3)
    assert chosen.with_column(3, None).index_of(Field.PHONE) is None


def test_a_mapping_survives_json() -> None:
    mapping = guess(["Personalnumer", "Name", "", "Haustier"])

    assert Mapping.from_json(json.loads(json.dumps(mapping.to_json()))) == mapping


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"header": ["a"], "columns": []},
        {"header": ["a"], "columns": [["shoe_size", 1]]},
        {"header": ["a"], "columns": [["name", "sure"]]},
        {"header": ["a"], "columns": [["name"]]},
        {"header": ["a", "b"], "columns": [["name", 1], ["name", 1]]},
    ],
)
def test_a_damaged_mapping_is_refused(value: Any) -> None:
    with pytest.raises(Refused):
        Mapping.from_json(value)


def test_a_mapping_for_another_file_is_refused() -> None:
    table = Table(("Nr", "Name", "Ort"), ((2, ("1", "a", "b")),))

    with pytest.raises(Refused, match="columns of this file"):
        parse(table, guess(["Nr", "Name"]))


def test_every_field_has_a_label() -> None:
    assert set(LABELS) == set(Field)


# --- cells -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("24.11.2026", date(2026, 11, 24)),
        ("24.11.26", date(2026, 11, 24)),
        ("1. 4. 2019", date(2019, 4, 1)),
        ("24.11.70", date(1970, 11, 24)),
        ("2026-11-24", date(2026, 11, 24)),
        ("2026-11-24T00:00:00", date(2026, 11, 24)),
        ("24.11.2026 00:00:00", date(2026, 11, 24)),
        ("20261124", date(2026, 11, 24)),
        ("31.12.9999", None),
        ("99991231", None),
        ("unbefristet", None),
        ("-", None),
        ("", None),
    ],
)
def test_dates_are_read_in_german_and_iso(cell: str, day: date | None) -> None:
    assert person(Austritt=cell).ends_on == day


@pytest.mark.parametrize(
    "cell", ["31.02.2026", "11/24/2026", "2026-13-01", "46350", "bald", "0.0.0"]
)
def test_what_is_no_date_is_named_with_line_and_column(cell: str) -> None:
    (sentence,) = problems(Eintritt=cell)

    assert sentence.startswith("Line 2, column “Eintritt”:")
    assert cell in sentence


def test_nobody_ends_before_she_starts() -> None:
    (sentence,) = problems(Eintritt="24.11.2026", Austritt="2026-11-23")

    assert "lies before" in sentence


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("38,5", "38.5"),
        ("38.50 h", "38.5"),
        ("40", "40"),
        ("38:30", "38.5"),
        ("19,25 Std.", "19.25"),
    ],
)
def test_weekly_hours_are_read(cell: str, hours: str) -> None:
    assert person(Wochenstunden=cell).weekly_hours == Decimal(hours)


@pytest.mark.parametrize("cell", ["61", "Vollzeit", "-5", "38,5,5"])
def test_what_is_no_number_of_hours_is_named(cell: str) -> None:
    assert "weekly hours" in problems(Wochenstunden=cell)[0]


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("Müller, Anna", "Anna", "Müller"),
        ("Anna Müller", "Anna", "Müller"),
        ("von der Heide, Jan-Ole", "Jan-Ole", "von der Heide"),
        ("Jan-Ole von der Heide", "Jan-Ole", "von der Heide"),
        ("  Kaya ,\u00a0Ay\u200blin ", "Aylin", "Kaya"),
    ],
)
def test_one_column_of_names_is_split(cell: str, first: str, last: str) -> None:
    found = listed({"Nr": "1", "Name": cell}).people[0]

    assert (found.first_name, found.last_name) == (first, last)


def test_a_single_name_is_kept_and_noted_and_none_is_an_error() -> None:
    staff = listed({"Nr": "1", "Name": "Sukarno"}, {"Nr": "2", "Name": ""})

    assert [(p.first_name, p.last_name) for p in staff.people] == [("", "Sukarno")]
    assert [(p.line, p.severity) for p in staff.problems] == [
        *((2, Severity.WARNING), (3, Severity.ERROR)),
    ]


@pytest.mark.parametrize("cell", ["anna", "anna@", "a@b", "a b@c.de", "a@b..de", "a@b.de, c@d.de"])
def test_what_is_no_email_address_is_named(cell: str) -> None:
    assert "not an e-mail address" in problems(EMail=cell)[0]


def test_email_addresses_are_trimmed_and_a_missing_one_is_noted() -> None:
    assert person(EMail=" <aylin@example.org>; ").email == "aylin@example.org"
    assert "no e-mail address" in problems(EMail="")[0]
    assert problems() == []


def test_two_people_with_one_email_address_are_noted_with_both_lines() -> None:
    staff = listed(
        {"Nr": "1", "Name": "A, B", "E-Mail": "x@example.org"},
        {"Nr": "2", "Name": "C, D", "E-Mail": "X@example.org"},
    )

    (problem,) = staff.problems
    assert (problem.line, problem.facts["other"]) == (3, 2)
    assert staff.is_importable


@pytest.mark.parametrize(
    ("cell", "postcode"),
    [
        ("12045", "12045"),
        ("D-12045", "12045"),
        ("15569", "15569"),
        ("1067", "01067"),
        ("1067.0", "01067"),
        ("", ""),
    ],
)
def test_postcodes_are_five_digits(cell: str, postcode: str) -> None:
    assert person(PLZ=cell, Ort="Berlin").postcode == postcode


def test_a_lost_leading_zero_is_noted() -> None:
    assert "read as 01067" in problems(PLZ="1067")[0]
    assert problems(PLZ="01067") == []


@pytest.mark.parametrize("cell", ["123", "00000", "00-950", "Berlin", "120456", "99999"])
def test_what_is_no_german_postcode_is_named(cell: str) -> None:
    assert "postcode" in problems(PLZ=cell)[0]


def test_languages_other_than_ours_become_a_note() -> None:
    assert person(Sprache="Englisch").language == "en"
    assert person(Sprache="DE").language == "de"
    assert "Türkisch" in problems(Sprache="Türkisch")[0]
    assert person(Sprache="Türkisch").language == ""


def test_clients_are_parted() -> None:
    assert person(Auftraggeber="Nord; Süd ;Nord").clients == ("Nord", "Süd")
    assert person(Auftraggeber="Nord, Süd").clients == ("Nord", "Süd")
    assert person(Auftraggeber="Müller, Roth & Co|Süd").clients == ("Müller, Roth & Co", "Süd")
    assert person(Auftraggeber="").clients == ()


def test_coordinates_have_commas_or_points_and_lie_in_germany() -> None:
    found = person(lat="52,4812", lon="13.4394")
    assert (found.lat, found.lon) == (52.4812, 13.4394)
    assert person(lat="", lon="").lat is None
    assert "only one" in problems(lat="52,5", lon="")[0]
    assert "swapped" in problems(lat="13,4", lon="52,5")[0]
    assert "Germany" in problems(lat="48,85", lon="2,35")[0]
    assert "not a coordinate" in problems(lat="Nord", lon="13,4")[0]


def test_one_column_of_coordinates_alone_is_refused() -> None:
    with pytest.raises(Refused, match="two coordinates"):
        listed(BASE | {"lat": "52,5"})


def test_the_way_to_the_door_is_read() -> None:
    found = person(Etage="3. OG", Aufzug="nein", Klingel="Kaya/Roth", Parken="Hof")
    assert (found.floor, found.lift, found.bell, found.parking) == (3, False, "Kaya/Roth", "Hof")
    assert found.access_note == ""

    assert person(Etage="EG").floor == 0
    assert person(Etage="-1").floor == -1
    assert person(Etage="4", Aufzug="x").lift is True
    links = person(Etage="3 links")
    assert (links.floor, links.access_note) == (3, "3 links")
    attic = person(Etage="Dachgeschoss", Aufzug="nur mit Schlüssel", Hinweis="Hund")
    assert (attic.floor, attic.lift) == (None, None)
    assert attic.access_note == "Hund, Dachgeschoss, nur mit Schlüssel"


def test_endless_texts_are_named() -> None:
    assert "longer than 200" in problems(Team="x" * 201)[0]
    assert "longer than 1000" in problems(Hinweis="x" * 1001)[0]
    assert problems(Hinweis="x" * 1000) == []


# --- addresses -------------------------------------------------------------------------------


def test_columns_of_their_own_win_over_the_combined_ones() -> None:
    found = person(
        Adresse="Kantstr. 5, 10623 Berlin", Straße="Sonnenallee", Hausnummer="112 HH", Etage=""
    )
    assert (found.street, found.housenumber, found.access_note) == ("Sonnenallee", "112", "HH")

    found = person(Straße="Seestr. 12, 3. OG", Hausnummer="", PLZ_Ort="13353 Berlin")
    assert (found.street, found.housenumber, found.floor) == ("Seestr.", "12", 3)
    assert (found.postcode, found.city, found.access_note) == ("13353", "Berlin", "3. OG")


def test_lines_of_an_address_are_parted_by_line_breaks_too() -> None:
    found = person(Adresse="Sonnenallee 112\nHinterhaus\n12045 Berlin")

    assert (found.street, found.city, found.access_note) == ("Sonnenallee", "Berlin", "Hinterhaus")


def test_a_missing_house_number_is_noted() -> None:
    assert "“Unter den Linden” has no house number" in problems(Straße="Unter den Linden")[0]
    found = person(Straße="Kantstr.", Hausnummer="ohne")
    assert (found.street, found.housenumber, found.access_note) == ("Kantstr.", "", "ohne")


# --- the list --------------------------------------------------------------------------------


def test_the_same_personnel_number_twice_names_both_lines_and_imports_neither() -> None:
    staff = listed(
        {"Nr": "7", "Name": "A, B"}, {"Nr": "8", "Name": "C, D"}, {"Nr": " 7 ", "Name": "E, F"}
    )

    assert [p.personnel_number for p in staff.people] == ["8"]
    assert not staff.is_importable
    assert [(p.line, p.facts["other"]) for p in staff.errors] == [(2, 4), (4, 2)]
    assert staff.mentioned == {"7", "8"}


def test_a_missing_personnel_number_is_an_error_with_its_line() -> None:
    staff = listed({"Nr": "1", "Name": "A, B"}, {"Nr": "-", "Name": "C, D"})

    assert str(staff.errors[0]).startswith("Line 3 has no personnel number.")
    assert not staff.is_importable


def test_every_problem_is_a_whole_sentence_that_names_its_line() -> None:
    row = {
        "Nr": "1",
        "Name": "Kaya",
        "E-Mail": "x",
        "Eintritt": "x",
        "Austritt": "x",
        "Wochenstunden": "x",
        "PLZ": "x",
        "Straße": "Am See",
        "lat": "1",
        "lon": "",
        "Sprache": "x",
        "Aufzug": "vielleicht",
        "Team": "x" * 999,
    }

    staff = listed(row, row)

    for problem in staff.problems:
        sentence = str(problem)
        assert sentence.startswith(f"Line {problem.line}")
        assert "%(" not in sentence
        assert sentence.endswith(".")
        assert problem.column in row
    assert len(staff.errors) == 16


def test_a_column_without_a_name_is_called_by_its_letter() -> None:
    header = ("Nr", "Name", "")
    mapping = guess(header).with_column(2, Field.STARTS_ON)

    staff = parse(Table(header, ((2, ("1", "A, B", "x")),)), mapping)

    assert staff.problems[0].column == "C"


def test_blanks_and_invisible_signs_are_removed_everywhere() -> None:
    found = person(Team="\u00a0Kunden\u200bdienst  Nord\u202e ", Ort="Ko\u0308ln", Telefon="–")

    assert (found.team, found.city, found.phone) == ("Kundendienst Nord", "Köln", "")


@given(st.lists(st.text(max_size=30), min_size=len(Field), max_size=len(Field)))
def test_whatever_stands_in_the_cells_every_line_is_a_person_or_an_error(cells: list[str]) -> None:
    header = tuple(field.value for field in Field)
    mapping = Mapping(header, tuple(Guess(field, 1.0) for field in Field))

    staff = parse(Table(header, ((2, tuple(cells)),)), mapping)

    assert bool(staff.people) != bool(staff.errors)
    assert all(str(problem) for problem in staff.problems)


def ten_thousand() -> bytes:
    header = ["Personalnr.", "Name", "E-Mail", "Straße", "PLZ", "Ort", "Eintritt", "Std/Woche"]
    home = ["Kantstr. 5, 3. OG", "10623", "Berlin"]
    rows = (
        [f"{n:05}", "Müller, Anna", f"a{n}@example.org", *home, "24.11.2026", "38,5"]
        for n in range(10_000)
    )
    return csv_bytes(header, rows)


def test_ten_thousand_lines_take_less_than_two_seconds() -> None:
    table = read("liste.csv", ten_thousand())
    start = time.process_time()

    staff = parse(table, guess(table.header))
    changes = difference(staff, {p.personnel_number: p for p in staff.people})

    assert time.process_time() - start < 2
    assert (len(staff.people), staff.problems) == (10_000, ())
    assert counts(changes)[Kind.UNCHANGED] == 10_000


# --- changes ---------------------------------------------------------------------------------

AYLIN = KnownPerson(
    personnel_number="0815",
    first_name="Aylin",
    last_name="Kaya",
    email="Aylin@example.org",
    phone="+49 30 123",
    clients=("Süd", "Nord"),
    street="Kantstraße",
    housenumber="5 a",
    lat=52.5,
    lon=13.4,
)


def test_what_is_only_written_differently_is_no_change() -> None:
    staff = listed(
        BASE
        | {"E-Mail": "aylin@example.org", "Telefon": "+49 30/123", "Auftraggeber": "Nord;Süd"}
        | {"Straße": "Kantstr. 5A", "lat": "52,50000001", "lon": "13,4"}
    )

    (change,) = difference(staff, {"0815": AYLIN})

    assert (change.kind, change.fields) == (Kind.UNCHANGED, ())


def test_a_change_says_field_before_and_after() -> None:
    staff = listed(BASE | {"Straße": "Seestr. 12", "Team": "Nord"})

    (change,) = difference(staff, {"0815": AYLIN})

    assert (change.kind, change.line, change.name) == (Kind.CHANGED, 2, "Aylin Kaya")
    assert [(one.field, one.before, one.after) for one in change.fields] == [
        (Field.TEAM, "", "Nord"),
        (Field.STREET, "Kantstraße", "Seestr."),
        (Field.HOUSENUMBER, "5 a", "12"),
    ]


def test_an_empty_cell_leaves_what_is_known_unless_the_list_is_complete() -> None:
    staff = listed(BASE | {"Telefon": ""})

    assert difference(staff, {"0815": AYLIN})[0].kind is Kind.UNCHANGED
    (change,) = difference(staff, {"0815": AYLIN}, blank_clears=True)
    assert [(one.field, one.after) for one in change.fields] == [(Field.PHONE, "")]


def test_people_are_new_changed_missing_or_unchanged_and_sorted_by_name() -> None:
    staff = listed(
        {"Nr": "1", "Name": "Zander, Uwe", "Team": "A"},
        {"Nr": "2", "Name": "Öztürk, Can", "Team": "A"},
        {"Nr": "3", "Name": "Abel, Ida", "Team": "A"},
        {"Nr": "0815", "Name": "Kaya, Aylin", "Team": "A"},
    )
    known = {
        "0815": AYLIN,
        "9": KnownPerson(personnel_number="9", first_name="Jan", last_name="Roth"),
        "3": KnownPerson(personnel_number="3", first_name="Ida", last_name="Abel", team="A"),
    }

    changes = difference(staff, known)

    assert [(change.kind, change.name) for change in changes] == [
        (Kind.NEW, "Can Öztürk"),
        (Kind.NEW, "Uwe Zander"),
        (Kind.CHANGED, "Aylin Kaya"),
        (Kind.MISSING, "Jan Roth"),
        (Kind.UNCHANGED, "Ida Abel"),
    ]
    assert counts(changes) == {Kind.NEW: 2, Kind.CHANGED: 1, Kind.MISSING: 1, Kind.UNCHANGED: 1}
    assert counts(()) == dict.fromkeys(Kind, 0)


def test_a_person_in_a_line_with_an_error_is_not_reported_missing() -> None:
    staff = listed(BASE | {"Eintritt": "bald"})

    assert difference(staff, {"0815": AYLIN}) == ()


def test_a_number_that_lost_its_zero_points_to_the_known_person() -> None:
    staff = listed(BASE | {"Personalnummer": "815"})

    new, missing = difference(staff, {"0815": AYLIN})

    assert (new.kind, new.similar_to) == (Kind.NEW, "0815")
    assert missing.kind is Kind.MISSING


@given(st.builds(str.strip, st.text("AÄab ", min_size=1)).filter(bool))
def test_a_list_never_differs_from_itself(team: str) -> None:
    staff = listed(BASE | {"Team": team})
    known = {one.personnel_number: replace(one, line=9) for one in staff.people}

    assert counts(difference(staff, known, blank_clears=True))[Kind.UNCHANGED] == 1
