"""Never silently wrong: every step of the cascade, and what it asks instead of guessing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.places.addresses.spelling import number_key, street_key
from hoffice.places.cascade.steps import (
    HOUSE_RADIUS_M,
    MOST_CANDIDATES,
    NEIGHBOUR_RADIUS_M,
    Cascade,
)
from hoffice.places.rules import (
    FINDING_TEXTS,
    Finding,
    Located,
    Precision,
    Register,
    metres_between,
    note_of,
)
from hoffice.places.sources.entries import Entry
from hoffice.units import Point
from tests.places.memory import SOURCE, MemoryRegister

CENTROIDS = {
    "10551": (52.5290, 13.3350),
    "10999": (52.4975, 13.4240),
    "12045": (52.4850, 13.4370),
    "12047": (52.4900, 13.4290),
    "12103": (52.4620, 13.3720),
    "12435": (52.4880, 13.4570),
    "12487": (52.4460, 13.5080),
    "13347": (52.5480, 13.3620),
    "13351": (52.5530, 13.3350),
    "14467": (52.3990, 13.0570),
    "15938": (51.9700, 13.6000),
    "80331": (48.1370, 11.5750),
}
RADIUS_M = 700


def house(
    street: str,
    number: str,
    postcode: str = "12045",
    city: str = "Berlin",
    district: str = "",
    *,
    at: tuple[float, float] | None = None,
) -> Entry:
    """An address of the register, with a point where one is given."""
    lat, lon = at or (None, None)
    return Entry(street, number, postcode, city, district, lat, lon)


HERE = (52.4812, 13.4356)
THERE = (52.4412, 13.5056)
SONNENALLEE = house("Sonnenallee", "112", district="Neukölln", at=HERE)
WALDSTRASSEN = (
    house("Waldstraße", "10", "12487", district="Johannisthal", at=THERE),
    house("Waldstraße", "10", "10551", district="Moabit", at=(52.5280, 13.3360)),
)


def locate(entries: Sequence[Entry], *columns: str) -> Located:
    """Ask a register that has these addresses."""
    return ask(MemoryRegister(*entries), *columns)


def ask(register: Register, *columns: str) -> Located:
    street, number, postcode, city = (*columns, "", "", "")[:4]
    return Cascade(register, CENTROIDS.get, lambda _: RADIUS_M).locate(
        street, number, postcode, city
    )


def findings(located: Located) -> list[Finding]:
    return [remark.finding for remark in located.remarks]


def offered(located: Located) -> list[str]:
    return [candidate.line for candidate in located.candidates]


def is_at(located: Located, at: tuple[float, float]) -> bool:
    return (located.lat, located.lon) == at


@pytest.mark.parametrize("column", ["1a", "12", "2"])
@pytest.mark.parametrize("street", ["Waldstraße 1, HH", "Waldstraße 1 (HH)"])
def test_two_numbers_that_contradict_each_other_are_asked(street: str, column: str) -> None:
    houses = [house("Waldstraße", number, at=HERE) for number in ("1", "1a", "2", "12")]

    located = locate(houses, street, column, "12045", "Berlin")

    assert located.precision is not Precision.HOUSE
    assert located.is_question


# --- the steps ---------------------------------------------------------------------------------


def test_a_known_house_is_found_to_the_house() -> None:
    located = locate([SONNENALLEE], "Sonnenallee", "112", "12045", "Berlin")

    assert located == Located(
        *HERE, Precision.HOUSE, HOUSE_RADIUS_M, SOURCE, "Sonnenallee 112, 12045 Berlin"
    )


@pytest.mark.parametrize("street", ["Sonnen-Allee", "SONNENALLEE", "sonnenallee ", "Sonnen allee"])
def test_spelling_alone_is_no_reason_to_ask(street: str) -> None:
    located = locate([SONNENALLEE], street, "112", "12045", "Berlin")

    assert (located.precision, located.remarks) == ("house", ())


def test_without_the_letter_the_point_is_that_of_the_house_and_it_is_said() -> None:
    located = locate([SONNENALLEE], "Sonnenallee", "112 C", "12045", "Berlin")

    assert (located.precision, located.radius_m) == ("house", NEIGHBOUR_RADIUS_M)
    assert located.matched == "Sonnenallee 112, 12045 Berlin"
    assert note_of(located) == "house 112c unknown, point of 112"


@pytest.mark.parametrize(
    ("known", "asked", "found", "finding"),
    [
        (("14",), "14-38", "14", Finding.FIRST_OF_RANGE),
        (("21", "22"), "21/22", "21", Finding.FIRST_OF_RANGE),
        (("21",), "21+22", "21", Finding.FIRST_OF_RANGE),
        (("48",), "48a/49", "48", Finding.FIRST_OF_RANGE),
        (("48a", "48"), "48a/49", "48a", Finding.FIRST_OF_RANGE),
        (("8a-1",), "8", "8a-1", Finding.SUFFIX_UNKNOWN),
        (("12b",), "12", "12b", Finding.SUFFIX_UNKNOWN),
        (("12b", "12a"), "12", "12a", Finding.SUFFIX_UNKNOWN),
        (("12", "12b"), "12a", "12", Finding.SUFFIX_UNKNOWN),
    ],
)
def test_the_nearest_certain_house_is_named(
    known: tuple[str, ...], asked: str, found: str, finding: Finding
) -> None:
    entries = [house("Kantstraße", number, at=HERE) for number in known]

    located = locate(entries, "Kantstraße", asked, "12045", "Berlin")

    assert findings(located) == [finding]
    assert located.remarks[0].facts == {"typed": number_key(asked), "found": found}
    assert located.matched == f"Kantstraße {found}, 12045 Berlin"


@pytest.mark.parametrize("number", ["14-38", "21/22", "8a-1", "12a", "40/p11"])
def test_a_number_that_the_register_writes_so_itself_needs_no_remark(number: str) -> None:
    entries = [house("Kantstraße", number, at=HERE), house("Kantstraße", "12", at=THERE)]

    located = locate(entries, "Kantstr.", number.upper(), "12045", "Berlin")

    assert (located.precision, located.remarks) == ("house", ())
    assert is_at(located, HERE)


def test_an_unknown_number_is_interpolated_between_its_neighbours() -> None:
    entries = [
        house("Sonnenallee", "110", at=(52.4810, 13.4350)),
        house("Sonnenallee", "114", at=(52.4814, 13.4362)),
        house("Sonnenallee", "300", at=(52.4600, 13.4700)),
    ]

    located = locate(entries, "Sonnenallee", "112", "12045", "Berlin")

    assert (located.precision, located.provider) == ("street", "register")
    assert (located.lat, located.lon) == pytest.approx((52.4812, 13.4356), abs=1e-6)
    assert findings(located) == [Finding.NUMBER_UNKNOWN]
    assert located.matched == "Sonnenallee, 12045 Berlin"


def test_a_known_house_without_a_point_is_interpolated_and_still_matched() -> None:
    entries = [house("Sonnenallee", "112"), house("Sonnenallee", "110", at=HERE)]

    located = locate(entries, "Sonnenallee", "112", "12045", "Berlin")

    assert (located.precision, located.matched) == ("street", "Sonnenallee 112, 12045 Berlin")
    assert located.remarks == ()


@pytest.mark.parametrize("number", ["9999", "112"])
def test_too_far_from_every_known_house_the_postcode_is_the_better_answer(number: str) -> None:
    located = locate([house("Sonnenallee", "1", at=HERE)], "Sonnenallee", number, "12045", "Berlin")

    assert (located.precision, located.radius_m) == ("postcode", RADIUS_M)
    assert is_at(located, CENTROIDS["12045"])
    assert findings(located) == [Finding.NUMBER_UNKNOWN]


@pytest.mark.parametrize("number", ["0", "9999"])
def test_an_impossible_number_is_never_a_house(number: str) -> None:
    located = locate([SONNENALLEE], "Sonnenallee", number, "12045", "Berlin")

    assert located.precision != "house"
    assert findings(located) == [Finding.NUMBER_UNKNOWN]


def test_a_register_without_points_matches_and_gives_the_postcode() -> None:
    located = locate([house("Sonnenallee", "112")], "Sonnenallee", "112", "12045", "Berlin")

    assert (located.precision, located.matched) == ("postcode", "Sonnenallee 112, 12045 Berlin")
    assert located.remarks == ()


def test_beside_a_house_is_only_near_it() -> None:
    located = locate([SONNENALLEE], "Sonnenallee ggü.", "112", "12045", "Berlin")

    assert (located.precision, located.door_note) == ("street", "Sonnenallee ggü.")
    assert located.matched == "Sonnenallee 112, 12045 Berlin"


@pytest.mark.parametrize("street", ["Kreuzberger Höhe", "An der Ecke", "Privatstraße 4"])
def test_a_name_of_such_words_is_first_taken_as_written(street: str) -> None:
    located = locate([house(street, "4", at=HERE)], street, "4", "12045", "Berlin")

    assert (located.precision, located.door_note) == ("house", "")


def test_a_number_written_twice_is_one_number() -> None:
    entries = [house("Rütlistraße", "1", at=HERE)]

    located = locate(entries, "Rütlistraße 1-3", "1", "12045", "Berlin")

    assert (located.precision, located.matched) == ("house", "Rütlistraße 1, 12045 Berlin")


def test_the_door_note_stays_with_the_answer() -> None:
    located = locate([SONNENALLEE], "Sonnenallee 112, HH 3. OG", "", "12045", "Berlin")

    assert (located.precision, located.door_note) == ("house", "HH 3. OG")
    assert note_of(located) == "door: HH 3. OG"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("Sonnenallee", "112", "12045", "Berlin"), []),
        (("Sonnenallee", "112", "", "Berlin"), [Finding.TOWN_UNKNOWN, Finding.POSTCODE_MISSING]),
        (("Sonnenallee", "112", "99999", ""), [Finding.POSTCODE_UNKNOWN]),
        (("Sonnenallee", "112", "12", "Berlin"), [Finding.POSTCODE_UNKNOWN, Finding.TOWN_UNKNOWN]),
        (("", "", "12045", ""), [Finding.STREET_MISSING]),
        (("", "", "", "Potsdam"), [Finding.STREET_MISSING, Finding.POSTCODE_MISSING]),
        (("", "", "", ""), [Finding.STREET_MISSING, Finding.POSTCODE_MISSING]),
        (("😀", "", "", ""), [Finding.STREET_MISSING, Finding.POSTCODE_MISSING]),
        (("Postfach 12", "", "12045", "Berlin"), [Finding.PO_BOX]),
        (("Farmington Avenue", "1", "", "Berlin, Connecticut"), [Finding.ABROAD]),
        (("x" * 300, "1", "12045", "Berlin"), [Finding.TOO_LONG]),
    ],
)
def test_an_empty_register_says_what_it_can(columns: tuple[str, ...], said: list[Finding]) -> None:
    located = locate([], *columns)

    assert findings(located) == said
    has_point = columns[2] == "12045" and Finding.PO_BOX not in said and len(columns[0]) < 300
    assert (located.precision == "postcode") is has_point
    assert not located.matched


def test_a_missing_number_is_said_and_never_guessed() -> None:
    located = locate([SONNENALLEE], "Sonnenallee", "", "12045", "Berlin")

    assert (located.precision, located.matched) == ("postcode", "Sonnenallee, 12045 Berlin")
    assert findings(located) == [Finding.NUMBER_MISSING]


@pytest.mark.parametrize("postcode", ["12045", ""])
def test_a_square_that_is_an_address_without_number_is_found(postcode: str) -> None:
    entries = [house("Pappelplatz", "", at=HERE), SONNENALLEE]

    located = locate(entries, "Pappelplatz", "", postcode, "Berlin")
    numbered = locate(entries, "Pappelplatz", "5", "12045", "Berlin")

    assert (located.precision, located.matched) == ("house", "Pappelplatz, 12045 Berlin")
    assert Finding.NUMBER_MISSING not in findings(located)
    assert findings(numbered) == [Finding.NUMBER_UNKNOWN]
    assert numbered.precision == "postcode"


def test_two_squares_of_one_name_are_asked() -> None:
    entries = [house("Pappelplatz", "", at=HERE), house("Pappelplatz", "", "10551", at=THERE)]

    assert locate(entries, "Pappelplatz", "", "", "Berlin").is_question


# --- ambiguous ---------------------------------------------------------------------------------


@pytest.mark.parametrize("city", ["Berlin", "", "Berlin-Mitte", "Wedding", "Berlin Pankow"])
def test_without_a_postcode_an_ambiguous_address_is_asked(city: str) -> None:
    located = locate(WALDSTRASSEN, "Waldstraße", "10", "", city)

    assert (located.lat, located.lon, located.precision) == (None, None, "none")
    assert findings(located) == [Finding.AMBIGUOUS, Finding.POSTCODE_MISSING]
    assert offered(located) == [
        "Waldstraße 10, 12487 Berlin (Johannisthal)",
        "Waldstraße 10, 10551 Berlin (Moabit)",
    ]
    assert [(one.lat, one.precision) for one in located.candidates] == [
        (52.4412, "house"),
        (52.5280, "house"),
    ]


@pytest.mark.parametrize(
    ("postcode", "city"),
    [
        ("12487", "Berlin"),
        ("12487", ""),
        ("12487", "Wedding"),
        ("", "Johannisthal"),
        ("", "Berlin-Johannisthal"),
        ("", "Berlin Johannisthal"),
        ("", "Johannisthal-Berlin"),
    ],
)
def test_postcode_or_district_settle_it(postcode: str, city: str) -> None:
    located = locate(WALDSTRASSEN, "Waldstraße", "10", postcode, city)

    assert (located.precision, located.matched) == ("house", "Waldstraße 10, 12487 Berlin")


def test_without_a_postcode_a_unique_address_is_believed_and_it_is_said() -> None:
    located = locate([SONNENALLEE, *WALDSTRASSEN], "Sonnenallee", "112", "", "Berlin")

    assert (located.precision, findings(located)) == ("house", [Finding.POSTCODE_MISSING])


def test_one_house_of_a_name_is_not_ambiguous_when_only_one_street_has_the_number() -> None:
    entries = [*WALDSTRASSEN, house("Waldstraße", "77", "12487", at=THERE)]

    assert locate(entries, "Waldstraße", "77", "", "Berlin").precision == "house"
    assert locate(entries, "Waldstraße", "55", "", "Berlin").is_question
    assert locate(entries, "Waldstraße", "77b", "", "Berlin").is_question
    assert locate(entries, "Waldstraße", "", "", "Berlin").is_question


def test_one_postcode_with_two_municipalities_needs_the_town() -> None:
    entries = [
        house("Dorfstraße", "5", "15938", "Golßen", at=HERE),
        house("Dorfstraße", "5", "15938", "Drahnsdorf", at=THERE),
    ]

    asked = locate(entries, "Dorfstr.", "5", "15938", "")
    settled = locate(entries, "Dorfstr.", "5", "15938", "Drahnsdorf")

    assert asked.is_question
    assert is_at(asked, CENTROIDS["15938"])
    assert is_at(settled, THERE)
    assert locate(entries, "Dorfstr.", "7", "15938", "").is_question


@pytest.mark.parametrize("postcode", ["15938", ""])
@pytest.mark.parametrize("number", ["5", "5a", "5-7"])
def test_one_municipality_with_two_villages_needs_the_village(postcode: str, number: str) -> None:
    entries = [
        house("Dorfstraße", "5", "15938", "Golßen", "Zützen", at=HERE),
        house("Dorfstraße", "5", "15938", "Golßen", "Altgolßen", at=THERE),
    ]

    assert locate(entries, "Dorfstr.", number, postcode, "Golßen").is_question
    assert is_at(locate(entries, "Dorfstr.", number, postcode, "Zützen"), HERE)


@pytest.mark.parametrize("postcode", ["15938", ""])
def test_nobody_interpolates_between_two_villages(postcode: str) -> None:
    entries = [
        house("Dorfstraße", "5", "15938", "Golßen", "Zützen", at=HERE),
        house("Dorfstraße", "6", "15938", "Golßen", "Altgolßen", at=THERE),
        house("Dorfstraße", "7", "15938", "Golßen", "Zützen"),
    ]

    nowhere = locate(entries, "Dorfstr.", "9", postcode, "Golßen")
    own = locate(entries, "Dorfstr.", "7", postcode, "Golßen")

    assert nowhere.precision == "postcode"
    assert own.precision == "street"
    assert is_at(own, HERE)


def test_one_street_through_two_districts_is_one_street() -> None:
    entries = [
        house("Sonnenallee", "110", district="Neukölln", at=HERE),
        house("Sonnenallee", "114", district="Baumschulenweg", at=(52.4813, 13.4360)),
    ]

    assert locate(entries, "Sonnenallee", "112", "12045", "Berlin").precision == "street"


def test_a_long_list_helps_nobody() -> None:
    entries = [house("Waldstraße", "10", str(10000 + n)) for n in range(40)]

    assert len(locate(entries, "Waldstraße", "10", "", "Berlin").candidates) == MOST_CANDIDATES


# --- a wrong postcode, a wrong town ------------------------------------------------------------


def test_a_wrong_postcode_of_a_unique_address_is_repaired_visibly() -> None:
    entries = [SONNENALLEE, house("Urbanstraße", "1", "12047")]

    located = locate(entries, "Sonnenallee", "112", "12047", "Berlin")

    assert is_at(located, HERE)
    assert note_of(located) == "postcode repaired: 12047 -> 12045"


def test_a_postcode_unknown_to_the_register_but_near_is_repaired_too() -> None:
    located = locate([SONNENALLEE], "Sonnenallee", "112", "12435", "Berlin")

    assert note_of(located) == "postcode repaired: 12435 -> 12045"


def test_it_is_asked_when_a_similar_name_lies_in_the_postcode() -> None:
    entries = [
        house("Müllerstraße", "5", "13347", at=HERE),
        house("Möllerstraße", "5", "12045", at=THERE),
    ]

    located = locate(entries, "Möllerstraße", "5", "13347", "Berlin")

    assert findings(located) == [Finding.MISSPELT]
    assert is_at(located, CENTROIDS["13347"])
    assert set(offered(located)) == {"Müllerstraße 5, 13347 Berlin", "Möllerstraße 5, 12045 Berlin"}


def test_it_is_asked_when_the_house_is_in_two_other_postcodes() -> None:
    entries = [*WALDSTRASSEN, SONNENALLEE]

    located = locate(entries, "Waldstraße", "10", "12045", "Berlin")

    assert findings(located) == [Finding.AMBIGUOUS]
    assert len(located.candidates) == 2


def test_a_street_that_goes_on_beyond_the_postcode_is_repaired_in_the_same_district_only() -> None:
    on = house("Sonnenallee", "200", "12435", district="Neukölln", at=THERE)
    elsewhere = on._replace(district="Alt-Treptow")

    same = locate([SONNENALLEE, on], "Sonnenallee", "200", "12045", "Berlin")
    other = locate([SONNENALLEE, elsewhere], "Sonnenallee", "200", "12045", "Berlin")

    assert note_of(same) == "postcode repaired: 12045 -> 12435"
    assert findings(other) == [Finding.AMBIGUOUS]


@pytest.mark.parametrize("city", ["Potsdam", ""])
def test_a_postcode_is_never_repaired_into_another_town(city: str) -> None:
    entries = [SONNENALLEE, house("Am Neuen Garten", "1", "14467", "Potsdam")]

    located = locate(entries, "Sonnenallee", "112", "14467", city)

    assert not located.matched
    assert is_at(located, CENTROIDS["14467"])
    assert findings(located) == [Finding.STREET_UNKNOWN]


@pytest.mark.parametrize("city", ["Berlin", "Johannisthal", "Berlin-Mitte", "Wedding"])
def test_a_postcode_from_the_other_end_of_the_country_is_asked(city: str) -> None:
    located = locate(WALDSTRASSEN[:1], "Waldstraße", "10", "80331", city)

    assert findings(located) == [Finding.AMBIGUOUS, Finding.POSTCODE_DIFFERS]
    assert (located.lat, located.precision) == (None, "none")
    assert offered(located) == ["Waldstraße 10, 12487 Berlin (Johannisthal)"]


@pytest.mark.parametrize("city", ["Berlin", "Johannisthal", "Berlin-Mitte"])
def test_a_postcode_that_contradicts_the_town_is_no_place(city: str) -> None:
    located = locate(WALDSTRASSEN, "Seeweg", "10", "80331", city)

    assert findings(located) == [Finding.STREET_UNKNOWN, Finding.POSTCODE_DIFFERS]
    assert note_of(located).endswith(f"postcode 80331 is not in {city}")
    assert located.precision == "none"


def test_where_the_register_ends_the_postcode_is_all_there_is() -> None:
    located = locate([SONNENALLEE], "Sonnenallee", "112", "80331", "München")

    assert (located.precision, located.matched) == ("postcode", "")
    assert is_at(located, CENTROIDS["80331"])


def test_a_wrong_town_beside_a_right_postcode_is_repaired_visibly() -> None:
    located = locate([SONNENALLEE], "Sonnenallee", "112", "12045", "Potsdam")

    assert is_at(located, HERE)
    assert note_of(located) == "town repaired: Potsdam -> Berlin"


def test_it_is_asked_when_the_house_is_in_the_town_and_in_the_postcode() -> None:
    entries = [SONNENALLEE, house("Sonnenallee", "112", "14467", "Potsdam", at=THERE)]

    located = locate(entries, "Sonnenallee", "112", "12045", "Potsdam")

    assert Finding.AMBIGUOUS in findings(located)
    assert located.precision == "none"
    assert len(located.candidates) == 2


def test_a_street_of_another_town_is_not_offered_for_an_unknown_town() -> None:
    located = locate([SONNENALLEE], "Sonnenallee", "112", "", "Castrop")

    assert findings(located) == [Finding.TOWN_UNKNOWN, Finding.POSTCODE_MISSING]
    assert located.candidates == ()


# --- misspelt ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "street", ["Sonnenalle", "Sonenallee", "Sonnenalllee", "Sonnanallee", "Sonnneallee"]
)
@pytest.mark.parametrize("postcode", ["12045", ""])
def test_a_misspelt_street_is_asked_and_never_accepted(street: str, postcode: str) -> None:
    located = locate([SONNENALLEE], street, "112", postcode, "Berlin")

    assert findings(located)[0] is Finding.MISSPELT
    assert offered(located) == ["Sonnenallee 112, 12045 Berlin (Neukölln)"]
    assert located.precision in {"postcode", "none"}
    assert located.matched == ""
    assert "did you mean Sonnenallee 112, 12045 Berlin (Neukölln)" in note_of(located)


def test_similar_names_of_the_postcode_come_before_those_of_the_town() -> None:
    entries = [
        house("Müllerstraße", "5", "13347"),
        house("Mollerstraße", "5", "12045"),
    ]

    located = locate(entries, "Mullerstraße", "5", "13347", "Berlin")

    assert offered(located) == ["Müllerstraße 5, 13347 Berlin"]


def test_nothing_similar_is_nothing() -> None:
    located = locate([SONNENALLEE], "Quittenpfad", "1", "12045", "Berlin")

    assert (findings(located), located.candidates) == ([Finding.STREET_UNKNOWN], ())


# --- renamed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "asked"),
    [("Alte Gasse", "Neue Gasse"), ("Neue Gasse", "Alte Gasse")],
)
@pytest.mark.parametrize("postcode", ["12045", ""])
def test_a_renamed_street_is_found_by_both_names(known: str, asked: str, postcode: str) -> None:
    entries = [house(known, "5", at=HERE)]
    register = MemoryRegister(*entries, renamed=[("Alte Gasse", "Neue Gasse")])

    located = ask(register, asked, "5", postcode, "Berlin")

    assert is_at(located, HERE)
    assert f"renamed: {asked} -> {known}" in note_of(located)


def test_the_name_as_written_comes_first_where_it_still_exists() -> None:
    entries = [house("Alte Gasse", "5", at=HERE), house("Neue Gasse", "5", at=THERE)]
    register = MemoryRegister(*entries, renamed=[("Alte Gasse", "Neue Gasse")])

    located = ask(register, "Alte Gasse", "5", "12045", "Berlin")

    assert (is_at(located, HERE), located.remarks) == (True, ())


@pytest.mark.parametrize("postcode", ["12045", ""])
def test_two_new_names_of_one_street_are_asked(postcode: str) -> None:
    entries = [house("Erste Gasse", "5", at=HERE), house("Zweite Gasse", "5", at=THERE)]
    renamed = [("Alte Gasse", "Erste Gasse"), ("Alte Gasse", "Zweite Gasse")]

    located = ask(MemoryRegister(*entries, renamed=renamed), "Alte Gasse", "5", postcode, "Berlin")

    assert Finding.AMBIGUOUS in findings(located)
    assert len(located.candidates) == 2


@pytest.mark.parametrize("postcode", ["", "10551"])
def test_an_old_name_that_lives_on_elsewhere_is_asked(postcode: str) -> None:
    entries = [
        house("Manteuffelstraße", "5", "12103", district="Tempelhof", at=HERE),
        house("Audre-Lorde-Straße", "5", "10999", district="Kreuzberg", at=THERE),
        house("Seeweg", "1", "10551"),
    ]

    located = locate(entries, "Manteuffelstraße", "5", postcode, "Berlin")

    assert Finding.AMBIGUOUS in findings(located)
    assert len(located.candidates) == 2


def test_a_name_that_lives_on_elsewhere_is_believed_where_the_other_has_no_such_house() -> None:
    entries = [
        house("Manteuffelstraße", "5", "12103", at=HERE),
        house("Audre-Lorde-Straße", "99", "10999", at=THERE),
    ]

    located = locate(entries, "Manteuffelstraße", "5", "", "Berlin")

    assert is_at(located, HERE)
    assert findings(located) == [Finding.POSTCODE_MISSING]


# --- several sources ---------------------------------------------------------------------------


BARE = house("Sonnenallee", "112", city="", at=HERE)
OFFICIAL = house("Sonnenallee", "112", district="Neukölln")


@pytest.mark.parametrize("entries", [(BARE, OFFICIAL), (OFFICIAL, BARE)])
@pytest.mark.parametrize("postcode", ["12045", ""])
@pytest.mark.parametrize("city", ["Berlin", "", "Neukölln"])
def test_a_point_without_town_belongs_to_the_official_address(
    entries: tuple[Entry, ...], postcode: str, city: str
) -> None:
    located = locate(entries, "Sonnenallee", "112", postcode, city)

    assert located.precision == "house"
    assert is_at(located, HERE)
    assert located.matched == "Sonnenallee 112, 12045 Berlin"
    assert not located.is_question


def test_a_list_of_points_without_towns_is_no_reason_to_doubt_the_town() -> None:
    located = locate([BARE], "Sonnenallee", "112", "12045", "Berlin")

    assert (located.precision, located.remarks) == ("house", ())
    assert locate([BARE], "Sonnenalle", "112", "12045", "Berlin").is_question


def test_a_point_without_town_is_not_moved_into_another_town() -> None:
    entries = [BARE, house("Hauptstraße", "1", "80331", "München")]

    located = locate(entries, "Sonnenallee", "112", "12045", "München")
    elsewhere = locate(entries, "Sonnenallee", "112", "", "München")

    assert located.is_question
    assert not elsewhere.matched


def test_a_street_without_postcode_is_no_proof_of_one() -> None:
    entries = [house("Lindenweg", "1", "", at=HERE), SONNENALLEE]

    asked = locate(entries, "Lindenweg", "1", "12045", "Berlin")
    alone = locate(entries, "Lindenweg", "1", "", "Berlin")

    assert findings(asked) == [Finding.AMBIGUOUS]
    assert offered(asked) == ["Lindenweg 1, Berlin"]
    assert findings(alone) == [Finding.POSTCODE_MISSING]
    assert is_at(alone, HERE)


def test_a_street_without_postcode_and_point_has_no_place() -> None:
    located = locate([house("Lindenweg", "1", "")], "Lindenweg", "1", "", "Berlin")

    assert (located.precision, located.matched) == ("none", "Lindenweg 1, Berlin")
    assert findings(located) == [Finding.POSTCODE_MISSING]


# --- whatever the register, whatever is asked --------------------------------------------------

NAMES = ("Waldstraße", "Waldweg", "Wildstraße", "Seestr.", "Straße des 17. Juni", "Alte Gasse")
TOWNS = ("Berlin", "Potsdam", "")
NUMBERS = ("1", "1a", "2", "3/4", "5-9", "40", "")
ADDRESSES = st.builds(
    Entry,
    st.sampled_from(NAMES),
    st.sampled_from(NUMBERS),
    st.sampled_from(["12045", "12047", "14467", "15938", ""]),
    st.sampled_from(TOWNS),
    st.sampled_from(["", "Neukölln", "Zützen"]),
    st.none(),
    st.none(),
)


@dataclass(frozen=True)
class Scene:
    """A small register, some of its houses with points all over the country."""

    entries: tuple[Entry, ...]

    @property
    def register(self) -> MemoryRegister:
        """What can be asked."""
        return MemoryRegister(*self.entries, renamed=[("Alte Gasse", "Waldweg")])


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    entries = draw(st.lists(ADDRESSES, max_size=12))
    placed = [
        one._replace(lat=round(51 + n / 7, 6), lon=round(12 + n / 9, 6))
        if draw(st.booleans())
        else one
        for n, one in enumerate(entries)
    ]
    return Scene(tuple(placed))


ASKED = (
    st.sampled_from([*NAMES, "Neue Gasse", "Waldstr. ggü.", "Waldstraße 1, Potsdam", ""]),
    st.sampled_from([*NUMBERS, "4", "12", "0", "9999"]),
    st.sampled_from(["12045", "12047", "14467", "80331", "99999", "12", ""]),
    st.sampled_from([*TOWNS, "Neukölln", "Berlin-Mitte", "Castrop", "Wien, Österreich"]),
)


@settings(max_examples=300, deadline=None)
@given(scenes(), *ASKED)
def test_a_house_that_is_answered_is_the_one_that_was_asked_or_it_is_said(
    scene: Scene, street: str, number: str, postcode: str, city: str
) -> None:
    located = ask(scene.register, street, number, postcode, city)

    if located.precision is not Precision.HOUSE:
        return
    own = street_key(located.matched.partition(",")[0])
    wanted = street_key(f"{street.partition(',')[0]} {number}")
    told = {Finding.RENAMED, Finding.SUFFIX_UNKNOWN, Finding.FIRST_OF_RANGE}
    assert own.startswith(wanted) or wanted.startswith(own) or told & {*findings(located)}
    if postcode and postcode not in located.matched:
        assert {Finding.POSTCODE_REPAIRED, Finding.POSTCODE_UNKNOWN} & {*findings(located)}
    assert not located.is_question


@settings(max_examples=300, deadline=None)
@given(scenes(), *ASKED)
def test_every_answer_is_whole_and_can_be_told(
    scene: Scene, street: str, number: str, postcode: str, city: str
) -> None:
    located = ask(scene.register, street, number, postcode, city)

    assert (located.lat is None) == (located.lon is None) == (located.precision == "none")
    assert (located.radius_m is None) == (located.lat is None)
    assert located.is_question <= bool(located.candidates)
    assert len(set(findings(located))) == len(findings(located))
    for remark in located.remarks:
        assert FINDING_TEXTS[remark.finding] % remark.facts
        assert "" not in remark.facts.values()
    assert "{" not in note_of(located)
    if located.is_question:
        assert located.precision in {"postcode", "none"}
        assert located.matched == ""


@settings(max_examples=300, deadline=None)
@given(scenes(), st.sampled_from(NAMES), st.sampled_from(NUMBERS), st.sampled_from(["Berlin", ""]))
def test_what_is_there_twice_has_no_point_without_a_postcode(
    scene: Scene, street: str, number: str, city: str
) -> None:
    same = {
        (one.postcode, one.city)
        for one in scene.entries
        if street_key(one.street) == street_key(street)
        and one.housenumber == number
        and one.city == "Berlin"
    }

    located = ask(scene.register, street, number, "", city)

    if len(same) > 1:
        assert (located.lat, located.matched) == (None, "")
        assert located.is_question


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_wrong_letter_is_never_accepted(data: st.DataObject) -> None:
    scene = data.draw(scenes())
    name = data.draw(st.sampled_from(NAMES))
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from(["", *"aeinrstux"]))
    wrong = name[:place] + letter + name[place + data.draw(st.booleans()) :]
    real = {street_key(each) for each in NAMES}
    if street_key(wrong) in real:
        return

    located = ask(scene.register, wrong, "1", data.draw(st.sampled_from(["12045", ""])), "Berlin")

    assert located.matched == ""
    assert located.precision in {"postcode", "none"}


TEXT = st.one_of(st.text(max_size=30), st.sampled_from([*NAMES, *NUMBERS, "12045", "Berlin"]))


@settings(max_examples=300, deadline=None)
@given(scenes(), TEXT, TEXT, TEXT, TEXT)
def test_any_text_in_any_column_has_an_answer(
    scene: Scene, street: str, number: str, postcode: str, city: str
) -> None:
    located = ask(scene.register, street, number, postcode, city)

    assert (located.lat is None) == (located.lon is None) == (located.precision == "none")
    assert note_of(located) is not None


@settings(max_examples=200, deadline=None)
@given(scenes(), *ASKED)
def test_the_order_of_a_register_decides_nothing(
    scene: Scene, street: str, number: str, postcode: str, city: str
) -> None:
    there = ask(scene.register, street, number, postcode, city)
    back = ask(Scene(scene.entries[::-1]).register, street, number, postcode, city)

    assert (there.precision, set(findings(there))) == (back.precision, set(findings(back)))


def test_no_point_lies_far_from_its_street() -> None:
    entries = [house("Sonnenallee", str(n), at=(52.48 + n / 1e4, 13.43)) for n in range(1, 60, 7)]

    for number in range(1, 80):
        located = locate(entries, "Sonnenallee", str(number), "12045", "Berlin")
        if located.lat is not None and located.lon is not None:
            true = Point(52.48 + number / 1e4, 13.43)
            assert metres_between(Point(located.lat, located.lon), true) < 1_500


def test_only_a_town_is_an_address_without_a_street() -> None:
    located = locate([house("Berliner Allee", "3", "13088")], "Berlin", "", "", "")

    assert Finding.STREET_MISSING in [remark.finding for remark in located.remarks]
    assert not located.candidates
    assert not located.provider


def test_a_town_that_nobody_knows_is_said_beside_its_postcode() -> None:
    known = [house("Ackerstraße", "1", "10115")]

    located = locate(known, "Nixstraße", "1", "10115", "Entenhausen")

    assert Finding.TOWN_UNKNOWN in [remark.finding for remark in located.remarks]


def test_a_street_misspelt_in_a_private_list_does_not_hide_the_right_one() -> None:
    known = [house("Haupstraße", "12", "12045"), house("Hauptstraße", "5", "12045")]

    located = locate(known, "Haupstr.", "5", "12045", "Berlin")

    assert [candidate.street for candidate in located.candidates] == ["Hauptstraße"]
    assert located.is_question
