"""The stages of ``make test``: in order, the first that fails is named and ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import check
from tools.check import Stage

ROOT = Path(__file__).resolve().parents[2]


def stage(name: str, code: str, *, may_find_nothing: bool = False) -> Stage:
    """A stage that runs a line of Python."""
    return Stage(name, "python", ("-c", code), may_find_nothing=may_find_nothing)


def test_the_first_stage_that_fails_is_named_and_ends_the_run(tmp_path: Path) -> None:
    said: list[str] = []
    trace = tmp_path / "third"

    code = check.run(
        [
            stage("format", "pass"),
            stage("types", "raise SystemExit(3)"),
            stage("tests", f"open({str(trace)!r}, 'w')"),
        ],
        said.append,
    )

    assert code == 1
    assert said[-1] == "FAILED: types (see above); 1 more not run"
    assert not trace.exists()


def test_a_good_run_says_how_long_each_stage_took() -> None:
    said: list[str] = []

    assert check.run([stage("format", "pass"), stage("types", "pass")], said.append) == 0
    assert "format 0." in said[-2]
    assert "types 0." in said[-2]
    assert said[-1].startswith("All is well: 2 stages in ")


def test_an_empty_soak_is_fine_but_a_test_run_without_tests_is_a_failure() -> None:
    said: list[str] = []

    assert check.run([stage("soak", "exit(5)", may_find_nothing=True)], said.append) == 0
    assert check.run([stage("tests", "exit(5)")], said.append) == 1


@pytest.mark.parametrize("one", [*check.LINTERS, check.TESTS], ids=lambda one: one.name)
def test_every_program_of_the_run_is_in_the_environment(one: Stage) -> None:
    assert Path(one.command[0]).exists()


def test_ci_runs_what_everybody_runs() -> None:
    script = ROOT / ".ci" / "run"

    assert script.stat().st_mode & 0o111
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "make test"
