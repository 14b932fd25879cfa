"""Whoever of the story gets the kit without the van: real hours, bookings and parcels."""

from __future__ import annotations

from flask import Flask

from hoffice.demo.loading.history import History
from hoffice.handover import queries as visits
from hoffice.people import queries as people
from hoffice.runs import queries as runs
from hoffice.runs.rules import StopState, Way
from tests.conftest import Given
from tests.demo import stage
from tests.told import Told

CAME, COMES_TODAY, COMES_TOMORROW, POSTED = "4127", "4201", "4166", "4109"
WITHOUT_VAN = (CAME, COMES_TODAY, COMES_TOMORROW, POSTED)


def test_pick_ups_and_parcels_of_the_story_end_in_the_same_receipt(app: Flask, told: Told) -> None:
    refused = stage.happened(app, told, WITHOUT_VAN)
    assert refused == ["plan : There is nothing to plan: no open stop has a point on the map."]
    made = stage.scene(stage.files_of(app), who=WITHOUT_VAN)
    with app.app_context():
        ids = {number: people.by_number(number).id for number in WITHOUT_VAN}  # type: ignore[union-attr]
        for number in (CAME, POSTED):
            [visit] = visits.handovers_of(ids[number])
            assert visit.receipt is not None, number
            assert runs.stops_of(ids[number])[0].state is StopState.DONE
        for number, day in ((COMES_TODAY, 0), (COMES_TOMORROW, 1)):
            stop = runs.open_stop_of(ids[number])
            assert stop is not None
            assert (stop.way, stop.state) == (Way.OFFICE, StopState.PROMISED)
            assert stop.booking is not None
            assert stop.booking.counter.on_date == made.days.on(day)
        parcel = runs.stops_of(ids[POSTED])[0].parcel
        assert parcel is not None
        assert parcel.number == "SK2003417088"


def test_these_days_told_twice_have_happened_once(app: Flask, given: Given, told: Told) -> None:
    stage.happened(app, told, WITHOUT_VAN)
    made = stage.scene(stage.files_of(app), who=WITHOUT_VAN)
    with given():
        assert len(History(made).entries) > 0
        stage.play(made)
    with app.app_context():
        bookings = runs.bookings_at(one.id for one in runs.counters(made.days.on(-3)))
        assert len(bookings) == 3
