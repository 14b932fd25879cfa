"""Tearing down desks: what each scan does, what it refuses, and how it is taken back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, rules, service
from hoffice.kits.models import Item, ItemModel, KitTypeGood, Location, Reservation, Scan, Teardown
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind, ItemState, LocationKind
from hoffice.kits.service import bulk, desk_changes, desk_scans, teardown
from hoffice.kits.service.desk_scans import Said
from hoffice.kits.service.kits import put
from tests import makers
from tests.conftest import Given
from tests.kits import scene

BY = makers.IT
KEYS = ["PC-0001", "KB-0001", "MO-0001", "MN-0001", "HS-0001"]


class Desk:
    """One desk that is torn down, and whoever scans there."""

    def __init__(self, name: str = "Ayşe Kaya", kit_type_id: int | None = None) -> None:
        self.type_id = kit_type_id or makers.kit_type().id
        self.row = teardown.begin(makers.employee(name).id, self.type_id, by=BY)
        self.last = ""

    def scan(self, code: str, scan_id: str = "", **said: Any) -> dict[str, Any]:
        """One scan after the other, as a phone sends them."""
        number = scan_id or str(uuid.uuid4())
        answer = desk_scans.scan(
            self.row.id, number, code, by=BY, said=Said(after=self.last, **said)
        )
        self.last = number
        return answer

    def items(self) -> list[Item]:
        """What lies in the kit, the oldest device first."""
        return sorted(self.row.kit.items, key=lambda item: item.id)


def model(kind: ItemKind, name: str, *, ean: str = "", serials: str = "") -> ItemModel:
    made = ItemModel(
        kind=kind, name=name, ean=ean, serial_pattern=serials, litres=60, weight_g=5500
    )
    db.session.add(made)
    db.session.flush()
    return made


def at_desk(tag: str, kind: ItemKind) -> Item:
    """A device that stands at a desk by the ledger."""
    place = Location(
        code=f"L{makers.number():05d}",
        name=f"Platz {makers.number()}",
        kind=LocationKind.DESK,
        created_at=clock.now(),
    )
    db.session.add(place)
    db.session.flush()
    item = service.add_item(tag, kind, by=BY)
    service.hand_to([item.id], Holder(HolderKind.DESK, place.id), by=BY, because="item:1")
    return item


def test_a_desk_of_unknown_devices_becomes_a_packed_kit_by_scans_alone(given: Given) -> None:
    with given():
        desk = Desk()

        said = [desk.scan(tag) for tag in KEYS]
        teardown.finish(desk.row.id, by=BY)

        assert [answer["did"] for answer in said] == ["new"] * 5
        assert [item.kind for item in desk.items()] == list(scene.KINDS)
        assert {box.state for box in desk.row.kit.boxes} == {BoxState.PACKED}
        assert all(
            [line.because for line in queries.ledger_of_item(item.id)]
            == [f"teardown:{desk.row.id}"]
            for item in desk.items()
        )
        scene.assert_order()


def test_the_next_desk_has_the_models_of_the_last_one(given: Given) -> None:
    with given():
        first = Desk()
        pc = model(ItemKind.PC, "OptiLine 7010", ean="4012345678901")
        first.scan("4012345678901")
        for tag in KEYS:
            first.scan(tag)
        teardown.finish(first.row.id, by=BY)

        second = Desk("Jana Demir", first.type_id)
        second.scan("PC-0002")

        made = second.items()[0]
        assert (made.model, made.model_id, made.weight_g) == ("OptiLine 7010", pc.id, 5500)


def test_a_last_desk_that_was_filled_without_scans_is_an_example_too(given: Given) -> None:
    with given():
        item = service.add_item("PC-0001", ItemKind.PC, model="OptiLine 7010", by=BY)
        first = Desk()
        put(item, first.row.kit)
        teardown.finish(first.row.id, by=BY, as_it_is=True)

        second = Desk("Jana Demir", first.type_id)

        shown = teardown.places_of(second.row, by=BY)
        assert [one.facts.model for one in shown if one.facts.kind is ItemKind.PC] == [
            "OptiLine 7010"
        ]


def test_a_known_device_goes_from_its_desk_to_the_store_and_back_when_taken_back(
    given: Given,
) -> None:
    with given():
        item = at_desk("PC-7", ItemKind.PC)
        free = service.add_item("KB-7", ItemKind.KEYBOARD, by=BY)
        desk = Desk()

        assert desk.scan("pc-7")["did"] == "in"
        scan_id = desk.last
        assert desk.scan("KB-7")["did"] == "in"

        lines = queries.ledger_of_item(item.id)
        assert (lines[0].from_kind, lines[0].to_kind) == (HolderKind.DESK, HolderKind.STOCK)
        assert lines[0].because == f"teardown:{desk.row.id}"
        assert len(queries.ledger_of_item(free.id)) == 1  # it lay in the store all the time

        desk_changes.take_back(desk.row.id, scan_id, by=BY)
        assert item.state is ItemState.AT_DESK
        assert desk.row.kit.items == [free]
        scene.assert_order()


def test_a_scan_sent_twice_counts_once_and_is_answered_alike(given: Given) -> None:
    with given():
        desk = Desk()
        number = str(uuid.uuid4())

        first = desk.scan("PC-0001", number)
        again = desk.scan("PC-0001", number)

        assert first == again
        assert len(desk.items()) == 1
        with pytest.raises(Refused, match="already used for something else"):
            desk.scan("PC-0002", number)
        with pytest.raises(Refused, match="no number of its own"):
            desk.scan("PC-0002", "7")


def test_what_no_database_takes_is_left_out_of_a_code(given: Given) -> None:
    with given():
        desk = Desk()
        desk.last = "\x00"

        answer = desk.scan("PC-\x000001\ud800")

        assert (answer["did"], desk.items()[0].asset_tag) == ("new", "PC-0001")
        with pytest.raises(Refused, match="no such scan"):
            desk_changes.take_back(desk.row.id, "\x00", by=BY)


def test_a_tag_scanned_twice_says_so_and_changes_nothing(given: Given) -> None:
    with given():
        desk = Desk()
        desk.scan("PC-0001")
        entries = len(queries.ledger_of_item(desk.items()[0].id))

        assert desk.scan("pc-0001")["did"] == "same"

        assert len(desk.items()) == 1
        assert len(queries.ledger_of_item(desk.items()[0].id)) == entries


def test_the_code_after_a_tag_is_its_serial_number(given: Given) -> None:
    with given():
        desk = Desk()
        desk.scan("PC-0001")

        answer = desk.scan("4XK9J13")

        assert (answer["did"], answer["facts"]["tag"]) == ("serial", "PC-0001")
        assert desk.items()[0].serial == "4XK9J13"
        assert desk.scan("4XK9J13")["did"] == "same"
        assert desk.scan("KB-0001")["did"] == "new"


def test_two_tags_of_one_form_are_two_devices(given: Given) -> None:
    with given():
        desk = Desk()

        assert [desk.scan(tag)["did"] for tag in ("IT0001", "IT0002")] == ["new", "new"]


def test_somebody_may_say_that_a_serial_number_was_a_tag(given: Given) -> None:
    with given():
        desk = Desk()
        desk.scan("PC-0001")
        assert desk.scan("INV77")["did"] == "serial"

        desk_changes.take_back(desk.row.id, desk.last, by=BY)
        assert desk.scan("INV77", means="tag")["did"] == "new"

        assert [(item.asset_tag, item.serial) for item in desk.items()] == [
            ("PC-0001", ""),
            ("INV77", ""),
        ]


def test_a_serial_that_fits_a_model_makes_the_new_device_one_of_it(given: Given) -> None:
    with given():
        screen = model(ItemKind.MONITOR, "Dell P2422H", serials="CN-0#####")
        desk = Desk()
        desk.scan("PC-0001")  # taken for the PC, the first empty place

        desk.scan("CN-012345")

        made = desk.items()[0]
        assert (made.kind, made.model_id, made.serial) == (
            ItemKind.MONITOR,
            screen.id,
            "CN-012345",
        )
        assert scene.box_number(made) == 2


def test_a_serial_number_may_come_before_its_tag(given: Given) -> None:
    with given():
        model(ItemKind.MONITOR, "Dell P2422H", serials="CN-0#####")
        desk = Desk()

        assert desk.scan("CN-012345")["did"] == "serial_first"
        desk.scan("HW-0001")

        made = desk.items()[0]
        assert (made.asset_tag, made.serial, made.kind) == (
            "HW-0001",
            "CN-012345",
            ItemKind.MONITOR,
        )


def test_the_serial_number_in_the_field_for_tags_finds_its_device(given: Given) -> None:
    with given():
        item = service.add_item("PC-7", ItemKind.PC, serial="XK42", by=BY)
        desk = Desk()

        assert desk.scan("xk42")["did"] == "in"

        assert desk.items() == [item]


def test_the_serial_of_another_device_is_never_given_to_a_new_tag(given: Given) -> None:
    with given():
        service.add_item("PC-7", ItemKind.PC, serial="XK42", by=BY)
        desk = Desk()
        desk.scan("PC-0001")

        with pytest.raises(Refused, match="XK42 is the serial number of PC-7"):
            desk.scan("XK42")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("K00017-1", "is the number of a box"),
        ("4006381333931", "is the number of an article, and no model has it"),
        ("https://maker.example/p/1", "leads to a page of the maker"),
        ("L00099", "There is no place with the label"),
        ("", "Scan or type the tag"),
        ("X" * 41, "too long for a tag"),
    ],
)
def test_what_is_no_device_is_refused_with_a_way_on(given: Given, code: str, sentence: str) -> None:
    with given():
        desk = Desk()
        with pytest.raises(Refused, match=sentence):
            desk.scan(code)


def test_a_device_of_somebody_else_stays_where_it_is(given: Given) -> None:
    with given():
        other = scene.kit("Jana Demir")
        at_home = service.add_item("PC-9", ItemKind.PC, by=BY)
        holder = Holder(HolderKind.EMPLOYEE, other.employee_id)
        service.hand_to([at_home.id], holder, by=BY, because="handover:1")
        lost = service.add_item("PC-8", ItemKind.PC, by=BY)
        service.hand_to([lost.id], Holder(HolderKind.LOST), by=BY, because="correction:1")
        desk = Desk()

        for tag, sentence in (
            (other.items[0].asset_tag, "belongs to the kit of Jana Demir"),
            ("PC-9", "Jana Demir has PC-9 at home"),
            ("PC-8", "booked as lost"),
        ):
            with pytest.raises(Refused, match=sentence), db.session.begin_nested():
                desk.scan(tag)
        assert db.session.scalar(select(func.count()).select_from(Scan)) == 0
        scene.assert_order()


def test_what_was_kept_for_her_has_arrived_with_her_desk(given: Given) -> None:
    with given():
        desk = Desk()
        item = service.add_item("PC-7", ItemKind.PC, by=BY)
        owner = desk.row.kit.employee_id
        db.session.add(Reservation(item_id=item.id, employee_id=owner, at=clock.now(), by=str(BY)))
        db.session.flush()

        assert desk.scan("PC-7")["did"] == "in"

        assert db.session.get(Reservation, item.id) is None


def test_a_device_made_by_mistake_is_retired_and_comes_back_when_scanned_again(
    given: Given,
) -> None:
    with given():
        desk = Desk()
        desk.scan("PC-0001")
        made, scan_id = desk.items()[0], desk.last
        desk.scan("4XK9J13")

        desk_changes.take_back(desk.row.id, scan_id, by=BY)
        assert (made.state, made.kit_item, made.serial) == (ItemState.RETIRED, None, "")
        with pytest.raises(Refused, match="taken back already"):
            desk_changes.take_back(desk.row.id, scan_id, by=BY)

        assert desk.scan("PC-0001")["did"] == "new"
        assert desk.items() == [made]
        scene.assert_order()


def test_one_tap_makes_a_new_device_another_kind_and_another_box(given: Given) -> None:
    with given():
        known = service.add_item("KB-7", ItemKind.KEYBOARD, by=BY)
        desk = Desk()
        desk.scan("PC-0001")
        desk.scan("KB-7")
        made = next(item for item in desk.items() if item is not known)

        desk_changes.change(desk.row.id, made.id, kind=ItemKind.MONITOR, by=BY)

        assert (made.kind, scene.box_number(made)) == (ItemKind.MONITOR, 2)
        with pytest.raises(Refused, match="was known before"):
            desk_changes.change(desk.row.id, known.id, kind=ItemKind.MOUSE, by=BY)


def test_when_all_is_there_the_kind_of_one_more_has_to_be_said(given: Given) -> None:
    with given():
        desk = Desk()
        for tag in KEYS:
            desk.scan(tag)

        with pytest.raises(desk_scans.KindNeeded), db.session.begin_nested():
            desk.scan("LA-0001")
        answer = desk.scan("LA-0001", kind=ItemKind.LAMP)

        assert (answer["did"], answer["tone"]) == ("new", "note")


def test_the_label_of_a_place_sets_the_desk(given: Given) -> None:
    with given():
        item = at_desk("PC-7", ItemKind.PC)
        assert item.holding is not None
        place = db.session.get(Location, item.holding.holder_id)
        assert place is not None
        desk = Desk()

        assert desk.scan(place.code)["facts"]["place"] == place.name
        assert desk.row.location is place
        desk_changes.take_back(desk.row.id, desk.last, by=BY)
        assert desk.row.location is None


def test_an_incomplete_desk_says_what_is_missing_and_may_end_as_it_is(given: Given) -> None:
    with given():
        desk = Desk()
        with pytest.raises(Refused, match="Nothing was scanned"):
            teardown.finish(desk.row.id, by=BY)
        for tag in KEYS[:3]:
            desk.scan(tag)

        with pytest.raises(Refused, match="Monitor"):
            teardown.finish(desk.row.id, by=BY)
        teardown.finish(desk.row.id, by=BY, as_it_is=True)

        assert [box.state for box in desk.row.kit.boxes] == [BoxState.PACKED, BoxState.OPEN]
        with pytest.raises(Refused, match="finished"):
            desk.scan("MN-0001")
        teardown.go_on(desk.row.id, by=BY)
        assert desk.scan("MN-0001")["did"] == "new"


def test_counted_goods_go_in_at_the_end_as_far_as_there_are_any(given: Given) -> None:
    with given():
        kit_type = makers.kit_type()
        cable = bulk.add_good(bulk.GoodFacts("HDMI-Kabel", ean="5901234123457"), by=BY)
        bulk.take_in(cable.id, 3, by=BY)
        kit_type.goods.append(KitTypeGood(good=cable, count=2, box_no=2))
        db.session.flush()
        first, second = Desk("Ayşe Kaya", kit_type.id), Desk("Jana Demir", kit_type.id)
        with pytest.raises(Refused, match="counted, not scanned"):
            first.scan("5901234123457")
        for number, tag in enumerate(KEYS):
            first.scan(tag)
            second.scan(f"X{number}")

        teardown.finish(first.row.id, by=BY)

        assert [(row.good.name, row.count) for row in first.row.kit.goods] == [("HDMI-Kabel", 2)]
        teardown.finish(second.row.id, by=BY)  # the store is short of one; nobody waits for it
        states = [box.state for box in second.row.kit.boxes]
        assert states == [BoxState.PACKED, BoxState.OPEN]


def test_a_desk_begun_for_the_wrong_person_is_dropped_while_it_is_empty(given: Given) -> None:
    with given():
        desk = Desk()
        assert teardown.begin(desk.row.kit.employee_id, desk.type_id, by=BY) is desk.row
        desk.scan("PC-0001")
        with pytest.raises(Refused, match="Take back"):
            teardown.drop(desk.row.id, by=BY)
        desk_changes.take_back(desk.row.id, desk.last, by=BY)

        teardown.drop(desk.row.id, by=BY)

        assert queries.kit_of(desk.row.kit.employee_id) is None
        with pytest.raises(Refused, match="already has a kit"):
            teardown.begin(scene.kit("Max Weber").employee_id, desk.type_id, by=BY)


def test_a_serial_number_may_be_typed_for_a_device(given: Given) -> None:
    with given():
        service.add_item("PC-7", ItemKind.PC, serial="XK42", by=BY)
        desk = Desk()
        desk.scan("PC-0001")
        made = desk.items()[0]

        desk_changes.note_serial(desk.row.id, made.id, "XK43", by=BY)

        assert made.serial == "XK43"
        with pytest.raises(Refused, match="serial number of PC-7"):
            desk_changes.note_serial(desk.row.id, made.id, "XK42", by=BY)


def test_a_swapped_keyboard_is_put_right_and_told(app: Flask, given: Given) -> None:
    with given():
        service.add_item("PC-7", ItemKind.PC, by=BY)
        desk = Desk()

        assert desk.scan("PCß7")["put_right"]

    with app.app_context():
        kept = db.session.scalars(select(Scan)).one()
        assert kept.code == "PCß7"
        assert rules.STOCK.kind is HolderKind.STOCK
        assert db.session.scalar(select(func.count()).select_from(Teardown)) == 1
