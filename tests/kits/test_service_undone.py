"""What is undone is as it was before; where it cannot be, somebody says so."""

from __future__ import annotations

import uuid

from hoffice.kits import queries, service
from hoffice.kits.models import Item, Teardown
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries import replacements
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind, ReturnReason
from hoffice.kits.service import (
    desk_changes,
    exchanging,
    fate,
    item_import,
    reserving,
    teardown,
)
from hoffice.kits.service.desk_scans import scan
from hoffice.sheets.tables import Table
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.pageclient import PageClient

BY = makers.IT
GERMAN = {"Accept-Language": "de"}
STAYS_OPEN = "durch die Liste von anderer Art war, bleibt offen"
OF_NO_KIT = "gehört zu keinem Gerätesatz"


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


def test_an_undone_list_leaves_the_box_open_that_it_opened_and_says_so(
    it: PageClient, given: Given
) -> None:
    with given():
        kit = scene.kit(packed=True)
        mouse, number = scene.item_in(kit, ItemKind.MOUSE), kit.id
        cells = ((mouse.asset_tag, "Tastatur"), (scene.in_stock(ItemKind.DOCK)[0].asset_tag, ""))
        made = item_import.begin_import(
            "liste.csv", Table(("Inventarnummer", "Art"), tuple(enumerate(cells, start=2))), by=BY
        )
        item_import.apply_import(made.id, by=BY)
        path, mouse_id, box_no = f"/geraete/import/{made.id}", mouse.id, scene.box_number(mouse)
    assert STAYS_OPEN not in it.get(path, headers=GERMAN).text

    it.post(f"{path}/rueckgaengig")

    assert STAYS_OPEN in it.get(path, headers=GERMAN).text
    with given():
        assert queries.item(mouse_id).kind is ItemKind.MOUSE
        states = {box.number: box.state for box in queries.kit(number).boxes}
        assert states[box_no or 0] is BoxState.OPEN


def test_an_undone_list_says_nothing_of_boxes_that_it_never_opened(
    it: PageClient, given: Given
) -> None:
    with given():
        [dock] = scene.in_stock(ItemKind.DOCK)
        table = Table(("Inventarnummer", "Art"), ((2, (dock.asset_tag, "Tastatur")),))
        made = item_import.begin_import("liste.csv", table, by=BY)
        item_import.apply_import(made.id, by=BY)
        path = f"/geraete/import/{made.id}"

    it.post(f"{path}/rueckgaengig")

    page = it.get(path, headers=GERMAN).text
    assert "Diese Liste ist rückgängig gemacht." in page
    assert STAYS_OPEN not in page


def test_small_parts_counted_back_by_a_slip_are_hers_and_the_page_says_of_which_kit(
    it: PageClient, given: Given
) -> None:
    with given():
        kit = returning_scene.at_home("Ada Ott")
        good = returning_scene.cables_with(kit.employee_id, 3)
        made = returning_scene.begun(kit)
        line = next(line for line in made.lines if line.good_id == good.id)
        path = f"/geraete/rueckgaben/{made.id}/zeile/{line.id}/anzahl"
        good_id, person_id = good.id, kit.employee_id
    more = it.post(path, {"came": "2"}, headers=GERMAN, follow_redirects=True).text
    assert OF_NO_KIT not in more

    fewer = it.post(path, {"came": "0"}, headers=GERMAN, follow_redirects=True).text

    assert OF_NO_KIT in fewer
    with given():
        held = counted.holding(good_id, Holder(HolderKind.EMPLOYEE, person_id))
        assert held is not None
        assert held.count == 3
