"""Stacks may be anything, so a process of its own opens them, with limits.

A page that makes its reader hang, crash or eat memory costs that process; the page is then one that
could not be shown, and the others are read by the next process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from hoffice.agreements.scanning.child import SIZE
from hoffice.agreements.scanning.stack import ReadPage
from hoffice.errors import N_, Refused

PROGRAM: Final = "from hoffice.agreements.scanning.child import main; main()"
UNREADABLE: Final = N_("This stack cannot be opened: it takes too long or too much memory.")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost, and one look at all; a real page takes a fifth of a second."""

    page_s: int = 10
    start_s: int = 15
    memory_bytes: int = 1_500_000_000


def pages_in(content: bytes, limits: Limits | None = None, *, program: str = PROGRAM) -> int:
    """How many pages a stack has; refused with a sentence when it is none or too large."""
    with tempfile.TemporaryFile() as kept:
        kept.write(content)
        kept.seek(0)
        bounds = limits or Limits()
        answers = list(_asked(kept, {}, 2 * bounds.start_s, bounds, program))
    if not answers:
        raise Refused(UNREADABLE)
    told, _picture = answers[0]
    if "refused" in told:
        raise Refused(str(told["refused"]), **told["facts"])
    return int(told["pages"])


def pages_of(
    stack: Path, numbers: Sequence[int], limits: Limits | None = None, *, program: str = PROGRAM
) -> Iterator[ReadPage]:
    """These pages of a stack that was looked through, in order; none is left out."""
    bounds, left = limits or Limits(), sorted(numbers)
    while left:
        with stack.open("rb") as kept:
            seconds = bounds.start_s + bounds.page_s * len(left)
            answers = _asked(kept, {"numbers": left}, seconds, bounds, program)
            for told, picture in answers:
                if not left or told["number"] != left[0]:
                    break
                left.pop(0)
                codes = tuple(map(str, told["codes"]))
                yield ReadPage(told["number"], picture, codes, bool(told["is_blank"]))
        if left:  # the page that ended the process, or that it could not find
            yield ReadPage(left.pop(0))


def _asked(
    kept: IO[bytes], order: dict[str, Any], seconds: int, limits: Limits, program: str
) -> Iterator[tuple[dict[str, Any], bytes]]:
    bounded = {**order, "cpu_s": seconds, "memory_bytes": limits.memory_bytes}
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    try:
        done = subprocess.run(  # noqa: S603  # our own Python and our own program
            [sys.executable, "-c", program, json.dumps(bounded)],
            stdin=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": path, "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return _messages(late.output or b"")
    return _messages(done.stdout)


def _messages(answer: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The whole messages of an answer; one that was cut off is left out."""
    place = 0
    while place + SIZE.size <= len(answer):
        words, picture = SIZE.unpack_from(answer, place)
        begin = place + SIZE.size
        place = begin + words + picture
        if place > len(answer):
            return
        yield json.loads(answer[begin : begin + words]), answer[begin + words : place]
