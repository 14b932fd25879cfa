"""What the access log may know, and where the demo may stand: tried against a real gunicorn."""

from __future__ import annotations

import runpy
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tools import serve

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "b6Jx0-9sQ_kTz3vYw8LrPq2n"

SMALL_APP = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Link", "/l/secret-header")])
    return [environ["wsgi.url_scheme"].encode() + b" " + environ["REMOTE_ADDR"].encode()]
"""


@pytest.fixture(scope="module")
def conf() -> dict[str, Any]:
    """The names of gunicorn.conf.py."""
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/personen/17", "/personen/17"),
        ("/personen?q=Ay%C5%9Fe", "/personen"),
        (f"/l/{TOKEN}", "/l/***"),
        ("/l/short", "/l/***"),
        ("/schluessel/short", "/schluessel/***"),
        (f"/l/{TOKEN}/termin?x=1", "/l/***/termin"),
        (f"/einladung/{TOKEN}", "/einladung/***"),
        (f"https://hoffice.example/l/{TOKEN}#top", "https://hoffice.example/l/***"),
        ("https://home-office-2020.verwaltung.example/", None),
        ("/unterlagen/zusatzvereinbarungen-offen", "/unterlagen/zusatzvereinbarungen-offen"),
        ("/static/vendor/bootstrap-5.3.9.min.css", "/static/vendor/bootstrap-5.3.9.min.css"),
        ("-", "-"),
    ],
)
def test_a_logged_address_has_no_query_and_no_token(
    conf: dict[str, Any], address: str, shown: str | None
) -> None:
    assert conf["masked"](address) == (address if shown is None else shown)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "asked"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (3, "203.0.113.9, 198.51.100.7", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_as_many_proxies_are_believed_as_are_ours(
    conf: dict[str, Any], proxies: int, forwarded: str, asked: str
) -> None:
    assert conf["client_address"]("127.0.0.1", forwarded, proxies) == asked


def gunicorn(folder: Path, **settings: str) -> subprocess.Popen[str]:
    """A real gunicorn with our configuration and a small application."""
    (folder / "small.py").write_text(SMALL_APP)
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")]
    env = {"PATH": "/usr/bin:/bin", "HOFFICE_WEB_PROCESSES": "1", **settings}
    return subprocess.Popen(
        [*command, "small:app"], cwd=folder, env=env, text=True, stderr=subprocess.PIPE
    )


def test_the_access_log_knows_no_secret(tmp_path: Path, free_port: Callable[[], int]) -> None:
    port, log = free_port(), tmp_path / "access.log"
    server = gunicorn(tmp_path, PORT=str(port), HOFFICE_ACCESS_LOG=str(log))
    try:
        latest = time.monotonic() + 120
        while not serve.answers(port):
            assert time.monotonic() < latest, "gunicorn does not answer"
            time.sleep(0.05)
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {
            "Referer": f"http://127.0.0.1:{port}/l/{TOKEN}?{TOKEN}",
            "Cookie": f"session={TOKEN}",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "198.51.100.7",
        }
        connection.request("GET", f"/l/{TOKEN}/termin?code={TOKEN}", headers=headers)
        said = connection.getresponse().read().decode()
        connection.close()
    finally:
        server.terminate()
        server.communicate(timeout=120)

    written = log.read_text()
    assert '"GET /l/***/termin HTTP/1.1" 200' in written
    assert TOKEN not in written
    assert "secret-header" not in written
    assert said == "http 127.0.0.1", "forwarded headers of strangers are not believed"


def test_the_demo_does_not_listen_to_the_network(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    server = gunicorn(tmp_path, HOFFICE_DEMO="1", HOFFICE_BIND=f"0.0.0.0:{free_port()}")

    _, said = server.communicate(timeout=120)

    assert server.returncode != 0
    assert "HOFFICE_DEMO=1 listens on this computer only, not on 0.0.0.0" in said
