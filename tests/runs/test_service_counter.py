"""Quarters of an hour at the counter: as many people as there are places, and never one more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.notices.models import Notice
from hoffice.runs import queries, service
from hoffice.runs.models import Booking, Counter
from hoffice.runs.rules import StopState, Way
from hoffice.runs.service import QuarterTaken
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.races import Meeting, at_once, meet_after
from tests.runs import scene, ways_scene

IT = scene.IT
NINE, TEN, TUESDAY = ways_scene.NINE, ways_scene.TEN, ways_scene.TUESDAY


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    """It is Monday, eight o'clock in UTC, nine in Berlin."""
    with clock.frozen(makers.MONDAY):
        yield


def me(stop_id: int) -> Actor:
    """The person of this stop."""
    return Actor.employee(queries.stop(stop_id).employee_id)


def book(stop_id: int, counter_id: int, start: int = NINE) -> Booking:
    """She books on her phone."""
    with clock.frozen(makers.MONDAY):  # another thread has its own clock
        return service.book(stop_id, counter_id, start, by=me(stop_id), links=scene.book())


def held(app: Flask) -> list[tuple[int, int, int]]:
    """Stop, beginning and seat of every booking that holds."""
    with app.app_context():
        rows = db.session.query(Booking).filter(Booking.withdrawn_at.is_(None))
        return [(row.stop_id, row.start_min, row.seat) for row in rows.order_by(Booking.id)]


def test_free_quarters_are_those_with_a_place_left(app: Flask, given: Given) -> None:
    with given():
        one, other = ways_scene.collecting()
        hours = ways_scene.hours(places=2).id
        ways_scene.book(one, hours)
    with app.app_context():
        found = [(quarter.start_min, quarter.free) for quarter in service.free_quarters()]
        assert found == [(540, 1), (555, 2), (570, 2), (585, 2)]
    with given():
        ways_scene.book(other, hours)
    with app.app_context():
        assert [quarter.start_min for quarter in service.free_quarters()] == [555, 570, 585]


def test_quarters_that_have_begun_are_not_offered_and_not_booked(app: Flask, given: Given) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        hours = ways_scene.hours(scene.MONDAY, start=NINE, end=TEN).id
    with app.app_context():
        assert [quarter.start_min for quarter in service.free_quarters()] == [555, 570, 585]
    with given(), pytest.raises(Refused, match="is over"):
        ways_scene.book(stop_id, hours, NINE)


@pytest.mark.parametrize("start", [NINE - 15, TEN, NINE + 7, -15, 10**6])
def test_only_a_quarter_of_the_hours_can_be_booked(given: Given, start: int) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        hours = ways_scene.hours().id
    with given(), pytest.raises(Refused, match="Nobody is at the counter"):
        ways_scene.book(stop_id, hours, start)
    with given(), pytest.raises(NotFound):
        ways_scene.book(stop_id, hours + 1)


def test_a_booking_is_confirmed_by_mail_with_the_office_and_the_time(
    app: Flask, given: Given
) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        book(stop_id, ways_scene.hours().id, NINE + 15)
    with app.app_context():
        stop = queries.stop(stop_id)
        assert stop.state is StopState.PROMISED
        assert stop.booking is not None
        mail = db.session.query(Notice).filter_by(template="pickup").one()
        assert mail.facts["time"] == "9:15"
        assert mail.facts["day"] == "Dienstag, 24. März 2020"
        assert mail.facts["address"] == "Alexanderplatz, 10178 Berlin"


def test_nobody_has_two_bookings(given: Given) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        hours = ways_scene.hours().id
        ways_scene.book(stop_id, hours)
    with given(), pytest.raises(Refused, match="booked already"):
        ways_scene.book(stop_id, hours, NINE + 15)


def test_who_is_visited_by_the_van_books_nothing(given: Given) -> None:
    with given():
        [stop] = ways_scene.waiting(1)
        stop_id, hours = stop.id, ways_scene.hours().id
    with given(), pytest.raises(Refused, match="choose its way first"):
        ways_scene.book(stop_id, hours)


def test_a_full_quarter_takes_nobody_else(app: Flask, given: Given) -> None:
    with given():
        one, other = ways_scene.collecting()
        hours = ways_scene.hours().id
        ways_scene.book(one, hours)
    with given(), pytest.raises(QuarterTaken):
        ways_scene.book(other, hours)
    assert held(app) == [(one, NINE, 1)]


def test_two_people_at_the_same_moment_never_get_the_last_place(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        one, other = ways_scene.collecting()
        hours = ways_scene.hours().id
    meet_after(monkeypatch, queries, "locked_stop", Meeting())

    said = at_once(app, partial(book, one, hours), partial(book, other, hours))

    assert sorted(said) == [
        "This quarter of an hour has just been taken. Choose another one.",
        "done",
    ]
    assert len(held(app)) == 1


def test_two_people_at_the_same_moment_both_get_one_of_two_places(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        one, other = ways_scene.collecting()
        hours = ways_scene.hours(places=2).id
    meet_after(monkeypatch, queries, "locked_stop", Meeting())

    said = at_once(app, partial(book, one, hours), partial(book, other, hours))

    assert said == ["done", "done"]
    assert sorted(seat for _stop, _start, seat in held(app)) == [1, 2]


def test_without_any_lock_the_constraint_still_gives_a_place_once(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        one, other = ways_scene.collecting()
        hours = ways_scene.hours().id
        ways_scene.book(one, hours)
    monkeypatch.setattr(queries, "seats_taken", lambda _ids: {})
    with pytest.raises(QuarterTaken), given():
        ways_scene.book(other, hours)
    assert held(app) == [(one, NINE, 1)]


def test_the_same_person_twice_at_the_same_moment_books_once(app: Flask, given: Given) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        hours = ways_scene.hours().id

    said = at_once(
        app, partial(book, stop_id, hours, NINE), partial(book, stop_id, hours, NINE + 15)
    )

    assert sorted(word[:24] for word in said) == ["A pick-up is booked alre", "done"]
    assert len(held(app)) == 1


def test_a_place_is_not_booked_while_its_hours_are_being_closed(app: Flask, given: Given) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        hours = ways_scene.hours().id

    said = at_once(app, partial(book, stop_id, hours), partial(service.close_counter, hours, by=IT))

    assert said.count("done") == 1, said
    with app.app_context():
        assert (db.session.get(Counter, hours) is None) == (held(app) == [])


def test_coming_at_another_time_frees_the_old_place(app: Flask, given: Given) -> None:
    with given():
        one, other = ways_scene.collecting()
        hours = ways_scene.hours().id
        ways_scene.book(one, hours)
    with given():
        service.rebook(one, hours, NINE + 15, by=me(one), links=scene.book())
    with given():
        ways_scene.book(other, hours, NINE)
    assert held(app) == [(one, NINE + 15, 1), (other, NINE, 1)]


def test_who_wants_a_taken_quarter_keeps_the_old_one(app: Flask, given: Given) -> None:
    with given():
        one, other = ways_scene.collecting()
        hours = ways_scene.hours().id
        ways_scene.book(one, hours, NINE)
        ways_scene.book(other, hours, NINE + 15)
    with pytest.raises(QuarterTaken), given():
        service.rebook(one, hours, NINE + 15, by=IT, links=scene.book())
    assert held(app) == [(one, NINE, 1), (other, NINE + 15, 1)]


def test_rebooking_the_same_quarter_changes_nothing(app: Flask, given: Given) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        hours = ways_scene.hours().id
        ways_scene.book(stop_id, hours)
    with given():
        service.rebook(stop_id, hours, NINE, by=me(stop_id), links=scene.book())
    with app.app_context():
        assert db.session.query(Booking).count() == 1
        assert db.session.query(Notice).filter_by(template="pickup").count() == 1


def test_people_change_their_time_until_the_evening_before_and_it_always(
    app: Flask, given: Given
) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        hours = ways_scene.hours(scene.MONDAY, start=TEN, end=TEN + 60).id
        ways_scene.book(stop_id, hours, TEN)
    with given(), pytest.raises(Refused, match="call IT"):
        service.rebook(stop_id, hours, TEN + 15, by=me(stop_id), links=scene.book())
    with given(), pytest.raises(Refused, match="call IT"):
        service.cancel_booking(stop_id, by=me(stop_id), links=scene.book())
    with given():
        service.rebook(stop_id, hours, TEN + 15, by=IT, links=scene.book())
    assert held(app) == [(stop_id, TEN + 15, 1)]


def test_a_cancelled_pick_up_waits_for_another_time_and_staff_tell_the_person(
    app: Flask, given: Given
) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        ways_scene.book(stop_id, ways_scene.hours().id)
    with given():
        service.cancel_booking(stop_id, by=IT, links=scene.book())
    with app.app_context():
        stop = queries.stop(stop_id)
        assert (stop.state, stop.way, stop.booking) == (StopState.PROPOSED, Way.OFFICE, None)
        assert db.session.query(Notice).filter_by(template="pickup_off").count() == 1
    with given(), pytest.raises(Refused, match="No pick-up is booked"):
        service.cancel_booking(stop_id, by=IT, links=scene.book())


def test_who_cancels_herself_needs_no_mail_about_it(app: Flask, given: Given) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        ways_scene.book(stop_id, ways_scene.hours().id)
    with given():
        service.cancel_booking(stop_id, by=me(stop_id), links=scene.book())
    with app.app_context():
        assert db.session.query(Notice).filter_by(template="pickup_off").count() == 0


@pytest.mark.parametrize(
    ("start", "end", "places", "said"),
    [
        (NINE + 5, TEN, 1, "quarter of an hour"),
        (TEN, TEN, 1, "end before they begin"),
        (TEN, NINE, 1, "end before they begin"),
        (-15, NINE, 1, "end before they begin"),
        (NINE, 24 * 60 + 15, 1, "end before they begin"),
        (NINE, TEN, 0, "From 1 to 20"),
        (NINE, TEN, 21, "From 1 to 20"),
        (NINE, TEN, -3, "From 1 to 20"),
    ],
)
def test_hours_that_make_no_sense_are_refused(
    given: Given, start: int, end: int, places: int, said: str
) -> None:
    with given():
        makers.depot()
    with given(), pytest.raises(Refused, match=said):
        ways_scene.hours(start=start, end=end, places=places)


def test_hours_do_not_overlap_but_may_follow_each_other(given: Given) -> None:
    with given():
        makers.depot()
        ways_scene.hours()
        ways_scene.hours(start=TEN, end=TEN + 60)
        ways_scene.hours(TUESDAY + timedelta(days=1))
    with given(), pytest.raises(Refused, match="from 9:00 to 10:00 already"):
        ways_scene.hours(start=NINE + 45, end=TEN + 15)


def test_hours_in_the_past_and_without_an_office_are_refused(given: Given) -> None:
    with given(), pytest.raises(Refused, match="depot is missing"):
        ways_scene.hours()
    with given():
        makers.depot()
    with given(), pytest.raises(Refused, match="is over"):
        ways_scene.hours(scene.MONDAY - timedelta(days=1))


def test_several_days_are_opened_together_or_not_at_all(app: Flask, given: Given) -> None:
    days = [TUESDAY + timedelta(days=n) for n in range(3)]
    with given():
        makers.depot()
        ways_scene.hours(days[2])
    with pytest.raises(Refused, match="already"), given():
        service.open_counters(days, start_min=NINE, end_min=TEN, places=2, by=IT)
    with app.app_context():
        assert [hours.on_date for hours in queries.counters(scene.MONDAY)] == [days[2]]


def test_hours_with_bookings_stay_and_say_who_comes(app: Flask, given: Given) -> None:
    with given():
        one, other = ways_scene.collecting()
        hours = ways_scene.hours(places=2).id
        ways_scene.book(one, hours, NINE)
        ways_scene.book(other, hours, NINE)
    with given(), pytest.raises(Refused, match="Ayşe Kaya, Rosa Blumenthal"):
        service.close_counter(hours, by=IT)
    change = partial(service.change_counter, hours, note="", by=IT)
    with given(), pytest.raises(Refused, match="Ayşe Kaya"):
        change(start_min=NINE + 15, end_min=TEN, places=2)
    with given(), pytest.raises(Refused, match="Ayşe Kaya"):
        change(start_min=NINE, end_min=TEN, places=1)
    with given():
        change(start_min=NINE - 60, end_min=NINE + 15, places=3)
    with app.app_context():
        [found] = queries.counters(scene.MONDAY)
        assert (found.start_min, found.end_min, found.places) == (NINE - 60, NINE + 15, 3)


def test_hours_are_closed_once_nobody_comes_any_more(app: Flask, given: Given) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        hours = ways_scene.hours().id
        ways_scene.book(stop_id, hours)
        service.cancel_booking(stop_id, by=IT, links=scene.book())
    with given():
        service.close_counter(hours, by=IT)
    with app.app_context():
        assert queries.counters(scene.MONDAY) == []
