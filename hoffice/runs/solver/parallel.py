"""Several searches at once, each in a process of its own; who dies loses only his own search.

The children are plain programs fed through pipes: that works in a web server's worker, beside
threads and under a test runner alike, and a child notices by its pipe that its parent is gone.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self, cast

from hoffice.runs.planning.engine import Cancel

from .child import Halt, Task, Told, receive, send

GRACE_S: Final = 2.0
"""So long a search may take to say its last word before it is ended."""

ASK_EVERY_S: Final = 0.05
MOST_PROCESSES: Final = 4
"""More searches at once cost memory and find little: a plan is as good as the best of them."""

PROGRAM: Final = "from hoffice.runs.solver.child import main; main()"

OnNews = Callable[[Told], None]


def processes_here() -> int:
    """As many searches as this machine has processors for us, but not many."""
    if hasattr(os, "sched_getaffinity"):  # on Linux, where we may have been given fewer
        return min(MOST_PROCESSES, len(os.sched_getaffinity(0)))
    return min(MOST_PROCESSES, os.cpu_count() or 1)


@dataclass
class _Child:
    """One process, and the task it is at."""

    process: subprocess.Popen[bytes]
    task: int | None = None
    is_alive: bool = True
    reader: threading.Thread | None = None

    @property
    def to(self) -> IO[bytes]:
        """The pipe to the child."""
        return cast("IO[bytes]", self.process.stdin)

    @property
    def back(self) -> IO[bytes]:
        """The pipe from the child."""
        return cast("IO[bytes]", self.process.stdout)


@dataclass
class Outcome:
    """What is known of a task in the end; ``is_over`` if the search itself had the last word."""

    told: Told | None = None
    is_over: bool = False
    error: str | None = None


class Team:
    """So many children; they start at once and are gone when the block ends."""

    def __init__(self, size: int) -> None:
        self._inbox: queue.SimpleQueue[tuple[_Child, Told | None]] = queue.SimpleQueue()
        self._children = [self._start() for _ in range(size)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self._children:
            child.process.kill()
            with suppress(OSError):
                child.to.close()
        for child in self._children:
            child.process.wait()
            if child.reader is not None:
                child.reader.join()
            child.back.close()

    @property
    def pids(self) -> list[int]:
        """The process numbers of the children."""
        return [child.process.pid for child in self._children]

    def run(
        self,
        tasks: Iterable[Task],
        *,
        until: float | None = None,
        cancel: Cancel | None = None,
        on_news: OnNews | None = None,
    ) -> dict[int, Outcome]:
        """Every task's outcome, by its number. ``until`` is a moment of ``time.perf_counter``.

        Then, or when ``cancel`` says yes, the searches are told to end; who does not within two
        seconds is ended, and the best he has told of counts.
        """
        waiting: Iterator[Task] = iter(tasks)
        outcomes: dict[int, Outcome] = {}
        halt_by: float | None = None
        while self._feed(waiting, outcomes) or self._is_busy():
            if not any(child.is_alive for child in self._children):
                break
            self._listen(outcomes, on_news)
            now = time.perf_counter()
            is_unwanted = cancel is not None and cancel()
            if halt_by is None and (is_unwanted or (until is not None and now >= until)):
                halt_by = now + GRACE_S
                waiting = iter(())
                self._halt()
            if halt_by is not None and now >= halt_by:
                self._kill_busy()
                break
        return outcomes

    def _start(self) -> _Child:
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        process = subprocess.Popen(  # noqa: S603  # our own Python and our own program
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        )
        child = _Child(process)
        child.reader = threading.Thread(target=self._read, args=(child,), daemon=True)
        child.reader.start()
        return child

    def _read(self, child: _Child) -> None:
        with suppress(EOFError, OSError, ValueError):
            while True:
                self._inbox.put((child, receive(child.back)))
        self._inbox.put((child, None))

    def _is_busy(self) -> bool:
        return any(child.task is not None for child in self._children)

    def _feed(self, waiting: Iterator[Task], outcomes: dict[int, Outcome]) -> bool:
        """Give everybody who is idle a task; tasks are made no sooner than somebody takes them."""
        has_fed = False
        for child in self._children:
            if not child.is_alive or child.task is not None:
                continue
            task = next(waiting, None)
            if task is None:
                break
            outcomes[task.number] = Outcome()
            child.task = task.number
            has_fed = True
            with suppress(OSError):  # it has died: its reader says so
                send(child.to, task)
        return has_fed

    def _listen(self, outcomes: dict[int, Outcome], on_news: OnNews | None) -> None:
        """Take what the children say within a short while."""
        wait = ASK_EVERY_S
        with suppress(queue.Empty):
            while True:
                child, told = self._inbox.get(timeout=wait)
                wait = 0.0001
                if told is None:
                    self._mourn(child, outcomes)
                    continue
                outcome = outcomes.get(told.number)
                if outcome is None:
                    continue
                if told.routes is not None:
                    outcome.told = told
                if told.is_over:
                    outcome.is_over, outcome.error = told.error is None, told.error
                    child.task = None
                if on_news is not None:
                    on_news(told)

    @staticmethod
    def _mourn(child: _Child, outcomes: dict[int, Outcome]) -> None:
        child.is_alive = False
        if child.task is not None:
            outcomes[child.task].error = "killed"
            child.task = None

    def _halt(self) -> None:
        for child in self._children:
            with suppress(OSError):
                send(child.to, Halt())

    def _kill_busy(self) -> None:
        for child in self._children:
            if child.task is not None:
                child.process.kill()
                child.is_alive, child.task = False, None
