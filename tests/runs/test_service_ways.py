"""Ways home: chosen, changed, refused with what to do first; the van's run closes up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.notices.models import Notice
from hoffice.runs import queries, service
from hoffice.runs.models import Run, Slot, SlotOffer, SlotWish, Timetable
from hoffice.runs.rules import (
    OfferAnswer,
    RunState,
    StopState,
    Way,
    WishState,
    carrier_name,
    parcel_number,
    tracking_url,
)
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.runs import scene, ways_scene

IT = scene.IT


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    """It is Monday, eight o'clock in UTC, nine in Berlin."""
    with clock.frozen(makers.MONDAY):
        yield


def planned_run(stop_ids: list[int]) -> int:
    """A planned run with these stops in their order."""
    shift = makers.shift(of=makers.van(), on=scene.TUESDAY)
    run = Run(
        shift=shift,
        state=RunState.PLANNED,
        start_min=480,
        end_min=700,
        distance_m=20_000,
        work_min=220,
        breaks=[],
    )
    db.session.add(run)
    db.session.flush()
    for position, stop_id in enumerate(stop_ids, start=1):
        stop = queries.stop(stop_id)
        stop.run, stop.position = run, position
        stop.arrive_min = stop.start_min = 500 + 30 * position
        stop.leave_min = stop.start_min + 20
    db.session.flush()
    db.session.expire_all()
    return run.id


def notices(app: Flask, template: str) -> list[Notice]:
    """The mails of this kind in the outbox."""
    with app.app_context():
        return db.session.query(Notice).filter_by(template=template).all()


def test_who_comes_to_the_office_waits_for_no_van_and_is_asked_to_choose(
    app: Flask, given: Given
) -> None:
    with given():
        one, other = (stop.id for stop in ways_scene.waiting())
    with given():
        service.set_way(one, Way.OFFICE, by=IT, links=scene.book())
    with app.app_context():
        assert [stop.id for stop in queries.unplanned_stops()] == [other]
        assert queries.open_stops().waiting == 1
        assert [stop.id for stop in queries.waiting_on(Way.OFFICE)] == [one]
    [mail] = notices(app, "pickup_choose")
    assert mail.facts["address"] == "Alexanderplatz, 10178 Berlin"
    assert mail.link_id is not None


def test_choosing_the_same_way_again_changes_nothing_and_writes_to_nobody(
    app: Flask, given: Given
) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
    with given():
        service.set_way(stop_id, Way.OFFICE, by=IT, links=scene.book())
    assert notices(app, "pickup_choose") == []


def test_a_stop_that_leaves_the_van_leaves_its_run_and_the_others_move_up(
    app: Flask, given: Given
) -> None:
    with given():
        ids = [stop.id for stop in ways_scene.waiting(3)]
        run_id = planned_run(ids)
        before = db.session.get_one(Timetable, 1).version
    with given():
        service.set_way(ids[0], Way.PARCEL, by=IT)
    with app.app_context():
        run = queries.run(run_id)
        assert [(stop.id, stop.position) for stop in run.stops] == [(ids[1], 1), (ids[2], 2)]
        left = queries.stop(ids[0])
        assert (left.run_id, left.position, left.arrive_min) == (None, None, None)
        assert db.session.get_one(Timetable, 1).version > before


def test_the_last_stop_that_leaves_takes_the_run_with_it(app: Flask, given: Given) -> None:
    with given():
        [stop_id] = [stop.id for stop in ways_scene.waiting(1)]
        run_id = planned_run([stop_id])
    with given():
        service.set_way(stop_id, Way.OFFICE, by=IT)
    with app.app_context():
        assert db.session.get(Run, run_id) is None


def test_what_was_offered_or_wished_for_the_van_ends_when_the_stop_leaves_it(
    app: Flask, given: Given
) -> None:
    with given():
        [stop] = ways_scene.waiting(1)
        shift = makers.shift(of=makers.van(), on=scene.TUESDAY)
        stop.invited_at = makers.MONDAY
        db.session.add(
            SlotOffer(
                stop_id=stop.id,
                shift_id=shift.id,
                start_min=480,
                end_min=600,
                offered_at=makers.MONDAY,
                offered_by=str(IT),
            )
        )
        db.session.add(
            SlotWish(
                stop_id=stop.id,
                on_date=scene.TUESDAY,
                start_min=480,
                end_min=600,
                said_at=makers.MONDAY,
            )
        )
        stop_id = stop.id
    with given():
        service.set_way(stop_id, Way.PARCEL, by=IT)
    with app.app_context():
        assert db.session.query(SlotOffer).one().answer is OfferAnswer.LAPSED
        assert db.session.query(SlotWish).one().state is WishState.WITHDRAWN
        assert queries.stop(stop_id).invited_at is None


def test_a_promised_window_has_to_be_taken_back_first(given: Given) -> None:
    with given():
        [stop] = ways_scene.waiting(1)
        planned_run([stop.id])
        stop_id = stop.id
        shift_id = db.session.query(Run).one().shift_id
        stop.state = StopState.PROMISED
        db.session.add(
            Slot(
                stop_id=stop_id,
                shift_id=shift_id,
                seat=1,
                start_min=480,
                end_min=600,
                promised_at=makers.MONDAY,
            )
        )
    with given(), pytest.raises(Refused, match="Take the promise back first"):
        service.set_way(stop_id, Way.OFFICE, by=IT)


def test_a_booked_pick_up_has_to_be_cancelled_first(given: Given) -> None:
    with given():
        [stop_id] = ways_scene.collecting(1)
        ways_scene.book(stop_id, ways_scene.hours().id)
    with given(), pytest.raises(Refused, match=r"booked a pick-up on .* Cancel it first"):
        service.set_way(stop_id, Way.VAN, by=IT)


def test_a_fixed_run_keeps_its_stops(given: Given) -> None:
    with given():
        ids = [stop.id for stop in ways_scene.waiting()]
        run_id = planned_run(ids)
        queries.run(run_id).fixed_at = makers.MONDAY
    with given(), pytest.raises(Refused, match="is fixed; release it first"):
        service.set_way(ids[0], Way.OFFICE, by=IT)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (StopState.DONE, "has ended"),
        (StopState.FAILED, "has ended"),
        (StopState.UNDER_WAY, "on their way already"),
    ],
)
def test_what_has_ended_or_is_on_its_way_keeps_its_way(
    given: Given, state: StopState, said: str
) -> None:
    with given():
        [stop] = ways_scene.waiting(1)
        stop.state, stop_id = state, stop.id
    with given(), pytest.raises(Refused, match=said):
        service.set_way(stop_id, Way.OFFICE, by=IT)


def test_a_parcel_is_posted_once_and_its_number_can_be_corrected(app: Flask, given: Given) -> None:
    with given():
        [stop_id] = [stop.id for stop in ways_scene.waiting(1)]
        service.set_way(stop_id, Way.PARCEL, by=IT)
    with given():
        stop = service.stop_to_post(stop_id)
        service.post_parcel(stop, "dhl", "0034 0434-1612 3456", by=IT, links=scene.book())
    with given(), pytest.raises(Refused, match="posted already"):
        service.stop_to_post(stop_id)
    with given():
        service.correct_parcel(stop_id, "dhl", "00340434161234567", by=IT, links=scene.book())
    with app.app_context():
        stop = queries.stop(stop_id)
        assert stop.state is StopState.UNDER_WAY
        assert stop.parcel is not None
        assert (stop.parcel.carrier, stop.parcel.number) == ("dhl", "00340434161234567")
    told = [mail.facts["number"] for mail in notices(app, "parcel")]
    assert sorted(told) == ["003404341612 3456".replace(" ", ""), "00340434161234567"]


def test_only_what_goes_by_parcel_is_posted(given: Given) -> None:
    with given():
        [stop_id] = [stop.id for stop in ways_scene.waiting(1)]
    with given(), pytest.raises(Refused, match="choose its way first"):
        service.stop_to_post(stop_id)
    with given(), pytest.raises(Refused, match="Only a parcel on its way"):
        service.correct_parcel(stop_id, "dhl", "123456", by=IT)


@pytest.mark.parametrize("carrier", ["", "  ", "other", "x" * 41])
def test_an_unknown_carrier_needs_a_name(given: Given, carrier: str) -> None:
    with given():
        [stop_id] = [stop.id for stop in ways_scene.waiting(1)]
        service.set_way(stop_id, Way.PARCEL, by=IT)
    with given(), pytest.raises(Refused, match="Which carrier"):
        service.post_parcel(service.stop_to_post(stop_id), carrier, "123456", by=IT)


def test_an_employee_who_switches_herself_gets_no_mail_that_asks_her_to(
    app: Flask, given: Given
) -> None:
    with given():
        [stop] = ways_scene.waiting(1)
        stop_id, me = stop.id, Actor.employee(stop.employee_id)
    with given():
        service.set_way(stop_id, Way.OFFICE, by=me, links=scene.book())
    assert notices(app, "pickup_choose") == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("00340434161234567890", "00340434161234567890"),
        (" 1z 999-aa1 01 2345 6784 ", "1Z999AA10123456784"),
        ("SK 2003 417 088", "SK2003417088"),
    ],
)
def test_a_parcel_number_is_read_as_people_paste_it(typed: str, number: str) -> None:
    assert parcel_number(typed) == number


@pytest.mark.parametrize("typed", ["", "12345", "1" * 41, "1234/5678", "<script>", "12345ß78"])
def test_what_no_carrier_gives_is_no_parcel_number(typed: str) -> None:
    with pytest.raises(Refused, match="6 to 40"):
        parcel_number(typed)


def test_each_known_carrier_has_a_link_and_a_name_and_others_keep_theirs() -> None:
    for carrier in ("dhl", "dpd", "gls", "hermes", "ups"):
        link = tracking_url(carrier, "123456")
        assert link is not None
        assert link.startswith("https://")
        assert link.endswith("123456")
    assert tracking_url("Spatz Kurier", "123456") is None
    assert tracking_url("other", "123456") is None
    assert carrier_name("dhl") == "DHL"
    assert carrier_name("Spatz Kurier") == "Spatz Kurier"
