"""How often a stranger may have a file checked."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hoffice import clock

MOST_SOURCES: Final = 10_000
"""So many are remembered at once; when there are more, the quietest are forgotten."""


@dataclass
class Turnstile:
    """Lets each source pass so many times in a while, and asks the rest to wait.

    Kept in the memory of one process and never stored: a source is a keyed hash of its network.
    """

    most: int
    within: timedelta
    now: Callable[[], datetime] = clock.now
    _passed: dict[str, deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passes(self, source: str) -> bool:
        """Whether this source may pass once more; if so, it has."""
        now = self.now()
        with self._lock:
            times = self._passed.pop(source, deque())
            while times and times[0] <= now - self.within:
                times.popleft()
            self._passed[source] = times  # back in at the end: the first is the quietest
            while len(self._passed) > MOST_SOURCES:
                del self._passed[next(iter(self._passed))]
            if len(times) >= self.most:
                return False
            times.append(now)
            return True
