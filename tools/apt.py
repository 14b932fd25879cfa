"""Debian packages that tests need: install what is missing where we may, else name all at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).resolve().parent.parent / "tests" / "apt.txt"


@dataclass(frozen=True)
class Package:
    """A Debian package, and the program or file whose presence proves it."""

    name: str
    proof: str
    why: str

    @property
    def is_there(self) -> bool:
        """However it came here: a program by its name, a file by its full path."""
        if self.proof.startswith("/"):
            return Path(self.proof).exists()
        return shutil.which(self.proof) is not None


def packages(text: str) -> list[Package]:
    """Read the list: package, proof, reason; ``#`` starts a comment."""
    lines = (line.partition("#")[0].split(maxsplit=2) for line in text.splitlines())
    return [Package(*line) for line in lines if line]


def install(names: list[str]) -> bool:
    """Install by apt-get, quietly; its complaints are shown when it fails."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *names]):
        done = subprocess.run(
            ["apt-get", "--quiet", *step], env=quiet, check=False, capture_output=True, text=True
        )
        if done.returncode != 0 and step[0] == "install":
            print(done.stderr.strip(), file=sys.stderr)
            return False
    return True


def ensure(wanted: list[Package], *, may_install: bool, by: Callable[[list[str]], bool]) -> int:
    """Exit code 0 when all is there in the end; else one message names everything missing."""
    missing = [package for package in wanted if not package.is_there]
    if missing and may_install:
        print(f"Installing for the tests: {' '.join(package.name for package in missing)} …")
        by([package.name for package in missing])
        missing = [package for package in wanted if not package.is_there]
    if not missing:
        return 0
    print("The tests need Debian packages that are missing here:", file=sys.stderr)
    for package in missing:
        print(f"  {package.name:18} {package.why}", file=sys.stderr)
    names = " ".join(package.name for package in missing)
    print(f"Please run: apt-get install {names}", file=sys.stderr)
    return 1


def main() -> int:
    """Install as root, else say what to install."""
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    return ensure(packages(LIST.read_text(encoding="utf-8")), may_install=may_install, by=install)


if __name__ == "__main__":
    sys.exit(main())
