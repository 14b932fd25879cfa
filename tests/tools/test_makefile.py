"""What make hands on to the programs it starts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_programs_may_keep_the_bytecode_that_makes_their_next_start_quick() -> None:
    told = subprocess.run(
        ["make", "--silent", "--eval=told: ; @env", "told"],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TOLD": "yes"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()

    assert "TOLD=yes" in told
    assert not [line for line in told if line.startswith("PYTHONDONTWRITEBYTECODE")]
