"""Everything that is promised about papers: ``python -m bench.papers``, rendering and sealing.

Each part can be run alone: ``bench.papers_render`` (with ``--quick`` without the thousand packs)
and ``bench.papers_seal``.
"""

from __future__ import annotations

import sys

from bench import papers_render, papers_seal


def main() -> int:
    """Print all tables; 1 when a promise is not kept."""
    codes = [papers_seal.main(), papers_render.main()]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
