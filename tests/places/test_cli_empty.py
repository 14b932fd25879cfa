"""A house whose database has no tables yet says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoffice.factory import create_app
from tests import houses


@pytest.mark.parametrize("command", [["sources"], ["rename-street", "Alt", "Neu"]])
def test_without_tables_a_command_names_the_one_that_makes_them(
    tmp_path: Path, command: list[str]
) -> None:
    app = create_app(houses.settings(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path))

    said = app.test_cli_runner().invoke(args=["places", *command])

    assert said.exit_code == 1
    assert said.stderr.strip().endswith("First: flask db upgrade")
