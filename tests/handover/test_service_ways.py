"""Handing out at the office and sending by post: the same gates, ledger, record and receipt."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from hoffice import clock
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.gates.service import GateClosed
from hoffice.handover import queries, service
from hoffice.handover.models import Handover
from hoffice.handover.rules import FailureReason, ItemOutcome, ReceiptAnswer, VisitOutcome
from hoffice.handover.service import Confirmed, Said
from hoffice.kits import queries as kits
from hoffice.kits.models import Kit
from hoffice.kits.rules import BoxState, HolderKind
from hoffice.notices.models import Notice
from hoffice.runs import queries as runs
from hoffice.runs import service as run_deeds
from hoffice.runs.models import Parcel
from hoffice.runs.rules import StopState, Way
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.handover.scene import COMPANY
from tests.kits import scene as kit_scene
from tests.races import at_once
from tests.runs.scene import book

IT = makers.IT
SYSTEM = Actor.system()


def going(given: Given, way: Way, *, signed: bool = True) -> tuple[int, int]:
    """Kit and stop of somebody whose boxes are packed and go this way."""
    with given():
        makers.depot()
        kit = scene.ready(signed=signed)
        stop = run_deeds.propose_stop(kit.employee_id, by=IT)
        run_deeds.set_way(stop.id, way, by=IT)
        return kit.id, stop.id


def booked(stop_id: int, *, days_ahead: int) -> None:
    """She comes at the last quarter of that day."""
    day = clock.today() + timedelta(days=days_ahead)
    hours = run_deeds.open_counter(day, start_min=1425, end_min=1440, places=1, by=IT)
    run_deeds.book(stop_id, hours.id, 1425, by=IT, links=book())


def hand_out(kit_id: int, folder: Path, lines: dict[int, Said] | None = None) -> Handover:
    """At the counter, with a signature."""
    return scene.deliver(kit_id, folder, lines)


def send(stop_id: int) -> Parcel:
    """Posted with a carrier that everybody knows."""
    return service.post(stop_id, "dhl", "00340434161234567890", by=IT, links=book())


def arrive(stop_id: int, folder: Path, *, by: Actor = SYSTEM) -> Handover:
    """The parcel is there."""
    return service.arrive(stop_id, by=by, store=Store(folder), company=COMPANY)


def record_text(visit_id: int, folder: Path) -> str:
    """What the record says."""
    visit = queries.handover(visit_id)
    assert visit.record_file is not None
    pages = PdfReader(io.BytesIO(Store(folder).get(visit.record_file.sha256))).pages
    return "\n".join(page.extract_text() for page in pages)


def states(kit_id: int) -> list[BoxState]:
    """Where the boxes stand."""
    return [box.state for box in kits.kit(kit_id).boxes]


def test_at_the_office_everything_changes_hands_as_at_the_door(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    kit_id, stop_id = going(given, Way.OFFICE)
    with given():
        visit_id = hand_out(kit_id, tmp_path).id
    with app.app_context():
        stop = runs.stop(stop_id)
        assert stop.state is StopState.DONE
        assert states(kit_id) == [BoxState.HANDED_OVER] * 2
        assert set(scene.holders(kit_id)) == {(HolderKind.EMPLOYEE, stop.employee_id)}
        said = record_text(visit_id, tmp_path)
        assert "im Büro abgeholt" in said
        assert "Can Demir" in said
        assert list(queries.working_from_home_since([stop.employee_id])) == [stop.employee_id]
        kit_scene.assert_order()


def test_nothing_is_handed_out_while_a_gate_is_closed(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    kit_id, stop_id = going(given, Way.OFFICE, signed=False)
    with pytest.raises(GateClosed), given():
        hand_out(kit_id, tmp_path)
    with app.app_context():
        assert states(kit_id) == [BoxState.PACKED] * 2
        assert {kind for kind, _id in scene.holders(kit_id)} == {HolderKind.STOCK}
        assert queries.of_stop(stop_id) is None


def test_what_is_missing_at_the_counter_stays_in_the_store(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    kit_id, stop_id = going(given, Way.OFFICE)
    with given():
        lines = scene.all_given(kit_id)
        lines[min(lines)] = Said(ItemOutcome.MISSING)
        hand_out(kit_id, tmp_path, lines)
    with app.app_context():
        assert runs.stop(stop_id).state is StopState.PARTLY_DONE
        assert scene.holders(kit_id)[0][0] is HolderKind.STOCK


def test_a_kit_is_handed_out_once(given: Given, tmp_path: Path) -> None:
    kit_id, _stop_id = going(given, Way.OFFICE)
    with given():
        hand_out(kit_id, tmp_path)
    with given(), pytest.raises(Refused, match="handed out already"):
        hand_out(kit_id, tmp_path)


def test_two_counters_at_the_same_moment_write_it_down_once(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    kit_id, _stop_id = going(given, Way.OFFICE)
    said = at_once(app, partial(hand_out, kit_id, tmp_path), partial(hand_out, kit_id, tmp_path))
    assert sorted(word == "done" for word in said) == [False, True], said
    with app.app_context():
        assert db.session.query(Handover).count() == 1
        kit_scene.assert_order()


def test_who_comes_earlier_than_booked_frees_the_place(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    kit_id, stop_id = going(given, Way.OFFICE)
    with given():
        booked(stop_id, days_ahead=3)
    with given():
        hand_out(kit_id, tmp_path)
    with app.app_context():
        assert [quarter.free for quarter in run_deeds.free_quarters()] == [1]


def test_the_van_still_needs_its_run(given: Given, tmp_path: Path) -> None:
    kit_id, _stop_id = going(given, Way.VAN)
    with given(), pytest.raises(Refused, match="the run has not started"):
        hand_out(kit_id, tmp_path)


def test_a_parcel_holds_the_items_until_it_arrives_and_then_the_person_does(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    kit_id, stop_id = going(given, Way.PARCEL)
    with given():
        parcel_id = send(stop_id).id
    with app.app_context():
        employee_id = runs.stop(stop_id).employee_id
        assert runs.stop(stop_id).state is StopState.UNDER_WAY
        assert states(kit_id) == [BoxState.LOADED] * 2
        assert set(scene.holders(kit_id)) == {(HolderKind.PARCEL, parcel_id)}
        assert queries.open_receipt_of(employee_id) is None
        assert queries.working_from_home_since([employee_id]) == {}
        assert db.session.query(Notice).filter_by(template="parcel").count() == 1
        kit_scene.assert_order()
    with given():
        visit_id = arrive(stop_id, tmp_path, by=Actor.employee(employee_id)).id
    with app.app_context():
        stop = runs.stop(stop_id)
        assert stop.state is StopState.DONE
        assert stop.parcel is not None
        assert stop.parcel.arrived_at is not None
        assert states(kit_id) == [BoxState.HANDED_OVER] * 2
        assert set(scene.holders(kit_id)) == {(HolderKind.EMPLOYEE, employee_id)}
        said = record_text(visit_id, tmp_path)
        assert "DHL 00340434161234567890" in said
        assert "Unterschriften" not in said
        kit_scene.assert_order()


def test_what_arrived_is_confirmed_item_by_item_like_any_other_delivery(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    _kit_id, stop_id = going(given, Way.PARCEL)
    with given():
        send(stop_id)
        visit_id = arrive(stop_id, tmp_path).id
    with given():
        visit = queries.handover(visit_id)
        answers = {line.item_id: Confirmed(ReceiptAnswer.YES) for line in visit.lines}
        answers[min(answers)] = Confirmed(ReceiptAnswer.BROKEN, "Gehäuse gesprungen")
        service.confirm_receipt(
            visit_id,
            answers,
            employee_id=visit.employee_id,
            by=Actor.employee(visit.employee_id),
            store=Store(tmp_path),
            company=COMPANY,
        )
    with app.app_context():
        assert "Gehäuse gesprungen" in record_text(visit_id, tmp_path)


def test_nothing_is_posted_while_a_gate_is_closed(app: Flask, given: Given) -> None:
    kit_id, stop_id = going(given, Way.PARCEL, signed=False)
    with pytest.raises(GateClosed), given():
        send(stop_id)
    with app.app_context():
        assert db.session.query(Parcel).count() == 0
        assert states(kit_id) == [BoxState.PACKED] * 2


def test_a_wrong_number_is_refused_and_nothing_leaves(app: Flask, given: Given) -> None:
    kit_id, stop_id = going(given, Way.PARCEL)
    with pytest.raises(Refused, match="6 to 40"), given():
        service.post(stop_id, "dhl", "12", by=IT, links=book())
    with app.app_context():
        assert states(kit_id) == [BoxState.PACKED] * 2


def test_two_people_post_the_same_parcel_once(app: Flask, given: Given) -> None:
    kit_id, stop_id = going(given, Way.PARCEL)
    said = at_once(app, partial(send, stop_id), partial(send, stop_id))
    assert sorted(said) == ["This parcel is posted already.", "done"]
    with app.app_context():
        assert {kind for kind, _id in scene.holders(kit_id)} == {HolderKind.PARCEL}


def test_an_arrival_is_written_down_once(app: Flask, given: Given, tmp_path: Path) -> None:
    _kit_id, stop_id = going(given, Way.PARCEL)
    with given(), pytest.raises(Refused, match="No parcel is on its way"):
        arrive(stop_id, tmp_path)
    with given():
        send(stop_id)
    said = at_once(app, partial(arrive, stop_id, tmp_path), partial(arrive, stop_id, tmp_path))
    assert sorted(said) == ["No parcel is on its way here.", "done"]
    with app.app_context():
        assert db.session.query(Handover).count() == 1


def test_a_parcel_that_came_back_waits_to_be_posted_again(app: Flask, given: Given) -> None:
    kit_id, stop_id = going(given, Way.PARCEL)
    with given():
        send(stop_id)
    with given():
        visit = service.fail(stop_id, FailureReason.WRONG_ADDRESS, note="", by=IT, links=book())
        assert visit.outcome is VisitOutcome.FAILED
    with app.app_context():
        assert not db.session.query(Notice).filter_by(template="visit_failed").count()
        again = runs.open_stop_of_kit(kit_id)
        assert again is not None
        assert (again.way, again.state) == (Way.PARCEL, StopState.PROPOSED)
        assert {kind for kind, _id in scene.holders(kit_id)} == {HolderKind.STOCK}
        assert states(kit_id) == [BoxState.PACKED] * 2
        again_id = again.id
    with given():
        send(again_id)


def test_a_parcel_goes_to_where_the_person_lives_now(app: Flask, given: Given) -> None:
    kit_id, stop_id = going(given, Way.PARCEL, signed=False)
    with given():
        employee = db.session.get_one(Kit, kit_id).employee
        scene.move(employee.id)
        db.session.refresh(employee)
        scene.signed_papers(employee)
    with given():
        send(stop_id)
    with app.app_context():
        assert "Müllerstraße 904" in runs.stop(stop_id).home.line
