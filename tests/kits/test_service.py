"""Deeds around items, kits and boxes, and what the house refuses."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice.audit.models import AuditLine
from hoffice.audit.queries import about_employee
from hoffice.db import db
from hoffice.errors import Counted, NotFound, Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Box
from hoffice.kits.rules import (
    STOCK,
    BoxState,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    Wanted,
)
from hoffice.kits.service import stock
from hoffice.kits.service.stock import ItemFacts
from tests import makers
from tests.conftest import Given
from tests.kits import scene

BY = makers.IT
KEYBOARD = ItemFacts(kind=ItemKind.KEYBOARD, model="K120")


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditLine.action).order_by(AuditLine.seq)))


# --- catalogue and stock --------------------------------------------------------------------------


def test_a_kit_type_says_what_belongs_into_which_box(app: Flask, given: Given) -> None:
    with given():
        made = service.add_kit_type(
            " Agent ", [Wanted(ItemKind.PC, 1, 1), Wanted(ItemKind.MONITOR, 2, 2)], by=BY
        )
        made_id = made.id

    with app.app_context():
        found = queries.kit_type(made_id)
        assert found.name == "Agent"
        assert [(x.kind, x.count, x.box_no) for x in found.lines] == [
            (ItemKind.PC, 1, 1),
            (ItemKind.MONITOR, 2, 2),
        ]


def test_a_kit_type_without_lines_is_refused(given: Given) -> None:
    with given(), pytest.raises(Refused, match="at least one line"):
        service.add_kit_type("Leer", [], by=BY)


def test_two_kit_types_never_have_the_same_name(given: Given) -> None:
    line = [Wanted(ItemKind.PC, 1, 1)]
    with given():
        service.add_kit_type("Agent Süd", line, by=BY)

    with pytest.raises(Refused, match="already a kit type “Agent Süd”"), given():
        service.add_kit_type("AGENT SÜD", line, by=BY)


def test_a_retired_kit_type_is_offered_no_more_until_it_is_reinstated(
    app: Flask, given: Given
) -> None:
    with given():
        kit_type_id = scene.stocked().id
        person_id = makers.employee().id
        service.retire_kit_type(kit_type_id, by=BY)

    with app.app_context():
        assert not queries.kit_types()
        assert len(queries.kit_types(also_retired=True)) == 1
    with pytest.raises(Refused, match="no longer in use"), given():
        service.give_kit(person_id, kit_type_id, by=BY)
    with pytest.raises(Refused, match="no longer in use"), given():
        service.retire_kit_type(kit_type_id, by=BY)

    with given():
        service.reinstate_kit_type(kit_type_id, by=BY)
        service.give_kit(person_id, kit_type_id, by=BY)
    with pytest.raises(Refused, match="is in use"), given():
        service.reinstate_kit_type(kit_type_id, by=BY)


def test_a_new_item_is_in_stock_with_the_first_line_of_its_ledger(app: Flask, given: Given) -> None:
    with given():
        item_id = service.add_item(" hw-05001 ", ItemKind.PC, by=BY, serial="SN1").id

    with app.app_context():
        item = queries.item(item_id)
        (line,) = queries.ledger_of_item(item_id)
        assert (item.asset_tag, item.state) == ("HW-05001", ItemState.IN_STOCK)
        assert (line.from_kind, line.to_kind, line.because) == (
            None,
            HolderKind.STOCK,
            f"item:{item_id}",
        )
        assert [held.id for held in queries.held_by(STOCK)] == [item_id]


@pytest.mark.parametrize("tag", ["HW-05001", "hw-05001", " https://x.example/geraete/hw-05001/ "])
def test_a_tag_is_given_once_whatever_its_case(given: Given, tag: str) -> None:
    with given():
        service.add_item("HW-05001", ItemKind.PC, by=BY)

    with pytest.raises(Refused, match="already an item with the tag HW-05001"), given():
        service.add_item(tag, ItemKind.MOUSE, by=BY)


@pytest.mark.parametrize(("tag", "why"), [("  ", "needs an asset tag"), ("K00017-1", "a box")])
def test_an_item_needs_a_tag_of_its_own(given: Given, tag: str, why: str) -> None:
    with pytest.raises(Refused, match=why), given():
        service.add_item(tag, ItemKind.PC, by=BY)


def test_ten_keyboards_are_taken_in_with_one_deed(app: Flask, given: Given) -> None:
    with given():
        stock.take_in_several("HW-05095", 10, KEYBOARD, by=BY)

    with app.app_context():
        tags = [item.asset_tag for item in queries.held_by(STOCK)]
        assert tags == [f"HW-{number:05d}" for number in range(5095, 5105)]


@pytest.mark.parametrize(
    ("first", "count", "why"),
    [("HW", 2, "does not end in a number"), ("HW-1", 0, "between"), ("HW-1", 501, "between")],
)
def test_items_in_a_row_need_a_number_to_count_up(
    given: Given, first: str, count: int, why: str
) -> None:
    with pytest.raises(Refused, match=why), given():
        stock.take_in_several(first, count, KEYBOARD, by=BY)


def test_of_a_row_with_a_taken_tag_nothing_is_taken_in(app: Flask, given: Given) -> None:
    with given():
        service.add_item("HW-05003", ItemKind.MOUSE, by=BY)

    with pytest.raises(Refused, match="HW-05003"), given():
        stock.take_in_several("HW-05001", 5, KEYBOARD, by=BY)

    with app.app_context():
        assert [item.asset_tag for item in queries.held_by(STOCK)] == ["HW-05003"]


# --- giving ---------------------------------------------------------------------------------------


def test_a_kit_is_filled_from_stock_and_put_into_its_boxes(app: Flask, given: Given) -> None:
    with given():
        kit_id = scene.kit().id

    with app.app_context():
        kit = queries.kit(kit_id)
        boxes = [[row.item.kind for row in box.kit_items] for box in kit.boxes]
        assert boxes == [
            [ItemKind.PC, ItemKind.KEYBOARD, ItemKind.MOUSE],
            [ItemKind.MONITOR, ItemKind.HEADSET],
        ]
        assert [box.code for box in kit.boxes] == [f"K{kit_id:05d}-1", f"K{kit_id:05d}-2"]
        assert {item.state for item in kit.items} == {ItemState.IN_KIT}
        assert not service.missing_of(kit)
        assert actions()[-1] == "kits.given"
        scene.assert_order()


def test_named_items_go_into_the_kit_and_stock_fills_the_rest(app: Flask, given: Given) -> None:
    with given():
        kit_type = scene.stocked(sets=2)
        mine = scene.in_stock(ItemKind.PC)[0]
        tag = mine.asset_tag.lower()
        kit_id = service.give_kit(makers.employee().id, kit_type.id, by=BY, tags=[tag, tag]).id

    with app.app_context():
        kit = queries.kit(kit_id)
        assert scene.item_in(kit, ItemKind.PC).asset_tag == tag.upper()
        assert len(kit.items) == 5


def test_nobody_gets_a_second_kit(given: Given) -> None:
    with given():
        kit = scene.kit()
        employee_id, kit_type_id = kit.employee_id, scene.stocked().id

    with pytest.raises(Refused, match="already has a kit"), given():
        service.give_kit(employee_id, kit_type_id, by=BY)


def test_nobody_who_is_not_there_gets_a_kit(given: Given) -> None:
    with given():
        kit_type_id = scene.stocked().id

    with pytest.raises(NotFound, match="no such person"), given():
        service.give_kit(4711, kit_type_id, by=BY)
    with pytest.raises(NotFound, match="no such kit type"), given():
        service.give_kit(makers.employee().id, 4711, by=BY)


def test_a_kit_that_stock_cannot_fill_is_refused_with_what_is_short(given: Given) -> None:
    with given():
        kit_type_id = scene.stocked(kinds=[ItemKind.PC, ItemKind.KEYBOARD, ItemKind.MOUSE]).id
        person_id = makers.employee().id

    with pytest.raises(Refused) as refused, given():
        service.give_kit(person_id, kit_type_id, by=BY)

    assert refused.value.facts == {"short": Counted(((1, "Monitor"), (1, "Headset")))}
    assert str(refused.value) == "Not enough in stock: 1\xa0×\xa0Monitor, 1\xa0×\xa0Headset."


def test_a_scanner_that_believes_in_another_keyboard_finds_its_device(given: Given) -> None:
    with given():
        kit_id, lamp = scene.kit().id, scene.in_stock(ItemKind.LAMP)[0]

        found = service.add_to_kit(kit_id, lamp.asset_tag.replace("-", "ß"), by=BY)

        assert found is lamp


def test_what_a_hand_scanner_reads_wrongly_is_named(given: Given) -> None:
    with given():
        kit = scene.kit()
        kit_id, taken = kit.id, kit.items[0].asset_tag
        lost = scene.in_stock(ItemKind.MOUSE)[0]
        service.hand_to([lost.id], Holder(HolderKind.LOST), by=BY, because="note")
        lost_tag = lost.asset_tag
        with_serial = service.add_item("HW-90001", ItemKind.PC, by=BY, serial="5CG0")
        assert with_serial.serial

    for tag, why in (
        ("HW-99999", "no item with the tag HW-99999"),
        (taken, "already belongs to the kit of Ayşe Kaya"),
        (lost_tag, "is not in stock"),
        (f"K{kit_id:05d}-1", "is the number of a box"),
        (f"K{kit_id:05d}ß1", "is the number of a box"),
        (f"https://haus.example/geraete/karton/k{kit_id:05d}-1", "is the number of a box"),
        ("5cg0", "serial number of HW-90001"),
        ("   ", "Scan or type"),
    ):
        with pytest.raises(Refused, match=why), given():
            service.add_to_kit(kit_id, tag, by=BY)


def test_many_get_a_kit_at_once_and_the_one_who_cannot_hinders_nobody(
    app: Flask, given: Given
) -> None:
    with given():
        has_one = scene.kit("Marek Kowalczyk").employee_id
        kit_type_id = scene.stocked(sets=2).id
        people = [makers.employee(name).id for name in ("Ada Ott", "Bo Rau", "Cem Lang")]

    with given():
        given_kits = service.give_kits([has_one, *people, people[0]], kit_type_id, by=BY)
        got = [kit.employee_id for kit in given_kits.kits]
        why = {employee_id: str(refusal) for employee_id, refusal in given_kits.refused}

    assert got == people[:2]
    assert why[has_one] == "This person already has a kit."
    assert why[people[2]].startswith("Not enough in stock: 1\xa0×\xa0PC")
    with app.app_context():
        assert set(queries.kits_of([has_one, *people])) == {has_one, *people[:2]}
        about = [line.action for line, _ in about_employee(people[0])]
        assert about == ["kits.given"]  # a later refusal takes no line of an earlier deed along
        assert not about_employee(people[2])
        scene.assert_order()


# --- changing -------------------------------------------------------------------------------------


def test_an_item_taken_out_is_free_again_and_its_box_open(app: Flask, given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        kit_id, mouse_id = kit.id, scene.item_in(kit, ItemKind.MOUSE).id

    with given():
        service.take_out(kit_id, mouse_id, by=BY)

    with app.app_context():
        kit = queries.kit(kit_id)
        assert [box.state for box in kit.boxes] == [BoxState.OPEN, BoxState.PACKED]
        assert service.missing_of(kit) == {ItemKind.MOUSE: 1}
        assert service.missing_of(kit, box_no=2) == {}
        assert queries.item(mouse_id).state is ItemState.IN_STOCK
        scene.assert_order()


def test_what_is_not_in_the_kit_cannot_be_taken_out(given: Given) -> None:
    with given():
        kit_id = scene.kit().id
        other_id = scene.in_stock(ItemKind.MOUSE)[0].id

    with pytest.raises(Refused, match="not in the kit"), given():
        service.take_out(kit_id, other_id, by=BY)


def test_an_item_put_in_goes_where_its_kind_is_missing_and_opens_that_box(
    app: Flask, given: Given
) -> None:
    with given():
        kit = scene.kit(packed=True)
        kit_id = kit.id
        service.take_out(kit_id, scene.item_in(kit, ItemKind.HEADSET).id, by=BY)
        headset, dock = scene.in_stock(ItemKind.HEADSET, ItemKind.DOCK)
        tags = headset.asset_tag, dock.asset_tag

    with given():
        service.add_to_kit(kit_id, tags[0], by=BY)

    with app.app_context():
        kit = queries.kit(kit_id)
        assert scene.box_number(scene.item_in(kit, ItemKind.HEADSET)) == 2
        assert [box.state for box in kit.boxes] == [BoxState.PACKED, BoxState.OPEN]

    with given():
        service.add_to_kit(kit_id, tags[1], by=BY)

    with app.app_context():
        kit = queries.kit(kit_id)
        assert scene.box_number(scene.item_in(kit, ItemKind.DOCK)) == 1
        assert {box.state for box in kit.boxes} == {BoxState.OPEN}
        scene.assert_order()


def test_a_swap_puts_the_new_item_into_the_same_box(app: Flask, given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        kit_id, old_id = kit.id, scene.item_in(kit, ItemKind.MONITOR).id
        laptop = scene.in_stock(ItemKind.LAPTOP)[0]
        new_id, tag = laptop.id, laptop.asset_tag

    with given():
        service.swap_item(kit_id, old_id, tag, by=BY)

    with app.app_context():
        kit = queries.kit(kit_id)
        new = queries.item(new_id)
        assert scene.box_number(new) == 2
        assert old_id not in {item.id for item in kit.items}
        scene.assert_order()


def test_a_swap_with_an_item_that_is_not_free_changes_nothing(app: Flask, given: Given) -> None:
    with given():
        mine, other = scene.kit(), scene.kit("Marek Kowalczyk")
        kit_id, old_id, tag = mine.id, mine.items[0].id, other.items[0].asset_tag

    with pytest.raises(Refused, match="kit of Marek Kowalczyk"), given():
        service.swap_item(kit_id, old_id, tag, by=BY)

    with app.app_context():
        assert len(queries.kit(kit_id).items) == 5
        scene.assert_order()


# --- boxes ----------------------------------------------------------------------------------------


def test_a_box_is_packed_only_when_it_is_complete(app: Flask, given: Given) -> None:
    with given():
        kit = scene.kit()
        kit_id, boxes = kit.id, [box.id for box in kit.boxes]
        service.take_out(kit_id, scene.item_in(kit, ItemKind.MONITOR).id, by=BY)

    with given():
        service.pack_box(boxes[0], by=BY)
    with pytest.raises(Refused, match="not complete: 1\xa0×\xa0Monitor missing"), given():
        service.pack_box(boxes[1], by=BY)
    with pytest.raises(Refused, match="already packed"), given():
        service.pack_box(boxes[0], by=BY)
    with app.app_context():
        states = [box.state for box in queries.kit(kit_id).boxes]
        assert states == [BoxState.PACKED, BoxState.OPEN]


def test_a_kit_is_packed_with_one_deed_and_only_once(app: Flask, given: Given) -> None:
    with given():
        kit_id = scene.kit(packed=True).id

    with pytest.raises(Refused, match="packed already"), given():
        service.pack_kit(kit_id, by=BY)
    with app.app_context():
        assert {box.state for box in queries.kit(kit_id).boxes} == {BoxState.PACKED}


def test_an_unpacked_box_has_lost_its_release(app: Flask, given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        kit_id, box_id = kit.id, kit.boxes[0].id
        service.release_boxes(kit_id, "[]", by=BY)

    with given():
        service.unpack_box(box_id, by=BY)

    with app.app_context():
        box = queries.box(box_id)
        assert (box.state, box.release_id) == (BoxState.OPEN, None)
        assert queries.kit(kit_id).boxes[1].state is BoxState.RELEASED
    with pytest.raises(Refused, match="not a packed box"), given():
        service.unpack_box(box_id, by=BY)


def test_no_box_leaves_without_a_release(given: Given) -> None:
    with given():
        box_id = scene.kit(packed=True).boxes[0].id

    with pytest.raises(Refused, match="is not released"), given():
        service.set_box_state(queries.box(box_id), BoxState.LOADED, by=BY)


def loaded(box: Box, *, van_id: int) -> None:
    service.release_boxes(box.kit_id, "[]", by=BY)
    service.set_box_state(box, BoxState.LOADED, by=BY)
    items = [row.item_id for row in box.kit_items]
    service.hand_to(items, Holder(HolderKind.VAN, van_id), by=BY, because="run:1")


def test_what_has_left_the_house_cannot_be_changed(app: Flask, given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        kit_id, pc_id = kit.id, scene.item_in(kit, ItemKind.PC).id
        mouse = scene.in_stock(ItemKind.MOUSE)[0].asset_tag
        loaded(kit.boxes[0], van_id=makers.van().id)

    for deed in (
        lambda: service.take_out(kit_id, pc_id, by=BY),
        lambda: service.swap_item(kit_id, pc_id, mouse, by=BY),
        lambda: service.dissolve_kit(kit_id, by=BY),
    ):
        with pytest.raises(Refused, match="left the house"), given():
            deed()

    with given():  # the second box is still here and takes it
        assert service.add_to_kit(kit_id, mouse, by=BY).kit_item is not None
    with app.app_context():
        put = queries.item_by_tag(mouse)
        assert put is not None
        assert scene.box_number(put) == 2
        assert queries.item(pc_id).state is ItemState.IN_KIT
        assert queries.kit(kit_id).boxes[0].state is BoxState.LOADED


def test_nothing_is_put_into_a_kit_of_which_every_box_is_away(given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        kit_id = kit.id
        mouse = scene.in_stock(ItemKind.MOUSE)[0].asset_tag
        van_id = makers.van().id
        for box in kit.boxes:
            loaded(box, van_id=van_id)

    with pytest.raises(Refused, match="All boxes"), given():
        service.add_to_kit(kit_id, mouse, by=BY)


def test_a_dissolved_kit_gives_its_items_back_and_ends(app: Flask, given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        kit_id, employee_id, box_id = kit.id, kit.employee_id, kit.boxes[0].id
        lost_id = scene.item_in(kit, ItemKind.MOUSE).id
        service.hand_to([lost_id], Holder(HolderKind.LOST), by=BY, because="note")
        tag = scene.in_stock(ItemKind.MOUSE)[0].asset_tag

    with given():
        service.dissolve_kit(kit_id, by=BY)

    with app.app_context():
        assert queries.kit_of(employee_id) is None
        assert not queries.kit(kit_id).items
        assert queries.stock()[ItemKind.PC] == 1
        assert queries.item(lost_id).state is ItemState.LOST
        scene.assert_order()
    for deed in (
        lambda: service.dissolve_kit(kit_id, by=BY),
        lambda: service.add_to_kit(kit_id, tag, by=BY),
        lambda: service.pack_box(box_id, by=BY),
        lambda: service.unpack_box(box_id, by=BY),
        lambda: service.release_boxes(kit_id, "[]", by=BY),
    ):
        with pytest.raises(Refused, match="was dissolved"), given():
            deed()

    with given():  # the person may have a new one
        service.give_kit(employee_id, scene.stocked().id, by=BY)


# --- the ledger -----------------------------------------------------------------------------------


def test_the_ledger_says_from_whom_to_whom_and_by_which_paper(app: Flask, given: Given) -> None:
    with given():
        item_id = scene.in_stock(ItemKind.PC)[0].id
        person_id = makers.employee().id

    with given():
        service.hand_to([item_id], Holder(HolderKind.VAN, 3), by=BY, because="run:7")
        service.hand_to([item_id], Holder(HolderKind.VAN, 3), by=BY, because="run:8")
        person = Holder(HolderKind.EMPLOYEE, person_id)
        service.hand_to([item_id], person, by=BY, because="handover:9")

    with app.app_context():
        lines = [
            (line.from_kind, line.to_kind, line.because) for line in queries.ledger_of_item(item_id)
        ]
        assert lines == [
            (HolderKind.VAN, HolderKind.EMPLOYEE, "handover:9"),
            (HolderKind.STOCK, HolderKind.VAN, "run:7"),
            (None, HolderKind.STOCK, f"item:{item_id}"),
        ]
        assert queries.item(item_id).state is ItemState.OUT
        assert [item.id for item in queries.held_by(person)] == [item_id]
        scene.assert_order()


def test_an_item_that_is_not_there_cannot_be_handed_to_anybody(given: Given) -> None:
    with pytest.raises(NotFound, match="no such item"), given():
        service.hand_to([4711], STOCK, by=BY, because="note")
