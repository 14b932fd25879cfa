"""Finding addresses: how many, how exactly, how fast, and never silently wrong.

Uses the data of ``../shared/data/addresses`` beside the project: the official register of Berlin
without points, and 7,089 addresses with points as people write them. Everything goes through the
commands that people use. Five folds, split by address: what is located is never among the points
that are known.
"""

from __future__ import annotations

import csv
import gzip
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import travel
from bench.house import ROOT, House, empty_house
from hoffice.factory import create_app
from hoffice.places.addresses.reading import read
from hoffice.places.addresses.spelling import number_key, street_key
from hoffice.places.geocoders.postcodes import centroid
from hoffice.places.rules import Address, metres_between
from hoffice.places.service.locating import HouseGeocoder
from hoffice.settings import Settings
from hoffice.units import Point

DATA = ROOT.parent / "shared" / "data" / "addresses"
REGISTER = DATA / "berlin_register_2023.csv.gz"
POINTS = DATA / "berlin_points.csv"
FOLDS = 5
LOOK_UPS = 40_000
SAMPLE = 2_000
FAR_M = 2_000
WRONG_FROM_M = 5_000
"""No postcode of Berlin reaches farther from its middle."""

Row = dict[str, str]


@dataclass(frozen=True)
class Promise:
    """A figure, what it must be, and whether it is."""

    what: str
    value: str
    asked: str
    holds: bool


def at_most(what: str, value: float, limit: float, unit: str = "") -> Promise:
    """A figure that must not be larger."""
    return Promise(what, f"{value:,.4g}{unit}", f"<= {limit:,g}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "") -> Promise:
    """A figure that must not be smaller."""
    return Promise(what, f"{value:,.4g}{unit}", f">= {limit:,g}{unit}", value >= limit)


def main() -> int:
    """Print every figure beside what was promised; 1 when one is not kept."""
    missing = [path for path in (REGISTER, POINTS) if not path.exists()]
    if missing:
        print(f"missing: {missing[0].relative_to(ROOT.parent)}")
        return 1
    promises: list[Promise] = []
    with empty_house() as house, tempfile.TemporaryDirectory(prefix="hoffice-bench-") as folder:
        house.flask("db", "upgrade")
        promises += importing(house)
        promises += looking_up(house)
        promises += folds(house, Path(folder))
        promises += ambiguous(house, Path(folder))
        promises += typos(house, Path(folder))
    promises += travelling()
    for one in promises:
        print(f"{'ok ' if one.holds else 'NOT'} {one.what:<66} {one.value:>14}  {one.asked}")
    return 0 if all(one.holds for one in promises) else 1


def importing(house: House) -> Iterator[Promise]:
    """The whole register from the shell's return key to the last line; then the same once more."""
    database = Path(house.env["HOFFICE_INSTANCE"]) / "hoffice.db"
    empty = database.stat().st_size
    start = time.monotonic()
    said = house.flask("places", "import-register", str(REGISTER))
    yield at_most("import of 401,032 rows", time.monotonic() - start, 15, " s")
    _checkpoint(database)
    yield at_most("size in SQLite", (database.stat().st_size - empty) / 1e6, 25, " MB")
    again = house.flask("places", "import-register", str(REGISTER))
    count = said.splitlines()[-1].split()[1]
    same = f"{count} before" in again
    yield Promise("imported again: addresses now and before", count, "the same", same)


def _checkpoint(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def looking_up(house: House) -> Iterator[Promise]:
    """Exact addresses in one process, from four texts to the answer; the bare SELECT beside it."""
    with gzip.open(REGISTER, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["hnr"]]
    chance = random.Random(1)  # noqa: S311  # a sample, not a secret
    asked = [
        (row["str_name"], row["hnr"] + row["hnr_zusatz"], row["plz"], "Berlin")
        for row in chance.sample(rows, LOOK_UPS)
    ]
    app = create_app(Settings.from_env(house.env))
    with app.app_context():
        geocoder = HouseGeocoder()
        geocoder.locate(*asked[0])
        seconds = min(_seconds(geocoder, asked) for _ in range(3))  # the machines are noisy
    bare = _bare_look_ups(Path(house.env["HOFFICE_INSTANCE"]) / "hoffice.db")
    print(f"a bare SELECT of one house by its key: {bare:,.0f} a second in the same run")
    yield at_least("exact look-ups a second, from text to answer", LOOK_UPS / seconds, 20_000)


def _seconds(geocoder: HouseGeocoder, asked: Sequence[tuple[str, str, str, str]]) -> float:
    start = time.perf_counter()
    found = sum(bool(geocoder.locate(*one).matched) for one in asked)
    seconds = time.perf_counter() - start
    assert found == LOOK_UPS, found  # noqa: S101  # each of them is in the register
    return seconds


def _bare_look_ups(database: Path) -> float:
    connection = sqlite3.connect(database)
    keys = connection.execute("SELECT street_id, number FROM register_house LIMIT 40000").fetchall()
    sql = "SELECT edition_id, lat_e6, lon_e6 FROM register_house WHERE street_id=? AND number=?"
    start = time.perf_counter()
    for key in keys:
        connection.execute(sql, key).fetchall()
    seconds = time.perf_counter() - start
    connection.close()
    return len(keys) / seconds


def folds(house: House, folder: Path) -> Iterator[Promise]:
    """Locate each fold of the points by the others."""
    with POINTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    fold_of = _folds(rows)
    located: list[tuple[Row, Row]] = []
    for fold in range(FOLDS):
        known = [row for row in rows if fold_of[_identity(row)] != fold]
        asked = [row for row in rows if fold_of[_identity(row)] == fold]
        _write(folder / "points.csv", known)
        _write(folder / "in.csv", [_without_point(row) for row in asked])
        house.flask("places", "import-register", str(folder / "points.csv"), "--source", "points")
        answers = _located(house, folder)
        located += list(zip(asked, answers, strict=True))
    official = [pair for pair in located if not pair[0]["source"].startswith("osm")]
    matched = sum(bool(answer["matched"]) for _, answer in official)
    yield at_least("matched, of the official rows", 100 * matched / len(official), 97, " %")
    exact = [pair for pair in located if pair[1]["precision"] in {"house", "street"}]
    yield at_least("to the house or street, of all rows", 100 * len(exact) / len(rows), 60, " %")
    errors = sorted(_error_m(asked, answer) for asked, answer in exact)
    yield at_most("  their median error", statistics.median(errors), 110, " m")
    yield at_most("  nine in ten nearer than", errors[int(0.9 * len(errors))], 400, " m")
    far = [pair for pair in exact if _error_m(*pair) > FAR_M]
    yield at_most("  more than 2 km off", 100 * len(far) / len(errors), 0.15, " %")
    inside = sum(_error_m(*pair) <= float(pair[1]["radius_m"]) for pair in exact)
    print(f"within the radius that was said: {100 * inside / len(exact):.0f} % (meant: about half)")
    for row, answer in far:
        print(
            f"  {_error_m(row, answer):,.0f} m off: {row['street']} {row['housenumber']}, "
            f"{row['postcode']} ({row['source']}): {_why(row, answer)}"
        )
    _beside_postcodes(exact)


def _beside_postcodes(exact: Sequence[tuple[Row, Row]]) -> None:
    """What the postcode alone says of the same rows."""
    errors = []
    for asked, _ in exact:
        middle = centroid(asked["postcode"])
        if middle:
            errors.append(metres_between(Point(*middle), _point(asked)))
    median = statistics.median(errors)
    print(f"the postcode's centroid for the same rows: median {median:.0f} m")


def _why(asked: Row, answer: Row) -> str:
    """What explains a row that is far off, from the data itself."""
    if "postcode repaired" in answer["note"]:
        return f"the house is known in one place only; said visibly: {answer['note']}"
    middle = centroid(asked["postcode"])
    if middle and metres_between(Point(*middle), _point(asked)) > WRONG_FROM_M:
        return "its own point lies far outside its postcode: the data is wrong"
    answered = Point(float(answer["lat"]), float(answer["lon"]))
    if middle and metres_between(Point(*middle), answered) > WRONG_FROM_M:
        return "misled by a known point of its street far outside its postcode: the data is wrong"
    return f"a long street with few known houses (said: within {answer['radius_m']} m)"


def ambiguous(house: House, folder: Path) -> Iterator[Promise]:
    """Addresses that exist several times in Berlin, without a postcode."""
    postcodes: dict[tuple[str, str], set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    with gzip.open(REGISTER, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = street_key(row["str_name"])
            postcodes[key, number_key(row["hnr"] + row["hnr_zusatz"])].add(row["plz"])
            names[key] = row["str_name"]
    several = sorted(pair for pair, codes in postcodes.items() if len(codes) > 1 and pair[1])
    asked = [
        {"street": names[key], "housenumber": number, "city": city}
        for key, number in random.Random(2).sample(several, SAMPLE)  # noqa: S311  # a sample
        for city in ("Berlin", "")
    ]
    _write(folder / "in.csv", asked)
    silent = sum(
        bool(answer["lat"]) or "ambiguous: " not in answer["note"]
        for answer in _located(house, folder)
    )
    print(f"{len(several):,} addresses exist several times in Berlin; {len(asked):,} were asked")
    yield at_most("ambiguous without a postcode: silent answers", silent, 0)


def typos(house: House, folder: Path) -> Iterator[Promise]:
    """One wrong letter in the street, with its postcode."""
    chance = random.Random(3)  # noqa: S311  # a sample, not a secret
    with gzip.open(REGISTER, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["hnr"]]
    real = {street_key(row["str_name"]) for row in rows}
    asked: list[Row] = []
    right: list[str] = []
    other_names = 0
    while len(asked) < SAMPLE:
        row = chance.choice(rows)
        typo = _typo(row["str_name"], chance)
        if street_key(typo) == street_key(row["str_name"]):
            continue  # a blank or a hyphen: no mistake at all
        if street_key(typo) in real:
            other_names += 1  # nobody can see that another street was meant
            continue
        asked.append(
            {
                "street": typo,
                "housenumber": row["hnr"] + row["hnr_zusatz"],
                "postcode": row["plz"],
                "city": "Berlin",
            }
        )
        right.append(row["str_name"])
    _write(folder / "in.csv", asked)
    answers = _located(house, folder)
    silent = sum(bool(answer["matched"]) for answer in answers)
    good = sum(
        any(one.startswith(name) for one in _meant(answer["note"])[:3])
        for name, answer in zip(right, answers, strict=True)
    )
    for name, question, answer in zip(right, asked, answers, strict=True):
        if not any(one.startswith(name) for one in _meant(answer["note"])[:3]):
            print(f"  not offered: {name} for {question['street']}: {answer['note'][:90]}")
    print(f"typos that are another real street's name, left out: {other_names}")
    yield at_least("typos: the right street among the first 3", 100 * good / len(asked), 99, " %")
    yield at_most("typos: accepted silently", silent, 0)


def _typo(name: str, chance: random.Random) -> str:
    """One letter missing, too many, wrong, or two swapped."""
    place = chance.randrange(len(name) - 1)
    letter = chance.choice("abcdefghijklmnoprstuvwz")
    kind = chance.randrange(4)
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + letter + name[place:]
    if kind == 2:  # noqa: PLR2004  # the third of four kinds
        return name[:place] + letter + name[place + 1 :]
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _meant(note: str) -> list[str]:
    _, _, list_ = note.partition("did you mean ")
    return list_.partition(";")[0].split(" | ")


def travelling() -> Iterator[Promise]:
    """The default matrix, and a road engine asked and remembered."""
    for line in travel.measure():
        if line.is_kept is None:
            print(line.text)
        else:
            what, _, value = line.text.partition(": ")
            yield Promise(what, "", value, line.is_kept)


def _folds(rows: Sequence[Row]) -> Mapping[tuple[str, str, str], int]:
    addresses = sorted({_identity(row) for row in rows})
    random.Random(1).shuffle(addresses)  # noqa: S311  # a split, not a secret
    return {address: place % FOLDS for place, address in enumerate(addresses)}


def _identity(row: Row) -> tuple[str, str, str]:
    asked = read(Address(row["street"], row["housenumber"], row["postcode"]))
    return asked.key, asked.number, row["postcode"]


def _without_point(row: Row) -> Row:
    return {name: row[name] for name in ("street", "housenumber", "postcode")} | {"city": "Berlin"}


def _write(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _located(house: House, folder: Path) -> list[Row]:
    house.flask("places", "locate", str(folder / "in.csv"), str(folder / "out.csv"))
    with (folder / "out.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _error_m(asked: Row, answer: Row) -> float:
    return metres_between(Point(float(answer["lat"]), float(answer["lon"])), _point(asked))


def _point(row: Row) -> Point:
    return Point(float(row["lat"]), float(row["lon"]))


if __name__ == "__main__":
    sys.exit(main())
