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
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.jobs import queries as jobs
from hoffice.jobs import worker
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.kits import queries, service
from hoffice.kits.jobs import handlers
from hoffice.kits.models import CustodyEntry, Item, Location, StockTakeLine
from hoffice.kits.queries import counting as reading
from hoffice.kits.queries import damage_cases
from hoffice.kits.rules import (
    STOCK,
    AfterCheck,
    BoxState,
    DamageKind,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
    WipeMethod,
)
from hoffice.kits.rules.counting import (
    DIFFERENCES,
    MISSING,
    UNEXPECTED,
    Counters,
    Decision,
    Found,
    Settled,
)
from hoffice.kits.service import auditing, counting, differences, fate, ledger
from hoffice.tasks import queries as tasks
from hoffice.tasks.models import Task
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
        states = {queries.item(one.id).state for one in (ghost, gone)}
        assert states == {ItemState.TO_CHECK}  # nobody knows who had them
        fate.settle([ghost.id, gone.id], AfterCheck.STOCK, by=BY, method=WipeMethod.CLEAR)
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
        [case] = damage_cases.cases_of(mouse.id)
        assert (case.kind, case.decided_at) == (DamageKind.LOSS, None)
        differences.find_after_all(count_id, mouse.id, by=BY)
        assert damage_cases.cases_of(mouse.id)[0].decided_at is not None
        fate.settle([mouse.id], AfterCheck.STOCK, by=BY)
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


def test_what_lies_at_a_desk_instead_of_in_its_packed_box_opens_the_box(given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        desk = place(LocationKind.DESK)
        count_id = begin(desk.id)
        scan(count_id, mouse.asset_tag)
        close(count_id)

        differences.put_right(count_id, mouse.id, by=BY)

        assert service.missing_of(queries.kit(kit.id)) == {ItemKind.MOUSE: 1}
        assert [box.state for box in queries.kit(kit.id).boxes] == [BoxState.OPEN, BoxState.PACKED]
        assert (holder_of(mouse), mouse.kit_item) == (Holder(HolderKind.DESK, desk.id), None)
        with pytest.raises(Refused, match="not complete"):
            service.pack_kit(kit.id, by=BY)
        assert list(auditing.faults()) == []
        scene.assert_order()


def test_a_packed_box_found_on_another_shelf_stays_packed(given: Given) -> None:
    with given():
        kit, shelf = scene.kit(packed=True), place()
        box = kit.boxes[0]
        inside = [row.item_id for row in box.kit_items]
        count_id = begin(shelf.id)
        scan(count_id, box.code)
        close(count_id)

        for item_id in inside:
            differences.put_right(count_id, item_id, by=BY)

        assert queries.kit(kit.id).boxes[0].state is BoxState.PACKED
        assert service.missing_of(queries.kit(kit.id)) == {}
        assert holder_of(queries.item(inside[0])) == Holder(HolderKind.STOCK, shelf.id)
        assert list(auditing.faults()) == []


def test_what_was_away_waits_for_a_check_at_the_desk_too(given: Given) -> None:
    with given():
        pc = scene.item_in(returning_scene.at_home(), ItemKind.PC)
        [repaired, never_away] = scene.in_stock(ItemKind.PC, ItemKind.PC)
        service.hand_to([repaired.id], Holder(HolderKind.REPAIR), by=BY, because="repair:1")
        desk = place(LocationKind.DESK)
        count_id = begin(desk.id)
        for item in (pc, repaired, never_away):
            scan(count_id, item.asset_tag)
        close(count_id)

        for item in (pc, repaired, never_away):
            differences.put_right(count_id, item.id, by=BY)

        states = [queries.item(one.id).state for one in (pc, repaired, never_away)]
        assert states == [ItemState.TO_CHECK, ItemState.TO_CHECK, ItemState.AT_DESK]
        assert list(auditing.faults()) == []
        fate.settle([pc.id], AfterCheck.STOCK, by=BY, method=WipeMethod.CLEAR)
        assert queries.item(pc.id).state is ItemState.AT_DESK


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


def test_many_differences_are_one_task_that_ends_with_the_last_of_them(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "FEW", 2)
    with given():
        gone = scene.in_stock(*[ItemKind.MOUSE] * 3)
        ghost = scene.in_stock(ItemKind.PC)[0]
        person = Holder(HolderKind.EMPLOYEE, makers.employee().id)
        service.hand_to([ghost.id], person, by=BY, because="handover:1")
        count_id = begin()
        scan(count_id, ghost.asset_tag)

        owner_id = close(count_id)

        [task] = tasks.next_of(owner_id, limit=9)
        assert (task.kind, task.subject) == (DIFFERENCES, f"stock_take:{count_id}")
        assert task.facts == {"count": 4, "name": "Jahresende"}
        said = differences.decide(count_id, [gone[0].id, ghost.id], Decision.LATER, by=BY)
        assert (said.done, len(said.refused)) == (1, 1)  # the ghost was never missing
        lost = differences.decide_all(count_id, Decision.LOST, by=BY)
        assert isinstance(lost, differences.Decided)
        assert lost.done == 2
        assert tasks.count_open_of(owner_id) == 1
        differences.put_right(count_id, ghost.id, by=BY)
        assert tasks.count_open_of(owner_id) == 0
        with pytest.raises(Refused, match="waits for a decision"):
            differences.decide_all(count_id, Decision.LOST, by=BY)
        assert list(auditing.faults()) == []


def test_very_many_are_decided_by_a_job_a_few_at_a_time(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "LONG_FROM", 3)
    monkeypatch.setattr(differences, "DECIDED_IN_ONE_GO", 2)
    with given():
        gone = [item.id for item in scene.in_stock(*[ItemKind.MOUSE] * 5)]
        count_id = begin()
        close(count_id)
        service.hand_to([gone[1]], DESK, by=BY, because="x:1")
        person = Holder(HolderKind.EMPLOYEE, makers.employee().id)
        service.hand_to([gone[2]], person, by=BY, because="handover:1")
        job = differences.decide_all(count_id, Decision.LOST, by=BY)
        assert isinstance(job, Job)
        assert differences.decide_all(count_id, Decision.LOST, by=BY) is job
        for other in (
            lambda: differences.decide_chosen(count_id, gone, Decision.LATER, by=BY),
            lambda: counting.resume(count_id, by=BY),
        ):
            with pytest.raises(Refused, match="A job is deciding"):
                other()
        job_id = job.id

    with app.app_context():
        worker.work_off(handlers())

    with app.app_context():
        assert jobs.job(job_id).state is JobState.DONE
        kinds = [holder_of(queries.item(one)).kind for one in gone]
        assert kinds == ["lost", "lost", "employee", "lost", "lost"]
        assert reading.unsettled(count_id) == {Found.MISSING: 1}


def test_a_count_begun_by_mistake_is_discarded_and_says_nothing(app: Flask, given: Given) -> None:
    with given():
        seen, gone = scene.in_stock(ItemKind.PC, ItemKind.PC)
        count_id = begin()
        scan(count_id, seen.asset_tag)

        counting.discard(count_id, by=BY)

        assert db.session.scalar(select(func.count()).select_from(Task)) == 0
        with pytest.raises(Refused, match="counts no more"):
            scan(count_id, gone.asset_tag)
        with pytest.raises(Refused, match="discarded"):
            differences.give_up(count_id, gone.id, by=BY)
        with pytest.raises(Refused, match="closed already"):
            counting.discard(count_id, by=BY)
        assert begin() != count_id
    with app.app_context():
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "kits.count_discarded")
        ).one()
        assert line.details == {"expected": 2, "seen": 1}


def test_a_count_that_put_the_ledger_right_is_not_discarded_any_more(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        count_id = begin()
        strange = scan(count_id, "NEU-77")["stranger"]
        counting.take_in(count_id, strange, "NEU-77", ItemKind.MOUSE, by=BY)
        scan(count_id, mouse.asset_tag)
        close(count_id)
        counting.resume(count_id, by=BY)
        assert not reading.has_changed_ledger(reading.count(count_id))
        close(count_id)
        differences.put_right(count_id, mouse.id, by=BY)
        counting.resume(count_id, by=BY)

        with pytest.raises(Refused, match="Close it; what was decided stays"):
            counting.discard(count_id, by=BY)

        assert reading.count(count_id).closed_at is None
        line = queries.ledger_of_item(mouse.id)[0]
        ledger.correct(line.id, DESK, note="doch nicht", by=BY)
        counting.discard(count_id, by=BY)


def test_a_count_closed_too_early_goes_on_and_its_tasks_end(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    for few in (0, 9):  # one task for all of them, then one each
        monkeypatch.setattr(counting, "FEW", few)
        with given():
            moved, gone, found = scene.in_stock(*[ItemKind.MOUSE] * 3)
            count_id = begin(place(LocationKind.SHELF).id)
            service.hand_to([one.id for one in (moved, gone, found)], STOCK, by=BY, because="x:1")
            counting.discard(count_id, by=BY)
            count_id = begin()
            service.hand_to([moved.id], DESK, by=BY, because="x:2")
            person = Holder(HolderKind.EMPLOYEE, makers.employee().id)
            service.hand_to([moved.id], person, by=BY, because="handover:1")
            owner_id = close(count_id)
            assert tasks.count_open_of(owner_id) > 0

            counting.resume(count_id, by=BY)

            assert tasks.count_open_of(owner_id) == 0
            assert scan(count_id, found.asset_tag)["result"] == "item"
            with pytest.raises(Refused, match="is open"):
                counting.resume(count_id, by=BY)
            close(count_id)
            differences.find_after_all(count_id, gone.id, by=BY)
            with pytest.raises(Refused, match="decided"):
                counting.resume(count_id, by=BY)


def test_what_was_decided_by_mistake_is_taken_back(given: Given) -> None:
    with given():
        kit = scene.kit(packed=True)
        packed = scene.item_in(kit, ItemKind.PC)
        shelf = place()
        [shelved] = scene.in_stock(ItemKind.MOUSE)
        service.hand_to([shelved.id], Holder(HolderKind.STOCK, shelf.id), by=BY, because="x:1")
        count_id = begin()
        owner_id = close(count_id)
        waiting = reading.unsettled(count_id)[Found.MISSING]
        differences.decide_all(count_id, Decision.LATER, by=BY, agreed=waiting)
        assert tasks.count_open_of(owner_id) == 0

        differences.decide_all(count_id, Decision.AGAIN, by=BY)

        assert tasks.count_open_of(owner_id) == waiting
        with pytest.raises(Refused, match="Meanwhile"):
            differences.decide_all(count_id, Decision.LOST, by=BY, agreed=waiting - 1)
        differences.decide_chosen(count_id, [packed.id, shelved.id], Decision.LOST, by=BY)
        back = differences.decide_all(count_id, Decision.NOT_LOST, by=BY)
        assert back == differences.Decided(2, ())
        assert holder_of(shelved) == Holder(HolderKind.STOCK, shelf.id)
        assert {one.state for one in (packed, shelved)} == {ItemState.TO_CHECK}
        assert list(auditing.faults()) == []


def test_only_the_number_of_differences_that_was_agreed_to_is_closed(given: Given) -> None:
    with given():
        item = scene.in_stock(ItemKind.PC)[0]
        count_id, owner_id = begin(), makers.account(Role.IT).id
        scan(count_id, item.asset_tag)

        with pytest.raises(Refused, match="Meanwhile"):
            counting.close(count_id, owner_id=owner_id, due_on=clock.today(), by=BY, agreed=1)

        assert reading.count(count_id).closed_at is None
        counting.close(count_id, owner_id=owner_id, due_on=clock.today(), by=BY, agreed=0)


def test_the_record_says_who_had_it_then_whatever_came_later(given: Given) -> None:
    with given():
        missing, ghost, other = scene.in_stock(ItemKind.PC, ItemKind.PC, ItemKind.MOUSE)
        before, after = (Holder(HolderKind.EMPLOYEE, makers.employee().id) for _ in range(2))
        service.hand_to([ghost.id], before, by=BY, because="handover:1")
        count_id = begin()
        scan(count_id, ghost.asset_tag)
        close(count_id)
        items = [missing.id, ghost.id]
        assert reading.holders_then(count_id, [*items, other.id]) == {
            missing.id: STOCK,
            ghost.id: before,
            other.id: STOCK,
        }

        service.hand_to(items, after, by=BY, because="handover:2")
        ledger.correct(queries.ledger_of_item(ghost.id)[1].id, after, note="irrig", by=BY)

        assert reading.holders_then(count_id, items) == {missing.id: STOCK, ghost.id: before}


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
