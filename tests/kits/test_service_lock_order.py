"""Two deeds that need the same rows: one waits for the other, and neither for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.kits import queries as kits
from hoffice.kits import service
from hoffice.kits.queries import home_checks as asked
from hoffice.kits.rules import Holder, HolderKind, ItemKind, ReturnReason
from hoffice.kits.service import asking_back, auditing, due, home_checks, return_closing, returning
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
