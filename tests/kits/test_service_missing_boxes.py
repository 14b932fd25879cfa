"""What becomes of the small parts of a box that was missing at the door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits import queries, service
from hoffice.kits.models import BulkHolding, DamageCase, Kit, KitTypeGood
from hoffice.kits.queries import bulk as counted
from hoffice.kits.rules import STOCK, BoxState, Holder, HolderKind, ReturnReason
from hoffice.kits.service import (
    asking_back,
    bulk,
    counting,
    damages,
    differences,
    fate,
    return_closing,
    returning,
)
from hoffice.kits.service.ledger import correct
from tests import makers
from tests.conftest import Given
from tests.kits import scene

BY = makers.IT
VAN, LOST = Holder(HolderKind.VAN, 1), Holder(HolderKind.LOST)


@pytest.fixture(autouse=True)
def house(given: Given) -> Iterator[None]:
    """A house of its own for each test."""
    with given():
        yield


def half_delivered() -> tuple[Kit, list[int], int]:
    """A kit whose second box stayed on the van, the devices in it, and the small part in it."""
    kit = scene.kit()
    good = bulk.add_good(bulk.GoodFacts(name="Kabel", value_cents=700), by=BY)
    bulk.take_in(good.id, 5, by=BY)
    kit.kit_type.goods.append(KitTypeGood(good_id=good.id, count=2, box_no=2))
    db.session.flush()
    bulk.fill_up(kit.id, by=BY)
    service.pack_kit(kit.id, by=BY)
    service.release_boxes(kit.id, "[]", by=BY)
    service.hand_to([item.id for item in kit.items], VAN, by=BY, because="run:1")
    service.hand_goods_to(kit.boxes, VAN, by=BY, because="run:1")
    here, missing = kit.boxes
    for box in kit.boxes:
        service.set_box_state(box, BoxState.HANDED_OVER, by=BY)
    person = Holder(HolderKind.EMPLOYEE, kit.employee_id)
    service.hand_to([row.item_id for row in here.kit_items], person, by=BY, because="handover:1")
    service.hand_goods_to([here], person, by=BY, because="handover:1")
    return kit, [row.item_id for row in missing.kit_items], good.id


def held(good_id: int) -> dict[tuple[HolderKind, int], int]:
    """Who has how many of it."""
    rows = db.session.scalars(
        select(BulkHolding).where(BulkHolding.good_id == good_id, BulkHolding.count > 0)
    )
    return {(row.holder_kind, row.holder_id): row.count for row in rows}


def put_right(item_id: int, to: Holder) -> None:
    """The last line of this device was wrong."""
    correct(queries.ledger_of_item(item_id)[0].id, to, note="stand noch im Wagen", by=BY)


def test_small_parts_come_from_the_van_with_the_last_device_of_their_box_and_the_kit_ends() -> None:
    kit, [first, last], good_id = half_delivered()

    put_right(first, STOCK)
    assert held(good_id) == {(HolderKind.STOCK, 0): 3, (HolderKind.VAN, 1): 2}
    put_right(last, STOCK)

    assert held(good_id) == {(HolderKind.STOCK, 0): 5}
    assert counted.free_goods() == {good_id: 5}
    made = asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)
    for line in list(made.lines):
        returning.tick(made.id, line.id, by=BY)
    return_closing.close(made.id, by=BY)
    assert queries.kit(kit.id).dissolved_at is not None


@pytest.mark.parametrize("by_correction", [True, False])
def test_small_parts_are_lost_with_the_last_device_and_a_case_asks_who_bears_it(
    by_correction: bool,  # noqa: FBT001  # a case of this test
) -> None:
    kit, [first, last], good_id = half_delivered()

    fate.lose(first, by=BY)
    if by_correction:
        put_right(last, LOST)
    else:
        fate.lose(last, by=BY)

    assert held(good_id) == {(HolderKind.STOCK, 0): 3, (HolderKind.LOST, 0): 2}
    [case] = db.session.scalars(select(DamageCase).where(DamageCase.good_id.is_not(None)))
    assert (case.count, case.value_cents, case.employee_id) == (2, 1400, None)
    assert not queries.kit(kit.id).goods
    damages.goods_found(case.id, 2, by=BY)
    assert held(good_id) == {(HolderKind.STOCK, 0): 5}


def test_small_parts_are_with_the_person_when_the_box_was_with_her_after_all() -> None:
    kit, [first, _last], good_id = half_delivered()
    person = Holder(HolderKind.EMPLOYEE, kit.employee_id)

    put_right(first, person)

    assert held(good_id) == {(HolderKind.STOCK, 0): 3, (person.kind, person.id): 2}
    assert [row.count for row in queries.kit(kit.id).goods] == [2]


def test_what_a_stock_take_finds_brings_its_small_parts_along() -> None:
    _kit, items, good_id = half_delivered()
    it = makers.account(Role.IT)
    count = counting.begin("Lager", location_id=None, by=BY)
    for item_id in items:
        counting.tick(count.id, item_id, by=BY)
    counting.close(count.id, owner_id=it.id, due_on=clock.today(), by=BY)

    for item_id in items:
        differences.put_right(count.id, item_id, by=BY)

    assert held(good_id) == {(HolderKind.STOCK, 0): 5}
