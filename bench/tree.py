"""CPU time and memory of a process and all its children, watched while they work (Linux)."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

TICKS: Final = os.sysconf("SC_CLK_TCK")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
LOOK_EVERY_S: Final = 0.1


class Watch:
    """Within the block: CPU seconds since its begin, and the peak of resident memory, in bytes.

    Memory that processes share is counted for each of them, so the peak is never too low by that.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._cpu: dict[int, float] = {}
        self._before = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self.look()
        self._before = sum(self._cpu.values())
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.look()
        self._over.set()
        self._thread.join()

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of all processes seen since the begin."""
        return sum(list(self._cpu.values())) - self._before

    def _look(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        """Take the figures of this moment."""
        resident = 0
        for pid in family(os.getpid()):
            try:
                words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            self._cpu[pid] = (int(words[11]) + int(words[12])) / TICKS
            resident += int(words[21]) * PAGE
        self.peak = max(self.peak, resident)


def family(pid: int) -> list[int]:
    """A process and all its children, and theirs."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found.extend(family(int(child)))
    return found
