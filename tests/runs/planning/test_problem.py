"""The plan format is read strictly and written completely."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings

from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.problem import Kind, Matrices, Problem
from hoffice.runs.planning.shape import Malformed
from tests.runs.planning import problems as make

EXAMPLE = """
{
  "version": 1,
  "timezone": "Europe/Berlin",
  "depot": {"id": "depot", "lat": 52.520, "lon": 13.404, "load_min_per_trip": 15},
  "vans": [{"id": "bus-1", "capacity": {"boxes": 6, "litres": 9000, "kg": 900}, "crew": 2,
            "cost_cents_per_day": 9000, "cost_cents_per_km": 30, "cost_cents_per_hour": 2500}],
  "shifts": [{"van": "bus-1", "date": "2020-03-23", "start": "08:00", "end": "16:30",
              "max_work_min": 480, "begun": null}],
  "stops": [{"id": "e001", "kind": "deliver", "lat": 52.48, "lon": 13.43,
             "out": {"boxes": 1, "litres": 240, "kg": 25},
             "back": {"boxes": 0, "litres": 0, "kg": 0},
             "service_min": 15, "crew": 1, "priority": 1, "required": false,
             "windows": [{"date": "2020-03-23", "start": "10:00", "end": "12:00"}],
             "lock": null}],
  "travel": {"model": "default"},
  "rules": {"breaks": "ArbZG", "max_overtime_min": 0}
}
"""


def example() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(EXAMPLE)
    return value


def test_the_example_of_the_format_is_read_and_written_back_word_for_word() -> None:
    read = problems.read(example())

    assert read.stops[0].kind is Kind.DELIVER
    assert read.stops[0].windows[0].start == 600
    assert problems.write(read) == example()


@settings(max_examples=60, deadline=None)
@given(asked=make.problems())
def test_every_problem_survives_a_file(asked: Problem) -> None:
    read = problems.read(json.loads(json.dumps(problems.write(asked))))

    assert read == asked
    assert read.sha256 == asked.sha256


def test_the_order_of_keys_and_written_defaults_do_not_change_the_fingerprint() -> None:
    short = example()
    del short["rules"], short["travel"], short["stops"][0]["lock"], short["shifts"][0]["begun"]
    turned = dict(reversed(short.items()))

    assert problems.read(turned).sha256 == problems.read(example()).sha256


def test_a_moved_stop_changes_the_fingerprint() -> None:
    moved = example()
    moved["stops"][0]["lat"] += 0.001

    assert problems.read(moved).sha256 != problems.read(example()).sha256


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["colour"], "red", "unknown key 'colour'"),
        (["stops", 0, "colour"], "red", "stops[0]: unknown key 'colour'"),
        (["version"], 2, "version: this program reads version 1"),
        (["timezone"], "Mars/Olympus", "timezone: there is no such time zone"),
        (["stops", 0, "windows", 0, "start"], "25:00", "stops[0].windows[0].start: a time like"),
        (["stops", 0, "windows", 0, "start"], "13:00", "stops[0].windows[0].end: the end lies"),
        (["stops", 0, "kind"], "throw", "stops[0].kind: 'throw' is not one of: deliver, pickup"),
        (["stops", 0, "lat"], "north", "stops[0].lat: a number is expected"),
        (["stops", 0, "lat"], 95, "stops[0].lat: 95 is outside -90 to 90"),
        (["stops", 0, "out", "boxes"], 1.5, "stops[0].out.boxes: a whole number"),
        (["stops", 0, "out", "boxes"], True, "stops[0].out.boxes: a number"),
        (["stops", 0, "required"], 1, "stops[0].required: true or false"),
        (["stops", 0, "id"], " ", "stops[0].id: a text is expected"),
        (["stops", 0], "e001", "stops[0]: an object is expected"),
        (["stops"], {}, "stops: a list is expected"),
        (["shifts", 0, "date"], "23.3.2020", "shifts[0].date: a date like"),
        (["shifts", 0, "van"], "bus-9", "shifts[0].van: there is no van bus-9"),
        (["shifts", 0, "max_work_min"], 601, "shifts[0].max_work_min: 601 minutes of work"),
        (["rules", "max_overtime_min"], 121, "shifts[0].max_work_min: 601 minutes of work"),
        (["rules", "breaks"], "none", "rules.breaks: 'none' is not one of: ArbZG"),
        (
            ["stops", 0, "lock"],
            {"van": "bus-1", "date": "2020-03-24"},
            "stops[0].lock: van bus-1 has no shift on 2020-03-24",
        ),
        (["travel"], {"minutes": [[0]], "km": [[0]]}, "travel.minutes: a full matrix of 2 × 2"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    path: list[str | int], value: object, said: str
) -> None:
    wrong = example()
    *way, last = path
    place: Any = wrong
    for step in way:
        place = place[step]
    place[last] = value

    with pytest.raises(Malformed) as refused:
        problems.read(wrong)

    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("name", ["vans", "shifts", "stops"])
def test_nothing_stands_in_a_problem_twice(name: str) -> None:
    doubled = example()
    doubled[name].append(copy.deepcopy(doubled[name][0]))

    with pytest.raises(Malformed, match=rf"{name}\[1\].* stands here twice"):
        problems.read(doubled)


@pytest.mark.parametrize("key", ["depot", "vans", "shifts", "stops", "timezone", "version"])
def test_a_missing_key_is_named(key: str) -> None:
    short = example()
    del short[key]

    with pytest.raises(Malformed, match=rf"^{key}: this key is missing"):
        problems.read(short)


def test_a_box_is_on_board_of_one_van_only_and_must_be_known() -> None:
    begun = {"at": "11:20", "lat": 52.5, "lon": 13.4, "worked_min": 170, "breaks": []}
    wrong = example()
    wrong["shifts"][0]["begun"] = begun | {"on_board": ["e001", "e001"], "order": "free"}
    unknown = example()
    unknown["shifts"][0]["begun"] = begun | {"on_board": ["e999"], "order": "fixed"}

    with pytest.raises(Malformed, match="e001 stands here twice"):
        problems.read(wrong)
    with pytest.raises(Malformed, match=r"begun.on_board\[0\]: there is no stop e999"):
        problems.read(unknown)


def test_full_matrices_have_one_more_index_for_a_van_under_way() -> None:
    brought = example()
    brought["shifts"][0]["begun"] = {"at": "11:20", "lat": 52.5, "lon": 13.4, "worked_min": 170}
    square = [[0, 5, 5], [5, 0, 5], [5, 5, 0]]
    brought["travel"] = {"minutes": square, "km": square}

    read = problems.read(brought)

    assert isinstance(read.travel, Matrices)
    assert len(read.points()) == 3
    assert problems.read(problems.write(read)) == read
