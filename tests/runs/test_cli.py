"""``flask runs …`` answers with files, lines and exit codes that scripts can rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hoffice.runs.cli import runs
from hoffice.runs.planning import problem as problems
from tests.contracts.road_servers import osrm_says, serving
from tests.runs.planning.problems import problem, stop
from tests.runs.test_solver import SOLOMON, campaign


def flask(*words: str | Path) -> Result:
    return CliRunner().invoke(runs, [str(word) for word in words])


def last(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return answer


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problems.write(campaign(12))))
    return file


@pytest.fixture
def made(asked: Path) -> Path:
    file = asked.with_name("plan.json")
    assert flask("solve", asked, file, "--iterations", "20").exit_code == 0
    return file


def test_solve_writes_the_plan_and_prints_its_totals(asked: Path, tmp_path: Path) -> None:
    result = flask("solve", asked, tmp_path / "plan.json", "--iterations", "20", "--seed", "3")

    plan = json.loads((tmp_path / "plan.json").read_text())
    assert result.exit_code == 0
    assert plan["engine"]["seed"] == 3
    assert plan["totals"]["served"] == 12
    assert last(result)["served"] == 12


def test_a_required_stop_left_out_makes_solve_say_no_and_write_all_the_same(
    tmp_path: Path,
) -> None:
    file = tmp_path / "problem.json"
    unreachable = problem(stop("e1"), stop("never", "05:00-06:00", required=True))
    file.write_text(json.dumps(problems.write(unreachable)))

    result = flask("solve", file, tmp_path / "plan.json", "--iterations", "5")

    assert result.exit_code == 1
    assert "never: no window inside any shift" in result.stdout
    assert json.loads((tmp_path / "plan.json").read_text())["totals"]["served"] == 1


def test_check_says_yes_to_a_good_plan(asked: Path, made: Path) -> None:
    result = flask("check", asked, made)

    assert result.exit_code == 0
    assert last(result)["violations"] == 0
    assert last(result)["served"] == 12


def test_check_prints_a_line_for_each_violation(asked: Path, made: Path) -> None:
    plan = json.loads(made.read_text())
    plan["routes"][0]["end"] = "16:40"
    plan["totals"]["served"] = 13
    made.write_text(json.dumps(plan))

    result = flask("check", asked, made)

    *lines, _ = result.stdout.splitlines()
    assert result.exit_code == 1
    assert last(result)["violations"] == len(lines) >= 2
    assert any("totals.served says 13" in line for line in lines)


def test_offer_names_windows_for_one_more_person(asked: Path, made: Path) -> None:
    result = flask("offer", asked, made, "--stop", "e03", "--count", "2")

    offers = last(result)["offers"]
    assert result.exit_code == 0
    assert last(result)["stop"] == "e03"
    assert len(offers) == 2
    assert set(offers[0]) == {"date", "start", "end", "van", "detour_min", "detour_km"}


def test_a_shift_in_the_yard_is_offered_when_no_other_has_a_place(
    asked: Path, made: Path, tmp_path: Path
) -> None:
    nothing_driven = json.loads(made.read_text())
    nothing_driven["routes"] = []
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps(nothing_driven))

    result = flask("offer", asked, empty, "--stop", "e03")

    detours = [one["detour_min"] for one in last(result)["offers"]]
    assert result.exit_code == 0
    assert detours
    assert min(detours) > 0, "a day that is opened for one person is no free ride"


def test_offers_stand_with_the_cheapest_detour_first(asked: Path, made: Path) -> None:
    offers = last(flask("offer", asked, made, "--stop", "e03", "--count", "9"))["offers"]

    detours = [one["detour_min"] for one in offers]
    assert len(detours) > 1
    assert detours == sorted(detours)


def test_bench_answers_in_the_unit_of_the_instance(tmp_path: Path) -> None:
    file = tmp_path / "c101.txt"
    file.write_text(SOLOMON)

    result = flask("bench", file, "--seconds", "0.001", "--best-known", "24")

    answer = last(result)
    assert result.exit_code == 0
    assert list(answer) == [
        "instance",
        "cost",
        "best_known",
        "gap_percent",
        "cpu_seconds",
        "routes",
    ]
    assert answer["gap_percent"] == pytest.approx(100 * (answer["cost"] / 24 - 1), abs=0.001)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ('{"version": 2}', "version: this program reads version 1"),
        ("[]", "an object is expected here"),
    ],
)
def test_bad_input_is_neither_yes_nor_no(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "problem.json"
    file.write_text(text)

    result = flask("solve", file, tmp_path / "plan.json")

    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "plan.json").exists()


def test_an_unknown_stop_and_a_missing_file_cannot_be_asked_about(asked: Path, made: Path) -> None:
    assert flask("offer", asked, made, "--stop", "e99").exit_code == 2
    assert flask("check", asked, made.with_name("none.json")).exit_code == 2
    assert flask("solve", asked, made, "--seconds", "0").exit_code == 2


def test_a_travel_model_that_is_not_set_up_is_bad_input(asked: Path, tmp_path: Path) -> None:
    value = json.loads(asked.read_text()) | {"travel": {"model": "osrm"}}
    asked.write_text(json.dumps(value))

    result = flask("solve", asked, tmp_path / "plan.json")

    assert result.exit_code == 2
    assert "travel.model: the travel model osrm is not set up" in result.stderr


def test_a_problem_may_name_the_road_engine_of_the_settings(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = json.loads(asked.read_text()) | {"travel": {"model": "osrm"}}
    asked.write_text(json.dumps(value))
    made = tmp_path / "plan.json"
    with serving(osrm_says) as server:
        monkeypatch.setenv("HOFFICE_ROADS", "osrm")
        monkeypatch.setenv("HOFFICE_ROADS_URL", server.url)

        result = flask("solve", asked, made, "--iterations", "5")

        assert result.exit_code == 0, result.output
        assert flask("check", asked, made).exit_code == 0
    assert server.asked
    assert "note:" not in result.stderr
    assert "travel" not in json.loads(made.read_text()), "the format knows no such key"


def test_a_road_engine_that_is_down_is_said_beside_the_plan(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = json.loads(asked.read_text()) | {"travel": {"model": "valhalla"}}
    asked.write_text(json.dumps(value))
    monkeypatch.setenv("HOFFICE_ROADS", "valhalla")
    monkeypatch.setenv("HOFFICE_ROADS_URL", "http://127.0.0.1:9")

    result = flask("solve", asked, tmp_path / "plan.json", "--iterations", "5")

    assert result.exit_code == 0
    assert "note: The road engine did not answer (it cannot be reached)" in result.stderr


def test_a_road_engine_without_its_address_is_bad_input(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOFFICE_ROADS", "osrm")

    result = flask("solve", asked, tmp_path / "plan.json")

    assert result.exit_code == 2
    assert "HOFFICE_ROADS_URL" in result.stderr
