"""Models, kit types in versions, and locations: what changes, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, rules, service
from hoffice.kits.models import Holding, Kit, KitType, Reservation
from hoffice.kits.rules import (
    BoxState,
    Content,
    Goods,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
    Wanted,
)
from hoffice.kits.service import bulk, catalogue, stock, versions
from hoffice.kits.service.kits import fill_with_devices
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.races import at_once

BY = makers.IT
MONITOR = catalogue.ModelFacts(
    ItemKind.MONITOR,
    "Klarblick P24",
    serial_pattern="KB####",
    litres=42,
    weight_g=6100,
    is_fragile=True,
    warranty_months=36,
    value_cents=14900,
)


@pytest.mark.parametrize(
    ("bought_on", "months", "ends_on"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 11, 30), 36, date(2026, 11, 30)),
        (date(2023, 12, 5), 1, date(2024, 1, 5)),
        (date(2023, 12, 5), 0, None),
        (None, 36, None),
        (date(9990, 1, 1), 240, None),
    ],
)
def test_a_warranty_ends_on_the_same_day_of_a_later_month(
    bought_on: date | None, months: int, ends_on: date | None
) -> None:
    assert rules.warranty_end(bought_on, months) == ends_on


def test_a_device_takes_over_what_its_model_says_and_keeps_it(app: Flask, given: Given) -> None:
    with given():
        model = catalogue.add_model(MONITOR, by=BY)
        facts = stock.facts_from(model, serial="kb0815", bought_on=date(2023, 11, 30))
        item_id = stock.take_in("HW-1", facts, by=BY).id
        changed = catalogue.ModelFacts(ItemKind.MONITOR, "Klarblick P24 II", weight_g=1)
        catalogue.change_model(model.id, changed, by=BY)

    with app.app_context():
        item = queries.item(item_id)
        assert (item.kind, item.model) == (ItemKind.MONITOR, "Klarblick P24")
        assert (item.litres, item.weight_g, item.is_fragile) == (42, 6100, True)
        assert (item.value_cents, item.warranty_until) == (14900, date(2026, 11, 30))
        assert queries.items_per_model() == {item.model_id: 1}


def test_another_serial_number_than_the_models_is_refused_with_the_way_out(given: Given) -> None:
    with given():
        model = catalogue.add_model(MONITOR, by=BY)
        with pytest.raises(Refused, match=r"K1.*Klarblick P24.*KB####.*another number"):
            stock.facts_from(model, serial="K1")
        assert stock.facts_from(model).serial == ""


def test_a_model_is_there_once_and_is_retired_and_offered_again(given: Given) -> None:
    with given():
        model_id = catalogue.add_model(MONITOR, by=BY).id
        catalogue.retire_model(model_id, by=BY)
        assert queries.models_in_use() == []
        assert [one.id for one in queries.models_in_use(also=[model_id])] == [model_id]
        with pytest.raises(Refused, match="no longer in use"):
            catalogue.retire_model(model_id, by=BY)
        catalogue.reinstate_model(model_id, by=BY)
        with pytest.raises(Refused, match="needs a name"):
            catalogue.add_model(catalogue.ModelFacts(ItemKind.PC, " "), by=BY)
    with pytest.raises(Refused, match="already a model") as refusal, given():
        catalogue.add_model(replace(MONITOR, name=f" {MONITOR.name.swapcase()} "), by=BY)
    assert refusal.value.facts["name"] == MONITOR.name
    with given():
        catalogue.change_model(model_id, replace(MONITOR, name=MONITOR.name.upper()), by=BY)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("4012345678901", True),
        ("4012345678902", False),
        ("96385074", True),
        ("036000291452", True),
        ("123", False),
        ("0000000", False),
        ("４０１２３４５６７８９０１", False),
    ],
)
def test_the_number_under_a_bar_code_is_told_by_its_last_digit(text: str, is_one: bool) -> None:  # noqa: FBT001  # a case of the table
    assert rules.catalogue.is_ean(text) is is_one


def test_two_contents_differ_in_what_was_added_taken_and_counted_anew() -> None:
    before = Content((Wanted(ItemKind.PC, 1, 1), Wanted(ItemKind.MONITOR, 1, 2)), (Goods(7, 2, 1),))
    after = Content((Wanted(ItemKind.PC, 1, 1, 5), Wanted(ItemKind.MONITOR, 2, 2)))

    said = [(c.box_no, c.kind, c.good_id, c.before, c.after) for c in rules.changes(before, after)]

    assert said == [
        (1, ItemKind.PC, None, 1, 0),
        (1, ItemKind.PC, None, 0, 1),
        (1, None, 7, 2, 0),
        (2, ItemKind.MONITOR, None, 1, 2),
    ]
    assert rules.changes(before, before) == ()


def _lines(kit_type: KitType, *more: Wanted) -> list[Wanted]:
    return [*service.wanted_of(kit_type), *more]


def test_a_change_makes_a_new_version_and_given_kits_keep_theirs(app: Flask, given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        old = kit.kit_type
        new = service.change_kit_type(
            old.id, old.name, _lines(old, Wanted(ItemKind.DOCK, 1, 3)), role="Agent", by=BY
        )
        kit_id, old_id, new_id = kit.id, old.id, new.id

    with app.app_context():
        assert [one.id for one in queries.kit_types()] == [new_id]
        assert [one.version for one in queries.versions(queries.kit_type(new_id).series)] == [2, 1]
        assert queries.kit(kit_id).kit_type_id == old_id
        assert not service.missing_of(queries.kit(kit_id))
        assert queries.kits_per_series() == {queries.kit_type(old_id).series: 1}
        of_series = select(Kit.id).where(queries.of_series(new_id))
        assert db.session.scalars(of_series).all() == [kit_id]
        with pytest.raises(Refused, match="no longer in use"):
            service.give_kit(makers.employee("Bo Rau").id, old_id, by=BY)
        with pytest.raises(Refused, match="changed this kit type meanwhile"):
            service.retire_kit_type(old_id, by=BY)


def test_a_kit_is_brought_up_to_the_newest_version_and_says_what_it_lacks(
    app: Flask, given: Given
) -> None:
    with given():
        good = bulk.add_good(bulk.GoodFacts("Network cable"), by=BY)
        bulk.take_in(good.id, 5, by=BY)
        kit = scene.kit(packed=True)
        old = kit.kit_type
        lines = [line for line in service.wanted_of(old) if line.kind is not ItemKind.MOUSE]
        lines += [Wanted(ItemKind.DOCK, 1, 3)]
        service.change_kit_type(old.id, old.name, lines, goods=[Goods(good.id, 2, 2)], by=BY)
        versions.bring_up_to_date(kit.id, by=BY)
        kit_id = kit.id

    with app.app_context():
        kit = queries.kit(kit_id)
        assert str(service.lacking_of(kit)) == "1\xa0×\xa0Docking station"
        assert str(versions.surplus_of(kit)) == "1\xa0×\xa0Mouse"
        assert [(row.count, row.box.number) for row in kit.goods] == [(2, 2)]
        assert [(box.number, box.state) for box in kit.boxes] == [
            (1, BoxState.OPEN),
            (2, BoxState.OPEN),
            (3, BoxState.OPEN),
        ]
        with pytest.raises(Refused, match="newest version already"):
            versions.bring_up_to_date(kit_id, by=BY)


def test_a_kit_that_has_left_the_house_stays_what_it_was(given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        service.release_boxes(kit.id, "[]", by=BY)
        service.set_box_state(kit.boxes[0], BoxState.LOADED, by=BY)
        old = kit.kit_type
        service.change_kit_type(old.id, "Other", service.wanted_of(old), by=BY)
        with pytest.raises(Refused, match="has left the house"):
            versions.bring_up_to_date(kit.id, by=BY)


def test_devices_from_stock_go_into_the_boxes_in_the_house_that_lack_them(given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        old = kit.kit_type
        lines = [*service.wanted_of(old), Wanted(ItemKind.DOCK, 1, 2), Wanted(ItemKind.LAMP, 1, 1)]
        service.change_kit_type(old.id, old.name, lines, by=BY)
        versions.bring_up_to_date(kit.id, by=BY)
        with pytest.raises(Refused, match="lies free in stock"):
            fill_with_devices(kit.id, by=BY)
        kept, dock, _lamp = scene.in_stock(ItemKind.DOCK, ItemKind.DOCK, ItemKind.LAMP)
        other = makers.employee("Bo Rau").id
        db.session.add(Reservation(item_id=kept.id, employee_id=other, at=clock.now(), by=str(BY)))

        laid = fill_with_devices(kit.id, by=BY)

        assert {(item.kind, scene.box_number(item)) for item in laid} == {
            (ItemKind.DOCK, 2),
            (ItemKind.LAMP, 1),
        }
        assert dock in laid
        assert not service.missing_of(kit)
        scene.assert_order()


def test_of_two_who_change_a_kit_type_at_once_the_second_is_told(app: Flask, given: Given) -> None:
    with given():
        kit_type = makers.kit_type()
        kit_type_id, lines, series = kit_type.id, service.wanted_of(kit_type), kit_type.series

    said = at_once(
        app,
        *(
            partial(service.change_kit_type, kit_type_id, name, lines, by=BY)
            for name in ("One", "Other")
        ),
    )

    assert sorted(answer == "done" for answer in said) == [False, True]
    assert any("changed this kit type meanwhile" in answer for answer in said)
    with app.app_context():
        assert [one.version for one in queries.versions(series)] == [2, 1]


def test_a_version_that_says_nothing_new_or_nonsense_is_refused(given: Given) -> None:
    with given():
        model = catalogue.add_model(MONITOR, by=BY)
        good = bulk.add_good(bulk.GoodFacts("Network cable"), by=BY)
        kit_type = makers.kit_type()
        lines = service.wanted_of(kit_type)
        with pytest.raises(Refused, match="Nothing is different"):
            service.change_kit_type(kit_type.id, kit_type.name, lines, by=BY)
        with pytest.raises(Refused, match="another kind than the line"):
            service.add_kit_type("New", [Wanted(ItemKind.PC, 1, 1, model.id)], by=BY)
        with pytest.raises(Refused, match="once only for each box"):
            service.add_kit_type("New", lines, goods=[Goods(good.id, 1, 1)] * 2, by=BY)


def test_desks_are_made_in_a_row_with_codes_for_their_labels(given: Given) -> None:
    with given():
        made = catalogue.add_locations("A-099", 3, LocationKind.DESK, by=BY)
        assert [one.name for one in made] == ["A-099", "A-100", "A-101"]
        assert all(one.code == rules.location_code(one.id) for one in made)
        for name, count, why in (
            ("A-101", 2, "already a location A-101"),
            ("Shelf", 2, "does not end in a number"),
            (" ", 1, "needs a name"),
            ("B-1", 501, "between 1 and 500"),
        ):
            with pytest.raises(Refused, match=why):
                catalogue.add_locations(name, count, LocationKind.DESK, by=BY)


def test_what_is_put_at_a_place_is_there_and_keeps_the_place_in_use(
    app: Flask, given: Given
) -> None:
    with given():
        [desk] = catalogue.add_locations("A-101", 1, LocationKind.DESK, by=BY)
        [shelf] = catalogue.add_locations("R1", 1, LocationKind.SHELF, by=BY)
        pc, mouse = scene.in_stock(ItemKind.PC, ItemKind.MOUSE)
        catalogue.put_at(desk.id, [pc.asset_tag.lower(), pc.asset_tag], by=BY)
        catalogue.put_at(shelf.id, [mouse.asset_tag], by=BY)
        desk_id, shelf_id, pc_id, mouse_id = desk.id, shelf.id, pc.id, mouse.id
        with pytest.raises(Refused, match="still at A-101: 1"):
            catalogue.retire_location(desk_id, by=BY)

    with app.app_context():
        held = db.session.get(Holding, pc_id)
        assert held is not None
        assert Holder(held.holder_kind, held.holder_id) == Holder(HolderKind.DESK, desk_id)
        assert queries.item(pc_id).state is ItemState.AT_DESK
        assert [item.id for item in queries.items_at(shelf_id)] == [mouse_id]
        assert queries.item(mouse_id).state is ItemState.IN_STOCK
        assert queries.count_at([desk_id, shelf_id]) == {desk_id: 1, shelf_id: 1}
        scene.assert_order()


def test_a_place_takes_no_box_no_kit_and_no_stranger(given: Given) -> None:
    with given():
        kit = scene.kit("Ayşe Kaya")
        [desk] = catalogue.add_locations("A-101", 1, LocationKind.DESK, by=BY)
        free = scene.in_stock(ItemKind.DOCK)[0]
        for tag, why in (
            (kit.items[0].asset_tag, "belongs to the kit of Ayşe Kaya"),
            (kit.boxes[0].code, "number of a box"),
            (desk.code, "label of A-101"),
            ("HW-99999", "no item with the tag"),
            ("", "Scan or type"),
        ):
            with pytest.raises(Refused, match=why):
                catalogue.put_at(desk.id, [tag], by=BY)
        for holder, why in (
            (Holder(HolderKind.EMPLOYEE, kit.employee_id), "begin a return first"),
            (Holder(HolderKind.LOST), "booked as lost"),
            (Holder(HolderKind.RETIRED), "is retired"),
        ):
            service.hand_to([free.id], holder, by=BY, because="note")
            with pytest.raises(Refused, match=why):
                catalogue.put_at(desk.id, [free.asset_tag], by=BY)
        catalogue.retire_location(desk.id, by=BY)
        with pytest.raises(Refused, match="no longer in use"):
            catalogue.put_at(desk.id, [free.asset_tag], by=BY)
        with pytest.raises(Refused, match="label of A-101"):
            service.add_item(desk.code, ItemKind.PC, by=BY)
