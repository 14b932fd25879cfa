"""Everything that must hold, stage by stage; the first stage that fails is named and ends it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NO_TESTS_COLLECTED = 5
"""Pytest's exit code when a selection is empty."""


@dataclass(frozen=True)
class Stage:
    """One program that must end well, and what it looks after."""

    name: str
    program: str
    arguments: tuple[str, ...]
    may_find_nothing: bool = False

    @property
    def command(self) -> list[str]:
        """The program of our own environment, whatever PATH says."""
        if self.program == "python":
            return [sys.executable, *self.arguments]
        return [str(BIN / self.program), *self.arguments]


LINTERS = (
    Stage("format", "ruff", ("format", "--check", "--quiet", ".")),
    Stage("lint", "ruff", ("check", "--quiet", ".")),
    Stage("types", "mypy", ()),
    Stage("imports", "lint-imports", ("--no-logo",)),
    Stage("templates", "djlint", ("templates", "--lint", "--quiet")),
    Stage("catalogues", "python", ("tools/catalogues.py", "check")),
    Stage("requirements", "deptry", (".", "--config", "tools/deptry.toml")),
    Stage("licences", "python", ("tools/licences.py", "--check")),
)

PYTEST = ("-q", "-n", "2", "--dist", "loadgroup", "--durations=10", "--durations-min=0.5")
TESTS = Stage("tests", "pytest", PYTEST)
SOAK = Stage(
    "soak",
    "pytest",
    (
        *("-v", "-p", "no:randomly", "-o", "python_files=soak_*.py"),
        "--hypothesis-profile=explore",
    ),
    may_find_nothing=True,
)
"""The long runs live beside the tests, in files that only this stage collects."""


def run(stages: Sequence[Stage], say: Callable[[str], None]) -> int:
    """Run the stages in order; say how long each took, and which one failed."""
    took: list[tuple[str, float]] = []
    failed = ""
    for stage in stages:
        say(f"── {stage.name}")
        start = time.monotonic()
        code = subprocess.run(stage.command, cwd=ROOT, check=False).returncode
        took.append((stage.name, time.monotonic() - start))
        if code == NO_TESTS_COLLECTED and stage.may_find_nothing:
            code = 0
        if code != 0:
            failed = stage.name
            break
    total = sum(seconds for _name, seconds in took)
    say("── " + " · ".join(f"{name} {seconds:.1f} s" for name, seconds in took))
    if failed:
        left = len(stages) - len(took)
        rest = f"; {left} more not run" if left else ""
        say(f"FAILED: {failed} (see above){rest}")
        return 1
    say(f"All is well: {len(took)} stages in {total:.0f} s")
    return 0


def main() -> int:
    """Run all stages, only the linters, or only the soak."""
    parser = argparse.ArgumentParser(description="Check everything that must hold")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--linters", action="store_true", help="only what reads the code")
    which.add_argument("--soak", action="store_true", help="only the long runs")
    options = parser.parse_args()
    stages: tuple[Stage, ...] = (*LINTERS, TESTS)
    if options.linters:
        stages = LINTERS
    elif options.soak:
        stages = (SOAK,)
    return run(stages, lambda line: print(line, flush=True))


if __name__ == "__main__":
    sys.exit(main())
