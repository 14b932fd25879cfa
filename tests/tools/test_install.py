"""Building the environment: what is said when Python cannot, and when there is nothing to do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import install

ROOT = Path(__file__).resolve().parents[2]


def test_without_venv_it_says_exactly_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(install, "find_spec", lambda _name: None)

    with pytest.raises(SystemExit, match=r"Please run: apt-get install python3-venv$"):
        install.make_environment()

    assert not (tmp_path / ".venv").exists()


def test_other_requirements_mean_another_environment(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("flask==3.1.3\n")
    before = install.digest((requirements,))

    requirements.write_text("flask==3.1.4\n")

    assert install.digest((requirements,)) != before


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "tools/uv.txt", "tools/osrm.txt"]
)
def test_every_requirement_is_pinned_and_hashed_and_names_no_registry(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=\S)", text.strip())

    for requirement in requirements:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement
    assert "://" not in text


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)

    done = subprocess.run(
        ["make", "-C", ROOT, "install", f"PYTHON={old}"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    assert "needs Python 3.11 or newer, but" in done.stderr
    assert "is Python 3.9.2" in done.stderr


def test_no_python_at_all_is_told_too() -> None:
    done = subprocess.run(
        ["make", "-C", ROOT, "install", "PYTHON=no-such-python"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    assert "apt-get install python3 python3-venv" in done.stderr


def test_help_names_every_target_that_people_use() -> None:
    done = subprocess.run(
        ["make", "-C", ROOT, "--no-print-directory", "help"],
        check=True,
        capture_output=True,
        text=True,
    )

    named = set(re.findall(r"^  make (\S+)", done.stdout, flags=re.MULTILINE))
    assert named >= {"run", "test", "check", "fix", "soak", "bench", "story", "lock", "vendor"}


def test_the_installer_reads_as_the_standard_library_alone() -> None:
    source = (ROOT / "tools" / "install.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, flags=re.MULTILINE))

    assert imported - {"__future__"} <= set(sys.stdlib_module_names)
