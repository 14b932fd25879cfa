"""At the depot: which box may go onto which van, and who drives off with what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.gates.service import GateClosed
from hoffice.handover import service
from hoffice.kits import queries as kits
from hoffice.kits import service as kit_deeds
from hoffice.kits.rules import BoxState, HolderKind
from hoffice.notices.models import Notice
from hoffice.runs import queries as runs
from hoffice.runs.models import Run, Slot
from hoffice.runs.rules import RunState, StopState
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.handover.scene import DRIVER
from tests.kits import scene as kit_scene
from tests.runs.scene import book

STOCK = (HolderKind.STOCK, 0)


def refused(code: str, run_id: int) -> Refused:
    """What the house says when this box is put onto this van."""
    with pytest.raises(Refused) as refusal:
        service.load_box(code, run_id=run_id, by=DRIVER)
    db.session.rollback()
    return refusal.value


def box_states(kit_id: int) -> list[BoxState]:
    """The states of the boxes of a kit, in their order."""
    return [kits.box_by_code(code).state for code in scene.codes(kit_id)]


def stop_state(kit_id: int) -> StopState:
    """Where the newest stop of a kit stands."""
    return runs.stop(scene.stop_id_of(kit_id)).state


def test_a_box_goes_onto_the_van_with_its_items_and_the_stop_waits_for_the_last_box(
    app: Flask, given: Given
) -> None:
    with given():
        kit = scene.ready()
        run = scene.run_of([kit])
        kit_id, run_id, van_id = kit.id, run.id, run.shift.van_id
        first, second = scene.codes(kit_id)
    with given():
        service.load_box(f" {first.lower()} ", run_id=run_id, by=DRIVER)
    with app.app_context():
        assert box_states(kit_id) == [BoxState.LOADED, BoxState.RELEASED]
        assert stop_state(kit_id) is StopState.PROMISED
        assert runs.run(run_id).state is RunState.LOADING
        assert scene.holders(kit_id).count((HolderKind.VAN, van_id)) == 3
    with given():
        service.load_box(second, run_id=run_id, by=DRIVER)
    with app.app_context():
        assert stop_state(kit_id) is StopState.LOADED
        assert set(scene.holders(kit_id)) == {(HolderKind.VAN, van_id)}
        kit_scene.assert_order()


def test_a_box_of_another_run_says_whose_it_is_and_when_it_goes(app: Flask, given: Given) -> None:
    with given():
        mine, other = scene.ready("Ayşe Kaya"), scene.ready("Emre Kaplan")
        run_id = scene.run_of([mine]).id
        with clock.frozen(clock.now() + timedelta(days=1)):
            scene.run_of([other])
            tomorrow = clock.today()
        code = scene.codes(other.id)[0]
    with app.app_context():
        refusal = refused(code, run_id)
        assert refusal.facts == {
            "code": code,
            "name": "Emre Kaplan",
            "date": tomorrow,
        }


def test_a_box_of_nobodys_run_and_a_label_nobody_knows_are_refused(
    app: Flask, given: Given
) -> None:
    with given():
        mine, other = scene.ready("Ayşe Kaya"), scene.ready("Emre Kaplan")
        run_id, code = scene.run_of([mine]).id, scene.codes(other.id)[0]
    with app.app_context():
        assert "who is on no run" in str(refused(code, run_id))
        assert isinstance(refused("K99999-1", run_id), NotFound)
        with pytest.raises(NotFound):
            service.load_box(code, run_id=10**6, by=DRIVER)


def test_a_box_is_loaded_once(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready()
        run_id, code = scene.run_of([kit]).id, scene.codes(kit.id)[0]
        service.load_box(code, run_id=run_id, by=DRIVER)
    with app.app_context():
        assert "already on the van" in str(refused(code, run_id))


def test_a_box_that_is_not_packed_stays_and_so_does_its_sister(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready()
        run_id, codes = scene.run_of([kit]).id, scene.codes(kit.id)
        kit_deeds.unpack_box(kits.box_by_code(codes[1]).id, by=makers.IT)
    with app.app_context():
        for code in codes:
            refusal = refused(code, run_id)
            assert isinstance(refusal, GateClosed)
            assert [one.gate.value for one in refusal.closed] == ["kit"]


def test_whoever_moved_since_is_planned_again_first(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready()
        employee_id = kit.employee_id
        run_id, code = scene.run_of([kit]).id, scene.codes(kit.id)[0]
    with given():
        scene.move(employee_id)
    with app.app_context():
        assert "has moved since" in str(refused(code, run_id))


def test_a_box_is_taken_off_again_and_goes_back_into_the_store(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready()
        run_id, kit_id, codes = scene.run_of([kit]).id, kit.id, scene.codes(kit.id)
        scene.load(kit_id, run_id)
    with given():
        service.unload_box(codes[0], run_id=run_id, by=DRIVER)
    with app.app_context():
        assert box_states(kit_id) == [BoxState.RELEASED, BoxState.LOADED]
        assert stop_state(kit_id) is StopState.PROMISED
        assert scene.holders(kit_id).count(STOCK) == 3
        with pytest.raises(Refused):
            service.unload_box(codes[0], run_id=run_id, by=DRIVER)
    with given():
        service.load_box(codes[0], run_id=run_id, by=DRIVER)
    with app.app_context():
        assert stop_state(kit_id) is StopState.LOADED
        kit_scene.assert_order()


def test_nothing_is_taken_off_a_van_that_drives(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready()
        run_id, code = scene.under_way([kit]).id, scene.codes(kit.id)[0]
    with app.app_context():
        with pytest.raises(Refused, match="is not on a van that is being loaded"):
            service.unload_box(code, run_id=run_id, by=DRIVER)
        assert "no longer being loaded" in str(refused(code, run_id))


def test_an_empty_van_does_not_drive_off(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready()
        run_id, code = scene.run_of([kit]).id, scene.codes(kit.id)[0]
    with app.app_context(), pytest.raises(Refused, match="Load the van first"):
        service.start(run_id, by=DRIVER)
    with given():
        service.load_box(code, run_id=run_id, by=DRIVER)
    with app.app_context(), pytest.raises(Refused, match="all its boxes"):
        service.start(run_id, by=DRIVER)


def test_half_loaded_stops_stay_behind_and_lose_their_promise(app: Flask, given: Given) -> None:
    with given():
        going, staying = scene.ready("Ayşe Kaya"), scene.ready("Emre Kaplan")
        going_id, staying_id = going.id, staying.id
        run_id = scene.run_of([going, staying]).id
        stop_id = scene.stop_id_of(staying_id)
        scene.load(going_id, run_id)
        service.load_box(scene.codes(staying_id)[0], run_id=run_id, by=DRIVER)
    with given():
        service.start(run_id, by=DRIVER)
    with app.app_context():
        run = runs.run(run_id)
        assert (run.state, [stop.kit_id for stop in run.stops]) == (RunState.UNDER_WAY, [going_id])
        assert stop_state(going_id) is StopState.UNDER_WAY
        left = runs.stop(stop_id)
        assert (left.run_id, left.state, left.slot) == (None, StopState.PROPOSED, None)
        assert box_states(staying_id) == [BoxState.RELEASED, BoxState.RELEASED]
        assert set(scene.holders(staying_id)) == {STOCK}
        withdrawn = db.session.scalars(select(Slot).where(Slot.stop_id == stop_id)).one()
        assert withdrawn.withdrawn_at is not None
        assert "runs.left_behind" in set(db.session.scalars(select(AuditLine.action)))
        kit_scene.assert_order()


def test_who_was_promised_a_window_and_stays_behind_is_told_and_chooses_anew(
    app: Flask, given: Given
) -> None:
    with given():
        going, staying = scene.ready("Ayşe Kaya"), scene.ready("Emre Kaplan")
        going_id, staying_id = going.id, staying.id
        run_id = scene.run_of([going, staying]).id
        stop_id = scene.stop_id_of(staying_id)
        runs.stop(stop_id).fixed_at = makers.MONDAY
        scene.load(going_id, run_id)
    with given():
        service.start(run_id, by=DRIVER, links=book())
    with app.app_context():
        [mail] = db.session.scalars(select(Notice).where(Notice.template == "slot_off"))
        left = runs.stop(stop_id)
        assert mail.employee_id == left.employee_id
        assert mail.facts["why"] == "Deine Kartons konnten heute nicht geladen werden."
        assert (mail.facts["start"], mail.facts["end"]) == ("8:00", "10:00")
        assert left.invited_at is not None
        assert left.fixed_at is None  # no longer bound to a run that has left without it


def test_a_van_that_is_empty_again_is_open_to_plans_again(app: Flask, given: Given) -> None:
    with given():
        kit = scene.ready()
        run_id, (first, second) = scene.run_of([kit]).id, scene.codes(kit.id)
        scene.load(kit.id, run_id)
        version = runs.timetable().version
    with given():
        service.unload_box(first, run_id=run_id, by=DRIVER)
        assert runs.run(run_id).state is RunState.LOADING
        service.unload_box(second, run_id=run_id, by=DRIVER)
    with app.app_context():
        assert runs.run(run_id).state is RunState.PROMISED
        assert runs.timetable().version > version


def test_the_second_trip_is_loaded_when_the_first_has_ended_and_then_the_run_closes(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        first, second = scene.ready("Ayşe Kaya"), scene.ready("Emre Kaplan")
        first_id, second_id = first.id, second.id
        run_id = scene.run_of([first, second], trips=[1, 2]).id
        scene.load(first_id, run_id)
        service.start(run_id, by=DRIVER)
    with app.app_context():
        assert len(runs.run(run_id).stops) == 2
        assert stop_state(second_id) is StopState.PROMISED
        assert "no longer being loaded" in str(refused(scene.codes(second_id)[0], run_id))

    with given():
        scene.deliver(first_id, tmp_path)
    with given():
        assert runs.run(run_id).state is RunState.UNDER_WAY
        scene.load(second_id, run_id)
        assert stop_state(second_id) is StopState.LOADED
    with given():
        service.start(run_id, by=DRIVER)
    with given():
        scene.deliver(second_id, tmp_path)

    with app.app_context():
        run = db.session.get_one(Run, run_id)
        assert run.state is RunState.CLOSED
        assert run.closed_at is not None
        assert {stop.state for stop in run.stops} == {StopState.DONE}
        assert box_states(first_id) + box_states(second_id) == [BoxState.HANDED_OVER] * 4
        assert "no longer being loaded" in str(refused(scene.codes(second_id)[0], run_id))
        kit_scene.assert_order()
