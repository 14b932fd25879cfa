"""What lies in the store again was checked and erased since somebody had it, on every way there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Item
from hoffice.kits.rules import (
    STOCK,
    AfterCheck,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
    ReturnReason,
    WipeMethod,
)
from hoffice.kits.service import (
    asking_back,
    auditing,
    catalogue,
    exchanging,
    fate,
    reserving,
    return_closing,
    returning,
)
from hoffice.kits.service.ledger import correct
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

        with pytest.raises(Refused, match="booked as in repair"):
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


def test_what_is_kept_for_somebody_goes_into_no_repair_shop_by_a_scan(given: Given) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        new = returning_scene.spare(ItemKind.MONITOR)
        exchanging.begin_swap(scene.item_in(kit, ItemKind.MONITOR).id, ReturnReason.SWAP, by=BY)
        shop = place(LocationKind.REPAIR)

        with pytest.raises(Refused, match="is kept for Ada Ott; set it free first"):
            catalogue.put_at(shop, [new.asset_tag], by=BY)

        assert held(new.id) == (HolderKind.STOCK, 0)
        shelf = place(LocationKind.SHELF)
        catalogue.put_at(shelf, [new.asset_tag], by=BY)
        assert held(new.id) == (HolderKind.STOCK, shelf)  # it is kept there as well
        reserving.cancel(new.id, by=BY)
        catalogue.put_at(shop, [new.asset_tag], by=BY)
        assert held(new.id) == (HolderKind.REPAIR, shop)


# --- an old wipe ----------------------------------------------------------------------------------


def say(item: Item, to: Holder, *, back: int = 0) -> None:
    """Correct the line of its ledger that is so many lines back: ``to`` had it."""
    line = queries.ledger_of_item(item.id)[back]
    correct(line.id, to, note="so war es", by=BY)


def somebody() -> Holder:
    """A person who has had nothing yet."""
    return Holder(HolderKind.EMPLOYEE, makers.employee("Bo Rau").id)


def back_by_a_correction(item: Item) -> None:
    """It was with somebody after it was wiped, and is in the store by another correction."""
    say(item, somebody())
    say(item, STOCK)


def back_by_finding(item: Item) -> None:
    """It was with somebody after it was wiped, then lost, then found."""
    say(item, somebody())
    fate.lose(item.id, by=BY)
    fate.found_again(item.id, by=BY)


def back_from_nobody_knows_where(item: Item) -> None:
    """It was lost after it was wiped, and found."""
    fate.lose(item.id, by=BY)
    fate.found_again(item.id, by=BY)


@pytest.mark.parametrize(
    "away", [back_by_a_correction, back_by_finding, back_from_nobody_knows_where]
)
def test_what_was_wiped_before_it_was_away_again_is_wiped_anew(
    given: Given, away: Callable[[Item], None]
) -> None:
    with given():
        pc = came_back()
        fate.wipe([pc.id], WipeMethod.CLEAR, by=BY)
        away(pc)

        [refused] = fate.settle([pc.id], AfterCheck.STOCK, by=BY).refused

        assert "erased" in str(refused)
        assert not fate.settle([pc.id], AfterCheck.STOCK, method=WipeMethod.PURGE, by=BY).refused
        assert pc.state is ItemState.IN_STOCK


def test_a_correction_of_who_had_it_before_leaves_the_wipe_as_it_is(given: Given) -> None:
    with given():
        pc = came_back()
        fate.wipe([pc.id], WipeMethod.CLEAR, by=BY)

        say(pc, somebody(), back=1)

        assert not fate.settle([pc.id], AfterCheck.STOCK, by=BY).refused
        assert pc.state is ItemState.IN_STOCK


# --- found after a correction ---------------------------------------------------------------------


def test_what_is_found_again_leaves_the_kit_of_whoever_lacks_it(given: Given) -> None:
    with given():
        kit, other = returning_scene.at_home(), scene.kit("Cem Dal")
        monitor = scene.item_in(kit, ItemKind.MONITOR)
        say(monitor, Holder(HolderKind.LOST))
        assert monitor.kit_item is not None  # so that the kit says what it lacks

        fate.found_again(monitor.id, by=BY)
        fate.settle([monitor.id], AfterCheck.STOCK, by=BY)

        kit = queries.kit(kit.id)
        assert monitor.id not in {item.id for item in kit.items}
        assert service.missing_of(kit) == {ItemKind.MONITOR: 1}
        service.add_to_kit(other.id, monitor.asset_tag, by=BY)
        assert list(auditing.faults()) == []


def test_what_is_not_lost_stays_in_its_kit_when_somebody_says_it_was_found(given: Given) -> None:
    with given():
        kit_id = returning_scene.at_home().id
        monitor = scene.item_in(queries.kit(kit_id), ItemKind.MONITOR)

        with pytest.raises(Refused, match="is not lost"), db.session.begin_nested():
            fate.found_again(monitor.id, by=BY)

        assert monitor.id in {item.id for item in queries.kit(kit_id).items}
