"""Room to choose: van-days seen, then booked; nobody promised is moved; and a whole campaign."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.audit.models import AuditLine
from hoffice.db import db, start_writing, unit_of_work
from hoffice.errors import Refused
from hoffice.runs import queries, service
from hoffice.runs.models import Run, Shift, Slot, Stop
from hoffice.runs.planning.assembly import assemble
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.plan import Engine
from hoffice.runs.queries.room import undecided
from hoffice.runs.service import arrangement, room, slots, tidying, timetable
from hoffice.runs.service.outlook import outlook
from hoffice.runs.service.witness import engine, only_for
from tests import makers, races
from tests.conftest import Given
from tests.runs import campaign, scene
from tests.runs.campaign import ROADS, THURSDAY, TUESDAY, WEDNESDAY, me, offered, take
from tests.runs.planning.problems import frame, problem, stop
from tests.runs.scene import IT
from tests.told import Told


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def stop_ids(app: Flask, given: Given, told: Told) -> list[int]:
    """Six people on one full Tuesday, in two trips; Wednesday and Thursday are free."""
    found = campaign.planned(app, told, TUESDAY)
    with given():
        van = queries.vans()[0]
        van.cost_cents_per_day = 9000
        for day in (WEDNESDAY, THURSDAY):
            makers.shift(of=van, on=day)
        slots.invite(by=IT, book=scene.book())
    return found


def driven_days() -> list[str]:
    return sorted(str(run.shift.on_date) for run in db.session.query(Run))


def metres() -> int:
    return sum(run.distance_m for run in db.session.query(Run))


def visits() -> dict[int, tuple[object, object]]:
    """When each stop is visited."""
    return {
        stop.id: (stop.run.shift.on_date if stop.run else None, stop.trip)
        for stop in db.session.query(Stop)
    }


def shown(more: int = 1) -> room.Room:
    found = room.room_for(ROADS, more=more)
    assert found is not None
    return found


def test_the_days_and_their_price_are_seen_before_anything_is_booked(
    given: Given, stop_ids: list[int]
) -> None:
    with given():
        version = queries.timetable().version
        found = shown()

        assert [shift.on_date for shift in found.now] == [TUESDAY]
        assert [shift.on_date for shift in found.more] == [WEDNESDAY]
        assert (found.cents, found.missing) == (9000, 0)
        assert driven_days() == [str(TUESDAY)]
        assert queries.timetable().version == version
        assert all(shift.booked_at is None for shift in db.session.query(Shift))
    assert stop_ids


def test_room_moves_a_whole_trip_loses_nobody_and_drives_no_further(
    given: Given, stop_ids: list[int]
) -> None:
    with given():
        take(offered(stop_ids[0]))
    with given():
        version, before = queries.timetable().version, metres()
        assert len({window.on_date for window in offered(stop_ids[1]).windows}) == 1

    with given():
        made = room.make_room(ROADS, by=IT, more=1)
        assert [shift.on_date for shift in made] == [WEDNESDAY]

    with given():
        assert driven_days() == [str(TUESDAY), str(WEDNESDAY)]
        assert sorted(len(run.stops) for run in db.session.query(Run)) == [3, 3]
        assert metres() <= before * 1.01
        assert queries.timetable().version == version + 1
        assert db.session.query(AuditLine).filter_by(action="runs.room_made").count() == 1
        assert len({window.on_date for window in offered(stop_ids[1]).windows}) == 2


def test_as_many_days_are_booked_as_leave_people_a_second_date(
    given: Given, stop_ids: list[int]
) -> None:
    with given():
        found = room.room_for(ROADS, days=5)
        assert found is not None
        assert [shift.on_date for shift in found.more] == [WEDNESDAY, THURSDAY]
        assert found.missing == 2
        assert len(room.make_room(ROADS, 5, by=IT)) == 2
        assert shown().missing == 1
    assert stop_ids


def test_who_is_promised_or_fixed_stays_where_she_is(given: Given, stop_ids: list[int]) -> None:
    with given():
        take(offered(stop_ids[0]))
        trip = queries.stop(stop_ids[0]).trip
        other = next(s for s in db.session.query(Stop) if s.trip != trip)
        arrangement.fix_stop(other.id, is_fixed=True, by=IT)
        other_id, before = other.id, visits()
    with given():
        room.make_room(ROADS, by=IT, more=2)
    with given():
        assert visits() == before
        assert queries.stop(other_id).fixed_at is not None
    with given():
        arrangement.fix_stop(other_id, is_fixed=False, by=IT)
    with given():
        room.make_room(ROADS, by=IT, more=0)
        after = visits()
        assert after[stop_ids[0]][0] == TUESDAY
        assert {after[one][0] for one in after if before[one][1] != trip} != {TUESDAY}


def test_other_days_than_those_that_were_seen_are_not_booked(
    given: Given, stop_ids: list[int]
) -> None:
    with given():
        seen = [shift.id for shift in shown().more]
        db.session.query(Shift).filter_by(on_date=WEDNESDAY).one().off_at = clock.now()
    with given():
        version = queries.timetable().version
        with pytest.raises(Refused, match="other van-days"):
            room.make_room(ROADS, by=IT, more=1, seen=seen)
        assert queries.timetable().version == version
    assert stop_ids


def test_a_booked_day_stands_open_without_a_visit_until_all_have_chosen(
    given: Given, stop_ids: list[int]
) -> None:
    with given():
        db.session.query(Shift).filter_by(on_date=THURSDAY).one().booked_at = clock.now()
    with given():
        assert THURSDAY in {window.on_date for window in offered(stop_ids[0]).windows}
        ahead = tidying.look(ROADS)
        assert ahead is not None
        assert [day.opening == 0 for day in ahead.frame.days] == [False, False, True]
    for stop_id in stop_ids:
        with given():
            take(offered(stop_id))
    with given():
        assert undecided() == 0
        ahead = tidying.look(ROADS)
        assert ahead is not None
        assert all(day.opening for day in ahead.frame.days)


def test_who_saw_one_date_only_is_named_until_a_day_is_booked(
    given: Given, stop_ids: list[int]
) -> None:
    with given():
        assert room.shown_too_little() == []
        take(offered(stop_ids[0]))
    with given():
        slots.refuse_all(offered(stop_ids[1]), by=IT)
        take(offered(stop_ids[3]))
        scene.at_home(campaign.person(stop_ids[2]), TUESDAY, 540, 900)
    with given():
        slots.refuse_all(offered(stop_ids[2]), by=IT)
        assert [stop.id for stop in room.shown_too_little()] == [stop_ids[1], stop_ids[3]]
    with clock.frozen(scene.TODAY + timedelta(minutes=5)), given():
        room.make_room(ROADS, by=IT, more=1)
        assert room.shown_too_little() == []


def test_what_was_worked_out_before_is_written_without_another_look(
    given: Given, stop_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        choices = offered(stop_ids[0])
        found = slots.work_out(choices, 0, roads=ROADS, search=engine())
        assert found is not None
        monkeypatch.setattr(slots, "witness", None)
        person = me(queries.stop(stop_ids[0]))
        slots.choose(choices, 0, roads=ROADS, by=person, book=scene.book(), found=found)
    with given():
        slot = queries.stop(stop_ids[0]).slot
        assert slot is not None
        assert (slot.shift.on_date, slot.start_min) == (
            choices.windows[0].on_date,
            choices.windows[0].start_min,
        )


def test_who_waits_for_a_plan_is_not_planned_by_somebody_elses_search() -> None:
    stops = [stop(f"e{n}", lat=52.50 + n / 300) for n in range(4)]
    known = frame(problem(*stops))
    found = only_for(2, engine())(known, {0: [[1]]})

    assert {node for trips in found.values() for trip in trips for node in trip} == {1, 2}


@pytest.mark.parametrize("change", ["timetable", "service", "fixed"])
def test_what_was_worked_out_is_looked_at_again_when_anything_has_changed(
    given: Given, stop_ids: list[int], change: str
) -> None:
    with given():
        choices = offered(stop_ids[0])
        found = slots.work_out(choices, 0, roads=ROADS)
        assert found is not None
        stop, window = queries.stop(stop_ids[0]), choices.windows[0].window
        assert found.still_holds(stop, window)
        assert stop.run is not None
        if change == "timetable":
            timetable.changed()
        elif change == "service":
            queries.stop(stop_ids[1]).service_min += 5
        else:
            stop.run.fixed_at = clock.now()
        db.session.flush()
        assert not found.still_holds(stop, window)


def test_room_and_a_choice_at_once_keep_each_other(
    app: Flask, given: Given, stop_ids: list[int]
) -> None:
    meeting = races.Meeting()
    with given():
        choices = offered(stop_ids[0])

    def chosen() -> None:
        with clock.frozen(scene.TODAY):
            found = slots.work_out(choices, 0, roads=ROADS)
            person = me(queries.stop(stop_ids[0]))
            db.session.rollback()
            meeting.wait()
            start_writing()
            slots.choose(choices, 0, roads=ROADS, by=person, book=scene.book(), found=found)

    def made() -> None:
        with clock.frozen(scene.TODAY):
            found = shown()
            db.session.rollback()
            meeting.wait()
            start_writing()
            room.make_room(ROADS, by=IT, more=1, found=found)

    gone = "This window has just gone to somebody else. Here are others."
    said = races.at_once(app, chosen, made)

    assert said[1] == "done"
    assert said[0] in {"done", gone}
    with given():
        assert db.session.query(Stop).filter(Stop.run_id.is_not(None)).count() == 6
        assert sorted({shift.on_date for shift in _booked()}) == [TUESDAY, WEDNESDAY]
        _assert_kept()


def _booked() -> list[Shift]:
    return [shift for shift in db.session.query(Shift) if shift.booked_at is not None]


def _assert_kept() -> None:
    """Whoever has a window is visited in it."""
    for slot in db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)):
        stop = queries.stop(slot.stop_id)
        assert stop.run is not None
        assert stop.start_min is not None
        assert stop.run.shift_id == slot.shift_id
        assert slot.start_min <= stop.start_min <= slot.end_min


def _town(app: Flask, given: Given, count: int) -> list[int]:
    """So many people all over town, planned on the first of five days, as few as need be."""
    dice = random.Random(7)  # noqa: S311  # a scenario, no secret
    with given():
        kit_type = makers.kit_type()
        for number in range(count):
            lat, lon = dice.gauss(52.515, 0.045), dice.gauss(13.40, 0.07)
            scene.packed(makers.employee(f"Person N{number}", lat=lat, lon=lon), kit_type)
        days = [TUESDAY + timedelta(days=n) for n in (0, 1, 2, 3, 6)]
        shift_ids = [shift.id for shift in campaign.shifts(*days)]
        service.propose_missing(by=IT)
    with app.app_context():
        plan_id = scene.planned(shift_ids)
        with unit_of_work():
            return sorted(stop.id for run in scene.taken(plan_id) for stop in run.stops)


def test_a_campaign_keeps_everybody_and_opens_no_day_that_was_not_booked(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "SECONDS", 0.2)
    dice = random.Random(3)  # noqa: S311  # a scenario, no secret
    stop_ids = _town(app, given, 24)
    with given():
        room.make_room(ROADS, by=IT)
        slots.invite(by=IT, book=scene.book())
        booked = {shift.on_date for shift in _booked()}
        assert driven_days() == sorted(map(str, booked))
    dice.shuffle(stop_ids)
    complete = 0
    for number, stop_id in enumerate(stop_ids, start=1):
        with clock.frozen(scene.TODAY + timedelta(minutes=number)), given():
            choices = slots.windows_for(stop_id, roads=ROADS, search=engine())
            assert choices.windows
            complete += len(choices.windows) == 3 and len({w.on_date for w in choices.windows}) > 1
            chosen = dice.randrange(len(choices.windows))
            found = slots.work_out(choices, chosen, roads=ROADS, search=engine())
            person = me(queries.stop(stop_id))
            slots.choose(choices, chosen, roads=ROADS, by=person, book=scene.book(), found=found)
        if number % tidying.EVERY == 0 or number == len(stop_ids):
            with clock.frozen(scene.TODAY + timedelta(hours=1)), app.app_context():
                assert scene.work() >= 1
    with given():
        assert db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)).count() == 24
        _assert_kept()
        assert set(driven_days()) <= set(map(str, booked))
        assert complete >= 20
        ahead = outlook(ROADS)
        assert ahead is not None
        plan = assemble(ahead.frame, ahead.routes, Engine("house", "1", 1, 0, 0), {})
        verdict = check(ahead.frame.problem, plan, ahead.frame.legs)
        assert verdict.violations == ()
        assert verdict.totals.served == 24
