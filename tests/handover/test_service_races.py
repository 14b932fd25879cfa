"""Two taps at the same moment, and every word a driver can say: the holders stay true."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import func, select

from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.handover import queries, service
from hoffice.handover.models import Handover, Receipt
from hoffice.handover.rules import FailureReason, ItemOutcome, ReceiptAnswer, VisitOutcome
from hoffice.handover.service import Confirmed, Said
from hoffice.kits import queries as kits
from hoffice.kits.rules import HolderKind
from hoffice.units import Actor
from tests.conftest import Given
from tests.handover import scene
from tests.handover.scene import COMPANY, DRIVER
from tests.kits import scene as kit_scene
from tests.races import at_once
from tests.runs.scene import book


def on_the_way(given: Given) -> int:
    """A kit on its way to its person."""
    with given():
        kit_id = scene.ready().id
        scene.under_way([kits.kit(kit_id)])
    return kit_id


def number_of(model: type[Handover | Receipt]) -> int | None:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model))


def test_two_phones_that_finish_the_same_visit_write_it_down_once(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    kit_id = on_the_way(given)

    said = at_once(app, *[partial(scene.deliver, kit_id, tmp_path)] * 2)

    assert sorted(word == "done" for word in said) == [False, True]
    with app.app_context():
        assert number_of(Handover) == 1
        assert {kind for kind, _ in scene.holders(kit_id)} == {HolderKind.EMPLOYEE}
        kit_scene.assert_order()


def test_a_visit_is_delivered_or_failed_never_both(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    kit_id = on_the_way(given)
    with app.app_context():
        stop_id = scene.stop_id_of(kit_id)

    said = at_once(
        app,
        partial(scene.deliver, kit_id, tmp_path),
        partial(service.fail, stop_id, FailureReason.OTHER, note="", by=DRIVER, links=book()),
    )

    assert sorted(word == "done" for word in said) == [False, True]
    with app.app_context():
        visit = queries.of_stop(stop_id)
        assert visit is not None
        held = {kind for kind, _ in scene.holders(kit_id)}
        delivered = visit.outcome is VisitOutcome.DELIVERED
        assert held == {HolderKind.EMPLOYEE if delivered else HolderKind.STOCK}
        kit_scene.assert_order()


def test_a_receipt_confirmed_on_two_phones_is_one(app: Flask, given: Given, tmp_path: Path) -> None:
    kit_id = on_the_way(given)
    with given():
        visit = scene.deliver(kit_id, tmp_path)
        visit_id, employee_id = visit.id, visit.employee_id
        answers = dict.fromkeys(scene.items_of(kit_id), Confirmed(ReceiptAnswer.YES))

    confirm = partial(
        service.confirm_receipt,
        visit_id,
        answers,
        employee_id=employee_id,
        by=Actor.employee(employee_id),
        store=Store(tmp_path),
        company=COMPANY,
    )
    said = at_once(app, confirm, confirm)

    assert sorted(said) == ["You have already confirmed this receipt.", "done"]
    with app.app_context():
        assert number_of(Receipt) == 1


def test_the_same_box_scanned_twice_at_once_is_loaded_once(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready()
        run_id, kit_id, code = scene.run_of([kit]).id, kit.id, scene.codes(kit.id)[0]

    said = at_once(app, *[partial(service.load_box, code, run_id=run_id, by=DRIVER)] * 2)

    assert sorted(word == "done" for word in said) == [False, True]
    with app.app_context():
        assert kits.box_by_code(code).kit_id == kit_id
        kit_scene.assert_order()


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@drawn(st.lists(st.sampled_from(ItemOutcome), min_size=5, max_size=5))
def test_whatever_the_driver_says_the_holders_are_as_said(
    app: Flask, given: Given, tmp_path: Path, words: list[ItemOutcome]
) -> None:
    kit_id = on_the_way(given)
    refused = False
    try:
        with given():
            lines = dict(zip(scene.items_of(kit_id), map(Said, words), strict=True))
            scene.deliver(kit_id, tmp_path, lines)
    except Refused:
        refused = True

    assert refused == (set(words) == {ItemOutcome.MISSING})
    with app.app_context():
        held = [kind for kind, _ in scene.holders(kit_id)]
        assert held == [
            HolderKind.VAN if word is ItemOutcome.MISSING else HolderKind.EMPLOYEE for word in words
        ]
        conditions = [kits.item(item_id).condition for item_id in scene.items_of(kit_id)]
        assert [one == "damaged" for one in conditions] == [
            word is ItemOutcome.DAMAGED for word in words
        ]
        kit_scene.assert_order()
