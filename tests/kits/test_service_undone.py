"""What is undone is as it was before; where it cannot be, somebody says so."""

from __future__ import annotations

import uuid

from hoffice.kits import queries, service
from hoffice.kits.models import Item, Teardown
from hoffice.kits.queries import replacements
from hoffice.kits.rules import Holder, HolderKind, ItemKind, ReturnReason
from hoffice.kits.service import desk_changes, exchanging, fate, reserving, teardown
from hoffice.kits.service.desk_scans import scan
from tests import makers
from tests.conftest import Given
from tests.kits import scene

BY = makers.IT


def desk_of_somebody_who_waits() -> tuple[Teardown, Item, Item]:
    """A desk that is torn down, her broken mouse at home, and the one that is kept for her."""
    old, new = scene.in_stock(ItemKind.MOUSE, ItemKind.MOUSE)
    person_id = makers.employee("Ada Ott").id
    service.hand_to([old.id], Holder(HolderKind.EMPLOYEE, person_id), by=BY, because="handover:1")
    exchanging.begin_swap(old.id, ReturnReason.SWAP, tag=new.asset_tag, by=BY)
    return teardown.begin(person_id, makers.kit_type().id, by=BY), old, new


def scanned(desk: Teardown, item: Item) -> str:
    """The number of a scan of this device at the desk."""
    number = str(uuid.uuid4())
    scan(desk.id, number, item.asset_tag, by=BY)
    return number


def test_a_scan_that_is_taken_back_keeps_the_replacement_for_her_as_before(given: Given) -> None:
    with given():
        desk, old, new = desk_of_somebody_who_waits()
        kept = replacements.reservation_of(new.id)
        assert kept is not None
        before = (kept.employee_id, kept.replaces_id, kept.at, kept.by)
        number = scanned(desk, new)
        assert replacements.reservation_of(new.id) is None  # it has arrived

        desk_changes.take_back(desk.id, number, by=BY)

        kept = replacements.replacement_for(old.id)
        assert kept is not None
        assert kept.item_id == new.id
        assert (kept.employee_id, kept.replaces_id, kept.at, kept.by) == before
        assert queries.item(new.id).reservation is kept


def test_what_nobody_waits_for_any_more_is_kept_for_nobody(given: Given) -> None:
    with given():
        desk, old, new = desk_of_somebody_who_waits()
        number = scanned(desk, new)
        fate.lose(old.id, by=BY)

        desk_changes.take_back(desk.id, number, by=BY)

        assert replacements.reservation_of(new.id) is None


def test_what_another_one_replaces_by_now_is_not_kept_twice(given: Given) -> None:
    with given():
        desk, old, new = desk_of_somebody_who_waits()
        number = scanned(desk, new)
        [other] = scene.in_stock(ItemKind.MOUSE)
        reserving.reserve_replacement(old.id, tag=other.asset_tag, by=BY)

        desk_changes.take_back(desk.id, number, by=BY)

        kept = replacements.replacement_for(old.id)
        assert kept is not None
        assert kept.item_id == other.id
        assert replacements.reservation_of(new.id) is None
