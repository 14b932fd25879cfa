"""Stock-takes in the house: what is expected, seen, missing and not expected, and what follows."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import CustodyEntry, Item, Location, StockTakeLine
from hoffice.kits.queries import counting as reading
from hoffice.kits.queries import returning as damages
from hoffice.kits.rules import (
    AfterCheck,
    BoxState,
    DamageKind,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
)
from hoffice.kits.rules.counting import MISSING, UNEXPECTED, Counters, Settled
from hoffice.kits.service import counting, differences, fate
from hoffice.tasks import queries as tasks
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.races import Meeting, at_once, meet_after

BY = makers.IT
DESK = Holder(HolderKind.DESK)


def scan(count_id: int, code: str) -> dict[str, Any]:
    """One new scan."""
    return counting.scan(count_id, str(uuid.uuid4()), code, by=BY)


def begin(location_id: int | None = None) -> int:
    """A count has begun."""
    return counting.begin("Jahresende", location_id=location_id, by=BY).id


def close(count_id: int) -> int:
    """It is closed; whose the differences are."""
    owner_id = makers.account(Role.IT).id
    due_on = clock.today() + timedelta(days=7)
    counting.close(count_id, owner_id=owner_id, due_on=due_on, by=BY)
    return owner_id


def place(kind: LocationKind = LocationKind.SHELF) -> Location:
    """A location with a label."""
    number = makers.number()
    made = Location(code=f"L{number:05d}", name=f"Ort {number}", kind=kind, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def counters(count_id: int) -> Counters:
    """How far it has come."""
    return reading.counters([count_id])[count_id]


def holder_of(item: Item) -> Holder:
    """Who has an item by the ledger."""
    holding = queries.holding_of(item.id)
    assert holding is not None
    return Holder(holding.holder_kind, holding.holder_id)


def test_the_house_expects_what_is_in_it_and_nothing_else(given: Given) -> None:
    with given():
        shelf, desk, repair, out, lost = scene.in_stock(*[ItemKind.LAMP] * 5)
        boxed = scene.kit(packed=True)
        service.hand_to([desk.id], DESK, by=BY, because="x:1")
        service.hand_to([repair.id], Holder(HolderKind.REPAIR), by=BY, because="x:1")
        someone = Holder(HolderKind.EMPLOYEE, makers.employee().id)
        service.hand_to([out.id], someone, by=BY, because="x:1")
        service.hand_to([lost.id], Holder(HolderKind.LOST), by=BY, because="x:1")

        count_id = begin()

        expected = {shelf.id, desk.id, repair.id, *(item.id for item in boxed.items)}
        assert {line.item_id for line in reading.missing_lines(count_id)} == expected
        with pytest.raises(Refused, match="counts the same already"):
            begin()


def test_a_count_of_a_place_expects_what_the_ledger_has_there(given: Given) -> None:
    with given():
        desk = place(LocationKind.DESK)
        mine, other = scene.in_stock(ItemKind.PC, ItemKind.PC)
        service.hand_to([mine.id], Holder(HolderKind.DESK, desk.id), by=BY, because="x:1")
        count_id = begin(desk.id)

        assert [line.item_id for line in reading.missing_lines(count_id)] == [mine.id]
        scan(count_id, other.asset_tag)
        assert counters(count_id) == Counters(expected=1, found=0, unexpected=1)
        close(count_id)
        differences.put_right(count_id, other.id, by=BY)

        assert holder_of(other) == Holder(HolderKind.DESK, desk.id)
        assert queries.item(other.id).state is ItemState.AT_DESK


def test_a_scan_counts_once_and_a_second_look_says_so(given: Given) -> None:
    with given():
        [item] = scene.in_stock(ItemKind.PC)
        count_id, number = begin(), str(uuid.uuid4())

        first = counting.scan(count_id, number, item.asset_tag, by=BY)
        again = counting.scan(count_id, number, item.asset_tag, by=BY)
        twice = scan(count_id, item.asset_tag.lower())

        assert first == again
        assert (first["counted"], first["again"]) == ([item.id], [])
        assert (twice["counted"], twice["again"]) == ([], [item.id])
        assert counters(count_id) == Counters(expected=1, found=1)
        assert counting.undo(count_id, first["counted"], by=BY) == 1
        assert counters(count_id) == Counters(expected=1)


def test_the_label_of_a_box_counts_what_lies_in_it(given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        box = kit.boxes[0]
        inside = sorted(row.item_id for row in box.kit_items)
        count_id = begin()
        scan(count_id, queries.item(inside[0]).asset_tag)

        answer = scan(count_id, f"https://hoffice.example/geraete/karton/{box.code}")

        assert answer["result"] == "box"
        assert (answer["again"], answer["counted"]) == (inside[:1], inside[1:])
        assert counting.undo(count_id, answer["counted"], by=BY) == len(inside) - 1
        assert counters(count_id).found == 1


NO_TAGS = {
    "": "Scan or type",
    "K99999-1": "There is no box",
    "L00000": "label of a place",
    "4006381333931": "stands on every device of its kind",
    "TWINS": "Several devices have the serial number",
}


def test_what_is_no_tag_is_said_and_not_counted(given: Given) -> None:
    with given():
        for item in scene.in_stock(ItemKind.PC, ItemKind.PC):
            item.serial = "TWINS"
        count_id = begin()

        for code, sentence in NO_TAGS.items():
            with pytest.raises(Refused, match=sentence):
                scan(count_id, code)
        assert counters(count_id) == Counters(expected=2)


def test_an_unknown_tag_is_noted_once_and_taken_in_where_it_is(given: Given) -> None:
    with given():
        shelf = place()
        count_id = begin(shelf.id)
        first, again = scan(count_id, "fremd-7"), scan(count_id, "FREMD-7")
        assert (first["result"], again["result"]) == ("stranger", "stranger_again")
        assert counters(count_id) == Counters(strangers=1)

        made = counting.take_in(count_id, first["stranger"], "HW-NEU", ItemKind.LAMP, by=BY)

        assert holder_of(made) == Holder(HolderKind.STOCK, shelf.id)
        assert counters(count_id) == Counters(unexpected=1)
        owner_id = close(count_id)
        assert tasks.count_open_of(owner_id) == 0


def test_the_differences_become_tasks_of_one_owner_and_are_settled(given: Given) -> None:
    with given():
        seen, gone, found = scene.in_stock(ItemKind.PC, ItemKind.PC, ItemKind.PC)
        ghost = scene.in_stock(ItemKind.MOUSE)[0]
        person = Holder(HolderKind.EMPLOYEE, makers.employee().id)
        service.hand_to([ghost.id], person, by=BY, because="x:1")
        count_id = begin()
        for item in (seen, ghost):
            scan(count_id, item.asset_tag)
        with pytest.raises(Refused, match="still open"):
            differences.give_up(count_id, gone.id, by=BY)

        owner_id = close(count_id)

        assert {(one.kind, one.subject) for one in tasks.next_of(owner_id, limit=9)} == {
            (MISSING, f"item:{gone.id}"),
            (MISSING, f"item:{found.id}"),
            (UNEXPECTED, f"item:{ghost.id}"),
        }
        differences.give_up(count_id, gone.id, by=BY)
        differences.find_after_all(count_id, found.id, by=BY)
        differences.put_right(count_id, ghost.id, by=BY)
        assert tasks.count_open_of(owner_id) == 0
        assert [holder_of(one).kind for one in (gone, found, ghost)] == ["lost", "stock", "stock"]
        assert queries.ledger_of_item(gone.id)[0].because == f"stock_take:{count_id}"
        with pytest.raises(Refused, match="settled already"):
            differences.put_right(count_id, ghost.id, by=BY)
        differences.find_after_all(count_id, gone.id, by=BY)
        assert holder_of(gone).kind is HolderKind.STOCK
        assert queries.item(ghost.id).state is ItemState.TO_CHECK
        fate.settle([ghost.id], AfterCheck.STOCK, by=BY)
        scene.assert_order()


def test_what_is_given_up_leaves_its_packed_box_and_asks_who_bears_it(given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        count_id = begin()
        close(count_id)

        differences.give_up(count_id, mouse.id, by=BY)

        assert service.missing_of(queries.kit(kit.id)) == {ItemKind.MOUSE: 1}
        assert [box.state for box in kit.boxes] == [BoxState.OPEN, BoxState.PACKED]
        [case] = damages.cases_of(mouse.id)
        assert (case.kind, case.decided_at) == (DamageKind.LOSS, None)
        differences.find_after_all(count_id, mouse.id, by=BY)
        assert damages.cases_of(mouse.id)[0].decided_at is not None
        scene.assert_order()


def test_what_is_found_here_is_no_longer_in_the_kit_of_who_had_it(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        pc = scene.item_in(kit, ItemKind.PC)
        count_id = begin()
        scan(count_id, pc.asset_tag)
        close(count_id)

        differences.put_right(count_id, pc.id, by=BY)

        assert service.missing_of(queries.kit(kit.id)) == {ItemKind.PC: 1}
        assert (holder_of(pc).kind, pc.state) == (HolderKind.STOCK, ItemState.TO_CHECK)


def test_what_went_out_while_it_was_counted_is_not_missing(given: Given) -> None:
    with given():
        [item] = scene.in_stock(ItemKind.PC)
        count_id = begin()
        person = Holder(HolderKind.EMPLOYEE, makers.employee().id)
        service.hand_to([item.id], person, by=BY, because="handover:1")

        owner_id = close(count_id)

        assert tasks.count_open_of(owner_id) == 0
        assert [line.note for line in reading.missing_lines(count_id)] == [Settled.MOVED]


def test_after_the_end_nothing_is_counted_but_a_lost_answer_is_told_again(given: Given) -> None:
    with given():
        one, other = scene.in_stock(ItemKind.PC, ItemKind.PC)
        count_id, number = begin(), str(uuid.uuid4())
        first = counting.scan(count_id, number, one.asset_tag, by=BY)
        close(count_id)

        assert counting.scan(count_id, number, one.asset_tag, by=BY) == first
        for deed in (
            lambda: scan(count_id, other.asset_tag),
            lambda: counting.tick(count_id, other.id, by=BY),
            lambda: counting.undo(count_id, [one.id], by=BY),
        ):
            with pytest.raises(Refused, match="counts no more"):
                deed()
        with pytest.raises(Refused, match="closed already"):
            close(count_id)
        assert counters(count_id) == Counters(expected=2, found=1)


def test_one_device_scanned_by_two_at_the_same_moment_is_one_line(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        item = scene.in_stock(ItemKind.PC)[0]
        person = Holder(HolderKind.EMPLOYEE, makers.employee().id)
        service.hand_to([item.id], person, by=BY, because="handover:1")
        tag, item_id, count_id = item.asset_tag, item.id, begin()
    meet_after(monkeypatch, reading, "line", Meeting())
    answers: list[dict[str, Any]] = []

    said = at_once(app, *[lambda: answers.append(scan(count_id, tag))] * 2)

    assert said == ["done", "done"]
    assert sorted(len(one["counted"]) for one in answers) == [0, 1]
    with app.app_context():
        lines = db.session.scalars(select(StockTakeLine).where(StockTakeLine.item_id == item_id))
        assert len(lines.all()) == 1
        assert counters(count_id) == Counters(unexpected=1)
        assert db.session.scalar(select(func.count()).select_from(CustodyEntry)) == 2


def test_a_scan_and_the_end_at_once_agree(app: Flask, given: Given) -> None:
    with given():
        item = scene.in_stock(ItemKind.PC)[0]
        tag, count_id, owner_id = item.asset_tag, begin(), makers.account(Role.IT).id

    said = at_once(
        app,
        lambda: scan(count_id, tag),
        lambda: counting.close(count_id, owner_id=owner_id, due_on=clock.today(), by=BY),
    )

    with app.app_context():
        found = counters(count_id).found
        assert found == (1 if said[0] == "done" else 0)
        assert tasks.count_open_of(owner_id) == 1 - found
        assert said[1] == "done"
