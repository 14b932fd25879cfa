"""Public instances: the gap to the best known, beside PyVRP called directly in the same time.

``python -m bench.instances [FILE …] [--seconds 10] [--seeds 1 2 3 4 5]``. Each run is a process of
its own and has so many CPU seconds from its first instruction; both sides take turns, so that
whatever else the machine does meets both. Files are CVRPLIB (``.vrp``) or Solomon's format.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT.parent / "shared" / "data" / "routing"
"""Where the instances lie if none are named; they are no part of the project."""

BEST_KNOWN: Final = {
    "X-n101-k25": 27591.0,
    "X-n303-k21": 21736.0,
    "c203": 588.7,
    "r211": 746.7,
    "rc2_2_5": 2491.4,
    "r1_2_4": 3047.6,
}
"""Lengths as CVRPLIB counts them, and by the DIMACS convention (one decimal, truncated)."""

SECONDS: Final = 10.0
SEEDS: Final = (1, 2, 3, 4, 5)
MOST_GAP: Final = 0.8
MOST_WORSE: Final = 0.2
"""In per cent, and in points behind PyVRP called directly; both in the mean of all runs."""

PLAIN: Final = """
import sys, time, json
from pathlib import Path
from tempfile import TemporaryDirectory
import pyvrp
from hoffice.runs.solver.benchmark import read_instance
file, seconds, seed = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
data, scale = read_instance(file)
made = pyvrp.solve(
    data, lambda _: time.process_time() >= seconds, seed=seed, collect_stats=False, display=False
)
assert made.is_feasible()
print(json.dumps({"cost": made.cost() / scale}))
"""


def ours(file: Path, seconds: float, seed: int) -> float:
    """The cost that ``flask runs bench`` finds."""
    return _cost(
        "-m", "flask", "runs", "bench", str(file), "--seconds", str(seconds), "--seed", str(seed)
    )


def plain(file: Path, seconds: float, seed: int) -> float:
    """The cost that ``pyvrp.solve`` finds as it comes."""
    return _cost("-c", PLAIN, str(file), str(seconds), str(seed))


def _cost(*arguments: str) -> float:
    with TemporaryDirectory() as folder:
        house = {
            "FLASK_APP": "hoffice.factory",
            "HOFFICE_INSTANCE": folder,
            "HOFFICE_SECRET_KEY": "only-for-measuring-" + "k" * 32,
            "HOFFICE_URL": "http://127.0.0.1:8000",
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **house},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return float(json.loads(done.stdout.splitlines()[-1])["cost"])


def measure(files: Sequence[Path], seconds: float, seeds: Sequence[int]) -> bool:
    """One line for each instance, and whether the promises are kept."""
    all_ours: list[float] = []
    all_plain: list[float] = []
    for file in files:
        best = BEST_KNOWN.get(file.stem)
        if best is None:
            print(f"{file.stem}: NOT MEASURED, its best known length is not written down here")
            continue
        own = [_gap(ours(file, seconds, seed), best) for seed in seeds]
        direct = [_gap(plain(file, seconds, seed), best) for seed in seeds]
        all_ours += own
        all_plain += direct
        print(f"{file.stem:12} gap to {best}: hoffice {_told(own)}; PyVRP directly {_told(direct)}")
    if not all_ours:
        print("Public instances are NOT MEASURED: no file with a known best.")
        return True
    mean, direct_mean = statistics.fmean(all_ours), statistics.fmean(all_plain)
    print(
        f"all, {seconds:g} CPU-s, seeds {list(seeds)}: hoffice {mean:.2f} % (at most {MOST_GAP}), "
        f"PyVRP directly {direct_mean:.2f} %"
    )
    return mean <= MOST_GAP and mean - direct_mean <= MOST_WORSE


def _gap(cost: float, best: float) -> float:
    return 100 * (cost / best - 1)


def _told(gaps: Sequence[float]) -> str:
    return f"{statistics.fmean(gaps):.2f} % ({min(gaps):.2f} to {max(gaps):.2f})"


def main() -> bool:
    """Print the table; False when a promise is not kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("files", type=Path, nargs="*")
    options.add_argument("--seconds", type=float, default=SECONDS)
    options.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    chosen = options.parse_args()
    files = chosen.files or sorted(FOLDER.glob("*.vrp")) + sorted(FOLDER.glob("*.txt"))
    return measure(files, chosen.seconds, chosen.seeds)


if __name__ == "__main__":
    sys.exit(not main())
