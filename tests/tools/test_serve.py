"""``make run`` with small stand-ins for the web server and the worker, as real processes."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hoffice.demo.cast import company
from tools import serve

ROOT = Path(__file__).resolve().parents[2]

WEB = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/gesund" else 404)
        self.end_headers()
    def log_message(self, *words):
        pass
def end(*_):
    print("web ended cleanly", flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
print("web", os.getpid(), flush=True)
HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
"""

WORKER = """
import os, signal, sys
def end(*_):
    print("worker ended cleanly", flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
print("worker", os.getpid(), flush=True)
while True:
    signal.pause()
"""

DRIVER = """
import os, sys
from tools.serve import Commands, House, environment, CannotStart
prepare, web, worker = ([sys.executable, "-c", code] for code in sys.argv[1:4])
port = int(os.environ["PORT"])
house = House(Commands(prepare, web, worker), port, environment(os.environ, port),
              say=lambda text: print(text, flush=True), pause_s=0.1)
try:
    sys.exit(house.run())
except CannotStart as reason:
    print(reason, file=sys.stderr)
    sys.exit(1)
"""


class Running:
    """A started house, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []

    def wait_for(self, words: str) -> str:
        """The next line that has these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if words in line:
                return line.rstrip()
        pytest.fail(f"never said {words!r}, but: {self.said}")

    def end(self, number: int) -> int:
        """Send a signal and read on to the end."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=120)
        self.said += rest.splitlines()
        return self.process.returncode


@contextmanager
def house(
    instance: Path, port: int, *, prepare: str = "print('Sign in: /demo/it')", web: str = WEB
) -> Iterator[Running]:
    """Start a house of stand-ins; nothing of it outlives the test."""
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "HOFFICE_INSTANCE": str(instance),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER, prepare, web, WORKER],
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def is_alive(pid: int) -> bool:
    """Whether a process with this id still runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_web_server_and_worker_cleanly(
    tmp_path: Path, free_port: Callable[[], int], number: int
) -> None:
    port = free_port()
    with house(tmp_path, port) as running:
        running.wait_for("worker ")

        assert running.end(number) == 0

    assert f"hoffice is open: http://127.0.0.1:{port}   (Ctrl-C ends it)" in running.said
    assert "Sign in: /demo/it" in running.said
    assert "web ended cleanly" in running.said
    assert "worker ended cleanly" in running.said


def test_a_second_start_does_not_wait_for_the_check_of_the_database(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    asks_web = """
import os, time
from tools.serve import answers
end = time.monotonic() + {seconds}
while not (early := answers(int(os.environ["PORT"]))) and time.monotonic() < end:
    time.sleep(0.05)
print("web was there before the check" if early else "web waited for the check")
"""
    with house(tmp_path, free_port(), prepare=asks_web.format(seconds=3)) as running:
        running.wait_for("web waited for the check")
        assert running.end(signal.SIGINT) == 0

    with house(tmp_path, free_port(), prepare=asks_web.format(seconds=120)) as running:
        running.wait_for("web was there before the check")
        assert running.end(signal.SIGINT) == 0


def test_a_start_after_an_upgrade_waits_again(tmp_path: Path) -> None:
    env = {"HOFFICE_INSTANCE": str(tmp_path)}

    assert serve.mark_of(env) == serve.mark_of(env)
    assert serve.mark_of(env) != serve.mark_of({**env, "HOFFICE_DATABASE_URL": "sqlite:///x.db"})


def test_a_setting_that_makes_no_sense_is_one_sentence(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "PORT": str(free_port()),
        "HOFFICE_INSTANCE": str(tmp_path),
        "HOFFICE_DEMO": "perhaps",
    }

    done = subprocess.run(
        [sys.executable, "-m", "tools.serve"],
        cwd=ROOT,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stderr == "HOFFICE_DEMO='perhaps' is neither yes nor no: set it to 1 or 0\n"


def test_a_dead_worker_is_started_again(tmp_path: Path, free_port: Callable[[], int]) -> None:
    with house(tmp_path, free_port()) as running:
        first = int(running.wait_for("worker ").split()[1])

        os.kill(first, signal.SIGKILL)

        running.wait_for("The worker has ended")
        second = int(running.wait_for("worker ").split()[1])
        assert second != first
        assert running.end(signal.SIGINT) == 0
    assert not is_alive(second)


def test_without_the_web_server_everything_ends(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    with house(tmp_path, free_port()) as running:
        web = int(running.wait_for("web ").split()[1])
        worker = int(running.wait_for("worker ").split()[1])

        os.kill(web, signal.SIGKILL)

        running.wait_for("The web server has ended")
        assert running.process.wait(timeout=120) == 1
    assert not is_alive(worker)


def test_nothing_stays_behind_when_the_house_itself_is_killed(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    with house(tmp_path, free_port()) as running:
        web = int(running.wait_for("web ").split()[1])
        worker = int(running.wait_for("worker ").split()[1])

        running.process.kill()

        latest = time.monotonic() + 120
        while any(is_alive(pid) for pid in (web, worker)):
            assert time.monotonic() < latest, "a child still holds the port"
            time.sleep(0.05)


def test_a_database_that_cannot_be_prepared_stops_the_start_with_its_reason(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    with house(tmp_path, free_port(), prepare="import sys; sys.exit('disk is full')") as running:
        running.wait_for("disk is full")
        running.wait_for("The database could not be prepared")
        assert running.process.wait(timeout=120) == 1


def test_ctrl_c_while_the_demo_is_loaded_ends_at_once(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    slow = "import os, time; os.write(2, b'loading\\n'); time.sleep(600)"
    with house(tmp_path, free_port(), prepare=slow) as running:
        running.wait_for("loading")

        assert running.end(signal.SIGINT) == 0


def test_a_web_server_that_cannot_start_is_no_long_wait(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    with house(tmp_path, free_port(), web="raise SystemExit('no such module')") as running:
        running.wait_for("The web server ended at once")
        assert running.process.wait(timeout=120) == 1


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(serve.CannotStart) as refusal:
            serve.require_free(port)

    assert f"Port {port} on 127.0.0.1 is taken" in str(refusal.value)
    assert "make run PORT=" in str(refusal.value)


@pytest.mark.parametrize("word", ["eight", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(serve.CannotStart, match=r"is no port: give a number"):
        serve.port_from({"PORT": word})


def test_the_port_is_8000_unless_said_otherwise() -> None:
    assert serve.port_from({}) == serve.port_from({"PORT": ""}) == 8000
    assert serve.port_from({"PORT": "8123"}) == 8123


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    key = serve.secret_key(tmp_path)

    assert len(key) == 64
    assert serve.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_settings_from_outside_win(tmp_path: Path) -> None:
    asked = {
        "HOFFICE_INSTANCE": str(tmp_path / "own"),
        "HOFFICE_DEMO": "0",
        "HOFFICE_SECRET_KEY": "k" * 40,
        "HOFFICE_URL": "http://localhost:8123",
    }

    env = serve.environment(asked, 8123)

    assert {name: env[name] for name in asked} == asked
    assert env["PORT"] == "8123"
    assert "HOFFICE_COMPANY" not in env
    assert not (tmp_path / "own" / "secret-key").exists()


def test_without_settings_it_is_the_demo_on_this_computer(tmp_path: Path) -> None:
    env = serve.environment({"HOFFICE_INSTANCE": str(tmp_path)}, 8000)

    assert env["HOFFICE_DEMO"] == "1"
    assert env["HOFFICE_COMPANY"] == company.OFFICE.firm
    assert env["HOFFICE_URL"] == "http://127.0.0.1:8000"
    assert env["HOFFICE_SECRET_KEY"] == serve.secret_key(tmp_path)
