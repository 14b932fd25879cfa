"""A house that really runs: gunicorn and the worker as processes of their own, on loopback."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.demo.service import sign_in_key
from hoffice.settings import Smtp
from tests import houses
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "hoffice.db"
READY_WITHIN_S = 180.0
ENDS_WITHIN_S = 120.0
MAKES_THE_DEMO = ("hoffice/**/*.py", "hoffice/**/*.csv", "hoffice/**/*.md", "migrations/**/*.py")
"""What the demo's data depends on, besides the day and the pinned requirements."""


@dataclass(frozen=True)
class House:
    """A running house: where it answers, and where its data lies."""

    url: str
    folder: Path

    def one_click(self, role: Role) -> str:
        """The address that signs in as whoever shows this role in the demo."""
        return f"/demo/anmelden/{role.value}/{sign_in_key(houses.SECRET, role)}"


@contextmanager
def served(
    folder: Path, *, smtp: Smtp | None = None, more: Mapping[str, str] | None = None
) -> Iterator[House]:
    """Serve the database in this folder, and do its jobs, until the block ends.

    ``more`` are further settings by their names.
    """
    port = free_port()
    env = environment(folder, port=port, smtp=smtp) | dict(more or {})
    gunicorn = ["gunicorn", "--config", "gunicorn.conf.py", "--log-level", "warning", "wsgi:app"]
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        children = [
            subprocess.Popen(
                [sys.executable, "-m", *program], cwd=ROOT, env=env, stdout=log, stderr=log
            )
            for program in (gunicorn, ["flask", "--app", "wsgi", "jobs", "work"])
        ]
        try:
            _wait_until_ready(port, folder / "server.log", children)
            yield House(url=f"http://127.0.0.1:{port}", folder=folder)
        finally:
            _end(children)


def environment(folder: Path, *, port: int, smtp: Smtp | None = None) -> dict[str, str]:
    """The settings of a demo house in this folder, and nothing that is set outside."""
    outside = {name: word for name, word in os.environ.items() if not name.startswith("HOFFICE_")}
    own = {
        "PORT": str(port),
        "HOFFICE_INSTANCE": str(folder),
        "HOFFICE_SECRET_KEY": houses.SECRET,
        "HOFFICE_DEMO": "1",
        "HOFFICE_URL": f"http://127.0.0.1:{port}",
        "HOFFICE_COMPANY": "Spreeruf Kundendialog GmbH",
        "HOFFICE_WEB_PROCESSES": "1",
        "HOFFICE_ACCESS_LOG": str(folder / "access.log"),
    }
    if smtp is not None:
        own["HOFFICE_SMTP_URL"] = f"smtp://{smtp.host}:{smtp.port}?starttls=no"
    return outside | own


def _wait_until_ready(port: int, log: Path, children: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/gesund")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError(f"the house does not start:\n{log.read_text(encoding='utf-8')}")


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    try:
        for child in children:
            child.wait(timeout=ENDS_WITHIN_S)
    finally:
        for child in children:
            child.kill()  # whoever would not end must not outlive the test


def demo_in(folder: Path, kept: Path) -> None:
    """Put the whole demo into this folder, its first days included.

    It takes half a minute to make, so it is kept: for this day and this state of the code. Whoever
    comes while it is being made waits for it.
    """
    with (kept / "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = kept / f"{clock.today().isoformat()}-{_state_of_the_code()}"
        if not made.exists():
            for old in kept.glob("*-*"):  # made on another day, from other code, or half-copied
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory() as fast:  # in memory, where there is room
                _make_demo(Path(fast) / "demo")
                shutil.copytree(Path(fast) / "demo", kept / "half-copied")
            (kept / "half-copied").rename(made)
        shutil.copytree(made, folder, dirs_exist_ok=True)


def _make_demo(folder: Path) -> None:
    folder.mkdir()
    for words in (["house", "prepare"], ["jobs", "work", "--once"]):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=environment(folder, port=8000),
            check=True,
            stdout=subprocess.DEVNULL,
        )


def _state_of_the_code() -> str:
    state = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(found for glob in MAKES_THE_DEMO for found in ROOT.glob(glob)):
        state.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return state.hexdigest()[:20]
