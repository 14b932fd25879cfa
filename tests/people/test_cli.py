"""The staff import at the terminal: line by line, then one JSON object."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from hoffice.people import queries
from hoffice.places.rules import Precision
from tests import makers
from tests.conftest import Given
from tests.people.lists import AYSE, MAREK, csv


def _run(app: Flask, path: Path, content: bytes, *options: str) -> tuple[Result, dict[str, object]]:
    path.write_bytes(content)
    result = app.test_cli_runner().invoke(args=["people", "import", str(path), *options])
    return result, json.loads(result.stdout.splitlines()[-1])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "liste.csv"


def _count(app: Flask) -> int:
    with app.app_context():
        return queries.count()


def test_a_list_is_shown_and_taken_over(app: Flask, path: Path) -> None:
    result, answer = _run(app, path, csv(AYSE, MAREK))

    assert result.exit_code == 0
    assert "line 2: new 4471 Ayşe Kaya" in result.stdout
    assert (answer["new"], answer["applied"]) == (2, True)
    assert _count(app) == 2


def test_a_dry_run_stores_nothing(app: Flask, path: Path) -> None:
    result, answer = _run(app, path, csv(AYSE), "--dry-run")

    assert (result.exit_code, answer["applied"]) == (0, False)
    assert _count(app) == 0
    with app.app_context():
        assert not queries.newest_imports()


def test_what_changes_is_shown_before_and_after(app: Flask, path: Path) -> None:
    _run(app, path, csv(AYSE))

    result, _answer = _run(app, path, csv(AYSE.replace("Kaya", "Brandt")), "--dry-run")

    assert "line 2: changed 4471 Ayşe Brandt: Last name Kaya -> Brandt" in result.stdout


def test_errors_are_named_and_the_answer_is_no(app: Flask, path: Path) -> None:
    bad = csv(AYSE, MAREK.replace("14467", "1446x"))

    result, answer = _run(app, path, bad)

    assert result.exit_code == 1
    assert "Line 3" in result.stdout
    assert (answer["error"], answer["applied"]) == (1, False)
    assert _count(app) == 0
    assert _run(app, path, bad, "--skip-errors")[0].exit_code == 0
    assert _count(app) == 1


@pytest.mark.parametrize("content", [b"", csv("1;2", header="Kennung;Wer"), csv("1;=1+1")])
def test_a_list_that_cannot_be_asked_about_says_why(app: Flask, path: Path, content: bytes) -> None:
    result, answer = _run(app, path, content)

    assert result.exit_code == 2
    assert answer["reason"]
    assert _count(app) == 0


def test_a_column_can_be_named_on_the_command_line(app: Flask, path: Path) -> None:
    content = csv("1;Ayşe Kaya", header="Kennung;Wer")
    options = ("--column", "personnel_number=Kennung", "--column", "name=Wer")

    assert _run(app, path, content, *options)[0].exit_code == 0
    assert _run(app, path, content, "--column", "nonsense=Wer")[0].exit_code == 2
    assert _count(app) == 1


def test_homes_are_found_again_when_the_register_has_become_better(
    app: Flask, given: Given
) -> None:
    with given():
        for number in ("112", "999"):
            person = makers.employee(housenumber=number)
            home = queries.home_of(person.id)
            assert home is not None
            home.precision, home.provider = Precision.POSTCODE, "postcode"
        makers.register()

    result = app.test_cli_runner().invoke(args=["people", "relocate"])
    answer = json.loads(result.stdout.splitlines()[-1])

    assert result.exit_code == 0
    assert (answer["before"]["house"], answer["after"]["house"]) == (0, 1)
    assert answer["changed"] >= 1
    assert answer["asking"] == 0
