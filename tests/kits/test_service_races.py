"""Two people at the same thing: one wins, the other is told, nothing is in two places."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.kits import queries, service
from hoffice.kits.models import Item
from hoffice.kits.rules import BoxState, Holder, HolderKind, ItemKind, ItemState
from hoffice.kits.rules.counting import Decision
from hoffice.kits.service import auditing, counting, differences, fate, following, handing_out
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.races import Meanwhile, Meeting, at_once, meet_after

BY = makers.IT


def test_an_item_scanned_into_two_kits_at_once_is_in_one(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kits = [scene.kit("Ada Ott").id, scene.kit("Bo Rau").id]
        dock = scene.in_stock(ItemKind.DOCK)[0]
        tag, dock_id = dock.asset_tag, dock.id
    meeting = Meeting()
    meet_after(monkeypatch, queries, "item_by_tag", meeting)

    said = at_once(
        app,
        lambda: service.add_to_kit(kits[0], tag, by=BY),
        lambda: service.add_to_kit(kits[1], tag, by=BY),
    )

    assert sorted(answer == "done" for answer in said) == [False, True]
    refusal = next(answer for answer in said if answer != "done")
    assert "just been given to somebody else" in refusal or "already belongs" in refusal
    with app.app_context():
        holders = [dock_id in {item.id for item in queries.kit(kit).items} for kit in kits]
        assert sorted(holders) == [False, True]
        scene.assert_order()


def test_an_item_handed_out_to_two_people_at_once_is_with_one(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kits = [returning_scene.at_home(name).id for name in ("Ada Ott", "Bo Rau")]
        dock = scene.in_stock(ItemKind.DOCK)[0]
        tag, dock_id = dock.asset_tag, dock.id
    meet_after(monkeypatch, handing_out, "item_meant", Meeting())

    said = at_once(
        app,
        *(partial(handing_out.hand_out, one, tag, received_by="Ada Ott", by=BY) for one in kits),
    )

    assert sorted(answer == "done" for answer in said) == [False, True]
    assert "already belongs" in next(answer for answer in said if answer != "done")
    with app.app_context():
        assert list(auditing.faults()) == []
        holders = [dock_id in {item.id for item in queries.kit(kit).items} for kit in kits]
        assert sorted(holders) == [False, True]


def test_what_is_sent_to_repair_while_it_is_put_into_a_kit_is_in_one_place(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit_id, dock = scene.kit().id, scene.in_stock(ItemKind.DOCK)[0]
        tag, dock_id = dock.asset_tag, dock.id
    meeting = Meeting()
    meet_after(monkeypatch, queries, "item_by_tag", meeting)
    meet_after(monkeypatch, fate, "_in_house", meeting)

    said = at_once(
        app,
        partial(service.add_to_kit, kit_id, tag, by=BY),
        partial(fate.to_repair, dock_id, by=BY),
    )

    assert sorted(answer == "done" for answer in said) == [False, True]
    with app.app_context():
        assert list(auditing.faults()) == []


def test_stock_for_one_kit_makes_one_kit_however_many_ask(app: Flask, given: Given) -> None:
    with given():
        kit_type_id = scene.stocked(sets=1).id
        people = [makers.employee(f"Person {n}").id for n in range(3)]

    said = at_once(app, *(partial(service.give_kit, one, kit_type_id, by=BY) for one in people))

    assert Counter(answer == "done" for answer in said) == {True: 1, False: 2}
    assert all("Not enough in stock" in answer for answer in said if answer != "done")
    with app.app_context():
        assert len(queries.kits_of(people)) == 1
        scene.assert_order()


def test_one_person_gets_one_kit_however_many_give(app: Flask, given: Given) -> None:
    with given():
        kit_type_id = scene.stocked(sets=2).id
        person_id = makers.employee().id

    def give() -> object:
        return service.give_kit(person_id, kit_type_id, by=BY)

    said = at_once(app, give, give)

    assert sorted(said) == ["This person already has a kit.", "done"]
    with app.app_context():
        scene.assert_order()


def test_two_who_give_many_kits_never_block_each_other(app: Flask, given: Given) -> None:
    with given():
        kit_type_id = scene.stocked(sets=6).id
        people = [makers.employee(f"Person {n}").id for n in range(6)]

    said = at_once(
        app,
        lambda: service.give_kits(people, kit_type_id, by=BY),
        lambda: service.give_kits(list(reversed(people)), kit_type_id, by=BY),
    )

    assert said == ["done", "done"]
    with app.app_context():
        assert set(queries.kits_of(people)) == set(people)
        scene.assert_order()


def test_a_box_is_never_packed_while_something_is_taken_out(app: Flask, given: Given) -> None:
    for _ in range(4):
        with given():
            kit = scene.kit()
            kit_id, box_id, pc_id = kit.id, kit.boxes[0].id, scene.item_in(kit, ItemKind.PC).id

        at_once(
            app,
            partial(service.pack_box, box_id, by=BY),
            partial(service.take_out, kit_id, pc_id, by=BY),
        )

        with app.app_context():
            assert queries.box(box_id).state is BoxState.OPEN
            scene.assert_order()


def test_a_box_on_its_way_out_is_not_opened_behind_the_drivers_back(
    app: Flask, given: Given
) -> None:
    for _ in range(4):
        with given():
            kit = scene.kit(packed=True)
            kit_id, box_id, pc_id = kit.id, kit.boxes[0].id, scene.item_in(kit, ItemKind.PC).id
            service.release_boxes(kit_id, "[]", by=BY)

        def load(box_id: int = box_id) -> None:
            service.set_box_state(queries.box(box_id), BoxState.LOADED, by=BY)

        said = at_once(
            app,
            load,
            partial(service.take_out, kit_id, pc_id, by=BY),
        )

        assert sorted(answer == "done" for answer in said) == [False, True]
        with app.app_context():
            scene.assert_order()


def test_many_differences_and_a_transfer_never_block_each_other(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kits = scene.kit("Ada Ott"), scene.kit("Bo Rau")
        dock = scene.in_stock(ItemKind.DOCK)[0]
        service.add_to_kit(kits[0].id, dock.asset_tag, by=BY)
        lost = [scene.item_in(kits[1], ItemKind.MOUSE).id, dock.id]
        assert lost == sorted(lost)  # the first device lies in the second kit
        count = counting.begin("Dezember", location_id=None, by=BY)
        counting.close(count.id, owner_id=makers.account(Role.IT).id, due_on=clock.today(), by=BY)
        count_id, people = count.id, {kit.employee_id for kit in kits}
    meeting = Meeting()
    meet_after(monkeypatch, queries, "kit", meeting)

    said = at_once(
        app,
        lambda: differences.decide(count_id, lost, Decision.LOST, by=BY),
        lambda: following.lock_kits_of(people),
    )

    assert said == ["done", "done"]
    with app.app_context():
        assert {queries.item(item_id).state for item_id in lost} == {ItemState.LOST}


def test_each_ledger_line_begins_where_the_last_one_ended(app: Flask, given: Given) -> None:
    with given():
        item_ids = [item.id for item in scene.in_stock(ItemKind.PC, ItemKind.MOUSE)]
        people = [makers.employee(f"Person {n}").id for n in range(3)]

    said = at_once(
        app,
        *(
            partial(service.hand_to, ids, Holder(HolderKind.EMPLOYEE, one), by=BY, because="note")
            for one, ids in zip(people, (item_ids, item_ids[::-1], item_ids), strict=True)
        ),
    )

    assert said == ["done"] * 3
    with app.app_context():
        assert [len(queries.ledger_of_item(one)) for one in item_ids] == [4, 4]
        scene.assert_order()


def test_what_is_laid_into_a_kit_while_it_is_given_up_is_in_one_place(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit_id, dock = scene.kit().id, scene.in_stock(ItemKind.DOCK)[0]
        tag, dock_id = dock.asset_tag, dock.id
    look, was_inside = queries.item, []

    def look_at_its_place(item_id: int) -> Item:
        found = look(item_id)
        was_inside.append(found.kit_item is not None)
        return found

    monkeypatch.setattr(queries, "item", look_at_its_place)
    meanwhile = Meanwhile()
    meanwhile.after(monkeypatch, queries, "item")

    said = at_once(
        app,
        partial(fate.lose, dock_id, by=BY),
        meanwhile.done(partial(service.add_to_kit, kit_id, tag, by=BY)),
    )

    if was_inside[0]:  # the other one was done before she looked
        assert said == ["done", "done"]
    else:  # a kit that she has not locked could be packed right now
        assert said in (
            ["This item has just been changed by somebody else. Try once more.", "done"],
            ["done", f"{tag} is not in stock."],
        )
    with app.app_context():
        is_inside = dock_id in {item.id for item in queries.kit(kit_id).items}
        assert is_inside == (said[0] != "done")
        assert list(auditing.faults()) == []
