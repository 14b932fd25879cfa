"""Never silently wrong: what was written wrongly is repaired visibly, or asked."""

from __future__ import annotations

import pytest

from hoffice.places.rules import Finding, note_of
from hoffice.places.sources.entries import Entry
from tests.places.cascade_scene import (
    CENTROIDS,
    HERE,
    SONNENALLEE,
    THERE,
    WALDSTRASSEN,
    ask,
    findings,
    house,
    is_at,
    locate,
    offered,
)
from tests.places.memory import MemoryRegister

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


def test_a_town_that_nobody_knows_is_said_beside_its_postcode() -> None:
    known = [house("Ackerstraße", "1", "10115")]

    located = locate(known, "Nixstraße", "1", "10115", "Entenhausen")

    assert Finding.TOWN_UNKNOWN in [remark.finding for remark in located.remarks]


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


def test_a_street_misspelt_in_a_private_list_does_not_hide_the_right_one() -> None:
    known = [house("Haupstraße", "12", "12045"), house("Hauptstraße", "5", "12045")]

    located = locate(known, "Haupstr.", "5", "12045", "Berlin")

    assert [candidate.street for candidate in located.candidates] == ["Hauptstraße"]
    assert located.is_question


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
