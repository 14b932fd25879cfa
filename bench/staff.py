"""How long a staff list of 10,000 people takes, from the file to the stored change.

Promise: under 10 s, the start of the command included. The same list a second time finds nothing
to change; that is measured too.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from pathlib import Path

from bench.house import House, empty_house
from bench.seed import FIRST, LAST, POSTCODES, STREETS

PEOPLE = 10_000
WITHIN_S = 10.0
HEADER = (
    "Personalnummer",
    "Vorname",
    "Nachname",
    "E-Mail",
    "Team",
    "Straße",
    "Hausnummer",
    "PLZ",
    "Ort",
    "Eintritt",
)


def write_list(path: Path, people: int) -> None:
    """A list as a personnel system writes it: semicolons, German headings, cp1252."""
    chance = random.Random(2020)  # noqa: S311  # a scene, not a secret
    with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for number in range(people):
            postcode = chance.choice(POSTCODES)
            writer.writerow(
                (
                    f"{number:06}",
                    chance.choice(FIRST),
                    chance.choice(LAST),
                    f"p{number:06}@firma.example",
                    f"Team {number % 40}",
                    chance.choice(STREETS),
                    chance.randrange(1, 200),
                    postcode,
                    "Potsdam" if postcode.startswith("14") else "Berlin",
                    f"{chance.randrange(1, 29):02}.03.2019",
                )
            )


def import_s(house: House, path: Path) -> tuple[float, dict[str, object]]:
    """Seconds for one import, and what the command counted."""
    start = time.monotonic()
    said = house.flask("people", "import", str(path))
    counted: dict[str, object] = json.loads(said.strip().splitlines()[-1])
    return time.monotonic() - start, counted


def main() -> int:
    """Measure and say whether the promise is kept."""
    with empty_house() as house:
        house.flask("db", "upgrade")
        path = Path(house.env["HOFFICE_INSTANCE"]) / "staff.csv"
        write_list(path, PEOPLE)
        first, counted = import_s(house, path)
        print(f"{PEOPLE:,} people, first import  {first:5.1f} s   {counted}")
        again, counted = import_s(house, path)
        print(f"{PEOPLE:,} people, nothing new   {again:5.1f} s   {counted}")
    is_kept = first <= WITHIN_S
    print(f"promise (under 10 s): {'kept' if is_kept else 'NOT KEPT'}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
