"""A wrong line of the ledger stays, and a new one counts in its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Item, Kit, Reservation
from hoffice.kits.queries import ledger
from hoffice.kits.rules import (
    STOCK,
    BoxState,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
)
from hoffice.kits.service import catalogue
from hoffice.kits.service.ledger import correct
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.races import at_once

BY = makers.IT
LOST = Holder(HolderKind.LOST)


def with_person(employee_id: int) -> Holder:
    """A person as a holder."""
    return Holder(HolderKind.EMPLOYEE, employee_id)


def last_line(item: Item) -> int:
    """The number of the line that says who has it."""
    held = queries.holding_of(item.id)
    assert held is not None
    return held.entry_id


def handed_over(name: str = "Ayşe Kaya") -> Kit:
    """Somebody whose boxes were brought and handed over."""
    kit = scene.kit(name, packed=True)
    service.release_boxes(kit.id, "[]", by=BY)
    for box in kit.boxes:
        for state in (BoxState.LOADED, BoxState.HANDED_OVER):
            service.set_box_state(box, state, by=BY)
    ids = [item.id for item in kit.items]
    service.hand_to(ids, with_person(kit.employee_id), by=BY, because="handover:1")
    return kit


def test_who_never_had_it_loses_it_from_that_moment_on(given: Given) -> None:
    with given():
        ada, bo = makers.employee("Ada Ott").id, makers.employee("Bo Rau").id
        item = scene.in_stock(ItemKind.DOCK)[0]
        service.hand_to([item.id], with_person(ada), by=BY, because="handover:1")
        held = queries.holding_of(item.id)
        assert held is not None
        wrong, since = held.entry_id, held.since

        made = correct(wrong, with_person(bo), note="Namen vertauscht", by=BY)

        assert (made.at, made.corrects_id, made.note) == (since, wrong, "Namen vertauscht")
        assert made.recorded_at > since
        assert (held.holder_id, held.since, held.entry_id) == (bo, since, made.id)
        now = clock.now()
        assert ledger.item_ids_at(now, with_person(ada)) == []
        assert ledger.item_ids_at(now, with_person(bo)) == [item.id]
        assert ledger.item_ids_at(now, with_person(ada), known_at=since) == [item.id]
        service.hand_to([item.id], STOCK, by=BY, because="return:1")
        assert queries.ledger_of_item(item.id)[0].from_id == bo


def test_an_older_line_is_corrected_without_touching_who_has_it_now(given: Given) -> None:
    with given():
        ada, bo = makers.employee("Ada Ott").id, makers.employee("Bo Rau").id
        item = scene.in_stock(ItemKind.DOCK)[0]
        service.hand_to([item.id], with_person(ada), by=BY, because="handover:1")
        wrong = last_line(item)
        service.hand_to([item.id], STOCK, by=BY, because="return:1")
        last = last_line(item)

        made = correct(wrong, with_person(bo), note="War Bo", by=BY)

        assert last_line(item) == last
        assert item.state is ItemState.IN_STOCK
        line = ledger.entry_at(item.id, made.at)
        assert line is not None
        assert line.to_id == bo


@pytest.mark.parametrize(
    ("to", "state"),
    [
        (STOCK, ItemState.TO_CHECK),
        (Holder(HolderKind.DESK), ItemState.TO_CHECK),
        (Holder(HolderKind.REPAIR), ItemState.REPAIR),
        (LOST, ItemState.LOST),
    ],
    ids=["stock", "desk", "repair", "lost"],
)
def test_the_state_follows_the_last_line(given: Given, to: Holder, state: ItemState) -> None:
    with given():
        item = scene.in_stock(ItemKind.DOCK)[0]
        person = makers.employee().id
        service.hand_to([item.id], with_person(person), by=BY, because="handover:1")

        correct(last_line(item), to, note="nie bekommen", by=BY)

        assert item.state is state
        assert item.is_to_check is (state is ItemState.TO_CHECK)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (HolderKind.DESK, ItemState.IN_STOCK),
        (HolderKind.LOST, ItemState.TO_CHECK),
        (HolderKind.RETIRED, ItemState.TO_CHECK),
        (HolderKind.REPAIR, ItemState.TO_CHECK),
    ],
    ids=["desk", "lost", "retired", "repair"],
)
def test_what_was_away_waits_for_a_check_when_a_correction_brings_it_back(
    given: Given, kind: HolderKind, state: ItemState
) -> None:
    with given():
        item = scene.in_stock(ItemKind.PC)[0]
        service.hand_to([item.id], Holder(kind), by=BY, because="x:1")

        correct(last_line(item), STOCK, note="lag die ganze Zeit hier", by=BY)

        assert item.state is state


def test_what_waits_for_a_check_goes_on_waiting_at_whatever_desk_it_stood(given: Given) -> None:
    with given():
        pc = scene.item_in(handed_over(), ItemKind.PC)
        desk = catalogue.add_locations("A-1", 1, LocationKind.DESK, by=BY)[0].id
        for place in (Holder(HolderKind.DESK), Holder(HolderKind.DESK, desk), STOCK):
            correct(last_line(pc), place, note="stand woanders", by=BY)

            assert pc.state is ItemState.TO_CHECK


def test_what_was_handed_to_somebody_else_moves_into_that_kit(given: Given) -> None:
    with given():
        hers, his = handed_over("Ada Ott"), handed_over("Bo Rau")
        mouse = scene.item_in(hers, ItemKind.MOUSE)

        correct(last_line(mouse), with_person(his.employee_id), note="vertauscht", by=BY)

        assert mouse.kit_item is not None
        assert (mouse.kit_item.kit_id, mouse.kit_item.box_id) == (his.id, None)
        assert service.missing_of(hers) == {ItemKind.MOUSE: 1}
        assert mouse.state is ItemState.OUT


def test_what_never_came_leaves_the_kit_and_what_was_lost_stays_in_it(given: Given) -> None:
    with given():
        kit = handed_over()
        mouse, pc = scene.item_in(kit, ItemKind.MOUSE), scene.item_in(kit, ItemKind.PC)

        correct(last_line(mouse), STOCK, note="lag noch im Lager", by=BY)
        correct(last_line(pc), LOST, note="im Treppenhaus verschwunden", by=BY)

        assert mouse.kit_item is None
        assert mouse.state is ItemState.TO_CHECK
        assert pc.kit_item is not None
        assert pc.state is ItemState.LOST


def refusal(entry_id: int, to: Holder, note: str = "falsch") -> str:
    """What the house says to this correction; nothing of it is left behind."""
    with pytest.raises(Refused) as raised, db.session.begin_nested():
        correct(entry_id, to, note=note, by=BY)
    return str(raised.value)


def test_what_is_no_correction_is_refused(given: Given) -> None:
    with given():
        ada, bo = makers.employee("Ada Ott").id, makers.employee("Bo Rau").id
        item = scene.in_stock(ItemKind.DOCK)[0]
        service.hand_to([item.id], with_person(ada), by=BY, because="handover:1")
        line = last_line(item)

        assert "Say in a few words" in refusal(line, with_person(bo), note="  ")
        assert "nothing would be changed" in refusal(line, with_person(ada))
        assert "A correction cannot do that" in refusal(line, Holder(HolderKind.VAN, 1))
        for nobody in (with_person(4711), Holder(HolderKind.DESK, 4711)):
            with pytest.raises(NotFound):
                correct(line, nobody, note="falsch", by=BY)
        with pytest.raises(NotFound):
            correct(987_654, STOCK, note="falsch", by=BY)

        made = correct(line, with_person(bo), note="War Bo", by=BY)

        assert "corrected already" in refusal(line, STOCK)
        assert correct(made.id, STOCK, note="Doch nicht", by=BY).corrects_id == made.id


def test_a_deed_under_way_stands_before_a_correction(given: Given) -> None:
    with given():
        kit = scene.kit("Ada Ott", packed=True)
        pc, monitor = scene.item_in(kit, ItemKind.PC), scene.item_in(kit, ItemKind.MONITOR)
        somebody = with_person(makers.employee("Bo Rau").id)

        assert "Take it out of its kit first" in refusal(last_line(pc), somebody)

        service.release_boxes(kit.id, "[]", by=BY)
        service.set_box_state(kit.boxes[0], BoxState.LOADED, by=BY)
        service.hand_to([pc.id], Holder(HolderKind.VAN, 1), by=BY, because="run:1")

        assert "Unload it" in refusal(last_line(pc), STOCK)

        dock = scene.in_stock(ItemKind.DOCK)[0]
        db.session.add(
            Reservation(item_id=dock.id, employee_id=kit.employee_id, at=clock.now(), by=str(BY))
        )
        db.session.flush()
        db.session.expire(dock)
        assert "is kept for Ada Ott" in refusal(last_line(dock), somebody)
        assert monitor.state is ItemState.IN_KIT


def test_two_who_correct_the_same_line_write_one_correction(app: Flask, given: Given) -> None:
    with given():
        people = [makers.employee(f"Person {n}").id for n in range(3)]
        item = scene.in_stock(ItemKind.DOCK)[0]
        with clock.frozen(clock.now() + timedelta(seconds=1)):
            service.hand_to([item.id], with_person(people[0]), by=BY, because="handover:1")
        line, item_id = last_line(item), item.id

    said = at_once(
        app,
        lambda: correct(line, with_person(people[1]), note="falsch", by=BY),
        lambda: correct(line, with_person(people[2]), note="falsch", by=BY),
    )

    assert sorted(answer == "done" for answer in said) == [False, True]
    assert any("corrected already" in answer for answer in said)
    with app.app_context():
        assert len(queries.ledger_of_item(item_id)) == 3


def test_two_lines_of_one_moment_keep_their_order_and_are_not_written_before_they_happened(
    given: Given,
) -> None:
    with given():
        person = makers.employee("Ada Ott").id
        item = scene.in_stock(ItemKind.DOCK)[0]
        with clock.frozen(clock.now() + timedelta(seconds=1)):
            for holder in (with_person(person), STOCK, with_person(person)):
                service.hand_to([item.id], holder, by=BY, because="handover:1")

        lines = sorted(queries.ledger_of_item(item.id), key=lambda line: line.id)
        moments = [line.at for line in lines]
        assert moments == sorted(set(moments))
        assert all(line.at <= line.recorded_at for line in lines)
