"""Two deeds that need the same rows: one waits for the other, and neither for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.kits import queries as kits
from hoffice.kits import service
from hoffice.kits.queries import home_checks as asked
from hoffice.kits.queries import replacements
from hoffice.kits.rules import STOCK, Holder, HolderKind, ItemKind, LocationKind, ReturnReason
from hoffice.kits.service import (
    asking_back,
    auditing,
    catalogue,
    due,
    home_checks,
    reserving,
    return_closing,
    returning,
)
from hoffice.kits.service import kits as giving
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.races import WAIT_S, Meanwhile, Meeting, at_once, meet_after

BY = makers.IT
BOOK = LinkBook("k" * 40, (), "http://localhost", timedelta(days=30))


def test_somebody_is_asked_at_home_while_she_is_asked_to_bring_it_all_back(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        person_id = returning_scene.at_home().employee_id
    meeting = Meeting()
    meet_after(monkeypatch, asked, "lock_people", meeting)
    meet_after(monkeypatch, asking_back, "_lock_what_they_have", meeting)

    said = at_once(
        app,
        lambda: home_checks.begin(
            "Herbst",
            due_on=clock.today(),
            wants_photo=False,
            employee_ids=[person_id],
            team_id=None,
            by=BY,
            book=BOOK,
        ),
        lambda: asking_back.begin(person_id, ReturnReason.LEAVER, by=BY),
    )

    assert said == ["done", "done"]


def test_one_of_two_returns_is_worked_on_while_she_says_that_she_stays_at_home(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit = returning_scene.at_home()
        person_id, monitor = kit.employee_id, scene.item_in(kit, ItemKind.MONITOR)
        asking_back.begin(person_id, ReturnReason.OFFICE, item_ids=[monitor.id], by=BY)
        second = due.back_to_office(person_id, None, by=BY)
        assert second is not None
        second_id, tag = second.id, scene.item_in(kit, ItemKind.PC).asset_tag
    meeting = Meeting()
    meet_after(monkeypatch, return_closing, "hold_still", meeting)
    meet_after(monkeypatch, returning, "open_return", meeting)

    said = at_once(
        app,
        lambda: due.stays_at_home(person_id, by=BY),
        lambda: returning.take_back(second_id, tag, by=BY),
    )

    assert said[0] == "done"
    assert said[1] in {"done", "This return is closed."}


def test_a_return_ends_while_its_person_gets_a_kit(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit_type_id, person_id = scene.stocked().id, makers.employee().id
        [dock] = scene.in_stock(ItemKind.DOCK)
        service.hand_to([dock.id], Holder(HolderKind.EMPLOYEE, person_id), by=BY, because="note")
        made = asking_back.begin(person_id, ReturnReason.OTHER, by=BY)
        returning.take_back(made.id, dock.asset_tag, by=BY)
        return_id, dock_id = made.id, dock.id
    closing = Meanwhile()
    closing.after(monkeypatch, return_closing, "hold_still")

    def give_and_look_for_the_dock() -> None:
        closing.has_read.wait(timeout=WAIT_S)
        service.give_kit(person_id, kit_type_id, by=BY)
        db.session.commit()
        kits.hold_kits_of([person_id])
        closing.is_done.set()
        kits.locked_items([dock_id])

    said = at_once(app, lambda: return_closing.close(return_id, by=BY), give_and_look_for_the_dock)

    assert said == ["done", "done"]
    with app.app_context():
        kit = kits.kit_of(person_id)
        assert kit is not None
        assert len(kit.kit_items) == len(scene.KINDS)
        assert list(auditing.faults()) == []


def _to_a_shelf(meeting: Meeting, item_ids: Iterable[int]) -> Callable[[], object]:
    """All of them are put there; the other comes when only the first of them is locked."""
    [shelf] = catalogue.add_locations("Regal 1", 1, LocationKind.SHELF, by=BY)
    shelf_id, ids = shelf.id, sorted(item_ids)
    tags = [kits.item(item_id).asset_tag for item_id in ids]

    def put_there() -> None:
        kits.locked_items(ids[:1])
        meeting.wait()
        catalogue.put_at(shelf_id, tags, by=BY)

    return put_there


def test_a_kit_is_made_of_devices_that_are_put_on_a_shelf(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting()
    with given():
        kit_type_id, person_id = scene.stocked().id, makers.employee().id
        put_there = _to_a_shelf(meeting, [item.id for item in kits.held_by(STOCK)])
    meet_after(monkeypatch, kits, "free_items", meeting)

    said = at_once(app, lambda: service.give_kit(person_id, kit_type_id, by=BY), put_there)

    assert said[0] == "done"
    assert "OperationalError" not in said
    with app.app_context():
        scene.assert_order()


def test_a_kit_gets_what_it_lacks_of_devices_that_are_put_on_a_shelf(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting()
    with given():
        kit = scene.kit()
        for kind in (ItemKind.PC, ItemKind.HEADSET):
            service.take_out(kit.id, scene.item_in(kit, kind).id, by=BY)
        kit_id = kit.id
        put_there = _to_a_shelf(meeting, [item.id for item in kits.held_by(STOCK)])
    meet_after(monkeypatch, kits, "free_items", meeting)

    said = at_once(app, lambda: giving.fill_with_devices(kit_id, by=BY), put_there)

    assert said[0] == "done"
    assert "OperationalError" not in said
    with app.app_context():
        scene.assert_order()


def test_kits_are_made_for_several_of_devices_that_are_put_on_a_shelf(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting()
    with given():
        kit_type_id = makers.kit_type().id
        people = [makers.employee(name).id for name in ("Ada Ott", "Bo Rau")]
        chosen = [  # the one that came first into the house is chosen last
            service.add_item(f"HW-{9 - place}{kind}", kind, by=BY)
            for place in range(2)
            for kind in scene.KINDS
        ]
        put_there = _to_a_shelf(meeting, [item.id for item in chosen])
    meet_after(monkeypatch, giving, "give_kit", meeting)

    said = at_once(app, lambda: service.give_kits(people, kit_type_id, by=BY), put_there)

    assert said[0] == "done"
    assert "OperationalError" not in said
    with app.app_context():
        assert set(kits.kits_of(people)) == set(people)
        scene.assert_order()


def test_what_is_taken_while_a_kit_waits_for_it_is_chosen_anew(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        kit_type_id, person_id = scene.stocked(sets=2).id, makers.employee().id
        other = scene.kit("Bo Rau")
        [first] = kits.free_items(ItemKind.MOUSE, limit=1)
        kit_id, tag = other.id, first.asset_tag
    choosing_it = Meanwhile()
    choosing_it.after(monkeypatch, kits, "free_items")

    said = at_once(
        app,
        lambda: service.give_kit(person_id, kit_type_id, by=BY),
        choosing_it.done(lambda: service.add_to_kit(kit_id, tag, by=BY)),
    )

    assert said[0] == "done"
    with app.app_context():
        scene.assert_order()


def test_a_replacement_is_kept_while_both_devices_are_locked(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        spare = service.add_item("ZZ-1", ItemKind.MONITOR, by=BY)  # older, and last by its tag
        old = scene.item_in(returning_scene.at_home(), ItemKind.MONITOR)
        spare_id, old_id = spare.id, old.id
    meeting = Meeting()
    meet_after(monkeypatch, replacements, "replacement_for", meeting)

    def look() -> None:
        kits.locked_items([spare_id])
        meeting.wait()
        kits.locked_items([spare_id, old_id])

    said = at_once(app, lambda: reserving.reserve_replacement(old_id, by=BY), look)

    assert said == ["done", "done"]
