"""Run one part, or all of them, and name the machine that the figures belong to."""

from __future__ import annotations

import importlib
import sys

from bench.machine import machine

PARTS = {
    "startup": "bench.startup",
    "http": "bench.pages",
    "import": "bench.staff",
    "places": "bench.places",
    "runs": "bench.runs",
    "papers": "bench.papers",
    "kits": "bench.kits",
}
"""What can be measured, each alone and within 30 minutes, and the module whose ``main`` does it.

(The module of ``http`` has another name, lest it stand before the standard library's.)
"""


def _is_kept(part: str) -> bool:
    sys.argv = [part]  # a part may have options of its own when it is run alone
    return not importlib.import_module(PARTS[part]).main()


def main() -> int:
    """Measure the named parts (all without a name); 1 when a promise is not kept."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        print(f"There is no part {unknown[0]!r}. There are: {', '.join(PARTS)}")
        return 2
    print(machine())
    broken = [part for part in wanted if not _is_kept(part)]
    for part in broken:
        print(f"A promise is not kept: {part}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
