"""Windows to choose from: asked, offered, taken, refused; on both databases, and by two at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.jobs.models import Job
from hoffice.notices.models import Notice
from hoffice.runs import queries
from hoffice.runs.models import Run, Slot, SlotOffer, Stop
from hoffice.runs.planning.frame import Answer
from hoffice.runs.planning.problem import Point, Window
from hoffice.runs.rules import OfferAnswer, RunState, StopState, Way
from hoffice.runs.service import moving, slots, tidying, timetable
from hoffice.runs.service.offered import OffersLapsed, unsealed
from hoffice.runs.service.outlook import Outlook
from hoffice.runs.service.slots import SlotGone
from tests import makers, races
from tests.conftest import Given
from tests.handover import scene as hand_scene
from tests.runs import campaign, scene
from tests.runs.campaign import ROADS, THURSDAY, TUESDAY, WEDNESDAY, offered, take
from tests.runs.scene import IT
from tests.told import Told


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def stop_ids(app: Flask, told: Told) -> list[int]:
    """Six people, planned on Tuesday and Wednesday."""
    return campaign.planned(app, told)


@pytest.fixture
def invited(given: Given, stop_ids: list[int]) -> list[int]:
    """The same six, asked to choose."""
    with given():
        assert slots.invite(by=IT, book=scene.book()).mailed == 6
    return stop_ids


def mails(template: str) -> int:
    return db.session.query(Notice).filter_by(template=template).count()


def test_everybody_who_is_planned_is_asked_once(given: Given, stop_ids: list[int]) -> None:
    with given():
        person = campaign.person(stop_ids[0])
        person.email = ""
        name = person.name
    with given():
        first = slots.invite(by=IT, book=scene.book())
        again = slots.invite(by=IT, book=scene.book())

        assert (first.mailed, first.to_call) == (5, (name,))
        assert (again.mailed, again.to_call) == (0, ())
        assert mails("slot_choice") == 5
        assert all(queries.stop(stop_id).invited_at for stop_id in stop_ids)


def test_one_run_can_be_asked_by_itself(given: Given, stop_ids: list[int]) -> None:
    with given():
        run_id = queries.stop(stop_ids[0]).run_id
        assert run_id is not None
        in_run = len(queries.run(run_id).stops)
        assert slots.invite(run_ids=[run_id], by=IT, book=scene.book()).mailed == in_run


def test_a_reminder_goes_to_who_is_silent_and_not_twice_in_an_hour(
    given: Given, invited: list[int]
) -> None:
    with given():
        assert slots.remind(invited, by=IT, book=scene.book()).mailed == 0
    later = scene.TODAY + timedelta(hours=3)
    with clock.frozen(later), given():
        take(offered(invited[0]))
        assert slots.remind(invited, by=IT, book=scene.book()).mailed == 5
        assert slots.remind(invited, by=IT, book=scene.book()).mailed == 0


def test_three_windows_are_offered_from_tomorrow_on_and_looking_writes_nothing(
    given: Given, invited: list[int]
) -> None:
    with given():
        version = queries.timetable().version
        choices = offered(invited[0])

        assert len(choices.windows) == 3
        assert choices.round == 1
        assert len({window.on_date for window in choices.windows}) == 2
        assert min(window.on_date for window in choices.windows) >= TUESDAY
        assert choices.windows[0].is_near
        assert choices.windows[0].detour_m == 0
        assert db.session.query(SlotOffer).count() == 0
        assert queries.timetable().version == version


def test_own_times_at_home_are_kept(given: Given, invited: list[int]) -> None:
    with given():
        scene.at_home(campaign.person(invited[0]), WEDNESDAY, 600, 720)
    with given():
        windows = offered(invited[0]).windows

        assert windows
        assert {window.on_date for window in windows} == {WEDNESDAY}
        assert all(600 <= w.start_min < w.end_min <= 720 for w in windows)


def test_a_chosen_window_is_promised_kept_and_confirmed(given: Given, invited: list[int]) -> None:
    with given():
        choices = offered(invited[0])
        take(choices, 2)
    with given():
        stop = queries.stop(invited[0])
        wanted = choices.windows[2]
        assert stop.state is StopState.PROMISED
        assert stop.slot is not None
        assert stop.run is not None
        assert stop.run.shift.on_date == wanted.on_date
        assert stop.start_min is not None
        assert wanted.start_min <= stop.start_min <= wanted.end_min
        assert mails("slot") == 1
        rows = db.session.query(SlotOffer).order_by(SlotOffer.id).all()
        assert [row.answer for row in rows] == [
            OfferAnswer.PASSED,
            OfferAnswer.PASSED,
            OfferAnswer.TAKEN,
        ]
        planned = db.session.query(Stop).filter(Stop.run_id.is_not(None)).count()
        assert planned == 6  # nobody is lost


def test_everybody_can_choose_one_after_the_other_and_every_promise_is_kept(
    given: Given, invited: list[int]
) -> None:
    for number, stop_id in enumerate(invited):
        with given():
            choices = offered(stop_id)
            assert choices.windows
            take(choices, number % len(choices.windows))
    with given():
        for stop_id in invited:
            stop = queries.stop(stop_id)
            assert stop.slot is not None
            assert stop.run is not None
            assert stop.start_min is not None
            assert stop.slot.start_min <= stop.start_min <= stop.slot.end_min
            assert stop.slot.shift_id == stop.run.shift_id
        assert {run.state for run in db.session.query(Run)} == {RunState.PROMISED}


def test_a_double_click_promises_once(given: Given, invited: list[int]) -> None:
    with given():
        choices = offered(invited[0])
    with given():
        take(choices)
        take(choices)

        assert db.session.query(Slot).count() == 1
        assert mails("slot") == 1


def test_refused_windows_are_not_offered_again_and_after_two_sets_none_is(
    given: Given, invited: list[int]
) -> None:
    with given():
        first = offered(invited[0])
        person = campaign.me(queries.stop(invited[0]))
        slots.refuse_all(first, by=person)
        slots.refuse_all(first, by=person)
        second = offered(invited[0])
        assert second.round == 2
        seen = {(one.on_date, one.start_min) for one in first.windows}
        assert not seen & {(one.on_date, one.start_min) for one in second.windows}
        with clock.frozen(scene.TODAY + timedelta(minutes=5)):
            slots.refuse_all(replace(second, offered_at=clock.now()), by=person)
            assert offered(invited[0]).windows == ()
            assert offered(invited[0]).round == 3
    with given():
        answers = {row.answer for row in db.session.query(SlotOffer)}
        assert answers == {OfferAnswer.REFUSED}


def test_a_promised_window_can_be_changed_and_holds_until_then(
    given: Given, invited: list[int]
) -> None:
    with given():
        take(offered(invited[0]))
    with clock.frozen(scene.TODAY + timedelta(hours=1)), given():
        stop = queries.stop(invited[0])
        assert slots.may_change(stop)
        old = stop.slot
        assert old is not None
        before = (old.shift.on_date, old.start_min, old.end_min)
        choices = offered(stop.id)
        assert choices.windows
        assert before not in {(w.on_date, w.start_min, w.end_min) for w in choices.windows}
        assert queries.stop(stop.id).slot is old
        take(choices)
        new = queries.stop(stop.id).slot
        assert new is not None
        assert (new.shift.on_date, new.start_min, new.end_min) != before
        assert db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)).count() == 1


def test_on_the_day_itself_nothing_is_changed_any_more(given: Given, invited: list[int]) -> None:
    with given():
        choices = offered(invited[0])
        take(choices)
        day = choices.windows[0].on_date
    on_the_day = clock.at(day, 420)
    with clock.frozen(on_the_day), given():
        assert not slots.may_change(queries.stop(invited[0]))
        with pytest.raises(Refused, match="too late"):
            offered(invited[0])
        with pytest.raises(Refused):
            take(choices, 1)


def test_boxes_on_the_van_are_offered_nothing(given: Given, invited: list[int]) -> None:
    with given():
        choices = offered(invited[0])
        stop = queries.stop(invited[0])
        assert stop.run is not None
        stop.run.state = RunState.LOADING
    with given():
        with pytest.raises(Refused, match="on the van"):
            offered(invited[0])
        with pytest.raises(Refused, match="on the van"):
            take(choices)


def test_who_does_not_wait_for_the_van_is_offered_nothing(given: Given, invited: list[int]) -> None:
    with given():
        queries.stop(invited[0]).way = Way.OFFICE
    with given(), pytest.raises(Refused, match="do not come by van"):
        offered(invited[0])


def test_a_fixed_run_offers_its_own_visit_only_and_stays_as_it_is(
    given: Given, invited: list[int]
) -> None:
    with given():
        stop = queries.stop(invited[0])
        assert stop.run is not None
        stop.run.fixed_at = clock.now()
        run_id, start = stop.run.id, stop.start_min
        before = [(s.id, s.start_min) for s in queries.run(run_id).stops]
    with given():
        choices = offered(invited[0])
        assert choices.windows
        assert start is not None
        assert all(w.start_min <= start <= w.end_min for w in choices.windows)
        take(choices)
    with given():
        assert [(s.id, s.start_min) for s in queries.run(run_id).stops] == before
        assert queries.stop(invited[0]).slot is not None


def test_a_fixed_stop_stays_in_its_run(given: Given, invited: list[int]) -> None:
    with given():
        stop = queries.stop(invited[0])
        stop.fixed_at = clock.now()
        assert stop.run is not None
        day = stop.run.shift.on_date
    with given():
        assert {window.on_date for window in offered(invited[0]).windows} == {day}


def test_who_has_moved_is_planned_anew_first(given: Given, invited: list[int]) -> None:
    with given():
        stop = queries.stop(invited[0])
        other = makers.employee("Nele Brinkmann", lat=52.51, lon=13.3)
        stop.home_id = other.homes[0].id
    with given(), pytest.raises(Refused, match="address has changed"):
        offered(invited[0])


def test_a_seal_is_bound_to_the_stop_and_to_half_an_hour(given: Given, invited: list[int]) -> None:
    book = scene.book()
    with given():
        choices = offered(invited[0])
        word = choices.sealed(book)
        assert unsealed(word, invited[0], book=book) == choices
        for bad in (word[:-2] + "xx", "", "W10.x", "é"):
            with pytest.raises(OffersLapsed):
                unsealed(bad, invited[0], book=book)
        with pytest.raises(OffersLapsed):
            unsealed(word, invited[1], book=book)
        with clock.frozen(scene.TODAY + timedelta(minutes=31)), pytest.raises(OffersLapsed):
            unsealed(word, invited[0], book=book)
        rotated = replace(book, secret_key="y" * 40, old_secret_keys=(book.secret_key,))
        assert unsealed(word, invited[0], book=rotated) == choices


def test_a_number_outside_the_set_is_refused(given: Given, invited: list[int]) -> None:
    with given():
        choices = offered(invited[0])
        for number in (-1, 3):
            with pytest.raises(Refused, match="Choose one"):
                take(choices, number)


def crowded(app: Flask, given: Given, told: Told) -> tuple[int, int]:
    """Two people, and one van on one day that has the time for one of them only."""
    stop_ids = campaign.planned(app, told, TUESDAY, count=2)
    with given():
        stops = [queries.stop(stop_id) for stop_id in stop_ids]
        for stop in stops:
            assert stop.run is not None
        slots.invite(by=IT, book=scene.book())
        run = stops[0].run
        assert run is not None
        for stop in run.stops:
            stop.service_min = 90
    return stop_ids[0], stop_ids[1]


def test_of_two_people_at_once_one_gets_the_last_place(
    app: Flask, given: Given, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = crowded(app, given, told)
    with given():
        # both were shown the same hour, in which the van can be at one door only
        narrow = (TUESDAY, 600, 630)
        shift_id = queries.stop(one).run.shift_id  # type: ignore[union-attr]
        sets = []
        for stop_id in (one, two):
            choices = offered(stop_id)
            window = replace(
                choices.windows[0],
                shift_id=shift_id,
                on_date=narrow[0],
                start_min=narrow[1],
                end_min=narrow[2],
            )
            sets.append(replace(choices, windows=(window, *choices.windows[1:])))
    meeting = races.Meeting()
    races.meet_after(monkeypatch, slots, "held", meeting)

    def deed(number: int) -> None:
        with clock.frozen(scene.TODAY):
            take(sets[number])

    said = races.at_once(app, partial(deed, 0), partial(deed, 1))

    assert sorted(said) == ["This window has just gone to somebody else. Here are others.", "done"]
    with given():
        assert db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)).count() == 1
        loser = (one, two)[said.index("done") ^ 1]
        assert offered(loser).windows


def test_a_window_that_is_gone_is_refused_and_nothing_is_written(
    given: Given, invited: list[int]
) -> None:
    with given():
        stop = queries.stop(invited[0])
        version = queries.timetable().version
        with pytest.raises(SlotGone):
            slots.promise(stop, Window(THURSDAY, 600, 720), roads=ROADS, by=IT)
        assert queries.timetable().version == version
        assert db.session.query(Slot).count() == 0


def test_a_set_whose_window_is_gone_stays_on_record(given: Given, invited: list[int]) -> None:
    with given():
        slots.lapse(offered(invited[0]), by=IT)
        rows = db.session.query(SlotOffer).all()
        assert [row.answer for row in rows] == [OfferAnswer.LAPSED] * 3


def test_after_five_answers_one_tidying_is_queued(given: Given, invited: list[int]) -> None:
    for stop_id in invited:
        with given():
            take(offered(stop_id))
    with given():
        assert db.session.query(Job).filter_by(kind=tidying.TIDY).count() == 1


def test_tidying_moves_nobody_who_was_promised_something(given: Given, invited: list[int]) -> None:
    with given():
        take(offered(invited[0]))
        promised = queries.stop(invited[0]).slot
        assert promised is not None
        window = (promised.shift.on_date, promised.start_min, promised.end_min)
    with given():
        ahead = tidying.look(ROADS)
        assert ahead is not None
        routes = {day: [list(trip)[::-1] for trip in trips] for day, trips in ahead.routes.items()}
        try:
            tidying.adopt(ahead, routes, roads=ROADS)
        except (Refused, ValueError):
            db.session.rollback()
    with given():
        slot = queries.stop(invited[0]).slot
        assert slot is not None
        assert (slot.shift.on_date, slot.start_min, slot.end_min) == window
        stop = queries.stop(invited[0])
        assert stop.run is not None
        assert stop.run.shift.on_date == window[0]
        assert window[1] <= (stop.start_min or 0) <= window[2]


def test_tidying_is_dropped_when_the_timetable_has_changed(
    given: Given, invited: list[int]
) -> None:
    with given():
        ahead = tidying.look(ROADS)
        assert ahead is not None
    with given():
        timetable.changed()
    with given():
        assert not tidying.adopt(ahead, ahead.routes, roads=Unasked())
    assert invited


class Unasked:
    """Roads that nobody may ask while the timetable is held."""

    def matrix(self, points: tuple[Point, ...]) -> Answer:
        """Somebody asks all the same."""
        raise AssertionError(points)


def distance_m() -> int:
    """What all runs drive."""
    return sum(run.distance_m for run in db.session.query(Run))


def there_and_back(ahead: Outlook) -> dict[int, list[list[int]]]:
    """The same people on the same days, each trip from the far west to the far east and back."""
    tangled = {}
    for day, trips in ahead.routes.items():
        tangled[day] = [
            sorted(trip, key=lambda node: ahead.frame.stop(node).at.lon) for trip in trips
        ]
        for trip in tangled[day]:
            trip[:] = [trip.pop(-(turn % 2)) for turn in range(len(trip))]
    return tangled


def test_tidying_brings_nearer_what_is_not_promised(
    app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        well_planned = distance_m()
        ahead = tidying.look(ROADS)
        assert ahead is not None
        assert tidying.adopt(ahead, there_and_back(ahead), roads=ROADS)
    with given():
        tangled = distance_m()
        assert tangled > 1.1 * well_planned
        db.session.add(
            Job(
                kind=tidying.TIDY,
                args={},
                owner="system",
                state="queued",
                total=0,
                done=0,
                attempts=0,
                tries=0,
                cancel_asked=False,
                run_at=scene.TODAY,
                created_at=scene.TODAY,
            )
        )
    with app.app_context():
        assert scene.work() == 1
    with given():
        assert db.session.query(Job).filter_by(kind=tidying.TIDY).one().state == "done"
        assert distance_m() < 1.05 * well_planned
        assert db.session.query(Stop).filter(Stop.run_id.is_not(None)).count() == len(invited)


def test_small_moves_count_together_until_the_person_is_asked(
    given: Given, invited: list[int]
) -> None:
    mover = partial(moving.ask_to_move, by=IT, book=scene.book(), roads=ROADS)
    with given():
        take(offered(invited[0]))
        shift_id, agreed = promised_at(invited[0])
        aside = 30 if agreed < 660 else -30
    with clock.frozen(scene.TODAY + timedelta(hours=1)), given():
        assert mover(invited[0], shift_id, agreed + 60 + aside) is None
        assert promised_at(invited[0])[1] == agreed + aside
    with clock.frozen(scene.TODAY + timedelta(hours=2)), given():
        offer = mover(invited[0], shift_id, agreed + 60 + 2 * aside)
        assert offer is not None  # an hour from what she has agreed to
        assert promised_at(invited[0])[1] == agreed + aside
        moving.answer_move(
            offer.id,
            stop_id=invited[0],
            is_yes=True,
            roads=ROADS,
            by=campaign.me(queries.stop(invited[0])),
            book=scene.book(),
        )
    with clock.frozen(scene.TODAY + timedelta(hours=3)), given():
        assert promised_at(invited[0])[1] == agreed + 2 * aside
        assert mover(invited[0], shift_id, agreed + 60 + 3 * aside) is None  # counted from her yes


def promised_at(stop_id: int) -> tuple[int, int]:
    slot = queries.stop(stop_id).slot
    assert slot is not None
    return slot.shift_id, slot.start_min


def test_a_page_from_before_the_call_off_promises_nothing(given: Given, invited: list[int]) -> None:
    with given():
        take(offered(invited[0]))
        before = offered(invited[0])
    with clock.frozen(scene.TODAY + timedelta(minutes=10)), given():
        moving.call_off(invited[0], "Der Bus ist kaputt.", by=IT, book=scene.book())
    with clock.frozen(scene.TODAY + timedelta(minutes=12)):
        with pytest.raises(OffersLapsed), given():
            take(before)
        with given():
            assert queries.stop(invited[0]).slot is None


def test_who_has_moved_house_cannot_change_a_window_at_the_old_door(
    given: Given, invited: list[int]
) -> None:
    with given():
        take(offered(invited[0]))
        hand_scene.move(queries.stop(invited[0]).employee_id)
    with given(), pytest.raises(Refused, match="address has changed"):
        offered(invited[0])
