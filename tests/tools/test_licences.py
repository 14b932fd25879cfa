"""The page of licences: every package of the lock file with its terms, in one spelling."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import pytest

from tools import licences

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("package", "terms"),
    [("flask", "BSD-3-Clause"), ("openpyxl", "MIT"), ("defusedxml", "PSF-2.0")],
)
def test_a_licence_is_told_in_its_short_spelling(package: str, terms: str) -> None:
    assert licences.licence(distribution(package)) == terms


def test_nothing_in_production_is_bound_to_terms_that_we_cannot_meet() -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = licences.table(licences.names(lock))[2:]

    assert len(lines) > 40
    for line in lines:
        assert "AGPL" not in line
        assert "see its files" not in line
        assert "GPL" not in line.replace("LGPL", ""), line


def test_a_package_that_the_page_does_not_name_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "licences.md"
    page.write_text(licences.page().replace("| flask |", "| bottle |"), encoding="utf-8")
    monkeypatch.setattr(licences, "PAGE", page)
    monkeypatch.setattr("sys.argv", ["licences.py", "--check"])

    assert licences.main() == 1
    assert (
        "| flask | BSD-3-Clause |\ndocs/licences.md: run make licences" in capsys.readouterr().out
    )
