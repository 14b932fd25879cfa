"""The catalogue, and every device with the years that it has spent in the house.

A device was bought, came into the store some days later and was put up at a desk; some changed
desks, some were in repair. All of it is drawn from a hash, so that the same lives come out every
time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import insert

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.demo.cast import stock
from hoffice.demo.cast.things import Item as Device
from hoffice.demo.cast.things import ItemKind as Kind
from hoffice.demo.loading.scene import Scene
from hoffice.kits import service as kits
from hoffice.kits.models import CustodyEntry, Holding, Item
from hoffice.kits.rules import (
    STOCK,
    Goods,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
    Wanted,
    warranty_end,
)
from hoffice.kits.service import bulk, catalogue
from hoffice.units import Actor

DAYS_PER_MONTH = 30.44
MOVED_ONE_IN, REPAIRED_ONE_IN = 11, 17
"""So many devices stood at another desk before, and so many were in repair once."""
REPAIR_DAYS = 12
OPENS_MIN, OPEN_MINUTES = 8 * 60, 8 * 60
DELIVERY_DAYS = 2
"""What was bought came so many days later at the earliest."""
SPARE_ONE_IN = 2
"""Of the desks that are nobody's, so many were never put up: their devices lie in the store."""
SATURDAY = 5
KINDS: dict[Kind, ItemKind] = {
    Kind.PC: ItemKind.PC,
    Kind.LAPTOP: ItemKind.LAPTOP,
    Kind.DOCK: ItemKind.DOCK,
    Kind.MONITOR: ItemKind.MONITOR,
    Kind.LARGE_MONITOR: ItemKind.MONITOR,
    Kind.KEYBOARD: ItemKind.KEYBOARD,
    Kind.LARGE_KEYBOARD: ItemKind.KEYBOARD,
    Kind.MOUSE: ItemKind.MOUSE,
    Kind.HEADSET: ItemKind.HEADSET,
}


@dataclass(frozen=True, slots=True)
class Passing:
    """From then on somebody else had the device; without ``because`` it was just bought."""

    at: datetime
    to: Holder
    because: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The numbers of the locations where devices have been."""

    desks: Sequence[int]
    """In their order."""
    workshop: int


def fill(scene: Scene, by: Actor) -> None:
    """Write the catalogue, every device, and the lines of the ledger that tell its life."""
    models, places = _catalogue(scene, by)
    taken = {item.desk for kit in scene.cast.kits for box in kit.boxes for item in box.items}
    lives: dict[str, Sequence[Passing]] = {}
    for device in scene.cast.items:
        is_spare = device.desk not in taken and device.desk % SPARE_ONE_IN == 0
        lives[device.asset_tag] = [*_at_work(_life(device, places, is_spare=is_spare))]
    rows = [
        {
            "asset_tag": device.asset_tag,
            "kind": KINDS[device.model.kind],
            "model": device.model.name,
            "model_id": models[device.model.code],
            "serial": device.serial_number,
            "condition": device.condition.value,
            "state": _state(lives[device.asset_tag]),
            "litres": round(device.model.volume_l),
            "weight_g": round(device.model.mass_kg * 1000),
            "is_fragile": device.model.is_fragile,
            "value_cents": device.model.value_cents,
            "bought_on": _bought_on(device),
            "warranty_until": warranty_end(_bought_on(device), device.warranty_months),
            "created_at": lives[device.asset_tag][0].at,
        }
        for device in scene.cast.items
    ]
    made = db.session.execute(insert(Item).returning(Item.asset_tag, Item.id), rows).all()
    numbers: dict[str, int] = dict(sorted((row[0], row[1]) for row in made))
    _write_ledger(lives, numbers, by)
    for item_id in numbers.values():
        record(by, "kits.item_added", f"item:{item_id}")


def _state(life: Sequence[Passing]) -> ItemState:
    return ItemState.AT_DESK if life[-1].to.kind is HolderKind.DESK else ItemState.IN_STOCK


def _life(device: Device, places: Places, *, is_spare: bool) -> Iterator[Passing]:
    """What became of a device since it was brought."""
    draw = int.from_bytes(sha256(f"life {device.asset_tag}".encode()).digest()[:8])
    late = timedelta(days=DELIVERY_DAYS + device.desk % 2)
    came = clock.at(_bought_on(device), OPENS_MIN + draw % OPEN_MINUTES) + late
    yield Passing(came, STOCK)
    if is_spare:
        return
    known = clock.now() - came
    desks = places.desks
    own = _at(desks[device.desk - 1])
    put_up = came + timedelta(days=1 + draw % 9, hours=draw % 5)
    if draw % MOVED_ONE_IN == 0:
        yield _put_at(put_up, _at(desks[(device.desk + draw) % len(desks)]))
        put_up += known / 3
    yield _put_at(put_up, own)
    if draw % REPAIRED_ONE_IN == 0:
        broken = put_up + known / 4
        yield Passing(broken, Holder(HolderKind.REPAIR, places.workshop), "repair")
        yield Passing(broken + timedelta(days=REPAIR_DAYS), STOCK, "repaired")
        yield _put_at(broken + timedelta(days=REPAIR_DAYS + 1), own)


def _at_work(life: Iterable[Passing]) -> Iterator[Passing]:
    """The same life on weekdays between eight and four, when somebody is in the house."""
    last = date.min
    for one in life:
        day = max(one.at.date(), last + timedelta(days=1))
        if day.weekday() >= SATURDAY:
            day += timedelta(days=7 - day.weekday())
        last = day
        yield replace(one, at=clock.at(day, (8 + one.at.hour % 8) * 60 + one.at.minute))


def _at(location_id: int) -> Holder:
    return Holder(HolderKind.DESK, location_id)


def _put_at(at: datetime, desk: Holder) -> Passing:
    return Passing(at, desk, f"location:{desk.id}")


def _write_ledger(
    lives: Mapping[str, Sequence[Passing]], numbers: Mapping[str, int], by: Actor
) -> None:
    """All lines at one stroke, and who has each device after the last of them."""
    entries = []
    for tag, life in lives.items():
        before: Holder | None = None
        for passing in life:
            entries.append(
                {
                    "item_id": numbers[tag],
                    "from_kind": before.kind if before is not None else None,
                    "from_id": before.id if before is not None else None,
                    "to_kind": passing.to.kind,
                    "to_id": passing.to.id,
                    "at": passing.at,
                    "recorded_at": passing.at,
                    "by": str(by),
                    "because": _because(passing.because, numbers[tag]),
                }
            )
            before = passing.to
    made = db.session.execute(
        insert(CustodyEntry).returning(CustodyEntry.item_id, CustodyEntry.at, CustodyEntry.id),
        entries,
    ).all()
    last = {item_id: (at, entry_id) for item_id, at, entry_id in sorted(made)}
    db.session.execute(
        insert(Holding),
        [
            {
                "item_id": numbers[tag],
                "holder_kind": life[-1].to.kind,
                "holder_id": life[-1].to.id,
                "since": last[numbers[tag]][0],
                "entry_id": last[numbers[tag]][1],
            }
            for tag, life in lives.items()
        ],
    )


def _because(word: str, item_id: int) -> str:
    """The deed behind a line, as the service names it."""
    if not word:
        return f"item:{item_id}"
    return word if ":" in word else f"{word}:{item_id}"


def _catalogue(scene: Scene, by: Actor) -> tuple[dict[str, int], Places]:
    """Models, small parts, kit types and places; gives the numbers of the models by their codes."""
    models = {
        model.code: catalogue.add_model(
            catalogue.ModelFacts(
                kind=KINDS[model.kind],
                name=model.name,
                serial_pattern=stock.SERIAL_PATTERN,
                litres=round(model.volume_l),
                weight_g=round(model.mass_kg * 1000),
                is_fragile=model.is_fragile,
                warranty_months=stock.WARRANTY_MONTHS,
                value_cents=model.value_cents,
            ),
            by=by,
        ).id
        for model in scene.cast.models
    }
    goods = {}
    for part in stock.SMALL_PARTS:
        facts = bulk.GoodFacts(
            name=part.name,
            litres=round(part.volume_l),
            weight_g=round(part.mass_kg * 1000),
            value_cents=part.value_cents,
        )
        goods[part.name] = bulk.add_good(facts, by=by).id
        bulk.take_in(goods[part.name], part.in_store, by=by)
    for kit_type in scene.cast.kit_types:
        wanted = [Wanted(KINDS[part.kind], part.quantity, part.box) for part in kit_type.parts]
        small = [Goods(goods[name], 1, 1) for name in stock.IN_EVERY_KIT]
        kits.add_kit_type(kit_type.name, wanted, goods=small, role=kit_type.role, by=by)
    desks: list[int] = []
    for row in stock.ROWS:
        kind = LocationKind.DESK if row.is_desk else LocationKind.SHELF
        made = catalogue.add_locations(row.first, row.count, kind, by=by)
        desks += [one.id for one in made if row.is_desk]
    [workshop] = catalogue.add_locations(stock.WORKSHOP, 1, LocationKind.REPAIR, by=by)
    return models, Places(desks, workshop.id)


def _bought_on(device: Device) -> date:
    """All of a desk was bought on one day of work."""
    day = clock.today() - timedelta(days=round(device.bought_months_ago * DAYS_PER_MONTH))
    return day - timedelta(days=max(day.weekday() - SATURDAY + 1, 0))
