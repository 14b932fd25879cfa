"""What an address, a candidate and a finding are, and how they are said and kept."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.places.rules import (
    DIRECTIONS,
    FINDING_TEXTS,
    PRECISION_LABELS,
    QUESTIONS,
    Address,
    Candidate,
    Finding,
    Located,
    Precision,
    Remark,
    direction,
    metres_between,
    note_of,
)
from hoffice.units import Point

HOME = Point(52.4812, 13.4356)
CANDIDATE = Candidate(
    "Waldstraße", "10", "12487", "Berlin", "Johannisthal", 52.4412, 13.5056, Precision.HOUSE
)
FACTS = {
    "typed": "getippt", "found": "gefunden", "postcode": "12045", "city": "Potsdam",
    "provider": "Nominatim", "reason": "timed out",
}  # fmt: skip


def answer(*remarks: Remark, candidates: tuple[Candidate, ...] = (), door: str = "") -> Located:
    return Located(
        None, None, Precision.NONE, None, "probe", "", remarks, candidates, door_note=door
    )


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (Address("Sonnenallee", "112", "12045", "Berlin"), "Sonnenallee 112, 12045 Berlin"),
        (Address("Sonnenallee"), "Sonnenallee"),
        (Address("", "", "12045"), "12045"),
        (Address("Sonnenallee", "", "", "Berlin"), "Sonnenallee, Berlin"),
        (Address(""), ""),
    ],
)
def test_an_address_is_one_line_without_gaps(address: Address, line: str) -> None:
    assert address.line == line


def test_a_candidate_names_its_district_where_that_says_more() -> None:
    assert CANDIDATE.line == "Waldstraße 10, 12487 Berlin (Johannisthal)"
    assert Candidate("A", "1", "14467", "Potsdam", "Potsdam").line == "A 1, 14467 Potsdam"


def test_candidates_and_remarks_are_kept_as_they_are() -> None:
    bare = Candidate("A", "1", "", "")
    remark = Remark(Finding.RENAMED, {"typed": "A", "found": "B"})

    for one in (CANDIDATE, bare):
        assert Candidate.from_json(json.loads(json.dumps(one.to_json()))) == one
    assert Remark.from_json(json.loads(json.dumps(remark.to_json()))) == remark
    assert Remark.from_json({"finding": "abroad", "facts": {}}) == Remark(Finding.ABROAD)


def test_what_was_kept_wrongly_is_no_candidate() -> None:
    with pytest.raises(ValueError, match="guessed"):
        Candidate.from_json({**CANDIDATE.to_json(), "precision": "guessed"})
    with pytest.raises(ValueError, match="guessed"):
        Remark.from_json({"finding": "guessed", "facts": {}})


@pytest.mark.parametrize("finding", Finding)
def test_every_finding_can_be_said_to_people_and_to_programs(finding: Finding) -> None:
    note = note_of(answer(Remark(finding, FACTS), candidates=(CANDIDATE,)))

    assert FINDING_TEXTS[finding] % FACTS
    assert note
    assert "{" not in note
    assert "_" not in note


@pytest.mark.parametrize("finding", Finding)
def test_a_note_keeps_every_fact_of_its_finding(finding: Finding) -> None:
    wanted = {name for name in FACTS if f"%({name})s" in FINDING_TEXTS[finding]}

    note = note_of(answer(Remark(finding, FACTS)))

    assert all(FACTS[name] in note for name in wanted)


@pytest.mark.parametrize(
    ("finding", "facts", "note"),
    [
        (Finding.AMBIGUOUS, {}, "ambiguous: Waldstraße 10, 12487 Berlin (Johannisthal)"),
        (Finding.MISSPELT, {}, "did you mean Waldstraße 10, 12487 Berlin (Johannisthal)"),
        (Finding.POSTCODE_REPAIRED, {"typed": "1", "found": "2"}, "postcode repaired: 1 -> 2"),
        (Finding.NUMBER_UNKNOWN, {}, "number unknown"),
        (Finding.PO_BOX, {}, "po box"),
    ],
)
def test_the_words_of_a_note_are_a_contract(
    finding: Finding, facts: dict[str, str], note: str
) -> None:
    assert note_of(answer(Remark(finding, facts), candidates=(CANDIDATE,))) == note


def test_several_findings_and_the_door_stand_in_one_line() -> None:
    located = answer(Remark(Finding.POSTCODE_MISSING), Remark(Finding.NUMBER_MISSING), door="HH")

    assert note_of(located) == "postcode missing; number missing; door: HH"
    assert note_of(answer()) == ""


@given(st.text(string.printable, max_size=30))
def test_what_people_type_never_becomes_part_of_the_wording(typed: str) -> None:
    note = note_of(answer(Remark(Finding.TOWN_REPAIRED, {"typed": typed, "found": "{typed}"})))

    assert note == f"town repaired: {typed} -> {{typed}}"


@pytest.mark.parametrize("finding", Finding)
def test_only_what_a_human_must_settle_is_a_question(finding: Finding) -> None:
    assert answer(Remark(finding)).is_question is (finding in QUESTIONS)
    assert answer().is_question is False


def test_every_precision_has_a_name_the_best_first() -> None:
    assert list(PRECISION_LABELS) == list(Precision)
    assert next(iter(Precision)) is Precision.PINNED
    assert list(Precision)[-1] is Precision.NONE


@pytest.mark.parametrize(
    ("north", "east", "wind"),
    [
        (1, 0, "north"),
        (1, 1, "north-east"),
        (0, 1, "east"),
        (-1, 1, "south-east"),
        (-1, 0, "south"),
        (-1, -1, "south-west"),
        (0, -1, "west"),
        (1, -1, "north-west"),
    ],
)
def test_eight_winds(north: int, east: int, wind: str) -> None:
    there = Point(HOME.lat + north * 0.001, HOME.lon + east * 0.001 / 0.609)

    assert direction(HOME, there) == wind
    assert wind in DIRECTIONS


@given(st.floats(47, 55), st.floats(6, 15), st.floats(47, 55), st.floats(6, 15))
def test_it_is_as_far_there_as_back(lat: float, lon: float, lat2: float, lon2: float) -> None:
    one, other = Point(lat, lon), Point(lat2, lon2)

    assert metres_between(one, other) == pytest.approx(metres_between(other, one))
    assert metres_between(one, one) == 0


def test_a_degree_is_as_long_as_it_is() -> None:
    assert metres_between(Point(52, 13), Point(53, 13)) == pytest.approx(111_195, abs=1)
    assert metres_between(Point(52.5, 13), Point(52.5, 14)) == pytest.approx(67_690, abs=10)
