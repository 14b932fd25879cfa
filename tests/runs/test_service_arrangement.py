"""Stops moved by hand: what it would do, saving it, what is refused, and two who save at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from hoffice import clock
from hoffice.audit.models import AuditLine
from hoffice.db import db, unit_of_work
from hoffice.errors import NotFound, Refused
from hoffice.places.rules import Precision
from hoffice.runs import queries, service
from hoffice.runs.models import Shift
from hoffice.runs.planning.effects import Kind
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.service import arrangement
from hoffice.runs.service.arrangement import Broken, Days, Effect, Stale, trips_of
from tests import makers, races
from tests.conftest import Given
from tests.runs import campaign, scene
from tests.runs.scene import IT, MONDAY, TUESDAY
from tests.told import Told

Ids = list[int]


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def shift_ids(app: Flask, told: Told) -> Ids:
    """Six people with stops, one van on two days."""
    return campaign.waiting(app, told)


@pytest.fixture
def stops(app: Flask, shift_ids: Ids) -> Ids:
    """Their stops; the first two on Monday, the third on Tuesday."""
    with app.app_context():
        ids = [stop.id for stop in queries.unplanned_stops()]
    save(app, {shift_ids[0]: [ids[:2]], shift_ids[1]: [[ids[2]]]})
    return ids


def save(app: Flask, days: Days) -> Effect:
    with app.app_context(), unit_of_work():
        version = queries.timetable().version
        return arrangement.save(version, days, scene.roads(), by=IT)


def effect(days: Days) -> Effect:
    return arrangement.effect_of(days, scene.roads())


def kinds(found: Effect) -> list[Kind]:
    return [fault.kind for fault in found.faults]


def promise(stop_id: int) -> tuple[int, int]:
    """Promise the run of a stop; the window of this one."""
    run = queries.stop(stop_id).run
    assert run is not None
    service.promise_run(run.id, by=IT, book=scene.book())
    slot = queries.stop(stop_id).slot
    assert slot is not None
    return slot.start_min, slot.end_min


def test_what_was_saved_by_hand_is_a_run_as_any_other(
    app: Flask, shift_ids: Ids, stops: Ids
) -> None:
    with app.app_context():
        first, second = queries.arranged_shifts(shift_ids)
        assert trips_of(first) == [stops[:2]]
        assert trips_of(second) == [[stops[2]]]
        assert first.run is not None
        assert first.run.state is RunState.PLANNED
        assert first.run.distance_m > 1000
        line = db.session.query(AuditLine).filter_by(action="runs.arranged").one()
        assert line.details["placed"] == stops[:3]


def test_looking_at_an_effect_changes_nothing(app: Flask, shift_ids: Ids, stops: Ids) -> None:
    with app.app_context():
        found = effect({shift_ids[0]: [stops[1::-1]], shift_ids[1]: []})
        assert found.can_save
        assert found.loose == (stops[2],)
        assert not db.session.dirty
        assert queries.timetable().version == found.version
    with app.app_context():
        assert trips_of(queries.arranged_shifts(shift_ids)[0]) == [stops[:2]]


def test_a_lane_that_was_emptied_has_no_run_any_more(
    app: Flask, shift_ids: Ids, stops: Ids
) -> None:
    save(app, {shift_ids[1]: []})
    with app.app_context():
        assert queries.arranged_shifts(shift_ids)[1].run is None
        assert stops[2] in {stop.id for stop in queries.unplanned_stops()}


def test_a_promised_stop_moves_freely_inside_its_window_and_the_promise_moves_along(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    with given():
        window = promise(stops[0])
        van = makers.van("Zweiter Bus")
        other = makers.shift(of=van, on=MONDAY)
        early = makers.shift(of=van, on=TUESDAY)
        other_id, early_id = other.id, early.id
        same = replace_start(other, window[0])
    assert same
    save(app, {shift_ids[0]: [[stops[1]]], other_id: [[stops[0]]]})
    with app.app_context():
        stop = queries.stop(stops[0])
        assert stop.slot is not None
        assert (stop.slot.start_min, stop.slot.end_min) == window
        assert stop.slot.shift_id == other_id
        found = effect({other_id: [], early_id: [[stops[0]]]})
        (fault,) = found.faults
        assert (fault.kind, fault.stop, fault.late_min) == (Kind.PROMISE, stops[0], None)
        assert fault.needs_consent


def replace_start(shift: Shift, minute: int) -> bool:
    """Let a shift begin so that its first door falls into a window that begins then."""
    shift.start_min = max(0, minute - 20)
    db.session.flush()
    return shift.start_min < shift.end_min


def test_a_promise_missed_by_little_needs_no_consent_and_is_not_saved_all_the_same(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    with given():
        _first, last = promise(stops[0])
        shift = queries.shift(shift_ids[0])
        shift.start_min = last  # loading and the drive make it late by less than half an hour
    with app.app_context():
        found = effect({shift_ids[0]: [stops[:2]]})
        fault = next(fault for fault in found.faults if fault.stop == stops[0])
        assert fault.kind is Kind.PROMISE
        assert 0 < (fault.late_min or 0) <= 30
        assert not fault.needs_consent
    with pytest.raises(Broken) as refusal:
        save(app, {shift_ids[0]: [stops[:2]]})
    assert not refusal.value.effect.can_save


def test_nobody_who_was_promised_a_window_is_left_without_a_run(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    with given():
        promise(stops[0])
    with app.app_context():
        found = effect({shift_ids[0]: [[stops[1]]]})
        assert kinds(found) == [Kind.PROMISE]
    with pytest.raises(Broken):
        save(app, {shift_ids[0]: [[stops[1]]]})


def test_times_that_somebody_only_named_may_be_missed_with_a_warning(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    with given():
        scene.at_home(queries.stop(stops[3]).employee, TUESDAY, 840, 960)
    with app.app_context():
        found = effect({shift_ids[0]: [stops[:2], [stops[3]]]})
        assert kinds(found) == [Kind.WINDOW]
        assert found.can_save
    save(app, {shift_ids[0]: [stops[:2], [stops[3]]]})


def test_what_is_loaded_or_fixed_or_over_is_refused_by_name(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    with given():
        run = queries.shift(shift_ids[1]).run
        assert run is not None
        run.state = RunState.LOADING
        makers.shift(of=makers.van(), on=MONDAY.replace(day=20))
        past = queries.shifts(MONDAY.replace(day=20), to_date=MONDAY.replace(day=20))[0].id
    with app.app_context():
        with pytest.raises(Refused, match="already being loaded"):
            effect({shift_ids[1]: []})
        with pytest.raises(Refused, match="is over"):
            effect({past: [[stops[3]]]})
        with pytest.raises(Refused, match="is on another run by now"):
            effect({shift_ids[0]: [[stops[2]]]})
        assert effect({shift_ids[1]: [[stops[2]]]}).lanes == {}


def test_what_cannot_be_arranged_at_all_is_refused_by_name(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    with given():
        stop = queries.stop(stops[3])
        stop.home.lat = stop.home.lon = stop.home.radius_m = None
        stop.home.precision = Precision.NONE
        queries.stop(stops[4]).state = StopState.DONE
    with app.app_context():
        with pytest.raises(NotFound, match="no such stop"):
            effect({shift_ids[0]: [[987654]]})
        with pytest.raises(NotFound, match="no such shift"):
            effect({987654: []})
        with pytest.raises(Refused, match="stands in the plan twice"):
            effect({shift_ids[0]: [[stops[0]], [stops[0]]]})
        with pytest.raises(Refused, match="has no point on the map"):
            effect({shift_ids[0]: [[stops[3]]]})
        with pytest.raises(Refused, match="does not wait for the van"):
            effect({shift_ids[0]: [[stops[4]]]})


def test_a_stop_bound_to_its_run_may_be_moved_within_it_only(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    with given():
        service.fix_stop(stops[0], is_fixed=True, by=IT)
    with app.app_context():
        assert effect({shift_ids[0]: [stops[1::-1]]}).can_save
        assert kinds(effect({shift_ids[0]: [[stops[1]]]})) == [Kind.LOCK]
        moved = effect({shift_ids[0]: [[stops[1]]], shift_ids[1]: [[stops[2], stops[0]]]})
        assert kinds(moved) == [Kind.LOCK]
    with given():
        service.fix_stop(stops[0], is_fixed=False, by=IT)
    save(app, {shift_ids[0]: [[stops[1]]]})


def test_only_what_is_planned_can_be_fixed(given: Given, stops: Ids) -> None:
    with given(), pytest.raises(Refused, match="Only a stop that is planned"):
        service.fix_stop(stops[5], is_fixed=True, by=IT)


def test_the_best_place_is_the_cheapest_and_holds(app: Flask, shift_ids: Ids, stops: Ids) -> None:
    with app.app_context():
        days = arrangement.standing(queries.arranged_shifts(shift_ids))
        found = arrangement.best_places(stops[3], days, scene.roads())
        assert found
        best = found[0]
        trips = [list(trip) for trip in days[best.shift.id]] or [[]]
        if best.trip == len(trips):
            trips.append([])
        trips[best.trip].insert(best.position, stops[3])
        done = effect({best.shift.id: trips}).lanes[best.shift.id].driven
        assert done is not None
        assert done.is_lawful
        start = next(v.start for v in done.route.visits if v.id == queries.stop_key(stops[3]))
        assert start == best.start_min


def test_everybody_who_waits_is_put_in_and_nobody_else_is_moved(
    app: Flask, shift_ids: Ids, stops: Ids
) -> None:
    with app.app_context():
        days = arrangement.standing(queries.arranged_shifts(shift_ids))
        filled = arrangement.insert_all(days, scene.roads())
        assert sorted(s for trips in filled.values() for trip in trips for s in trip) == stops
        for shift, trips in days.items():
            before = [stop for trip in trips for stop in trip]
            after = [stop for trip in filled[shift] for stop in trip if stop in before]
            assert after == before
        assert effect(filled).can_save


def test_travel_times_are_asked_ahead_and_a_new_door_makes_the_page_stale(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    days = {shift_ids[0]: [stops[:2]]}
    with app.app_context():
        ahead = arrangement.AskedAhead(scene.roads(), arrangement.places_of(days))
        assert arrangement.effect_of(days, ahead).routes == effect(days).routes
    with given():
        stop = queries.stop(stops[0])
        stop.home.lat = 52.4
    with app.app_context(), pytest.raises(Stale):
        arrangement.effect_of(days, ahead)


def test_of_two_dispatchers_who_save_at_once_the_second_is_told_so(
    app: Flask, shift_ids: Ids, stops: Ids
) -> None:
    with app.app_context():
        version = queries.timetable().version
    one: Days = {shift_ids[0]: [[stops[1], stops[0]]]}
    other: Days = {shift_ids[0]: [[stops[0], stops[1], stops[3]]]}

    def saves(days: Days) -> None:
        with clock.frozen(scene.TODAY):
            arrangement.save(version, days, scene.roads(), by=IT)

    said = races.at_once(app, lambda: saves(one), lambda: saves(other))
    assert said.count("done") == 1
    assert any("Somebody else" in word for word in said)
    with app.app_context():
        won = one if said[0] == "done" else other
        assert trips_of(queries.arranged_shifts(shift_ids)[0]) == [
            list(trip) for trip in won[shift_ids[0]]
        ]


def test_a_stop_says_how_many_people_it_needs_and_how_much_it_matters(
    app: Flask, given: Given, shift_ids: Ids, stops: Ids
) -> None:
    with given():
        service.set_needs(stops[0], crew=3, priority=5, by=IT)
        with pytest.raises(Refused):
            service.set_needs(stops[0], crew=0, priority=1, by=IT)
    with app.app_context():
        assert queries.stop(stops[0]).priority == 5
        found = effect({shift_ids[0]: [stops[:2]]})
        assert kinds(found) == [Kind.LOAD], "two people ride along, three are needed"
