"""Programs that are measured beside the product, in a folder of their own and never in its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "build" / "bench"


def provide(*packages: str) -> bool:
    """Have these packages there; False where they cannot be had."""
    if all((FOLDER / name).exists() for name in packages):
        return True
    install = ["pip", "install", "--quiet", "--require-hashes", "--python", sys.executable]
    where = ["--target", str(FOLDER), "-r", str(ROOT / "requirements-bench.txt")]
    uv = Path(sys.executable).with_name("uv")
    try:
        done = subprocess.run([str(uv), *install, *where], check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and all((FOLDER / name).exists() for name in packages)


def environment() -> dict[str, str]:
    """How a process finds the product first and these packages last."""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path), str(FOLDER)])
    return {**os.environ, "PYTHONPATH": path}
