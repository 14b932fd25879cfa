"""The machine that figures belong to, in one line."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine() -> str:
    """Processor, cores, Python and how busy it is: figures of a busy machine are lower bounds."""
    cpu = "unknown processor"
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                cpu = line.partition(":")[2].strip()
                break
    load = os.getloadavg()[0]
    cores = os.cpu_count()
    return f"{cpu}, {cores} cores, Python {platform.python_version()}, load {load:.1f} at the start"
