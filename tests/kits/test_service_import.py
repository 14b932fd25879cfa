"""Devices come from a list: all that is good or nothing, and back again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice.db import db, unit_of_work
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import CustodyEntry, Item, ItemModel, Location
from hoffice.kits.queries import item_imports as reading
from hoffice.kits.rules import (
    BoxState,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
    ReturnReason,
)
from hoffice.kits.rules.item_list import Field
from hoffice.kits.service import asking_back, item_import
from hoffice.sheets.tables import Table
from tests import makers
from tests.kits import scene
from tests.races import Meanwhile, at_once

BY = makers.IT
HEADER = ("Inventarnummer", "Art", "Modell", "Seriennummer", "Gekauft am", "Notiz", "Werhates")


@pytest.fixture(autouse=True)
def _house(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def upload(*rows: Sequence[str], header: Sequence[str] = HEADER) -> int:
    cells = [(*row, *("",) * (len(header) - len(row))) for row in rows]
    table = Table(tuple(header), tuple(enumerate(map(tuple, cells), start=2)))
    with unit_of_work():
        return item_import.begin_import("geraete.csv", table, by=BY).id


def take_over(*rows: Sequence[str], skip_errors: bool = False) -> int:
    number = upload(*rows)
    with unit_of_work():
        item_import.apply_import(number, by=BY, skip_errors=skip_errors)
    return number


def undo(number: int, *, leave_used: bool = False) -> None:
    with unit_of_work():
        item_import.undo_import(number, by=BY, leave_used=leave_used)


def item(tag: str) -> Item:
    found = queries.item_by_tag(tag)
    assert found is not None, tag
    return found


def ledger(tag: str) -> list[tuple[HolderKind, int, str]]:
    return [(x.to_kind, x.to_id, x.because) for x in reversed(queries.ledger_of_item(item(tag).id))]


def test_a_list_brings_devices_to_whom_and_where_it_says() -> None:
    with unit_of_work():
        person = makers.employee("Ayşe Kaya").id
        desk = Location(
            code="L00001", name="Platz 12", kind=LocationKind.DESK, created_at=makers.MONDAY
        )
        model = ItemModel(
            kind=ItemKind.LAPTOP, name="Dell 7420", litres=4, weight_g=1300, warranty_months=36
        )
        db.session.add_all([desk, model])
        db.session.flush()
        desk_id, model_id = desk.id, model.id

    number = take_over(
        ("a-1", "Notebook", "DELL 7420", "S1", "01.03.2025", "", "Kaya Ayşe"),
        ("a-2", "Monitor", "Dell P24", "S2", "", "", "Platz 12"),
        ("a-3", "", "Jabra Headset", "S3"),
    )

    laptop, monitor, headset = item("A-1"), item("A-2"), item("A-3")
    assert ledger("A-1") == [(HolderKind.EMPLOYEE, person, f"import:{number}")]
    assert ledger("A-2") == [(HolderKind.DESK, desk_id, f"import:{number}")]
    assert ledger("A-3") == [(HolderKind.STOCK, 0, f"import:{number}")]
    states = (laptop.state, monitor.state, headset.state)
    assert states == (ItemState.OUT, ItemState.AT_DESK, ItemState.IN_STOCK)
    assert (laptop.model_id, laptop.weight_g, laptop.litres) == (model_id, 1300, 4)
    assert laptop.warranty_until == date(2028, 3, 1)
    assert (headset.kind, headset.search_text) == (ItemKind.HEADSET, "a-3 s3 a3 jabra headset")
    scene.assert_order()


def test_the_same_serial_twice_stops_the_list_until_somebody_leaves_the_lines_out() -> None:
    with unit_of_work():
        service.add_item("OLD-1", ItemKind.MOUSE, serial="X1", by=BY)
    rows = (("B-1", "Maus", "", "S1"), ("B-2", "Maus", "", "s1"), ("B-3", "Maus", "", "x1"))
    number = upload(*rows)

    with pytest.raises(Refused, match="Lines with errors: 2"), unit_of_work():
        item_import.apply_import(number, by=BY)
    assert queries.item_by_tag("B-1") is None
    assert len(reading.item_import(number).rows) == 3  # nothing is lost: it can still be decided on

    with unit_of_work():
        made = item_import.apply_import(number, by=BY, skip_errors=True)
        assert made.counts == {
            "lines": 3, "error": 2, "new": 1, "changed": 0, "same": 0, "hints": 0
        }  # fmt: skip
    assert item("B-1").serial == "S1"
    assert queries.item_by_tag("B-2") is None
    with unit_of_work():  # a second click changes nothing
        item_import.apply_import(number, by=BY)
    with pytest.raises(Refused, match="applied already"), unit_of_work():
        item_import.ask_for_import(number, by=BY)


def test_an_undone_list_leaves_the_house_as_it_was_and_can_come_again() -> None:
    with unit_of_work():
        known = service.add_item("C-1", ItemKind.MOUSE, serial="S1", model="Alt", by=BY)
        known.bought_on = date(2020, 1, 2)
    number = take_over(
        ("C-1", "Monitor", "Neu", "S9", "03.04.2021", "Kratzer"), ("C-2", "Maus", "M", "S2")
    )
    assert (item("C-1").kind, item("C-1").bought_on) == (ItemKind.MONITOR, date(2021, 4, 3))

    undo(number)
    back = item("C-1")
    assert (back.kind, back.model, back.serial) == (ItemKind.MOUSE, "Alt", "S1")
    assert (back.bought_on, back.note, back.search_text) == (date(2020, 1, 2), "", "c-1 s1 c1 alt")
    assert item("C-2").state is ItemState.RETIRED
    undo(number)  # a second click changes nothing

    again = take_over(("C-2", "Tastatur", "N", "S2"))
    assert (item("C-2").state, item("C-2").kind) == (ItemState.IN_STOCK, ItemKind.KEYBOARD)
    assert ledger("C-2") == [
        (HolderKind.STOCK, 0, f"import:{number}"),
        (HolderKind.RETIRED, 0, f"import:{number}"),
        (HolderKind.STOCK, 0, f"import:{again}"),
    ]
    assert db.session.scalar(select(func.count()).select_from(CustodyEntry)) == 4
    undo(again)
    assert item("C-2").state is ItemState.RETIRED
    scene.assert_order()


def test_what_was_used_since_is_named_and_stays() -> None:
    with unit_of_work():
        person = makers.employee().id
        service.add_item("D-3", ItemKind.LAMP, by=BY)
    number = take_over(
        ("D-1", "Lampe"), ("D-2", "Lampe"), ("D-3", "Lampe", "Neu"), ("D-4", "Lampe", "N")
    )
    with unit_of_work():
        service.hand_to([item("D-1").id], Holder(HolderKind.EMPLOYEE, person), by=BY, because="x:1")
        item("D-3").model = "Noch neuer"

    with pytest.raises(Refused) as refusal:
        undo(number)
    assert refusal.value.facts == {"count": 2, "tags": "D-3, D-1"}
    assert item("D-2").state is ItemState.IN_STOCK

    undo(number, leave_used=True)
    assert item("D-1").state is ItemState.OUT
    assert item("D-3").model == "Noch neuer"
    assert {item(tag).state for tag in ("D-2", "D-4")} == {ItemState.RETIRED}
    assert reading.item_import(number).counts["left"] == 2


def test_what_an_open_return_asks_for_is_not_undone() -> None:
    with unit_of_work():
        number = makers.employee("Ada Ott").personnel_number
    listed = upload(("R-1", number), header=("Inventarnummer", "Personalnummer"))
    with unit_of_work():
        item_import.apply_import(listed, by=BY)
    with unit_of_work():
        held = item("R-1").holding
        assert held is not None
        asking_back.begin(held.holder_id, ReturnReason.LEAVER, by=BY)

    with pytest.raises(Refused, match="used or changed since it came: R-1"):
        undo(listed)

    assert item("R-1").state is ItemState.OUT


def test_a_list_overwrites_nothing_that_somebody_changed_while_it_was_compared(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work():
        service.add_item("H-1", ItemKind.LAMP, model="Alt", by=BY)
    number, item_id = upload(("H-1", "Lampe", "Aus der Liste")), item("H-1").id
    db.session.rollback()
    meanwhile = Meanwhile()
    meanwhile.after(monkeypatch, reading, "house")

    def rename() -> None:
        [lamp] = queries.locked_items([item_id])
        lamp.model = "Von Hand"

    said = at_once(app, lambda: item_import.apply_import(number, by=BY), meanwhile.done(rename))

    assert said[1] == "done"
    assert said[0] == "done" or "Something has changed" in said[0]
    before = [line.before or {} for line in reading.lines_of_import(number)]
    assert "Von Hand" in {item("H-1").model, *(one.get("model") for one in before)}


def test_a_list_undone_in_part_says_so_and_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(item_import, "UNDONE_IN_ONE_GO", 2)
    tags = [f"G-{number}" for number in range(1, 6)]
    with unit_of_work():
        service.add_item("G-2", ItemKind.LAMP, serial="S2", by=BY)
    number = take_over(*((tag, "Lampe", "M") for tag in tags))
    with unit_of_work():
        item_import.undo_some(number, by=BY)

    with unit_of_work():
        item("G-5").note = "seither benutzt"
    with pytest.raises(Refused, match=r"undone in part\. Devices .* before: 2\.") as refusal:
        undo(number)
    assert refusal.value.facts == {"count": 1, "tags": "G-5", "undone": 2}
    states = [item(tag).state for tag in tags]
    assert states.count(ItemState.RETIRED) == 1
    assert (item("G-1").state, item("G-2").model) == (ItemState.RETIRED, "")
    assert reading.item_import(number).undone_at is None
    retired = reading.known_items()
    assert [tag for tag in tags if retired[tag].is_undone] == ["G-1"]  # a later list brings it back

    undo(number, leave_used=True)
    made = reading.item_import(number)
    assert (made.counts["undone"], made.counts["left"]) == (4, 1)
    assert made.undone_at is not None
    assert item("G-5").state is ItemState.IN_STOCK
    assert {item(tag).state for tag in ("G-1", "G-3", "G-4")} == {ItemState.RETIRED}
    assert (item("G-2").state, item("G-2").search_text) == (ItemState.IN_STOCK, "g-2 s2 g2")
    scene.assert_order()


def test_a_preview_that_is_no_longer_true_is_not_taken_over() -> None:
    number = upload(("E-1", "Maus"))
    expected = item_import.preview_of(reading.item_import(number)).expected
    db.session.rollback()
    with unit_of_work():
        service.add_item("E-1", ItemKind.MOUSE, model="schon da", by=BY)
    with pytest.raises(Refused, match="Something has changed"), unit_of_work():
        item_import.apply_import(number, by=BY, expected=expected)


def test_a_list_without_tags_asks_which_column_they_are() -> None:
    number = upload(("F-1", "F-2"), header=("Nummer", "Sonst"))
    with pytest.raises(Refused, match="which column holds the asset tag"):
        item_import.preview_of(reading.item_import(number))
    with unit_of_work():
        item_import.assign_columns(number, [Field.TAG, None], by=BY)
        assert item_import.preview_of(reading.item_import(number)).counts["new"] == 1


def test_another_kind_opens_the_packed_box_and_is_undone_only_in_the_house() -> None:
    with unit_of_work():
        kit = scene.kit(packed=True)
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        model = ItemModel(kind=ItemKind.MOUSE, name="M100")
        db.session.add(model)
        db.session.flush()
        mouse.model, mouse.model_id = "M100", model.id
        kit_id, tag, model_id = kit.id, mouse.asset_tag, model.id
        assert mouse.kit_item is not None
        assert mouse.kit_item.box is not None
        box_id = mouse.kit_item.box.id

    number = take_over((tag, "Lampe"))
    assert queries.box(box_id).state is BoxState.OPEN
    assert (item(tag).kind, item(tag).model_id) == (ItemKind.LAMP, None)
    scene.assert_order()

    undo(number)
    assert (item(tag).kind, item(tag).model_id) == (ItemKind.MOUSE, model_id)
    with unit_of_work():
        service.pack_kit(kit_id, by=BY)
        service.release_boxes(kit_id, "[]", by=BY)
        service.set_box_state(queries.box(box_id), BoxState.LOADED, by=BY)
    with pytest.raises(Refused, match="Not a single line"):
        take_over((tag, "Lampe"))
    assert item(tag).kind is ItemKind.MOUSE
    scene.assert_order()
