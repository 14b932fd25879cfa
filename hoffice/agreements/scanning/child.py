"""Work on one stack in a process of its own: the stack is its input, pages go out by a pipe.

Started by :mod:`isolated`. Its limits are set before anything of the stack is read, and before what
reads it is even loaded. It has no secrets in its environment and may write no file.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import sys
import warnings
from contextlib import suppress
from typing import IO, Any, Final

from hoffice.agreements.scanning.stack import ReadPage
from hoffice.errors import Refused

SIZE: Final = struct.Struct(">II")
"""Before each message: bytes of what is told, and of the picture behind it."""


def main() -> None:
    """Do what the one argument says, a page at a time."""
    order = json.loads(sys.argv[1])
    kept, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anybody prints must not get into the messages
    _bound(cpu_s=order["cpu_s"], memory_bytes=order["memory_bytes"])
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    if "numbers" in order:
        from hoffice.agreements.scanning.reading import read_pages  # noqa: PLC0415  # heavy

        for page in read_pages(kept, order["numbers"]):
            _tell(outgoing, _told(page), page.picture)
    else:
        _tell(outgoing, _looked(kept))


def _looked(kept: IO[bytes]) -> dict[str, Any]:
    from hoffice.agreements.scanning.looking import looked  # noqa: PLC0415  # heavy

    try:
        return {"pages": looked(kept)}
    except Refused as refusal:
        return {"refused": refusal.reason, "facts": dict(refusal.facts)}


def _told(page: ReadPage) -> dict[str, Any]:
    return {"number": page.number, "codes": page.codes, "is_blank": page.is_blank}


def _tell(pipe: IO[bytes], told: dict[str, Any], picture: bytes = b"") -> None:
    words = json.dumps(told).encode()
    pipe.write(SIZE.pack(len(words), len(picture)) + words + picture)
    pipe.flush()


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
