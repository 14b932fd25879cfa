"""What lies in the store again was checked and erased since somebody had it, on every way there."""

from __future__ import annotations

import pytest

from hoffice.errors import Refused
from hoffice.kits.models import Item
from hoffice.kits.rules import (
    AfterCheck,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
    ReturnReason,
)
from hoffice.kits.service import asking_back, catalogue, fate, return_closing, returning
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.kits.returning_scene import held

BY = makers.IT


def place(kind: LocationKind) -> int:
    """A new place of this kind in the house."""
    [made] = catalogue.add_locations(f"Ort {makers.number()}", 1, kind, by=BY)
    return made.id


def came_back(*, condition: str = "used") -> Item:
    """A PC that somebody had at home; its return is closed, and nobody has erased it."""
    kit = returning_scene.at_home("Ada Ott")
    pc = scene.item_in(kit, ItemKind.PC)
    made = asking_back.begin(kit.employee_id, ReturnReason.DEFECT, item_ids=[pc.id], by=BY)
    returning.take_back(made.id, pc.asset_tag, condition=condition, by=BY)
    return_closing.close(made.id, by=BY)
    return pc


@pytest.mark.parametrize("kind", [LocationKind.SHELF, LocationKind.ROOM, LocationKind.DESK])
def test_a_scan_at_a_place_skips_no_check_after_a_repair(given: Given, kind: LocationKind) -> None:
    with given():
        pc = came_back(condition="damaged")
        assert not fate.settle([pc.id], AfterCheck.REPAIR, by=BY).refused  # it was not erased

        with pytest.raises(Refused, match="booked as in repair. Say on its page that it is back"):
            catalogue.put_at(place(kind), [pc.asset_tag], by=BY)

        fate.back_from_repair(pc.id, by=BY)
        catalogue.put_at(place(kind), [pc.asset_tag], by=BY)
        assert pc.state is ItemState.TO_CHECK
        assert fate.settle([pc.id], AfterCheck.STOCK, by=BY).refused


def test_what_is_in_repair_goes_from_one_shop_to_another_by_a_scan(given: Given) -> None:
    with given():
        pc, shop = came_back(condition="damaged"), place(LocationKind.REPAIR)
        fate.settle([pc.id], AfterCheck.REPAIR, by=BY)

        catalogue.put_at(shop, [pc.asset_tag], by=BY)

        assert held(pc.id) == (HolderKind.REPAIR, shop)
        assert pc.state is ItemState.REPAIR
