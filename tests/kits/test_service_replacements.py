"""What is kept to take the place of a device: for whom, and when it goes to her."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.queries import replacements
from hoffice.kits.queries import returning as reading
from hoffice.kits.rules import BoxState, HolderKind, ItemKind, ItemState, ReturnReason, WipeMethod
from hoffice.kits.service import exchanging, fate, reserving, return_closing, returning
from hoffice.tasks import queries as tasks
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.kits.returning_scene import held
from tests.races import at_once

BY = makers.IT
COMPANY = returning_scene.COMPANY


def test_a_monitor_is_swapped_at_the_counter_in_one_step(given: Given, tmp_path: Path) -> None:
    with given():
        kit = returning_scene.at_home()
        old = scene.item_in(kit, ItemKind.MONITOR)
        old.model = "Dell P2422H"
        returning_scene.spare(ItemKind.MONITOR, model="Anderer")
        new = returning_scene.spare(ItemKind.MONITOR, model="Dell P2422H")

        swap = exchanging.begin_swap(old.id, ReturnReason.DEFECT, by=BY)
        assert swap.reservation.item_id == new.id  # the same model comes first
        assert queries.free_items(ItemKind.MONITOR, limit=9) != []
        assert new not in queries.free_items(ItemKind.MONITOR, limit=9)
        made = exchanging.exchange(
            old.id,
            received_by="Ayşe Kaya",
            condition="damaged",
            by=BY,
            store=returning_scene.store(tmp_path),
            company=COMPANY,
        )

        assert held(new.id) == (HolderKind.EMPLOYEE, kit.employee_id)
        assert (new.state, old.state) == (ItemState.OUT, ItemState.TO_CHECK)
        after = queries.kit(kit.id, lock=True)
        assert {item.id for item in after.items} >= {new.id}
        assert old.id not in {item.id for item in after.items}
        assert service.missing_of(after) == {}
        assert {box.state for box in after.boxes} == {BoxState.HANDED_OVER}
        assert made.closed_at is not None
        assert reading.record_of(made.id) is not None
        assert replacements.reservation_of(new.id) is None
        assert [item.id for item in reading.handed_out_by(made.id)] == [new.id]


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_what_is_kept_is_handed_over_though_the_old_one_came_by_a_scan(
    given: Given, tmp_path: Path, *, is_closed: bool
) -> None:
    """In the old one's place in kit and box, by the return by which that one came."""
    with given():
        kit = returning_scene.at_home()
        old, new = scene.item_in(kit, ItemKind.MONITOR), returning_scene.spare(ItemKind.MONITOR)
        number, kit_id = scene.box_number(old), kit.id
        made = exchanging.begin_swap(old.id, ReturnReason.DEFECT, by=BY).kit_return
        returning.take_back(made.id, old.asset_tag, by=BY)
        files = returning_scene.store(tmp_path)
        if is_closed:
            return_closing.close(made.id, by=BY, store=files, company=COMPANY)
        before = reading.record_of(made.id)

        done = exchanging.exchange(
            old.id, received_by="Ayşe Kaya", by=BY, store=files, company=COMPANY
        )

        assert (done.id, done.closed_at is not None) == (made.id, True)
        assert held(new.id) == (HolderKind.EMPLOYEE, kit.employee_id)
        assert (new.state, old.state) == (ItemState.OUT, ItemState.TO_CHECK)
        assert new.kit_item is not None
        assert (new.kit_item.kit_id, scene.box_number(new)) == (kit_id, number)
        assert old.kit_item is None
        assert service.missing_of(queries.kit(kit_id, lock=True)) == {}
        assert [item.id for item in reading.handed_out_by(made.id)] == [new.id]
        assert reading.record_of(made.id) not in {None, before}  # it tells of the new one
        assert replacements.reservation_of(new.id) is None


@pytest.mark.parametrize("deed", [fate.to_repair, fate.retire, fate.lose])
def test_what_is_kept_for_somebody_goes_only_when_that_is_said_and_she_gets_another(
    given: Given, deed: Callable[..., object]
) -> None:
    with given():
        by = Actor.staff(makers.account(Role.IT).id)
        kit = returning_scene.at_home()
        old, new = scene.item_in(kit, ItemKind.MOUSE), returning_scene.spare(ItemKind.MOUSE)
        another = returning_scene.spare(ItemKind.MOUSE)
        made = exchanging.begin_swap(
            old.id, ReturnReason.DEFECT, tag=new.asset_tag, by=by
        ).kit_return
        with pytest.raises(Refused, match="is kept for Ayşe Kaya"), db.session.begin_nested():
            deed(new.id, by=BY)
        assert replacements.reservation_of(new.id) is not None

        deed(new.id, anyway=True, by=BY)

        about = partial(tasks.open_task, reserving.REPLACEMENT_GONE, f"item:{old.id}")
        task = about()
        assert task is not None
        assert Actor.staff(task.owner_id) == by  # who had kept it for her
        assert task.facts == {
            "name": "Ayşe Kaya",
            "new": new.asset_tag,
            "old": old.asset_tag,
            "from": f"kit_return:{made.id}",
        }
        reserving.reserve_replacement(old.id, tag=another.asset_tag, by=by)
        assert about() is None


def test_a_reservation_can_be_given_up_and_ends_with_the_device(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        old = scene.item_in(kit, ItemKind.MONITOR)
        with pytest.raises(Refused, match="None of these is free in stock: 1\xa0×\xa0Monitor"):
            reserving.reserve_replacement(old.id, by=BY)
        new = returning_scene.spare(ItemKind.MONITOR)
        reserving.reserve_replacement(old.id, by=BY)
        with pytest.raises(Refused, match="is kept already to replace"):
            reserving.reserve_replacement(old.id, by=BY)
        reserving.cancel(new.id, by=BY)
        reserving.reserve_replacement(old.id, tag=new.asset_tag, by=BY)
        another = scene.kit("Bo Rau")
        with pytest.raises(Refused, match="is kept for Ayşe Kaya"), db.session.begin_nested():
            service.add_to_kit(another.id, new.asset_tag, by=BY)

        fate.to_repair(new.id, anyway=True, by=BY)

        assert replacements.replacement_for(old.id) is None
        with pytest.raises(Refused, match="Choose a replacement first"):
            exchanging.exchange(
                old.id,
                received_by="A",
                by=BY,
                store=returning_scene.store(Path("/nowhere")),
                company=COMPANY,
            )


def test_the_last_monitor_is_kept_for_one_person_however_many_ask(app: Flask, given: Given) -> None:
    for _ in range(3):
        with given():
            kits = [returning_scene.at_home(name) for name in ("Ada Ott", "Bo Rau")]
            old = [scene.item_in(kit, ItemKind.MONITOR).id for kit in kits]
            last = returning_scene.spare(ItemKind.MONITOR).id

        said = at_once(app, *(partial(reserving.reserve_replacement, one, by=BY) for one in old))

        assert sorted(answer == "done" for answer in said) == [False, True]
        assert any("None of these is free" in one or "just been taken" in one for one in said)
        with app.app_context():
            assert replacements.reservation_of(last) is not None
        with given():
            reserving.cancel(last, by=BY)
            fate.retire(last, by=BY)


def test_what_is_kept_for_somebody_never_goes_into_another_kit(app: Flask, given: Given) -> None:
    for _ in range(3):
        with given():
            kit = returning_scene.at_home("Ada Ott")
            old = scene.item_in(kit, ItemKind.MOUSE).id
            kit_type = scene.stocked(sets=1)
            person, kit_type_id = makers.employee("Bo Rau").id, kit_type.id

        said = at_once(
            app,
            partial(reserving.reserve_replacement, old, by=BY),
            partial(service.give_kit, person, kit_type_id, by=BY),
        )

        assert sorted(answer == "done" for answer in said) == [False, True], said
        with app.app_context():
            kept = replacements.replacement_for(old)
            given_kit = queries.kit_of(person)
            assert (kept is None) != (given_kit is None)
        with given():
            for kind in scene.KINDS:
                for item in queries.free_items(kind, limit=9):
                    fate.retire(item.id, method=WipeMethod.CLEAR, by=BY)
            kept = replacements.replacement_for(old)
            if kept is not None:
                fate.retire(kept.item_id, anyway=True, by=BY)
