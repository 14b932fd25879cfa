"""Build ``.venv`` from the pinned requirements; a second call finds nothing to do and says nothing.

Runs under the system's Python with nothing but the standard library. uv installs in seconds; where
it cannot be had (or cannot reach the packages) plain pip installs the same hashed pins.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
RUNTIME = (ROOT / "requirements.txt",)
DEV = (*RUNTIME, ROOT / "requirements-dev.txt")
UV = ROOT / "tools" / "uv.txt"


def digest(files: tuple[Path, ...]) -> str:
    """What the environment was built from; anything else means: build again."""
    total = hashlib.sha256(platform.python_version().encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


Command = list[str | Path]


def make_environment() -> None:
    """Create ``.venv``, or keep the one that still runs."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0:
        return
    is_able = find_spec("venv") is not None and find_spec("ensurepip") is not None
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    make: Command = [sys.executable, "-m", "venv", ENVIRONMENT]
    if not is_able or subprocess.run(make, check=False).returncode != 0:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        sys.exit("Python cannot build environments here. Please run: apt-get install python3-venv")


def with_uv(files: tuple[Path, ...]) -> bool:
    """Install by uv; False when uv cannot be had or does not get through."""
    uv = ENVIRONMENT / "bin" / "uv"
    pip: Command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq"]
    get_uv: Command = [*pip, "install", "--retries", "1", "--require-hashes", "-r", UV]
    if not uv.exists() and subprocess.run(get_uv, check=False).returncode != 0:
        return False
    install: Command = [uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes"]
    settings = dict(os.environ)
    settings.setdefault("UV_SYSTEM_CERTS", "1")  # a company's own certificates count
    settings.setdefault("UV_LINK_MODE", "copy")
    for ours, theirs in (("UV_DEFAULT_INDEX", "PIP_INDEX_URL"), ("SSL_CERT_FILE", "PIP_CERT")):
        if theirs in settings:
            settings.setdefault(ours, settings[theirs])
    return subprocess.run([*install, *_from(files)], check=False, env=settings).returncode == 0


def with_pip(files: tuple[Path, ...]) -> bool:
    """Install by pip alone: slower, the same result."""
    install: Command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
    command: Command = [*install, "--require-hashes", *_from(files)]
    return subprocess.run(command, check=False).returncode == 0


def _from(files: tuple[Path, ...]) -> Command:
    return [part for file in files for part in ("-r", file)]


def compile_catalogues() -> None:
    """Compile the message catalogues when a PO file is newer than what was compiled."""
    compiled = ROOT / "translations" / "de" / "LC_MESSAGES" / "messages.mo"
    sources = [ROOT / "tools" / "catalogues.py", *(ROOT / "translations" / "de").glob("*.po")]
    newest = max(source.stat().st_mtime for source in sources)
    if not compiled.exists() or compiled.stat().st_mtime <= newest:
        command: Command = [PYTHON, ROOT / "tools" / "catalogues.py", "compile"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Install what is asked for, unless the stamps say that it is there."""
    parser = argparse.ArgumentParser(description="Build .venv from the pinned requirements")
    parser.add_argument("--dev", action="store_true", help="with what tests and checks need")
    is_dev = parser.parse_args().dev
    files = DEV if is_dev else RUNTIME
    stamps = {kind: ENVIRONMENT / f".installed-{kind}" for kind in ("runtime", "dev")}
    wanted = {"runtime": digest(RUNTIME), "dev": digest(DEV)}
    enough = ("dev",) if is_dev else ("runtime", "dev")
    if not any(
        stamps[kind].exists() and stamps[kind].read_text() == wanted[kind] for kind in enough
    ):
        print("Installing what hoffice needs into .venv …", flush=True)
        make_environment()
        if not with_uv(files):
            print("Going on with plain pip, which takes a little longer …", flush=True)
            if not with_pip(files):
                print("The packages could not be installed; the reason stands above.")
                return 1
        for kind, stamp in stamps.items():
            stamp.unlink(missing_ok=True)
            if kind == ("dev" if is_dev else "runtime"):
                stamp.write_text(wanted[kind])
    compile_catalogues()
    if is_dev:
        # without them one contract test fails and says why; everything else can be worked on
        subprocess.run([PYTHON, ROOT / "tools" / "osrm.py"], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
