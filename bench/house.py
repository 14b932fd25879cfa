"""A house of its own for a measurement: temporary instance, gunicorn, signed in as IT."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 60.0


@dataclass(frozen=True)
class House:
    """Where a measured house lives, and how its programs are told so."""

    env: dict[str, str]
    port: int
    welcome: str

    def flask(self, *words: str) -> str:
        """Run a command of the house and give what it says."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def sign_in_as_it(self) -> str:
        """Use the demo's one-click door of IT; give the cookie that it sets."""
        lines = [line for line in self.welcome.splitlines() if "http" in line]
        line = next((line for line in lines if re.search(r"\bIT\b", line)), "")
        address = re.search(r"https?://\S+", line)
        if address is None:
            msg = f"no one-click sign-in for IT among: {lines}"
            raise LookupError(msg)
        jar = CookieJar()
        build_opener(HTTPCookieProcessor(jar)).open(address[0], timeout=30).close()
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def empty_house(*, demo: bool = False) -> Iterator[House]:
    """A fresh house that nobody has prepared yet; it is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="hoffice-bench-") as folder:
        port = free_port()
        env = {
            **{name: value for name, value in os.environ.items() if "HOFFICE" not in name},
            "PORT": str(port),
            "HOFFICE_DEMO": "1" if demo else "0",
            "HOFFICE_INSTANCE": folder,
            "HOFFICE_SECRET_KEY": "only-for-measuring-" + "k" * 32,
            "HOFFICE_URL": f"http://127.0.0.1:{port}",
            "HOFFICE_ACCESS_LOG": str(Path(folder) / "access.log"),
        }
        yield House(env, port, "")


@contextmanager
def demo_house() -> Iterator[House]:
    """A fresh house with the demo in it; its server is not started yet."""
    with empty_house(demo=True) as house:
        yield replace(house, welcome=house.flask("house", "prepare"))


@contextmanager
def served(env: dict[str, str], app: str, health: str) -> Iterator[None]:
    """Run gunicorn with our configuration until the block ends."""
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    command += ["--log-level", "warning", app]
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        wait_for(int(env["PORT"]), health, server)
        yield
    finally:
        server.terminate()
        server.wait(timeout=40)


def wait_for(
    port: int, path: str, server: subprocess.Popen[bytes], within_s: float = READY_WITHIN_S
) -> None:
    """Wait until an address answers with success, as long as its server lives."""
    latest = time.monotonic() + within_s
    while time.monotonic() < latest:
        if server.poll() is not None:
            break
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:  # noqa: PLR2004  # HTTP's OK
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    msg = f"no answer from port {port}"
    raise TimeoutError(msg)
