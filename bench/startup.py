"""How long a newcomer waits: ``make run`` in a clean clone, cold and then three times warm.

Promise: the first page within 60 s cold (environment, packages, database and demo included), and
within 5 s at the next start (median of three).
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from bench.house import ROOT, free_port, wait_for

COLD_WITHIN_S = 60.0
WARM_WITHIN_S = 5.0
WARM_STARTS = 3


def first_page_s(clone: Path, env: dict[str, str]) -> float:
    """Seconds from ``make run`` to the first page; then end it as Ctrl-C does."""
    log = clone.parent / "make-run.log"
    with log.open("ab") as out:
        start = time.monotonic()
        run = subprocess.Popen(
            ["make", "run"], cwd=clone, env=env, stdout=out, stderr=out, start_new_session=True
        )
        try:
            wait_for(int(env["PORT"]), "/gesund", run, within_s=5 * COLD_WITHIN_S)
            urlopen(f"http://127.0.0.1:{env['PORT']}/", timeout=30).close()
            took = time.monotonic() - start
        except TimeoutError:
            print(log.read_text(encoding="utf-8"))
            raise
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGINT)
            run.wait(timeout=60)
    return took


def main() -> int:
    """Measure and say whether the promise is kept."""
    with tempfile.TemporaryDirectory(prefix="hoffice-startup-") as folder:
        clone = Path(folder) / "hoffice"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        env = {name: value for name, value in os.environ.items() if "HOFFICE" not in name}
        for name in ("VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
            env.pop(name, None)
        env |= {
            "PORT": str(free_port()),
            "UV_CACHE_DIR": str(Path(folder) / "uv"),  # as on a machine that has never seen us
            "PIP_NO_CACHE_DIR": "1",
        }
        cold = first_page_s(clone, env)
        print(f"cold: first page after {cold:.1f} s")
        warm = [first_page_s(clone, env) for _ in range(WARM_STARTS)]
    median = statistics.median(warm)
    each = ", ".join(f"{took:.1f}" for took in warm)
    print(f"warm: first page after {median:.1f} s (median of {each})")
    is_kept = cold <= COLD_WITHIN_S and median <= WARM_WITHIN_S
    print(f"promise (60 s cold, 5 s warm): {'kept' if is_kept else 'NOT KEPT'}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
