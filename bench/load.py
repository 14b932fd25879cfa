"""Many requests at once against one address: wrk where it is installed, else threads of ours."""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection

CLIENTS = 8
SECONDS = 10
UNITS_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class BadAnswer(Exception):
    """The address did not answer with success, so there is nothing to measure."""


@dataclass(frozen=True)
class Rate:
    """How fast an address answers."""

    per_second: float
    p50_ms: float
    p99_ms: float
    tool: str

    def __str__(self) -> str:
        """For the report."""
        return f"{self.per_second:7.0f} /s   p50 {self.p50_ms:6.1f} ms   p99 {self.p99_ms:6.1f} ms"


def measure(port: int, path: str, cookie: str, seconds: int = SECONDS) -> Rate:
    """Ask for a page as often as eight clients can; every answer must be a success."""
    if shutil.which("wrk"):
        return _by_wrk(port, path, cookie, seconds)
    return _by_threads(port, path, cookie, seconds)


def _by_wrk(port: int, path: str, cookie: str, seconds: int) -> Rate:
    command = ["wrk", "-t2", f"-c{CLIENTS}", f"-d{seconds}s", "--latency"]
    command += ["-H", f"Cookie: {cookie}", f"http://127.0.0.1:{port}{path}"]
    return read_wrk(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def read_wrk(said: str) -> Rate:
    """Read what wrk prints."""
    if "Non-2xx" in said or "Socket errors" in said:
        raise BadAnswer(said)
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", said)
    shares = {
        share: float(number) * UNITS_MS[unit]
        for share, number, unit in re.findall(r"(\d+)%\s+([\d.]+)(us|ms|s|m)\b", said)
    }
    if per_second is None or not {"50", "99"} <= shares.keys():
        raise BadAnswer(said)
    return Rate(float(per_second[1]), shares["50"], shares["99"], "wrk")


def _by_threads(port: int, path: str, cookie: str, seconds: int) -> Rate:
    took_ms: list[float] = []
    faults: list[str] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < end and not faults:
            start = time.monotonic()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            took_ms.append((time.monotonic() - start) * 1000)
            if answer.status != 200:  # noqa: PLR2004  # HTTP's OK
                faults.append(f"{path} answered {answer.status}")
        connection.close()

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if faults:
        raise BadAnswer(faults[0])
    hundredths = statistics.quantiles(took_ms, n=100)
    return Rate(len(took_ms) / seconds, hundredths[49], hundredths[98], "threads")
