"""Everything that is promised about runs: ``python -m bench.runs``, about 25 minutes on two cores.

The campaign of the story with the time an offer takes (``bench.story``), public instances beside
the engine called directly (``bench.instances``), and how plans grow (``bench.sizes``). Each can be
run alone, with options of its own.
"""

from __future__ import annotations

import sys

from bench import instances, sizes, story


def main() -> int:
    """Print all tables; 1 when a promise is not kept."""
    kept = [story.main()]
    kept.append(instances.main())
    kept.append(sizes.main())
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
