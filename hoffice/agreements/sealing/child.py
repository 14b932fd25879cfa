"""One check in a process of its own: the file comes in by a pipe, the verdict goes out by another.

Started by :mod:`isolated`. Its limits are set before the file is read, and before what reads it is
even loaded. It has no secrets in its environment and may write no file.
"""

from __future__ import annotations

import json
import logging
import struct
import sys
from contextlib import suppress
from typing import IO, Final

from hoffice.agreements.sealing.known import Known

SIZE: Final = struct.Struct(">Q")


def main() -> None:
    """Check one file and say what was found."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout
    sys.stdout = sys.stderr  # what anybody prints must not get into the verdict
    asked = json.loads(received(incoming))
    _bound(cpu_s=asked["cpu_s"], memory_bytes=asked["memory_bytes"])
    logging.disable(logging.CRITICAL)
    content = received(incoming)
    from hoffice.agreements.sealing.verify import verified  # noqa: PLC0415  # heavy

    known = Known(tuple(asked["seals"]), tuple(asked["time_services"]))
    outgoing.write(verified(content, known).written())
    outgoing.flush()


def received(pipe: IO[bytes]) -> bytes:
    """One message, its length first; ``EOFError`` when the other side is gone."""
    head = pipe.read(SIZE.size)
    if len(head) < SIZE.size:
        raise EOFError
    (size,) = SIZE.unpack(head)
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content


def _bound(*, cpu_s: int, memory_bytes: int) -> None:
    with suppress(ImportError):
        import resource  # noqa: PLC0415  # not on every system

        wanted = (
            (resource.RLIMIT_AS, memory_bytes, memory_bytes),
            (resource.RLIMIT_CPU, cpu_s, cpu_s + 1),
            (resource.RLIMIT_FSIZE, 0, 0),
            (resource.RLIMIT_CORE, 0, 0),
        )
        for limit, soft, hard in wanted:
            with suppress(ValueError, OSError):
                resource.setrlimit(limit, (soft, hard))
