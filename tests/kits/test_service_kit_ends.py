"""A kit of which nothing is out any more can always be ended, so that the next one can come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Kit
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind, ItemState, ReturnReason
from hoffice.kits.service import asking_back, return_closing, returning, transfers
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene

BY = makers.IT
BOOK = LinkBook("kits-end-" + "0" * 32, (), "http://localhost", timedelta(days=30))


@pytest.fixture(autouse=True)
def house(given: Given) -> Iterator[None]:
    """A house of its own for each test."""
    with given():
        yield


def passed_on(kit: Kit, *item_ids: int) -> None:
    """These devices are with a colleague since both said so."""
    bo = makers.employee("Bo Rau").id
    made = transfers.propose(item_ids, kit.employee_id, bo, note="", by=BY, book=BOOK)
    for one in (kit.employee_id, bo):
        transfers.confirm(made.id, employee_id=one, by=BY)


def test_a_kit_whose_devices_were_all_passed_on_is_ended_and_the_next_one_comes() -> None:
    kit = returning_scene.at_home()
    mouse, *others = kit.items
    passed_on(kit, *(item.id for item in others))
    with pytest.raises(Refused, match="has left the house"):
        service.dissolve_kit(kit.id, by=BY)
    passed_on(kit, mouse.id)
    with pytest.raises(Refused):
        asking_back.begin(kit.employee_id, ReturnReason.LEAVER, by=BY)

    service.dissolve_kit(kit.id, by=BY)

    assert queries.kit(kit.id).dissolved_at is not None
    assert {returning_scene.held(item.id)[0] for item in others} == {HolderKind.EMPLOYEE}
    scene.in_stock(*scene.KINDS)
    assert service.give_kit(kit.employee_id, kit.kit_type_id, by=BY).id != kit.id
    scene.assert_order()


def test_what_never_left_the_store_does_not_keep_a_kit_when_the_rest_came_back() -> None:
    kit = scene.kit(packed=True)
    mouse = scene.item_in(kit, ItemKind.MOUSE)
    service.release_boxes(kit.id, "[]", by=BY)
    for box in kit.boxes:  # at the counter, where the mouse was missing
        service.set_box_state(box, BoxState.HANDED_OVER, by=BY)
    given = [item.id for item in kit.items if item is not mouse]
    person = Holder(HolderKind.EMPLOYEE, kit.employee_id)
    service.hand_to(given, person, by=BY, because="handover:1")
    made = asking_back.begin(kit.employee_id, ReturnReason.DEFECT, item_ids=given, by=BY)
    for line in list(made.lines):
        returning.tick(made.id, line.id, by=BY)
    return_closing.close(made.id, by=BY)
    db.session.expire_all()

    service.dissolve_kit(kit.id, by=BY)

    assert returning_scene.held(mouse.id)[0] is HolderKind.STOCK
    assert (mouse.kit_item, mouse.state) == (None, ItemState.IN_STOCK)


@pytest.mark.parametrize("away", [HolderKind.VAN, HolderKind.PARCEL])
def test_a_kit_of_which_a_device_is_still_on_its_way_is_not_ended(away: HolderKind) -> None:
    kit = returning_scene.at_home()
    mouse, *others = kit.items
    service.hand_to([mouse.id], Holder(away, 1), by=BY, because="run:1")
    passed_on(kit, *(item.id for item in others))

    with pytest.raises(Refused, match="has left the house"):
        service.dissolve_kit(kit.id, by=BY)
