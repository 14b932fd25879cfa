"""A plan survives its file, and its reasons can still be told in another language."""

from __future__ import annotations

import json

import pytest

from hoffice.runs.planning import plan as plans
from hoffice.runs.planning.findings import SENTENCES, Code, Finding
from hoffice.runs.planning.shape import Malformed
from tests.runs.planning.problems import problem, stop
from tests.runs.planning.test_builder import built

REASONS = list(Code)[: list(Code).index(Code.UNSAID)]


def test_a_plan_survives_its_file() -> None:
    made = built(problem(stop("near"), stop("early", "06:00-06:30")))

    read = plans.read(json.loads(json.dumps(plans.write(made))))

    assert read == made
    assert read.unplanned[0].reasons[0].code is Code.NO_WINDOW


@pytest.mark.parametrize("code", REASONS)
def test_the_reason_behind_a_sentence_is_found_again(code: Code) -> None:
    facts = {
        "excess": 3,
        "dimension": "boxes",
        "need": 2,
        "most": 1,
        "minutes": 17,
        "days": 2,
        "of": 5,
    }
    said = Finding(code, tuple((k, v) for k, v in facts.items() if f"%({k})s" in SENTENCES[code]))

    read = Finding.from_sentence(said.sentence)

    assert read.code is code
    assert read.sentence == said.sentence


@pytest.mark.parametrize(
    ("excess", "dimension", "words"),
    [(1, "boxes", "1 box too"), (2, "boxes", "2 boxes too"), (1, "litres", "1 litre too")],
)
def test_a_load_is_told_in_the_number_that_it_has(excess: int, dimension: str, words: str) -> None:
    said = Finding.of(Code.TOO_BIG, excess=excess, dimension=dimension)

    assert words in said.sentence
    read = Finding.from_sentence(said.sentence)
    assert dict(read.facts) == {"excess": str(excess), "dimension": dimension}
    assert read.sentence == said.sentence


def test_a_sentence_of_another_planner_is_kept_word_for_word() -> None:
    assert Finding.from_sentence("the dog ate it").sentence == "the dog ate it"


def test_every_code_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Code)


def test_an_unknown_key_in_a_plan_is_named() -> None:
    value = plans.write(built(problem(stop("near"))))
    routes = value["routes"]
    assert isinstance(routes, list)
    routes[0]["trips"][0]["stops"][0]["mood"] = "good"

    with pytest.raises(Malformed, match=r"routes\[0\].trips\[0\].stops\[0\]: unknown key 'mood'"):
        plans.read(value)


def test_a_plan_of_another_version_is_refused() -> None:
    value = plans.write(built(problem(stop("near")))) | {"version": 7}

    with pytest.raises(Malformed, match="version: this program reads version 1"):
        plans.read(value)
