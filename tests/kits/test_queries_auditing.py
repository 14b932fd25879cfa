"""The audit of devices: silent where all agrees, and one line for each thing that does not."""

from __future__ import annotations

import json
import uuid

from flask import Flask
from sqlalchemy import update

from hoffice.db import db
from hoffice.kits import queries, service
from hoffice.kits.models import Holding, Item
from hoffice.kits.rules import Holder, HolderKind, ItemKind, ItemState
from hoffice.kits.service import auditing, counting
from tests import makers
from tests.conftest import Given
from tests.kits import scene


def test_whole_books_have_no_faults_and_each_broken_page_is_named(given: Given) -> None:
    with given():
        scene.kit(packed=True)
        one, other, third = scene.in_stock(ItemKind.PC, ItemKind.PC, ItemKind.PC)
        person = Holder(HolderKind.EMPLOYEE, makers.employee("Bo Rau").id)
        service.hand_to([one.id], person, by=makers.IT, because="handover:1")
        assert list(auditing.faults()) == []

        other.state = ItemState.OUT
        db.session.flush()
        db.session.execute(
            update(Holding).where(Holding.item_id == third.id).values(holder_kind=HolderKind.LOST)
        )
        unknown = Item(
            asset_tag="HW-OHNE", kind=ItemKind.PC, created_at=makers.MONDAY, search_text=""
        )
        db.session.add(unknown)
        db.session.flush()

        assert sorted(line.partition(":")[0] for line in auditing.faults()) == sorted(
            [other.asset_tag, third.asset_tag, third.asset_tag, "HW-OHNE"]
        )
        db.session.rollback()


def test_a_device_in_a_packed_box_that_lies_at_a_desk_is_a_fault_and_its_kit_lacks_it(
    given: Given,
) -> None:
    with given():
        kit = scene.kit(packed=True)
        mouse, headset = (scene.item_in(kit, one) for one in (ItemKind.MOUSE, ItemKind.HEADSET))
        service.hand_to([mouse.id], Holder(HolderKind.DESK), by=makers.IT, because="x:1")
        service.hand_to([headset.id], Holder(HolderKind.REPAIR), by=makers.IT, because="x:2")

        faults = list(auditing.faults())

        assert [line.partition(":")[0] for line in faults] == sorted(
            [mouse.asset_tag, headset.asset_tag]
        )
        assert kit.boxes[0].code in faults[0]
        assert service.missing_of(kit) == {ItemKind.MOUSE: 1, ItemKind.HEADSET: 1}
        incomplete = db.session.scalars(queries.kits().where(queries.is_incomplete())).all()
        assert [one.id for one in incomplete] == [kit.id]


def test_the_terminal_says_yes_no_and_how_a_count_stands(app: Flask, given: Given) -> None:
    with given():
        one, other = scene.in_stock(ItemKind.PC, ItemKind.PC)
        count_id = counting.begin("Ende", location_id=None, by=makers.IT).id
        counting.scan(count_id, str(uuid.uuid4()), one.asset_tag, by=makers.IT)
        other_id = other.id
    runner = app.test_cli_runner()

    whole = runner.invoke(args=["kits", "audit", "--count", str(count_id)])
    told = json.loads(whole.output.splitlines()[-1])
    assert (whole.exit_code, told["whole"], told["items"], told["scans"]) == (0, True, 2, 1)
    assert (told["stock_take"]["found"], told["stock_take"]["missing"]) == (1, 1)
    with given():
        db.session.execute(update(Item).where(Item.id == other_id).values(state=ItemState.LOST))
    broken = runner.invoke(args=["kits", "audit"])
    assert (broken.exit_code, json.loads(broken.output.splitlines()[-1])["faults"]) == (1, 1)
    assert runner.invoke(args=["kits", "audit", "--count", "99"]).exit_code == 2
