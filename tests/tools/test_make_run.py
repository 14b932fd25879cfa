"""What `make run` starts, for real: the whole product from nothing to the first sign-in."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

from tools import serve

ROOT = Path(__file__).resolve().parents[2]


def read_welcome(process: subprocess.Popen[str]) -> list[str]:
    """The address and the sign-in lines, which end with an empty line."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if lines[-1] == "" and any("http" in one for one in lines[:-1]) and len(lines) > 3:
            break
    assert lines, "it ended without a word on the standard output; its reason stands above"
    return [line for line in lines if line]


def test_a_newcomer_starts_the_demo_signs_in_with_one_click_and_ends_it(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    env = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "HOFFICE_INSTANCE": str(tmp_path / "instance"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.serve"], cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE
    )
    try:
        address, *sign_ins = read_welcome(process)

        assert address == f"hoffice is open: http://127.0.0.1:{port}   (Ctrl-C ends it)"
        doors = [door for line in sign_ins for door in re.findall(r"https?://\S+", line)]
        assert doors, sign_ins
        for door in doors:
            opener = build_opener(HTTPCookieProcessor(CookieJar()))
            with opener.open(door, timeout=120) as page:
                assert page.status == 200, door

        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=180)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()

    assert process.returncode == 0
    assert "Traceback" not in rest
    serve.require_free(port)
    log = (tmp_path / "instance" / "access.log").read_text(encoding="utf-8")
    for door in doors:
        token = door.rpartition("/")[2].partition("?")[0]
        assert len(token) <= 20 or token not in log
