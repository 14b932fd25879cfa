"""OSRM's own programs for the tests: taken from the wheel of osrm-bindings, not installed.

The wheel is for Python 3.12 and newer, but the programs in it (osrm-extract, osrm-contract,
osrm-routed) need no Python at all. They are unpacked into ``.venv/osrm`` once; a second call finds
them there. The file must have one of the hashes in ``tools/osrm.txt``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv" / "osrm"
PIN = ROOT / "tools" / "osrm.txt"
PARTS = ("osrm/bin/", "osrm/share/")
PROFILE = Path("osrm", "share", "profiles", "car.lua")


class Missing(Exception):
    """The programs could not be had; the message says why."""


def program(name: str, folder: Path = FOLDER) -> Path:
    """Where one of the programs lies."""
    return folder / "osrm" / "bin" / name


def profile(folder: Path = FOLDER) -> Path:
    """What a car may do on which road."""
    return folder / PROFILE


def is_there(folder: Path = FOLDER) -> bool:
    """Whether the programs of the pinned version are unpacked already."""
    stamp = folder / "stamp"
    return stamp.is_file() and stamp.read_text(encoding="ascii") == _digest()


def ensure(folder: Path = FOLDER) -> None:
    """Fetch and unpack the programs unless they are there; raises :class:`Missing`."""
    if is_there(folder):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="osrm-") as work:
        new = Path(work, "new")
        unpack(_download(Path(work)), new)
        (new / "stamp").write_text(_digest(), encoding="ascii")
        shutil.rmtree(folder, ignore_errors=True)
        try:
            new.rename(folder)
        except OSError:
            if not is_there(folder):  # else somebody else was faster
                raise


def unpack(wheel: Path, folder: Path) -> None:
    """The programs and profiles of a wheel, ready to run."""
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            if name.startswith(PARTS):
                packed.extract(name, folder)
    for found in (folder / "osrm" / "bin").iterdir():
        found.chmod(0o755)


def _download(folder: Path) -> Path:
    """The wheel for this machine, by pip as it is set up here, its hash compared."""
    command: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq"]
    command += ["download", "--python-version", "3.12", "--only-binary", ":all:", "--no-deps"]
    command += ["--require-hashes", "-r", PIN, "-d", folder]
    quiet = {**os.environ, "PIP_NO_INPUT": "1"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=quiet)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        raise Missing(f"OSRM's programs could not be fetched: {done.stderr.strip()[-500:]}")
    return wheels[0]


def _digest() -> str:
    return hashlib.sha256(PIN.read_bytes()).hexdigest()


def main() -> int:
    """Have the programs, or say why not."""
    try:
        ensure()
    except (Missing, OSError, zipfile.BadZipFile) as error:
        print(f"{error}\nOnly the contract test of the road engine needs them.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
