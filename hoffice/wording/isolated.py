"""Work on a text that somebody has just typed, in a process of its own with little time and room.

The rules of ``fields`` and ``blocks`` stop what we know of; this stops what nobody has thought of.
What comes back from the child is read as plain bytes or as a refusal, never as an object. It has no
secrets in its environment: it also opens files that anybody may send.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from hoffice.errors import N_, Refused

SECONDS: Final = 10.0
"""A paper of twelve pages takes a tenth of one second, and a second to start the process."""

MEMORY_BYTES: Final = 700_000_000
"""Address space; a paper needs about a hundred megabytes of it."""

ANSWER_BYTES: Final = 30_000_000
AT_ONCE: Final = 2
"""More previews at once than this wait, so that nobody takes all processors of the house."""

PROGRAM: Final = "from hoffice.wording.isolated import main; main()"
_ROOT: Final = Path(__file__).parents[2]
_HERE: Final = b"="
_REFUSED: Final = b"-"
_PLACES: Final = threading.BoundedSemaphore(AT_ONCE)

_TOO_SLOW = N_("This text takes too long to show. It was stopped; look for what is repeated in it.")
_TOO_BIG = N_("This text needs more memory than a text may. It was stopped.")
_BROKEN = N_("This text could not be shown. Look for what is unusual in the part you changed.")
_BUSY = N_("Several previews are being made at the moment. Try again in a few seconds.")


def isolated(
    work: Callable[..., bytes],
    *given: object,
    seconds: float = SECONDS,
    memory_bytes: int = MEMORY_BYTES,
) -> bytes:
    """What ``work(*given)`` gives back, made in a child process; refused when it asks too much.

    ``work`` is a function of a module, and what is given can be pickled. A refusal inside the child
    is raised here. The child is gone when this returns.
    """
    order = pickle.dumps((work, given, seconds, memory_bytes))
    if not _PLACES.acquire(timeout=seconds):
        raise Refused(_BUSY)
    try:
        answer = _answer_of(order, seconds)
    finally:
        _PLACES.release()
    return _read(answer)


def _answer_of(order: bytes, seconds: float) -> bytes:
    path = os.pathsep.join([str(_ROOT), *(entry or str(Path.cwd()) for entry in sys.path)])
    with subprocess.Popen(  # noqa: S603  # our own Python and our own program
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": path, "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
    ) as child:
        try:
            answer, _ = child.communicate(order, timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            raise Refused(_TOO_SLOW) from None
    if child.returncode == -signal.SIGXCPU:
        raise Refused(_TOO_SLOW)
    if child.returncode != 0:
        raise Refused(_BROKEN)
    return answer


def _read(answer: bytes) -> bytes:
    kind, content = answer[:1], answer[1:]
    if kind == _HERE:
        return content
    if kind != _REFUSED:
        raise Refused(_BROKEN)
    told = json.loads(content)
    raise Refused(str(told["reason"]), **told["facts"])


def _bound(seconds: float, memory_bytes: int) -> None:
    """Let the system end this process when it takes more than it may."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415  # not on every system

        whole = max(1, round(seconds))
        wanted = (
            (resource.RLIMIT_AS, memory_bytes, memory_bytes),
            (resource.RLIMIT_CPU, whole, whole + 1),
            (resource.RLIMIT_CORE, 0, 0),
        )
        for limit, soft, hard in wanted:  # one that the system refuses takes no other away
            with suppress(ValueError, OSError):
                resource.setrlimit(limit, (soft, hard))


def _done(order: bytes) -> bytes:
    """One order, carried out; what may go wrong because of a text becomes a sentence."""
    work, given, seconds, memory_bytes = pickle.loads(order)  # noqa: S301  # from our own parent
    _bound(seconds, memory_bytes)
    try:
        made = work(*given)
        return _HERE + made if len(made) <= ANSWER_BYTES else _refusal(Refused(_TOO_BIG))
    except Refused as refusal:
        return _refusal(refusal)
    except MemoryError:
        return _refusal(Refused(_TOO_BIG))
    except RecursionError:
        return _refusal(Refused(_BROKEN))


def _refusal(refusal: Refused) -> bytes:
    facts = {name: _plain(fact) for name, fact in refusal.facts.items()}
    return _REFUSED + json.dumps({"reason": refusal.reason, "facts": facts}).encode()


def _plain(fact: object) -> object:
    return fact if isinstance(fact, str | int) else str(fact)


def main() -> None:
    """Carry out the one order that comes in, and end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who then ends us
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anybody prints must not get into the answer
    answer = _done(sys.stdin.buffer.read())
    outgoing.write(answer)
    outgoing.flush()
