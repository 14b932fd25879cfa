"""Pin and hash: ``requirements*.in`` and ``tools/uv.in`` become the files that are installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements", "requirements-dev", "requirements-bench", "tools/uv", "tools/osrm")
"""In this order: what the product needs limits what its tests may bring."""

LEAST_PYTHON = ("--python-version=3.11",)
OWN_OPTIONS = {"tools/osrm": ("--python-version=3.12", "--no-deps")}
"""OSRM's programs come in a wheel for Python 3.12; they are unpacked, not installed."""

COMPILE = (
    "pip",
    "compile",
    "--quiet",
    "--universal",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
)


def main() -> int:
    """Write every lock file anew; arguments go to uv (``--upgrade``, ``--upgrade-package=…``)."""
    uv = Path(sys.executable).with_name("uv")
    for name in LOCKS:
        command: list[str | Path] = [
            uv,
            *COMPILE,
            *OWN_OPTIONS.get(name, LEAST_PYTHON),
            *sys.argv[1:],
        ]
        command += [f"{name}.in", "-o", f"{name}.txt"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
