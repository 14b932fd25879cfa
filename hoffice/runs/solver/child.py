"""A search in a process of its own: tasks come in by a pipe, better plans go out by another.

Started by ``parallel.Team``. A thread watches the pipe from the parent; when that ends, however the
parent ended, so does this process, at once.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import IO, TYPE_CHECKING, Any, Final

from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.frame import Frame, Legs
from hoffice.runs.planning.problem import Problem

from .model import Made, Model
from .search import Limit, search

if TYPE_CHECKING:
    import pyvrp

TELL_EVERY_S: Final = 0.4
"""How often a search says how far it is."""

MEMORY_BYTES: Final = 1_500_000_000
"""What one search may take of address space; a search that wants more fails alone."""

_SIZE: Final = struct.Struct(">Q")


@dataclass(frozen=True)
class Table:
    """Minutes and kilometres, row to column."""

    minutes: tuple[tuple[float, ...], ...]
    km: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Task:
    """One search: of this problem, from these routes (None: build some), with this seed.

    ``seconds`` are wall time, or with ``counts_cpu`` CPU time of the child.
    """

    number: int
    problem: Problem
    legs: Legs
    first: Routes | None
    seed: int
    seconds: float | None
    iterations: int | None
    neighbours: int | None = None
    counts_cpu: bool = False
    build_s: float | None = None
    """How many seconds of wall time may go into building a first plan."""


@dataclass(frozen=True)
class Told:
    """News of a search. ``routes`` may break rules before ``is_over``, then they are mended."""

    number: int
    seed: int
    iterations: int
    routes: Made | None
    served: int
    van_days: int
    km: float
    is_over: bool = False
    error: str | None = None


@dataclass(frozen=True)
class Halt:
    """End the present search, and every one that comes after it, and say what was found."""


def send(pipe: IO[bytes], thing: object) -> None:
    """Write one message, its length first."""
    data = pickle.dumps(thing, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_SIZE.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one message; ``EOFError`` when the other side is gone."""
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise EOFError
    (size,) = _SIZE.unpack(head)
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)  # noqa: S301  # written by our own parent or child, by a pipe of ours


class _Reporter:
    """Says how a search goes: not more often than people can read, but never forgets the best."""

    def __init__(self, pipe: IO[bytes], task: Task, frame: Frame) -> None:
        self._pipe, self._task, self._frame = pipe, task, frame
        self._best: tuple[Model, pyvrp.Solution] | None = None
        self._routes: Made | None = None
        self._kept: Made = {}
        self._last = time.monotonic()
        self.limit: Limit | None = None

    def found(self, model: Model, solution: pyvrp.Solution) -> None:
        """The engine has a better plan."""
        self._best = model, solution

    def prepared(self, routes: Routes) -> None:
        """There is a better plan before the engine begins."""
        self._routes = {index: [list(trip) for trip in trips] for index, trips in routes.items()}

    def beat(self) -> None:
        """Asked before each iteration."""
        now = time.monotonic()
        if now - self._last < TELL_EVERY_S:
            return
        self._last = now
        if self._best is not None:
            model, solution = self._best
            served_by_hand = {
                index: [list(trip) for trip in trips]
                for index, trips in (self._task.first or {}).items()
                if index not in {day.index for day in model.days}
            }
            self._kept = {**served_by_hand, **model.routes(solution)}
            self._best = None
            self.tell(self._kept)
        elif self._routes is not None:
            self._kept, self._routes = self._routes, None
            self.tell(self._kept)
        else:
            self.tell(None)

    def tell(self, routes: Made | None, *, is_over: bool = False) -> None:
        """Send what is known."""
        shown = routes if routes is not None else self._kept
        served, van_days, km = figures(self._frame, shown)
        done = max(0, self.limit.done) if self.limit else 0
        task = self._task
        send(
            self._pipe,
            Told(task.number, task.seed, done, routes, served, van_days, km, is_over),
        )


def figures(frame: Frame, routes: Routes) -> tuple[int, int, float]:
    """How many are served on how many van-days, and how far is driven."""
    served = van_days = metres = 0
    for index, trips in routes.items():
        stops = sum(map(len, trips))
        served += stops
        van_days += stops > 0
        here = frame.days[index].origin
        for trip in trips:
            nodes = [here, *trip, 0]
            metres += sum(frame.metres[a][b] for a, b in pairwise(nodes))
            here = 0
    return served, van_days, round(metres / 1000, 1)


def do(task: Task, pipe: IO[bytes], halted: threading.Event) -> None:
    """One task from its first plan to its last word."""
    clock = time.process_time if task.counts_cpu else time.perf_counter
    limit = Limit(task.seconds, task.iterations, clock=clock)
    frame = Frame(task.problem, task.legs)
    first = task.first
    if first is None:
        by = None if task.build_s is None else time.perf_counter() + task.build_s
        first = build(frame, until=by)
        task = replace(task, first=first)
    reporter = _Reporter(pipe, task, frame)
    reporter.limit = limit

    def is_halted() -> bool:
        reporter.beat()
        return halted.is_set()

    limit.cancel = is_halted
    routes, _ = search(
        frame,
        first,
        limit,
        seed=task.seed,
        on_best=reporter.found,
        on_routes=reporter.prepared,
        neighbours=task.neighbours,
    )
    reporter.tell(routes, is_over=True)


def _bound_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  # not on every system

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _listen(pipe: IO[bytes], tasks: queue.SimpleQueue[Task], halted: threading.Event) -> None:
    """Take the parent's messages; without a parent there is nothing left to do."""
    with suppress(EOFError, OSError):
        while True:
            message = receive(pipe)
            if isinstance(message, Halt):
                halted.set()
            else:
                tasks.put(message)
    os._exit(0)


def main() -> None:
    """Do tasks until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who then ends us
    _bound_memory()
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anybody prints must not get into the messages
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    halted = threading.Event()
    listener = threading.Thread(target=_listen, args=(incoming, tasks, halted), daemon=True)
    listener.start()
    import pyvrp  # noqa: F401, PLC0415  # while the parent is still building the first plan

    while True:
        task = tasks.get()
        try:
            do(task, outgoing, halted)
        except (MemoryError, ValueError, RuntimeError, KeyError, IndexError) as error:
            name = type(error).__name__
            send(
                outgoing,
                Told(task.number, task.seed, 0, None, 0, 0, 0.0, is_over=True, error=name),
            )
