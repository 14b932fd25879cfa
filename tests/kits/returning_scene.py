"""People with a kit at home, for the stories about what comes back."""

from __future__ import annotations

from pathlib import Path

from hoffice.files.service import Store
from hoffice.kits import queries, service
from hoffice.kits.models import BulkGood, Item, Kit, Return, ReturnLine
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind, ReturnReason
from hoffice.kits.service import asking_back, bulk
from tests import makers
from tests.kits import scene

BY = makers.IT
COMPANY = "Spreeruf GmbH"


def at_home(name: str = "Ayşe Kaya") -> Kit:
    """Somebody whose kit was handed over, both boxes of it."""
    kit = scene.kit(name, packed=True)
    service.release_boxes(kit.id, "[]", by=BY)
    for box in kit.boxes:
        service.set_box_state(box, BoxState.HANDED_OVER, by=BY)
    service.hand_to(
        [item.id for item in kit.items],
        Holder(HolderKind.EMPLOYEE, kit.employee_id),
        by=BY,
        because="handover:1",
    )
    for item in kit.items:
        item.value_cents = 12_000
    return kit


def cables_with(employee_id: int, count: int = 3) -> BulkGood:
    """So many cables that this person has."""
    good = bulk.add_good(bulk.GoodFacts(name=f"Netzwerkkabel {makers.number()}"), by=BY)
    bulk.take_in(good.id, count + 5, by=BY)
    bulk.move(
        good.id,
        Holder(HolderKind.STOCK),
        Holder(HolderKind.EMPLOYEE, employee_id),
        count,
        by=BY,
        because="handover:1",
    )
    return good


def spare(kind: ItemKind, *, model: str = "") -> Item:
    """One free device of a kind in stock."""
    [item] = scene.in_stock(kind)
    item.model = model
    return item


def store(path: Path) -> Store:
    """Where records go in a test."""
    return Store(path / "files")


def begun(kit: Kit, reason: ReturnReason = ReturnReason.LEAVER) -> Return:
    """She is asked for everything."""
    return asking_back.begin(kit.employee_id, reason, by=BY)


def line_of(made: Return, kind: ItemKind) -> ReturnLine:
    """The first line of a return about a device of this kind."""
    return next(line for line in made.lines if line.item is not None and line.item.kind is kind)


def held(item_id: int) -> tuple[HolderKind, int]:
    """Who has this device now."""
    holding = queries.holding_of(item_id)
    assert holding is not None
    return holding.holder_kind, holding.holder_id
