"""Papers at the terminal."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from hoffice.agreements import queries, service
from hoffice.agreements.rules import WorkModel, packs_of
from hoffice.agreements.samples import SAMPLES
from tests import makers
from tests.agreements.scene import HR
from tests.conftest import Given


def test_the_samples_are_written_at_the_terminal(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["agreements", "load-samples"])

    assert answer.exit_code == 0
    count = 2 * len(SAMPLES)
    assert f'{{"written": {count}}}' in answer.output
    with app.app_context():
        assert len(queries.texts()) == count


def test_a_persons_papers_are_made_as_drafts_without_sending(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        service.load_samples(by=HR)
        employee = makers.employee()
        number, employee_id = employee.personnel_number, employee.id

    answer = app.test_cli_runner().invoke(args=["agreements", "render", number, str(tmp_path)])

    assert answer.exit_code == 0
    files = sorted(tmp_path.glob(f"{number}-*.pdf"))
    assert len(files) == len(packs_of(WorkModel.TELEWORK))
    assert all(file.read_bytes().startswith(b"%PDF") for file in files)
    with app.app_context():
        assert queries.pack_of(employee_id) is None


def test_an_unknown_person_is_said(app: Flask, tmp_path: Path) -> None:
    answer = app.test_cli_runner().invoke(args=["agreements", "render", "X1", str(tmp_path)])

    assert answer.exit_code == 1
    assert "nobody with the number X1" in answer.output
