"""Somebody with a kit at home gets one more device at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from hoffice import clock
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Item, Kit
from hoffice.kits.queries import returning as due_queries
from hoffice.kits.rules import HolderKind, ItemKind, ItemState, LocationKind, ReturnReason
from hoffice.kits.service import asking_back, catalogue, exchanging, fate, handing_out
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene

BY = makers.IT


@pytest.fixture(autouse=True)
def house(given: Given) -> Iterator[None]:
    """A house of its own for each test."""
    with given():
        yield


def hand_out(kit: Kit, item: Item) -> Item:
    """Ada takes it at the counter."""
    return handing_out.hand_out(kit.id, item.asset_tag, received_by="Ada Ott", by=BY)


def returns_of(kit: Kit) -> list[tuple[ReturnReason, set[int | None]]]:
    """Which open returns ask this person for what."""
    return [
        (one.reason, {line.item_id for line in one.lines})
        for one in due_queries.open_returns_of(kit.employee_id)
    ]


def test_what_was_lost_is_replaced_over_the_counter_and_the_kit_is_whole_again() -> None:
    kit = returning_scene.at_home("Ada Ott")
    old = scene.item_in(kit, ItemKind.MONITOR)
    number = scene.box_number(old)
    fate.lose(old.id, by=BY)
    assert service.missing_of(queries.kit(kit.id)) == {ItemKind.MONITOR: 1}
    new = returning_scene.spare(ItemKind.MONITOR)

    hand_out(kit, new)

    assert returning_scene.held(new.id) == (HolderKind.EMPLOYEE, kit.employee_id)
    assert (new.state, scene.box_number(new)) == (ItemState.OUT, number)
    assert queries.ledger_of_item(new.id)[0].because == f"counter:{kit.id}"
    assert service.missing_of(queries.kit(kit.id)) == {}
    scene.assert_order()


def test_one_more_than_the_type_asks_for_lies_in_no_box_and_comes_back_like_the_rest() -> None:
    kit = returning_scene.at_home()
    dock = returning_scene.spare(ItemKind.DOCK)

    hand_out(kit, dock)

    place = dock.kit_item
    assert place is not None
    assert (place.kit_id, place.box_id) == (kit.id, None)
    made = returning_scene.begun(kit)
    assert dock.id in {line.item_id for line in made.lines}


def test_who_leaves_has_to_give_it_back_as_well() -> None:
    kit = returning_scene.at_home()
    returning_scene.begun(kit)
    mouse = returning_scene.spare(ItemKind.MOUSE)

    hand_out(kit, mouse)
    [(reason, asked)] = returns_of(kit)
    assert reason is ReturnReason.LEAVER
    assert mouse.id in asked

    handing_out.not_handed_out(kit.id, mouse.id, by=BY)
    [(_reason, asked)] = returns_of(kit)
    assert mouse.id not in asked


def test_what_is_not_free_or_for_no_kit_at_home_is_refused() -> None:
    kit = returning_scene.at_home("Ada Ott")
    other = returning_scene.at_home("Bo Rau")
    prepared = scene.kit("Cem Acar")
    dissolved = scene.kit("Dana Wolf")
    service.dissolve_kit(dissolved.id, by=BY)
    mouse, kept = (returning_scene.spare(ItemKind.MOUSE) for _ in range(2))
    exchanging.begin_swap(
        scene.item_in(other, ItemKind.MOUSE).id, ReturnReason.SWAP, tag=kept.asset_tag, by=BY
    )

    with pytest.raises(Refused, match="is kept for Bo Rau"):
        hand_out(kit, kept)
    with pytest.raises(Refused, match="belongs to the kit of Bo Rau"):
        hand_out(kit, scene.item_in(other, ItemKind.PC))
    with pytest.raises(Refused, match="Write down who took it"):
        handing_out.hand_out(kit.id, mouse.asset_tag, received_by=" ", by=BY)
    with pytest.raises(Refused, match="is in the house"):
        hand_out(prepared, mouse)
    with pytest.raises(Refused, match="was dissolved"):
        hand_out(dissolved, mouse)
    with pytest.raises(Refused, match="There is no device"):
        handing_out.hand_out(kit.id, "HW-77777", received_by="Ada Ott", by=BY)
    assert mouse.state is ItemState.IN_STOCK
    hand_out(kit, mouse)
    with pytest.raises(Refused, match="belongs to the kit of Ada Ott"):
        hand_out(kit, mouse)


def test_a_slip_of_the_same_day_puts_it_back_on_its_shelf_and_storage_is_checked() -> None:
    kit = returning_scene.at_home()
    [shelf] = catalogue.add_locations("Regal", 1, LocationKind.SHELF, by=BY)
    mouse, laptop = returning_scene.spare(ItemKind.MOUSE), returning_scene.spare(ItemKind.LAPTOP)
    catalogue.put_at(shelf.id, [mouse.asset_tag, laptop.asset_tag], by=BY)
    for item in (mouse, laptop):
        hand_out(kit, item)
        handing_out.not_handed_out(kit.id, item.id, by=BY)

    assert [returning_scene.held(one.id) for one in (mouse, laptop)] == [
        (HolderKind.STOCK, shelf.id)
    ] * 2
    assert [one.kit_item for one in (mouse, laptop)] == [None, None]
    assert (mouse.state, laptop.state) == (ItemState.IN_STOCK, ItemState.TO_CHECK)
    with pytest.raises(Refused, match="was not handed out here today"):
        handing_out.not_handed_out(kit.id, mouse.id, by=BY)


def test_a_day_later_or_when_a_return_asks_for_it_it_is_no_slip() -> None:
    kit = returning_scene.at_home()
    mouse, headset = (returning_scene.spare(one) for one in (ItemKind.MOUSE, ItemKind.HEADSET))
    for item in (mouse, headset):
        hand_out(kit, item)
    asking_back.begin(kit.employee_id, ReturnReason.DEFECT, item_ids=[headset.id], by=BY)

    with pytest.raises(Refused, match="A return asks for"):
        handing_out.not_handed_out(kit.id, headset.id, by=BY)
    with (
        clock.frozen(clock.now() + timedelta(days=1)),
        pytest.raises(Refused, match="was not handed out here today"),
    ):
        handing_out.not_handed_out(kit.id, mouse.id, by=BY)
