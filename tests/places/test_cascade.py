"""Never silently wrong: every step of the cascade, and what it asks instead of guessing."""

from __future__ import annotations

import pytest

from hoffice.places.addresses.spelling import number_key
from hoffice.places.cascade.steps import HOUSE_RADIUS_M, MOST_CANDIDATES, NEIGHBOUR_RADIUS_M
from hoffice.places.rules import Finding, Located, Precision, note_of
from tests.places.cascade_scene import (
    CENTROIDS,
    HERE,
    RADIUS_M,
    SONNENALLEE,
    THERE,
    WALDSTRASSEN,
    findings,
    house,
    is_at,
    locate,
    offered,
)
from tests.places.memory import SOURCE

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


@pytest.mark.parametrize("column", ["1a", "12", "2"])
@pytest.mark.parametrize("street", ["Waldstraße 1, HH", "Waldstraße 1 (HH)"])
def test_two_numbers_that_contradict_each_other_are_asked(street: str, column: str) -> None:
    houses = [house("Waldstraße", number, at=HERE) for number in ("1", "1a", "2", "12")]

    located = locate(houses, street, column, "12045", "Berlin")

    assert located.precision is not Precision.HOUSE
    assert located.is_question


def test_only_a_town_is_an_address_without_a_street() -> None:
    located = locate([house("Berliner Allee", "3", "13088")], "Berlin", "", "", "")

    assert Finding.STREET_MISSING in [remark.finding for remark in located.remarks]
    assert not located.candidates
    assert not located.provider


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
