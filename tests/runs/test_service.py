"""What people do with stops, plans and runs, on a real database and with the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.audit.models import AuditLine
from hoffice.db import db, unit_of_work
from hoffice.errors import Refused
from hoffice.kits import service as kit_deeds
from hoffice.notices.models import Notice
from hoffice.people.models import Home
from hoffice.places.rules import Precision
from hoffice.runs import queries, service
from hoffice.runs.models import Run, Shift, Slot, Stop
from hoffice.runs.planning import plan as plans
from hoffice.runs.rules import RunState, StopState
from tests import makers
from tests.conftest import Given
from tests.handover import scene as hand_scene
from tests.runs import campaign, scene
from tests.runs.scene import IT, MONDAY, TUESDAY
from tests.told import Told


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def shift_ids(app: Flask, told: Told) -> list[int]:
    """Six people with packed kits and stops, one van on two days."""
    return campaign.waiting(app, told)


def runs_of(app: Flask, shift_ids: list[int]) -> list[int]:
    """Planned and taken runs on these shifts."""
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            return [run.id for run in scene.taken(plan_id)]


def states() -> list[StopState]:
    return [stop.state for stop in db.session.query(Stop).order_by(Stop.id)]


def test_every_kit_gets_one_stop_and_only_one_packed_or_not(app: Flask, given: Given) -> None:
    with given():
        scene.people(3)
        unpacked = makers.employee("Nele Brinkmann")
        kit = scene.packed(unpacked, makers.kit_type())
        kit_deeds.unpack_box(kit.boxes[0].id, by=IT)
    with given():
        assert service.propose_missing(by=IT) == 4
        assert service.propose_missing(by=IT) == 0
    with app.app_context():
        assert states() == [StopState.PROPOSED] * 4
        assert queries.open_stops().waiting == 4


def test_a_stop_asked_for_twice_is_one_stop(given: Given) -> None:
    with given():
        employee = scene.people(1)[0]
        first = service.propose_stop(employee.id, by=IT)
        assert service.propose_stop(employee.id, by=IT).id == first.id


def test_nobody_without_a_kit_gets_a_stop(given: Given) -> None:
    with given():
        employee = makers.employee()
        with pytest.raises(Refused, match="no kit"):
            service.propose_stop(employee.id, by=IT)


def test_the_engine_plans_six_people_and_the_plan_becomes_runs(
    app: Flask, shift_ids: list[int]
) -> None:
    run_ids = runs_of(app, shift_ids)

    with app.app_context():
        assert run_ids
        runs = [queries.run(run_id) for run_id in run_ids]
        assert sum(len(run.stops) for run in runs) == 6
        for run in runs:
            assert run.state is RunState.PLANNED
            assert [stop.position for stop in run.stops] == list(range(1, len(run.stops) + 1))
            assert run.shift.start_min <= run.start_min < run.end_min <= run.shift.end_min
            assert run.distance_m > 1000
            trips = {stop.trip for stop in run.stops}
            for trip in trips:
                boxes = sum(len(s.kit.boxes) for s in run.stops if s.trip == trip)
                assert boxes <= run.shift.van.boxes
        assert queries.open_stops().planned == 6


def test_people_are_visited_when_they_said_to_be_at_home(
    app: Flask, given: Given, shift_ids: list[int]
) -> None:
    with given():
        stop = queries.unplanned_stops()[0]
        scene.at_home(stop.employee, TUESDAY, 600, 660)
        stop_id = stop.id
    runs_of(app, shift_ids)

    with app.app_context():
        stop = queries.stop(stop_id)
        assert stop.run is not None
        assert stop.run.shift.on_date == TUESDAY
        assert 600 <= (stop.start_min or 0) <= 660


def test_who_was_home_only_before_the_shifts_is_left_out_with_a_reason(
    app: Flask, given: Given, shift_ids: list[int]
) -> None:
    with given():
        stop = queries.unplanned_stops()[0]
        scene.at_home(stop.employee, MONDAY + timedelta(days=9), 600, 660)
        stop_id = stop.id
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        answer = plans.read(queries.plan(plan_id).answer)
        assert [left.id for left in answer.unplanned] == [queries.stop_key(stop_id)]
        assert [reason.code.value for reason in answer.unplanned[0].reasons] == ["no-window"]


def test_without_depot_shift_or_point_nothing_is_planned(given: Given) -> None:
    with given(), pytest.raises(Refused, match="depot"):
        service.ask_for_plan([1], seconds=5, by=IT)
    with given():
        shift = scene.shifts(1)[0]
        with pytest.raises(Refused, match="nothing to plan"):
            service.ask_for_plan([shift.id], seconds=5, by=IT)
        with pytest.raises(Refused, match="None of these shifts"):
            service.ask_for_plan([999], seconds=5, by=IT)


def test_a_plan_cannot_be_taken_twice(app: Flask, shift_ids: list[int]) -> None:
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            scene.taken(plan_id)
        with pytest.raises(Refused, match="taken already"), unit_of_work():
            scene.taken(plan_id)


def test_a_plan_without_an_answer_cannot_be_taken(given: Given, shift_ids: list[int]) -> None:
    with given():
        plan_id = scene.asked(shift_ids)
        with pytest.raises(Refused, match="no answer"):
            service.take_plan(plan_id, by=IT)


def test_a_second_plan_replaces_what_nobody_was_promised(app: Flask, shift_ids: list[int]) -> None:
    first = runs_of(app, shift_ids)
    second = runs_of(app, shift_ids)

    with app.app_context():
        assert not set(first) & set(second) or len(first) == len(second)
        assert db.session.query(Run).count() == len(second)
        assert queries.open_stops().planned == 6
        assert queries.open_stops().waiting == 0


def test_promised_windows_hold_whatever_plan_is_taken(app: Flask, shift_ids: list[int]) -> None:
    with app.app_context():
        first, same, late = (scene.planned(shift_ids) for _ in range(3))
        with unit_of_work():
            run = scene.taken(first)[0]
            service.promise_run(run.id, by=IT, book=scene.book())
            promised = run.id
        with unit_of_work():
            scene.taken(same)
        run = queries.run(promised)
        assert run.state is RunState.PROMISED
        assert all(stop.slot is not None for stop in run.stops)
        with unit_of_work():
            put_off(late, minutes=240)
        with pytest.raises(Refused, match="another window"), unit_of_work():
            scene.taken(late)
        with pytest.raises(Refused, match="were promised a window"), unit_of_work():
            service.take_apart(promised, by=IT)


def put_off(plan_id: int, *, minutes: int) -> None:
    """Let every visit of a plan begin later than the engine said."""
    plan = queries.plan(plan_id)
    assert plan.answer is not None
    answer = plans.read(plan.answer)
    plan.answer = plans.write(
        replace(
            answer,
            routes=tuple(
                replace(
                    route,
                    trips=tuple(
                        replace(
                            trip,
                            stops=tuple(
                                replace(visit, start=visit.start + minutes) for visit in trip.stops
                            ),
                        )
                        for trip in route.trips
                    ),
                )
                for route in answer.routes
            ),
        )
    )


def test_a_plan_is_refused_when_a_stop_went_with_another_plan(
    app: Flask, shift_ids: list[int]
) -> None:
    with app.app_context():
        monday, tuesday = scene.planned(shift_ids[:1]), scene.planned(shift_ids[1:])
        with unit_of_work():
            scene.taken(monday)
        with pytest.raises(Refused, match="changed in the meantime"), unit_of_work():
            scene.taken(tuesday)
        assert [run.shift_id for run in db.session.query(Run)] == shift_ids[:1]


def test_a_plan_is_refused_when_a_shift_has_other_hours_or_is_gone(
    app: Flask, shift_ids: list[int]
) -> None:
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            service.change_shift(shift_ids[0], start_min=540, end_min=600, driver_id=None, by=IT)
        with pytest.raises(Refused, match="other hours"), unit_of_work():
            scene.taken(plan_id)
        with unit_of_work():
            service.remove_shift(shift_ids[0], by=IT)
        with pytest.raises(Refused, match="is gone"), unit_of_work():
            scene.taken(plan_id)


def test_no_plan_drives_to_a_door_at_which_nobody_lives_any_more(
    app: Flask, shift_ids: list[int]
) -> None:
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            home = queries.unplanned_stops()[0].home
            home.lat = (home.lat or 0) + 0.01
        with pytest.raises(Refused, match="another address"), unit_of_work():
            scene.taken(plan_id)


def test_no_plan_is_taken_for_a_van_that_has_become_smaller(
    app: Flask, shift_ids: list[int]
) -> None:
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            queries.shift(shift_ids[0]).van.boxes = 2
        with pytest.raises(Refused, match="other room or crew"), unit_of_work():
            scene.taken(plan_id)
        assert db.session.query(Run).count() == 0


def test_no_plan_is_taken_for_a_door_that_needs_more_people_by_now(
    app: Flask, shift_ids: list[int]
) -> None:
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            stop_id = queries.unplanned_stops()[0].id
            service.set_needs(stop_id, crew=2, priority=1, by=IT)
        with pytest.raises(Refused, match="needs more people now"), unit_of_work():
            scene.taken(plan_id)
        assert db.session.query(Run).count() == 0


def test_a_run_taken_apart_gives_its_stops_back(app: Flask, shift_ids: list[int]) -> None:
    run_ids = runs_of(app, shift_ids)
    with app.app_context():
        with unit_of_work():
            for run_id in run_ids:
                service.take_apart(run_id, by=IT)
        assert queries.open_stops().waiting == 6
        assert all(stop.start_min is None for stop in queries.unplanned_stops())


def test_promising_gives_everybody_a_window_and_a_mail(app: Flask, shift_ids: list[int]) -> None:
    run_ids = runs_of(app, shift_ids)
    with app.app_context():
        with unit_of_work():
            for run_id in run_ids:
                service.promise_run(run_id, by=IT, book=scene.book())

        assert states() == [StopState.PROMISED] * 6
        slots = db.session.query(Slot).all()
        assert len(slots) == 6
        for slot in slots:
            stop = queries.stop(slot.stop_id)
            assert slot.start_min <= (stop.start_min or 0) <= slot.end_min
            assert slot.end_min - slot.start_min >= 60
            assert slot.seat == stop.position
        notices = db.session.query(Notice).filter_by(template="slot").all()
        assert len(notices) == 6
        assert all(notice.link_id is not None for notice in notices)
        assert {"day", "start", "end", "first_name", "boxes"} == set(notices[0].facts)
        lines = db.session.query(AuditLine).filter_by(action="runs.slot_promised").count()
        assert lines == 6
        with pytest.raises(Refused, match="Only a planned run"), unit_of_work():
            service.promise_run(run_ids[0], by=IT, book=scene.book())


def test_nobody_is_promised_a_time_at_which_she_is_away(app: Flask, shift_ids: list[int]) -> None:
    run_id = runs_of(app, shift_ids)[0]
    with app.app_context():
        with unit_of_work():
            stop = queries.run(run_id).stops[0]
            scene.at_home(stop.employee, MONDAY + timedelta(days=5), 600, 720)
            name = stop.employee.name
        with pytest.raises(Refused, match=name), unit_of_work():
            service.promise_run(run_id, by=IT, book=scene.book())
        assert db.session.query(Slot).count() == 0
        assert db.session.query(Notice).count() == 0


def test_the_database_refuses_a_slot_promised_twice(app: Flask, shift_ids: list[int]) -> None:
    run_ids = runs_of(app, shift_ids)
    with app.app_context():
        with unit_of_work():
            service.promise_run(run_ids[0], by=IT, book=scene.book())
        run = queries.run(run_ids[0])
        taken, seats, shift_id = run.stops[0], len(run.stops), run.shift_id
        other = next(s.id for s in db.session.query(Stop) if s.id != taken.id)
        same_stop = {"stop_id": taken.id, "seat": seats + 7}
        same_seat = {"stop_id": other, "seat": taken.position}
        if len(run.stops) > 1:  # the other stop of the run has a slot as well
            same_seat["stop_id"] = run.stops[1].id
        for twice in (same_stop, same_seat):
            slot = Slot(
                shift_id=shift_id, start_min=480, end_min=600, promised_at=clock.now(), **twice
            )
            with pytest.raises(IntegrityError):
                stored(slot)
        assert db.session.query(Slot).count() == seats


def test_a_slot_that_was_withdrawn_may_be_promised_again(app: Flask, shift_ids: list[int]) -> None:
    run_id = runs_of(app, shift_ids)[0]
    with app.app_context():
        with unit_of_work():
            run = service.promise_run(run_id, by=IT, book=scene.book())
            stop = run.stops[0]
            service.withdraw_slot(stop)
            db.session.add(
                Slot(
                    stop_id=stop.id,
                    shift_id=run.shift_id,
                    seat=stop.position or 0,
                    start_min=480,
                    end_min=600,
                    promised_at=clock.now(),
                )
            )
        assert queries.stop(stop.id).slot is not None


def test_a_window_is_not_promised_to_an_address_where_nobody_lives_any_more(
    app: Flask, shift_ids: list[int]
) -> None:
    run_id = runs_of(app, shift_ids)[0]
    with app.app_context():
        with unit_of_work():
            employee = queries.run(run_id).stops[0].employee
            hand_scene.move(employee.id)
        with pytest.raises(Refused, match="has another address now"), unit_of_work():
            service.promise_run(run_id, by=IT, book=scene.book())
        assert {stop.slot for stop in queries.run(run_id).stops} == {None}


def loaded_run(app: Flask, shift_ids: list[int]) -> int:
    """A promised run of several stops, all but the last loaded."""
    run_ids = runs_of(app, shift_ids)
    with app.app_context():
        run_id = max(run_ids, key=lambda each: len(queries.run(each).stops))
        with unit_of_work():
            run = service.promise_run(run_id, by=IT, book=scene.book())
            assert len(run.stops) > 1
            service.begin_loading(run)
            for stop in run.stops[:-1]:
                service.mark_loaded(stop, is_loaded=True)
    return run_id


def test_who_is_not_loaded_stays_behind_and_waits_for_another_run(
    app: Flask, shift_ids: list[int]
) -> None:
    run_id = loaded_run(app, shift_ids)
    with app.app_context():
        left = queries.run(run_id).stops[-1].id
        with unit_of_work():
            service.start_run(run_id, by=IT)
        run, stop = queries.run(run_id), queries.stop(left)
        assert run.state is RunState.UNDER_WAY
        assert left not in {each.id for each in run.stops}
        assert {each.state for each in run.stops} == {StopState.UNDER_WAY}
        assert (stop.state, stop.run_id, stop.slot) == (StopState.PROPOSED, None, None)
        assert db.session.query(AuditLine).filter_by(action="runs.left_behind").count() == 1


def test_a_van_with_nothing_on_board_does_not_drive_off(app: Flask, shift_ids: list[int]) -> None:
    run_id = runs_of(app, shift_ids)[0]
    with app.app_context():
        with pytest.raises(Refused, match="Load the van"), unit_of_work():
            service.start_run(run_id, by=IT)
        with unit_of_work():
            service.begin_loading(queries.run(run_id))
        with pytest.raises(Refused, match="all its boxes"), unit_of_work():
            service.start_run(run_id, by=IT)


def test_a_failed_stop_comes_back_with_what_its_door_needs(
    app: Flask, shift_ids: list[int]
) -> None:
    run_id = loaded_run(app, shift_ids)
    with app.app_context():
        with unit_of_work():
            stop = service.start_run(run_id, by=IT).stops[0]
            stop.crew, stop.priority = 2, 5
            kit_id = stop.kit_id
            service.end_stop(stop, StopState.FAILED, by=IT, failure="nobody")
        again = queries.open_stop_of_kit(kit_id)
        assert again is not None
        assert (again.crew, again.priority) == (2, 5)


def test_a_failed_stop_is_proposed_again_and_the_last_door_closes_the_run(
    app: Flask, shift_ids: list[int]
) -> None:
    run_id = loaded_run(app, shift_ids)
    with app.app_context():
        with unit_of_work():
            run = service.start_run(run_id, by=IT)
            stops = list(run.stops)
            failed = stops[0]
            service.end_stop(failed, StopState.FAILED, by=IT, failure="nobody_there")
            for stop in stops[1:]:
                service.end_stop(stop, StopState.DONE, by=IT)
        again = queries.open_stop_of(failed.employee_id)
        assert again is not None
        assert again.id != failed.id
        assert (again.state, again.kit_id) == (StopState.PROPOSED, failed.kit_id)
        assert queries.run(run_id).state is RunState.CLOSED
        with pytest.raises(Refused, match="already ended"), unit_of_work():
            service.end_stop(queries.stop(failed.id), StopState.DONE, by=IT)


def test_one_kit_has_one_open_stop(app: Flask, given: Given) -> None:
    with given():
        employee = scene.people(1)[0]
        first = service.propose_stop(employee.id, by=IT)
        facts = (first.employee_id, first.kit_id, first.home_id)
    second = Stop(
        employee_id=facts[0],
        kit_id=facts[1],
        home_id=facts[2],
        service_min=10,
        created_at=clock.now(),
    )
    with app.app_context(), pytest.raises(IntegrityError):
        stored(second)


def stored(thing: Slot | Stop) -> None:
    """Write one row, past every deed."""
    with unit_of_work():
        db.session.add(thing)
        db.session.flush()


def test_shifts_for_several_days_come_all_or_not_at_all(app: Flask, given: Given) -> None:
    with given():
        van = makers.van()
        makers.shift(of=van, on=TUESDAY)
        van_id = van.id
    days = [MONDAY, TUESDAY, MONDAY + timedelta(days=2)]
    with pytest.raises(Refused, match="already drives on 2020-03-24"), given():
        service.add_shifts(van_id, days, start_min=480, end_min=990, driver_id=None, by=IT)
    with app.app_context():
        assert db.session.query(Shift).count() == 1
    with given():
        made = service.add_shifts(
            van_id, [days[0], days[2]], start_min=480, end_min=990, driver_id=None, by=IT
        )
        assert len(made) == 2


@pytest.mark.parametrize("hours", [(600, 600), (600, 540)])
def test_a_shift_takes_time(given: Given, hours: tuple[int, int]) -> None:
    with given():
        van = makers.van()
        with pytest.raises(Refused, match="ends before"):
            service.add_shift(
                van.id, MONDAY, start_min=hours[0], end_min=hours[1], driver_id=None, by=IT
            )


def test_nobody_works_more_than_ten_hours(given: Given) -> None:
    with given():
        van = makers.van()
        with pytest.raises(Refused, match="ten hours"):
            service.add_shift(
                van.id,
                MONDAY,
                start_min=360,
                end_min=1200,
                driver_id=None,
                by=IT,
                max_work_min=601,
            )


def test_a_shift_with_a_run_keeps_its_hours_and_its_place(app: Flask, shift_ids: list[int]) -> None:
    run_id = runs_of(app, shift_ids)[0]
    with app.app_context():
        shift_id = queries.run(run_id).shift_id
        with pytest.raises(Refused, match="has a run"), unit_of_work():
            service.remove_shift(shift_id, by=IT)
        with pytest.raises(Refused, match="has a run"), unit_of_work():
            service.change_shift(shift_id, start_min=500, end_min=990, driver_id=None, by=IT)
        with unit_of_work():
            driver = makers.account(name="Mia Haas")
            service.set_driver(shift_id, driver.id, by=IT)
        assert queries.run(run_id).shift.driver is not None


def test_a_van_with_shifts_ahead_is_not_given_back(app: Flask, given: Given) -> None:
    with given():
        shift = scene.shifts(1)[0]
        van_id, shift_id = shift.van_id, shift.id
    with pytest.raises(Refused, match="still has shifts"), given():
        service.retire_van(van_id, by=IT)
    with given():
        service.remove_shift(shift_id, by=IT)
        service.retire_van(van_id, by=IT)
    with app.app_context():
        assert queries.vans() == []


def test_two_vans_do_not_share_a_name(given: Given) -> None:
    with given():
        service.add_van("Bus 1", boxes=6, litres=4300, kg=900, by=IT)
    with pytest.raises(Refused, match="of this name"), given():
        service.add_van("Bus 1", boxes=8, litres=4300, kg=900, by=IT)


def test_who_moves_before_the_plan_is_visited_at_the_new_door(
    app: Flask, given: Given, shift_ids: list[int]
) -> None:
    with given():
        stop = queries.unplanned_stops()[0]
        stop_id, old = stop.id, stop.home
        old.valid_to = MONDAY
        db.session.flush()
        db.session.add(
            Home(
                employee_id=stop.employee_id,
                valid_from=MONDAY,
                street="Breite Straße",
                housenumber="905",
                postcode="13187",
                city="Berlin",
                floor="4",
                lat=52.571,
                lon=13.404,
                precision=Precision.HOUSE,
            )
        )
        before = stop.service_min
    runs_of(app, shift_ids)
    with app.app_context():
        stop = queries.stop(stop_id)
        assert (stop.home.street, stop.home.valid_to) == ("Breite Straße", None)
        assert stop.service_min > before
