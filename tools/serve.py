"""What ``make run`` does once the environment stands: prepare, web server, worker, sign-in lines.

Both processes are children of this one. Ctrl-C (or SIGTERM) ends both cleanly; a worker that dies
is started again; without the web server there is nothing to serve, so its end is the end of all.

When the last start prepared the same database for the same migrations, the web server need not
wait: it starts beside the check, which makes a second start faster by half.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from hoffice.settings import Settings, SettingsError

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
DEMO_COMPANY = "Spreeruf Kundendialog GmbH"
READY_WITHIN_S = 60.0
ENDS_WITHIN_S = 30.0
LOOK_EVERY_S = 0.05
LONGEST_PAUSE_S = 30.0


class CannotStart(Exception):
    """A sentence for the person at the keyboard: what is in the way, and what to do."""


@dataclass(frozen=True)
class Commands:
    """The three programs that this one runs."""

    prepare: list[str]
    web: list[str]
    worker: list[str]

    @classmethod
    def of_hoffice(cls, python: Path) -> Commands:
        """The real ones, all by the same Python."""
        flask = [str(python), "-m", "flask", "--app", "wsgi"]
        quiet = ["--log-level", "warning"]
        morning = ["--first-morning"] if os.environ.get("FIRST_MORNING") else []
        return cls(
            prepare=[*flask, "house", "prepare", *morning],
            web=[str(python), "-m", "gunicorn", "--config", "gunicorn.conf.py", *quiet, "wsgi:app"],
            worker=[*flask, "jobs", "work"],
        )


def port_from(env: Mapping[str, str]) -> int:
    """The port that was asked for, 8000 unless said otherwise."""
    word = env.get("PORT", "") or "8000"
    if not word.isdecimal() or not 0 < int(word) < 65536:  # noqa: PLR2004  # what TCP has
        msg = f"PORT={word} is no port: give a number from 1 to 65535, such as PORT=8001"
        raise CannotStart(msg)
    return int(word)


def require_free(port: int) -> None:
    """Refuse a port that somebody else listens on, before anything is changed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            msg = f"Port {port} is not ours to take. Choose another: make run PORT=8001"
            raise CannotStart(msg) from None
        except OSError:
            other = port + 1 if port < 65535 else 8000  # noqa: PLR2004  # what TCP has
            msg = (
                f"Port {port} on {LOOPBACK} is taken: is hoffice running already? "
                f"Choose another: make run PORT={other}"
            )
            raise CannotStart(msg) from None


def secret_key(instance: Path) -> str:
    """The key of this demo house, made once and readable by its owner only."""
    path = instance / "secret-key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_hex(32)
        file.write(key + "\n")
    return key


def environment(env: Mapping[str, str], port: int) -> dict[str, str]:
    """The settings of the demo house; whatever is set already stays as it is."""
    own = dict(env)
    instance = Path(own.get("HOFFICE_INSTANCE") or ROOT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    own["PORT"] = str(port)
    own["HOFFICE_INSTANCE"] = str(instance)
    for name, value in {
        "HOFFICE_DEMO": "1",
        "HOFFICE_URL": f"http://{LOOPBACK}:{port}",
        "HOFFICE_ACCESS_LOG": str(instance / "access.log"),
    }.items():
        own.setdefault(name, value)
    if own["HOFFICE_DEMO"] == "1":
        own.setdefault("HOFFICE_COMPANY", DEMO_COMPANY)
    own["HOFFICE_SECRET_KEY"] = own.get("HOFFICE_SECRET_KEY") or secret_key(instance)
    return own


def mark_of(env: Mapping[str, str]) -> str:
    """What a start prepares: this database, with these migrations."""
    names = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    words = [env.get("HOFFICE_DATABASE_URL", ""), env.get("HOFFICE_DEMO", ""), *names]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def answers(port: int) -> bool:
    """Whether the house says that it is well."""
    connection = HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/gesund")
        return connection.getresponse().status == 200  # noqa: PLR2004  # HTTP's OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@dataclass
class House:
    """The web server and the worker, from their start to their clean end."""

    commands: Commands
    port: int
    env: Mapping[str, str]
    say: Callable[[str], None] = print
    children: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    signals: int = 0
    pause_s: float = 1.0

    def run(self) -> int:
        """Serve until told to end; 0 when that was wanted, else what went wrong."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        mark, known = mark_of(self.env), Path(self.env["HOFFICE_INSTANCE"]) / "prepared"
        is_known = known.exists() and known.read_text(encoding="ascii") == mark
        try:
            if is_known:
                self._start("web", self.commands.web)
            welcome = self._prepare()
            if welcome is None:
                return 0
            known.write_text(mark, encoding="ascii")
            if not is_known:
                self._start("web", self.commands.web)
            self._wait_until_ready()
            if not self.signals:
                self._start("worker", self.commands.worker)
                self._welcome(welcome)
            self._watch()
        finally:
            self._end()
        return 0

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.signals += 1

    def _start(
        self, name: str, command: list[str], *, out: int | None = None
    ) -> subprocess.Popen[str]:
        """Start a child out of the terminal's reach, so that only we hear Ctrl-C.

        It is told to end when we vanish without a word (SIGKILL), else it would keep the port.
        """
        leash = shutil.which("setpriv")
        leashed = [leash, "--pdeathsig", "TERM", "--", *command] if leash else command
        child = subprocess.Popen(
            leashed, cwd=ROOT, env=self.env, start_new_session=True, text=True, stdout=out
        )
        self.children[name] = child
        return child

    def _prepare(self) -> str | None:
        """Migrate and load the demo; give the sign-in lines, or None when told to end."""
        child = self._start("prepare", self.commands.prepare, out=subprocess.PIPE)
        while True:
            try:
                lines, _ = child.communicate(timeout=LOOK_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                if self.signals:
                    return None
        del self.children["prepare"]
        if self.signals:
            return None
        if child.returncode != 0:
            self.say(lines.rstrip())
            raise CannotStart("The database could not be prepared; the reason stands above.")
        return lines

    def _wait_until_ready(self) -> None:
        latest = time.monotonic() + READY_WITHIN_S
        while not self.signals and not answers(self.port):
            if self.children["web"].poll() is not None:
                raise CannotStart("The web server ended at once; the reason stands above.")
            if time.monotonic() > latest:
                raise CannotStart(f"No answer from the web server within {READY_WITHIN_S:.0f} s.")
            time.sleep(LOOK_EVERY_S)

    def _welcome(self, lines: str) -> None:
        self.say(f"\nhoffice is open: {self.env['HOFFICE_URL']}   (Ctrl-C ends it)\n")
        if lines.strip():
            self.say(lines.rstrip() + "\n")

    def _watch(self) -> None:
        """Look after both until a signal comes; a dead worker is replaced, after a pause."""
        started = time.monotonic()
        again_at: float | None = None
        while not self.signals:
            if self.children["web"].poll() is not None:
                raise CannotStart("The web server has ended; so this is the end of all.")
            now = time.monotonic()
            if again_at is None and self.children["worker"].poll() is not None:
                if now - started > 2 * LONGEST_PAUSE_S:
                    self.pause_s = 1.0
                self.say(f"The worker has ended; a new one starts in {self.pause_s:.0f} s.")
                again_at, self.pause_s = now + self.pause_s, min(LONGEST_PAUSE_S, 2 * self.pause_s)
            if again_at is not None and now >= again_at:
                self._start("worker", self.commands.worker)
                started, again_at = now, None
            time.sleep(LOOK_EVERY_S)

    def _end(self) -> None:
        """Ask every child to end and wait for each; a second Ctrl-C, or silence, kills."""
        alive = [child for child in self.children.values() if child.poll() is None]
        for child in alive:
            child.terminate()
        asked = self.signals
        latest = time.monotonic() + ENDS_WITHIN_S
        while any(child.poll() is None for child in alive):
            if self.signals > max(asked, 1) or time.monotonic() > latest:
                for child in alive:
                    child.kill()
            time.sleep(LOOK_EVERY_S)


def main() -> int:
    """Run the house; a reason not to start is one sentence, not a traceback."""
    try:
        port = port_from(os.environ)
        require_free(port)
        env = environment(os.environ, port)
        Settings.from_env(env)
        return House(Commands.of_hoffice(Path(sys.executable)), port, env, say=_say).run()
    except (CannotStart, SettingsError) as reason:
        print(reason, file=sys.stderr)
        return 1


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
