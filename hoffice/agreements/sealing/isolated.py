"""A check whose file may be anything: it runs in a process of its own, with limits.

A file that makes its reader hang, crash or eat memory costs that process, and is not valid.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hoffice.agreements.sealing.child import SIZE
from hoffice.agreements.sealing.known import MOST_BYTES, Known
from hoffice.agreements.sealing.verdict import Fault, Verdict, read
from hoffice.errors import N_, Refused

PROGRAM: Final = "from hoffice.agreements.sealing.child import main; main()"
MOST_AT_ONCE: Final = 2
"""In one process of the web server; each may take some 200 MB and a processor for a second."""
MOST_WAIT_S: Final = 10

_turn = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one check may cost; a real paper takes a second and some 150 MB."""

    wall_s: float = 30
    cpu_s: int = 15
    memory_bytes: int = 1_000_000_000


def verified_apart(
    content: bytes, known: Known, limits: Limits | None = None, *, program: str = PROGRAM
) -> Verdict:
    """The verdict of a process of its own; refused when too many files are checked just now."""
    if len(content) > MOST_BYTES:
        return Verdict(fault=Fault.TOO_LARGE)
    if not content.startswith(b"%PDF-"):
        return Verdict(fault=Fault.NO_PDF)
    if not _turn.acquire(timeout=MOST_WAIT_S):
        raise Refused(N_("Many files are being checked just now. Try again in a moment."))
    try:
        return _asked(content, known, limits or Limits(), program)
    finally:
        _turn.release()


def _asked(content: bytes, known: Known, limits: Limits, program: str) -> Verdict:
    question = json.dumps(
        {
            "seals": known.seals,
            "time_services": known.time_services,
            "cpu_s": limits.cpu_s,
            "memory_bytes": limits.memory_bytes,
        }
    ).encode()
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    try:
        done = subprocess.run(  # noqa: S603  # our own Python and our own program
            [sys.executable, "-c", program],
            input=_message(question) + _message(content),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": path, "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            timeout=limits.wall_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict(fault=Fault.TOO_LONG)
    try:
        return read(done.stdout.decode())
    except (ValueError, KeyError, TypeError):
        return Verdict(fault=Fault.TOO_LONG if done.returncode else Fault.UNREADABLE)


def _message(content: bytes) -> bytes:
    return SIZE.pack(len(content)) + content
