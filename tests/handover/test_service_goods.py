"""Small parts go with their box: onto the van, to the person, into a parcel, and back."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from hoffice.db import db
from hoffice.files.service import Store
from hoffice.handover import queries, service
from hoffice.handover.rules import FailureReason, ItemOutcome
from hoffice.handover.service import Said
from hoffice.kits import queries as kits
from hoffice.kits import service as kit_deeds
from hoffice.kits.models import Kit, KitTypeGood
from hoffice.kits.queries import bulk as counted
from hoffice.kits.rules import HolderKind
from hoffice.kits.service import bulk
from hoffice.runs import service as runs
from hoffice.runs.rules import Way
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.handover.scene import COMPANY, DRIVER
from tests.handover.test_service import visit_of, words_of
from tests.kits.test_service_bulk import assert_balance
from tests.runs.scene import book

BY = makers.IT
NAME = "Network cable"


def ready_with_cables() -> Kit:
    """A packed kit whose gates are open, with two cables in its second box; three were there."""
    kit = scene.ready()
    good = bulk.add_good(bulk.GoodFacts(NAME), by=BY)
    bulk.take_in(good.id, 3, by=BY)
    kit.kit_type.goods.append(KitTypeGood(good_id=good.id, count=2, box_no=2))
    db.session.flush()
    bulk.fill_up(kit.id, by=BY)
    kit_deeds.pack_kit(kit.id, by=BY)
    return kit


def _holders() -> dict[HolderKind, int]:
    """How many cables each kind of holder has."""
    good = counted.good_by_name(NAME)
    assert good is not None
    assert_balance()
    return counted.held_by_whom([good.id])[good.id]


def test_cables_go_onto_the_van_and_to_the_person_and_stand_on_the_record(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        kit = ready_with_cables()
        kit_id, run = kit.id, scene.run_of([kit])
        scene.load(kit_id, run.id)
        run_id, code = run.id, scene.codes(kit_id)[1]
        assert _holders() == {HolderKind.STOCK: 1, HolderKind.VAN: 2}
    with given():
        service.unload_box(code, run_id=run_id, by=DRIVER)
        assert _holders() == {HolderKind.STOCK: 3}
        service.load_box(code, run_id=run_id, by=DRIVER)
        service.start(run_id, by=DRIVER)

    with given():
        scene.deliver(kit_id, tmp_path)

    with app.app_context():
        assert _holders() == {HolderKind.STOCK: 1, HolderKind.EMPLOYEE: 2}
        visit = visit_of(kit_id)
        assert counted.goods_by_paper(f"handover:{visit.id}") == {NAME: 2}
        assert f"2 × {NAME}" in words_of(visit, tmp_path)


def test_a_box_that_was_not_there_keeps_its_cables(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        kit = ready_with_cables()
        kit_id = kit.id
        scene.under_way([kit])
        second = {
            row.item_id for row in kits.kit(kit_id).kit_items if row.box and row.box.number == 2
        }
        lines = {
            item_id: Said(ItemOutcome.MISSING if item_id in second else ItemOutcome.GIVEN)
            for item_id in scene.items_of(kit_id)
        }

    with given():
        scene.deliver(kit_id, tmp_path, lines)

    with app.app_context():
        assert _holders() == {HolderKind.STOCK: 1, HolderKind.VAN: 2}


def test_after_a_failed_visit_the_cables_are_in_the_store_and_still_in_their_kit(
    app: Flask, given: Given
) -> None:
    with given():
        kit = ready_with_cables()
        kit_id = kit.id
        scene.under_way([kit])

    with given():
        stop_id = scene.stop_id_of(kit_id)
        service.fail(stop_id, FailureReason.NOBODY_HOME, note="", by=DRIVER, links=book())

    with app.app_context():
        assert _holders() == {HolderKind.STOCK: 3}
        assert not kit_deeds.lacking_of(kits.kit(kit_id)).parts


def test_a_parcel_holds_the_cables_until_it_arrives(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        makers.depot()
        kit = ready_with_cables()
        stop_id, her = runs.propose_stop(kit.employee_id, by=BY).id, Actor.employee(kit.employee_id)
        runs.set_way(stop_id, Way.PARCEL, by=BY)
    with given():
        service.post(stop_id, "dhl", "00340434161094", by=BY, links=book())
        assert _holders() == {HolderKind.STOCK: 1, HolderKind.PARCEL: 2}

    with given():
        service.arrive(stop_id, by=her, store=Store(tmp_path), company=COMPANY)

    with app.app_context():
        assert _holders() == {HolderKind.STOCK: 1, HolderKind.EMPLOYEE: 2}
        assert queries.of_stop(stop_id) is not None
