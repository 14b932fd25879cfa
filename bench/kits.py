"""Everything that is promised about devices: ``python -m bench.kits``, about three minutes.

Twenty thousand devices, a ledger of a million lines, on SQLite and on PostgreSQL: who had what as
of any moment, beside the plan that everybody writes first; any device by one search field; and a
day's labels as PDF.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, Final

from flask import Flask
from sqlalchemy import and_, func, select

from bench import kits_scene as scene
from hoffice.db import db
from hoffice.desk import queries as desk
from hoffice.kits import queries, service
from hoffice.kits.models import CustodyEntry, Item
from hoffice.kits.queries import ledger
from hoffice.kits.rules import Holder, HolderKind
from hoffice.web import lists

QUERIES: Final = 250
ONE_MS: Final = 100.0
COMPANY_MS: Final = 2_000.0
SEARCH_MS: Final = 50.0
LABELS_MS: Final = 2_000.0
LABELS: Final = 140
FEW: Final = 5


def took(what: Callable[[], object]) -> float:
    """How many milliseconds it takes, from an empty session on."""
    db.session.rollback()
    start = time.perf_counter()
    what()
    return (time.perf_counter() - start) * 1000


def told(name: str, times: list[float], most: float | None = None) -> bool:
    """Print median and 99th percentile; whether the latter keeps the promise."""
    ordered = sorted(times)
    worst = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    kept = most is None or worst <= most
    promise = "" if most is None else f"   promise {most:.0f} ms: {'kept' if kept else 'BROKEN'}"
    middle = statistics.median(ordered)
    print(f"  {name:44} median {middle:7.1f} ms   p99 {worst:7.1f} ms{promise}", flush=True)
    return kept


def asof() -> bool:
    """The ledger as of any moment: an item, a person, a place, the whole company."""
    chance = random.Random(17)  # noqa: S311  # questions, no secrets
    store = Holder(HolderKind.STOCK)

    def moment() -> datetime:
        return scene.SINCE + (scene.UNTIL - scene.SINCE) * chance.random()

    def person() -> Holder:
        return Holder(HolderKind.EMPLOYEE, chance.randint(1, scene.PEOPLE))

    def place() -> Holder:
        kind = chance.choice((HolderKind.STOCK, HolderKind.DESK, HolderKind.VAN, HolderKind.REPAIR))
        most = {HolderKind.STOCK: scene.SHELVES, HolderKind.VAN: scene.VANS}
        if kind is HolderKind.DESK:
            return Holder(kind, chance.randint(scene.SHELVES + 1, scene.LOCATIONS))
        return Holder(kind, chance.randint(1, most[kind]) if kind in most else 0)

    def known(holder: Holder) -> object:
        at = moment()
        return ledger.item_ids_at(at, holder, known_at=at)

    def times(ask: Callable[[], object], count: int = QUERIES) -> list[float]:
        return [took(ask) for _ in range(count)]

    kept = [
        told(
            "who had one item",
            times(lambda: ledger.entry_at(chance.randint(1, scene.ITEMS), moment())),
            ONE_MS,
        ),
        told(
            "what one person had",
            times(lambda: ledger.item_ids_at(moment(), person())),
            ONE_MS,
        ),
        told(
            "what one place had",
            times(lambda: ledger.item_ids_at(moment(), place())),
            ONE_MS,
        ),
        told("what the store had", times(lambda: ledger.item_ids_at(moment(), store)), ONE_MS),
        told("what the store had, as known then", times(lambda: known(store)), ONE_MS),
        told("who had what in the whole company", times(lambda: company(moment()), 40), COMPANY_MS),
    ]
    _beside_the_naive(moment, store)
    return all(kept)


def company(at: datetime) -> object:
    """Every device with its line of then, and how many every holder had."""
    rows = db.session.execute(ledger.items_at(at)).all()
    return ledger.lines(row.entry_id for row in rows), ledger.holders_at(at)


def _beside_the_naive(moment: Callable[[], datetime], holder: Holder) -> None:
    """The plan that everybody writes first: number all lines of each item, keep the last one."""
    pairs = []
    for _ in range(FEW):
        at = moment()
        naive = naive_ids(at, holder)
        if list(db.session.scalars(naive)) != ledger.item_ids_at(at, holder):
            msg = "the two plans do not agree"
            raise RuntimeError(msg)
        first = took(lambda: db.session.scalars(naive).all())  # noqa: B023  # called at once
        ours = took(lambda: ledger.item_ids_at(at, holder))  # noqa: B023
        pairs.append((first, ours))
    told("what the store had, naive plan", [first for first, _ours in pairs])
    ratio = statistics.median(first / ours for first, ours in pairs)
    print(f"  the naive plan takes {ratio:.1f} times as long; both give the same answer")


def naive_ids(at: datetime, holder: Holder) -> Any:
    """A window over every line up to the moment."""
    place = func.row_number().over(
        partition_by=CustodyEntry.item_id,
        order_by=(CustodyEntry.at.desc(), CustodyEntry.id.desc()),
    )
    numbered = (
        select(CustodyEntry.item_id, CustodyEntry.to_kind, CustodyEntry.to_id, place.label("place"))
        .where(CustodyEntry.at <= at)
        .subquery()
    )
    is_hers = and_(numbered.c.to_kind == holder.kind, numbered.c.to_id == holder.id)
    return select(numbered.c.item_id).where(numbered.c.place == 1, is_hers).order_by("item_id")


def search(app: Flask) -> bool:
    """Any device by a tag, a serial, a model or a part of them: on its page and in the field."""
    words = list(_searched())

    def listed(text: str) -> object:
        with app.test_request_context("/geraete/", query_string={"q": text}):
            return lists.listed(
                queries.items(),
                name="",
                columns=(lists.Column[Item]("tag", "", Item.asset_tag),),
                key=Item.id,
                search=queries.search_items,
                sort="tag",
            )

    def found(text: str) -> object:
        return desk.find(text.split(), with_papers=True, with_things=True, with_addresses=True)

    kept = told(
        "the list of devices, searched",
        [took(partial(listed, text)) for text in words],
        SEARCH_MS,
    )
    return told("the one field", [took(partial(found, text)) for text in words], SEARCH_MS) and kept


def _searched() -> Iterator[str]:
    """What people type: a whole tag, an end of a serial, a model, two words, nothing that is."""
    chance = random.Random(99)  # noqa: S311  # questions, no secrets
    for turn in range(QUERIES):
        number = chance.randint(1, scene.ITEMS)
        yield (
            f"hw-{number:05d}",
            scene.serial_of(number),
            scene.serial_of(number)[-4:],
            f"{chance.choice(scene.MODELS)} {number % 100}",
            f"zz{number}",
        )[turn % 5]


def labels() -> bool:
    """The labels of a day as one PDF."""
    scene.pack(LABELS)

    def print_them() -> object:
        boxes = queries.boxes_with_label(packed=True)
        if len(boxes) != LABELS:
            msg = f"{len(boxes)} boxes are packed"
            raise RuntimeError(msg)
        return service.label_sheet(boxes, house_url="http://127.0.0.1:8000", firm="Spreeruf")

    print_them()  # fonts are read once
    return told(f"{LABELS} box labels as PDF", [took(print_them) for _ in range(FEW)], LABELS_MS)


def main() -> int:
    """Measure on both databases; 1 when a promise is not kept."""
    kept = True
    with scene.houses() as houses:
        for name, app in houses:
            with app.app_context():
                start = time.monotonic()
                scene.fill()
                filled = time.monotonic() - start
                print(f"{name}: {scene.ITEMS} devices, {scene.LINES} lines, in {filled:.0f} s")
                parts = [asof(), search(app), labels()]
                kept = all(parts) and kept
                db.session.remove()
                db.engine.dispose()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
